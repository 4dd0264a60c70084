"""Hints for open pages: of what is the viewer's, without content, and only while the session lasts (R35, R37)."""

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import httpx
import pytest

from tests.console.live_page import live_app
from tests.console.signing_in import sign_in, viewer_of
from thangdee.bot.simulator import serve
from thangdee.casework import alerts, conversations, transcripts
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chats
from thangdee.casework.staff import accounts, sessions
from thangdee.casework.staff.roles import Role
from thangdee.casework.transcripts import Direction, Line
from thangdee.core import changes
from thangdee.core.change_feed import ChangeFeed, RedisChannel, RedisPublisher, sources

QUEUE, CHAT, HANDS, OVER = "event: queue", "event: chat", "event: hands", "event: over"
SOON = 10.0


@asynccontextmanager
async def served(installation, *from_where):
    """A console that is served, with its feed."""
    feed = ChangeFeed(list(from_where) or sources(installation.settings.database, None))
    running = asyncio.create_task(feed.run())
    try:
        async with serve(live_app(installation, feed)) as url:
            yield url
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


class Stream:
    """What a page hears, collected while it is open."""

    def __init__(self) -> None:
        self.text = ""
        self.ended_at: float | None = None

    async def read(self, answer) -> None:
        async for piece in answer.aiter_text():
            self.text += piece
        self.ended_at = time.monotonic()

    def count(self, event: str) -> int:
        return self.text.count(event)

    async def until(self, is_so) -> None:
        async with asyncio.timeout(SOON):
            while not is_so(self):
                await asyncio.sleep(0.02)


@asynccontextmanager
async def listening(url, cookies, chat=None):
    [(name, value)] = cookies.items()
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=SOON))
        answer = await stack.enter_async_context(
            client.stream(
                "GET",
                f"{url}/events",
                params={"chat": chat} if chat else {},
                headers={"cookie": f"{name}={value}", "x-passive": "1"},
            )
        )
        assert answer.status_code == 200
        heard = Stream()
        reading = asyncio.create_task(heard.read(answer))
        await heard.until(lambda one: one.count(QUEUE) >= 1)
        yield heard
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def take(installation, chat_id, cookies) -> str:
    me = await viewer_of(installation, cookies)
    async with installation.database.write() as connection:
        assert await conversations.take_over(
            connection, installation.vault, chat_id, me.staff_id, installation.clock.now()
        )
    return me.staff_id


async def cry(installation, chat_id) -> None:
    async with installation.database.write() as connection:
        await alerts.raise_alert(connection, chat_id, Urgency.IMMEDIATE, "danger_now", installation.clock.now())


async def test_a_page_hears_of_the_queue_and_of_its_own_chat_only(installation, people) -> None:
    mine, theirs = await sign_in(installation, Role.COUNSELLOR), await sign_in(installation, Role.COUNSELLOR)
    await take(installation, people.asking, mine)
    async with (
        served(installation) as url,
        listening(url, mine, people.asking) as holder,
        listening(url, theirs, people.asking) as stranger,
    ):
        await asyncio.gather(holder.until(lambda one: one.count(CHAT)), stranger.until(lambda one: one.count(CHAT)))
        await asyncio.sleep(0.6)  # the rest after the first look
        before = holder.count(CHAT), stranger.count(CHAT)
        await cry(installation, people.asking)
        await stranger.until(lambda one: one.count(QUEUE) >= 2)
        await holder.until(lambda one: one.count(CHAT) > before[0])

        assert stranger.count(CHAT) == before[1]
        assert set((holder.text + stranger.text).splitlines()) <= {QUEUE, CHAT, "data:", ": here", ""}


async def test_a_message_is_hinted_at_to_who_holds_the_chat_and_no_other_page(installation, people) -> None:
    mine, theirs = await sign_in(installation, Role.COUNSELLOR), await sign_in(installation, Role.COUNSELLOR)
    await take(installation, people.asking, mine)
    async with (
        served(installation) as url,
        listening(url, mine) as holder,
        listening(url, theirs) as other,
    ):
        await asyncio.sleep(0.6)  # the rest after the first look
        before = other.count("event")
        async with installation.database.write() as connection:
            whose = await Chats(connection, installation.vault).get(people.asking)
            line = Line(Direction.IN, installation.clock.now(), {"text": "made-up", "deed": "text"})
            await transcripts.keep(connection, installation.vault, whose, line)
        await holder.until(lambda one: one.count("event: mine") == 1)

        assert other.count("event") == before


async def test_of_enquiries_only_who_traces_hears(installation, people) -> None:
    tracer, counsellor = await sign_in(installation, Role.TRACER), await sign_in(installation, Role.COUNSELLOR)
    async with served(installation) as url, listening(url, tracer) as hears, listening(url, counsellor) as deaf:
        await hears.until(lambda stream: stream.text)
        before = hears.count("event: enquiries")
        async with installation.database.write() as connection:
            await changes.announce(connection, changes.ENQUIRIES)
        await hears.until(lambda stream: stream.count("event: enquiries") > before)
        assert deaf.count("event: enquiries") == 0


async def test_many_changes_make_few_hints(installation, people) -> None:
    mine = await sign_in(installation, Role.COUNSELLOR)
    async with served(installation) as url, listening(url, mine) as page:
        begun = time.monotonic()
        for _ in range(60):
            await cry(installation, people.quiet)
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.6)

        assert 2 <= page.count(QUEUE) <= 3 + 2 * (time.monotonic() - begun)


async def test_hints_end_within_five_seconds_of_the_session_or_a_change_of_roles(installation, people, clock) -> None:
    signed = {name: await sign_in(installation, Role.COUNSELLOR, name=name) for name in ("left", "ended", "changed")}
    async with served(installation) as url, AsyncExitStack() as stack:
        pages = {name: await stack.enter_async_context(listening(url, one)) for name, one in signed.items()}
        clock.advance(timedelta(minutes=14))
        stays = await stack.enter_async_context(listening(url, await sign_in(installation, Role.COUNSELLOR)))
        clock.advance(timedelta(minutes=2))  # "left" is idle for 16 minutes: what its page asks for does not count
        begun = time.monotonic()
        async with installation.database.write() as connection:
            ended = await accounts.by_name(connection, "ended")
            await sessions.end_all(connection, ended.id)
            changed = await accounts.by_name(connection, "changed")
            await accounts.set_roles(connection, changed.id, {Role.DIRECTORY_EDITOR})
        await asyncio.gather(*(page.until(lambda one: one.ended_at) for page in pages.values()))

        assert [page.count(OVER) for page in pages.values()] == [1, 1, 1]
        assert max(page.ended_at for page in pages.values()) - begun < 5
        assert stays.ended_at is None


async def test_a_page_learns_that_a_chat_became_its_viewers(installation, people) -> None:
    mine = await sign_in(installation, Role.COUNSELLOR)
    async with served(installation) as url, listening(url, mine, people.quiet) as page:
        await page.until(lambda one: one.count(CHAT) == 1)
        begun = time.monotonic()
        await take(installation, people.quiet, mine)
        await page.until(lambda one: one.count(HANDS) == 1)

    assert time.monotonic() - begun < 2


async def test_hints_cross_from_one_console_to_another_through_redis(installation, people, redis_url) -> None:
    mine, publisher = await sign_in(installation, Role.COUNSELLOR), RedisPublisher(redis_url)
    installation.database.after_commit = publisher
    async with (
        served(installation, RedisChannel(redis_url)) as one,
        served(installation, RedisChannel(redis_url)) as other,
        listening(one, mine) as here,
        listening(other, mine) as there,
    ):
        await asyncio.sleep(0.6)
        before = here.count(QUEUE), there.count(QUEUE)
        await cry(installation, people.quiet)

        await here.until(lambda page: page.count(QUEUE) > before[0])
        await there.until(lambda page: page.count(QUEUE) > before[1])
    await publisher.close()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR, Role.PROVIDER])
async def test_who_may_not_see_the_queue_hears_nothing(installation, role) -> None:
    cookies = await sign_in(installation, role)
    async with served(installation) as url, httpx.AsyncClient() as client:
        [(name, value)] = cookies.items()
        answer = await client.get(f"{url}/events", headers={"cookie": f"{name}={value}", "x-passive": "1"})
        stranger = await client.get(f"{url}/events", headers={"x-passive": "1"})

    assert answer.status_code == 403
    assert (stranger.status_code, stranger.headers["hx-redirect"]) == (401, "/sign-in?why=over")
