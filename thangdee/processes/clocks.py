"""The clocks that ring: each kind of job of the clock has its handler here, told by the id at the end of its lane.

A handler is one transaction: the job ends with its effects, so a crash repeats it whole or not at all; where what it is
about is gone, or no longer so, it ends quietly. So several that are due at once after an outage ring in any order.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import texts
from thangdee.casework.referrals import due, follow_up
from thangdee.casework.referrals.on_the_clock import about
from thangdee.core import jobs
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import Job
from thangdee.processes import clock_enquiries, clock_knocks, notifying
from thangdee.processes.wiring import Installation

Handler = Callable[[Installation, Job], Awaitable[None]]
# What a clock does, in the transaction that ends it: installation, connection, the id it is about, now.
Deed = Callable[[Installation, AsyncConnection, str, datetime], Awaitable[None]]


class UnknownClockError(ThangdeeError):
    """No such kind of clock: the job becomes a dead letter, which a person looks at; it must not vanish."""

    code = "unknown_clock"


async def ring(installation: Installation, job: Job, others: Mapping[str, Handler]) -> None:
    """Do what a clock is for; `others`: kinds that have a handler of their own. Raises UnknownClockError."""
    if job.kind in others:
        await others[job.kind](installation, job)
        return
    if job.kind not in _DEEDS:
        raise UnknownClockError(job.kind)
    if job.kind in (clock_knocks.NEWS, clock_knocks.AGAIN):
        await installation.refresh_directory()  # the status under a knock names receivers; not inside the transaction
    now = installation.clock.now()
    async with installation.database.write() as connection:
        await jobs.finish(connection, job, now)
        if job.kind == clock_knocks.NEWS:
            await clock_knocks.note(connection, about(job), job.created_at)
        await _DEEDS[job.kind](installation, connection, about(job), now)


async def _answer_due(here: Installation, connection: AsyncConnection, referral_id: str, now: datetime) -> None:
    await due.answer_is_due(connection, here.vault, referral_id, now)


async def _contact_due(here: Installation, connection: AsyncConnection, referral_id: str, now: datetime) -> None:
    await due.contact_is_due(connection, here.vault, referral_id, now)


async def _progress_due(here: Installation, connection: AsyncConnection, referral_id: str, now: datetime) -> None:
    await due.progress_is_due(connection, here.vault, referral_id, now)


async def _silence(here: Installation, connection: AsyncConnection, plan_id: str, now: datetime) -> None:
    await follow_up.fall_silent(connection, here.vault, plan_id, now)


_DEEDS: dict[str, Deed] = {
    "answer_due": _answer_due,
    "contact_due": _contact_due,
    "progress_due": _progress_due,
    "notify": notifying.notify,
    "notify_ended": notifying.notify_ended,
    clock_knocks.NEWS: clock_knocks.knock,
    clock_knocks.AGAIN: clock_knocks.knock,
    follow_up.ASK: clock_knocks.check_in,
    follow_up.SILENCE: _silence,
    **{kind: partial(clock_enquiries.say_text, number=day) for kind, day in texts.KINDS.items()},
}
