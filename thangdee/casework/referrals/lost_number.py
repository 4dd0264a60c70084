"""The plan for a lost number: one more person who may be called (R57; the other half is coming_back.py).

The second contact is used by staff alone, only after she fell silent, once, and hears one neutral sentence that she
chose. Each function is one use case, to be called inside one transaction of the caller's.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import consent
from thangdee.casework.chats import chat
from thangdee.casework.consent import Purpose
from thangdee.casework.referrals import deeds
from thangdee.casework.referrals.after_tables import follow_up, second_contact
from thangdee.casework.referrals.follow_up import NotAgreedError
from thangdee.casework.referrals.model import MatterState, ReferralState
from thangdee.casework.referrals.tables import matter, referral
from thangdee.core import changes
from thangdee.core.database import insert_new
from thangdee.core.errors import ThangdeeError
from thangdee.core.vault import Place, Vault

# What may be said to the second contact: the texts `follow_up.may_say.<code>`.
MAY_SAY = ("friend", "sewing", "shop")
OUTCOMES = ("reached", "not_reached", "wrong_number", "do_not_call")
# Whoever was not reached by a receiver, either, may write to us first.
_QUIET = timedelta(hours=72)
_NOT_REACHED = "not_reached"


class UnfitContactError(ThangdeeError):
    """A second contact needs a number and one of the sentences."""

    code = "unfit_contact"


class MayNotCallError(ThangdeeError):
    """There is nobody to call, she is not silent, or the one call was made."""

    code = "may_not_call"


@dataclass(frozen=True)
class Contact:
    """Whom to call. `may_say`: the code of the one neutral sentence; nothing else is said."""

    name: str
    phone: str
    relation: str
    may_say: str


async def give_contact(
    connection: AsyncConnection, vault: Vault, chat_id: str, contact: Contact, now: datetime
) -> None:
    """Keep whom to call, sealed; a new one takes the place of the old. Raises NotAgreedError, UnfitContactError."""
    if not await consent.allows(connection, chat_id, Purpose.SECOND_CONTACT):
        raise NotAgreedError("she did not say yes to anybody being called")
    if contact.may_say not in MAY_SAY or not contact.phone.strip():
        raise UnfitContactError("whom to call, and what may be said?")
    plain = json.dumps(asdict(contact), ensure_ascii=False).encode()
    sealed = await vault.seal(connection, await _key_of(connection, chat_id), _place(chat_id), plain)
    values = {"sealed_contact": sealed, "may_say": contact.may_say, "given_at": now}
    values |= {"called_at": None, "called_by": None, "outcome": None}
    statement = insert_new(connection, second_contact).values({"chat_id": chat_id} | values)
    await connection.execute(statement.on_conflict_do_update(index_elements=["chat_id"], set_=values))
    await changes.announce(connection, changes.about_chat(chat_id))


async def forget_contact(connection: AsyncConnection, chat_id: str) -> None:
    """Take the second contact out for good."""
    await connection.execute(delete(second_contact).where(second_contact.c.chat_id == chat_id))
    await changes.announce(connection, changes.about_chat(chat_id))


async def move_contact(connection: AsyncConnection, vault: Vault, from_chat: str, to_chat: str) -> None:
    """Let whom she named in one chat take the place of who was named in another."""
    query = select(second_contact.c.sealed_contact).where(second_contact.c.chat_id == from_chat)
    sealed = (await connection.execute(query)).scalar()
    if sealed is None:
        return
    opened = await vault.open(connection, await _key_of(connection, from_chat), _place(from_chat), sealed)
    again = await vault.seal(connection, await _key_of(connection, to_chat), _place(to_chat), opened)
    await connection.execute(delete(second_contact).where(second_contact.c.chat_id == to_chat))
    mine = second_contact.c.chat_id == from_chat
    await connection.execute(update(second_contact).where(mine).values(chat_id=to_chat, sealed_contact=again))


async def has_contact(connection: AsyncConnection, chat_id: str) -> bool:
    """Tell whether there is one; who it is never comes back to a phone."""
    query = select(second_contact.c.chat_id).where(second_contact.c.chat_id == chat_id)
    return (await connection.execute(query)).scalar() is not None


async def contact_to_call(connection: AsyncConnection, vault: Vault, chat_id: str, now: datetime) -> Contact | None:
    """Return whom staff may call now, None where they may not: no yes, she is not silent, the call was made."""
    query = select(second_contact).where(second_contact.c.chat_id == chat_id, second_contact.c.called_at.is_(None))
    row = (await connection.execute(query)).one_or_none()
    if row is None or not await consent.allows(connection, chat_id, Purpose.SECOND_CONTACT):
        return None
    if not await is_silent(connection, chat_id, now):
        return None
    opened = await vault.open(connection, await _key_of(connection, chat_id), _place(chat_id), row.sealed_contact)
    return Contact(**json.loads(opened))


async def called(
    connection: AsyncConnection, vault: Vault, matter_id: str, staff_id: str, outcome: str, now: datetime
) -> None:
    """Write down the one call and how it went. Raises MayNotCallError, MatterGoneError."""
    chat_id = (await connection.execute(select(matter.c.chat_id).where(matter.c.id == matter_id))).scalar()
    if outcome not in OUTCOMES or chat_id is None or await contact_to_call(connection, vault, chat_id, now) is None:
        raise MayNotCallError("nobody may be called")
    once = (second_contact.c.chat_id == chat_id) & second_contact.c.called_at.is_(None)
    values = {"called_at": now, "called_by": staff_id, "outcome": outcome}
    if (await connection.execute(update(second_contact).where(once).values(values))).rowcount != 1:
        raise MayNotCallError("a colleague called just now")
    await deeds.take_step(
        connection, vault, matter_id, lambda one: (one, ()), name="second_contact", actor=staff_id, now=now
    )


async def is_silent(connection: AsyncConnection, chat_id: str, now: datetime) -> bool:
    """Tell whether she fell silent and has not written since: to a check-in, or a receiver could not reach her."""
    hers = select(chat.c.id).join(matter, matter.c.chat_id == chat.c.id).where(chat.c.id == chat_id)
    to_us = hers.join(follow_up, follow_up.c.matter_id == matter.c.id).where(
        follow_up.c.why_ended == "silent", follow_up.c.ended_at > chat.c.seen_at
    )
    to_them = hers.join(referral, referral.c.matter_id == matter.c.id).where(
        matter.c.state == MatterState.WITH_STAFF,
        referral.c.state == ReferralState.GIVEN_BACK,
        referral.c.reason == _NOT_REACHED,
        chat.c.seen_at < now - _QUIET,
    )
    found = [(await connection.execute(one.limit(1))).scalar() for one in (to_us, to_them)]
    return any(found)


async def _key_of(connection: AsyncConnection, chat_id: str) -> str:
    return str((await connection.execute(select(chat.c.key_id).where(chat.c.id == chat_id))).scalar_one())


def _place(chat_id: str) -> Place:
    return Place("second_contact", "sealed_contact", chat_id)
