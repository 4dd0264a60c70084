"""The worker: clocks. The alert ladder, the sweeper of phones, retention and erasure."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import select

from thangdee.casework import alerts, erasure, lessons, transcripts
from thangdee.casework.chats import Chats
from thangdee.casework.transcripts import DELETABLE, phone_message
from thangdee.core import jobs
from thangdee.core.errors import StoreAwayError
from thangdee.core.jobs import Job, Queue
from thangdee.core.lanes import Lanes
from thangdee.core.logs import report
from thangdee.flows.commands import take_off_phone
from thangdee.flows.outward import post_notice
from thangdee.processes.wiring import Installation

SWEPT_AFTER = timedelta(hours=12)
_JOBS_KEPT, _BODIES_KEPT = timedelta(days=30), timedelta(days=7)
_IDS_KEPT = timedelta(hours=48)
_ROUND = timedelta(minutes=1)
_LOOK_EVERY_SECONDS = 0.5


async def run_worker(installation: Installation, name: str = "worker") -> None:
    """Keep the clocks until cancelled."""

    async def take(job: Job) -> None:
        await climb(installation, job)

    lanes = Lanes(
        database=installation.database, clock=installation.clock, queue=Queue.CLOCK, name=name, width=4, take=take
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(lanes.run())
        group.create_task(_rounds(installation))


async def climb(installation: Installation, job: Job) -> None:
    """One step of the alert ladder: tell the next on call, unless somebody took the alert (R52)."""
    alert_id, _, step = str(job.lane).removeprefix("ladder-").rpartition("-")
    now = installation.clock.now()
    async with installation.database.write() as connection:
        await jobs.finish(connection, job, now)
        raised = await alerts.find(connection, alert_id)
        groups = installation.settings.on_call_chats
        if raised is None or raised.taken_by or not groups:
            return
        # The first step reminds the first on call, the later ones reach further.
        group = groups[min(int(step) - 1, len(groups) - 1)]
        await post_notice(connection, installation.vault, raised, group, step=int(step), now=now)


async def make_round(installation: Installation) -> None:
    """Sweep phones (R54), shred what is due (R25, R26), forget ended jobs."""
    now = installation.clock.now()
    await _sweep_phones(installation, now)
    async with installation.database.write() as connection:
        for chat_id in await erasure.due(connection, now):
            await erasure.shred(connection, installation.vault, chat_id)
        await lessons.forget_old(connection, now)
        await transcripts.forget_phone(connection, sent_before=now - _IDS_KEPT)
        await jobs.forget(connection, ended_before=now - _JOBS_KEPT, body_before=now - _BODIES_KEPT)
    await installation.database.forget_old_pages()


async def _sweep_phones(installation: Installation, now: datetime) -> None:
    standing = select(phone_message.c.chat_id).distinct()
    due = standing.where(
        phone_message.c.deleted_at.is_(None),
        phone_message.c.at <= now - SWEPT_AFTER,
        phone_message.c.at > now - DELETABLE,
    )
    async with installation.database.write() as connection:
        for chat_id in (await connection.execute(due)).scalars().all():
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
