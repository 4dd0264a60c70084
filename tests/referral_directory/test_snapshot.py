"""The directory in memory says what the records say, level by level."""

from datetime import date

import pytest
from sqlalchemy import event

from tests.referral_directory.hsds_files import AT, EXAMPLES, LOCATION, NOW, ORGANIZATION, SERVICE, bring_in
from tests.referral_directory.many_services import many_services
from thangdee.core.database import Database
from thangdee.referral_directory import changes
from thangdee.referral_directory.batch import Batch, Entry
from thangdee.referral_directory.hsds import RECORDS
from thangdee.referral_directory.importing import import_batch
from thangdee.referral_directory.model import Listing, text_in
from thangdee.referral_directory.snapshot import load_snapshot
from thangdee.referral_directory.taxonomy import BY_ID, NEED_OF_INTENT, TERMS, names_of, stable_id, term

# To each table one.
_QUESTIONS = 16


async def _with(database: Database, *said: tuple[str, str, str, dict[str, str]]) -> Listing:
    await bring_in(database, EXAMPLES / "csv")
    async with database.write() as connection:
        for table, row_id, taxonomy, terms in said:
            await changes.say(connection, table, row_id, taxonomy, terms, by="noy", now=NOW)
        (listing,) = (await load_snapshot(connection)).listings
    return listing


async def test_a_listing_is_a_service_at_a_place(database: Database) -> None:
    listing = await _with(database)

    assert (listing.id, listing.service_id) == (AT, SERVICE)
    assert listing.names == {"en": "Community Counselling"}
    assert listing.phones[0].number == '"+44 1234 234567"'
    assert listing.opening_times[0].days == ("TH", "FR")
    assert listing.costs[0].amount == 35
    assert listing.languages == {"ur"}
    assert listing.ages == {"12_17", "18_59", "60_up"}
    assert (listing.genders, listing.is_residential, listing.free_places) == (frozenset(), None, None)
    assert listing.checked.assured_on == date(2005, 1, 1)
    assert listing.organisation.id == ORGANIZATION


async def test_what_is_said_at_the_place_wins_over_the_service_and_that_over_the_organisation(
    database: Database,
) -> None:
    listing = await _with(
        database,
        ("organization", ORGANIZATION, "gender", {"any": ""}),
        ("organization", ORGANIZATION, "kind", {"ngo": ""}),
        ("organization", ORGANIZATION, "returnee", {"any": ""}),
        ("service", SERVICE, "gender", {"women": "", "transgender": ""}),
        ("service", SERVICE, "need", {"shelter": "", "counselling": ""}),
        ("service_at_location", AT, "gender", {"men": ""}),
        ("service_at_location", AT, "visit", {"discreet_visit": ""}),
    )

    assert listing.genders == {"men"}
    assert listing.returnees == {"any"}
    assert listing.needs == {"shelter", "counselling"}
    assert listing.kind == "ngo"
    assert (listing.is_discreet, listing.has_public_front_door) == (True, False)


async def test_texts_are_given_in_the_persons_language_or_in_english(database: Database) -> None:
    listing = await _with(database, ("service", SERVICE, "text", {"name-lo": "ບ່ອນຮັບຟັງ", "contact_rule-th": "โทรได้"}))

    assert text_in(listing.names, "lo") == "ບ່ອນຮັບຟັງ"
    assert text_in(listing.names, "th") == "Community Counselling"
    assert listing.texts["contact_rule"] == {"th": "โทรได้"}


async def test_places_areas_and_free_beds_are_read(database: Database) -> None:
    await bring_in(database, EXAMPLES / "csv")
    place = {"id": LOCATION, "external_identifier": "LA1301", "external_identifier_type": "thangdee-place"}
    area = {"id": stable_id("area"), "service_id": SERVICE, "extent_type": "text", "extent": "LA-SV LA1302, TH"}
    beds = {"id": stable_id("beds"), "service_id": SERVICE, "available": 0, "updated": "2026-11-22T00:00:00Z"}
    async with database.write() as connection:
        for table, values in (("location", place), ("service_area", area), ("service_capacity", beds)):
            await changes.save(connection, table, values, by="noy", now=NOW)
        directory = await load_snapshot(connection)

    (listing,) = directory.listings
    assert listing.site.place == "LA1301"
    assert listing.areas == {"LA-SV", "LA1302", "TH"}
    assert listing.free_places == 0
    assert not listing.takes_people(NOW.date())
    assert directory.by_id[AT] is listing


async def test_a_service_without_a_place_is_remote(database: Database) -> None:
    service = {"id": stable_id("line"), "name": "Sample line", "status": "active"}
    async with database.write() as connection:
        await changes.save(connection, "service", service, by="noy", now=NOW)
        await changes.say(connection, "service", service["id"], "need", {"counselling": ""}, by="noy", now=NOW)
        directory = await load_snapshot(connection)

    (listing,) = directory.by_need["counselling"]
    assert listing.id == service["id"]
    assert listing.is_remote
    assert listing.kind is None


@pytest.mark.parametrize("services", [20, 400])
async def test_a_directory_is_read_by_as_many_questions_however_big_it_is(database: Database, services: int) -> None:
    batch, asked = Batch(), []
    for name, rows in many_services(services, 20).items():
        for row in rows:
            batch.add(RECORDS[name], Entry(row, name, "-", as_table=True))
    async with database.write() as connection:
        await import_batch(connection, batch, by="noy", now=NOW)

    async with database.read() as connection:
        event.listen(connection.sync_connection, "before_cursor_execute", lambda *said: asked.append(said[2]))
        directory = await load_snapshot(connection)

    assert batch.faults == []
    assert len(directory.listings) == services
    assert len(asked) == len(set(asked)) == _QUESTIONS


def test_every_term_has_its_names_and_its_own_lasting_id() -> None:
    assert all(set(one.names) == {"lo", "th", "en"} and all(one.names.values()) for one in TERMS.values())
    assert len(BY_ID) == len(TERMS)
    assert term("need", "shelter").id == "15879547-d856-56de-a19a-2b8dd8c479ed"
    assert set(NEED_OF_INTENT.values()) <= set(names_of("need"))
    assert names_of("age") == ("under_12", "12_17", "18_59", "60_up")
