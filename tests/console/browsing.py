"""A real browser for tests of pages: Debian's Chromium, three sizes, axe; its complaints fail the test."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.console.signing_in import carry

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
# What a page must show shows at once; on a machine with much to do "at once" may take a while.
expect.set_options(timeout=20_000)
# Where to leave pictures of the pages for a person to look at; none unless asked for.
PICTURES = os.environ.get("THANGDEE_TEST_PICTURES")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "browser tests need Chromium: apt-get install chromium"
    async with async_playwright() as playwright:
        one = await playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        try:
            yield one
        finally:
            await one.close()


@asynccontextmanager
async def opened(
    browser: Browser,
    url: str,
    *,
    size: str = "phone",
    cookies: dict[str, str] | None = None,
    forgiven: tuple[str, ...] = (),
) -> AsyncIterator[Page]:
    """A page of its own at `url`. What the policy forbids, or a script's error, fails the test unless `forgiven`."""
    width, height = SIZES[size]
    context = await browser.new_context(viewport={"width": width, "height": height})
    if cookies:
        await carry(context, url, cookies)
    page, complaints = await context.new_page(), []
    page.on("console", lambda one: complaints.append(one.text) if one.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(url)
    try:
        yield page
    finally:
        await context.close()
    left = [one for one in complaints if not any(words in one for words in forgiven)]
    assert left == [], left


async def picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


async def axe_violations(page: Page) -> list[str]:
    await page.wait_for_load_state()  # a press may have led to a page of which only the head is there yet
    # Playwright evaluates this outside of the page's policy, which stays as strict as it is.
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("() => axe.run(document, {iframes: false})")
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]


async def fits(page: Page) -> bool:
    """Whether nothing sticks out at the side, once the letters are there: those that stand in for them are wider."""
    await page.wait_for_load_state()
    return await page.evaluate("document.fonts.ready.then(() => document.documentElement.scrollWidth <= innerWidth)")
