"""The team's work in numbers: who waits, who holds which chat, whom nobody answered. No words, no names of people.

Each number says out of how many and since when. What was erased does not count any more.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import alerts, duty, held_replies
from thangdee.casework.alerts import Urgency, alert
from thangdee.casework.chats import chat
from thangdee.casework.staff import accounts
from thangdee.casework.staff.accounts import Account
from thangdee.casework.staff.roles import Permission, permissions_of

ANSWERED_WITHIN = timedelta(minutes=10)
DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class HeldChat:
    """One chat that a colleague holds. `unseen_for`: since the person last wrote."""

    chat_id: str
    held_by: str
    unseen_for: timedelta


@dataclass(frozen=True)
class Waits:
    """The calls of one urgency that nobody took yet."""

    urgency: Urgency
    count: int
    oldest: timedelta | None
    median: timedelta | None


@dataclass(frozen=True)
class Load:
    """What one colleague carries. `until`: on duty till then, None: not on duty."""

    staff_id: str
    chats: int
    until: datetime | None


@dataclass(frozen=True)
class Unanswered:
    """Of the calls of a time whose ten minutes are over: how many were taken later than that, or by nobody."""

    window: timedelta
    calls: int
    late: int
    never: int

    @property
    def percent(self) -> int | None:
        """How many of a hundred were not answered in time; None where there were no calls."""
        return round(100 * (self.late + self.never) / self.calls) if self.calls else None


@dataclass(frozen=True)
class Ladders:
    """Of the cries for help of the last seven days: for how many the whole ladder was climbed in vain."""

    cries: int
    missed: int


@dataclass(frozen=True)
class Team:
    """One look at the team's work. `held_oldest`: how long the oldest reply has waited for a second person."""

    held: tuple[HeldChat, ...]
    waits: tuple[Waits, ...]
    loads: tuple[Load, ...]
    unanswered: tuple[Unanswered, ...]
    ladders: Ladders
    held_replies: int
    held_oldest: timedelta | None


@dataclass(frozen=True)
class _Call:
    urgency: Urgency
    raised_at: datetime
    taken_at: datetime | None
    is_missed: bool


async def look(connection: AsyncConnection, now: datetime) -> Team:
    """Look at everything."""
    held = await held_chats(connection, now)
    calls = await _calls(connection, now - WEEK)
    replies = await held_replies.waiting(connection, now)
    return Team(
        held=tuple(held),
        waits=tuple(await waits(connection, now)),
        loads=tuple(await _loads(connection, held, now)),
        unanswered=tuple(_unanswered(calls, window, now) for window in (DAY, WEEK)),
        ladders=_ladders(calls),
        held_replies=len(replies),
        held_oldest=now - replies[0].written_at if replies else None,
    )


async def held_chats(connection: AsyncConnection, now: datetime) -> list[HeldChat]:
    """Return the chats that colleagues hold, the longest unseen first."""
    theirs = chat.c.held_by.is_not(None) & chat.c.closed_at.is_(None)
    query = select(chat.c.id, chat.c.held_by, chat.c.seen_at).where(theirs).order_by(chat.c.seen_at, chat.c.id)
    return [HeldChat(row.id, row.held_by, now - row.seen_at) for row in await connection.execute(query)]


async def waits(connection: AsyncConnection, now: datetime) -> list[Waits]:
    """Return how long the open calls of each urgency have waited."""
    ages: dict[Urgency, list[timedelta]] = {urgency: [] for urgency in Urgency}
    for one in await alerts.open_alerts(connection):
        ages[one.urgency].append(now - one.raised_at)
    return [
        Waits(urgency, len(found), max(found, default=None), _median(found) if found else None)
        for urgency, found in ages.items()
    ]


async def _loads(connection: AsyncConnection, held: Sequence[HeldChat], now: datetime) -> list[Load]:
    """Return the colleagues who may talk with people, those on duty first; others who hold a chat, too."""
    carried = Counter(one.held_by for one in held)
    on_duty = await duty.on_duty(connection, now)
    talkers = {one.id for one in await accounts.all_staff(connection) if _may_talk(one)}
    loads = [Load(one, carried[one], on_duty.get(one)) for one in talkers | carried.keys() | on_duty.keys()]
    return sorted(loads, key=lambda one: (one.until is None, -one.chats, one.staff_id))


def _may_talk(one: Account) -> bool:
    return one.ended_at is None and Permission.TALK in permissions_of(one.roles)


async def _calls(connection: AsyncConnection, since: datetime) -> list[_Call]:
    columns = (alert.c.urgency, alert.c.raised_at, alert.c.taken_at, alert.c.ladder_step)
    rows = await connection.execute(select(*columns).where(alert.c.raised_at > since))
    return [_Call(Urgency(row.urgency), row.raised_at, row.taken_at, row.ladder_step >= alerts.MISSED) for row in rows]


def _unanswered(calls: Sequence[_Call], window: timedelta, now: datetime) -> Unanswered:
    over = [one for one in calls if now - window < one.raised_at < now - ANSWERED_WITHIN]
    never = sum(one.taken_at is None for one in over)
    late = sum(one.taken_at is not None and one.taken_at - one.raised_at > ANSWERED_WITHIN for one in over)
    return Unanswered(window, len(over), late, never)


def _ladders(calls: Sequence[_Call]) -> Ladders:
    cries = [one for one in calls if one.urgency is Urgency.IMMEDIATE]
    return Ladders(len(cries), sum(one.is_missed for one in cries))


def _median(ages: Sequence[timedelta]) -> timedelta:
    return timedelta(seconds=median(one.total_seconds() for one in ages))
