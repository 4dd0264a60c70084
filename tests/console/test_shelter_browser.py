"""The officers' pages in a real browser: on a phone and on a desk, in Thai, readable for everybody."""

import pytest

from tests.console.browsing import axe_violations, chromium, fits, opened, picture
from tests.console.route_worlds import World
from tests.console.shelter_worlds import CSV, entry, my_wanted, officer
from tests.console.signing_in import ORIGIN, sign_in, viewer_of
from thangdee.bot.simulator import serve
from thangdee.casework.outcomes import officers
from thangdee.casework.outcomes.model import Shelter
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Role
from thangdee.core.words import text
from thangdee.processes.console import StaffConsole

BAD = "".join(f"Bua{number},,16-17,Bokeo,yes\n" for number in range(3))


@pytest.fixture
async def world(installation) -> World:
    made = World(installation)
    await made.enter(Role.SHELTER_OFFICER)
    async with made.write() as connection:
        await accounts.rename(connection, made.me, shown_name="สมใจ", language="th")
    return made


async def look(page, name: str, size: str) -> None:
    for one in await page.locator("main details").all():
        if not await one.evaluate("one => one.open"):
            await one.locator("summary").click()
    assert await fits(page), (size, name)
    assert await axe_violations(page) == [], (size, name)
    await picture(page, f"shelter-{name}-{size}")


@pytest.mark.parametrize("size", ["phone", "desktop"])
async def test_an_officer_enters_one_and_opens_her_entry_again(world, size: str) -> None:
    await officer(world)
    async with (
        chromium() as browser,
        serve(StaffConsole(world.installation, ORIGIN).app) as url,
        opened(browser, f"{url}/shelter", size=size, cookies=world.cookies) as page,
    ):
        await look(page, "home", size)
        await page.get_by_role("link", name=text("shelter.home.enter", "th")).click()
        await page.get_by_label(text("shelter.yes.yes", "th")).check()
        await page.get_by_label(text("shelter.how.spoken", "th")).check()
        await page.get_by_label(text("shelter.field.not_found_by", "th")).fill("ลุง")
        await look(page, "consent", size)
        await page.get_by_role("button", name=text("shelter.next", "th")).click()
        await page.get_by_label(text("shelter.field.nickname", "th"), exact=True).fill("แก้ว")
        await page.get_by_role("button", name=text("shelter.who.store", "th")).click()
        await look(page, "who-unclear", size)
        await page.get_by_label(text("shelter.field.birth_year_or_age", "th")).fill("๒๕๔๕")
        await page.get_by_role("button", name=text("shelter.who.store", "th")).click()
        code = await page.locator(".big-code").inner_text()
        await look(page, "slip", size)
        await page.goto(f"{url}/shelter/code")
        await page.get_by_label(text("shelter.code.label", "th")).fill(code.lower())
        await look(page, "code", size)
        await page.get_by_role("button", name=text("shelter.code.open", "th")).click()
        assert await page.get_by_text("แก้ว").first.is_visible()
        await look(page, "entry", size)


@pytest.mark.parametrize("size", ["phone", "desktop"])
async def test_a_file_stays_chosen_from_the_look_through_to_the_storing(world, size: str) -> None:
    await officer(world)
    async with (
        chromium() as browser,
        serve(StaffConsole(world.installation, ORIGIN).app) as url,
        opened(browser, f"{url}/shelter/import", size=size, cookies=world.cookies) as page,
    ):
        await page.get_by_label(text("shelter.how.signed", "th")).check()
        sent = {
            "name": "r.csv",
            "mimeType": "text/csv",
            "buffer": ("หมายเหตุ," + (CSV + BAD).replace("\n", "\nx,")).encode(),
        }
        await page.get_by_label(text("shelter.import.file", "th"), exact=True).set_input_files(sent)
        await page.get_by_role("button", name=text("shelter.import.check", "th")).click()
        await page.get_by_text(text("shelter.import.bad_rows", "th")).wait_for()
        await look(page, "import", size)
        await page.get_by_role("button", name=text("shelter.import.store", "th").format(count=1)).click()
        await page.locator(".codes").or_(page.locator(".big-code")).wait_for()
        await look(page, "codes", size)


@pytest.mark.parametrize("size", ["phone", "desktop"])
async def test_staff_see_officers_and_families_wanted(world, size: str) -> None:
    await entry(world)
    async with world.write() as connection:
        await officers.add(connection, world.vault, world.me, Shelter.SONGKHLA, "supervisor", world.now)
    cookies = await sign_in(world.installation, Role.SUPERVISOR, name="mali", language="th")
    world.me = (await viewer_of(world.installation, cookies)).staff_id
    given = await my_wanted(world)
    async with chromium() as browser, serve(StaffConsole(world.installation, ORIGIN).app) as url:
        paths = {
            "officers": "/officers",
            "wanted-list": "/family-wanted",
            "wanted": f"/family-wanted/{given['wanted']}",
        }
        for name, path in paths.items():
            async with opened(browser, f"{url}{path}", size=size, cookies=cookies) as page:
                await look(page, name, size)
