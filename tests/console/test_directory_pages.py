"""The directory's pages: over HTTP and in a real browser."""

import html
import re
import shutil
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from playwright.async_api import expect
from sqlalchemy import func, select

from tests.console.signing_in import carry, sign_in, viewer_of
from tests.console.signing_in import client as signed_in
from tests.console.test_desk_page import (  # noqa: F401 - fixtures
    SIZES,
    axe_violations,
    browser,
    fits,
    kept,
    open_page,
    picture,
    url,
)
from thangdee.casework.staff.roles import Role
from thangdee.console.directory.view import place_name
from thangdee.core.database import Database
from thangdee.core.settings import Settings
from thangdee.core.words import text
from thangdee.processes.console import chat_card
from thangdee.processes.wiring import Installation
from thangdee.referral_directory import changes, confidential, reports
from thangdee.referral_directory.freshness import How, assure, name_source
from thangdee.referral_directory.places import districts_of, provinces
from thangdee.referral_directory.snapshot import load_snapshot
from thangdee.referral_directory.tables import TABLES
from thangdee.referral_directory.taxonomy import stable_id

SECRET = "ເຮືອນຕົວຢ່າງ ສີຂຽວ"
LAO_NAME = "ຫ້ອງການຕົວຢ່າງ ສະຫວັນນະເຂດ"


@dataclass(frozen=True)
class Ids:
    """Listings: an office with everything checked, a hidden house, a telephone line that nobody checked."""

    office: str
    house: str
    line: str


@pytest.fixture
async def installation(migrated_file, tmp_path, vault, clock):
    """An installation whose directory holds nothing but the entries below."""
    settings = Settings(data_dir=tmp_path, demo=True, database_url=None)
    made = Installation(settings, Database(f"sqlite+aiosqlite:///{shutil.copy(migrated_file, tmp_path)}"), vault, clock)
    yield made
    await made.database.close()


@pytest.fixture
async def entries(installation, clock) -> Ids:
    async with installation.database.write() as connection:
        now = clock.now()
        await _organisation(connection, now)
        office = await _service(connection, now, "office", "LA1301", {"counselling", "legal_aid"})
        texts = {
            "name-lo": LAO_NAME,
            "name-th": "สำนักงานตัวอย่าง สะหวันนะเขต",
            "description-lo": "ຮັບຟັງ ແລະ ຊ່ວຍເລື່ອງເອກະສານ",
        }
        await changes.say(connection, "service", stable_id("office"), "text", texts, by="noy", now=now)
        await _part(connection, now, "phone", "office phone", {"number": "020 00 SAMPLE"})
        hours = {"freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR", "opens_at": "08:00", "closes_at": "16:00"}
        await _part(connection, now, "schedule", "office hours", hours)
        for entity, name in (("service", "office"), ("phone", "office phone"), ("schedule", "office hours")):
            await assure(connection, entity, stable_id(name), by="noy", how=How.PHONE, now=now)
        for entity, name in (("location", "office place"), ("organization", "of")):
            await assure(connection, entity, stable_id(name), by="noy", how=How.VISIT, now=now)
        house = await _service(connection, now, "house", "LA-VT", {"shelter"})
        await confidential.keep_secret(connection, installation.vault, stable_id("house place"), SECRET)
        line = await _service(connection, now, "line", None, {"counselling"})
        service = stable_id("line")
        await name_source(connection, "service", service, source="VFI19", source_year=2019, now=now)
    clock.advance(timedelta(minutes=1))
    return Ids(office, house, line)


async def _organisation(connection, now) -> None:
    row = {"id": stable_id("of"), "name": "Sample organisation", "description": "Made up"}
    await changes.save(connection, "organization", row, by="noy", now=now)


async def _service(connection, now, name: str, place: str | None, needs: set[str]) -> str:
    """Made-up service, at a place unless None; return the id of its listing."""
    row = {"id": stable_id(name), "organization_id": stable_id("of"), "name": f"Sample {name}", "status": "active"}
    await changes.save(connection, "service", row, by="noy", now=now)
    await changes.say(connection, "service", stable_id(name), "need", dict.fromkeys(needs, ""), by="noy", now=now)
    await changes.say(connection, "service", stable_id(name), "gender", {"any": ""}, by="noy", now=now)
    await changes.say(connection, "service", stable_id(name), "mark", {"sample": ""}, by="noy", now=now)
    if place is None:
        return stable_id(name)
    site = {"id": stable_id(f"{name} place"), "location_type": "physical", "name": f"Place of {name}"}
    where = {"external_identifier": place, "external_identifier_type": "thangdee-place"}
    await changes.save(connection, "location", site | where, by="noy", now=now)
    at = {"id": stable_id(f"{name} at"), "service_id": stable_id(name), "location_id": site["id"]}
    await changes.save(connection, "service_at_location", at, by="noy", now=now)
    return at["id"]


async def _part(connection, now, table: str, name: str, fields: dict) -> None:
    row = {"id": stable_id(name), "service_id": stable_id("office")} | fields
    await changes.save(connection, table, row, by="noy", now=now)


@pytest.fixture
async def boun(installation) -> dict[str, str]:
    """The session of a made-up supervisor, who may edit and open a sealed address."""
    return await sign_in(installation, Role.SUPERVISOR, name="boun")


@pytest.fixture
async def client(staff_app, boun):
    async with signed_in(staff_app, boun) as made:
        made.follow_redirects = True
        yield made


def _address(page: str, listing_id: str = "") -> str:
    """The path of a page by its short name: "due", or "entry", "edit" and the like of a listing."""
    if page in ("entry", "edit", "history", "secret", "check", "preview", "save"):
        return f"/directory/entries/{listing_id}" + ("" if page == "entry" else f"/{page}")
    return "/directory" if page == "list" else f"/directory/{page}"


async def _get(client, page: str, id: str = "", **query: str) -> str:  # noqa: A002
    return html.unescape((await client.get(_address(page, id), params=query)).text)


async def _post(client, page: str, entry: str = "", **form) -> httpx.Response:
    return await client.post(_address(page, entry), data=form)


async def _filled(client, listing_id: str) -> dict:
    """The edit form as a browser would send it back."""
    page = (await client.get(_address("edit", listing_id))).text
    form: dict = {"entry": listing_id}
    for tag in re.findall(r"<input [^>]*>", page):
        said = {name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if said.get("type") == "checkbox":
            form.setdefault(said["name"], [])
            form[said["name"]] += [said["value"]] if " checked" in tag else []
        elif "name" in said:
            form[said["name"]] = said.get("value", "")
    for name, value in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', page):
        form[name] = html.unescape(value)
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        form[name] = next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
    return form


async def _listing(installation, listing_id: str):
    async with installation.database.read() as connection:
        return (await load_snapshot(connection)).by_id[listing_id]


async def _changes(installation) -> int:
    async with installation.database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(TABLES["metadata"]))).scalar_one()


# --- finding -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, {"office", "house", "line"}),
        ({"q": "office"}, {"office"}),
        ({"q": "หองกาน"}, {"office"}),  # the Lao name, typed with Thai letters and no tone mark
        ({"q": "020 00"}, {"office"}),
        ({"place": "ສະຫວັນນະເຂດ"}, {"office"}),
        ({"place": "Savannakhet"}, {"office"}),
        ({"place": "LA-VT"}, {"house"}),
        ({"need": "counselling"}, {"office", "line"}),
        ({"standing": "active", "need": "shelter"}, {"house"}),
        ({"standing": "full"}, set()),
        ({"freshness": "fresh"}, {"office"}),
        ({"freshness": "never"}, {"house", "line"}),
        ({"freshness": "due"}, {"house", "line"}),
    ],
)
async def test_the_list_finds_by_words_place_need_state_and_check(client, entries, query, shown) -> None:
    page = await _get(client, "list", **query)

    listed = {name for name in ("office", "house", "line") if f"/entries/{getattr(entries, name)}" in page}
    assert listed == shown
    assert text("directory.found", "en", count=str(len(shown))) in page


async def test_a_place_that_may_be_two_is_asked_and_not_guessed(client, entries) -> None:
    page = await _get(client, "list", place="ວຽງຈັນ")

    assert text("directory.place_unsure", "en") in page
    assert "place=LA-VT" in page
    assert "place=LA-VI" in page
    assert text("directory.found", "en", count="0") in page


async def test_the_map_says_every_province_in_words_and_as_a_shape(client, entries) -> None:
    page = await _get(client, "map")

    shapes = dict(re.findall(r'place=(LA-\w\w)" aria-label="([^"]+)"', page))
    rows = dict(re.findall(r'<th scope="row"><a href="/directory\?place=(LA-\w\w)[^>]+>[^<]+</a></th><td>(\d+)', page))
    assert set(shapes) == set(rows) == {one.code for one in provinces("LA")}
    assert len(shapes) == 18
    assert rows["LA-SV"] == rows["LA-VT"] == "1"
    assert "1 entries, 0 % to check" in shapes["LA-SV"]
    assert "1 entries, 67 % to check" in shapes["LA-VT"]  # its organisation was checked
    assert text("directory.no_place", "en") in page  # the telephone line


# --- one entry ----------------------------------------------------------------------------------------------


async def test_an_entry_tells_who_checked_each_fact_when_and_how(client, entries) -> None:
    office, line = (
        await _get(client, "entry", id=entries.office),
        await _get(client, "entry", id=entries.line),
    )

    assert office.count("2026-11-22, noy") == 5
    assert text("directory.how.visit", "en") in office
    assert "Mon–Fri 08:00–16:00" in office
    assert LAO_NAME in office
    assert "VFI19 (2019)" in line
    assert text("directory.freshness.never", "en") in line


async def test_a_secret_address_is_shown_only_when_asked_for(client, entries) -> None:
    pages = [await _get(client, page, id=entries.house) for page in ("entry", "edit", "history")]
    pages += [await _get(client, page) for page in ("list", "map", "due")]
    linked = await client.get(_address("secret", entries.house))
    asked = await _post(client, "secret", entry=entries.house)
    other = await _get(client, "entry", id=entries.office)

    assert [page for page in pages if SECRET in page] == []
    assert linked.status_code == 405
    assert SECRET in asked.text
    assert asked.headers["cache-control"] == "no-store"
    assert text("directory.secret", "en") not in other


async def test_the_history_of_a_secret_address_tells_its_province_and_no_more(
    client, entries, installation, clock
) -> None:
    district = districts_of("LA-VT")[0]
    async with installation.database.write() as connection:
        where = {"external_identifier": district.code, "latitude": 17.123, "longitude": 102.456}
        await changes.save(connection, "location", {"id": stable_id("house place")} | where, by="noy", now=clock.now())

    page = await _get(client, "history", id=entries.house)

    assert [told for told in (district.name("en"), "17.123", "102.456") if told in page] == []
    assert place_name("LA-VT", "en") in page


async def test_an_entry_that_is_not_there_is_said_so(client, entries) -> None:
    for page in ("entry", "edit", "history"):
        answer = await client.get(_address(page, "nobody"))
        assert answer.status_code == 404
        assert text("directory.notice.gone", "en") in answer.text


async def test_who_only_reads_is_offered_no_change_and_no_sealed_address(staff_app, entries, installation) -> None:
    async with signed_in(staff_app, await sign_in(installation, Role.COUNSELLOR)) as counsellor:
        page = await _get(counsellor, "entry", id=entries.house)
        answers = [
            (await counsellor.get(_address("edit", entries.house))).status_code,
            *[(await _post(counsellor, page, entries.house)).status_code for page in ("secret", "check", "save")],
        ]

    assert answers == [403] * 4
    assert _address("edit", entries.house) not in page
    assert text("directory.secret.show", "en") not in page
    assert text("directory.check", "en") + "</button>" not in page


# --- checking -----------------------------------------------------------------------------------------------


async def test_checking_says_who_how_and_which_source_of_the_chosen_facts_alone(
    client, entries, installation, boun
) -> None:
    key = f"service:{stable_id('house')}"

    told = await _post(client, "check", entry=entries.house, how="visit", fact=[key], source="The director")

    house = await _listing(installation, entries.house)
    me = (await viewer_of(installation, boun)).staff_id
    assert text("directory.notice.checked", "en") in told.text
    assert (house.checked.assured_by, house.checked.how, house.checked.source) == (me, "visit", "The director")
    assert not house.site.checked.is_verified


@pytest.mark.parametrize(
    ("form", "notice"),
    [
        ({"how": "phone"}, "nothing_chosen"),
        ({"how": "phone", "fact": ["service:of-somebody-else"]}, "nothing_chosen"),
        ({"how": "source", "fact": "mine"}, "source_needed"),
        ({"how": "source", "fact": "mine", "source": "A study", "year": "2999"}, "source_needed"),
        ({"how": "rumour", "fact": "mine"}, "source_needed"),
    ],
)
async def test_a_check_without_what_it_needs_changes_nothing(client, entries, installation, form, notice) -> None:
    if form.get("fact") == "mine":
        form = form | {"fact": [f"service:{stable_id('line')}"]}

    told = await _post(client, "check", entry=entries.line, **form)

    assert text(f"directory.notice.{notice}", "en") in told.text
    assert not (await _listing(installation, entries.line)).checked.is_verified


async def test_a_document_that_was_only_read_leaves_the_fact_unchecked(client, entries, installation) -> None:
    key = f"service:{stable_id('line')}"

    await _post(client, "check", entry=entries.line, how="source", fact=[key], source="A study", year="2021")

    checked = (await _listing(installation, entries.line)).checked
    assert (checked.source, checked.source_year, checked.is_verified) == ("A study", 2021, False)


async def test_the_work_list_has_reports_first_and_then_what_is_old(
    staff_app, client, entries, installation, clock
) -> None:
    async with installation.database.write() as connection:
        assert await reports.report(connection, entries.office, clock.now())
        assert await reports.report(connection, entries.office, clock.now())
        assert not await reports.report(connection, "an old button", clock.now())
    first = await _get(client, "due")
    clock.advance(timedelta(days=91))
    again = await sign_in(installation, name="boun")
    async with signed_in(staff_app, again) as later_on:
        later_on.follow_redirects = True
        later = await _get(later_on, "due")
        report_ids = re.findall(r'name="report" value="([^"]+)"', later)
        told = await _post(later_on, "handled", report=report_ids)

    assert text("directory.reported", "en", count="2") in first
    assert text("directory.due.facts", "en", count="2") in first
    assert text("directory.due.facts", "en", count="3") in later
    assert text("directory.due.reported.none", "en") in told.text
    async with installation.database.read() as connection:
        handled = (await connection.execute(select(reports.directory_report.c.handled_by))).scalars().all()
    assert handled == [(await viewer_of(installation, again)).staff_id] * 2


# --- changing -----------------------------------------------------------------------------------------------


async def test_sending_the_form_back_as_it_came_changes_nothing(client, entries, installation) -> None:
    before = await _changes(installation)
    for listing_id in (entries.office, entries.house, entries.line):
        form = await _filled(client, listing_id)
        previewed = await _post(client, "preview", **form)
        saved = await _post(client, "save", **form)
        assert text("directory.preview.none", "en") in previewed.text
        assert text("directory.notice.saved", "en") in saved.text

    assert await _changes(installation) == before


async def test_the_preview_shows_the_card_in_three_languages_and_writes_nothing(client, entries, installation) -> None:
    before = await _changes(installation)
    form = await _filled(client, entries.office)
    form |= {"name_lo": "ຊື່ໃໝ່ຕົວຢ່າງ", "gender": ["women"], "phone.new.number": "020 11 SAMPLE"}

    page = html.unescape((await _post(client, "preview", **form)).text)

    cards = dict(re.findall(r'class="card" lang="(\w\w)">.*?<p class="text">(.*?)</p>', page, re.DOTALL))
    assert set(cards) == {"lo", "th", "en"}
    assert "ຊື່ໃໝ່ຕົວຢ່າງ" in cards["lo"]
    assert "ผู้หญิงและเด็กหญิง" in cards["th"]
    assert "020 00 SAMPLE" in cards["en"]
    assert "020 11 SAMPLE" not in cards["en"]  # nobody has checked it yet
    assert await _changes(installation) == before
    assert (await _listing(installation, entries.office)).names["lo"] == LAO_NAME


async def test_the_card_of_the_preview_is_what_the_chat_says_once_it_is_saved(
    client, entries, installation, clock
) -> None:
    form = await _filled(client, entries.office) | {"name_en": "New sample", "age": ["12_17"], "spoken": ["kjg"]}

    page = html.unescape((await _post(client, "preview", **form)).text)
    await _post(client, "save", **form)

    told = chat_card(await _listing(installation, entries.office), "en", clock.now().date())
    assert "New sample" in told
    assert f'<p class="text">{told}</p>' in page


async def test_people_do_not_see_what_is_closed_or_unchecked_and_staff_are_told_so(client, entries) -> None:
    line = await _filled(client, entries.line) | {"name_lo": "ສາຍຕົວຢ່າງ"}
    office = await _filled(client, entries.office) | {"standing": "full"}

    unchecked, full = [html.unescape((await _post(client, "preview", **one)).text) for one in (line, office)]

    assert f"<b>{text('directory.card.unchecked', 'en')}</b>" in unchecked
    assert f"<b>{text('directory.standing.full', 'en')}</b>" in full


async def test_saving_writes_every_field_and_its_history(client, entries, installation) -> None:
    form = await _filled(client, entries.office)
    hours, phone = stable_id("office hours"), stable_id("office phone")
    form |= {
        "name_en": "Sample office (new)", "name_th": "", "description_en": "What it does", "alternate_name": "SO",
        "contact_rule_lo": "ໂທກ່ອນໄປ", "standing": "full", "since": "2026-11-20", "until": "2026-12-31",
        f"phone.{phone}.number": "020 22 SAMPLE", "phone.new.number": "020 11 SAMPLE", "phone.new.description": "at night",
        f"schedule.{hours}.days": ["MO", "SA"], f"schedule.{hours}.closes_at": "9.30",
        "cost_option.new.option": "Form", "cost_option.new.amount": "5,000", "cost_option.new.currency": "LAK",
        "need": ["counselling", "medical"], "gender": ["women"], "age": ["12_17", "18_59"], "spoken": ["kjg"],
        "place": "LA-CH",
    }  # fmt: skip

    told = await _post(client, "save", **form)

    office = await _listing(installation, entries.office)
    assert text("directory.notice.saved", "en") in told.text
    assert office.names == {"en": "Sample office (new)", "lo": LAO_NAME}
    assert office.texts["contact_rule"] == {"lo": "ໂທກ່ອນໄປ"}
    assert [(one.state.value, str(one.since), str(one.until)) for one in office.states] == [
        ("full", "2026-11-20", "2026-12-31")
    ]
    assert {one.number for one in office.phones} == {"020 22 SAMPLE", "020 11 SAMPLE"}
    assert not any(one.checked.is_verified for one in office.phones)
    assert (office.opening_times[0].days, office.opening_times[0].closes_at) == (("MO", "SA"), "09:30")
    assert (office.costs[0].amount, office.costs[0].currency) == (5000, "LAK")
    assert (office.needs, office.genders, office.ages) == ({"counselling", "medical"}, {"women"}, {"12_17", "18_59"})
    assert office.site.place == "LA-CH"
    told = await _get(client, "history", id=entries.office)
    for piece in (
        "020 00 SAMPLE",
        "020 22 SAMPLE",
        "020 11 SAMPLE · at night",
        "Form · 5000 LAK",
        "Sample office</dd>",
        "Legal",
        "Champasak",
        "2026-11-20/2026-12-31",
    ):
        assert piece.lower().replace("legal", "lawyer") in told.lower()
    assert told.count('class="by">boun<') > 10


async def test_what_is_emptied_is_taken_away_and_stays_in_the_history(client, entries, installation) -> None:
    form = await _filled(client, entries.office)
    hours = stable_id("office hours")
    form |= {f"phone.{stable_id('office phone')}.number": ""}
    form |= {f"schedule.{hours}.{name}": "" for name in ("opens_at", "closes_at")} | {f"schedule.{hours}.days": []}

    await _post(client, "save", **form)

    office = await _listing(installation, entries.office)
    told = await _get(client, "history", id=entries.office)
    assert (office.phones, office.opening_times) == ((), ())
    assert told.count(f"</b> · {text('directory.taken_away', 'en')}") == 2


@pytest.mark.parametrize(
    ("standing", "since", "until", "status", "takes"),
    [
        ("paused", "", "", "temporarily closed", False),
        ("funding_ended", "", "", "inactive", False),
        ("closed", "2026-11-01", "", "defunct", False),
        ("closed", "2027-01-01", "", "active", True),
        ("full", "", "2026-12-01", "active", False),
    ],
)
async def test_states_have_days_and_others_see_a_status(
    client, entries, installation, clock, standing, since, until, status, takes
) -> None:
    form = await _filled(client, entries.office) | {"standing": standing, "since": since, "until": until}

    await _post(client, "save", **form)
    closed = await _listing(installation, entries.office)
    form = await _filled(client, entries.office) | {"standing": "active", "since": "", "until": ""}
    await _post(client, "save", **form)
    opened = await _listing(installation, entries.office)

    assert (closed.status.value, closed.takes_people(clock.now().date())) == (status, takes)
    assert (opened.status.value, opened.states) == ("active", ())


@pytest.mark.parametrize(
    ("field", "typed", "problem"),
    [
        ("name_en", "  ", "needed"),
        ("name_lo", "ກ" * 201, "long"),
        ("since", "2026-13-01", "day"),
        ("phone.new.description", "no number", "needed"),
        ("schedule.new.opens_at", "at noon", "time"),
        ("cost_option.new.amount", "-1", "amount"),
        ("place", "LA-XX", "choice"),
        ("standing", "gone", "choice"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_lost_or_saved(
    client, entries, installation, field, typed, problem
) -> None:
    before = await _changes(installation)
    form = await _filled(client, entries.office) | {"name_th": "ชื่อที่พิมพ์", field: typed}

    for page in ("preview", "save"):
        told = await _post(client, page, **form)
        assert text(f"directory.wrong.{problem}", "en") in told.text
        assert "ชื่อที่พิมพ์" in told.text

    assert await _changes(installation) == before


async def test_a_colleagues_change_is_not_overwritten(client, entries, installation) -> None:
    old = await _filled(client, entries.office)
    await _post(client, "save", **(old | {"name_en": "Changed first"}))

    told = await _post(client, "save", **(old | {"name_en": "Changed second"}))

    assert text("directory.notice.meanwhile", "en") in told.text
    assert "Changed second" in told.text
    assert (await _listing(installation, entries.office)).names["en"] == "Changed first"


async def test_a_strangers_page_can_do_none_of_it(client, entries, installation) -> None:
    before = await _changes(installation)
    form = await _filled(client, entries.office) | {"name_en": "Not ours"}
    client.headers["origin"] = "https://elsewhere.example"
    for page in ("save", "preview", "check", "handled", "secret"):
        answer = await _post(client, page, **form)
        assert answer.status_code == 403

    assert await _changes(installation) == before


async def test_markup_in_an_entry_stays_text(client, entries) -> None:
    form = await _filled(client, entries.office) | {"name_en": "<b onclick=x>bold</b>"}
    await _post(client, "save", **form)

    for page in ("entry", "edit", "history"):
        assert "<b onclick" not in (await client.get(_address(page, entries.office))).text


# --- in a browser -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "language"), [("small", "lo"), ("phone", "th"), ("desktop", "en")])
async def test_every_page_is_readable_and_accessible(open_page, entries, installation, clock, size, language) -> None:  # noqa: F811
    async with installation.database.write() as connection:
        await reports.report(connection, entries.house, clock.now())
    page = await open_page(size, "/directory", roles=(Role.SUPERVISOR,), language=language)
    root = page.url.removesuffix("/directory")
    paths = {
        "list": "/directory", "unsure": "/directory?place=ວຽງຈັນ", "map": "/directory/map", "due": "/directory/due",
        "entry": _address("entry", entries.office), "house": _address("entry", entries.house),
        "edit": _address("edit", entries.office), "history": _address("history", entries.office),
    }  # fmt: skip
    for name, path in paths.items():
        await page.goto(root + path)
        await picture(page, f"directory-{name}-{size}-{language}")
        assert await axe_violations(page) == [], name
        assert await fits(page), name


@pytest.mark.parametrize("size", ["small", "desktop"])
async def test_by_keyboard_and_without_script_from_the_map_to_a_check(browser, url, entries, boun, size) -> None:  # noqa: F811
    width, height = SIZES[size]
    context = await browser.new_context(java_script_enabled=False, viewport={"width": width, "height": height})
    await carry(context, url, boun)
    page = await context.new_page()
    await page.goto(f"{url}/directory/map")
    await page.locator("svg.laos a[aria-label^='Savannakhet']").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Sample office").press("Enter")
    await page.get_by_role("link", name=text("directory.edit", "en"), exact=True).press("Enter")
    await page.locator("[name='name_lo']").fill("ຫ້ອງການຕົວຢ່າງ ໃໝ່")
    await page.keyboard.press("Enter")
    await expect(page.locator(".card").first).to_contain_text("ຫ້ອງການຕົວຢ່າງ ໃໝ່")
    await picture(page, f"directory-preview-{size}")
    assert await fits(page)
    await page.get_by_role("button", name=text("directory.save", "en"), exact=True).press("Enter")
    await expect(page.locator(".notice.saved")).to_be_visible()
    await page.locator("input[name='fact']").first.press("Space")
    await page.get_by_label(text("directory.i.phone", "en")).press("Space")
    await page.get_by_role("button", name=text("directory.check", "en"), exact=True).press("Enter")
    await expect(page.locator(".notice.checked")).to_be_visible()
    await context.close()


async def test_the_preview_is_accessible_and_a_wrong_field_is_announced(open_page, entries) -> None:  # noqa: F811
    page = await open_page("desktop", _address("edit", entries.office), roles=(Role.DIRECTORY_EDITOR,), language="lo")
    await page.locator("[name='name_th']").fill("สำนักงานตัวอย่าง แห่งใหม่")
    await page.get_by_role("button", name=text("directory.preview", "lo")).click()
    await picture(page, "directory-preview-lo")
    assert await axe_violations(page) == []

    await page.locator("[name='schedule.new.opens_at']").fill("noon")
    await page.get_by_role("button", name=text("directory.preview", "lo")).click()
    await expect(page.get_by_role("alert")).to_contain_text(text("directory.wrong", "lo", count="1"))
    await expect(page.locator("[name='schedule.new.opens_at']")).to_have_value("noon")
    await picture(page, "directory-wrong-lo")
    assert await axe_violations(page) == []
