"""A live page in a real browser: over cut lines and restarts it ends with what the database holds, each line once."""

import asyncio
import shutil
import socket
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import async_playwright, expect

from tests.console.live_page import live_app
from tests.console.signing_in import carry, sign_in, viewer_of
from thangdee.bot.simulator import serve
from thangdee.casework import conversations, erasure, transcripts
from thangdee.casework.chats import Chats
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Role
from thangdee.casework.transcripts import Direction, Line
from thangdee.core.change_feed import ChangeFeed, sources
from thangdee.core.words import text

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
HIDE = """is_hidden => {
    Object.defineProperty(document, "hidden", {value: is_hidden, configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""
PATIENCE = 15_000


@pytest.fixture
def port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
async def context(port):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "browser tests need Chromium: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield await browser.new_context(viewport={"width": 360, "height": 640})
        await browser.close()


@pytest.fixture
async def me(context, installation, people, port):
    """The staff member who holds the chat, signed in with the browser."""
    cookies = await sign_in(installation, Role.COUNSELLOR, name="holder")
    await carry(context, f"http://127.0.0.1:{port}", cookies)
    viewer = await viewer_of(installation, cookies)
    async with installation.database.write() as connection:
        await conversations.take_over(
            connection, installation.vault, people.crying, viewer.staff_id, installation.clock.now()
        )
    return viewer


@asynccontextmanager
async def console(installation, port, *, rings=False):
    """One life of the console process."""
    feed = ChangeFeed(sources(installation.settings.database, None))
    running = asyncio.create_task(feed.run())
    try:
        async with serve(live_app(installation, feed, rings=rings), port=port) as url:
            yield url
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def say(installation, chat_id, words) -> None:
    async with installation.database.write() as connection:
        whose = await Chats(connection, installation.vault).get(chat_id)
        line = Line(Direction.IN, installation.clock.now(), {"text": words, "deed": "text"})
        await transcripts.keep(connection, installation.vault, whose, line)


async def keep_saying(installation, chat_id, begun: asyncio.Event) -> None:
    for number in range(100):
        await say(installation, chat_id, f"made-up line {number}")
        if number == 10:
            begun.set()
        await asyncio.sleep(0.05)


async def held_by_database(installation, chat_id):
    async with installation.database.read() as connection:
        talk = await conversations.read(connection, installation.vault, chat_id)
    return [line.body["text"] for line in talk.lines if str(line.body.get("text", "")).startswith("made-up")]


async def shown(page):
    return [line for line in await page.locator("#talk li").all_inner_texts() if "made-up" in line]


async def test_restarts_and_cut_lines_amid_many_messages_lose_and_double_nothing(
    context, me, installation, people, port
) -> None:
    page, begun = await context.new_page(), asyncio.Event()
    async with console(installation, port) as url:
        await page.goto(f"{url}/chats/{people.crying}")
        talking = asyncio.create_task(keep_saying(installation, people.crying, begun))
        await begun.wait()
    async with console(installation, port):  # restarted while people write
        await expect(page.locator("#talk")).to_contain_text("made-up line 30", timeout=PATIENCE)
        await context.set_offline(True)
        await asyncio.sleep(1)
        await context.set_offline(False)
        await talking
        await expect(page.locator("#talk")).to_contain_text("made-up line 99", timeout=PATIENCE)

        assert await shown(page) == await held_by_database(installation, people.crying)
        assert len(await shown(page)) == 100


async def test_a_page_without_a_line_says_so_until_it_has_looked_again(context, me, installation, people, port) -> None:
    page = await context.new_page()
    stale = page.locator("#stale")
    async with console(installation, port) as url:
        await page.goto(f"{url}/chats/{people.crying}")
        await say(installation, people.crying, "made-up before")
        await expect(page.locator("#talk")).to_contain_text("made-up before")
        await expect(stale).to_be_hidden()
    await say(installation, people.crying, "made-up meanwhile")
    await expect(stale).to_have_text(text("live.stale", "en"), timeout=PATIENCE)
    async with console(installation, port):
        await expect(stale).to_be_hidden(timeout=PATIENCE)

        await expect(page.locator("#talk")).to_contain_text("made-up meanwhile")


async def test_a_page_that_was_hidden_looks_again_when_it_is_seen(context, me, installation, people, port) -> None:
    async with console(installation, port) as url:
        pages = [await context.new_page(), await context.new_page()]
        for page in pages:
            await page.goto(f"{url}/chats/{people.crying}")
            await expect(page.locator("#queue li")).to_have_count(2)
            await page.evaluate(HIDE, True)
        await say(installation, people.crying, "made-up meanwhile")
        await expect(pages[0].locator("#talk")).to_contain_text("made-up meanwhile")  # one line for all that are hidden
        assert await shown(pages[1]) == []
        await pages[1].evaluate(HIDE, False)

        await expect(pages[1].locator("#talk")).to_contain_text("made-up meanwhile")


async def test_a_chat_that_becomes_ones_own_opens_by_itself(context, me, installation, people, port) -> None:
    page = await context.new_page()
    async with console(installation, port) as url:
        await page.goto(f"{url}/chats/{people.quiet}")
        await expect(page.locator("#queue li")).to_have_count(2)
        await say(installation, people.quiet, "made-up line")
        await expect(page.locator("#talk")).not_to_contain_text("made-up")
        async with installation.database.write() as connection:
            now = installation.clock.now()
            await conversations.take_over(connection, installation.vault, people.quiet, me.staff_id, now)

        await expect(page.locator("#talk")).to_contain_text("made-up line")


async def test_what_its_owner_deletes_leaves_the_screen(context, me, installation, people, port) -> None:
    page = await context.new_page()
    async with console(installation, port) as url:
        await page.goto(f"{url}/chats/{people.crying}")
        await say(installation, people.crying, "made-up secret")
        await expect(page.locator("#talk")).to_contain_text("made-up secret")
        async with installation.database.write() as connection:
            whose = await Chats(connection, installation.vault).get(people.crying)
            await erasure.close(connection, installation.vault, whose, installation.clock.now())

        await expect(page.locator("#talk")).to_have_text("")


async def test_whose_roles_change_is_led_away_within_five_seconds(context, me, installation, people, port) -> None:
    page = await context.new_page()
    async with console(installation, port) as url:
        await page.goto(f"{url}/chats/{people.crying}")
        await expect(page.locator("#queue li")).to_have_count(2)
        async with installation.database.write() as connection:
            await accounts.set_roles(connection, me.staff_id, {Role.DIRECTORY_EDITOR})

        await page.wait_for_url("**/sign-in?why=over**", timeout=5_000)


async def test_a_page_that_rings_says_itself_that_the_session_is_over(context, me, installation, people, port) -> None:
    page = await context.new_page()
    async with console(installation, port, rings=True) as url:
        await page.route("**/alarms", lambda route: route.abort())  # the line alone learns of it
        await page.goto(f"{url}/chats/{people.crying}")
        await expect(page.locator("#queue li")).to_have_count(2)
        async with installation.database.write() as connection:
            await accounts.set_roles(connection, me.staff_id, {Role.DIRECTORY_EDITOR})

        await expect(page.locator("body.no-alarms")).to_contain_text(text("alarm.ended", "en"))
        await expect(page.locator("#queue")).to_have_count(0)
