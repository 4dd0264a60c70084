"""Sending limits of Telegram: 30 messages a second in all, one a second in a chat."""

import asyncio
import math
import time
import warnings
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError
from telegram.error import RetryAfter

A_SECOND_IN_ALL = 30
_CHAT_GAP = 1.0
_ALL_GAP = 1.0 / A_SECOND_IN_ALL
_FORGET_AFTER = 1000

# Asks for the lane's slot and one of all together. Less than 0: the lane is not free yet, ask again in so many
# milliseconds. Else both slots are taken and the message goes out after so many milliseconds.
_TAKE_SLOTS = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lane = tonumber(redis.call('GET', KEYS[1]) or '0')
if lane > now then return now - lane end
local go = math.max(tonumber(redis.call('GET', KEYS[2]) or '0'), now)
redis.call('SET', KEYS[2], go + ARGV[2], 'PX', go - now + ARGV[2] + 1000)
redis.call('SET', KEYS[1], go + ARGV[1], 'PX', go - now + ARGV[1] + 1000)
return go - now
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
    """Limits kept in this process. `now` gives seconds, `sleep` waits some."""

    def __init__(
        self, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._now = now
        self._sleep = sleep
        self._free_at: dict[str, float] = {}
        self._all_free_at = 0.0

    async def wait(self, lane: str) -> None:
        """Wait until the lane is free, then take the next slot of all.

        In this order: a slot of all that was taken before a longer wait for the lane would be used
        beside somebody else's.
        """
        while (pause := self._free_at.get(lane, 0.0) - self._now()) > 0:
            await self._sleep(pause)
        await self._sleep(self._take(lane))

    def _take(self, lane: str) -> float:
        now = self._now()
        if len(self._free_at) > _FORGET_AFTER:
            self._free_at = {known: at for known, at in self._free_at.items() if at > now}
        go = max(self._all_free_at, now)
        self._all_free_at, self._free_at[lane] = go + _ALL_GAP, go + _CHAT_GAP
        return go - now


class SharedPace:
    """Limits shared by several processes through Redis; each keeps its own while Redis is away."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._own = OwnPace()

    async def wait(self, lane: str) -> None:
        """Wait until the lane is free, then take the next slot of all."""
        try:
            while (milliseconds := await self._take(lane)) < 0:  # noqa: ASYNC110 - other processes free it
                await asyncio.sleep(-milliseconds / 1000)
        except (RedisError, OSError):
            await self._own.wait(lane)
            return
        await asyncio.sleep(milliseconds / 1000)

    async def _take(self, lane: str) -> int:
        # Rounded up: 33 milliseconds would make 30.3 messages a second.
        gaps = (str(math.ceil(_CHAT_GAP * 1000)), str(math.ceil(_ALL_GAP * 1000)))
        return int(await self._client.eval(_TAKE_SLOTS, 2, f"pace:{lane}", "pace:*", *gaps))
