"""The synthetic chat: each minute somebody who does not exist says hello (R51).

The message goes into the inbox as one of a person would; the chat process reads it and answers; the deliverer takes
the answer and drops it instead of the call to Telegram. Then the chat is shredded with its key and its jobs, so that
nothing grows and nobody is counted. What it does not show: whether Telegram brings us updates (the last update on the
console does), and whether Telegram takes what we send (dead letters and the age of the outbox do).

Times are the machine's own and not the set clock's: a clock that is put right must not raise an alarm.
"""

import json
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import duty, erasure, health, notices
from thangdee.casework.chats import Chats, key_of
from thangdee.core import jobs, synthetic_chat
from thangdee.core.errors import StoreAwayError
from thangdee.core.jobs import JobState, NewJob, Queue, job
from thangdee.core.logs import log, report
from thangdee.core.outbox import NOBODY
from thangdee.core.vault import Place
from thangdee.flows.incoming import Deed, Incoming
from thangdee.processes.wiring import Installation

EVERY_SECONDS, LATE_AFTER_SECONDS = 60.0, 60.0
_HELLO = "ສະບາຍດີ"
_LIVE = (JobState.READY, JobState.RUNNING)


class Canary:
    """Asks, waits for the answer, raises the alarm where none comes, and says when it is over; `step` again and again.

    `call` tells the groups on call. The first message goes out a minute after the start: the others start as well.
    """

    def __init__(
        self,
        installation: Installation,
        call: Callable[[str], None],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._here = installation
        self._call = call
        self._seconds = seconds
        self._asked_at = seconds()
        self._is_open = False  # a message is under way, or should be
        self._is_sent = False
        self._is_late: bool | None = None  # None: not yet read
        self._is_told = False

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is awaited."""
        return self._is_open

    async def step(self) -> None:
        """Do what is due. Never raises where the database is away: that, too, is a hotline that does not answer."""
        if not self._is_open and self._waited() >= EVERY_SECONDS:
            self._asked_at, self._is_open, self._is_sent = self._seconds(), True, False
        if not self._is_open:
            return
        try:
            await self._ask_or_look()
        except StoreAwayError as error:
            report("store_away", error)
        if self._is_open and self._waited() > LATE_AFTER_SECONDS:
            await self._alarm()

    def _waited(self) -> float:
        return self._seconds() - self._asked_at

    async def _ask_or_look(self) -> None:
        if not self._is_sent:
            await self._ask()
            self._is_sent = True
            return
        async with self._here.database.read() as connection:
            states = await self._states(connection)
        answers = [state for queue, state in states if queue == Queue.OUTBOX]
        is_at_work = any(state in _LIVE for _, state in states)
        if not is_at_work and JobState.DONE in answers and JobState.DEAD not in answers:
            await self._answered()
        elif not is_at_work and self._waited() > LATE_AFTER_SECONDS and self._is_told:
            self._is_open = False  # it was lost or given up: ask anew at once

    async def _ask(self) -> None:
        now = self._here.clock.now()
        async with self._here.database.write() as connection:
            await self._shred(connection)
            if self._is_late is None:
                before = await synthetic_chat.last(connection)
                self._is_late = self._is_told = before is not None and before.is_late
            chat = await Chats(connection, self._here.vault).of(NOBODY, now)
            uid = jobs.new_uid()
            body = json.dumps(Incoming(0, NOBODY, Deed.TEXT, text=_HELLO).to_json()).encode()
            sealed = await self._here.vault.seal(connection, chat.key_id, Place("job", "sealed_body", uid), body)
            new = NewJob(
                queue=Queue.INBOX, lane=chat.chat_key, kind=Deed.TEXT, run_at=now, created_at=now, uid=uid,
                key_id=chat.key_id, sealed_body=sealed,
            )  # fmt: skip
            await jobs.enqueue(connection, new)
            await synthetic_chat.note_asked(connection, now)

    async def _answered(self) -> None:
        took, now = timedelta(seconds=self._waited()), self._here.clock.now()
        was_late = self._is_late
        async with self._here.database.write() as connection:
            await self._shred(connection)
            await synthetic_chat.note_answered(connection, took, now)
            if was_late:
                await self._tell_colleagues(connection, "canary_back")
        self._is_open = self._is_late = self._is_told = False
        if was_late:
            log().info("canary_back", seconds=took.total_seconds())
            self._call("canary_back")

    async def _alarm(self) -> None:
        if not self._is_late:
            self._is_late = True
            log().error("canary_late", seconds=self._waited())
            self._call("canary_late")  # at once: it needs no database
        if self._is_told:
            return
        try:
            async with self._here.database.write() as connection:
                await synthetic_chat.note_late(connection, self._here.clock.now())
                await self._tell_colleagues(connection, "canary_late")
            self._is_told = True
        except StoreAwayError as error:
            report("store_away", error)

    async def _tell_colleagues(self, connection: AsyncConnection, kind: str) -> None:
        now = self._here.clock.now()
        told = await health.who_must_know(connection) | set(await duty.on_duty(connection, now))
        await notices.tell_all(connection, told, kind, "", now)

    async def _states(self, connection: AsyncConnection) -> list[tuple[str, str]]:
        lane = key_of(self._here.vault, NOBODY)
        rows = await connection.execute(select(job.c.queue, job.c.state).where(job.c.lane == lane))
        return [(row.queue, row.state) for row in rows]

    async def _shred(self, connection: AsyncConnection) -> None:
        chat = await Chats(connection, self._here.vault).find(key_of(self._here.vault, NOBODY))
        if chat is not None:
            await erasure.shred(connection, self._here.vault, chat.id)
