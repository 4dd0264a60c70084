"""What the worker watches over: the synthetic chat, processes that went silent, dead letters (R47, R51)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from thangdee.casework import health, notices
from thangdee.core import dead_letters, heartbeats
from thangdee.core.errors import StoreAwayError
from thangdee.core.heartbeats import Heartbeat
from thangdee.core.logs import log, report
from thangdee.processes.calling import group_caller
from thangdee.processes.canary import Canary
from thangdee.processes.wiring import Installation

_LOOK_EVERY_SECONDS, _PROCESSES_EVERY_SECONDS = 0.2, 5.0


class Call(Protocol):
    """Tells the groups on call a constant text."""

    def __call__(self, notice: str, code: str = "") -> None:
        """Say it as soon as Telegram takes it."""


class Lookout:
    """Sees which processes went silent, and what was given up.

    A process is silent when its signs stop changing, as this process counts the seconds: clocks of two machines may
    differ, and one that is put right must not raise an alarm.
    """

    def __init__(self, installation: Installation, call: Call, seconds: Callable[[], float] = time.monotonic) -> None:
        self._here = installation
        self._call = call
        self._seconds = seconds
        self._seen: dict[tuple[str, str], tuple[int, float]] = {}
        self._silent: set[tuple[str, str]] = set()
        self._dead_until = installation.clock.now()

    async def step(self) -> None:
        """Look once. Raises StoreAwayError."""
        async with self._here.database.read() as connection:
            signs = await heartbeats.all_signs(connection)
            died = await dead_letters.last_death(connection, self._dead_until)
        for one in signs:
            await self._weigh(one)
        if died is not None:
            await self._tell("dead_letters", "")
            self._dead_until = died

    async def _weigh(self, one: Heartbeat) -> None:
        who, now = (one.kind, one.name), self._seconds()
        beats, since = self._seen.get(who, (None, now))
        if beats != one.beats:
            self._seen[who] = (one.beats, now)
            if beats is not None and who in self._silent:
                self._silent.discard(who)
                self._call("process_back", _called(one))
        elif who not in self._silent and now - since > heartbeats.SILENT_AFTER.total_seconds():
            log().error("process_silent", kind=one.kind)
            self._call("process_silent", _called(one))
            await self._tell("process_silent", _called(one))
            self._silent.add(who)

    async def _tell(self, kind: str, reference: str) -> None:
        now = self._here.clock.now()
        async with self._here.database.write() as connection:
            await notices.tell_all(connection, await health.who_must_know(connection), kind, reference, now)


async def keep_watch(installation: Installation) -> None:
    """Watch until cancelled."""
    caller = group_caller(installation.settings)
    canary, lookout = Canary(installation, caller.call), Lookout(installation, caller.call)
    async with asyncio.TaskGroup() as group:
        group.create_task(caller.run())
        group.create_task(_again(canary.step, _LOOK_EVERY_SECONDS))
        group.create_task(_again(lookout.step, _PROCESSES_EVERY_SECONDS))


async def _again(step: Callable[[], Awaitable[None]], seconds: float) -> None:
    while True:
        try:
            await step()
        except StoreAwayError as error:
            report("store_away", error)
        except Exception as error:  # noqa: BLE001 - the top of the loop: the ladder must not end with the watch
            report("watch_failed", error)
        await asyncio.sleep(seconds)


def _called(one: Heartbeat) -> str:
    return one.kind if one.name == one.kind else f"{one.kind} {one.name}"
