"""Court and compensation on the page of a matter: who cares for it writes, the warning stands there, told before closed."""

from html import escape

import pytest

from tests.console import court_worlds
from tests.console.browsing import SIZES, axe_violations, chromium, fits, opened, picture
from tests.console.route_worlds import World
from tests.console.signing_in import ORIGIN, client, sign_in
from thangdee.bot.simulator import serve
from thangdee.casework import court
from thangdee.casework.staff.roles import Role
from thangdee.core.words import text
from thangdee.processes.console import StaffConsole


@pytest.fixture
def app(installation):
    return StaffConsole(installation, ORIGIN).app


async def _world(installation) -> World:
    world = World(installation)
    await world.enter(Role.COUNSELLOR)
    return world


async def _file(world: World, matter_id: str):
    async with world.installation.database.read() as connection:
        return await court.file_of(connection, matter_id)


async def test_who_cares_for_the_matter_writes_and_reads_and_closes_once_told(app, installation) -> None:
    world = await _world(installation)
    given = await court_worlds.a_case(world)
    path = f"/referrals/{given['matter']}"
    async with client(app, world.cookies) as browser:
        await browser.post(f"{path}/court/money", data=given)
        page = await browser.get(path)
        too_early = await browser.post(f"{path}/court/close")
        await browser.post(f"{path}/court/told")
        closed = await browser.post(f"{path}/court/close")

    assert escape(text("court.page.warning", "en"), quote=False).replace("'", "&#39;") in page.text
    assert "1,000" in page.text
    assert text("court.page.no_payment", "en") in page.text
    assert "not_told" in too_early.headers["location"]
    assert "closed" in closed.headers["location"]
    assert (await _file(world, given["matter"])).status.closed_at is not None


async def test_what_cannot_be_is_refused_and_said_why(app, installation) -> None:
    world = await _world(installation)
    given = await court_worlds.a_case(world)
    path = f"/referrals/{given['matter']}/court"
    async with client(app, world.cookies) as browser:
        refused = [
            await browser.post(path, data=given | {"stage": "paid"}),
            await browser.post(f"{path}/money", data=given | {"amount": "some"}),
            await browser.post(f"{path}/money", data=given | {"kind": "paid"}),
        ]

    codes = [answer.headers["location"].rpartition("notice=")[2].partition("#")[0] for answer in refused]
    assert [code.rpartition(".")[2] for code in codes] == ["nothing_paid", "no_amount", "no_day"]
    assert (await _file(world, given["matter"])).money == ()


async def test_others_neither_read_nor_write_it(app, installation) -> None:
    world = await _world(installation)
    given = await court_worlds.a_payment(world)
    async with client(app, await sign_in(installation, Role.COUNSELLOR)) as browser:
        page = await browser.get(f"/referrals/{given['matter']}")
        answer = await browser.post(f"/referrals/{given['matter']}/court", data=given)

    assert "court-title" not in page.text
    assert "not_yours" in answer.headers["location"]
    assert len((await _file(world, given["matter"])).history) == 1


async def test_the_part_is_readable_for_everybody_on_a_phone_and_on_a_desk(installation) -> None:
    world = await _world(installation)
    given = await court_worlds.a_payment(world)
    async with installation.database.write() as connection:
        await court.note_pressure(connection, world.vault, given["matter"], world.now)
    async with chromium() as browser, serve(StaffConsole(installation, ORIGIN).app) as url:
        for size in SIZES:
            async with opened(browser, f"{url}/referrals/{given['matter']}", size=size, cookies=world.cookies) as page:
                for closed in await page.locator("#court details").all():
                    await closed.locator("summary").click()
                assert await fits(page), size
                assert [one for one in await axe_violations(page) if "court" in one or "money" in one] == []
                await picture(page, f"court-{size}")
