"""Enquiries in a real browser: from 360 px up, in Lao and Thai, without a fault for axe; a search done by a hand."""

import pytest
from playwright.async_api import expect

from tests.casework.outcomes.made_up_residents import resident
from tests.casework.outcomes.searching import MOTHER, filed, opened, vetted
from tests.casework.outcomes.test_search_warnings import UNCLE
from tests.console.browsing import axe_violations, chromium, fits, picture
from tests.console.browsing import opened as opened_page
from tests.console.signing_in import sign_in, viewer_of
from thangdee.bot.simulator import serve
from thangdee.casework.chats import Chats
from thangdee.casework.enquiries import flags
from thangdee.casework.enquiries.model import Field, Flag
from thangdee.casework.outcomes import flagged, proofs, residents, searches
from thangdee.casework.outcomes.flagged import FlaggedKind
from thangdee.casework.outcomes.model import ProofKind, Shelter
from thangdee.casework.outcomes.search_rules import Heard
from thangdee.casework.staff.roles import Role
from thangdee.core.words import text
from thangdee.processes.console import StaffConsole

FORGIVEN = ("Failed to load resource", "Failed to fetch", "EventSource", "ERR_")
SPOKEN = {Field.COMPANIONS: {"text": "ໄປກັບ ສົມສັກ"}, Field.MARKS: {"media": "m1"}, Field.LEFT_WHEN: {"code": "2024"}}


@pytest.fixture
def staff_app(installation):
    return StaffConsole(installation, "https://desk.test").app


async def _some(installation, me: str) -> tuple[str, str, str, str]:
    """A board with a bit of everything; ids of one that is open, its candidate, one in its talk, one of nobody."""
    vault, now = installation.vault, installation.clock.now()
    async with installation.database.write() as connection:
        one = await filed(connection, vault, now, told={**MOTHER, **SPOKEN})
        await opened(connection, vault, one.id, me, now)
        talk = await filed(connection, vault, now, address=72, told=UNCLE)
        await vetted(connection, talk.id, me, now)
        rest = {"is_good": False}
        await proofs.prove(
            connection, vault, talk.id, ProofKind.PHOTO_TOGETHER, Heard.WRITTEN, "ຮູບຖືກຕັດ", me, now, **rest
        )
        nobody = await filed(connection, vault, now, address=73)
        whose = await Chats(connection, vault).get(one.chat_id)
        await flags.note(connection, vault, whose, Flag.FINDER, now, {"who": [{"text": "081-234-5678"}]})
        await flags.note(connection, vault, whose, Flag.CHILD_WRITES, now)
        await flagged.flag(connection, vault, FlaggedKind.NAME, "Somsak", "ຂາຍຂ່າວ ເອົາເງິນ 60.000 ບາດ", me, now)
        made = resident(installation.clock, marks="แผลเป็นที่เข่า", language="lo")
        her, _ = await residents.enter(connection, vault, Shelter.RANONG, made, "o", now)
        await residents.enter(
            connection, vault, Shelter.SONGKHLA, resident(installation.clock, family_name=None, village="ดอน"), "o", now
        )
        await searches.judge(connection, one.id, her, "unsure", me, now)
    return one.id, her, talk.id, nobody.id


@pytest.mark.parametrize(("language", "size"), [("lo", "small"), ("th", "desktop")])
async def test_the_pages_of_enquiries_read_well_and_have_no_fault(staff_app, installation, language, size) -> None:
    cookies = await sign_in(installation, Role.TRACER, name="noy", language=language)
    one, her, talk, nobody = await _some(installation, (await viewer_of(installation, cookies)).staff_id)
    paths = {
        "board": "/enquiries",
        "enquiry": f"/enquiries/{one}",
        "talk": f"/enquiries/{talk}",
        "nobody": f"/enquiries/{nobody}",
        "search": f"/enquiries/{one}/search",
        "candidate": f"/enquiries/{one}/candidates/{her}",
    }
    async with (
        serve(staff_app) as url,
        chromium() as browser,
        opened_page(browser, url + "/enquiries", size=size, cookies=cookies, forgiven=FORGIVEN) as page,
    ):
        for name, path in paths.items():
            await page.goto(url + path)
            for summary in await page.locator("details > summary").all():
                await summary.click()
            assert await fits(page), name
            assert await axe_violations(page) == [], name
            await picture(page, f"enquiries-{name}-{language}-{size}")


async def test_a_tracer_goes_from_the_board_to_a_comparison_by_hand(staff_app, installation) -> None:
    cookies = await sign_in(installation, Role.TRACER, name="noy")
    me = (await viewer_of(installation, cookies)).staff_id
    vault, now = installation.vault, installation.clock.now()
    async with installation.database.write() as connection:
        one = await filed(connection, vault, now)
        await residents.enter(connection, vault, Shelter.RANONG, resident(installation.clock), "o", now)
    async with (
        serve(staff_app) as url,
        chromium() as browser,
        opened_page(browser, url + "/enquiries", size="phone", cookies=cookies, forgiven=FORGIVEN) as page,
    ):
        await page.get_by_role("button", name=text("enquiries.take", "en")).click()
        await expect(page.locator("h1")).to_contain_text(one.code)
        await expect(page.get_by_text(text("enquiries.locked.not_vetted", "en"))).to_be_visible()
        for number in range(6):
            await page.locator("section[aria-labelledby=vetting] button[value=yes]").nth(number).click()
        for kind in list(ProofKind)[:3]:
            part = page.locator(f"article[aria-labelledby=proof-{kind}]")
            await part.locator("summary").click()
            await part.locator("textarea").fill("made up")
            await part.locator("button[value=yes]").click()
        await page.get_by_role("button", name=text("enquiries.search.open", "en")).click()
        await page.get_by_role("link", name=text("enquiries.to_search", "en")).first.click()
        await page.get_by_role("link", name=text("enquiries.candidate", "en", number="1")).click()
        await expect(page.locator("table")).to_contain_text("แก้ว")
        await page.get_by_role("button", name=text("enquiries.verdict.same", "en")).click()
        await expect(page.locator(".notice")).to_have_text(text("enquiries.notice.judged", "en"))
    assert me
