"""The whole console with one of everything in it, and for each of its routes what to try it with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import insert, select, update

from tests.casework.test_content_editions import draft, other
from tests.console.signing_in import ORIGIN, gate_of, sign_in, viewer_of
from thangdee.casework import alerts, break_glass, conversations, hand_over, held_replies, shares
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chats
from thangdee.casework.content import figure_entries, publishing, wishes
from thangdee.casework.content.figure_entries import Checked
from thangdee.casework.content.publishing import Editor
from thangdee.casework.held_replies import ReplyWatch
from thangdee.casework.hold_rules import HoldRules
from thangdee.casework.roster import Rank, Wanted, at_local, plan
from thangdee.casework.roster import between as shifts_between
from thangdee.casework.staff import accounts, invitations, two_factor
from thangdee.casework.staff.passkeys import passkey
from thangdee.casework.staff.passphrases import hash_passphrase
from thangdee.casework.staff.roles import Role
from thangdee.console.account import add_account
from thangdee.console.alarms import add_alarms
from thangdee.console.app import bare_app
from thangdee.console.audit_page import add_audit
from thangdee.console.break_glass_page import add_break_glass
from thangdee.console.confirming import add_confirming
from thangdee.console.content.pages import add_content
from thangdee.console.duty_page import add_duty
from thangdee.console.enrolment import add_enrolment
from thangdee.console.held_page import add_held
from thangdee.console.media_routes import add_media
from thangdee.console.notices_page import add_notices
from thangdee.console.passkey_routes import add_passkeys
from thangdee.console.shared import Console
from thangdee.console.sign_in import add_sign_in
from thangdee.console.staff_pages import add_staff_pages
from thangdee.console.talk_deeds import add_talk_deeds
from thangdee.core.jobs import JobState, Queue, job
from thangdee.core.outbox import STAFF_WORDS
from thangdee.core.words import LANGUAGES
from thangdee.processes.library import library
from thangdee.processes.talking import talk_tools
from thangdee.processes.wiring import Installation
from thangdee.referral_directory.model import is_public

REASON = "She wrote that he comes back at six and Noy is on the bus."
PASSPHRASE, NEW_PASSPHRASE = "made up for every route of it", "another one made up for the test"
TEXT, FIGURE = "answers.info_passport", "th_police"
SEEN = [*LANGUAGES]


def whole_app(installation: Installation) -> FastAPI:
    """The console as it is served."""
    app = bare_app(gate_of(installation))
    console = Console(
        installation.database, installation.vault, installation.clock, about_answer=lambda _: None, origin=ORIGIN
    )
    for add in (
        add_account, add_alarms, add_audit, add_confirming, add_duty, add_enrolment, add_notices, add_passkeys,
        add_sign_in, add_staff_pages,
    ):  # fmt: skip
        add(app, console)
    add_break_glass(app, console, installation.settings.on_call_chats)
    add_content(app, console, library(lambda: installation.shown))
    add_media(app, console, may_read=shares.may_read)
    add_held(app, console)
    add_talk_deeds(app, console, talk_tools(installation))
    return app


@dataclass
class World:
    """An installation with made-up staff and one chat; `me` is who acts."""

    installation: Installation
    cookies: dict[str, str] = field(default_factory=dict)
    me: str = ""
    chat_id: str = ""

    @property
    def now(self):
        return self.installation.clock.now()

    def write(self):
        return self.installation.database.write()

    async def enter(self, role: Role) -> None:
        """Sign in, and make the chat that I hold."""
        self.cookies = await sign_in(self.installation, role, name="me")
        self.me = (await viewer_of(self.installation, self.cookies)).staff_id
        async with self.write() as connection:
            whose = await Chats(connection, self.installation.vault).of(5, self.now)
        self.chat_id = whose.id

    async def colleague(self, *roles: Role, name: str = "colleague", is_enrolled: bool = False) -> str:
        """Another account."""
        vault = self.installation.vault
        async with self.write() as connection:
            made = await accounts.add(connection, vault, name=name, roles=roles, language="lo", now=self.now)
            if is_enrolled:
                await accounts.set_passphrase_hash(connection, made, "made up")
                await two_factor.set_secret(connection, vault, made, two_factor.new_secret())
        return made

    @property
    def vault(self):
        return self.installation.vault

    async def take(self, staff_id: str) -> None:
        """Have somebody hold the chat."""
        async with self.write() as connection:
            await conversations.take_over(connection, self.vault, self.chat_id, staff_id, self.now)

    async def cry(self) -> str:
        """An open alert of the chat; its code."""
        async with self.write() as connection:
            raised, _ = await alerts.raise_alert(connection, self.chat_id, Urgency.IMMEDIATE, "danger_now", self.now)
        return raised.code


Given = dict[str, Any]
Prepare = Callable[[World], Awaitable[Given]]


@dataclass(frozen=True)
class Deed:
    """What a route is tried with. What `prepare` returns fills gaps of the path and adds to the form.

    `in_crisis`: is done even where the audit takes nothing, and written down later (R31).
    """

    role: Role | None
    prepare: Prepare | None = None
    form: Given = field(default_factory=dict)
    in_crisis: bool = False


def name_of(route: APIRoute) -> str:
    """Method and path."""
    [method] = route.methods - {"HEAD"}
    return f"{method} {route.path}"


# --- what has to be there before ----------------------------------------------------------------------------


async def colleague(world: World) -> Given:
    return {"who": await world.colleague(Role.TRACER)}


async def passphrase(world: World) -> Given:
    async with world.write() as connection:
        await accounts.set_passphrase_hash(connection, world.me, hash_passphrase(PASSPHRASE))
    return {"current": PASSPHRASE, "chosen": NEW_PASSPHRASE}


async def totp(world: World) -> Given:
    secret = two_factor.new_secret()
    async with world.write() as connection:
        await two_factor.set_secret(connection, world.installation.vault, world.me, secret)
    return {"code": two_factor.code_at(secret, world.now)}


async def all_to_sign_in(world: World) -> Given:
    await world.enter(Role.COUNSELLOR)
    return await passphrase(world) | await totp(world) | {"name": "me", "passphrase": PASSPHRASE}


async def own_passkey(world: World) -> Given:
    async with world.write() as connection:
        await connection.execute(
            insert(passkey).values(
                id="p1", staff_id=world.me, credential_id="made up", public_key="made up", sign_count=0,
                label="made up", added_at=world.now,
            )
        )  # fmt: skip
    return {"passkey": "p1"}


async def invitation(world: World) -> Given:
    """One whose passphrase is chosen."""
    who, keyring = await world.colleague(Role.COUNSELLOR), world.installation.vault.keyring
    async with world.write() as connection:
        token = await invitations.invite(connection, keyring, who, world.now)
        await invitations.keep_passphrase(connection, keyring, token, hash_passphrase(PASSPHRASE), world.now)
    return {"token": token, "code": two_factor.code_at(invitations.secret_of(keyring, token), world.now)}


async def planned(world: World) -> Given:
    """A shift of a colleague tomorrow; a later week is empty."""
    who = await world.colleague(Role.COUNSELLOR)
    first = world.now + timedelta(days=1)
    async with world.write() as connection:
        await plan(connection, Wanted(who, first, first + timedelta(hours=4), Rank.FIRST), world.me, world.now)
        [shift] = await shifts_between(connection, first, first + timedelta(hours=1))
    return {"who": who, "shift": shift.id, "week": str((first + timedelta(days=7)).date())}


async def to_be_planned(world: World) -> Given:
    tomorrow = at_local(world.now.date() + timedelta(days=1), world.now.time()).date()
    return {"who": await world.colleague(Role.COUNSELLOR), "day": str(tomorrow)}


async def opening(world: World) -> Given:
    await world.colleague(Role.SUPERVISOR, name="boun", is_enrolled=True)
    await world.colleague(Role.AUDITOR, name="sone", is_enrolled=True)
    async with world.write() as connection:
        made = await break_glass.open_chat(
            connection, world.installation.vault, staff_id=world.me, chat_id=world.chat_id, reason=REASON, groups=(),
            now=world.now,
        )  # fmt: skip
    return {"opening": made.id}


async def two_to_be_told(world: World) -> Given:
    await world.colleague(Role.SUPERVISOR, name="boun", is_enrolled=True)
    await world.colleague(Role.AUDITOR, name="sone", is_enrolled=True)
    return {"chat": await world.cry()}


async def edition(world: World, *, is_proposed: bool = False, is_live: bool = False, is_asked: bool = False) -> Given:
    """A text that a colleague changed."""
    by, changed = Editor(await world.colleague(Role.DIRECTORY_EDITOR)), draft(TEXT, lo=other(TEXT, "lo"))
    async with world.write() as connection:
        one = await publishing.save_draft(connection, TEXT, changed, by, world.now)
        if is_proposed or is_live:
            await publishing.propose(connection, one.id, one.revision, ("VFI19",), by, world.now)
        if is_live:
            await publishing.publish(connection, one.id, one.revision, SEEN, Editor("another"), world.now)
        if is_asked:
            await publishing.ask_withdrawal(connection, one.id, one.revision, "made up", by, world.now)
    return {"key": TEXT, "edition": one.id, "revision": one.revision}


async def proposed(world: World) -> Given:
    return await edition(world, is_proposed=True) | {"read": SEEN, "word": "made up"}


async def live(world: World) -> Given:
    return await edition(world, is_live=True) | {"word": "made up"}


async def to_withdraw(world: World) -> Given:
    return await edition(world, is_live=True, is_asked=True)


async def typed(_world: World) -> Given:
    texts = {one: draft(TEXT).texts[one] for one in LANGUAGES} | {"lo": other(TEXT, "lo")}
    rest = {"sources": ["VFI19"], "named_source": "", "review_by": "2027-05-01", "reason": "made up", "revision": "0"}
    return texts | rest | {"key": TEXT, "deed": "propose"}


async def number(world: World) -> Given:
    """A phone number that a colleague entered."""
    by = await world.colleague(Role.DIRECTORY_EDITOR)
    async with world.write() as connection:
        await figure_entries.enter(connection, FIGURE, Checked("000 01", "made up", is_checked=True), by, world.now)
        [entry] = await figure_entries.waiting(connection)
    return {"key": FIGURE, "entry": entry.id, "checked": "yes"}


async def wish(world: World) -> Given:
    async with world.write() as connection:
        return {"wish_id": await wishes.wish(connection, "something made up", world.me, world.now)}


# --- chats --------------------------------------------------------------------------------------------------


async def high_alert(world: World) -> Given:
    async with world.write() as connection:
        await alerts.raise_alert(connection, world.chat_id, Urgency.HIGH, "voice", world.now)
    return {"chat": world.chat_id}


async def crying(world: World) -> Given:
    await world.cry()
    return {"chat": world.chat_id}


async def my_chat(world: World) -> Given:
    await world.take(world.me)
    return {"chat": world.chat_id, "words": "made up", "token": "t", "to": await world.colleague(Role.COUNSELLOR)}


async def my_crying_chat(world: World) -> Given:
    await world.cry()
    return await my_chat(world)


async def colleague_for_my_chat(world: World) -> Given:
    given = await my_chat(world)
    return given | {"colleague": given["to"]}


async def a_colleague_in_my_chat(world: World) -> Given:
    given = await my_chat(world)
    async with world.write() as connection:
        await hand_over.ask_in(connection, world.vault, world.chat_id, world.me, given["to"], world.now)
    return given | {"colleague": given["to"]}


async def asked_in_myself(world: World) -> Given:
    holder = await world.colleague(Role.COUNSELLOR)
    await world.take(holder)
    async with world.write() as connection:
        await hand_over.ask_in(connection, world.vault, world.chat_id, holder, world.me, world.now)
    return {"chat": world.chat_id}


async def chat_of_a_colleague(world: World) -> Given:
    await world.take(await world.colleague(Role.COUNSELLOR))
    return {"chat": world.chat_id}


async def a_failed_message(world: World) -> Given:
    given = await my_chat(world)
    async with world.write() as connection:
        await conversations.reply(connection, world.vault, world.chat_id, world.me, "made up", world.now)
        words = (job.c.kind == STAFF_WORDS) & (job.c.queue == Queue.OUTBOX)
        failed = {"state": JobState.DEAD, "done_at": world.now, "error_code": "badrequest"}
        uid = await connection.scalar(select(job.c.uid).where(words).order_by(job.c.id.desc()).limit(1))
        await connection.execute(update(job).where(job.c.uid == uid).values(failed))
    return given | {"job": uid}


async def hold(world: World, writer: str) -> Given:
    """A reply that waits for a second person."""

    async def terms(_connection, _chat_id):
        return ["made up place"]

    await world.take(writer)
    watch, said = ReplyWatch(world.vault, HoldRules(terms)), "She is in made up place"
    async with world.write() as connection:
        await conversations.reply(connection, world.vault, world.chat_id, writer, said, world.now, watch=watch)
        [header] = await held_replies.waiting(connection, world.now)
    return {"held": header.id, "chat": world.chat_id}


async def my_held_reply(world: World) -> Given:
    return await hold(world, world.me)


async def a_colleagues_held_reply(world: World) -> Given:
    return await hold(world, await world.colleague(Role.COUNSELLOR))


async def a_public_service(world: World) -> Given:
    await world.installation.refresh_directory()
    listed = world.installation.directory.by_id.values()
    listing = next(one for one in listed if is_public(one.checked, world.now.date()))
    return await my_chat(world) | {"listing": listing.id}


# --- each deed, and each look at what belongs to a person -----------------------------------------------------

_EDITOR, _ADMINISTRATOR, _TALKER = Role.DIRECTORY_EDITOR, Role.ADMINISTRATOR, Role.COUNSELLOR
_TEXT, _FIGURE, _CHAT = "POST /content/text/{key}", "POST /content/figures/{key}", "POST /chats/{chat}"

DEEDS: dict[str, Deed] = {
    # Signing in and out goes on without the audit, else nobody could come to answer a cry for help.
    "POST /sign-in": Deed(None, all_to_sign_in, in_crisis=True),
    "POST /sign-out": Deed(_TALKER, in_crisis=True),
    "POST /welcome/{token}/code": Deed(None, invitation),
    "POST /account": Deed(_TALKER, form={"shown_name": "Somebody else", "language": "th"}),
    "POST /account/passphrase": Deed(_TALKER, passphrase),
    "POST /account/sessions/end": Deed(_TALKER),
    "POST /account/confirm": Deed(_TALKER, totp),
    "POST /account/passkeys/remove": Deed(_TALKER, own_passkey),
    "POST /staff": Deed(_ADMINISTRATOR, form={"name": "somebody", "roles": ["tracer"], "language": "th"}),
    "POST /staff/invite": Deed(_ADMINISTRATOR, colleague),
    "POST /staff/roles": Deed(_ADMINISTRATOR, colleague, {"roles": ["auditor"]}),
    "POST /staff/end": Deed(_ADMINISTRATOR, colleague),
    "POST /duty/start": Deed(_TALKER, form={"hours": "8"}),
    "POST /duty/end": Deed(_TALKER),
    "POST /duty/plan": Deed(
        _ADMINISTRATOR, to_be_planned, {"since": "08:00", "until": "12:00", "rank": "first", "weeks": "1"}
    ),
    "POST /duty/copy": Deed(_ADMINISTRATOR, planned),
    "POST /duty/remove": Deed(_ADMINISTRATOR, planned),
    f"{_TEXT}/edit": Deed(_EDITOR, typed),
    f"{_TEXT}/publish": Deed(_EDITOR, proposed),
    f"{_TEXT}/read": Deed(_EDITOR, proposed),
    f"{_TEXT}/send-back": Deed(_EDITOR, proposed),
    f"{_TEXT}/drop": Deed(_EDITOR, proposed),
    f"{_TEXT}/withdraw": Deed(_EDITOR, live),
    f"{_TEXT}/withdraw/confirm": Deed(_EDITOR, to_withdraw),
    f"{_TEXT}/withdraw/keep": Deed(_EDITOR, to_withdraw),
    f"{_FIGURE}/enter": Deed(_EDITOR, form={"key": FIGURE, "value": "000 01", "source": "made up", "checked": "yes"}),
    f"{_FIGURE}/confirm": Deed(_EDITOR, number),
    f"{_FIGURE}/refuse": Deed(_EDITOR, number),
    "POST /content/wishes": Deed(_EDITOR, form={"wanted": "something made up"}),
    "POST /content/wishes/{wish_id}/done": Deed(_EDITOR, wish),
    "GET /content/not-understood": Deed(_EDITOR),
    f"{_CHAT}/take": Deed(_TALKER, high_alert),
    f"{_CHAT}/take [of somebody crying for help]": Deed(_TALKER, crying, in_crisis=True),
    f"{_CHAT}/take-from": Deed(Role.SUPERVISOR, chat_of_a_colleague),
    f"{_CHAT}/reply": Deed(_TALKER, my_chat),
    f"{_CHAT}/reply [to somebody crying for help]": Deed(_TALKER, my_crying_chat, in_crisis=True),
    f"{_CHAT}/canned": Deed(_TALKER, my_chat, {"key": "canned.i_am_here"}),
    f"{_CHAT}/vetted": Deed(_TALKER, my_chat, {"key": TEXT}),
    f"{_CHAT}/card": Deed(_TALKER, a_public_service),
    f"{_CHAT}/retry": Deed(_TALKER, a_failed_message),
    f"{_CHAT}/withdraw": Deed(_TALKER, my_held_reply),
    f"{_CHAT}/note": Deed(_TALKER, my_chat),
    f"{_CHAT}/consent": Deed(_TALKER, my_chat, {"purpose": "keep_chat", "answer": "yes"}),
    f"{_CHAT}/transfer": Deed(_TALKER, my_chat, {"summary": "made up"}),
    f"{_CHAT}/ask-in": Deed(_TALKER, colleague_for_my_chat),
    f"{_CHAT}/see-out": Deed(_TALKER, a_colleague_in_my_chat),
    f"{_CHAT}/leave": Deed(_TALKER, asked_in_myself),
    f"{_CHAT}/back": Deed(_TALKER, my_chat),
    f"{_CHAT}/close": Deed(_TALKER, my_chat),
    "GET /held/{held}": Deed(Role.SUPERVISOR, a_colleagues_held_reply),
    "POST /held/{held}": Deed(Role.SUPERVISOR, a_colleagues_held_reply, {"decision": "approve"}),
    "POST /break-glass": Deed(_TALKER, two_to_be_told, {"reason": REASON}),
    "POST /break-glass/{opening}/end": Deed(_TALKER, opening),
    "GET /break-glass/{opening}": Deed(_TALKER, opening),
    "GET /audit/break-glass/{opening}": Deed(Role.AUDITOR, opening),
    "GET /audit": Deed(Role.AUDITOR),
}

# Nothing of a person is shown or changed there, or another test shows that it is written down.
NOT_AUDITED: dict[str, str] = {
    "GET /sign-in": "a form",
    "GET /welcome/{token}": "a form",
    "GET /welcome/{token}/code": "for who holds the link",
    "GET /welcome/{token}/code.svg": "for who holds the link",
    "POST /welcome/{token}": "half of enrolling; the other half is written down",
    "GET /account": "one's own",
    "GET /account/confirm": "a form",
    "POST /account/confirm/options": "a challenge; the answer to it is written down",
    "POST /account/passkeys/options": "a challenge; the answer to it is written down",
    "POST /passkey/sign-in/options": "a challenge; the answer to it is written down",
    "POST /passkey/sign-in": "needs a passkey: tests/console/test_enrolment_browser.py",
    "POST /account/passkeys": "needs a passkey: tests/console/test_enrolment_browser.py",
    "GET /staff": "colleagues",
    "GET /duty": "colleagues",
    "GET /alarms": "codes and urgencies",
    "POST /here": "keeps one's own session open",
    "GET /notices": "one's own; codes",
    "GET /notices/count": "one's own; codes",
    "POST /notices/seen": "one's own",
    "GET /break-glass": "codes and colleagues",
    "GET /audit/break-glass": "codes and colleagues",
    "POST /chats/{chat}/typing": "nothing is said or read, every few seconds",
    "GET /chats/{chat}/choices": "public texts",
    "GET /chats/{chat}/near": "public texts",
    "GET /held": "codes and colleagues",
    "GET /content": "public texts",
    "GET /content/work": "public texts",
    "GET /content/figures": "public",
    "GET /content/figures/{key}": "public",
    "GET /content/text/{key}": "public texts",
    "GET /content/text/{key}/edit": "public texts",
    "POST /content/text/{key}/preview": "nothing is kept",
    "GET /media/{media_id}": "needs a file: tests/console/test_media_routes.py",
    "GET /media/{media_id}/covered": "needs a file: tests/console/test_media_routes.py",
}
