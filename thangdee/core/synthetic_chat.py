"""What became of the synthetic chat: a message of our own, each minute, from nobody to nobody (R51).

One row. Who sends it and raises the alarm: processes/canary.py. The deliverer drops the answer at the last step.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Column, Integer, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.database import insert_new

_KEEP = "until the next"
_ROW = 1

synthetic_chat = Table(
    "synthetic_chat",
    metadata,
    Column("id", Integer, primary_key=True, info=about(DataClass.TECHNICAL, "always 1", _KEEP)),
    Column("asked_at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "last message", _KEEP)),
    Column("answered_at", AwareDateTime, info=about(DataClass.TECHNICAL, "last answer", _KEEP)),
    Column("took_ms", Integer, info=about(DataClass.TECHNICAL, "how long the last answer took", _KEEP)),
    Column("is_late", Boolean, nullable=False, info=about(DataClass.TECHNICAL, "the alarm was raised", _KEEP)),
)


@dataclass(frozen=True)
class SyntheticChat:
    """The last message and the last answer. `is_late`: the hotline does not answer, and the alarm was raised."""

    asked_at: datetime
    answered_at: datetime | None
    took: timedelta | None
    is_late: bool


async def last(connection: AsyncConnection) -> SyntheticChat | None:
    """Return how it stands, None before the first."""
    row = (await connection.execute(select(synthetic_chat).where(synthetic_chat.c.id == _ROW))).one_or_none()
    if row is None:
        return None
    took = None if row.took_ms is None else timedelta(milliseconds=row.took_ms)
    return SyntheticChat(row.asked_at, row.answered_at, took, row.is_late)


async def note_asked(connection: AsyncConnection, now: datetime) -> None:
    """Remember when it was sent."""
    await _note(connection, now, asked_at=now)


async def note_late(connection: AsyncConnection, now: datetime) -> None:
    """Remember that the alarm was raised."""
    await _note(connection, now, is_late=True)


async def note_answered(connection: AsyncConnection, took: timedelta, now: datetime) -> None:
    """Remember the answer; an alarm is over with it."""
    took_ms = int(took.total_seconds() * 1000)
    await _note(connection, now, answered_at=now, took_ms=took_ms, is_late=False)


async def _note(connection: AsyncConnection, now: datetime, **changed: Any) -> None:  # noqa: ANN401 - columns
    first = insert_new(connection, synthetic_chat).values({"id": _ROW, "asked_at": now, "is_late": False} | changed)
    await connection.execute(first.on_conflict_do_update(index_elements=["id"], set_=changed))
