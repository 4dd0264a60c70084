"""Putting something on the clock: a job of kind and id, once for an instant; processes/clocks.py has the handlers."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core.jobs import Job, JobState, NewJob, Queue, enqueue, job, new_uid


async def put_on_clock(connection: AsyncConnection, kind: str, about: str, at: datetime, now: datetime) -> bool:
    """Have a kind of clock ring for an id at an instant; False if this very one was put there before."""
    second = int(at.timestamp())
    new = NewJob(
        queue=Queue.CLOCK, lane=lane_of(kind, about), kind=kind, run_at=at, created_at=now, uid=new_uid(),
        dedupe=f"{kind}:{about}:{second}"[:96],
        position=second,  # within the lane the earlier rings first, whichever was put there first
    )  # fmt: skip
    return await enqueue(connection, new)


def lane_of(kind: str, about: str) -> str:
    """Return the lane of a clock; it ends with the id that the clock is about."""
    return f"{kind}-{about}"[:64]


def about(taken: Job) -> str:
    """Return the id that a clock is about."""
    return taken.lane.partition("-")[2]


def ticks(lane: ColumnElement[str]) -> ColumnElement[bool]:
    """Tell in a query whether a clock of this lane is yet to ring, or rings just now."""
    live = job.c.state.in_([JobState.READY, JobState.RUNNING])
    return exists().where(job.c.queue == Queue.CLOCK, job.c.lane == lane, live)
