"""Duty: whether a person sits at the desk, so that the bot never promises one who is not there.

There is whoever said so ("I start now") or has a shift that runs, while signed in at the console: a plan alone is
nobody, and whoever has not touched the console for 15 minutes is signed out and not there (R35). An operator's word
from the command line counts as it stands.
"""

from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import Column, String, Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import roster
from thangdee.casework.roster import Rank
from thangdee.casework.staff import accounts, sessions
from thangdee.casework.staff.roles import Permission, permissions_of
from thangdee.casework.staff.tables import staff_session
from thangdee.core import changes
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.time_words import SAYABLE

# Whom the steps of the ladder call by the plan; the one after the last calls everybody.
_RANKS = {1: (Rank.FIRST,), 2: (Rank.SECOND, Rank.SUPERVISOR)}

duty = Table(
    "duty",
    metadata,
    Column("staff", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "who", "until it ends")),
    Column("until", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "till when", "until it ends")),
)


async def start(connection: AsyncConnection, staff: str, until: datetime) -> None:
    """Put a staff member on duty until then."""
    await _forget(connection, staff)
    await connection.execute(insert(duty).values(staff=staff, until=until))
    await changes.announce(connection, changes.QUEUE)


async def end(connection: AsyncConnection, staff: str, now: datetime | None = None) -> None:
    """Take a staff member off duty; with `now`, a shift that runs ends, too."""
    await _forget(connection, staff)
    if now is not None:
        await roster.leave_early(connection, staff, now)
    await changes.announce(connection, changes.QUEUE)


async def forget(connection: AsyncConnection, now: datetime) -> None:
    """Remove what has ended by itself (R25)."""
    await connection.execute(delete(duty).where(duty.c.until <= now))


async def on_duty(connection: AsyncConnection, now: datetime) -> dict[str, datetime]:
    """Return who is there now, and till when."""
    query = select(duty).where(duty.c.until > now)
    said = {row.staff: row.until for row in await connection.execute(query)}
    by_operator = said.keys() - await accounts.names(connection)
    there = {staff: said[staff] for staff in by_operator}
    at_console = await _signed_in(connection, now)
    for one in await roster.running(connection, now):
        said[one.staff_id] = max(one.ends_at, said.get(one.staff_id, one.ends_at))
    return there | {staff: until for staff, until in said.items() if staff in at_console}


async def is_someone_there(connection: AsyncConnection, now: datetime) -> bool:
    """Tell whether anybody is on duty now."""
    return bool(await on_duty(connection, now))


async def next_start(connection: AsyncConnection, now: datetime) -> datetime | None:
    """Return when, by the plan, a person answers again; None where that cannot be said truthfully.

    Nothing is said where nobody is planned within the days that a weekday names, and while somebody who should
    answer now is not there: then nobody can know.
    """
    if any(one.rank is Rank.FIRST for one in await roster.running(connection, now)):
        return None
    following = await roster.next_first(connection, now)
    return following.starts_at if following and following.starts_at - now <= SAYABLE else None


async def to_call(connection: AsyncConnection, step: int, now: datetime) -> set[str]:
    """Return which colleagues a step of the ladder calls: 0 and 1 the first on call, 2 the second and the supervisor.

    Step 3 calls everybody who may talk with people; so does each step for which nobody is planned or there.
    """
    everybody = await _talkers(connection)
    if step > len(_RANKS):
        return everybody
    planned = roster.of_rank(await roster.running(connection, now), *_RANKS[max(step, 1)])
    return planned & everybody or set(await on_duty(connection, now)) & everybody or everybody


async def _talkers(connection: AsyncConnection) -> set[str]:
    return {
        one.id
        for one in await accounts.all_staff(connection)
        if one.ended_at is None and Permission.TALK in permissions_of(one.roles)
    }


async def _signed_in(connection: AsyncConnection, now: datetime) -> AbstractSet[str]:
    query = select(staff_session.c.staff_id).where(
        staff_session.c.seen_at > now - sessions.IDLE, staff_session.c.started_at > now - sessions.LONGEST
    )
    return set((await connection.execute(query)).scalars())


async def _forget(connection: AsyncConnection, staff: str) -> None:
    await connection.execute(delete(duty).where(duty.c.staff == staff))
