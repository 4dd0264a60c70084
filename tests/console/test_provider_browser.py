"""The pages of receivers in a real browser: what a person takes back is gone from an open page within five seconds."""

import asyncio
import time

import pytest
from playwright.async_api import expect

from tests.console.browsing import axe_violations, chromium, fits, opened, picture
from tests.console.sent_matters import NAME, PHONE, STORY, A, accepted, sent, withdrawn, works_for
from tests.console.signing_in import viewer_of
from thangdee.bot.simulator import serve
from thangdee.casework.referrals import questions
from thangdee.casework.referrals.model import Speed
from thangdee.casework.staff import sessions
from thangdee.core.words import text

SECONDS = 5.0  # R4
NO_LINE, NO_ANSWER = "Failed to load resource", "Failed to fetch"


@pytest.fixture
async def url(staff_console):
    keeping = asyncio.create_task(staff_console.keep())
    async with serve(staff_console.app) as base:
        yield base
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


@pytest.fixture
async def browser():
    async with chromium() as one:
        yield one


@pytest.mark.parametrize("has_line", [True, False])
async def test_what_was_taken_back_is_gone_from_an_open_page_within_five_seconds(
    installation, browser, url, has_line
) -> None:
    matter = await accepted(installation, await sent(installation, with_voice=False))
    cookies, path = await works_for(installation), f"{url}/inbox/{matter.current.id}"
    async with opened(browser, f"{url}/inbox", cookies=cookies, forgiven=(NO_LINE,)) as page:
        if not has_line:  # without hints the page's own asking must do
            await page.route("**/events", lambda route: route.abort())
        await page.get_by_role("link", name=matter.current.code).click()
        await expect(page.locator("#referral")).to_contain_text(STORY)
        await asyncio.sleep(1)  # anywhere between two looks

        began = time.monotonic()
        await withdrawn(installation, matter)
        await expect(page.locator("#referral")).to_contain_text(text("provider.ended.body", "en"), timeout=10_000)
        took = time.monotonic() - began
        assert took < SECONDS, took
        assert (await page.content()).count("canary") == 0
        assert PHONE not in await page.content()

        await page.reload()
        assert "canary" not in await page.content()
        await page.goto(f"{url}/account")
        await page.go_back()
        await expect(page.locator("#referral")).to_contain_text(text("provider.ended.body", "en"))
        assert "canary" not in await page.content()
        assert page.url == path


async def test_the_back_button_shows_nothing_of_what_was_taken_back_meanwhile(installation, browser, url) -> None:
    matter = await accepted(installation, await sent(installation))
    cookies = await works_for(installation)
    async with opened(browser, f"{url}/inbox/{matter.current.id}", cookies=cookies) as page:
        await expect(page.locator("#referral")).to_contain_text(NAME)
        await page.goto(f"{url}/account")
        await withdrawn(installation, matter)
        await page.go_back()
        await expect(page.locator("#referral")).to_contain_text(text("provider.ended.body", "en"))
        assert "canary" not in await page.content()


async def test_what_is_open_leaves_the_screen_with_the_session(installation, browser, url) -> None:
    matter, cookies = await accepted(installation, await sent(installation)), await works_for(installation)
    me = await viewer_of(installation, cookies)
    async with opened(browser, f"{url}/inbox/{matter.current.id}", cookies=cookies, forgiven=(NO_LINE,)) as page:
        await expect(page.locator("#referral")).to_contain_text(NAME)
        async with installation.database.write() as connection:
            await sessions.end(connection, me.session_id)
        await page.wait_for_url("**/sign-in?**", timeout=SECONDS * 1000)


async def test_the_list_is_drawn_anew_by_itself(installation, browser, url) -> None:
    async with opened(browser, f"{url}/inbox", cookies=await works_for(installation)) as page:
        matter = await sent(installation)
        await page.evaluate("htmx.trigger('#main', 'every', {}, false)")
        await expect(page.locator(".cards")).to_contain_text(matter.current.code)
        assert await page.locator("main").count() == 1


async def test_a_page_that_cannot_ask_covers_what_it_shows(installation, browser, url) -> None:
    matter = await accepted(installation, await sent(installation))
    cookies = await works_for(installation)
    async with opened(
        browser, f"{url}/inbox/{matter.current.id}", cookies=cookies, forgiven=(NO_LINE, NO_ANSWER)
    ) as page:
        await expect(page.get_by_text(NAME)).to_be_visible()
        await page.context.set_offline(True)
        await expect(page.get_by_text(NAME)).to_be_hidden(timeout=15_000)
        await expect(page.get_by_text(text("provider.covered", "en"))).to_be_visible()
        await page.context.set_offline(False)
        await expect(page.get_by_text(NAME)).to_be_visible(timeout=15_000)


@pytest.mark.parametrize(("size", "language"), [("small", "lo"), ("phone", "th"), ("desktop", "en")])
async def test_a_referral_is_answered_from_the_link_to_the_end(installation, browser, url, size, language) -> None:
    matter = await sent(installation, A, speed=Speed.URGENT)
    cookies = await works_for(installation, language=language)

    def say(key: str, **values: str) -> str:
        return text(f"provider.{key}", language, **values)

    async with opened(browser, f"{url}/inbox", size=size, cookies=cookies) as page:

        async def looks_right(name: str) -> None:
            await picture(page, f"provider-{name}-{size}-{language}")
            assert await axe_violations(page) == []
            assert await fits(page)

        async def press(key: str) -> None:
            await page.get_by_role("button", name=say(key), exact=True).click()

        await looks_right("inbox")
        await page.get_by_role("link", name=matter.current.code).click()
        await looks_right("offered")
        for one in await page.locator("summary").all():
            await one.click()
        await looks_right("offered-open")
        await page.get_by_label(say("question.fetch")).check()
        await press("ask.send")
        await expect(page.locator(".replies")).to_contain_text(say("question.state.waits_person"))
        await page.locator('input[name="at"]').nth(1).check()
        await press("accept.button")
        await expect(page.locator(".told")).to_contain_text(NAME)
        await _answer(installation, matter)
        await expect(page.locator(".replies .answer")).to_have_text(say("answer.fetch.yes"), timeout=8000)
        await looks_right("accepted")
        for one in await page.locator("summary").all():
            await one.click()
        await looks_right("accepted-open")
        await page.get_by_label(say("contacted.phone")).check()
        await press("contacted.button")
        await looks_right("contacted")
        await press("helped.button")
        await looks_right("helped")
        await page.get_by_label(say("close.partly")).check()
        await press("close.button")
        await expect(page.locator("ul.ended")).to_contain_text(matter.current.code)
        await looks_right("inbox-ended")
        await page.goto(f"{url}/inbox/{matter.current.id}")
        await looks_right("ended")


async def _answer(installation, matter) -> None:
    now, vault = installation.clock.now(), installation.vault
    async with installation.database.write() as connection:
        [one] = await questions.open_for_person(connection, matter.chat_id)
        mark = await questions.note_answer(connection, vault, one.id, {"code": "yes"})
        await questions.tell(connection, vault, one.id, mark, now)


async def test_a_link_and_what_leads_nowhere(installation, browser, url) -> None:
    cookies = await works_for(installation, language="lo")
    async with opened(browser, f"{url}/r/guessed", cookies=cookies, forgiven=(NO_LINE,)) as page:
        await picture(page, "provider-link")
        assert await axe_violations(page) == []
        await page.get_by_role("button", name=text("provider.link.button", "lo")).click()
        await expect(page.get_by_role("heading")).to_have_text(text("provider.nowhere.title", "lo"))
        await picture(page, "provider-nowhere")
        assert await axe_violations(page) == []
