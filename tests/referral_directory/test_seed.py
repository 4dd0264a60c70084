"""What ships with the program: all that the sources name, unverified; made-up services for the demo alone."""

import json
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.flows.test_texts import BANNED
from tests.referral_directory.hsds_files import NOW, schema_errors, tables_of
from thangdee.core.database import Database
from thangdee.referral_directory import changes, freshness
from thangdee.referral_directory.assurances import How
from thangdee.referral_directory.exporting import package
from thangdee.referral_directory.importing import read
from thangdee.referral_directory.model import Directory, Listing, Status
from thangdee.referral_directory.nearest import (
    POLICE_REPORT,
    AgeBand,
    Gender,
    Outcome,
    Returnee,
    Scope,
    Wanted,
    nearest,
)
from thangdee.referral_directory.places import by_code, districts_of, provinces
from thangdee.referral_directory.seed import listed_records, sample_records, seed_directory
from thangdee.referral_directory.seed.draft import Draft, service_id
from thangdee.referral_directory.snapshot import load_snapshot
from thangdee.referral_directory.tables import assurance
from thangdee.referral_directory.tabular import write_tables
from thangdee.referral_directory.taxonomy import BY_ID, names_of, term

TODAY = NOW.date()
LANGUAGES = {"lo", "th", "en"}
LAO, THAI = re.compile("[\u0e80-\u0eff]"), re.compile("[\u0e00-\u0e7f]")
ANSWERED = {"gender": Gender.WOMAN, "age_band": AgeBand.FROM_18_TO_59, "returnee": Returnee.OFFICIAL}
MAIN_NEEDS_IN_THAILAND = (
    "shelter", "emergency_rescue", "food_money", "medical", "counselling", "legal_aid", "labour_complaint",
    "missing_person", "documents_embassy", "child_protection", "migration_advice",
)  # fmt: skip


async def _seeded(database: Database, *, demo: bool = False, now=NOW) -> Directory:
    async with database.write() as connection:
        await seed_directory(connection, "thangdee", now, demo=demo)
        return await load_snapshot(connection)


def _texts(draft: Draft) -> list[tuple[str, str]]:
    """Every text with its language."""
    own = [
        ("en", row[name])
        for table in ("organization", "service")
        for row in draft.rows[table]
        for name in ("name", "description", "eligibility_description")
        if row.get(name)
    ]
    said = [(BY_ID[row["taxonomy_term_id"]], row["value"]) for row in draft.rows["attribute"]]
    return own + [(one.name.partition("-")[2], value) for one, value in said if one.taxonomy == "text"]


def _of_need(directory: Directory, need: str, place: str, **wanted) -> Outcome:
    return nearest(directory, Wanted(need, place, **(ANSWERED | wanted)), TODAY)


def _names(outcome: Outcome) -> list[str]:
    return [match.listing.names["en"] for match in outcome.matches]


async def test_every_province_and_district_has_the_offices_that_the_source_names(database: Database) -> None:
    directory = await _seeded(database)

    offices = Counter(
        (one.site.place, one.kind) for one in directory.listings if one.is_placeholder and one.site.place != "LA"
    )
    expected = {(one.code, kind): 1 for one in provinces("LA") for kind in ("lwu", "labour_office", "police")}
    districts = [district for one in provinces("LA") for district in districts_of(one.code)]
    expected |= {(one.code, kind): 1 for one in districts for kind in ("lwu", "labour_office")}
    assert offices == expected
    assert len(offices) == 18 * 3 + 148 * 2


async def test_an_office_serves_its_own_place_and_is_named_after_it(database: Database) -> None:
    directory = await _seeded(database)

    (office,) = (one for one in directory.listings if one.areas == {"LA1301"} and one.kind == "lwu")
    place = by_code("LA1301")
    assert office.site.place == "LA1301"
    assert all(place.full_name(language) in office.names[language] for language in LANGUAGES)


async def test_the_eight_thai_shelters_stand_with_dated_contact_rules(database: Database) -> None:
    directory = await _seeded(database)

    shelters = {one.site.place: one for one in directory.listings if one.kind == "government_shelter"}
    assert {place: one.genders for place, one in shelters.items()} == {
        "TH-65": {"women"}, "TH-12": {"women"}, "TH-30": {"women"}, "TH-84": {"women"},
        "TH-57": {"men"}, "TH-13": {"men"}, "TH-85": {"men"}, "TH-90": {"men"},
    }  # fmt: skip
    for one in shelters.values():
        rules = one.texts["contact_rule"]
        assert set(rules) == LANGUAGES
        assert all(("2562" if language == "th" else "2019") in rules[language] for language in rules)
        assert (one.returnees, one.is_residential) == ({"official"}, True)


async def test_every_provider_of_the_sources_is_there(database: Database) -> None:
    directory = await _seeded(database)

    names = " ".join(one.organisation.names["en"] for one in directory.listings)
    for name in (
        "LWU", "MLSW", "ATD", "MOFA", "Lao embassy", "VFI", "Sengsavang", "AFESIP", "World Vision", "Friends International",
        "NCA", "IOM", "SOS Pakse", "Lao Bar Association", "Pavena", "NightLight",
    ):  # fmt: skip
        assert name in names


async def test_what_the_sources_say_has_ended_takes_nobody(database: Database) -> None:
    directory = await _seeded(database)

    ended = {one.names["en"] for one in directory.listings if not one.takes_people(TODAY)}
    assert ended == {
        "MLSW transit centre (with IOM)",
        "VFI Green Earth Center in Lao Ngam",
        "World Vision training and work in factories",
    }


async def test_nothing_is_verified_and_all_has_source_and_year(database: Database) -> None:
    directory = await _seeded(database)

    checks = [
        check for one in directory.listings for check in (one.checked, one.organisation.checked, one.site.checked)
    ]
    assert not any(check.is_verified for check in checks)
    assert all(re.fullmatch(r"\w+\d\d( \w+\d\d)*", check.source) for check in checks)
    assert {check.source_year for check in checks} == {2010, 2019}


def test_no_phone_address_or_mail_ships() -> None:
    rows = listed_records().rows

    assert set(rows) == {
        "organization", "service", "location", "service_at_location", "service_area", "attribute",
    }  # fmt: skip
    written = {name for some in rows.values() for row in some for name, value in row.items() if value}
    assert not written & {"email", "website", "url", "latitude", "longitude", "number", "assurer_email", "assured_date"}
    assert not [text for _, text in _texts(listed_records()) if re.search(r"\d[\d -]{5,}|@|https?:|www\.", text)]


@pytest.mark.parametrize("draft", [listed_records(), sample_records()], ids=["listed", "sample"])
def test_texts_are_in_their_own_letters_and_without_banned_words(draft: Draft) -> None:
    for language, text in _texts(draft):
        assert not [word for word in BANNED[language] if word in text.lower()], text
        assert not (language != "lo" and LAO.search(text)), text
        assert not (language != "th" and THAI.search(text)), text
        assert language == "en" or (LAO if language == "lo" else THAI).search(text), text


async def test_names_and_descriptions_are_complete_in_three_languages(database: Database) -> None:
    directory = await _seeded(database, demo=True)

    for one in directory.listings:
        for texts in (one.names, one.descriptions, one.organisation.names, one.organisation.descriptions):
            assert set(texts) == LANGUAGES
            assert all(texts.values())


async def test_the_seed_leaves_as_valid_hsds_and_comes_back(database: Database, tmp_path: Path) -> None:
    await _seeded(database, demo=True)
    tables = await tables_of(database)
    (tmp_path / "all.json").write_text(json.dumps(package(tables)))
    write_tables(tmp_path / "csv", tables)

    batches = [read(tmp_path / "all.json"), read(tmp_path / "csv")]

    for batch in batches:
        batch.check_links({})
        assert batch.faults == []
    organisations = package(tables)["contents"]
    assert not [error for one in organisations for error in schema_errors("organization", one)]


async def test_a_fresh_installation_shows_the_public_nothing_and_offers_a_person(database: Database) -> None:
    directory = await _seeded(database)

    for need in (*names_of("need"), POLICE_REPORT):
        for place in ("LA", "LA-VT", "LA1301", "TH", "TH-13"):
            outcome = _of_need(directory, need, place)
            assert (outcome.scope, outcome.matches) == (Scope.PERSON, ())


async def test_staff_find_the_seed_by_place_and_on_the_worklist(database: Database) -> None:
    directory = await _seeded(database)
    wanted = Wanted("return_reintegration", "LA1301", **ANSWERED)

    found = nearest(directory, wanted, TODAY, for_staff=True)
    async with database.read() as connection:
        due = await freshness.worklist(connection, NOW)

    assert found.scope is Scope.HERE
    assert {match.listing.site.place for match in found.matches} == {"LA1301", "LA-SV"}
    assert not any(match.is_fresh for match in found.matches)
    assert len({one.service_id for one in due}) == sum(one.status is Status.ACTIVE for one in directory.listings)


async def test_planting_again_changes_nothing(database: Database) -> None:
    await _seeded(database, demo=True)
    before = await tables_of(database)

    await _seeded(database, demo=True, now=NOW + timedelta(days=1))

    assert await tables_of(database) == before
    async with database.read() as connection:
        checks = await connection.execute(select(func.count(), func.count(assurance.c.entity_id.distinct())))
        assert len(set(checks.one())) == 1


async def test_what_staff_changed_or_took_away_stays(database: Database) -> None:
    await _seeded(database)
    key, by = service_id("sengsavang-shelter"), {"by": "noy", "now": NOW}
    async with database.write() as connection:
        await changes.save(connection, "service", {"id": key, "name": "Another name"}, **by)
        await changes.say(connection, "service", key, "need", {"education": ""}, **by)
        await changes.say(connection, "service", key, "text", {"name-lo": "ຊື່ໃໝ່"}, **by)
        await freshness.assure(connection, "service", key, how=How.PHONE, by="noy", now=NOW + timedelta(minutes=1))

    directory = await _seeded(database)

    (one,) = (one for one in directory.listings if one.service_id == key)
    assert one.names == {"en": "Another name", "lo": "ຊື່ໃໝ່"}
    assert (one.needs, one.checked.assured_by) == ({"education"}, "noy")


async def test_saying_again_what_the_seed_says_does_not_double_it(database: Database) -> None:
    await _seeded(database)
    before = len((await tables_of(database))["attribute"])
    key = service_id("sengsavang-shelter")
    async with database.write() as connection:
        await changes.say(connection, "service", key, "gender", {"women": ""}, by="noy", now=NOW)

    assert len((await tables_of(database))["attribute"]) == before


async def test_a_verified_provider_is_found_by_the_public(database: Database) -> None:
    await _seeded(database)
    async with database.write() as connection:
        key = service_id("sengsavang-shelter")
        await freshness.assure(connection, "service", key, by="noy", how=How.PHONE, now=NOW)
        directory = await load_snapshot(connection)

    assert _names(_of_need(directory, "shelter", "LA1301")) == ["Sengsavang shelter and training"]


async def test_only_the_demo_has_samples_and_each_says_so(database: Database) -> None:
    assert not any(one.is_sample for one in (await _seeded(database)).listings)

    samples = [one for one in (await _seeded(database, demo=True)).listings if one.is_sample]

    assert len(samples) == 27
    for one in samples:
        _assert_says_sample(one)


def _assert_says_sample(one: Listing) -> None:
    for texts in (one.names, one.descriptions, one.organisation.names, one.organisation.descriptions):
        assert ["ຕົວຢ່າງ" in texts["lo"], "ตัวอย่าง" in texts["th"], "sample" in texts["en"]] == [True] * 3
    assert all(re.fullmatch(r"000 \d{3} \(ຕົວຢ່າງ · ตัวอย่าง · sample\)", phone.number) for phone in one.phones)
    assert len(one.phones) == 1
    assert (one.checked.assured_by, one.checked.assured_on) == ("sample", TODAY)
    assert one.checked.is_fresh(TODAY)
    assert one.phones[0].checked.is_fresh(TODAY)


def test_every_sample_record_carries_the_mark() -> None:
    rows = sample_records().rows
    mark = term("mark", "sample").id

    marked = {row["link_id"] for row in rows["attribute"] if row["taxonomy_term_id"] == mark}
    assert marked == {row["id"] for table in ("organization", "service") for row in rows[table]}


async def test_the_demo_has_something_for_every_need(database: Database) -> None:
    directory = await _seeded(database, demo=True)

    for need in names_of("need"):
        assert _of_need(directory, need, "LA-VT").scope in (Scope.HERE, Scope.NEIGHBOURING_PROVINCE), need
    for need in MAIN_NEEDS_IN_THAILAND:
        assert _of_need(directory, need, "TH-10").matches, need


@pytest.mark.parametrize(
    ("place", "person", "first"),
    [
        ("LA-VT", {"gender": Gender.MAN}, "House for men and boys"),
        ("LA-SV", {"gender": Gender.WOMAN, "age_band": AgeBand.FROM_12_TO_17}, "House for girls under 18"),
        ("LA-LP", {"gender": Gender.TRANSGENDER_WOMAN, "language": "kjg"}, "House in the north where Khmu is spoken"),
        ("LA-VT", {"with_children": True}, "House for women and their children"),
        ("LA-CH", {"gender": Gender.MAN, "couple": True}, "House for couples and families"),
        ("TH-10", {"gender": Gender.TRANSGENDER_MAN}, "House for women and transgender people in Bangkok"),
        ("TH-74", {"gender": Gender.MAN}, "House for men from boats and factories"),
    ],
)
async def test_the_demo_shows_who_may_use_what(database: Database, place: str, person: dict, first: str) -> None:
    directory = await _seeded(database, demo=True)

    assert _names(_of_need(directory, "shelter", place, **person))[0] == f"{first} (sample)"


async def test_the_demo_shows_what_is_full_closed_and_police_only_to_who_asks(database: Database) -> None:
    directory = await _seeded(database, demo=True)

    shown = {
        name
        for need in names_of("need")
        for place in ("LA-SV", "LA-SL", "LA-VT")
        for gender in (Gender.MAN, Gender.WOMAN)
        for name in _names(_of_need(directory, need, place, gender=gender))
    }
    assert not [name for name in shown if "full now" in name or "closed" in name or "Police" in name]
    asked = _of_need(directory, POLICE_REPORT, "LA-VT")
    assert _names(asked) == ["Police desk for missing relatives (sample)"]
