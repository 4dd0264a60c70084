"""Enquiries in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.chats import chat
from thangdee.casework.enquiries.model import KEPT, Enquiry, State
from thangdee.casework.enquiries.tables import enquiry
from thangdee.core.errors import ThangdeeError


class EnquiryGoneError(ThangdeeError):
    """There is no such enquiry any more."""

    code = "enquiry_gone"


async def load(connection: AsyncConnection, enquiry_id: str, *, to_change: bool = False) -> Enquiry:
    """Return an enquiry whose chat was not deleted; `to_change` locks it. Raises EnquiryGoneError."""
    query = _living().where(enquiry.c.id == enquiry_id)
    row = (await connection.execute(query.with_for_update(of=enquiry) if to_change else query)).one_or_none()
    if row is None:
        raise EnquiryGoneError("there is no such enquiry")
    return _read(row)


async def of_chat(connection: AsyncConnection, chat_id: str) -> list[Enquiry]:
    """Return the enquiries of a chat, newest first."""
    query = _living().where(enquiry.c.chat_id == chat_id).order_by(enquiry.c.created_at.desc(), enquiry.c.id)
    return [_read(row) for row in (await connection.execute(query)).all()]


async def draft_of(connection: AsyncConnection, chat_id: str) -> Enquiry | None:
    """Return the enquiry that is still being written, None if there is none."""
    return next((one for one in await of_chat(connection, chat_id) if one.state is State.DRAFT), None)


async def filed(connection: AsyncConnection, now: datetime) -> list[Enquiry]:
    """Return what staff work on: filed, not lapsed, not closed by who made it; the oldest first."""
    standing = enquiry.c.state.in_((State.OPEN, State.EXPIRED)) & (enquiry.c.filed_at > now - KEPT)
    query = _living().where(standing).order_by(enquiry.c.filed_at, enquiry.c.id)
    return [_read(row) for row in (await connection.execute(query)).all()]


async def key_of(connection: AsyncConnection, enquiry_id: str) -> str:
    """Return the id of the key of the chat, under which all that belongs to the enquiry is sealed."""
    query = select(chat.c.key_id).join(enquiry, enquiry.c.chat_id == chat.c.id).where(enquiry.c.id == enquiry_id)
    found = (await connection.execute(query)).scalar()
    if found is None:
        raise EnquiryGoneError("there is no such enquiry")
    return str(found)


def _living() -> Any:  # noqa: ANN401 - a SELECT of these columns
    return select(enquiry).join(chat, chat.c.id == enquiry.c.chat_id).where(chat.c.closed_at.is_(None))


def _read(row: Row[Any]) -> Enquiry:
    times = tuple(datetime.fromisoformat(one) for one in row.texts_at)
    return Enquiry(
        row.id, row.code, row.chat_id, State(row.state), row.language, row.created_at, row.filed_at, row.closed_at,
        times, row.is_over_quota, tuple(row.passed or ()),
    )  # fmt: skip
