"""Processes that start in an instant: one process has imported everything and forks a real one for each name.

A start by the command line takes seconds, nearly all of it imports and patterns; two hundred kills would then
mostly hit those. A forked process runs the same `main` with the same arguments and is killed like any other.
"""

import asyncio
import ctypes
import gc
import json
import os
import signal
import sys
import traceback
from typing import Any

import anyio
import httpx

from thangdee.core.settings import Settings
from thangdee.core.words import LANGUAGES, catalogue
from thangdee.flows.crisis import load_crisis_words
from thangdee.processes.children import Child, ours
from thangdee.processes.cli import main, module_of
from thangdee.processes.wiring import open_installation

_PR_SET_PDEATHSIG = 1


class Nursery:
    """Starts, kills and waits for processes; `by_command` ones are started as the product starts them."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._lock = asyncio.Lock()
        self._forker: asyncio.subprocess.Process | None = None
        self._children: dict[tuple[str, ...], Child | int] = {}

    async def start(self, *arguments: str, by_command: bool = False) -> None:
        """Start `thangdee ARGUMENTS`; it must not be running."""
        if by_command:
            child = Child(arguments[0], ours(*arguments), self._environment)
            await child.start()
            self._children[arguments] = child
        else:
            self._children[arguments] = int(await self._ask({"start": arguments}))

    async def kill(self, *arguments: str) -> None:
        """Kill -9 and wait until the process is gone."""
        running = self._children.pop(arguments)
        if isinstance(running, int):
            status = int(await self._ask({"kill": running}))
        else:
            assert running.process is not None
            assert running.process.returncode is None, f"{arguments} ended by itself"
            running.process.kill()
            status = -(await running.process.wait())
        assert status == signal.SIGKILL, f"{arguments} ended by itself with status {status}"

    async def close(self) -> None:
        """Kill all that run."""
        for arguments in list(self._children):
            await self.kill(*arguments)
        if self._forker is not None:
            self._forker.kill()
            await self._forker.wait()

    async def _ask(self, request: dict[str, Any]) -> str:
        async with self._lock:
            if self._forker is None:
                self._forker = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "tests.processes.nursery",
                    env=os.environ | self._environment,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                )  # fmt: skip
            assert self._forker.stdin is not None
            assert self._forker.stdout is not None
            self._forker.stdin.write(json.dumps(request).encode() + b"\n")
            return (await self._forker.stdout.readline()).decode()


def _warm() -> None:
    """Do once what each child would do again: imports on first use, catalogues, patterns.

    What is there before the fork is frozen: a collection in a child would copy every page of it.
    """
    for name in ("chat", "worker"):
        module_of(name)
    load_crisis_words()
    for language in LANGUAGES:
        catalogue(language)
    httpx.Client().close()
    anyio.run(anyio.sleep, 0)
    open_installation(Settings())
    gc.collect()
    gc.freeze()


def _serve() -> None:
    """Answer requests on standard input until it ends; the children end with us."""
    _warm()
    for line in sys.stdin:
        request = json.loads(line)
        if "kill" in request:
            os.kill(request["kill"], signal.SIGKILL)
            _, status = os.waitpid(request["kill"], 0)
            print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 256 + os.WEXITSTATUS(status), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            _live(request["start"])
        print(pid, flush=True)


def _live(arguments: list[str]) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # Its own nothing instead of our pipes: what it would read or say is not meant for the test.
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.stdin = os.fdopen(0, closefd=False)
    try:
        main(arguments)
    except SystemExit as error:
        os._exit(error.code if isinstance(error.code, int) else 1)
    except BaseException:  # noqa: BLE001 - a forked process must not go on as its parent
        traceback.print_exc()
    finally:
        os._exit(70)


if __name__ == "__main__":
    _serve()
