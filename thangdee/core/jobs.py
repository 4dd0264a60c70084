"""The one job table: inbox, outbox and clocks (why our own: docs/decisions/0004).

A job is taken in the order of its lane: within a lane the lowest (priority, position, id) that is not
done goes first and blocks the rest; lanes do not wait for each other. A taken job is leased; whoever
finishes it must still hold the lease, in the same transaction as the effects of the job.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    Row,
    Select,
    String,
    Table,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core import changes
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.database import insert_new
from thangdee.core.errors import LeaseLostError

URGENT, ORDINARY = 0, 5
# Who talks with a person does not wait behind those who talk with the bot, until these have waited that long, too. Set
# by `run_at`, which orders lanes among each other and nothing within one.
HEAD_START = timedelta(minutes=1)
LEASE = timedelta(seconds=30)
# Why a job ended that a person gave up (core/dead_letters.py).
GIVEN_UP = "given_up"
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 1, 300


class Queue(StrEnum):
    """What the job is for."""

    INBOX = "inbox"
    OUTBOX = "outbox"
    CLOCK = "clock"
    MEDIA = "media"
    NOTICE = "notice"


class JobState(StrEnum):
    """Where a job stands; `dead` waits for a person (R47)."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


def _technical(purpose: str, keep: str = "30 days") -> dict[str, Any]:
    return about(DataClass.TECHNICAL, purpose, keep)


job = Table(
    "job",
    metadata,
    Column(
        "id",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
        info=_technical("order of arrival"),
    ),
    Column("uid", String(32), nullable=False, unique=True, info=_technical("binds the sealed body to its row")),
    Column("queue", String(8), nullable=False, info=_technical("inbox, outbox, clock, media or notice")),
    Column("lane", String(64), nullable=False, info=about(DataClass.PSEUDONYM, "order within a chat", "30 days")),
    Column("kind", String(24), nullable=False, info=_technical("what to do")),
    Column("dedupe", String(96), info=_technical("once only: (bot, update id) and the like")),
    Column("priority", Integer, nullable=False, info=_technical("a cry for help goes first")),
    Column("position", BigInteger, nullable=False, info=_technical("order within the lane")),
    Column("key_id", String(32), info=_technical("which key opens the body")),
    Column("sealed_body", LargeBinary, info=about(DataClass.SEALED, "the work itself", "until done, at most 7 days")),
    Column("state", String(8), nullable=False, info=_technical("ready, running, done, dead")),
    Column("attempts", Integer, nullable=False, info=_technical("tries so far; also fences the lease")),
    Column("taken_by", String(32), info=_technical("which process holds the lease")),
    Column("run_at", AwareDateTime, nullable=False, info=_technical("not before")),
    Column("lease_until", AwareDateTime, info=_technical("when another may take it")),
    Column("error_code", String(32), info=_technical("why it waits or died")),
    Column("created_at", AwareDateTime, nullable=False, info=_technical("when it came")),
    Column("done_at", AwareDateTime, info=_technical("when it ended")),
    UniqueConstraint("queue", "dedupe"),
    Index(None, "queue", "state", "priority", "position", "id"),
    # Whole lanes: with fewer columns SQLite looks for the head of a lane among all that wait, which is quadratic.
    Index(None, "queue", "lane", "state", "priority", "position", "id"),
    Index(None, "queue", "state", "run_at"),  # thousands of clocks wait for weeks; few are due
)


@dataclass(frozen=True)
class Job:
    """One taken piece of work."""

    id: int
    uid: str
    queue: Queue
    lane: str
    kind: str
    key_id: str | None
    sealed_body: bytes | None
    attempts: int
    created_at: datetime


@dataclass(frozen=True)
class NewJob:
    """A piece of work to be put in a queue; `uid` is made first because the body is sealed for it."""

    queue: Queue
    lane: str
    kind: str
    run_at: datetime
    created_at: datetime
    uid: str
    key_id: str | None = None
    sealed_body: bytes | None = None
    dedupe: str | None = None
    priority: int = ORDINARY
    position: int = 0


def new_uid() -> str:
    """Return a fresh row identity."""
    return uuid.uuid4().hex


async def enqueue(connection: AsyncConnection, new: NewJob) -> bool:
    """Add a job; False if its (queue, dedupe) is known already."""
    values = vars(new) | {"state": JobState.READY, "attempts": 0}
    statement = insert_new(connection, job).values(values).on_conflict_do_nothing(index_elements=["queue", "dedupe"])
    return (await connection.execute(statement.returning(job.c.id))).scalar() is not None


async def known(connection: AsyncConnection, queue: Queue, dedupes: Collection[str]) -> frozenset[str]:
    """Return which of these the queue has already."""
    query = select(job.c.dedupe).where(job.c.queue == queue, job.c.dedupe.in_(dedupes))
    return frozenset((await connection.execute(query)).scalars())


async def claim(
    connection: AsyncConnection, queue: Queue, *, now: datetime, taken_by: str, limit: int, lease: timedelta = LEASE
) -> list[Job]:
    """Lease up to `limit` jobs, at most one a lane, urgent ones first."""
    rows = (await connection.execute(_heads(queue), {"now": now, "most": limit})).all()
    if rows:
        taken = update(job).where(job.c.id.in_([row.id for row in rows]))
        values = {"state": JobState.RUNNING, "attempts": job.c.attempts + 1, "taken_by": taken_by}
        await connection.execute(taken.values(**values, lease_until=now + lease))
    return [_taken(row) for row in rows]


async def finish(connection: AsyncConnection, done: Job, now: datetime, *, why_not: str | None = None) -> None:
    """End a job and drop its body, in the transaction of its effects. Raises LeaseLostError.

    `why_not`: the reason for which it was ended without being carried out.
    """
    values = {"state": JobState.DONE, "done_at": now, "sealed_body": None, "lease_until": None, "error_code": why_not}
    await _change(connection, done, values)


async def retry(connection: AsyncConnection, waiting: Job, *, at: datetime, error_code: str) -> None:
    """Put a job back until `at`; its lane waits with it. Raises LeaseLostError."""
    values = {"state": JobState.READY, "run_at": at, "lease_until": None, "error_code": error_code[:32]}
    await _change(connection, waiting, values)


async def bury(connection: AsyncConnection, dead: Job, now: datetime, error_code: str) -> None:
    """Give a job up for a person to look at; its lane goes on, open pages hear of it. Raises LeaseLostError."""
    values = {"state": JobState.DEAD, "done_at": now, "lease_until": None, "error_code": error_code[:32]}
    await _change(connection, dead, values)
    await changes.announce(connection, changes.QUEUE)


async def release_all(connection: AsyncConnection, taken_by: str) -> None:
    """Free what a former life of this process held, so that a restart does not wait for leases."""
    mine = and_(job.c.taken_by == taken_by, job.c.state == JobState.RUNNING)
    await connection.execute(update(job).where(mine).values(state=JobState.READY, lease_until=None))


async def recent(connection: AsyncConnection, queue: Queue, lane: str, since: datetime) -> int:
    """How many jobs came to a lane since then, done ones included."""
    count = select(func.count()).where(job.c.queue == queue, job.c.lane == lane, job.c.created_at >= since)
    return int((await connection.execute(count)).scalar_one())


async def waiting(connection: AsyncConnection, queue: Queue, now: datetime) -> int:
    """How many jobs are due or being done."""
    live = or_(and_(job.c.state == JobState.READY, job.c.run_at <= now), job.c.state == JobState.RUNNING)
    return int((await connection.execute(select(func.count()).where(job.c.queue == queue, live))).scalar_one())


async def is_due(connection: AsyncConnection, queue: Queue, now: datetime) -> bool:
    """Tell whether anything could be taken; without the write lock."""
    return (await connection.execute(_first_due(queue), {"now": now})).scalar() is not None


async def next_due(connection: AsyncConnection, queue: Queue, after: datetime, until: datetime) -> datetime | None:
    """Return when the next job that waits is due, after an instant and until another; None if none is."""
    waits = (job.c.queue == queue) & (job.c.state == JobState.READY)
    query = select(job.c.run_at).where(waits, job.c.run_at > after, job.c.run_at <= until)
    found: datetime | None = (await connection.execute(query.order_by(job.c.run_at).limit(1))).scalar()
    return found


async def is_quiet(connection: AsyncConnection, now: datetime, queues: tuple[Queue, ...] = tuple(Queue)) -> bool:
    """Tell whether nothing is being done, and nothing in these queues could be taken."""
    return not (await connection.execute(_anything(queues), {"now": now})).scalar_one()


async def forget(connection: AsyncConnection, *, ended_before: datetime, body_before: datetime) -> None:
    """Retention (R25): ended jobs go, and so do bodies of any that are older than `body_before`."""
    ended = job.c.state.in_([JobState.DONE, JobState.DEAD])
    await connection.execute(delete(job).where(ended, job.c.done_at < ended_before))
    await connection.execute(
        update(job).where(job.c.created_at < body_before, job.c.queue != Queue.CLOCK, ended).values(sealed_body=None)
    )


# What is asked several times a message is built once: building it costs more than asking.


@cache
def _heads(queue: Queue) -> Select[Any]:
    heads = select(job).where(*_can_be_taken(queue)).order_by(job.c.priority, job.c.run_at, job.c.id)
    return heads.limit(bindparam("most")).with_for_update(skip_locked=True)


@cache
def _first_due(queue: Queue) -> Select[Any]:
    return select(job.c.id).where(*_can_be_taken(queue)).limit(1)


@cache
def _anything(queues: tuple[Queue, ...]) -> Select[Any]:
    running = select(job.c.id).where(job.c.state == JobState.RUNNING).exists()
    due = [select(job.c.id).where(*_can_be_taken(queue)).exists() for queue in queues]
    # One statement, one moment: else what one queue hands to another in between is seen in neither.
    return select(or_(running, *due))


def _can_be_taken(queue: Queue) -> tuple[ColumnElement[bool], ...]:
    """Due at the instant "now", or left over from a lease that ran out, and at the head of its lane."""
    now, other = bindparam("now", type_=AwareDateTime), job.alias()
    earlier = exists().where(
        other.c.queue == job.c.queue,
        other.c.lane == job.c.lane,
        other.c.state.in_([JobState.READY, JobState.RUNNING]),
        tuple_(other.c.priority, other.c.position, other.c.id) < tuple_(job.c.priority, job.c.position, job.c.id),
    )
    free = or_(
        and_(job.c.state == JobState.READY, job.c.run_at <= now),
        and_(job.c.state == JobState.RUNNING, job.c.lease_until < now),
    )
    came = job.c.run_at <= now  # also of those that were taken: it leads to the few among thousands
    return job.c.queue == queue, job.c.state.in_([JobState.READY, JobState.RUNNING]), came, free, ~earlier


def wait_after(attempts: int) -> timedelta:
    """Pause before the next try: 1 s, doubled each time, 5 minutes at most."""
    return timedelta(seconds=min(_FIRST_WAIT_SECONDS * 2 ** min(attempts - 1, 16), _LONGEST_WAIT_SECONDS))


async def _change(connection: AsyncConnection, held: Job, values: dict[str, Any]) -> None:
    mine = and_(job.c.id == held.id, job.c.state == JobState.RUNNING, job.c.attempts == held.attempts)
    result = await connection.execute(update(job).where(mine).values(values))
    if result.rowcount != 1:
        raise LeaseLostError("the lease ran out before the work was done")


def _taken(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        uid=row.uid,
        queue=Queue(row.queue),
        lane=row.lane,
        kind=row.kind,
        key_id=row.key_id,
        sealed_body=row.sealed_body,
        attempts=row.attempts + 1,
        created_at=row.created_at,
    )
