"""The worker: clocks. The alert ladder, the sweeper of phones, retention and erasure."""

import argparse
import asyncio
import contextlib
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import (
    alerts,
    complaints,
    court,
    duty,
    erasure,
    held_replies,
    lessons,
    media,
    notices,
    roster,
    shares,
    transcripts,
)
from thangdee.casework.alerts import Alert
from thangdee.casework.chats import Chats
from thangdee.casework.enquiries import due as enquiries_due
from thangdee.casework.providers import links
from thangdee.casework.providers import notices as provider_notices
from thangdee.casework.referrals import due, follow_up, handing_over, orphans, withdrawing
from thangdee.casework.referrals.steps import StepRefusedError
from thangdee.casework.referrals.store import MatterGoneError
from thangdee.casework.staff import forgetting
from thangdee.casework.transcripts import DELETABLE, phone_message
from thangdee.core import audit, changes, heartbeats, jobs
from thangdee.core.errors import StoreAwayError
from thangdee.core.jobs import Job, Queue
from thangdee.core.lanes import Lanes
from thangdee.core.logs import report
from thangdee.core.settings import Settings
from thangdee.flows.commands import take_off_phone
from thangdee.flows.outward import post_notice
from thangdee.processes import clocks
from thangdee.processes.audit import keep_audit
from thangdee.processes.notice_sending import notice_lanes
from thangdee.processes.watching import keep_watch
from thangdee.processes.wiring import Installation, need_no_outcomes, open_installation

SWEPT_AFTER = timedelta(hours=12)
_JOBS_KEPT, _BODIES_KEPT = timedelta(days=30), timedelta(days=7)
_IDS_KEPT = timedelta(hours=48)
_HINTS_KEPT = timedelta(hours=1)
_NOTICES_KEPT = timedelta(days=30)
_COUNTS_KEPT = timedelta(days=730)
_ROUND = timedelta(minutes=1)
_LOOK_EVERY_SECONDS = 0.5


async def run_worker(installation: Installation, name: str = "worker") -> None:
    """Keep the clocks until cancelled. Raises NotReadyError where it could read what came of enquiries (R12)."""
    if not installation.settings.demo:
        await need_no_outcomes(installation.database)

    async def take(job: Job) -> None:
        await clocks.ring(installation, job, {"ladder": climb})

    lanes = Lanes(
        database=installation.database, clock=installation.clock, queue=Queue.CLOCK, name=name, width=4, take=take
    )
    notices_out = notice_lanes(installation, name)
    async with asyncio.TaskGroup() as group:
        group.create_task(lanes.run())
        group.create_task(notices_out.run())
        group.create_task(_rounds(installation))
        group.create_task(keep_watch(installation))
        group.create_task(heartbeats.keep_beating(installation.database, installation.clock, heartbeats.WORKER, name))


async def climb(installation: Installation, job: Job) -> None:
    """One step of the alert ladder: tell the next on call, unless somebody took the alert (R52).

    The last step of a cry tells every group. What is no cry wakes nobody at night: the queue shows how long it waits.
    """
    alert_id, _, step = str(job.lane).removeprefix("ladder-").rpartition("-")
    now = installation.clock.now()
    async with installation.database.write() as connection:
        await jobs.finish(connection, job, now)
        raised = await alerts.climb(connection, alert_id, int(step), now)
        if raised is None:
            return
        await _tell_colleagues(connection, raised, int(step), now)
        for group in _groups(installation.settings.on_call_chats, int(step)):
            await post_notice(connection, installation.vault, raised, group, step=int(step), now=now)


async def _tell_colleagues(connection: AsyncConnection, raised: Alert, step: int, now: datetime) -> None:
    kind = "ladder_missed" if step >= alerts.MISSED else "alert_waits"
    await notices.tell_all(connection, await duty.to_call(connection, step, now), kind, raised.code, now)


def _groups(on_call: tuple[int, ...], step: int) -> tuple[int, ...]:
    """Return the groups that a step tells: the first on call, the next, all of them."""
    if step >= alerts.MISSED or not on_call:
        return on_call
    return (on_call[min(max(step - 1, 0), len(on_call) - 1)],)


async def make_round(installation: Installation) -> None:
    """Sweep phones (R54), look after matters, shred what is due (R25, R26), forget ended jobs."""
    now = installation.clock.now()
    await _sweep_phones(installation, now)
    await _look_after_matters(installation, now)
    async with installation.database.write() as connection:
        for chat_id in await erasure.due(connection, now):
            # Who works on a matter of theirs hears that it has ended (R4, R26).
            await withdrawing.take_all_back(connection, installation.vault, chat_id, now, actor=audit.SYSTEM)
            await erasure.shred(connection, installation.vault, chat_id)
        await lessons.forget_old(connection, now)
        await roster.forget(connection, ended_before=now - roster.KEPT)
        await duty.forget(connection, now)
        await enquiries_due.forget_old(connection, now)
        await media.forget_old(connection, now)
        await forgetting.forget_old(connection, now)
        await held_replies.forget(connection, now)
        await court.remind(connection, now)
        await complaints.remind(connection, now)
        await complaints.forget_counts(connection, now - _COUNTS_KEPT)
        await shares.forget(connection, now)
        await notices.forget(connection, now - _NOTICES_KEPT)
        await provider_notices.forget(connection, now)
        await links.forget(connection, now)
        await handing_over.forget_old(connection, now)
        await transcripts.forget_phone(connection, sent_before=now - _IDS_KEPT)
        await changes.forget(connection, now - _HINTS_KEPT)
        await heartbeats.forget(connection, now - heartbeats.FORGOTTEN_AFTER)
        await jobs.forget(connection, ended_before=now - _JOBS_KEPT, body_before=now - _BODIES_KEPT)
    await keep_audit(installation)
    await installation.database.forget_old_pages()


async def _look_after_matters(installation: Installation, now: datetime) -> None:
    """End what a yes no longer covers (R3), close what was helped, and come back to what nobody cares for (R43)."""
    for find, deed in (
        (due.lapsed, due.lapse),
        (due.helped_and_quiet, follow_up.close_matter),
        (orphans.find, orphans.bring_back),
    ):
        async with installation.database.read() as connection:
            found = await find(connection, now)
        for matter_id in found:
            # One that stands differently by now must not keep the others, nor the rest of the round.
            with contextlib.suppress(MatterGoneError, StepRefusedError):
                async with installation.database.write() as connection:
                    await deed(connection, installation.vault, matter_id, now)


async def _sweep_phones(installation: Installation, now: datetime) -> None:
    standing = select(phone_message.c.chat_id).distinct()
    stale = standing.where(
        phone_message.c.deleted_at.is_(None),
        phone_message.c.stays.is_(False),
        phone_message.c.at <= now - SWEPT_AFTER,
        phone_message.c.at > now - DELETABLE,
    )
    async with installation.database.write() as connection:
        for chat_id in (await connection.execute(stale)).scalars().all():
            chat = await Chats(connection, installation.vault).get(chat_id)
            if chat is not None:
                # One call in ten minutes is enough while Telegram is away.
                ten_minutes = int(now.timestamp()) // 600
                outward = installation.outward()(connection, chat, now, f"sweep:{chat_id}:{ten_minutes}")
                await take_off_phone(outward, older_than=SWEPT_AFTER)


async def _rounds(installation: Installation) -> None:
    last: datetime | None = None
    while True:
        now = installation.clock.now()
        if last is None or now - last >= _ROUND:
            try:
                await make_round(installation)
                last = now
            except StoreAwayError as error:
                report("store_away", error)
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def command(_chosen: argparse.Namespace, settings: Settings) -> None:
    """Run `thangdee worker`."""
    await run_worker(open_installation(settings))
