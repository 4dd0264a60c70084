"""Pages about enquiries and residents against odd forms, wrong ways in, and who sees too much (R16, R20b, R31, R37)."""

import re

import pytest
from sqlalchemy import insert, select

from tests.casework.outcomes import release_worlds as made
from tests.casework.outcomes.release_worlds import FOR_US
from tests.console.route_worlds import World
from tests.console.shelter_worlds import officer
from tests.console.signing_in import ORIGIN, client, sign_in
from thangdee.casework.outcomes import releases
from thangdee.casework.outcomes.tables import resident
from thangdee.casework.staff.roles import Role
from thangdee.core.audit import audit
from thangdee.core.words import text
from thangdee.processes.console import StaffConsole
from thangdee.processes.wiring import Installation

WHERE = text("release.shelter.kredtakarn", "lo")
ODD = ("none", "%00", "a" * 900, "%ed%a0%80", "..%2f..", "'")


@pytest.fixture
def app(installation):
    return StaffConsole(installation, ORIGIN).app


@pytest.fixture
async def world(installation, clock):
    there = await made.a_world(installation.database, installation.vault, clock.now())
    for name in ("noy", "lek", "dao", "officer"):
        there.people[f"{name} cookies"] = await sign_in(installation, name=name)
    return there


def as_(app, world, name: str):
    return client(app, world.people[f"{name} cookies"])


async def test_where_she_is_nobody_learns_before_two_have_approved(app, world, clock) -> None:
    now = clock.now()
    await made.wished(world, now)
    release_id = await made.requested(world, now)
    path = f"/releases/{release_id}"
    async with as_(app, world, "noy") as noy:
        before = [(await noy.get(one)).text for one in (path, f"/enquiries/{world.enquiry.id}")]
    await made.approved(world, release_id, now)
    async with as_(app, world, "noy") as noy:
        after = (await noy.get(path)).text

    assert [WHERE in one for one in before] == [False, False]
    assert WHERE in after


async def test_of_a_release_that_is_over_neither_her_words_nor_where_she_is_are_shown(app, world, clock) -> None:
    now = clock.now()
    await made.wished(world, now)
    release_id = await made.requested(world, now)
    async with world.write() as connection:
        await releases.refuse(connection, world.vault, release_id, world.id_of("dao"), now)
    async with as_(app, world, "lek") as lek:
        page = await lek.get(f"/releases/{release_id}")

    assert page.status_code == 200
    assert (WHERE in page.text, FOR_US in page.text) == (False, False)


async def test_who_tries_codes_to_change_a_mind_is_written_down_and_a_known_code_does_not_help(
    app, world, clock
) -> None:
    await made.wished(world, clock.now())
    async with as_(app, world, "officer") as browser:
        for code in ("AAAAA-AAAA2", "AAAAA-AAAA3", world.code, "AAAAA-AAAA4", "AAAAA-AAAA5", "AAAAA-AAAA6"):
            last = await browser.post("/shelter/wishes-changed", data={"code": code})
    async with world.database.read() as connection:
        refused = select(audit.c.seq).where(audit.c.action == "gate:refused")
        assert len((await connection.execute(refused)).all()) == 1  # once a minute

    assert "too_many_tries" in last.headers["location"]


async def test_a_file_that_cannot_be_stored_to_its_end_leaves_nobody(app, installation) -> None:
    """It goes in by parts, so that no cry for help waits for it; it is all or nobody nevertheless."""
    mine = World(installation)
    await mine.enter(Role.SHELTER_OFFICER)
    given = await officer(mine)
    rows = "".join(f"Made{n},Up{n},20,Bokeo,yes\n" for n in range(60))
    sent = {"file": ("register.csv", f"name,nickname,age,province,consent\n{rows}".encode(), "text/csv")}
    async with client(app, mine.cookies) as browser:
        page = await browser.post("/shelter/import/check", data=given, files=sent)
        mark = re.search(r'name="mark" value="(\w+)"', page.text)[1]
        fiftieth = mine.vault.keyring.look_up("resident_import", f"{mark}|50")[:32]
        async with mine.write() as connection:  # somebody stands in the way
            row = {"id": fiftieth, "shelter": "ranong", "code_hash": "c", "key_id": "k", "sealed_record": b""}
            times = dict.fromkeys(("entered_at", "consent_at", "lapses_at"), mine.now)
            await connection.execute(insert(resident).values(row | times | {"entered_by": "somebody"}))
        done = await browser.post("/shelter/import", data=given | {"mark": mark}, files=sent)
    async with mine.installation.database.read() as connection:
        left = list((await connection.execute(select(resident.c.id))).scalars())

    assert "already_entered" in done.headers["location"]
    assert left == [fiftieth]


async def test_odd_addresses_and_fields_are_refused_and_nothing_breaks(installation, console_database, clock) -> None:
    """PostgreSQL takes no NUL in a text: what comes in by an address is asked for in both."""
    there = Installation(installation.settings, console_database, installation.vault, clock)
    odd_app = StaffConsole(there, ORIGIN).app
    async with client(odd_app, await sign_in(there, Role.SUPERVISOR, name="dao")) as dao:
        for path in ("/enquiries", "/releases", "/family-wanted"):
            for odd in ODD:
                assert (await dao.get(f"{path}/{odd}")).status_code < 500, (path, odd)
            asked = await dao.get(path, params={"notice": "\0", "only": "\0", "code": "\0", "chat": "\0"})
            assert asked.status_code < 500, path
    async with client(odd_app, await sign_in(there, Role.SHELTER_OFFICER, name="officer")) as browser:
        for path in ("/shelter/wishes", "/shelter/messages"):
            for odd in ODD:
                assert (await browser.get(f"{path}/{odd}")).status_code < 500, (path, odd)
