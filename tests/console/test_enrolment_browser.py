"""From the link to a passkey in a real browser with a virtual authenticator: 360 px, three languages, axe."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from tests.console.browsing import axe_violations, chromium, fits, opened, picture
from tests.console.signing_in import sign_in
from tests.console.test_staff_pages import PASSPHRASE, app_of, code_of, invite
from thangdee.bot.simulator import serve
from thangdee.casework.staff import accounts, two_factor
from thangdee.casework.staff.roles import Role
from thangdee.core.words import text
from thangdee.processes.rasa import free_port


async def _give_authenticator(page: Page) -> None:
    """A phone's own passkeys: kept in the device, opened by a finger that is always right."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = kind | {"isUserVerified": True, "automaticPresenceSimulation": True}
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


async def _look(page: Page, name: str) -> None:
    await picture(page, name)
    assert await axe_violations(page) == []
    assert await fits(page)


@pytest.mark.parametrize("language", ["lo", "th"])
async def test_enrolling_signing_in_with_a_code_and_with_a_passkey(installation, clock, language) -> None:
    port = free_port()
    url = f"http://localhost:{port}"  # passkeys are bound to a name, never to a number
    path = await invite(installation, "mali", Role.SUPERVISOR, language=language)
    async with (
        serve(app_of(installation, url), port=port),
        chromium() as browser,
        opened(browser, url + path, size="small", forgiven=("status of 404",)) as page,
    ):
        await _give_authenticator(page)
        await _enrol(page, installation, path, language)
        await _add_passkey(page, language)
        await _sign_out(page, language)
        await _sign_in_with_code(page, installation, clock, language)
        await _sign_out(page, language)
        await page.goto(f"{url}/account")
        await page.locator(f".languages a[lang={language}]").click()
        await page.get_by_role("button", name=text("passkey.sign_in", language)).click()
        await expect(page.locator("h1")).to_have_text(text("account.title", language))
        await expect(page.locator(".must")).to_have_count(0)


async def _enrol(page: Page, installation, path: str, language: str) -> None:
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await _look(page, f"welcome-{language}")
    await page.locator("#passphrase").fill("too short")
    await page.get_by_role("button", name=text("passphrase.show", language)).click()
    assert await page.locator("#passphrase").get_attribute("type") == "text"
    await page.get_by_role("button", name=text("welcome.next", language)).click()
    await expect(page.get_by_role("status")).to_have_text(text("passphrase.notice.short_passphrase", language))
    await page.locator("#passphrase").fill(PASSPHRASE)
    await page.get_by_role("button", name=text("welcome.next", language)).click()
    await expect(page.locator("img.qr")).to_be_visible()
    await page.wait_for_load_state()  # with its pictures
    assert await page.locator("img.qr").evaluate("one => one.complete && one.naturalWidth > 100")
    assert (await page.locator("a[href^='otpauth:']").get_attribute("href")).startswith("otpauth://totp/Thangdee:mali")
    await _look(page, f"welcome-code-{language}")
    await page.locator("#code").fill(code_of(installation, path))
    await page.get_by_role("button", name=text("welcome.finish", language)).click()


async def _add_passkey(page: Page, language: str) -> None:
    await expect(page.locator(".must").first).to_have_text(text("passkey.needed", language))
    await _look(page, f"account-first-{language}")
    await page.locator("#label").fill("ໂທລະສັບ" if language == "lo" else "โทรศัพท์")
    await page.get_by_role("button", name=text("passkey.add", language)).click()
    await expect(page.locator(".notice")).to_have_text(text("passkey.notice.added", language))
    await _look(page, f"account-{language}")


async def _sign_out(page: Page, language: str) -> None:
    await page.get_by_role("button", name=text("console.sign_out", language), exact=True).click()
    await expect(page.locator("h1")).to_have_text(text("sign_in.title", language))


async def _sign_in_with_code(page: Page, installation, clock, language: str) -> None:
    """The code opens only the own account; the passkey shown there opens the rest."""
    clock.advance(timedelta(seconds=30))  # each code serves once
    async with installation.database.read() as connection:
        mali = await accounts.by_name(connection, "mali")
        secret = await two_factor.secret_of(connection, installation.vault, mali.id)
    await page.locator("#name").fill("mali")
    await page.locator("#passphrase").fill(PASSPHRASE)
    await page.locator("#code").fill(two_factor.code_at(secret, clock.now()))
    await page.get_by_role("button", name=text("sign_in.enter", language), exact=True).click()
    await expect(page.locator(".must").first).to_have_text(text("passkey.show_first", language))
    await page.get_by_role("link", name=text("account.confirm", language)).click()
    await _look(page, f"confirm-{language}")
    await page.get_by_role("button", name=text("confirm.with_passkey", language)).click()
    await expect(page.locator("h1")).to_have_text(text("account.title", language))
    await expect(page.locator(".must")).to_have_count(0)


@pytest.mark.parametrize("language", ["lo", "th"])
async def test_an_administrator_takes_somebody_on_from_a_phone(installation, language) -> None:
    cookies = await sign_in(installation, Role.ADMINISTRATOR, name="mali", language=language)
    async with (
        serve(app_of(installation)) as url,
        chromium() as browser,
        opened(browser, f"{url}/staff", size="small", cookies=cookies) as page,
    ):
        await page.get_by_text(text("colleagues.add", language)).click()
        await page.locator("#name").fill("noy")
        await page.locator("details.add").get_by_label(text("roles.tracer", language)).check()
        await _look(page, f"staff-add-{language}")
        await page.get_by_role("button", name=text("colleagues.make_link", language)).click()
        await expect(page.locator("#link")).to_have_value(re.compile("/welcome/.{43}$"))
        await page.locator(".colleagues-list summary").last.click()
        await _look(page, f"staff-{language}")


async def test_a_browser_that_is_asked_and_refuses_says_so_and_asks_again(installation) -> None:
    port = free_port()
    url = f"http://localhost:{port}"
    cookies = await sign_in(installation, Role.COUNSELLOR, name="noy")
    async with (
        serve(app_of(installation, url), port=port),
        chromium() as browser,
        opened(browser, f"{url}/account", size="desktop", cookies=cookies) as page,
    ):
        await page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new DOMException('no')) }")
        await page.get_by_role("button", name=text("passkey.add", "en")).click()
        await expect(page.get_by_text(text("passkey.cancelled", "en"))).to_be_visible()
        await expect(page.get_by_role("button", name=text("passkey.add", "en"))).to_be_enabled()
        await _look(page, "account-desktop")
