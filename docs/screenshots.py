# ruff: noqa: INP001 - a script, not a package
"""Take the README's pictures from a running demo: `.venv/bin/python docs/screenshots.py [--url http://localhost:8000]`.

Needs the environment of `make test` (Playwright, Chromium) and, for the small pictures in the texts, the
package fonts-noto-color-emoji. The people are made up. Start the demo anew before, so that the queue is empty.
"""

import argparse
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from thangdee.core.words import text

IMAGES = Path(__file__).parent / "images"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
PATIENCE_MS = 30_000
LAO = "ນາຍຈ້າງບໍ່ຈ່າຍຄ່າແຮງຂ້ອຍ 2 ເດືອນແລ້ວ ຂ້ອຍຄວນເຮັດແນວໃດ"
THAI = "ลูกสาวไปทำงานแล้วติดต่อไม่ได้ มีคนขอเงินบอกว่าจะพาไปหา"
CRY = "ช่วยด้วย มีคนขังฉันไว้ในห้อง"
# What a tracer has heard of the made-up mother: kinds of proof, and how each came.
HEARD = {"told_unasked": "voice", "family_book": "written", "village_confirms": "voice"}
REPLY = "ເອື້ອຍຢູ່ນີ້ແລ້ວ ບໍ່ຕ້ອງຟ້າວ ເຂົາຄ້າງຄ່າແຮງຈັກເດືອນແລ້ວ?"


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
        pictures_of_staff(browser, url)
        picture_of_comparison(browser, url)
        picture_of_shelter(browser, url)
        browser.close()


def picture_of_chat(browser: Browser, url: str, language: str, question: str, name: str) -> None:
    """Show one question and its whole answer, as wide as a phone and as high as that needs."""
    page = _open(browser, url, width=390, height=1180, scale=1.5)
    _begin(page, language)
    _tap(page, text("buttons.yes", language))
    _wait_for(page, text("menu.root.title", language))
    _ask(page, question)
    _wait_for(page, text("buttons.talk_to_person", language))
    page.evaluate("document.activeElement.blur()")
    page.locator("#chat").screenshot(path=IMAGES / name)
    page.close()


def pictures_of_staff(browser: Browser, url: str) -> None:
    """Show a counsellor with a chat in hand while a cry for help waits, the same on a phone, and other pages."""
    desk = _sign_in(browser, url, "counsellor", width=1360, height=940)
    desk.get_by_role("button", name=text("duty.start", "en")).click()
    phone = _open(browser, url, width=1360, height=940, scale=1)
    _begin(phone, "th")
    _ask(phone, CRY)
    _wait_for(phone, text("buttons.hide", "th"))
    phone.close()
    desk.locator(".queue .high a").first.click()
    _take(desk)
    desk.get_by_label(text("desk.reply", "en")).fill(REPLY)
    _shoot(desk, "desk.png")
    in_hand = _sign_in(browser, url, "counsellor", width=390, height=844, scale=1.5)
    in_hand.locator(".queue .immediate a").first.click()
    _take(in_hand)
    _shoot(in_hand, "desk-phone.png")
    for who, path in (("supervisor", "team"), ("counsellor", "directory")):
        page = _sign_in(browser, url, who, width=1360, height=940)
        page.goto(f"{url}/staff/{path}")
        expect(page.locator("main h1").first).to_be_visible()
        _shoot(page, f"{path}.png")
    desk.close()


def picture_of_comparison(browser: Browser, url: str) -> None:
    """Show how a tracer compares whom the made-up mother looks for with a made-up resident."""
    page = _sign_in(browser, url, "tracer", width=1360, height=940)
    page.goto(f"{url}/staff/enquiries")
    page.locator("main a[href*='/enquiries/']").first.click()
    expect(page.locator("main h1").first).to_be_visible()
    enquiry = page.url.partition("?")[0]
    if page.locator("form[action$='/take']").count():
        _press(page, enquiry, "form[action$='/take'] button")
    for number in range(page.locator("form[action$='/vet']").count()):
        _press(page, enquiry, "form[action$='/vet'] button[value=yes]", number)
    for kind, how in HEARD.items():
        form = page.locator("form[action$='/prove']", has=page.locator(f"input[name=kind][value={kind}]"))
        form.evaluate("form => { form.closest('details').open = true }")
        form.locator("[name=how]").select_option(how)
        form.locator("[name=words]").fill("(sample)")
        form.locator("button[value=yes]").click()
        page.goto(enquiry)
    if page.locator("form[action$='/open-search']").count():
        _press(page, enquiry, "form[action$='/open-search'] button")
    page.goto(f"{enquiry}/search")
    page.locator("main a[href*='/candidates/']").first.click()
    expect(page.locator("button[value=same]")).to_be_visible()
    _shoot(page, "comparison.png")
    page.close()


def picture_of_shelter(browser: Browser, url: str) -> None:
    """Show what an officer reads out before anybody is entered, on a phone."""
    page = _sign_in(browser, url, "shelter_officer", width=390, height=844, scale=1.5)
    page.goto(f"{url}/staff/shelter/enter")
    expect(page.locator("blockquote").first).to_be_visible()
    _shoot(page, "shelter-phone.png")
    page.close()


def _press(page: Page, then: str, selector: str, number: int = 0) -> None:
    page.locator(selector).nth(number).click()
    page.wait_for_load_state()
    page.goto(then)


def _sign_in(browser: Browser, url: str, who: str, *, width: int, height: int, scale: float = 1) -> Page:
    """Return the first page of a sample colleague."""
    page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
    page.goto(f"{url}/staff/sign-in?lang=en")
    page.locator(f'button[value="{who}"]').click()
    expect(page.locator("form[action$='/sign-out']")).to_be_visible()
    return page


def _take(desk: Page) -> None:
    desk.get_by_role("button", name=text("desk.take", "en")).click()
    expect(desk.locator(".holder")).to_have_text(text("desk.held.me", "en"), timeout=PATIENCE_MS)
    expect(desk.locator(".sending.waiting")).to_have_count(0, timeout=PATIENCE_MS)


def _shoot(page: Page, name: str) -> None:
    page.evaluate("document.fonts.ready")
    page.screenshot(path=IMAGES / name)


def _open(browser: Browser, url: str, *, width: int, height: int, scale: float) -> Page:
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
    _wait_for(page, text("buttons.yes", language))


def _ask(page: Page, words: str) -> None:
    page.get_by_label("Message", exact=True).fill(words)
    page.keyboard.press("Enter")
    expect(page.locator(".message.person").last).to_contain_text(words)


def _wait_for(page: Page, words: str) -> None:
    """Wait until the bot's newest message holds a text or a button of that name."""
    last = page.locator(".message").last
    expect(last).to_have_class(re.compile("bot"), timeout=PATIENCE_MS)
    expect(last).to_contain_text(words.partition("\n")[0], timeout=PATIENCE_MS)


def _tap(page: Page, label: str) -> None:
    page.locator(".message.bot button", has_text=label).last.click(timeout=PATIENCE_MS)


if __name__ == "__main__":
    main()
