"""The alarm of an open page in a real browser: what rings, what it says when it cannot, the end of a session."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
from playwright.async_api import expect

from tests.console.browsing import axe_violations, chromium, fits, opened, picture
from tests.console.signing_in import ORIGIN, gate_of, sign_in
from thangdee.bot.simulator import serve
from thangdee.casework import alerts, roster
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chats
from thangdee.casework.roster import Rank, Wanted
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Role
from thangdee.console.alarms import add_alarms
from thangdee.console.app import bare_app
from thangdee.console.duty_page import add_duty
from thangdee.console.notices_page import add_notices
from thangdee.console.shared import Console
from thangdee.core.words import text

# What the loudspeaker and the desktop were given, without ears or eyes.
EARS = """
  window.heard = [];
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) { heard.push([this.frequency.value, Date.now()]); return start.apply(this, when); };
  window.shown = [];
  window.Notification = class {
    static permission = "granted";
    constructor(title, options) { shown.push([title, options.tag, options.body || ""]); }
  };
  Object.defineProperty(navigator, "serviceWorker", { value: undefined });
"""
CRY, SOFT = 1046, 523
HEARD = "heard.filter(([hertz]) => hertz === {}).length"


@pytest.fixture
def app(installation):
    app = bare_app(gate_of(installation))
    console = Console(
        installation.database, installation.vault, installation.clock, about_answer=lambda _: None, origin=ORIGIN
    )
    add_duty(app, console)
    add_alarms(app, console)
    add_notices(app, console)
    return app


@pytest.fixture
async def url(app):
    async with serve(app) as base:
        yield base + "/duty"


@pytest.fixture
async def browser():
    async with chromium() as one:
        yield one


@asynccontextmanager
async def listening(browser, url, installation, *, forgiven=()):
    """A counsellor's page with ears, its time in our hands."""
    cookies = await sign_in(installation, Role.COUNSELLOR)
    async with opened(browser, url, cookies=cookies, forgiven=forgiven) as page:
        await page.add_init_script(EARS)
        await page.clock.install()
        await page.reload()
        yield page


async def _alert(installation, urgency, address=5) -> alerts.Alert:
    async with installation.database.write() as connection:
        who = await Chats(connection, installation.vault).of(address, installation.clock.now())
        raised, _ = await alerts.raise_alert(connection, who.id, urgency, "danger_now", installation.clock.now())
    return raised


async def _take(installation, raised) -> None:
    async with installation.database.write() as connection:
        await alerts.take(connection, raised.chat_id, "noy", installation.clock.now())


async def _until(page, condition: str) -> None:
    """Until it is so, while the page's seconds go by quickly."""
    async with asyncio.timeout(20):
        while not await page.evaluate(condition):
            await page.clock.fast_forward(1000)
            await asyncio.sleep(0.05)


async def test_a_cry_sounds_again_every_20_seconds_until_somebody_takes_it(browser, url, installation) -> None:
    async with listening(browser, url, installation) as page:
        await page.locator("h1").click()
        raised = await _alert(installation, Urgency.IMMEDIATE)
        await _until(page, HEARD.format(CRY) + " >= 1")
        urgency = text("staff.urgency.immediate", "en")
        assert await page.evaluate("shown") == [[f"{raised.code} · {urgency}", raised.code, ""]]
        assert (await page.title()).startswith("(1) ")

        await _until(page, HEARD.format(CRY) + " >= 3")
        at = await page.evaluate(f"heard.filter(([hertz]) => hertz === {CRY}).map(([, at]) => at)")
        assert all(later - sooner >= 20_000 for sooner, later in pairwise(at))

        await _take(installation, raised)
        await _until(page, "!document.title.startsWith('(')")
        rung = await page.evaluate(HEARD.format(CRY))
        await page.clock.fast_forward(60_000)
        await asyncio.sleep(1.2)
        assert await page.evaluate(HEARD.format(CRY)) == rung
        assert len(await page.evaluate("shown")) == 1


async def test_other_alerts_sound_softly_and_once(browser, url, installation) -> None:
    async with listening(browser, url, installation) as page:
        await page.locator("h1").click()
        await _alert(installation, Urgency.PERSON)
        await _until(page, HEARD.format(SOFT) + " >= 1")
        await page.clock.fast_forward(60_000)
        await asyncio.sleep(1.2)

        assert await page.evaluate(HEARD.format(SOFT)) == 1
        assert await page.evaluate(HEARD.format(CRY)) == 0


async def test_the_page_says_that_the_browser_keeps_the_sound_off_until_it_is_tapped(
    browser, url, installation
) -> None:
    # Without ears: whatever a test evaluates counts as a touch.
    async with opened(browser, url, cookies=await sign_in(installation, Role.COUNSELLOR)) as page:
        tap = page.get_by_role("button", name=text("alarm.blocked", "en"))
        await expect(tap).to_be_visible()
        await tap.click()

        await expect(tap).to_be_hidden()
        await expect(page.locator("#alarm")).to_contain_text(text("alarm.on", "en"))


async def test_an_alarm_stands_over_other_windows_until_somebody_takes_it(browser, url, installation) -> None:
    standing = (
        "navigator.serviceWorker.getRegistrations()"
        ".then(async (all) => all.length ? (await all[0].getNotifications()).map((one) => one.title).join() : '')"
    )

    async def until(shown: str) -> None:
        async with asyncio.timeout(20):
            while await page.evaluate(standing) != shown:
                await asyncio.sleep(0.1)

    async with opened(browser, url, cookies=await sign_in(installation, Role.COUNSELLOR)) as page:
        await page.context.grant_permissions(["notifications"])
        await page.reload()
        raised = await _alert(installation, Urgency.IMMEDIATE)
        await until(f"{raised.code} · {text('staff.urgency.immediate', 'en')}")
        await _take(installation, raised)
        await until("")


async def test_mute_lasts_ten_minutes_on_this_device_and_is_seen(browser, url, installation) -> None:
    async with listening(browser, url, installation) as page:
        await page.locator("h1").click()
        await page.get_by_role("button", name=text("alarm.mute", "en")).click()
        await page.reload()
        await expect(page.locator("#alarm.muted")).to_contain_text(text("alarm.muted", "en", clock="")[:14])
        await page.locator("h1").click()
        await _alert(installation, Urgency.IMMEDIATE)
        await _until(page, "shown.length >= 1")
        assert await page.evaluate("heard.length") == 0

        await page.clock.fast_forward(10 * 60_000)
        await _until(page, HEARD.format(CRY) + " >= 1")
        await expect(page.locator("#alarm.muted")).to_have_count(0)


async def test_two_minutes_before_the_session_ends_it_warns_and_one_tap_prolongs_it(browser, url, installation) -> None:
    async with listening(browser, url, installation) as page:
        await page.locator("h1").click()
        installation.clock.advance(timedelta(minutes=13, seconds=5))
        warning = page.get_by_role("alertdialog")
        await _until(page, "!document.querySelector('[data-part=idle]').hidden")
        assert await page.evaluate("heard.some(([hertz]) => hertz === 440)")
        await picture(page, "alarm-idle")
        assert await axe_violations(page) == []

        await page.get_by_role("button", name=text("alarm.here", "en")).click()
        await expect(warning).to_be_hidden()
        installation.clock.advance(timedelta(minutes=12))
        await _until(page, "document.title.startsWith('Duty')")
        await expect(warning).to_be_hidden()


async def test_when_the_session_is_over_the_page_says_so_and_shows_nothing_else(browser, url, installation) -> None:
    async with listening(browser, url, installation, forgiven=("401",)) as page:
        installation.clock.advance(timedelta(minutes=15))
        await _until(page, "document.body.className === 'no-alarms'")

        await expect(page.locator("body")).to_contain_text(text("alarm.ended", "en"))
        await expect(page.locator(".days")).to_have_count(0)
        await picture(page, "alarm-ended")
        assert await axe_violations(page) == []


async def test_the_end_of_the_session_is_heard_whatever_part_of_the_page_learns_of_it_first(
    browser, url, installation
) -> None:
    async with listening(browser, url, installation, forgiven=("401", "ERR_FAILED")) as page:
        await page.locator("h1").click()
        await page.route("**/alarms", lambda route: route.abort())
        installation.clock.advance(timedelta(minutes=15))
        await page.clock.fast_forward(30_000)  # the count of notices is looked at again
        await expect(page.locator("body.no-alarms")).to_contain_text(text("alarm.ended", "en"))

        assert await page.evaluate("heard.some(([hertz]) => hertz === 440)")
        assert page.url == url


async def test_without_a_connection_the_page_says_that_nothing_rings(browser, url, installation) -> None:
    async with listening(browser, url, installation, forgiven=("ERR_INTERNET_DISCONNECTED",)) as page:
        away = page.get_by_text(text("alarm.away", "en"))
        await page.context.set_offline(offline=True)
        await page.clock.fast_forward(20_000)
        await expect(away).to_be_visible()
        await page.context.set_offline(offline=False)
        await _until(page, "document.querySelector('[data-part=away]').hidden")


@pytest.mark.parametrize(("size", "language"), [("small", "lo"), ("phone", "th"), ("desktop", "en"), ("small", "en")])
async def test_the_roster_is_readable_and_accessible(browser, url, installation, size, language) -> None:
    cookies = await sign_in(installation, Role.SUPERVISOR, name="dao", language=language)
    now = installation.clock.now()
    async with installation.database.write() as connection:
        dao = await accounts.by_name(connection, "dao")
        for number, rank in enumerate(Rank):
            start = now + timedelta(hours=24 * number - 2)
            await roster.plan(connection, Wanted(dao.id, start, start + timedelta(hours=8), rank, 3), dao.id, now)
    await _alert(installation, Urgency.IMMEDIATE)
    async with opened(browser, url, size=size, cookies=cookies) as page:
        await expect(page.locator(".days")).to_contain_text("dao")
        await picture(page, f"duty-{size}-{language}")
        assert await axe_violations(page) == []
        assert await fits(page)


async def test_a_shift_is_planned_and_taken_off_by_keyboard(browser, url, installation) -> None:
    cookies = await sign_in(installation, Role.SUPERVISOR, name="dao")
    async with opened(browser, url, cookies=cookies) as page:
        await page.get_by_label(text("duty.plan.who", "en")).select_option(label="dao")
        await page.get_by_role("button", name=text("duty.plan.do", "en"), exact=True).press("Enter")
        await expect(page.locator(".notice")).to_have_text(text("duty.notice.planned", "en"))
        await page.get_by_role("button", name=text("duty.remove.named", "en", name="dao", clock="08:00–16:00")).press(
            "Enter"
        )
        await expect(page.locator(".notice")).to_have_text(text("duty.notice.removed", "en"))
