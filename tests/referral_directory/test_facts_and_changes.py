"""What counts as a fact to check, which change ends a check, and when a service counts as modified."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.referral_directory.hsds_files import (
    AT,
    EXAMPLES,
    LOCATION,
    NOW,
    ORGANIZATION,
    PHONE,
    SERVICE,
    bring_in,
    tables_of,
)
from thangdee.core.database import Database
from thangdee.referral_directory import changes, freshness
from thangdee.referral_directory.eligibility import shown_phones
from thangdee.referral_directory.freshness import How
from thangdee.referral_directory.snapshot import load_snapshot
from thangdee.referral_directory.taxonomy import stable_id

LATER = NOW + timedelta(days=1)
ADDRESS = "74706e55-df26-4b84-80fe-ecc30b5befb4"
OFFICE = {"id": stable_id("office phone"), "number": "sample number", "organization_id": ORGANIZATION}


@pytest.fixture
async def filled(database: Database) -> Database:
    await bring_in(database, EXAMPLES / "csv")
    return database


async def _save(database: Database, table: str, *, now: datetime = LATER, **values: Any) -> None:
    async with database.write() as connection:
        await changes.save(connection, table, values, by="noy", now=now)


async def _assure(database: Database, table: str, key: str, now: datetime = NOW) -> None:
    async with database.write() as connection:
        await freshness.assure(connection, table, key, by="noy", how=How.VISIT, now=now)


async def _due(database: Database) -> dict[str, str]:
    async with database.read() as connection:
        return {due.entity_id: due.shows for due in await freshness.worklist(connection, NOW)}


async def _modified(database: Database, key: str = SERVICE) -> str | None:
    rows = {row["id"]: row for row in (await tables_of(database))["service"]}
    return rows[key].get("last_modified")


# --- facts ---------------------------------------------------------------------------------------------------


async def test_an_organisation_and_its_numbers_are_to_be_checked_and_then_become_public(filled: Database) -> None:
    await _save(filled, "phone", id=PHONE, **dict.fromkeys(("service_id", "location_id", "service_at_location_id")))
    await _save(filled, "phone", **OFFICE)
    before = await _due(filled)

    for table, key in (("organization", ORGANIZATION), ("phone", OFFICE["id"])):
        await _assure(filled, table, key)

    assert {ORGANIZATION, OFFICE["id"], PHONE} <= set(before)
    assert set(before) - set(await _due(filled)) == {ORGANIZATION, OFFICE["id"]}
    async with filled.read() as connection:
        (listing,) = (await load_snapshot(connection)).listings
    assert [phone.number for phone in shown_phones(listing, NOW.date())] == ["sample number"]


async def test_a_cost_that_was_emptied_leaves_the_worklist_and_an_amount_alone_stays(filled: Database) -> None:
    (cost,) = (await tables_of(filled))["cost_option"]
    await _save(filled, "cost_option", id=cost["id"], option=None, amount_description=None, amount=5, currency="USD")
    assert (await _due(filled))[cost["id"]] == "5 USD"

    await _save(filled, "cost_option", id=cost["id"], amount=None, currency=None)

    assert cost["id"] not in await _due(filled)


# --- what ends a check ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("location", {"id": LOCATION, "external_identifier": "LA1301", "external_identifier_type": "thangdee-place"}),
        ("location", {"id": LOCATION, "latitude": 17.5}),
        ("address", {"id": ADDRESS, "address_1": "1 Other Sample Street"}),
    ],
)
async def test_a_place_that_moved_loses_its_old_check(filled: Database, table: str, values: dict) -> None:
    await _assure(filled, "location", LOCATION)
    await _save(filled, table, **values)

    async with filled.read() as connection:
        (listing,) = (await load_snapshot(connection)).listings
    assert not listing.site.checked.is_verified


async def test_a_place_that_an_import_moved_loses_its_old_check(filled: Database, tmp_path) -> None:
    await _assure(filled, "location", LOCATION, NOW - timedelta(days=1))
    (tmp_path / "locations.csv").write_text(f"id,location_type,latitude\n{LOCATION},physical,17.5\n")

    await bring_in(filled, tmp_path)

    async with filled.read() as connection:
        (listing,) = (await load_snapshot(connection)).listings
    assert listing.site.point[0] == 17.5
    assert not listing.site.checked.is_verified


async def test_saving_a_place_as_it_stands_keeps_its_check(filled: Database) -> None:
    await _assure(filled, "location", LOCATION)
    await _save(filled, "location", id=LOCATION, location_type="physical")

    assert LOCATION not in await _due(filled)


# --- when a service was modified -------------------------------------------------------------------------------


async def test_a_new_service_is_modified_when_it_is_entered(filled: Database) -> None:
    key = stable_id("new service")
    await _save(filled, "service", id=key, name="New", status="active")

    assert await _modified(filled, key) == LATER.isoformat(timespec="milliseconds")


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("service", {"id": SERVICE, "alert": "New words"}),
        ("phone", {"id": PHONE, "number": "other sample number"}),
        ("phone", OFFICE),
        ("phone", {"id": PHONE, "service_id": None, "location_id": None, "service_at_location_id": None}),
        ("address", {"id": ADDRESS, "address_1": "1 Other Sample Street"}),
        ("location", {"id": LOCATION, "latitude": 17.5}),
        ("schedule", {"id": stable_id("hours"), "service_at_location_id": AT, "description": "By day"}),
        ("organization", {"id": ORGANIZATION, "website": "https://example.org/new"}),
    ],
)
async def test_a_service_is_modified_when_anything_that_is_told_with_it_changes(
    filled: Database, table: str, values: dict
) -> None:
    before = await _modified(filled)
    await _save(filled, table, **values)

    assert before != await _modified(filled) == LATER.isoformat(timespec="milliseconds")


async def test_a_service_is_modified_when_a_term_of_it_comes_or_ends_and_when_a_fact_is_checked(
    filled: Database,
) -> None:
    seen = []
    for days, said in enumerate(({"lo": ""}, {}), start=2):
        now = NOW + timedelta(days=days)
        async with filled.write() as connection:
            await changes.say(connection, "service", SERVICE, "spoken", said, by="noy", now=now)
        seen.append(await _modified(filled))
    await _assure(filled, "phone", PHONE, NOW + timedelta(days=4))

    expected = [(NOW + timedelta(days=days)).isoformat(timespec="milliseconds") for days in (2, 3, 4)]
    assert [*seen, await _modified(filled)] == expected


async def test_a_service_is_not_modified_by_another_one_or_by_a_change_that_changes_nothing(filled: Database) -> None:
    before, other = await _modified(filled), stable_id("another")
    await _save(filled, "service", id=other, name="Another", status="active")
    await _save(filled, "phone", id=stable_id("its phone"), number="sample", service_id=other)
    await _save(filled, "phone", id=PHONE, type="voice")

    assert await _modified(filled) == before
