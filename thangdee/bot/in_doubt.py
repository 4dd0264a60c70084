"""One message in doubt: what was sent and not yet recorded when a process dies is sent again (R47)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_PATIENCE_SECONDS = 0.1


class Turn:
    """The right to have a message in doubt; it ends when the message is recorded."""

    def __init__(self, lock: asyncio.Lock) -> None:
        self._lock = lock
        self._holds = True
        self._stalled = asyncio.get_running_loop().call_later(_PATIENCE_SECONDS, self.end)

    def answered(self) -> None:
        """Say that Telegram answered: recording is all that is left, and the next one waits for it."""
        self._stalled.cancel()

    def end(self) -> None:
        """Let the next one go; may be called again."""
        self._stalled.cancel()
        if self._holds:
            self._holds = False
            self._lock.release()


class OneInDoubt:
    """Lets messages out one after another, each until it is recorded, so that a kill repeats at most one.

    A call that Telegram does not answer at once holds the next one up for a moment only: nobody should
    wait for a stalled call. While Telegram is that slow, more than one may be in doubt.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        """Wait for the turn; it ends with the block, or earlier while Telegram does not answer."""
        await self._lock.acquire()
        turn = Turn(self._lock)
        try:
            yield turn
        finally:
            turn.end()
