"""Matters in every state, for tests of the chat after the yes: the real use cases, made-up people."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.hotline import Hotline
from thangdee.bot.simulator import Phone, Sent
from thangdee.casework import consent
from thangdee.casework.chats import Chat, Chats, chat
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.referrals import deeds, facts, steps, store
from thangdee.casework.referrals.model import BestInterest, Field, Matter, Receiver, Said
from thangdee.core import outbox
from thangdee.core.outbox import OWN_CONTROL
from thangdee.core.vault import Vault
from thangdee.flows.reply import Button, Part, Reply
from thangdee.referral_directory.model import Directory
from thangdee.referral_directory.snapshot import load_snapshot

# What the girl of these tests told; each shows in a text if it is told.
TOLD = {
    Field.NEED: {"code": "shelter"},
    Field.AGE_BAND: {"code": "18_59"},
    Field.PROVINCE: {"code": "LA-SV"},
    Field.CALL_NAME: {"text": "ນ້ອງດາວ (ຕົວຢ່າງ)"},
    Field.REACH_BY: {"code": "chat"},
    Field.HEALTH: {"text": "ເຈັບທ້ອງ (ຕົວຢ່າງ)"},
}
_DAY = timedelta(days=1)


def data_of(sent: Sent) -> list[str]:
    return [str(button.data) for row in sent.buttons for button in row]


async def directory_of(hotline: Hotline) -> Directory:
    await hotline.installation.refresh_directory()
    async with hotline.installation.database.read() as connection:
        return await load_snapshot(connection)


def receivers_in(directory: Directory, count: int = 2) -> tuple[Receiver, ...]:
    """Listings of different organisations, none of them the police."""
    found: dict[str, Receiver] = {}
    for one in directory.listings:
        if one.kind != "police" and "shelter" in one.needs:
            found.setdefault(one.organisation.id, Receiver(one.id, one.organisation.id, one.kind, "LA"))
    return tuple(found.values())[:count]


async def chat_of(connection: AsyncConnection, vault: Vault, phone: Phone, language: str, now: datetime) -> Chat:
    """A chat that may be kept, in this language."""
    made = await Chats(connection, vault).of(phone.chat_id, now)
    await connection.execute(update(chat).where(chat.c.id == made.id).values(language=language))
    who = await Chats(connection, vault).of(phone.chat_id, now)
    await consent.record(connection, who, Purpose.KEEP_CHAT, is_yes=True, given_by=GivenBy.TAPPED, now=now)
    return who


async def offer(connection: AsyncConnection, vault: Vault, who: Chat, now: datetime, *data: str) -> None:
    """Put a screen with these buttons on the phone, like the one of a knock."""
    shown = Reply((Part("chat.thanks"),), tuple(Button("buttons.menu", one) for one in data))
    body = {"to": who.address} | shown.to_json(who.language or "lo")
    await outbox.post(connection, vault, lane=who.chat_key, key_id=who.key_id, kind=OWN_CONTROL, body=body, now=now)


async def written(connection: AsyncConnection, vault: Vault, who: Chat, now: datetime, *, age: str = "18_59") -> Matter:
    """A draft with answers."""
    made = await deeds.begin(connection, vault, who, now)
    await deeds.change_draft(connection, made.id, now, need="shelter", age_band=age, place="LA-SV")
    for field, value in TOLD.items():
        said = {"code": age} if field is Field.AGE_BAND else value
        await facts.note(connection, vault, made.id, field, said, Said.PERSON, now)
    await facts.agree(connection, made.id, Field.HEALTH, now)
    return await store.load(connection, made.id)


async def sent_to(
    connection: AsyncConnection, vault: Vault, draft: Matter, receivers: tuple[Receiver, ...], now: datetime
) -> Matter:
    await deeds.show(connection, vault, draft.id, receivers)
    return await deeds.say_yes(connection, vault, draft.id, receivers, given_by=GivenBy.TAPPED, now=now)


Go = Callable[[Matter, datetime], steps.Stepped]


def on_current(step: Callable[[Matter, str, datetime], steps.Stepped]) -> Go:
    return lambda matter, now: step(matter, matter.current.id if matter.current else "", now)


ACCEPT = on_current(lambda one, its, now: steps.accept(one, its, now + _DAY, now))
CONTACT = on_current(steps.contact)
HELP = on_current(steps.help_)
CLOSE_REFERRAL = on_current(lambda one, its, now: steps.close_referral(one, its, "got_it", now))
DECLINE = on_current(lambda one, its, now: steps.decline(one, its, "full", now))
GIVE_BACK = on_current(lambda one, its, now: steps.give_back(one, its, "not_reached", now))
WITHDRAW: Go = steps.withdraw
CLOSE: Go = steps.close


def EXPIRE(matter: Matter, now: datetime) -> steps.Stepped:  # noqa: N802 - a step like the others
    current = matter.current
    return steps.expire(matter, current.id, max(now, current.answer_by)) if current else (matter, ())


# How each state is reached after the yes; None: the draft itself, or what is sent without a yes.
STATES: dict[str, tuple[Go, ...] | None] = {
    "draft": None,
    "asked to choose": None,
    "of another person": None,
    "of a child": (),
    "offered": (),
    "accepted": (ACCEPT,),
    "contacted": (ACCEPT, CONTACT),
    "helped": (ACCEPT, CONTACT, HELP),
    "helped and finished": (ACCEPT, CONTACT, HELP, CLOSE_REFERRAL),
    "declined, the next asked": (DECLINE,),
    "nobody answered": (EXPIRE, EXPIRE),
    "given back": (ACCEPT, GIVE_BACK),
    "closed": (ACCEPT, CONTACT, HELP, CLOSE_REFERRAL, CLOSE),
    "taken back": (WITHDRAW,),
}


async def in_state(
    connection: AsyncConnection, vault: Vault, who: Chat, state: str, receivers: tuple[Receiver, ...], now: datetime
) -> Matter:
    """A matter of this chat in a state of STATES."""
    draft = await written(connection, vault, who, now, age="12_17" if state == "of a child" else "18_59")
    if state == "draft":
        return draft
    if state in ("asked to choose", "of another person"):
        await deeds.change_draft(connection, draft.id, now, is_for_other=state == "of another person")
        return await go(connection, vault, draft, lambda one, at: steps.submit(one, (), at), now)
    matter = await sent_to(connection, vault, draft, receivers, now)
    for step in STATES[state] or ():
        matter = await go(connection, vault, matter, step, now)
    return matter


async def go(connection: AsyncConnection, vault: Vault, matter: Matter, step: Go, now: datetime) -> Matter:
    return await deeds.take_step(
        connection, vault, matter.id, lambda one: step(one, now), name="accept", actor="tests", now=now
    )


async def decided(connection: AsyncConnection, vault: Vault, matter: Matter, listing_id: str, now: datetime) -> Matter:
    """Two of staff, one of child protection, found it good for the child."""
    for number, is_child_protection in enumerate((True, False)):
        decision = BestInterest(f"{matter.id[:30]}{number}", f"s{number}", is_child_protection, listing_id, True, now)
        matter = await deeds.record_decision(connection, vault, matter.id, decision, "x", now)
    return matter
