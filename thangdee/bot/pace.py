"""Sending limits of Telegram: 30 messages a second in all, one a second in a chat."""

import asyncio
import time
import warnings
from datetime import timedelta
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError
from telegram.error import RetryAfter

A_SECOND_IN_ALL = 30
_CHAT_GAP = 1.0
_ALL_GAP = 1.0 / A_SECOND_IN_ALL
_FORGET_AFTER = 1000

# One slot every gap: returns how long to wait for the slot that was taken, in milliseconds.
_TAKE_SLOT = """
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local free = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), ms)
redis.call('SET', KEYS[1], free + ARGV[1], 'PX', free - ms + ARGV[1] + 1000)
return free - ms
"""


def pause_of(error: RetryAfter) -> timedelta:
    """How long Telegram wants us to wait; the client gives seconds or a timedelta, as it is set up."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that the type will change
        pause = error.retry_after
    return pause if isinstance(pause, timedelta) else timedelta(seconds=pause)


class Pace(Protocol):
    """Waits until a message to this chat may go out."""

    async def wait(self, lane: str) -> None:
        """Return when the next message to the lane is due."""


class Unpaced:
    """No limits, for trials against the simulator."""

    async def wait(self, lane: str) -> None:
        """Return at once."""


class OwnPace:
    """Limits kept in this process."""

    def __init__(self) -> None:
        self._free_at: dict[str, float] = {}

    async def wait(self, lane: str) -> None:
        """Take the next slot of the lane and of all, and wait for both."""
        pause = max(self._take(lane, _CHAT_GAP), self._take("*", _ALL_GAP))
        if pause > 0:
            await asyncio.sleep(pause)

    def _take(self, name: str, gap: float) -> float:
        now = time.monotonic()
        if len(self._free_at) > _FORGET_AFTER:
            self._free_at = {known: at for known, at in self._free_at.items() if at > now}
        free = max(self._free_at.get(name, 0.0), now)
        self._free_at[name] = free + gap
        return free - now


class SharedPace:
    """Limits shared by several processes through Redis; each keeps its own while Redis is away."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._own = OwnPace()

    async def wait(self, lane: str) -> None:
        """Take the next slot of the lane and of all, and wait for both."""
        try:
            pauses = [await self._take(lane, _CHAT_GAP), await self._take("*", _ALL_GAP)]
        except (RedisError, OSError):
            await self._own.wait(lane)
            return
        if max(pauses) > 0:
            await asyncio.sleep(max(pauses) / 1000)

    async def _take(self, name: str, gap: float) -> int:
        return int(await self._client.eval(_TAKE_SLOT, 1, f"pace:{name}", str(int(gap * 1000))))
