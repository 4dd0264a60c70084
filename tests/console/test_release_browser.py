"""Telling a family, and asking her, in a real browser: it fits, it reads well, and axe finds no fault."""

from contextlib import asynccontextmanager

import pytest

from tests.casework.outcomes import release_worlds as made
from tests.console.browsing import axe_violations, chromium, fits, opened, picture
from tests.console.signing_in import sign_in
from thangdee.bot.simulator import serve
from thangdee.casework.outcomes import counts, given, releases
from thangdee.casework.staff.tables import staff

FORGIVEN = ("Failed to load resource", "Failed to fetch", "EventSource", "ERR_")


async def _some(installation, clock):
    """A child's release that waits for a second who decides, an approved one, a question, a message to offer."""
    now, vault = clock.now(), installation.vault
    child = await made.a_world(installation.database, vault, now, age="15", number=8)
    await made.wished(child, now)
    waits = await made.requested(child, now)
    world = await made.a_world(installation.database, vault, now)
    await made.wished(world, now)
    approved = await made.requested(world, now)
    await made.approved(world, approved, now)
    third = await made.a_world(installation.database, vault, now, number=9)
    question = await made.asked(third, now, relation="parent", told="ແມ່ຄິດຮອດລູກ ງົວເກີດລູກແລ້ວ")
    async with world.write() as connection:
        reasons = "ລາວຢາກລົມກັບແມ່ ແລະ ບ້ານລາວປອດໄພ"
        await releases.decide(connection, vault, waits, world.people["mai"], reasons, now, is_yes=True)
        where = (world.enquiry.id, world.message_id, world.resident_id, world.id_of("noy"), now)
        await given.pass_on(connection, vault, *where)
        for what, number in ((counts.FILED, 23), (counts.SEARCHED, 11), (counts.TOLD, 2)):
            for _ in range(number):
                await counts.note(connection, what, now)
    return {
        "dao": {"list": "/releases", "child": f"/releases/{waits}", "counts": "/enquiry-counts"},
        "noy": {"approved": f"/releases/{approved}", "part": f"/enquiries/{world.enquiry.id}"},
        "officer": {
            "wishes": "/shelter/wishes", "wish": f"/shelter/wishes/{question}",
            "message": f"/shelter/messages/{world.message_id}", "gone": "/shelter/wishes/none",
        },
    }  # fmt: skip


@asynccontextmanager
async def _as(browser, installation, url, name, language, size):
    cookies = await sign_in(installation, name=name)
    async with installation.database.write() as connection:
        await connection.execute(staff.update().values(language=language))
    async with opened(browser, url + "/account", size=size, cookies=cookies, forgiven=FORGIVEN) as page:
        yield page


@pytest.mark.parametrize(("language", "size"), [("lo", "small"), ("th", "desktop"), ("th", "phone")])
async def test_the_pages_of_releases_read_well_and_have_no_fault(
    staff_app, installation, clock, language, size
) -> None:
    paths = await _some(installation, clock)
    async with serve(staff_app) as url, chromium() as browser:
        for name, theirs in paths.items():
            async with _as(browser, installation, url, name, language, size) as page:
                for what, path in theirs.items():
                    await page.goto(url + path)
                    await picture(page, f"release-{what}-{language}-{size}")
                    assert await fits(page), what
                    assert await axe_violations(page) == [], what
