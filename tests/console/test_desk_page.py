"""The desk in a real browser, beside the phone page, at phone and desktop size."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from tests.console.conftest import MARKUP, THAI
from thangdee.bot.simulator import serve
from thangdee.casework import alerts, conversations
from thangdee.casework.alerts import Urgency
from thangdee.core.words import text

AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
SIZES = {"small": (360, 640), "phone": (390, 844), "desktop": (1280, 800)}
# Where to leave pictures of the page for a person to look at; none unless asked for.
PICTURES = os.environ.get("THANGDEE_TEST_PICTURES")


@pytest.fixture
async def url(app):
    async with serve(app) as base:
        yield base


@pytest.fixture
async def browser():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "browser tests need Chromium: apt-get install chromium"
    async with async_playwright() as playwright:
        one = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield one
        await one.close()


@pytest.fixture
async def open_page(browser, url):
    """Opens a path at a size; complaints of the browser (policy, script errors) fail the test."""
    complaints = []

    async def opened(size, path="/staff/"):
        width, height = SIZES[size]
        page = await browser.new_page(viewport={"width": width, "height": height})
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(url + path)
        return page

    yield opened
    assert complaints == []


async def picture(page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=f"{PICTURES}/{name}.png")


async def axe_violations(page):
    # Playwright evaluates this outside of the page's policy, which stays as strict as it is.
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("() => axe.run(document, {iframes: false})")
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]


async def fits(page) -> bool:
    return await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["lo", "th", "en"])
async def test_desk_is_readable_and_accessible(open_page, people, size, language) -> None:
    page = await open_page(size, f"/staff/?lang={language}")
    await expect(page.locator(".queue li").first).to_contain_text(text("topic.danger_now", language))
    await picture(page, f"list-{size}-{language}")
    assert await axe_violations(page) == []
    assert await fits(page)

    await page.locator(".queue li.high a").click()
    await expect(page.locator(".line").last).to_be_in_viewport()
    await page.locator(".about summary").last.click()
    await picture(page, f"talk-{size}-{language}")
    assert await axe_violations(page) == []
    assert await fits(page)


@pytest.mark.parametrize("size", ["phone", "desktop"])
async def test_taking_over_answering_and_handing_back(open_page, people, installation, size) -> None:
    page = await open_page(size)
    await page.locator(".queue li.immediate a").click()
    await expect(page.locator(".lines")).to_contain_text(THAI)
    await page.get_by_role("button", name=text("desk.take", "en")).click()
    await expect(page.locator(".holder")).to_have_text(text("desk.held.me", "en"))

    installation.clock.advance(timedelta(seconds=30))
    await page.get_by_label(text("desk.reply", "en")).fill("เราอยู่ตรงนี้ <b>")
    await picture(page, f"held-{size}")
    assert await axe_violations(page) == []
    await page.get_by_role("button", name=text("desk.send", "en"), exact=True).click()
    await expect(page.locator(".notice.sent")).to_be_visible()
    await expect(page.locator(".line.staff .words").last).to_have_text("เราอยู่ตรงนี้ <b>")
    await picture(page, f"sent-{size}")
    assert await axe_violations(page) == []

    await page.get_by_role("button", name=text("desk.hand_back", "en")).click()
    await expect(page.locator(".holder")).to_have_text(text("desk.held.bot", "en"))
    async with installation.database.read() as connection:
        assert not await conversations.may_keep(connection, people.crying, installation.clock.now())


async def test_page_moves_on_by_itself_and_keeps_what_is_being_written(open_page, people, installation) -> None:
    page = await open_page("desktop", f"/staff/?chat={people.asking}")
    await page.get_by_role("button", name=text("desk.take", "en")).click()
    await page.get_by_label(text("desk.reply", "en")).fill("half an ans")
    await page.locator(".about summary").last.click()
    await page.get_by_label(text("desk.reply", "en")).focus()

    installation.clock.advance(timedelta(seconds=5))
    async with installation.database.write() as connection:
        await alerts.raise_alert(connection, people.quiet, Urgency.IMMEDIATE, "self_harm", installation.clock.now())
        await conversations.reply(
            connection, installation.vault, people.asking, "desk", "from elsewhere", installation.clock.now()
        )

    await expect(page.locator(".queue li")).to_have_count(3)
    await expect(page.locator(".line").last).to_contain_text("from elsewhere")
    assert await page.evaluate("document.activeElement.id") == "words"
    await page.keyboard.type("wer")
    await expect(page.locator("#words")).to_have_value("half an answer")
    await expect(page.locator(".about[open]")).to_have_count(1)


async def test_an_old_page_says_so_when_the_connection_is_lost(browser, url, people) -> None:
    page = await browser.new_page()
    await page.goto(f"{url}/staff/")
    await page.context.set_offline(offline=True)
    await expect(page.locator("#stale")).to_have_text(text("desk.stale", "en"))
    await page.context.set_offline(offline=False)
    await expect(page.locator("#stale")).to_be_hidden()
    await expect(page.locator(".queue li")).to_have_count(3)


async def test_everything_works_by_keyboard_and_without_script(browser, url, people) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{url}/staff/")
    await page.locator(".queue li a").first.focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name=text("desk.take", "en")).press("Enter")
    await page.get_by_label(text("desk.reply", "en")).press_sequentially("OK")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".notice.sent")).to_be_visible()


@pytest.mark.parametrize("size", ["phone", "desktop"])
async def test_desk_stands_beside_the_phone(open_page, people, size) -> None:
    page = await open_page(size, "/")
    if size == "phone":
        await page.get_by_role("button", name="What staff see").click()
    desk = page.frame_locator("iframe")
    await expect(desk.locator(".queue li")).to_have_count(3)
    await desk.locator(".queue li.high a").click()
    await desk.get_by_role("button", name=text("desk.take", "en")).click()
    await expect(desk.locator(".holder.held")).to_be_visible()
    await desk.get_by_role("button", name=text("desk.duty.start", "en")).click() if size == "desktop" else None
    await picture(page, f"beside-{size}")


async def test_markup_of_a_person_stays_text(open_page, people) -> None:
    page = await open_page("desktop", f"/staff/?chat={people.asking}")

    await expect(page.locator(".line .words").last).to_have_text(MARKUP)
    assert await page.locator(".lines img, .words b").count() == 0


async def test_dead_letters_and_queues_are_at_the_bottom(open_page, people, installation) -> None:
    installation.clock.advance(timedelta(minutes=2))
    page = await open_page("desktop")
    await page.locator("#state summary").click()
    await expect(page.locator("#state table")).to_contain_text(text("desk.state.outbox", "en"))
    await expect(page.locator("#state")).to_contain_text(text("desk.dead.none", "en"))
    await page.wait_for_timeout(2500)
    await expect(page.locator("#state table")).to_be_visible()
    assert await axe_violations(page) == []
