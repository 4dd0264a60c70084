# ruff: noqa: INP001 - a script, not a package
"""Take the README's pictures from a running demo: `.venv/bin/python docs/screenshots.py [--url http://localhost:8000]`.

Needs the environment of `make test` (Playwright, Chromium) and, for the small pictures in the texts, the
package fonts-noto-color-emoji. The people are made up. Start the demo anew before, so that the queue is empty.
"""

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from thangdee.core.words import text

IMAGES = Path(__file__).parent / "images"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
PATIENCE_MS = 30_000
LAO = "ນາຍຈ້າງຍຶດໜັງສືຜ່ານແດນຂອງຂ້ອຍໄວ້ ຂ້ອຍຄວນເຮັດແນວໃດ"
THAI = "ลูกสาวไปทำงานแล้วติดต่อไม่ได้ มีคนขอเงินบอกว่าจะพาไปหา"
CRY = "ช่วยด้วย มีคนขังฉันไว้ในห้อง"


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description="Take the README's pictures from a running demo.")
    parser.add_argument("--url", default="http://localhost:8000")
    url = parser.parse_args().url
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is missing: apt-get install chromium")
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        picture_of_chat(browser, url, "lo", LAO, "chat-lo.png")
        picture_of_chat(browser, url, "th", THAI, "chat-th.png")
        picture_of_desk(browser, url)
        browser.close()


def picture_of_chat(browser: Browser, url: str, language: str, question: str, name: str) -> None:
    """Show one question and its answer at the size of a phone."""
    page = _open(browser, url, width=390, height=844, scale=2)
    _begin(page, language)
    _tap(page, text("buttons.yes", language))
    _ask(page, question)
    expect(page.locator(".message").last).to_contain_text(text("buttons.menu", language), timeout=PATIENCE_MS)
    page.screenshot(path=IMAGES / name)
    page.close()


def picture_of_desk(browser: Browser, url: str) -> None:
    """Show a cry for help on the phone and what staff see of the first chat."""
    page = _open(browser, url, width=1360, height=900, scale=1)
    _begin(page, "th")
    _ask(page, CRY)
    expect(page.locator(".message").last).to_contain_text(text("buttons.hide", "th"), timeout=PATIENCE_MS)
    desk = page.frame_locator("iframe")
    desk.locator("a", has_text="documents").first.click()
    expect(desk.locator("body")).to_contain_text(LAO, timeout=PATIENCE_MS)
    page.screenshot(path=IMAGES / "desk.png")
    page.close()


def _open(browser: Browser, url: str, *, width: int, height: int, scale: int) -> Page:
    page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
    page.goto(url)
    tabs = page.locator("[role=tab]")
    expect(tabs.first).to_be_visible()
    if page.locator("#start").is_hidden():  # the phone in view has talked already
        page.locator("[data-new=migrant]").click()
    expect(page.locator("#start")).to_be_visible()
    return page


def _begin(page: Page, language: str) -> None:
    page.locator("#start").click()
    _tap(page, text(f"buttons.language_{language}", language))
    expect(page.locator(".message").last).to_contain_text(text("buttons.yes", language), timeout=PATIENCE_MS)


def _ask(page: Page, words: str) -> None:
    page.get_by_label("Message", exact=True).fill(words)
    page.keyboard.press("Enter")
    expect(page.locator(".message.person").last).to_contain_text(words)


def _tap(page: Page, label: str) -> None:
    page.locator(".message.bot button", has_text=label).last.click(timeout=PATIENCE_MS)


if __name__ == "__main__":
    main()
