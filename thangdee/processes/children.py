"""Child processes: started, restarted when they die, gone when we go."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from thangdee.core.logs import log

_PR_SET_PDEATHSIG = 1
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.2, 30.0
_LIVED_WELL_SECONDS = 30.0


@dataclass
class Child:
    """One process that should be running."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    process: asyncio.subprocess.Process | None = None
    _task: asyncio.Task[None] | None = field(default=None)

    async def start(self) -> None:
        """Start it, once."""
        # Settings of another installation in our own environment must not reach the child.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("THANGDEE_")}
        environment = inherited | self.environment
        self.process = await asyncio.create_subprocess_exec(
            *self.command,
            env=environment,
            preexec_fn=_die_with_parent,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=sys.stderr,  # our own standard output may be JSON Lines
        )

    def keep_alive(self) -> None:
        """Start it again whenever it ends, with growing pauses."""
        self._task = asyncio.create_task(self._watch())

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it and do not start it again."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(how)
            try:
                async with asyncio.timeout(10):
                    await self.process.wait()
            except TimeoutError:
                self.process.kill()
                await self.process.wait()

    async def _watch(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            if self.process is None or self.process.returncode is not None:
                await self.start()
            if self.process is not None:
                status = await self.process.wait()
                log().warning("child_ended", module=self.name, status=status)
            pause = _FIRST_PAUSE_SECONDS if loop.time() - started > _LIVED_WELL_SECONDS else pause
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


def ours(*arguments: str) -> list[str]:
    """Return the command that runs a part of this program."""
    return [sys.executable, "-m", "thangdee.processes", *arguments]


def _die_with_parent() -> None:
    # Linux only: a killed supervisor must not leave a second sender behind.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
