"""Serves an ASGI app on a port of this machine, inside the running event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

_START_SECONDS = 10.0


class _QuietServer(uvicorn.Server):
    """A uvicorn that leaves the process's signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Change nothing: the process that embeds us decides what a signal means."""
        yield


@asynccontextmanager
async def serve(app: FastAPI, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve while the block runs and give the base URL, such as "http://127.0.0.1:40123"; port 0 takes a free one.

    Functions in `app.state.before_shutdown` are called first at the end, so that streams can close themselves.
    """
    listener = _listen(host, port)
    server = _QuietServer(_config(app))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await _started(server, task)
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        for stop in getattr(app.state, "before_shutdown", []):
            stop()
        server.should_exit = True
        await task
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP: of any other asyncio does not know that it may send at once, and each answer waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener


def _config(app: Any) -> uvicorn.Config:  # noqa: ANN401 - any ASGI app
    # No access log: the URLs of the Bot API hold the token.
    return uvicorn.Config(app, log_level="critical", access_log=False, lifespan="on", timeout_graceful_shutdown=2)


async def _started(server: uvicorn.Server, task: asyncio.Task[None]) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while not server.started:
            if task.done():
                raise RuntimeError("the server did not start")
            await asyncio.sleep(0.005)
