"""The sign-in page in a real browser, from 360 px, in three languages, by keyboard and without script."""

import pytest
from playwright.async_api import expect

from tests.console.browsing import axe_violations, chromium, fits, opened, picture
from tests.console.test_sign_in import PASSPHRASE, app_of, enrol
from thangdee.bot.simulator import serve
from thangdee.casework.staff import two_factor
from thangdee.casework.staff.roles import Role
from thangdee.core.words import text

# The browser says of the refused try, and of the bare page without an icon.
EXPECTED = ("status of 401", "status of 404")


@pytest.mark.parametrize("size", ["small", "desktop"])
async def test_sign_in_page_is_readable_and_accessible_in_every_language(installation, size) -> None:
    async with serve(app_of(installation, demo=True)) as url, chromium() as browser:
        address = f"{url}/sign-in?why=over&next=/audit"
        async with opened(browser, address, size=size) as page:
            for language in ("lo", "th", "en"):
                await page.locator(f".languages a[lang={language}]").click()
                await expect(page.locator("h1")).to_have_text(text("sign_in.title", language))
                await expect(page.locator("html")).to_have_attribute("lang", language)
                await picture(page, f"sign-in-{size}-{language}")
                assert await axe_violations(page) == []
                assert await fits(page)
            assert "next=%2Faudit" in page.url


async def test_signing_in_with_passphrase_and_code(installation) -> None:
    noy = await enrol(installation, "noy", Role.COUNSELLOR)
    async with serve(app_of(installation)) as url, chromium() as browser:
        address = f"{url}/account"
        async with opened(browser, address, size="small", forgiven=EXPECTED) as page:
            await page.get_by_label(text("sign_in.name", "en")).fill("Noy")
            await page.get_by_label(text("sign_in.passphrase", "en")).fill("not the one")
            await page.get_by_role("button", name=text("sign_in.show", "en")).click()
            assert await page.locator("#passphrase").get_attribute("type") == "text"
            await page.get_by_label(text("sign_in.code", "en")).fill("123456")
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("alert")).to_contain_text(text("sign_in.refused", "en").split("\n")[0])
            await expect(page.locator("#name")).to_have_value("Noy")
            await expect(page.locator("#passphrase")).to_have_value("")
            await picture(page, "sign-in-refused")
            assert await axe_violations(page) == []

            code = two_factor.code_at(noy["secret"], installation.clock.now())
            await page.locator("#passphrase").fill(PASSPHRASE)
            await page.locator("#code").fill(f"{code[:3]} {code[3:]}")
            await page.keyboard.press("Enter")
            await expect(page).to_have_url(f"{url}/account")
            await expect(page.locator("body")).to_contain_text("noy")


async def test_looking_around_in_the_demo_works_without_script(installation) -> None:
    async with serve(app_of(installation, demo=True)) as url, chromium() as browser:
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        await page.goto(f"{url}/sign-in?lang=lo")
        await expect(page.locator("#show")).to_be_hidden()
        await page.get_by_role("button", name=text("sign_in.as.tracer", "lo")).press("Enter")
        await expect(page.locator("body")).to_contain_text("Dao (sample)")
        await context.close()
