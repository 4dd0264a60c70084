"""The phone page in a real browser, at phone and desktop size, with a bot that answers by fixed rules."""

import shutil
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from thangdee.bot.simulator import create_app, serve
from thangdee.bot.simulator.sample_media import plain_picture

AXE = Path(__file__).parents[2] / "vendor" / "axe.min.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
SIZES = {"small": (360, 640), "phone": (390, 844), "desktop": (1280, 800)}
LAO = "ນາຍຈ້າງຍຶດໜັງສືຜ່ານແດນຂອງຂ້ອຍ"
THAI = "ลูกสาวไปทำงานแล้วติดต่อไม่ได้"


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
    """Opens the page at a size; complaints of the browser (policy, script errors) fail the test."""
    complaints = []

    def note(message):
        # A refused act (409) is expected where a phone has blocked the bot.
        if message.type in {"error", "warning"} and "status of 409" not in message.text:
            complaints.append(message.text)

    async def opened(size):
        width, height = SIZES[size]
        page = await browser.new_page(viewport={"width": width, "height": height})
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(url)
        await expect(page.locator("[role=tab]").first).to_be_visible()
        return page

    yield opened
    assert complaints == []


async def axe_violations(page):
    # Playwright evaluates this outside of the page's policy, which stays as strict as it is.
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("() => axe.run(document, {iframes: false})")
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]


async def reply(page, text):
    await expect(page.locator(".message.bot .words", has_text=text).last).to_be_visible()


async def tap(page, label):
    await page.get_by_role("button", name=label, exact=True).last.click()


@pytest.mark.parametrize("size", SIZES)
async def test_whole_chat_works_at_every_size(open_page, answering, fake, size):
    page = await open_page(size)
    await tap(page, "ເລີ່ມ · เริ่ม · Start")
    await tap(page, "ລາວ")
    await reply(page, "ກ່ອນໄປເຮັດວຽກ")

    await page.get_by_label("Message", exact=True).fill(LAO)
    await page.keyboard.press("Enter")
    await reply(page, f"{LAO} ✓")
    await page.get_by_label("Message", exact=True).fill(THAI)
    await page.get_by_role("button", name="Send", exact=True).click()
    await reply(page, f"{THAI} ✓")
    await tap(page, "ດ່ວນ · ด่วน")
    await reply(page, "ດ່ວນ · ด่วน ✓")

    (phone,) = fake.phones.values()
    assert {LAO, THAI, "ດ່ວນ · ด่วน"} <= set(phone.screen().texts)
    assert await page.locator(".message .words[lang=lo]").count() > 1
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await axe_violations(page) == []


@pytest.mark.parametrize("size", ["small", "desktop"])
async def test_voice_photo_and_place_are_sent(open_page, answering, size):
    page = await open_page(size)
    await tap(page, "ເລີ່ມ · เริ่ม · Start")
    attach = page.locator("#attach")
    await attach.click()
    assert await axe_violations(page) == []
    await tap(page, "Sample voice")
    await reply(page, "voice 2 OggS")
    await page.locator("#photo").set_input_files(
        files=[{"name": "sample.png", "mimeType": "image/png", "buffer": plain_picture(2000, 900)}],
    )
    await reply(page, "photo ffd8ff")
    await expect(page.get_by_role("img", name="Photo")).to_be_visible()
    await attach.click()
    await tap(page, "Nong Khai")
    await reply(page, "place 17.88 102.74")
    await attach.click()
    await page.get_by_label("Latitude").fill("14.5")
    await page.get_by_label("Longitude").fill("103.25")
    await tap(page, "Send place")
    await reply(page, "place 14.50 103.25")


async def test_recorded_voice_arrives_as_ogg(open_page, answering):
    page = await open_page("phone")
    await tap(page, "ເລີ່ມ · เริ่ม · Start")
    await page.get_by_role("button", name="Record a voice note").click()
    await expect(page.locator("#recorded")).to_have_text("0:01")
    assert await axe_violations(page) == []
    await page.get_by_role("button", name="Send voice note").click()
    await reply(page, "OggS")


async def test_second_phone_has_its_own_chat_and_shows_what_is_new(open_page, answering, fake, bot):
    page = await open_page("desktop")
    await tap(page, "ເລີ່ມ · เริ่ม · Start")
    await reply(page, "ເລືອກພາສາ")
    await page.get_by_role("button", name="phone family").click()
    await expect(page.get_by_role("tab")).to_have_count(2)
    await expect(page.locator(".message")).to_have_count(0)

    first = next(iter(fake.phones.values()))
    await bot.send_message(first.chat_id, "ຂ່າວໃໝ່")
    await expect(page.locator(".unread")).to_have_count(1)
    assert await axe_violations(page) == []
    await page.get_by_role("tab").nth(1).press("ArrowLeft")
    await reply(page, "ຂ່າວໃໝ່")
    await expect(page.locator(".unread")).to_have_count(0)


async def test_markup_of_a_bot_or_person_stays_text(open_page, answering, bot, fake):
    page = await open_page("phone")
    await tap(page, "ເລີ່ມ · เริ่ม · Start")
    await page.get_by_label("Message", exact=True).fill("<img src=x onerror=alert(1)>")
    await page.keyboard.press("Enter")
    await reply(page, "<img src=x onerror=alert(1)> ✓")
    assert await page.locator(".log img").count() == 0


async def test_own_message_can_be_changed_and_deleted_ones_go(open_page, answering, bot, fake):
    page = await open_page("phone")
    await tap(page, "ເລີ່ມ · เริ่ม · Start")
    await reply(page, "ເລືອກພາສາ")
    await page.get_by_role("button", name="Change this message").first.click()
    await page.get_by_label("Message", exact=True).fill("ໃໝ່")
    await page.keyboard.press("Enter")
    (phone,) = fake.phones.values()
    await expect(page.locator(".message.person .words")).to_have_text("ໃໝ່")

    await bot.delete_messages(phone.chat_id, [one.message_id for one in phone.screen().messages])
    await expect(page.locator(".message")).to_have_count(0)


async def test_page_catches_up_after_a_lost_connection_without_doubling(browser, fake, phone):
    async with serve(create_app(fake)) as url:
        page = await browser.new_page()
        await page.goto(url)
        await expect(page.locator(".message")).to_have_count(1)
    for number in range(3):
        phone.text(str(number))
    async with serve(create_app(fake), port=int(url.rpartition(":")[2])):
        await expect(page.locator(".message")).to_have_count(4)
        phone.text("3")
        await expect(page.locator(".message.person .words")).to_have_text(["/start", "0", "1", "2", "3"])


async def test_staff_region_is_beside_or_behind_a_tab(open_page):
    wide = await open_page("desktop")
    await expect(wide.locator("iframe[title='What staff see']")).to_be_visible()
    narrow = await open_page("small")
    await expect(narrow.locator("iframe")).to_be_hidden()
    await narrow.get_by_role("button", name="What staff see").click()
    await expect(narrow.locator("iframe")).to_be_visible()
    await expect(narrow.locator("#chat")).to_be_hidden()


async def test_banner_says_in_three_languages_that_this_is_a_trial(open_page):
    page = await open_page("small")
    for language in ("lo", "th", "en"):
        await expect(page.locator(f"#banner [lang={language}]")).to_be_visible()


async def test_blocked_phone_says_so(open_page, answering):
    page = await open_page("phone")
    await tap(page, "ເລີ່ມ · เริ่ม · Start")
    await reply(page, "ເລືອກພາສາ")
    await tap(page, "Block")
    await expect(page.get_by_role("button", name="Unblock")).to_be_visible()
    await tap(page, "ລາວ")
    await expect(page.get_by_role("status")).to_have_text("this person has blocked the bot")
