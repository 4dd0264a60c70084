"""The duty roster: who is planned, from when to when, as first on call, as second, as supervisor.

A plan says who is to be called. Whether a person is there is another question: casework/duty.py.
Times of day are those of Laos and Thailand, which keep the same time the whole year.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Row, Select, String, Table, UniqueConstraint, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.staff.tables import staff
from thangdee.core import changes
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.time_words import LOCAL_TIME

LONGEST_SHIFT = timedelta(hours=24)
MOST_WEEKS = 26
LOOK_AHEAD = timedelta(days=14)
KEPT = timedelta(days=90)
_KEEP = "90 days after its end"
_WEEK = timedelta(days=7)


class Rank(StrEnum):
    """When somebody is called: at once, when nobody came within 3 minutes, or to decide."""

    FIRST = "first"
    SECOND = "second"
    SUPERVISOR = "supervisor"


shift = Table(
    "shift",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the shift", _KEEP)),
    Column(
        "staff_id",
        String(32),
        ForeignKey(staff.c.id, ondelete="CASCADE"),
        nullable=False,
        info=about(DataClass.TECHNICAL, "who is planned", _KEEP),
    ),
    Column("starts_at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "from when", _KEEP)),
    Column("ends_at", AwareDateTime, nullable=False, index=True, info=about(DataClass.TECHNICAL, "till when", _KEEP)),
    Column("rank", String(12), nullable=False, info=about(DataClass.TECHNICAL, "when they are called", _KEEP)),
    Column("planned_by", String(32), nullable=False, info=about(DataClass.TECHNICAL, "who planned it", _KEEP)),
    UniqueConstraint("staff_id", "starts_at"),
)


class UnfitShiftError(ThangdeeError):
    """A shift that ends before it begins, is longer than a day, lies in the past, or is repeated too often."""

    code = "unfit_shift"


class DoubleShiftError(ThangdeeError):
    """The same person is planned at that time already."""

    code = "double_shift"


@dataclass(frozen=True)
class Shift:
    """One planned shift."""

    id: str
    staff_id: str
    starts_at: datetime
    ends_at: datetime
    rank: Rank

    def runs_at(self, now: datetime) -> bool:
        """Tell whether it runs now."""
        return self.starts_at <= now < self.ends_at


@dataclass(frozen=True)
class Wanted:
    """A shift that somebody plans; `weeks`: how often, once a week."""

    staff_id: str
    starts_at: datetime
    ends_at: datetime
    rank: Rank
    weeks: int = 1


@dataclass(frozen=True)
class Gap:
    """A time in which nobody is planned as first on call."""

    starts_at: datetime
    ends_at: datetime


def at_local(day: date, hour: time) -> datetime:
    """Return a time of day in Laos and Thailand on a day there."""
    return datetime.combine(day, hour, LOCAL_TIME)


def monday_of(moment: datetime) -> date:
    """Return the Monday of the week in which this moment lies in Laos and Thailand."""
    day = moment.astimezone(LOCAL_TIME).date()
    return day - timedelta(days=day.weekday())


async def plan(connection: AsyncConnection, wanted: Wanted, by: str, now: datetime) -> int:
    """Plan a shift, in each of the coming weeks that were asked for; return how many were planned.

    Raises UnfitShiftError, and DoubleShiftError where the same person has a shift at one of these times.
    """
    length = wanted.ends_at - wanted.starts_at
    if not timedelta(0) < length <= LONGEST_SHIFT or wanted.ends_at <= now or not 1 <= wanted.weeks <= MOST_WEEKS:
        raise UnfitShiftError("a shift lasts up to a day, ends in the future and repeats up to 26 times")
    starts = [wanted.starts_at + number * _WEEK for number in range(wanted.weeks)]
    theirs = [
        one for one in await between(connection, starts[0], starts[-1] + length) if one.staff_id == wanted.staff_id
    ]
    if any(one.starts_at < start + length and start < one.ends_at for start in starts for one in theirs):
        raise DoubleShiftError("this person has a shift at that time")
    for start in starts:
        await _write(connection, Shift(new_uid(), wanted.staff_id, start, start + length, wanted.rank), by)
    await changes.announce(connection, changes.QUEUE)
    return len(starts)


async def copy_week(connection: AsyncConnection, monday: date, by: str, now: datetime) -> int:
    """Plan the week that begins on this Monday like the week before; what clashes or is over stays out."""
    start = at_local(monday, time())
    before = [one for one in await between(connection, start - _WEEK, start) if one.starts_at >= start - _WEEK]
    standing = await between(connection, start, start + _WEEK + LONGEST_SHIFT)
    copied = 0
    for one in before:
        moved = Shift(new_uid(), one.staff_id, one.starts_at + _WEEK, one.ends_at + _WEEK, one.rank)
        if moved.ends_at <= now or any(_clash(moved, other) for other in standing):
            continue
        await _write(connection, moved, by)
        copied += 1
    await changes.announce(connection, changes.QUEUE)
    return copied


async def remove(connection: AsyncConnection, shift_id: str) -> str | None:
    """Take a shift off the plan; return whose it was, None if it is gone already."""
    query = select(shift.c.staff_id).where(shift.c.id == shift_id)
    whose: str | None = (await connection.execute(query)).scalar()
    await connection.execute(delete(shift).where(shift.c.id == shift_id))
    await changes.announce(connection, changes.QUEUE)
    return whose


async def leave_early(connection: AsyncConnection, staff_id: str, now: datetime) -> None:
    """End a running shift now: the plan is to say what is true."""
    theirs = (shift.c.staff_id == staff_id) & (shift.c.starts_at <= now) & (shift.c.ends_at > now)
    await connection.execute(delete(shift).where(theirs, shift.c.starts_at == now))
    await connection.execute(update(shift).where(theirs).values(ends_at=now))


async def between(connection: AsyncConnection, since: datetime, until: datetime) -> list[Shift]:
    """Return the shifts that touch this time, the earliest first; those of people who left do not count."""
    query = _of_staff().where(shift.c.starts_at < until, shift.c.ends_at > since)
    return [_shift(row) for row in (await connection.execute(query)).all()]


async def running(connection: AsyncConnection, now: datetime) -> list[Shift]:
    """Return the shifts that run now."""
    return [one for one in await between(connection, now, now + timedelta(microseconds=1)) if one.runs_at(now)]


async def next_first(connection: AsyncConnection, now: datetime) -> Shift | None:
    """Return the next shift of somebody who answers first, None where none is planned."""
    query = _of_staff().where(shift.c.starts_at > now, shift.c.rank == Rank.FIRST).limit(1)
    row = (await connection.execute(query)).first()
    return None if row is None else _shift(row)


def gaps(shifts: Iterable[Shift], since: datetime, until: datetime) -> list[Gap]:
    """Return when nobody is planned as first on call, from `since` to `until`."""
    found, covered = [], since
    for one in sorted((one for one in shifts if one.rank is Rank.FIRST), key=lambda one: one.starts_at):
        if one.starts_at >= until:
            break
        if one.starts_at > covered:
            found.append(Gap(covered, one.starts_at))
        covered = max(covered, one.ends_at)
    return [*found, Gap(covered, until)] if covered < until else found


def of_rank(shifts: Sequence[Shift], *ranks: Rank) -> set[str]:
    """Return who of these is planned in one of these ranks."""
    return {one.staff_id for one in shifts if one.rank in ranks}


async def forget(connection: AsyncConnection, ended_before: datetime) -> None:
    """Remove old shifts (R25)."""
    await connection.execute(delete(shift).where(shift.c.ends_at < ended_before))


def _of_staff() -> Select[Any]:
    still_here = select(shift).join(staff, staff.c.id == shift.c.staff_id).where(staff.c.ended_at.is_(None))
    return still_here.order_by(shift.c.starts_at, shift.c.rank, shift.c.id)


def _clash(one: Shift, other: Shift) -> bool:
    return one.staff_id == other.staff_id and one.starts_at < other.ends_at and other.starts_at < one.ends_at


async def _write(connection: AsyncConnection, one: Shift, by: str) -> None:
    values = {"id": one.id, "staff_id": one.staff_id, "starts_at": one.starts_at, "ends_at": one.ends_at}
    await connection.execute(insert(shift).values(values | {"rank": one.rank, "planned_by": by}))


def _shift(row: Row[Any]) -> Shift:
    return Shift(row.id, row.staff_id, row.starts_at, row.ends_at, Rank(row.rank))
