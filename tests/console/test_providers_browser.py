"""Receivers in a real browser: from 360 px up, in Lao and Thai letters, no fault for axe."""

import pytest

from tests.console.browsing import axe_violations, chromium, fits, opened, picture
from tests.console.receiver_worlds import an_office
from tests.console.route_worlds import World
from tests.console.signing_in import ORIGIN, gate_of, sign_in
from thangdee.bot.simulator import serve
from thangdee.casework.providers import channels
from thangdee.casework.providers.addresses import Kind
from thangdee.casework.staff.roles import Role
from thangdee.console.app import bare_app
from thangdee.console.notices_page import add_notices
from thangdee.console.providers import add_providers
from thangdee.console.shared import Console
from thangdee.core.words import text

MAIL = "desk@office.test"


@pytest.fixture
def app(installation):
    made = bare_app(gate_of(installation))
    here = (installation.database, installation.vault, installation.clock)
    console = Console(*here, about_answer=lambda _: None, origin=ORIGIN)
    add_providers(made, console, has_mail=True)
    add_notices(made, console)
    return made


@pytest.mark.parametrize(("language", "size"), [("lo", "small"), ("th", "desktop")])
async def test_a_way_is_written_down_tried_and_shown(app, installation, language, size) -> None:
    cookies = await sign_in(installation, Role.SUPERVISOR, language=language)
    office = (await an_office(World(installation)))["organisation"]
    async with installation.database.write() as connection:
        vault, now = installation.vault, installation.clock.now()
        for kind, address in ((Kind.PHONE, "021 000 000"), (Kind.LETTER, "ບ້ານ ຕົວຢ່າງ\nSample Town")):
            way, _ = await channels.add(connection, vault, office, kind, address, by="noy", now=now)
            await channels.confirm(connection, way.id, "kham", now)
    async with (
        serve(app) as url,
        chromium() as browser,
        opened(browser, url + "/providers", size=size, cookies=cookies) as page,
    ):
        await picture(page, f"receivers-{size}")
        assert await fits(page)
        assert await axe_violations(page) == []
        await page.goto(f"{url}/providers/{office}")
        await page.get_by_text(text("providers.add", language), exact=True).click()
        await page.get_by_label(text("providers.add.kind", language)).select_option("e_mail")
        await page.get_by_label(text("providers.add.address", language), exact=True).fill(MAIL)
        await page.get_by_role("button", name=text("providers.add.go", language)).click()
        await page.get_by_role("button", name=text("providers.way.test", language)).click()
        await page.get_by_label(text("providers.way.code", language), exact=True).wait_for()
        mail = page.get_by_role("listitem").filter(has_text=text("providers.kind.e_mail", language)).first
        await mail.get_by_role("button", name=text("providers.way.show", language)).click()
        await page.get_by_text(MAIL, exact=True).wait_for()

        await picture(page, f"receiver-{size}")
        assert await fits(page)
        assert await axe_violations(page) == []
