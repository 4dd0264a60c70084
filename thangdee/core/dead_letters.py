"""Dead letters: jobs that were given up and wait for a person to look at them (R47).

Of two who decide on one at once, one does: only what is dead can be tried again, and the same row goes, so nothing
is sent twice.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core import changes
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import GIVEN_UP, JobState, Queue, job

BLOCKED = "blocked"
_MOST = 50


class NothingDeadError(ThangdeeError):
    """A colleague decided on it meanwhile, or its words are no longer kept."""

    code = "nothing_dead"


@dataclass(frozen=True)
class DeadLetter:
    """One of them, without its words. `can_retry`: what was to be done is still known."""

    uid: str
    queue: Queue
    kind: str
    why: str | None
    created_at: datetime
    died_at: datetime
    can_retry: bool


@dataclass(frozen=True)
class DeadKind:
    """How many of a kind wait, and since when the oldest."""

    queue: Queue
    kind: str
    why: str | None
    count: int
    oldest_at: datetime


async def newest(connection: AsyncConnection) -> list[DeadLetter]:
    """Return them, the latest first, up to fifty."""
    query = select(job).where(_is_dead()).order_by(job.c.done_at.desc(), job.c.id.desc()).limit(_MOST)
    return [_letter(row) for row in await connection.execute(query)]


async def by_kind(connection: AsyncConnection) -> list[DeadKind]:
    """Return how many of each kind wait."""
    group = (job.c.queue, job.c.kind, job.c.error_code)
    query = select(*group, func.count().label("number"), func.min(job.c.done_at).label("oldest")).where(_is_dead())
    rows = await connection.execute(query.group_by(*group).order_by(*group))
    return [DeadKind(Queue(row.queue), row.kind, row.error_code, row.number, row.oldest) for row in rows]


async def last_death(connection: AsyncConnection, since: datetime) -> datetime | None:
    """Return when the last one was given up, None if none was after `since`.

    Who stopped the bot does not count: nothing is broken, and nobody can do anything about it.
    """
    theirs = and_(_is_dead(), job.c.done_at > since, func.coalesce(job.c.error_code, "") != BLOCKED)
    found: datetime | None = (await connection.execute(select(func.max(job.c.done_at)).where(theirs))).scalar()
    return found


async def retry(connection: AsyncConnection, uid: str, now: datetime) -> DeadLetter:
    """Have one tried once more, in its old place of its lane. Raises NothingDeadError.

    The count of tries goes on: it tells holders of the job from those who lost it.
    """
    return await _change(connection, uid, _can_retry(), state=JobState.READY, run_at=now, done_at=None)


async def give_up(connection: AsyncConnection, uid: str) -> DeadLetter:
    """Give one up for good and drop its words. Raises NothingDeadError."""
    return await _change(connection, uid, state=JobState.DONE, sealed_body=None, error_code=GIVEN_UP)


async def _change(connection: AsyncConnection, uid: str, *more: ColumnElement[bool], **values: Any) -> DeadLetter:  # noqa: ANN401 - columns
    wanted = and_(job.c.uid == uid, _is_dead(), *more)
    row = (await connection.execute(select(job).where(wanted).with_for_update())).one_or_none()
    if row is None or (await connection.execute(update(job).where(wanted).values(values))).rowcount != 1:
        raise NothingDeadError("it was decided on meanwhile, or its words are gone")
    await changes.announce(connection, changes.QUEUE)
    return _letter(row)


def _is_dead() -> ColumnElement[bool]:
    return job.c.state == JobState.DEAD


def _can_retry() -> ColumnElement[bool]:
    """Clocks have no body; of the others nothing is left once the body was swept."""
    return or_(job.c.queue == Queue.CLOCK, job.c.sealed_body.is_not(None))


def _letter(row: Row[Any]) -> DeadLetter:
    can_retry = row.queue == Queue.CLOCK or row.sealed_body is not None
    return DeadLetter(row.uid, Queue(row.queue), row.kind, row.error_code, row.created_at, row.done_at, can_retry)
