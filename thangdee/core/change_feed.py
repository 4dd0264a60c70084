"""Hands the hints of core/changes.py to all open pages of a process.

One feed a process, however many pages; it listens to the database's own signal and, where there is Redis, to that as
well: whichever is first. Nothing depends on a hint: after every gap, and for a page at its opening, the hint is
EVERYTHING, and a page looks again now and then in any case (console/live.py).
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol
from urllib.parse import quote

import aiosqlite
import psycopg
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from sqlalchemy import make_url

from thangdee.core.changes import CHANNEL
from thangdee.core.logs import report

EVERYTHING = "*"
_LOOK_EVERY_SECONDS = 0.1
_AGAIN_AFTER_SECONDS = 1
_PROBE_EVERY_SECONDS = 5
_ANSWER_WITHIN_SECONDS = 10
# A line that is dead without saying so is given up after some ten seconds.
_POSTGRES_MANNERS = {
    "connect_timeout": 5, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}  # fmt: skip

Heard = Callable[[Iterable[str]], None]


class Source(Protocol):
    """Where hints come from."""

    async def listen(self, heard: Heard) -> None:
        """Report topics until cancelled, over all outages; EVERYTHING whenever listening begins (again)."""


class Subscription:
    """What one page has not yet been told: each topic once, however slow the page is."""

    def __init__(self) -> None:
        self._waiting = {EVERYTHING}
        self._bell = asyncio.Event()
        self._bell.set()
        self.is_over = False

    def hear(self, topics: Iterable[str]) -> None:
        """Add topics."""
        self._waiting.update(topics)
        self._bell.set()

    def end(self) -> None:
        """Say that nothing more will come."""
        self.is_over = True
        self._bell.set()

    async def wait(self, seconds: float) -> frozenset[str]:
        """Return what changed since the last call, as soon as something did; nothing after that time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        if not self.is_over:
            self._bell.clear()
        topics, self._waiting = frozenset(self._waiting), set()
        return topics


class ChangeFeed:
    """The hints of all sources, for any number of pages of this process."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources
        self._subscriptions: set[Subscription] = set()
        self._is_over = False

    async def run(self) -> None:
        """Listen until cancelled; then all pages are told that it is over, so that they come again elsewhere."""
        try:
            async with asyncio.TaskGroup() as group:
                for source in self._sources:
                    group.create_task(source.listen(self.tell))
        finally:
            self.end()

    def tell(self, topics: Iterable[str]) -> None:
        """Pass topics on."""
        told = list(topics)
        for one in self._subscriptions:
            one.hear(told)

    def end(self) -> None:
        """Let all pages go, as a server must that is to stop."""
        self._is_over = True
        for one in self._subscriptions:
            one.end()

    @contextlib.contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        """Return a page's own subscription; its first topic is EVERYTHING."""
        made = Subscription()
        if self._is_over:
            made.end()
        self._subscriptions.add(made)
        try:
            yield made
        finally:
            self._subscriptions.discard(made)


def sources(database_url: str, redis_url: str | None) -> list[Source]:
    """Return the sources of an installation."""
    url = make_url(database_url)
    if url.get_backend_name() == "postgresql":
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        first: Source = NotificationsOfPostgres(address)
    else:
        first = RowsOfSqlite(url.database or "")
    return [first, RedisChannel(redis_url)] if redis_url else [first]


class RowsOfSqlite:
    """Reads new rows of `change` whenever another connection, of whatever process, has written to the file."""

    def __init__(self, path: str) -> None:
        self._address = f"file:{quote(path)}?mode=rw"

    async def listen(self, heard: Heard) -> None:
        """Look about ten times a second; a look costs microseconds while nothing was written."""
        while True:
            try:
                async with aiosqlite.connect(self._address, uri=True, isolation_level=None) as connection:
                    await self._follow(connection, heard)
            except sqlite3.Error as error:
                report("store_away", error)
            await asyncio.sleep(_AGAIN_AFTER_SECONDS)

    async def _follow(self, connection: aiosqlite.Connection, heard: Heard) -> None:
        last, version = await _number(connection, "SELECT coalesce(max(id), 0) FROM change"), -1
        heard([EVERYTHING])
        while True:
            # The version before the rows: what is written in between is found with the next look.
            newest = await _number(connection, "PRAGMA data_version")
            if newest != version:
                rows = list(
                    await connection.execute_fetchall("SELECT id, topic FROM change WHERE id > ? ORDER BY id", (last,))
                )
                heard(str(row[1]) for row in rows)
                last, version = (int(rows[-1][0]) if rows else last), newest
            await asyncio.sleep(_LOOK_EVERY_SECONDS)


class NotificationsOfPostgres:
    """Listens on a connection of its own, not one of the pool's."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def listen(self, heard: Heard) -> None:
        """Listen; come again when the server is away."""
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(self._address, autocommit=True, **_POSTGRES_MANNERS)  # type: ignore[arg-type]
                async with connection:
                    await self._follow(connection, heard)
            except (psycopg.Error, OSError) as error:  # a TimeoutError is an OSError
                report("store_away", error)
            await asyncio.sleep(_AGAIN_AFTER_SECONDS)

    async def _follow(self, connection: psycopg.AsyncConnection, heard: Heard) -> None:
        await connection.execute(f"LISTEN {CHANNEL}")
        heard([EVERYTHING])
        while True:
            async for note in connection.notifies(timeout=_PROBE_EVERY_SECONDS):
                heard([note.payload])
            async with asyncio.timeout(_ANSWER_WITHIN_SECONDS):
                await connection.execute("SELECT 1")  # finds out whether anybody is still there


class RedisChannel:
    """Listens to what other processes publish after their commits."""

    def __init__(self, address: str) -> None:
        self._redis = _redis(address, health_check_interval=_PROBE_EVERY_SECONDS)

    async def listen(self, heard: Heard) -> None:
        """Listen; come again when Redis is away: the database's own signal goes on meanwhile."""
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    await self._follow(channel, heard)
            except (RedisError, OSError) as error:
                report("redis_away", error)
            await asyncio.sleep(_AGAIN_AFTER_SECONDS)

    async def _follow(self, channel: PubSub, heard: Heard) -> None:
        while True:
            message = await channel.get_message(timeout=1)
            if message is None:
                continue
            # The library connects again by itself, without a word but this one: there was a gap.
            heard([EVERYTHING] if message["type"] == "subscribe" else [message["data"].decode()])


class RedisPublisher:
    """Publishes after a commit what was announced in it: `database.after_commit`. Never waits, never fails."""

    def __init__(self, address: str) -> None:
        self._redis = _redis(address)
        self._waiting: set[str] = set()
        self._sending: asyncio.Task[None] | None = None
        self._is_away = False

    def __call__(self, announced: frozenset[str]) -> None:
        """Take topics to be published at once; many of one moment go together."""
        self._waiting |= announced
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())

    async def close(self) -> None:
        """Publish what waits and give the connection back."""
        if self._sending is not None:
            await self._sending
        await self._redis.aclose()

    async def _send(self) -> None:
        while self._waiting:
            topics, self._waiting = self._waiting, set()
            try:
                async with self._redis.pipeline(transaction=False) as pipe:
                    for topic in topics:
                        pipe.publish(CHANNEL, topic)
                    await pipe.execute()
                self._is_away = False
            except (RedisError, OSError) as error:
                if not self._is_away:  # once an outage, not once a message
                    report("redis_away", error)
                self._is_away = True


def _redis(address: str, *, health_check_interval: int = 0) -> Redis:
    once = Retry(NoBackoff(), 0)
    return Redis.from_url(
        address, socket_timeout=0.5, socket_connect_timeout=0.5, health_check_interval=health_check_interval, retry=once
    )


async def _number(connection: aiosqlite.Connection, question: str) -> int:
    [row] = await connection.execute_fetchall(question)
    return int(row[0])
