"""Figures as staff enter them: a phone number is called by one person and confirmed by another.

Fees and wages stand at once. Until a number is confirmed, people see what was verified before, or nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.content.tables import figure_entry
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.referral_directory import figures
from thangdee.referral_directory.figures import Figure, figure

REVIEW_AFTER = timedelta(days=180)
LONGEST_VALUE, LONGEST_SOURCE = 80, 200
_MOST_DIGITS = 40
PHONE = "phone"


class EntryState(StrEnum):
    """What became of an entry."""

    WAITING = "waiting"
    STANDS = "stands"
    REFUSED = "refused"


class UnknownFigureError(ThangdeeError):
    """There is no such figure."""

    code = "unknown_figure"


class UnfitFigureError(ThangdeeError):
    """No value, no source, no check of today, or no phone number where one belongs."""

    code = "unfit_figure"


class EntryMovedError(ThangdeeError):
    """A colleague entered or decided it meanwhile."""

    code = "entry_moved"


class OwnEntryError(ThangdeeError):
    """Another person confirms a phone number."""

    code = "own_entry"


@dataclass(frozen=True)
class Checked:
    """What somebody found out. `is_checked`: they called the number, or looked the figure up, today."""

    value: str
    source: str
    is_checked: bool


@dataclass(frozen=True)
class Entry:
    """One entry of a figure."""

    id: str
    figure_key: str
    state: EntryState
    value: str
    source: str
    review_by: date
    entered_by: str
    entered_at: datetime
    decided_by: str | None
    decided_at: datetime | None


async def enter(connection: AsyncConnection, key: str, checked: Checked, by: str, now: datetime) -> EntryState:
    """Enter a checked value; return whether it stands or waits for the second person.

    Raises UnknownFigureError, UnfitFigureError, EntryMovedError where one waits already.
    """
    kind = (await connection.execute(select(figure.c.kind).where(figure.c.key == key))).scalar()
    if kind is None:
        raise UnknownFigureError("there is no such figure")
    value, source = " ".join(checked.value.split()), " ".join(checked.source.split())
    if not _is_fit(kind, value, source) or not checked.is_checked:
        raise UnfitFigureError("a value, a source and a check of today are needed")
    waits = kind == PHONE
    entry = Entry(
        new_uid(), key, EntryState.WAITING if waits else EntryState.STANDS, value, source, now.date() + REVIEW_AFTER,
        by, now, None if waits else by, None if waits else now,
    )  # fmt: skip
    await _insert(connection, entry)
    if not waits:
        await _stand(connection, entry, now)
    return entry.state


async def confirm(connection: AsyncConnection, entry_id: str, by: str, now: datetime) -> Entry:
    """Let a number stand after a second call. Raises OwnEntryError, EntryMovedError."""
    entry = await _waiting(connection, entry_id)
    if entry.entered_by == by:
        raise OwnEntryError("another person must call the number")
    await _decide(connection, entry, EntryState.STANDS, by, now)
    await _stand(connection, entry, now)
    return entry


async def refuse(connection: AsyncConnection, entry_id: str, by: str, now: datetime) -> Entry:
    """Do not let it stand; who entered it may take it back this way. Raises EntryMovedError."""
    entry = await _waiting(connection, entry_id)
    await _decide(connection, entry, EntryState.REFUSED, by, now)
    return entry


async def waiting(connection: AsyncConnection) -> list[Entry]:
    """Return what waits for the second person, oldest first."""
    query = select(figure_entry).where(figure_entry.c.open_for.is_not(None)).order_by(figure_entry.c.entered_at)
    return await _read(connection, query)


async def entries_of(connection: AsyncConnection, key: str) -> list[Entry]:
    """Return the entries of a figure, newest first."""
    query = select(figure_entry).where(figure_entry.c.figure_key == key).order_by(figure_entry.c.entered_at.desc())
    return await _read(connection, query)


async def figure_of(connection: AsyncConnection, key: str) -> Figure | None:
    """Return one figure."""
    return next((one for one in await figures.all_figures(connection) if one.key == key), None)


def _is_fit(kind: str, value: str, source: str) -> bool:
    if not 0 < len(value) <= LONGEST_VALUE or not 0 < len(source) <= LONGEST_SOURCE:
        return False
    has_digit = any(char.isdigit() for char in value)
    return has_digit and (kind != PHONE or 2 < len(value) <= _MOST_DIGITS)


async def _stand(connection: AsyncConnection, entry: Entry, now: datetime) -> None:
    await figures.verify(
        connection,
        entry.figure_key,
        value=entry.value,
        source=entry.source,
        by=entry.entered_by,
        now=now,
        review_by=entry.review_by,
    )


async def _waiting(connection: AsyncConnection, entry_id: str) -> Entry:
    waits = (figure_entry.c.id == entry_id) & (figure_entry.c.state == EntryState.WAITING)
    found = await _read(connection, select(figure_entry).where(waits).with_for_update())
    if not found:
        raise EntryMovedError("it waits no more")
    return found[0]


async def _insert(connection: AsyncConnection, entry: Entry) -> None:
    values = vars(entry) | {"open_for": entry.figure_key if entry.state is EntryState.WAITING else None}
    try:
        async with connection.begin_nested():
            await connection.execute(insert(figure_entry).values(values))
    except IntegrityError as error:
        raise EntryMovedError("one waits already") from error


async def _decide(connection: AsyncConnection, entry: Entry, state: EntryState, by: str, now: datetime) -> None:
    values = {"state": state, "open_for": None, "decided_by": by, "decided_at": now}
    await connection.execute(update(figure_entry).where(figure_entry.c.id == entry.id).values(values))


async def _read(connection: AsyncConnection, query: Select[Any]) -> list[Entry]:
    return [_entry(row) for row in (await connection.execute(query)).all()]


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        row.id, row.figure_key, EntryState(row.state), row.value, row.source, row.review_by, row.entered_by,
        row.entered_at, row.decided_by, row.decided_at,
    )  # fmt: skip
