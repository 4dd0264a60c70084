"""A file is looked through first and stored when it comes a second time, the same; it is never kept."""

import html
import re
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.console.route_worlds import World
from tests.console.shelter_worlds import CANARY, CSV, THERE, officer
from tests.console.signing_in import ORIGIN, client
from thangdee.casework.outcomes.tables import resident
from thangdee.casework.staff.roles import Role
from thangdee.core.audit import audit_detail
from thangdee.core.words import text
from thangdee.processes.console import StaffConsole

CODE = re.compile(r"[2-9A-Z]{5}-[2-9A-Z]{5}")


@pytest.fixture
async def world(installation) -> World:
    made = World(installation)
    await made.enter(Role.SHELTER_OFFICER)
    return made


@pytest.fixture
def app(installation):
    return StaffConsole(installation, ORIGIN).app


def mark_in(page: str) -> str:
    return re.search(r'name="mark" value="(\w+)"', page)[1]


async def send(browser, path: str, given: dict, content: str | bytes = CSV, **headers):
    sent = {"file": ("register.csv", content if isinstance(content, bytes) else content.encode(), "text/csv")}
    return await browser.post(path, data=given, files=sent, headers=headers)


async def stored(world: World) -> list[str]:
    async with world.installation.database.read() as connection:
        return list((await connection.execute(select(resident.c.id))).scalars())


async def test_a_file_is_looked_through_then_stored_with_codes_by_row_and_no_names(app, world) -> None:
    given = await officer(world)
    async with client(app, world.cookies) as browser:
        page = await send(browser, "/shelter/import/check", given)
        assert await stored(world) == []
        part = await send(browser, "/shelter/import/check", given, **{"hx-request": "true"})
        done = await send(browser, "/shelter/import", given | {"mark": mark_in(page.text)})
        again = await send(browser, "/shelter/import", given | {"mark": mark_in(page.text)})

    assert text("shelter.import.good", "en").format(count=1) in page.text
    assert text("shelter.import.no_yes", "en").format(count=1) in page.text
    assert f"name</span>: {text('shelter.why.no_name', 'en')}" in page.text  # row 4 has none
    assert "<html" in page.text
    assert "<html" not in part.text
    assert not any(CANARY in one.text for one in (page, part, done))
    assert len(await stored(world)) == len(set(CODE.findall(done.text))) == 1
    assert '<th scope="row">2</th>' in done.text
    assert "already_entered" in again.headers["location"]
    async with world.installation.database.read() as connection:
        facts = select(audit_detail.c.facts).where(audit_detail.c.action == "resident:import")
        [written] = (await connection.execute(facts)).scalars()
    assert '"stored": 1' in written.replace('":', '": ').replace("  ", " ")


async def test_only_what_was_looked_through_is_stored(app, world) -> None:
    given = await officer(world)
    async with client(app, world.cookies) as browser:
        mark = mark_in((await send(browser, "/shelter/import/check", given)).text)
        others = [
            await send(browser, "/shelter/import", given | {"mark": mark}, CSV + "Bua,,20,,yes\n"),
            await send(browser, "/shelter/import", given | {"mark": mark, "asked_by": "somebody else"}),
            await send(browser, "/shelter/import", given | {"mark": "ก"}),
            await browser.post("/shelter/import", data=given | {"mark": mark}),
            await send(browser, "/shelter/import", given | {"mark": mark, "shelter": THERE.value}),
        ]

    assert await stored(world) == []
    assert all(CODE.search(one.text) is None for one in others)


async def test_what_is_wrong_with_a_whole_file_is_said_in_the_officers_language(app, world) -> None:
    given = await officer(world)
    async with client(app, world.cookies) as browser:
        unread = await send(browser, "/shelter/import/check", given, "name,age,province\nKeo,20,Bokeo\n")
        broken = await send(browser, "/shelter/import/check", given, b"PK\x03\x04 nothing")

    assert html.escape(text("shelter.import.unfit.no_consent_column", "en")) in unread.text
    assert html.escape(text("shelter.import.unfit.not_a_sheet", "en")) in broken.text


async def test_a_large_file_touches_no_disk_on_its_way_in(app, world, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there is no such folder"))
    given = await officer(world)
    async with client(app, world.cookies) as browser:
        page = await send(browser, "/shelter/import/check", given, CSV + "x" * 1_900_000)

    assert page.status_code == 200
