"""Asking her, through her shelter, whether she wishes it; she may say no, and nobody learns that she was asked.

Only who was found to be the same person is asked (R16). What she says opens nothing by itself.
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import store
from thangdee.casework.enquiries.field_words import CHOICES
from thangdee.casework.enquiries.model import Field
from thangdee.casework.enquiries.store import EnquiryGoneError
from thangdee.casework.outcomes import counts, officers, releases, residents, search_store, searches, wish_store
from thangdee.casework.outcomes.model import Stage, Wish
from thangdee.casework.outcomes.record import How
from thangdee.casework.outcomes.residents import Entry, NoSuchEntryError
from thangdee.casework.outcomes.tables import resident, wish
from thangdee.casework.outcomes.wish_store import Asked, Said, WishGoneError
from thangdee.core import audit
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.vault import Vault

# Who, as she may hear it; without a word of the tracer's it is "somebody".
RELATIONS = ("somebody", *CHOICES[Field.RELATION])
LONGEST = 1000


class NotSameError(ThangdeeError):
    """Only who was found to be the same person is asked."""

    code = "not_same"


class AskedAlreadyError(ThangdeeError):
    """A question to her waits for an answer."""

    code = "asked_already"


class AnsweredAlreadyError(ThangdeeError):
    """Somebody wrote her answer down meanwhile."""

    code = "answered_already"


class UnfitAnswerError(ThangdeeError):
    """A code that there is not, or too many words."""

    code = "unfit_answer"


async def ask(
    connection: AsyncConnection,
    vault: Vault,
    enquiry_id: str,
    resident_id: str,
    staff_id: str,
    now: datetime,
    *,
    relation: str = "somebody",
    told: str = "",
) -> str:
    """Have her shelter ask her; return the question's id. A release that stands ends with it.

    `relation`, `told`: who says to look for her, and their words: what a tracer lets her hear, nothing else. Raises
    NotSameError, AskedAlreadyError, UnfitAnswerError, NoSuchEntryError, SearchLockedError, StageRefusedError.
    """
    words = told.strip()
    if relation not in RELATIONS or len(words) > LONGEST:
        raise UnfitAnswerError("no such relation, or too many words")
    await searches.need_open(connection, enquiry_id, now, to_change=True)
    if (await searches.verdicts(connection, enquiry_id)).get(resident_id) != "same":
        raise NotSameError("she was not found to be the same")
    await residents.opened(connection, vault, resident_id, now)
    newest = await wish_store.newest(connection, enquiry_id, resident_id)
    if newest is not None and newest.answer is None:
        raise AskedAlreadyError("a question waits")
    made = new_uid()
    values: dict[str, Any] = {"id": made, "enquiry_id": enquiry_id, "resident_id": resident_id}
    values |= {"requested_by": staff_id, "requested_at": now, "relation": relation}
    if words:
        values["sealed_told"] = await wish_store.seal(connection, vault, enquiry_id, made, "sealed_told", words)
    await connection.execute(insert(wish).values(values))
    await releases.settle_of(connection, vault, resident_id, now, enquiry_id=enquiry_id)
    await _step_to_asking(connection, enquiry_id, now)
    await _note(connection, vault, "resident:ask_wish", enquiry_id, staff_id, now, resident=resident_id)
    return made


async def waiting(connection: AsyncConnection, officer_id: str, now: datetime) -> list[Asked]:
    """Return the questions for residents of this officer's shelters, the oldest first; no names."""
    mine = sorted(await officers.shelters_of(connection, officer_id))
    query = select(wish).join(resident, resident.c.id == wish.c.resident_id)
    theirs = resident.c.shelter.in_(mine) & (resident.c.lapses_at > now) & wish.c.answer.is_(None)
    rows = (await connection.execute(query.where(theirs).order_by(wish.c.requested_at, wish.c.id))).all()
    found = [wish_store.read(row) for row in rows]
    return [one for one in found if await _stands(connection, one.enquiry_id, now)]


async def to_ask(
    connection: AsyncConnection, vault: Vault, wish_id: str, officer_id: str, now: datetime
) -> tuple[Asked, Entry, str]:
    """Open a question for the officer who asks her: the question, her entry, the family's words that she may hear.

    Audited. Raises WishGoneError also where it is of another shelter, or was answered.
    """
    one, entry = await _of_officer(connection, vault, wish_id, officer_id, now)
    if one.answer is not None:
        raise WishGoneError("answered")
    told = await wish_store.told_of(connection, vault, one)
    await _note(connection, vault, "resident:read", entry.id, officer_id, now, wish=wish_id)
    return one, entry, told


async def answer(
    connection: AsyncConnection,
    vault: Vault,
    wish_id: str,
    said: Wish,
    how: How,
    officer_id: str,
    now: datetime,
    *,
    for_family: str = "",
    for_us: str = "",
) -> None:
    """Write her answer down. Raises WishGoneError, AnsweredAlreadyError, UnfitAnswerError."""
    words = Said(for_family.strip(), for_us.strip())
    if max(len(words.for_family), len(words.for_us)) > LONGEST:
        raise UnfitAnswerError("too many words")
    one, entry = await _of_officer(connection, vault, wish_id, officer_id, now)
    if one.answer is not None:
        raise AnsweredAlreadyError("somebody was first")
    await _write(connection, vault, one, said, how, officer_id, now, words)
    await releases.settle_of(connection, vault, entry.id, now, enquiry_id=one.enquiry_id)
    await _note(connection, vault, "resident:answer_wish", one.enquiry_id, officer_id, now, answer=said.value)
    await counts.note(connection, f"wish.{said}", now)


async def take_back(connection: AsyncConnection, vault: Vault, resident_id: str, officer_id: str, now: datetime) -> int:
    """She changed her mind: from now on nobody is told anything. Return how many enquiries it was about.

    The caller opened her entry by the code on her paper.
    """
    query = select(wish.c.enquiry_id).where(wish.c.resident_id == resident_id).distinct()
    ended = 0
    for enquiry_id in (await connection.execute(query)).scalars().all():
        newest = await wish_store.newest(connection, enquiry_id, resident_id)
        if newest is not None and newest.answer in (None, Wish.YES, Wish.MESSAGE_ONLY):
            await _say_no(connection, newest, officer_id, now)
            ended += 1
    await releases.settle_of(connection, vault, resident_id, now)
    await _note(connection, vault, "resident:answer_wish", resident_id, officer_id, now, answer="taken_back")
    return ended


async def _say_no(connection: AsyncConnection, newest: Asked, officer_id: str, now: datetime) -> None:
    at = max(now, newest.answered_at or now)  # also where a clock went back: the last word is hers
    values: dict[str, Any] = {"answer": Wish.NO, "how": How.SPOKEN, "asked_by": officer_id, "answered_at": at}
    if newest.answer is None:
        await connection.execute(update(wish).where(wish.c.id == newest.id).values(values))
        return
    values |= {"id": new_uid(), "enquiry_id": newest.enquiry_id, "resident_id": newest.resident_id}
    values |= {"relation": newest.relation, "requested_by": officer_id, "requested_at": now}
    await connection.execute(insert(wish).values(values))


async def _write(
    connection: AsyncConnection, vault: Vault, one: Asked, said: Wish, how: How, by: str, now: datetime, words: Said
) -> None:
    values = {"answer": said, "how": how, "asked_by": by, "answered_at": now}
    if words != Said():
        plain = json.dumps(vars(words), ensure_ascii=False)
        sealed = await wish_store.seal(connection, vault, one.enquiry_id, one.id, "sealed_words", plain)
        await connection.execute(update(wish).where(wish.c.id == one.id).values(sealed_words=sealed))
    await connection.execute(update(wish).where(wish.c.id == one.id).values(values))


async def _of_officer(
    connection: AsyncConnection, vault: Vault, wish_id: str, officer_id: str, now: datetime
) -> tuple[Asked, Entry]:
    """Return a question, locked, and whom it is for. Raises WishGoneError where it is not this officer's to ask."""
    one = await wish_store.load(connection, wish_id, to_change=True)
    try:
        entry = await residents.opened(connection, vault, one.resident_id, now)
    except NoSuchEntryError as error:
        raise WishGoneError("she took back her yes") from error
    if entry.shelter not in await officers.shelters_of(connection, officer_id):
        raise WishGoneError("of another shelter")
    if not await _stands(connection, one.enquiry_id, now):
        raise WishGoneError("the enquiry is over")
    return one, entry


async def _stands(connection: AsyncConnection, enquiry_id: str, now: datetime) -> bool:
    try:
        whole = await store.load(connection, enquiry_id)
    except EnquiryGoneError:
        return False
    where = await search_store.load(connection, enquiry_id)
    return search_store.is_standing(whole, now) and where.stage is not Stage.CLOSED


async def _step_to_asking(connection: AsyncConnection, enquiry_id: str, now: datetime) -> None:
    where = await search_store.load(connection, enquiry_id, to_change=True)
    # A release of another resident that stands goes on: what was told there must be written down there.
    if where.stage is Stage.SEARCHING:
        await search_store.save(connection, search_store.moved(where, Stage.ASKING_HER, now))


async def _note(
    connection: AsyncConnection, vault: Vault, action: str, subject: str, staff_id: str, now: datetime, **facts: str
) -> None:
    await audit.record(connection, vault.keyring, actor=staff_id, action=action, subject=subject, now=now, **facts)
