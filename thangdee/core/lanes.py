"""The loop that takes jobs from a queue and hands each to its worker, lanes side by side."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

from thangdee.core import jobs
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.errors import LeaseLostError, StoreAwayError
from thangdee.core.jobs import Job, Queue
from thangdee.core.logs import report

# How often to look when nobody rings: another process may have written a job.
_LOOK_EVERY_SECONDS = 0.2
_MOST_FAILURES = 4


class Lanes:
    """Works on one queue. `name` is stable over restarts, so that a new life frees what the old one held.

    `lease`: how long one job may take before another process takes it, too.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        queue: Queue,
        name: str,
        width: int,
        take: Callable[[Job], Awaitable[None]],
        lease: timedelta = jobs.LEASE,
    ) -> None:
        self._database = database
        self._clock = clock
        self._queue = queue
        self._name = f"{name}-{queue}"[:32]
        self._width = width
        self._take = take
        self._lease = lease
        self._bell = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._orphans: list[Job] = []

    def ring(self) -> None:
        """Say that there may be work."""
        self._bell.set()

    async def run(self) -> None:
        """Work until cancelled; what is under way then is left for the next life."""
        await self._until_it_works(self._free_own)
        while True:
            self._bell.clear()
            with contextlib.suppress(StoreAwayError):
                await self._fill()
            await self._rest()

    async def _until_it_works(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await step()
            except StoreAwayError as error:
                report("store_away", error, queue=self._queue)
                await asyncio.sleep(_LOOK_EVERY_SECONDS)
            else:
                return

    async def _free_own(self) -> None:
        async with self._database.write() as connection:
            await jobs.release_all(connection, self._name)

    async def _fill(self) -> None:
        free = self._width - len(self._running)
        now = self._clock.now()
        async with self._database.read() as connection:
            if free <= 0 or not (self._orphans or await jobs.is_due(connection, self._queue, now)):
                return
        async with self._database.write() as connection:
            while self._orphans:
                with contextlib.suppress(LeaseLostError):
                    await jobs.retry(connection, self._orphans.pop(), at=now, error_code="store_away")
            taken = await jobs.claim(
                connection, self._queue, now=now, taken_by=self._name, limit=free, lease=self._lease
            )
        for job in taken:
            task = asyncio.create_task(self._handle(job))
            self._running.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self.ring()

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            # Not wait_for: on Python 3.11 it loses a call to stop that comes together with the bell.
            async with asyncio.timeout(_LOOK_EVERY_SECONDS):
                await self._bell.wait()

    async def _handle(self, job: Job) -> None:
        try:
            await self._take(job)
        except LeaseLostError:
            return
        except StoreAwayError:
            self._orphans.append(job)
        except Exception as error:  # noqa: BLE001 - the top of the loop: one bad job must not stop the others
            report("job_failed", error, queue=self._queue, kind=job.kind, attempts=job.attempts)
            await self._put_back(job)

    async def _put_back(self, job: Job) -> None:
        now = self._clock.now()
        try:
            async with self._database.write() as connection:
                if job.attempts >= _MOST_FAILURES:
                    await jobs.bury(connection, job, now, "failed")
                else:
                    await jobs.retry(connection, job, at=now + jobs.wait_after(job.attempts), error_code="failed")
        except (StoreAwayError, LeaseLostError):
            self._orphans.append(job)
