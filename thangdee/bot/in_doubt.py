"""One message in doubt: what was sent and not yet recorded when a process dies is sent again (R47)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_LONGEST_TURN_SECONDS = 0.1


class OneInDoubt:
    """Lets messages out one after another, each until it is recorded, so that a kill repeats at most one.

    A slow answer holds the next one up for a moment only, for nobody should wait for a stalled call; while
    Telegram is that slow, more than one may be in doubt.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for the turn; it ends with the block, or earlier if the block takes long."""
        await self._lock.acquire()
        holds = True

        def let_next() -> None:
            nonlocal holds
            if holds:
                holds = False
                self._lock.release()

        timer = asyncio.get_running_loop().call_later(_LONGEST_TURN_SECONDS, let_next)
        try:
            yield
        finally:
            timer.cancel()
            let_next()
