"""The desk in a real browser, at phone and desktop size; beside the phone page in the demo."""

import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import expect

from tests.console.browsing import SIZES, axe_violations, chromium, fits, picture
from tests.console.conftest import MARKUP, THAI
from tests.console.signing_in import carry, sign_in, viewer_of
from thangdee.bot.simulator import serve
from thangdee.casework import alerts, conversations
from thangdee.casework.alerts import Urgency
from thangdee.casework.staff.roles import Role
from thangdee.core.words import text

_SCRIPTS = {"lo": ("Noto Sans Lao", "ທາງດີ"), "th": ("Noto Sans Thai", "ทางดี")}


@pytest.fixture
async def kept(staff_console):
    """What runs beside the pages: hints of changes, fresh facts."""
    keeping = asyncio.create_task(staff_console.keep())
    yield
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


@pytest.fixture
async def url(staff_app, kept):
    async with serve(staff_app) as base:
        yield base


@pytest.fixture
async def demo_url(app, kept):
    async with serve(app) as base:
        yield base


@pytest.fixture
async def browser():
    async with chromium() as one:
        yield one


@pytest.fixture
async def open_page(browser, url, installation):
    """Opens a path at a size as somebody; complaints of the browser (policy, script errors) fail the test."""
    complaints = []

    async def opened(size, path="/", *, roles=(Role.COUNSELLOR,), language="en", name=None, script=True):
        width, height = SIZES[size]
        context = await browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=script)
        await carry(context, url, await sign_in(installation, *roles, language=language, name=name))
        page = await context.new_page()
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
        )
        page.on("response", lambda one: complaints.append(f"{one.status} {one.url}") if one.status >= 500 else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(url + path)
        return page

    yield opened
    assert complaints == []


async def _take(page) -> None:
    await page.get_by_role("button", name=text("desk.take", "en")).click()
    await expect(page.locator(".holder")).to_have_text(text("desk.held.me", "en"))


@pytest.mark.parametrize(("size", "language"), [("small", "lo"), ("phone", "th"), ("desktop", "en")])
async def test_desk_is_readable_and_accessible(people, open_page, size, language) -> None:
    page = await open_page(size, language=language)
    await expect(page.locator(".queue li").first).to_contain_text(text("topic.danger_now", language))
    await picture(page, f"list-{size}-{language}")
    if language in _SCRIPTS:  # drawn with the letters that ship, whatever the machine has
        family, letters = _SCRIPTS[language]
        assert await page.evaluate(
            "([family, letters]) => document.fonts.load(`16px '${family}'`, letters).then((found) => found.length)",
            [family, letters],
        )
    assert await axe_violations(page) == []
    assert await fits(page)

    await page.locator(".queue li.high a").click()
    await page.get_by_role("button", name=text("desk.take", language)).click()
    await expect(page.locator(".line").last).to_be_in_viewport()
    await page.locator(".line .about summary").last.click()
    await picture(page, f"talk-{size}-{language}")
    assert await axe_violations(page) == []
    assert await fits(page)

    for part, seen in {"known": "dl.known", "choices": ".choices li", "hand-over": "form"}.items():
        details = page.locator(f"#beside-{part}")
        if await details.get_attribute("open") is None:
            await details.locator("summary").first.click()
        await expect(details.locator(seen).first).to_be_visible()
    await picture(page, f"beside-{size}-{language}")
    assert await axe_violations(page) == []
    assert await fits(page)


@pytest.mark.parametrize("size", ["phone", "desktop"])
async def test_taking_over_answering_and_handing_back(people, open_page, installation, size) -> None:
    page = await open_page(size)
    await page.locator(".queue li.immediate a").click()
    assert THAI not in await page.content()
    await _take(page)
    await expect(page.locator(".lines")).to_contain_text(THAI)

    installation.clock.advance(timedelta(seconds=30))
    await page.get_by_label(text("desk.reply", "en")).fill("เราอยู่ตรงนี้ <b>")
    await picture(page, f"held-{size}")
    await page.get_by_role("button", name=text("desk.send", "en"), exact=True).click()
    await expect(page.locator(".line.staff .words").last).to_have_text("เราอยู่ตรงนี้ <b>")
    await expect(page.get_by_label(text("desk.reply", "en"))).to_have_value("")
    await picture(page, f"sent-{size}")
    assert await axe_violations(page) == []

    await page.locator("#beside-hand-over summary").click()
    await page.get_by_role("button", name=text("desk.hand_back.go", "en")).click()
    await expect(page.locator(".holder")).to_have_text(text("desk.held.bot", "en"))
    async with installation.database.read() as connection:
        assert not await conversations.may_keep(connection, people.crying, installation.clock.now())


async def test_of_two_who_take_at_once_one_wins_and_the_other_is_told(people, open_page) -> None:
    first = await open_page("desktop", f"/chats/{people.crying}")
    second = await open_page("phone", f"/chats/{people.crying}")
    take = text("desk.take", "en")

    await asyncio.gather(
        first.get_by_role("button", name=take).click(), second.get_by_role("button", name=take).click()
    )
    await asyncio.gather(first.wait_for_load_state(), second.wait_for_load_state())

    told = text("talk.notice.taken", "en").split("\n")[0]
    pages = [await first.content(), await second.content()]
    assert sorted(told in page for page in pages) == [False, True]
    assert sorted(THAI in page for page in pages) == [False, True]


async def test_page_moves_on_by_itself_and_keeps_what_is_being_written(people, open_page, installation) -> None:
    page = await open_page("desktop", f"/chats/{people.asking}", name="noy")
    await _take(page)
    await page.get_by_label(text("desk.reply", "en")).fill("half an ans")
    await page.locator("#note").fill("half a note")
    await page.locator(".line .about summary").last.click()
    await page.get_by_label(text("desk.reply", "en")).focus()

    noy = (await viewer_of(installation, await sign_in(installation, name="noy"))).staff_id
    installation.clock.advance(timedelta(seconds=5))
    async with installation.database.write() as connection:
        now = installation.clock.now()
        await alerts.raise_alert(connection, people.quiet, Urgency.IMMEDIATE, "self_harm", now)
        await conversations.reply(connection, installation.vault, people.asking, noy, "from elsewhere", now)

    await expect(page.locator(".queue li")).to_have_count(3)
    await expect(page.locator(".line").last).to_contain_text("from elsewhere")
    assert await page.evaluate("document.activeElement.id") == "words"
    await page.keyboard.type("wer")
    await expect(page.locator("#words")).to_have_value("half an answer")
    await expect(page.locator("#note")).to_have_value("half a note")
    await expect(page.locator(".line .about[open]")).to_have_count(1)


async def test_desk_works_by_keyboard_and_without_script(people, open_page) -> None:
    page = await open_page("desktop", script=False)
    await page.locator(".queue li a").first.focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name=text("desk.take", "en")).press("Enter")
    await page.get_by_label(text("desk.reply", "en")).press_sequentially("OK")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".line.staff .words").last).to_have_text("OK")


@pytest.mark.parametrize("size", ["phone", "desktop"])
async def test_desk_stands_beside_the_phone(people, browser, demo_url, size) -> None:
    width, height = SIZES[size]
    page = await browser.new_page(viewport={"width": width, "height": height})
    await page.goto(demo_url)
    if size == "phone":
        await page.get_by_role("button", name="What staff see").click()
    desk = page.frame_locator("iframe")
    await desk.locator('button[value="counsellor"]').click()
    await expect(desk.locator(".queue li")).to_have_count(3)
    await desk.locator(".queue li.high a").click()
    await desk.get_by_role("button", name=text("desk.take", "en")).click()
    await expect(desk.locator(".holder.held")).to_be_visible()
    await picture(page, f"demo-{size}")


async def test_markup_of_a_person_stays_text(people, open_page) -> None:
    page = await open_page("desktop", f"/chats/{people.asking}")
    await _take(page)

    await expect(page.locator(".line.in .words").last).to_have_text(MARKUP)
    assert await page.locator(".lines .words img, .words b").count() == 0
