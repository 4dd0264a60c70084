"""Matters in a real browser: from 360 px up, in Lao, Thai and English, without a fault for axe; done by a hand."""

import re

import pytest
from playwright.async_api import expect

from tests.console.browsing import axe_violations, chromium, fits, opened, picture
from tests.console.sent_matters import A, B, accepted, sent, step
from tests.console.signing_in import sign_in, viewer_of
from tests.console.test_referrals_behalf import _keep, _somebody, held
from thangdee.bot.simulator import serve
from thangdee.casework.referrals import facts, guardians, questions, steps, store
from thangdee.casework.referrals.guardians import Relation
from thangdee.casework.referrals.model import Field, Said, Speed
from thangdee.casework.staff.roles import Role
from thangdee.core.words import text
from thangdee.referral_directory.places import by_code

__all__ = ["held"]
FORGIVEN = ("Failed to load resource", "Failed to fetch", "EventSource", "ERR_")


async def _some(installation, me: str):
    """A board with a bit of everything; the child's matter is mine."""
    now, vault = installation.clock.now(), installation.vault
    late = await sent(installation, A, speed=Speed.URGENT)
    one = late.current.id
    await step(installation, late, "decline", lambda whole: steps.decline(whole, one, "full", now))
    await accepted(installation, await sent(installation, B))
    child = await sent(installation, A, age_band="12_17")
    await step(installation, child, "take_on", lambda whole: steps.take_on(whole, me, now))
    grown = await accepted(installation, await sent(installation, A))
    await step(installation, grown, "take_on", lambda whole: steps.take_on(whole, me, now))
    async with installation.database.write() as connection:
        words = {"text": "ລາວບອກວ່າຢູ່ໃນຮ້ານ"}
        await facts.note(connection, vault, child.id, Field.OWN_WORDS, words, Said.HELPER, now)
        await guardians.add(connection, vault, child.id, Relation.OTHER, "ໂທມາຂໍເອົາກັບ", me, now, is_unsafe=True)
        await questions.ask_staff(connection, vault, grown.current.id, "ມື້ໃດໄປຫາໄດ້?", "somebody", now)
    return child, grown


@pytest.mark.parametrize(("language", "size"), [("lo", "small"), ("th", "desktop")])
async def test_the_pages_of_matters_read_well_and_have_no_fault(staff_app, installation, language, size) -> None:
    cookies = await sign_in(installation, Role.COUNSELLOR, name="noy", language=language)
    child, grown = await _some(installation, (await viewer_of(installation, cookies)).staff_id)
    paths = {
        "board": "/referrals",
        "child": f"/referrals/{child.id}",
        "matter": f"/referrals/{grown.id}",
        "call": f"/referrals/{grown.id}/call/{grown.current.id}",
        "fill": f"/referrals/{child.id}/fill",
        "whom": f"/referrals/{child.id}/whom",
    }
    await installation.refresh_directory()
    async with (
        serve(staff_app) as url,
        chromium() as browser,
        opened(browser, url + "/referrals", size=size, cookies=cookies, forgiven=FORGIVEN) as page,
    ):
        for name, path in paths.items():
            await page.goto(url + path)
            await picture(page, f"referrals-{name}-{size}")
            assert await fits(page), name
            assert await axe_violations(page) == [], name


async def test_a_caseworker_writes_reads_out_and_takes_a_yes_by_hand(staff_app, installation, noy, held) -> None:
    await installation.refresh_directory()
    await _keep(installation, held)
    listing = _somebody(installation)
    site = installation.directory.by_id[listing].site
    async with (
        serve(staff_app) as url,
        chromium() as browser,
        opened(browser, f"{url}/chats/{held.id}/referrals", cookies=noy, forgiven=FORGIVEN) as page,
    ):
        await page.get_by_role("button", name=text("referrals.begin", "en")).click()
        await page.get_by_label(text("referrals.fill.herself", "en")).check()
        await page.locator("select[name=need]").select_option("shelter")
        await page.locator("select[name=age_band]").select_option("18_59")
        await page.locator("select[name=gender]").select_option("woman")
        await page.locator("input[name=place]").fill(by_code(site.place).full_name("en"))
        await page.locator("input[name=call_name]").fill("Noy")
        await page.get_by_role("button", name=text("referrals.fill.save_whom", "en")).click()
        await expect(page).to_have_url(re.compile("/whom$"))
        await page.locator("select[name=first]").select_option(listing)
        await page.get_by_role("button", name=text("referrals.whom.read_out", "en")).click()
        await expect(page.locator(".reading")).to_contain_text("Noy")
        assert await page.locator(".reading").get_attribute("lang") == "lo"
        await picture(page, "referrals-read-out")
        assert await axe_violations(page) == []
        await page.get_by_label(text("referrals.read_out.herself", "en")).check()
        await page.get_by_label(text("referrals.read_out.spoken", "en")).check()
        await page.locator("textarea[name=words]").fill("I know her voice")
        await page.get_by_role("button", name=text("referrals.read_out.yes", "en")).click()
        await expect(page.locator("p.notice.yes_heard")).to_have_text(text("referrals.notice.yes_heard", "en"))
    async with installation.database.read() as connection:
        [whole] = await store.matters_of(connection, held.id)

    assert whole.current.receiver.listing_id == listing
