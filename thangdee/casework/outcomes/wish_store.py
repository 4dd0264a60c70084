"""What she was asked and what she said, as it is kept: rows only grow, and a question that waits is no yes."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import store
from thangdee.casework.outcomes.model import Wish
from thangdee.casework.outcomes.record import How
from thangdee.casework.outcomes.tables import wish
from thangdee.core.errors import ThangdeeError
from thangdee.core.vault import Place, Vault

_WAITS = datetime.max.replace(tzinfo=UTC)
# From what opens most to what opens nothing.
_SHUT = (Wish.YES, Wish.MESSAGE_ONLY, Wish.NOT_NOW, Wish.NO)


class WishGoneError(ThangdeeError):
    """The question is gone: with the enquiry, or because she took back her yes to being looked for."""

    code = "wish_gone"


@dataclass(frozen=True)
class Asked:
    """One question. `relation`: who says to look for her, as she may hear it; `answer`: None while it waits."""

    id: str
    enquiry_id: str
    resident_id: str
    answer: Wish | None
    how: How | None
    relation: str
    requested_by: str
    requested_at: datetime
    asked_by: str | None
    answered_at: datetime | None


@dataclass(frozen=True)
class Said:
    """Her words. `for_family`: what she wishes them to be told; `for_us`: for staff alone, such as whom she fears."""

    for_family: str = ""
    for_us: str = ""


async def load(connection: AsyncConnection, wish_id: str, *, to_change: bool = False) -> Asked:
    """Return a question; `to_change` locks it. Raises WishGoneError."""
    query = select(wish).where(wish.c.id == wish_id)
    row = (await connection.execute(query.with_for_update() if to_change else query)).one_or_none()
    if row is None:
        raise WishGoneError("there is no such question")
    return read(row)


async def newest(connection: AsyncConnection, enquiry_id: str, resident_id: str) -> Asked | None:
    """Return what counts: a question that waits, else the latest answer; of two at once the one that opens less."""
    theirs = (wish.c.enquiry_id == enquiry_id) & (wish.c.resident_id == resident_id)
    found = [read(row) for row in (await connection.execute(select(wish).where(theirs))).all()]
    return max(found, key=lambda one: (one.answered_at or _WAITS, _SHUT.index(one.answer or Wish.NO)), default=None)


async def of_enquiry(connection: AsyncConnection, enquiry_id: str) -> list[Asked]:
    """Return all questions of an enquiry, the latest first."""
    query = select(wish).where(wish.c.enquiry_id == enquiry_id).order_by(wish.c.requested_at.desc(), wish.c.id)
    return [read(row) for row in (await connection.execute(query)).all()]


async def told_of(connection: AsyncConnection, vault: Vault, one: Asked) -> str:
    """Return the family's words that a tracer let her hear; empty where there are none. Raises EnquiryGoneError."""
    return await _opened(connection, vault, one, "sealed_told")


async def said_of(connection: AsyncConnection, vault: Vault, one: Asked) -> Said:
    """Return her words. Raises EnquiryGoneError."""
    words = await _opened(connection, vault, one, "sealed_words")
    return Said(**json.loads(words)) if words else Said()


async def seal(
    connection: AsyncConnection, vault: Vault, enquiry_id: str, wish_id: str, column: str, words: str
) -> bytes:
    """Seal words of a question under the key of the chat, so that they end with it."""
    key_id = await store.key_of(connection, enquiry_id)
    return await vault.seal(connection, key_id, Place("wish", column, wish_id), words.encode())


def read(row: Row[Any]) -> Asked:
    """Return a row of the table as what it says."""
    return Asked(
        row.id, row.enquiry_id, row.resident_id, Wish(row.answer) if row.answer else None,
        How(row.how) if row.how else None, row.relation or "somebody", row.requested_by, row.requested_at,
        row.asked_by, row.answered_at,
    )  # fmt: skip


async def _opened(connection: AsyncConnection, vault: Vault, one: Asked, column: str) -> str:
    sealed = (await connection.execute(select(wish.c[column]).where(wish.c.id == one.id))).scalar()
    if sealed is None:
        return ""
    await store.load(connection, one.enquiry_id)  # nothing of a chat that was deleted, from that moment on
    key_id = await store.key_of(connection, one.enquiry_id)
    return (await vault.open(connection, key_id, Place("wish", column, one.id), sealed)).decode()
