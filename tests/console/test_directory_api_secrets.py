"""What must stay inside is reached by no path, filter, search or page of the public API."""

from itertools import product

import pytest

from tests.console.public_directory import (
    api_over,
    changed,
    check_all,
    client,
    example_tables,
    fill,
    fresh,
    get,
    ids,
    live,
    said,
)
from tests.referral_directory.hsds_files import AT, LOCATION, ORGANIZATION, PHONE, SERVICE, schema_errors
from thangdee.console.directory_api.edition import LOOK_AGAIN
from thangdee.referral_directory import changes, confidential, freshness
from thangdee.referral_directory.exporting import Tables
from thangdee.referral_directory.freshness import How
from thangdee.referral_directory.taxonomy import stable_id

CANARY = "canaryhouse"
LISTS = ("services", "service_at_locations", "organizations", "taxonomies", "taxonomy_terms")
SPOT = {"latitude": 17.1234567, "longitude": 103.7654321}
ADDRESS = "74706e55-df26-4b84-80fe-ecc30b5befb4"
WHERE = {"external_identifier": "LA1302", "external_identifier_type": "thangdee-place"}
OTHER = stable_id("another service")


async def everything(browser) -> str:
    """All that the API says, in one text: every list in every depth, every record."""
    heard = [(await browser.get(path)).text for path in ("/", "/openapi.json")]
    for path, depth in product(LISTS, ({}, {"full": "true"}, {"full_service": "true"}, {"minimal": "true"})):
        answer = await browser.get(f"/{path}", params={"per_page": 500} | depth)
        heard.append(answer.text)
        if answer.status_code == 200 and not depth:
            for one in answer.json()["contents"]:
                heard.append((await browser.get(f"/{path}/{one['id']}")).text)
                heard.append((await browser.get(f"/{path}/{one['id']}", params={"full_service": "true"})).text)
    return "\n".join(heard)


async def never_says(app, *secrets: str) -> None:
    async with client(app) as browser:
        said_of_all = await everything(browser)
        for secret in secrets:
            assert secret.lower() not in said_of_all.lower(), secret
            for path in LISTS:
                assert await ids(browser, f"/{path}", search=secret) == []


async def found_near_the_spot(app) -> list[str]:
    near = {"lat": SPOT["latitude"], "lon": SPOT["longitude"], "distance": 1}
    async with client(app) as browser:
        asked = [near, {"place": "LA1302"}, {"place": "LA-SV"}, {"place": "LA-SV", "distance": 300}]
        paths = ("/services", "/service_at_locations")
        return [one for path, question in product(paths, asked) for one in await ids(browser, path, **question)]


def spotted() -> Tables:
    """The example with canaries in all that tells where its place is."""
    words = dict.fromkeys(("name", "alternate_name", "description", "transportation"), CANARY)
    tables = changed(example_tables(), "location", LOCATION, url=f"https://{CANARY}.example", **words, **SPOT, **WHERE)
    address = dict.fromkeys(("attention", "address_1", "address_2", "city", "region", "postal_code"), CANARY)
    tables = changed(tables, "address", ADDRESS, location_id=LOCATION, **address)
    tables = changed(tables, "service_at_location", AT, description=CANARY)
    tables = said(said(tables, AT, "text", "description-lo", CANARY), LOCATION, "text", "name-th", CANARY)
    hangs = {"location_id": LOCATION, "description": CANARY}
    tables = changed(tables, "phone", stable_id("phone"), number=CANARY, **hangs)
    tables = changed(tables, "schedule", stable_id("hours"), **hangs)
    tables = changed(tables, "accessibility", stable_id("ramp"), **hangs)
    tables = changed(tables, "language", stable_id("speech"), location_id=LOCATION, name=CANARY)
    foreign = {"name": CANARY, "description": CANARY, "code": CANARY}
    tables = changed(tables, "taxonomy_term", stable_id("foreign"), **foreign)
    for link in (AT, LOCATION):
        values = {"link_id": link, "taxonomy_term_id": stable_id("foreign"), "value": CANARY}
        tables = changed(tables, "attribute", stable_id(f"foreign {link}"), **values)
    return tables


def a_shelter(tables: Tables, *, link: str = SERVICE) -> Tables:
    return said(tables, link, "stay", "residential")


async def test_canaries_are_found_where_nothing_is_secret() -> None:
    """The other tests mean something only if this one finds them."""
    async with client(api_over(spotted())) as browser:
        assert (await everything(browser)).count(CANARY) > 20
        assert await ids(browser, "/services", search=CANARY) == [SERVICE]
    assert len(await found_near_the_spot(api_over(spotted()))) == 8


async def test_a_confidential_place_is_told_by_nothing() -> None:
    app = api_over(spotted(), secret=frozenset({LOCATION}))

    await never_says(app, CANARY, "17.1234", "103.7654", "LA1302", ADDRESS)
    assert await found_near_the_spot(app) == []
    async with client(app) as browser:
        shown = await get(browser, f"/service_at_locations/{AT}")
    assert shown["location"] == {"id": LOCATION, "location_type": "physical"}
    assert schema_errors("service_at_location", shown) == []


@pytest.mark.parametrize("link", [SERVICE, AT, ORGANIZATION])
async def test_a_shelter_is_told_by_nothing_unless_it_has_a_public_front_door(link) -> None:
    app = api_over(a_shelter(spotted(), link=link))

    await never_says(app, CANARY, "17.1234", "103.7654", "LA1302", ADDRESS)
    assert await found_near_the_spot(app) == []
    open_to_all = said(a_shelter(spotted(), link=link), link, "visit", "public_front_door")
    assert len(await found_near_the_spot(api_over(open_to_all))) == 8


async def test_a_place_to_stay_is_a_shelter_where_nobody_says_that_people_only_come_by_day() -> None:
    shelter = said(spotted(), SERVICE, "need", "shelter")

    await never_says(api_over(shelter), CANARY)
    by_day = said(shelter, SERVICE, "stay", "day")
    assert len(await found_near_the_spot(api_over(by_day))) == 8


async def test_a_shelter_hides_its_place_from_the_other_services_there_and_when_it_is_stale() -> None:
    tables = changed(spotted(), "service", OTHER, name="Shelter", status="active", organization_id=ORGANIZATION)
    tables = changed(tables, "service_at_location", stable_id("at"), service_id=OTHER, location_id=LOCATION)
    tables = a_shelter(tables, link=OTHER)
    checks = fresh(tables)
    del checks[OTHER]

    for known in (checks, fresh(tables)):
        app = api_over(tables, known)
        await never_says(app, CANARY)
        assert await found_near_the_spot(app) == []


@pytest.mark.parametrize(
    "table", ["service", "location", "phone", "schedule", "address", "cost_option", "organization"]
)
async def test_a_fact_that_nobody_checked_is_told_by_nothing(table) -> None:
    field = {"phone": "number", "schedule": "notes", "address": "address_1", "cost_option": "amount_description",
             "organization": "website"}.get(table, "description")  # fmt: skip
    tables = example_tables()
    checks = fresh(tables)
    for row in tables[table]:
        tables = changed(tables, table, row["id"], **{field: CANARY})
        del checks[row["id"]]

    await never_says(api_over(tables, checks), CANARY)
    async with client(api_over(tables)) as browser:
        assert CANARY in await everything(browser)


async def test_what_hangs_on_a_service_that_is_stale_is_told_by_nothing() -> None:
    tables = spotted()
    for table, field in (("service_area", "name"), ("required_document", "document"), ("funding", "source")):
        tables = changed(tables, table, stable_id(table), service_id=SERVICE, **{field: CANARY})
    tables = changed(tables, "program", tables["program"][0]["id"], name=CANARY)
    checks = fresh(tables)
    del checks[SERVICE]

    app = api_over(tables, checks)

    await never_says(app, CANARY)
    assert await found_near_the_spot(app) == []
    async with client(app) as browser:
        for path, key in (("services", SERVICE), ("service_at_locations", AT)):
            assert (await browser.get(f"/{path}/{key}")).status_code == 404
        assert await ids(browser, "/organizations") == [ORGANIZATION]
        assert "services" not in await get(browser, f"/organizations/{ORGANIZATION}")


async def test_of_an_organization_that_nobody_checked_only_its_name_is_told() -> None:
    words = {"email": f"{CANARY}@example.org", "website": f"https://{CANARY}.example", "legal_status": CANARY}
    tables = changed(example_tables("organization_full"), "organization", ORGANIZATION, **words)
    tables = changed(tables, "funding", stable_id("money"), organization_id=ORGANIZATION, source=CANARY)
    tables = changed(tables, "url", stable_id("page"), organization_id=ORGANIZATION, url=f"https://{CANARY}.example")
    checks = fresh(tables)
    del checks[ORGANIZATION]

    await never_says(api_over(tables, checks), CANARY)


async def test_a_place_where_nothing_is_given_is_told_by_nothing() -> None:
    office = {"location_type": "physical", "organization_id": ORGANIZATION, "name": CANARY}
    tables = changed(example_tables(), "location", stable_id("office"), **office, **SPOT)
    tables = changed(tables, "address", stable_id("way"), location_id=stable_id("office"), address_1=CANARY)

    await never_says(api_over(tables), CANARY)


async def test_persons_and_their_numbers_are_told_by_nothing() -> None:
    tables = example_tables("organization_full")
    for n, link in enumerate(("service_id", "organization_id", "service_at_location_id", "location_id")):
        key = {"service_id": SERVICE, "organization_id": ORGANIZATION, "service_at_location_id": AT}.get(link, LOCATION)
        person = {"name": CANARY, "title": CANARY, "email": f"{CANARY}@example.org", link: key}
        tables = changed(tables, "contact", stable_id(f"person {n}"), **person)
        own = {"contact_id": stable_id(f"person {n}"), "number": CANARY}
        tables = changed(tables, "phone", stable_id(f"phone {n}"), **own)
        tables = said(tables, stable_id(f"person {n}"), "text", "name-lo", CANARY)
        used = {"link_id": stable_id(f"phone {n}"), "taxonomy_term_id": stable_id("foreign")}
        tables = changed(tables, "attribute", stable_id(f"foreign {n}"), **used)
    foreign = {"name": CANARY, "description": CANARY, "code": CANARY}
    tables = changed(tables, "taxonomy_term", stable_id("foreign"), **foreign)

    await never_says(api_over(tables), CANARY, "Ann Persona", "Reception Manager")
    async with client(api_over(tables)) as browser:
        heard = await everything(browser)
    assert '"contacts"' not in heard
    assert '"contact_id"' not in heard


async def test_staff_assurers_history_and_sealed_addresses_stay_inside(database, vault, clock) -> None:
    await fill(database, clock, by="staffcanary")
    async with database.write() as connection:
        for table, key, field in (("service", SERVICE, "alert"), ("address", ADDRESS, "address_1")):
            for value in ("oldcanary", "Newer words"):
                await changes.save(connection, table, {"id": key, field: value}, by="staffcanary", now=clock.now())
        mail = {"id": SERVICE, "assurer_email": "assurercanary@example.org"}
        await changes.save(connection, "service", mail, by="staffcanary", now=clock.now())
        how = {"by": "assurercanary", "how": How.VISIT, "now": clock.now(), "source": "sourcecanary"}
        await freshness.assure(connection, "service", SERVICE, **how)
        await confidential.keep_secret(connection, vault, LOCATION, "sealedcanary")

    async with live(database, clock) as browser:
        heard = await everything(browser)
        assert await ids(browser, "/services") == [SERVICE]
        assert await ids(browser, "/services", search="canary") == []
    assert "canary" not in heard
    assert "email@example.com" in heard
    assert "updated_by" not in heard
    assert "assurer" not in heard


async def test_a_place_that_becomes_secret_is_gone_in_seconds(database, vault, clock) -> None:
    await fill(database, clock)
    async with live(database, clock) as browser:
        before = await everything(browser)
        tag = (await browser.get("/services")).headers["etag"]
        async with database.write() as connection:
            await confidential.keep_secret(connection, vault, LOCATION, "a sample house")
        clock.advance(LOOK_AGAIN)
        answer = await browser.get("/services", headers={"if-none-match": tag})
        after = await everything(browser)

    assert "MyCity Civic Center is serviced by" in before
    assert "MyCity Civic Center is serviced by" not in after
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path", ["locations", "contacts", "phones", "metadata", "assurances", "villages", "docs", "redoc"]
)
async def test_there_is_no_other_way_in(path) -> None:
    async with client(api_over(example_tables())) as browser:
        for key in ("", f"/{LOCATION}", f"/{PHONE}"):
            assert (await browser.get(f"/{path}{key}")).status_code == 404


@pytest.mark.parametrize("path", LISTS)
async def test_ids_of_other_tables_open_nothing(path) -> None:
    async with client(api_over(example_tables())) as browser:
        for key in (LOCATION, PHONE, ADDRESS, "1e7efce3-639b-4880-940c-b95cd30cdb50"):
            assert (await browser.get(f"/{path}/{key}")).status_code == 404


async def test_checking_again_brings_everything_back(database, clock) -> None:
    await fill(database, clock)
    async with live(database, clock) as browser:
        before = await get(browser, f"/services/{SERVICE}")
        await check_all(database, clock)
        clock.advance(LOOK_AGAIN)

        assert await get(browser, f"/services/{SERVICE}") == before
