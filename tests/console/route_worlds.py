"""What has to be there before a route of the console can be tried: made-up staff, a chat, one of everything."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from tests.casework.test_content_editions import draft, other
from tests.console.signing_in import ORIGIN, client, sign_in, viewer_of
from tests.console.test_directory_pages import _filled as filled_form
from thangdee.casework import (
    alerts,
    break_glass,
    consent,
    conversations,
    corrections,
    hand_over,
    held_replies,
    lessons,
    transcripts,
)
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.content import figure_entries, publishing, recordings, wishes
from thangdee.casework.content.figure_entries import Checked
from thangdee.casework.content.publishing import Editor
from thangdee.casework.held_replies import ReplyWatch
from thangdee.casework.hold_rules import HoldRules
from thangdee.casework.lessons import Vouched
from thangdee.casework.roster import Rank, Wanted, at_local, plan
from thangdee.casework.roster import between as shifts_between
from thangdee.casework.staff import accounts, invitations, two_factor
from thangdee.casework.staff.passkeys import passkey
from thangdee.casework.staff.passphrases import hash_passphrase
from thangdee.casework.staff.roles import Role
from thangdee.casework.transcripts import Direction, Line
from thangdee.core.jobs import JobState, Queue, job
from thangdee.core.outbox import STAFF_WORDS
from thangdee.core.recoding import Recoded
from thangdee.core.words import LANGUAGES
from thangdee.processes.console import StaffConsole
from thangdee.processes.wiring import Installation
from thangdee.referral_directory import confidential, reports
from thangdee.referral_directory.model import is_public
from thangdee.referral_directory.snapshot import load_snapshot

REASON = "She wrote that he comes back at six and Noy is on the bus."
PASSPHRASE, NEW_PASSPHRASE = "made up for every route of it", "another one made up for the test"
TEXT, FIGURE = "answers.info_passport", "th_police"
SEEN = [*LANGUAGES]


Given = dict[str, Any]


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


async def recording(world: World) -> Given:
    async with world.write() as connection:
        sound = Recoded(b"made up", seconds=1)
        return {"key": TEXT, "recording": await recordings.add(connection, TEXT, "lo", sound, "a colleague", world.now)}


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


async def a_dead_letter(world: World) -> Given:
    return {"letter": (await a_failed_message(world))["job"]}


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


# --- examples, the directory ----------------------------------------------------------------------------------


async def a_line(world: World) -> Given:
    """A line of a chat that I hold, whose person said yes to keeping and to learning."""
    await world.take(world.me)
    async with world.write() as connection:
        whose = await Chats(connection, world.vault).get(world.chat_id)
        for purpose in (Purpose.KEEP_CHAT, Purpose.RESEARCH):
            await consent.record(connection, whose, purpose, is_yes=True, given_by=GivenBy.TAPPED, now=world.now)
        said = {"text": "made up", "deed": "text"}
        await transcripts.keep(connection, world.vault, whose, Line(Direction.IN, world.now, said))
        [line] = await transcripts.read(connection, world.vault, whose)
    return {"chat": world.chat_id, "line": line.id}


async def a_line_not_asked_about(world: World) -> Given:
    given = await a_line(world)
    async with world.write() as connection:
        await connection.execute(delete(consent.consent).where(consent.consent.c.purpose == Purpose.RESEARCH))
    return given


async def a_corrected_line(world: World) -> Given:
    given = await a_line(world)
    async with world.write() as connection:
        await corrections.correct(connection, given["line"], "greet", world.me, world.now)
    return given | {"words": "made up", "is_clean": "true"}


async def an_example(world: World) -> Given:
    """One that a colleague made."""
    given, by = await a_corrected_line(world), await world.colleague(Role.TRACER, name="teacher")
    async with world.write() as connection:
        vouched = Vouched("made up", is_clean=True, by=by)
        await lessons.propose(connection, world.vault, given["line"], "greet", vouched, world.now)
        [one] = await lessons.proposed(connection, world.vault)
    return given | {"lesson": one.id}


async def an_entry(world: World) -> Given:
    """A service of the directory at a place with a sealed address, reported as wrong."""
    async with world.write() as connection:
        listed = (await load_snapshot(connection)).listings
        listing = next(one for one in listed if one.site is not None and not one.site.is_confidential)
        await confidential.keep_secret(connection, world.vault, listing.site.id, "made up")
        await reports.report(connection, listing.id, world.now)
        [report] = await reports.open_reports(connection)
    return {"entry": listing.id, "report": [report.id], "fact": [f"service:{listing.service_id}"]}


async def a_filled_entry(world: World) -> Given:
    """The form of an entry as a browser would send it back."""
    given = await an_entry(world)
    async with client(StaffConsole(world.installation, ORIGIN).app, world.cookies) as browser:
        return await filled_form(browser, given["entry"])
