"""Every change is kept as history; checks grow stale; what is secret never leaves."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.referral_directory.hsds_files import (
    EXAMPLES,
    LOCATION,
    NOW,
    ORGANIZATION,
    PHONE,
    SERVICE,
    bring_in,
    example,
    tables_of,
)
from tests.referral_directory.one_of_each import fill_directory
from thangdee.core.database import Database
from thangdee.core.errors import SealBrokenError
from thangdee.core.vault import Vault
from thangdee.referral_directory import changes, confidential, freshness, villages
from thangdee.referral_directory.checks import WrongRecordError
from thangdee.referral_directory.exporting import package
from thangdee.referral_directory.freshness import How
from thangdee.referral_directory.model import Checked, State, Status, is_public
from thangdee.referral_directory.places import Village
from thangdee.referral_directory.snapshot import load_snapshot
from thangdee.referral_directory.tables import TABLES, assurance
from thangdee.referral_directory.tabular import write_tables
from thangdee.referral_directory.taxonomy import stable_id

CANARY = "canary house behind the market"


@pytest.fixture
async def filled(database: Database) -> Database:
    await bring_in(database, EXAMPLES / "csv")
    return database


async def test_a_change_writes_what_was_and_what_is_and_who(filled: Database) -> None:
    async with filled.write() as connection:
        await changes.save(connection, "service", {"id": SERVICE, "name": "New name"}, by="noy", now=NOW)

    async with filled.read() as connection:
        (row,) = await changes.history_of(connection, SERVICE)
    assert {name: row[name] for name in ("resource_type", "last_action_type", "field_name", "previous_value")} == {
        "resource_type": "service",
        "last_action_type": "update",
        "field_name": "name",
        "previous_value": "Community Counselling",
    }
    assert (row["replacement_value"], row["updated_by"]) == ("New name", "noy")
    assert row["last_action_date"] == "2026-11-22"


async def test_a_change_that_changes_nothing_writes_no_history(filled: Database) -> None:
    async with filled.write() as connection:
        await changes.save(connection, "service", {"id": SERVICE, "status": "active"}, by="noy", now=NOW)

    async with filled.read() as connection:
        assert await changes.history_of(connection, SERVICE) == []


async def test_an_import_that_changes_a_record_writes_history(filled: Database, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(example("service_full") | {"name": "By import", "alert": None}))

    outcome = await bring_in(filled, tmp_path / "one.json")

    async with filled.read() as connection:
        rows = await changes.history_of(connection, SERVICE)
    assert outcome.changed["service"] == 1
    ours = {(row["field_name"], row["replacement_value"]) for row in rows if row["updated_by"] == "noy"}
    assert ours == {("name", "By import"), ("alert", "")}


async def test_history_is_undone_with_its_change(filled: Database) -> None:
    async def change_and_fail() -> None:
        async with filled.write() as connection:
            await changes.save(connection, "service", {"id": SERVICE, "name": "New name"}, by="noy", now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await change_and_fail()

    async with filled.read() as connection:
        assert await changes.history_of(connection, SERVICE) == []


@pytest.mark.parametrize(
    "wrong", [{"status": "open"}, {"nonsense": 1}, {"organization_id": stable_id("nobody")}, {"name": None}]
)
async def test_a_wrong_change_is_refused(filled: Database, wrong: dict) -> None:
    before = await tables_of(filled)

    with pytest.raises(WrongRecordError):
        async with filled.write() as connection:
            await changes.save(connection, "service", {"id": SERVICE} | wrong, by="noy", now=NOW)

    assert await tables_of(filled) == before


async def test_a_state_closes_a_service_for_its_days_and_ends_with_history(filled: Database) -> None:
    until = date(2026, 12, 31)
    async with filled.write() as connection:
        await changes.set_state(connection, SERVICE, State.FULL, by="noy", now=NOW, since=NOW.date(), until=until)
        (full,) = (await load_snapshot(connection)).listings
        await changes.set_state(connection, SERVICE, None, by="noy", now=NOW)
        (after,) = (await load_snapshot(connection)).listings
        history = await changes.history_of(connection, SERVICE)

    assert [full.takes_people(NOW.date() + timedelta(days=days)) for days in (-1, 0, 39, 40)] == [
        True,
        False,
        False,
        True,
    ]
    assert after.takes_people(NOW.date())
    assert [(row["field_name"], row["previous_value"]) for row in history] == [("state:full", "2026-11-22/2026-12-31")]


async def test_status_is_a_state_and_not_a_deletion(filled: Database) -> None:
    async with filled.write() as connection:
        await changes.set_status(connection, SERVICE, Status.DEFUNCT, by="noy", now=NOW)
        (listing,) = (await load_snapshot(connection)).listings

    assert listing.status is Status.DEFUNCT
    assert not listing.takes_people(NOW.date())


@pytest.mark.parametrize(("days", "fresh"), [(0, True), (90, True), (91, False)])
def test_a_check_is_stale_after_90_days(days: int, fresh: bool) -> None:
    checked = Checked(NOW.date() - timedelta(days=days), "noy", "phone")

    assert is_public(checked, NOW.date()) is fresh
    assert not is_public(Checked(None, None, "source", "a study", 2019), NOW.date())


async def test_the_worklist_holds_what_nobody_checked_and_what_is_stale(filled: Database) -> None:
    async with filled.write() as connection:
        before = await freshness.worklist(connection, NOW)
        await freshness.assure(connection, "service", SERVICE, by="noy", how=How.PHONE, now=NOW)
        await freshness.assure(connection, "phone", PHONE, by="noy", how=How.PHONE, now=NOW)
        after = await freshness.worklist(connection, NOW)
        late = await freshness.worklist(connection, NOW + timedelta(days=91))

    assert [due.entity for due in before] == [
        "service", "phone", "schedule", "address", "location", "cost_option", "organization",
    ]  # fmt: skip
    assert before[0].checked.assured_on == date(2005, 1, 1)
    assert before[0].owner_email == "email@example.com"
    assert {due.entity for due in before} - {due.entity for due in after} == {"service", "phone"}
    assert {due.entity for due in late} == {due.entity for due in before}


async def test_a_named_source_is_not_a_check(filled: Database) -> None:
    async with filled.write() as connection:
        await freshness.name_source(connection, "phone", PHONE, source="a study", source_year=2019, now=NOW)
        listed = {due.entity: due for due in await freshness.worklist(connection, NOW)}

    assert listed["phone"].was_never_checked
    assert (listed["phone"].checked.source, listed["phone"].checked.source_year) == ("a study", 2019)


async def test_a_new_number_ends_the_check_of_the_old_one(filled: Database) -> None:
    async with filled.write() as connection:
        await freshness.assure(connection, "phone", PHONE, by="noy", how=How.PHONE, now=NOW)
        await changes.save(connection, "phone", {"id": PHONE, "number": "1"}, by="noy", now=NOW + timedelta(seconds=1))
        (listing,) = (await load_snapshot(connection)).listings

    assert not listing.phones[0].checked.is_verified


async def test_a_check_stands_in_hsds_too_and_all_checks_are_kept(filled: Database) -> None:
    async with filled.write() as connection:
        for days in (0, 1):
            now = NOW + timedelta(days=days)
            await freshness.assure(connection, "service", SERVICE, by="noy", how=How.VISIT, now=now)
        rows = (await connection.execute(select(assurance))).all()

    assert (await tables_of(filled))["service"][0]["assured_date"] == "2026-11-23"
    assert len(rows) == 2


async def _secret(database: Database, vault: Vault) -> None:
    """A location that once had public details, and then became secret."""
    async with database.write() as connection:
        for table, row_id, field in (
            ("address", "74706e55-df26-4b84-80fe-ecc30b5befb4", "address_1"),
            ("location", LOCATION, "transportation"),
            ("location", LOCATION, "description"),
        ):
            for value in (CANARY, f"{CANARY}, now sealed"):
                await changes.save(connection, table, {"id": row_id, field: value}, by="noy", now=NOW)
        await changes.save(connection, "location", {"id": LOCATION, "latitude": 17.123456}, by="noy", now=NOW)
        await changes.say(connection, "location", LOCATION, "text", {"description-lo": CANARY}, by="noy", now=NOW)
        await confidential.keep_secret(connection, vault, LOCATION, CANARY)


async def test_a_confidential_address_is_in_no_export_and_no_snapshot(
    filled: Database, vault: Vault, tmp_path: Path
) -> None:
    await _secret(filled, vault)

    tables = await tables_of(filled)
    write_tables(tmp_path / "csv", tables)
    async with filled.read() as connection:
        directory = await load_snapshot(connection)

    everything = [json.dumps(package(tables)), repr(directory)]
    everything += [path.read_text(encoding="utf-8") for path in (tmp_path / "csv").iterdir()]
    assert [text for text in everything if "canary" in text or "17.123456" in text] == []
    assert directory.listings[0].site.is_confidential
    assert directory.listings[0].site.point is None
    assert tables["location"][0]["name"] == "MyCity Civic Center"


async def test_a_confidential_address_opens_for_staff_at_its_own_place_alone(filled: Database, vault: Vault) -> None:
    other = {"id": stable_id("another"), "location_type": "physical"}
    async with filled.write() as connection:
        await changes.save(connection, "location", other, by="noy", now=NOW)
        await confidential.keep_secret(connection, vault, LOCATION, "first")
        await confidential.keep_secret(connection, vault, LOCATION, CANARY)
        opened = await confidential.open_secret(connection, vault, LOCATION)
        assert await confidential.open_secret(connection, vault, other["id"]) is None
        table = confidential.confidential_address
        await connection.execute(table.update().values(location_id=other["id"]))
        with pytest.raises(SealBrokenError):
            await confidential.open_secret(connection, vault, other["id"])

    assert opened == CANARY


async def test_villages_are_stored_once_and_brought_up_to_date(database: Database) -> None:
    first = Village("v1", "LA1301", "ບ້ານຕົວຢ່າງ", "บ้านตัวอย่าง", "Sample", ("ບ້ານເກົ່າ",), None)
    async with database.write() as connection:
        await villages.store(connection, [first, Village("v2", "LA1301", "ບ້ານສອງ", "", "", (), "v1")])
        await villages.store(connection, [first])
        found = await villages.stored(connection)

    assert {one.id for one in found} == {"v1", "v2"}
    assert first in found


async def test_every_table_can_be_filled(database: Database, vault: Vault) -> None:
    async with database.write() as connection:
        await fill_directory(connection, vault, NOW)
        empty = [name for name, table in TABLES.items() if (await connection.execute(select(table))).first() is None]

    assert empty == []
    assert ORGANIZATION in {row["id"] for row in (await tables_of(database))["organization"]}
