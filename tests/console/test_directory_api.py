"""The public API answers as HSDS says: shapes and filters."""

from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI

from tests.console.public_directory import (
    HOST,
    api_over,
    changed,
    client,
    example_tables,
    fill,
    get,
    ids,
    live,
    said,
    without,
)
from tests.referral_directory.hsds_files import (
    AT,
    LOCATION,
    ORGANIZATION,
    SERVICE,
    example,
    schema,
    schema_errors,
)
from thangdee.console.directory_api.app import api_of
from thangdee.referral_directory.taxonomy import stable_id, term

TABLE_OF = {
    "services": "service",
    "service_at_locations": "service_at_location",
    "organizations": "organization",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}
# The last two lead to records that the example does not hold.
NOT_PUBLIC = ("contacts", "metadata", "assurer_email", "parent_organization_id", "parent_id")
ELSEWHERE = stable_id("nowhere")
EXAMPLE = api_over(example_tables())


@pytest.fixture
async def browser():
    """Asks the official example."""
    async with client(EXAMPLE) as opened:
        yield opened


async def test_both_databases_give_the_same_answer(database, clock) -> None:
    await fill(database, clock)
    async with live(database, clock) as browser:
        answer = await get(browser, f"/services/{SERVICE}")

    when = ("assured_date", "last_modified")
    assert without(answer, *when) == without(example("service_full"), *NOT_PUBLIC, *when)


async def test_root_says_version_profile_and_where_the_openapi_document_is(browser) -> None:
    about = await get(browser, "/")

    assert about["version"] == "3.1"
    assert urlsplit(about["profile"]).scheme == "https"
    assert about["openapi_url"] == f"{HOST}/openapi.json"
    assert (await get(browser, about["openapi_url"]))["openapi"].startswith("3.1")


async def test_openapi_url_is_right_where_the_api_is_mounted() -> None:
    outer = FastAPI()
    outer.mount("/hsds", EXAMPLE)
    async with client(outer) as browser:
        about = await get(browser, "/hsds/")

        assert about["openapi_url"] == f"{HOST}/hsds/openapi.json"
        assert (await get(browser, about["openapi_url"]))["servers"] == [{"url": "/hsds"}]


@pytest.mark.parametrize(("path", "table"), TABLE_OF.items())
@pytest.mark.parametrize("full", [{}, {"full": "true"}, {"full_service": "true"}])
async def test_every_answer_is_valid_by_the_official_schemas(browser, path, table, full) -> None:
    asked = full if f"{next(iter(full), '')}" in schema_parameters(f"/{path}") else {}
    page = await get(browser, f"/{path}", per_page=500, **asked)

    assert page["contents"]
    for one in page["contents"]:
        assert schema_errors(table, one) == []
    single = await get(browser, f"/{path}/{page['contents'][0]['id']}")
    assert schema_errors(table, single) == []


@pytest.mark.parametrize(
    ("path", "key", "name"),
    [("services", SERVICE, "service_full"), ("service_at_locations", AT, "service_at_location_full")],
)
async def test_a_full_record_is_the_official_example_without_what_is_not_public(path, key, name) -> None:
    async with client(api_over(example_tables(name))) as browser:
        single = await get(browser, f"/{path}/{key}")
        page = await get(browser, f"/{path}", full="true")

    assert single == without(example(name), *NOT_PUBLIC)
    assert page["contents"] == [single]


@pytest.mark.parametrize("path", ["service", "service_at_location", "organization"])
async def test_a_list_is_the_official_example_without_what_is_not_public(path) -> None:
    async with client(api_over(example_tables(f"{path}_list"))) as browser:
        page = await get(browser, f"/{path}s")

    assert page["contents"] == without(example(f"{path}_list")["contents"], *NOT_PUBLIC)
    assert set(page) == set(example(f"{path}_list"))


async def test_an_organization_has_its_services_in_short_or_in_full() -> None:
    async with client(api_over(example_tables("organization_full"))) as browser:
        short = await get(browser, f"/organizations/{ORGANIZATION}")
        full = await get(browser, f"/organizations/{ORGANIZATION}", full_service="true")
        page = await get(browser, "/organizations", full="true")

    assert full == without(example("organization_full"), *NOT_PUBLIC)
    assert [one["id"] for one in short["services"]] == [SERVICE]
    assert "phones" not in short["services"][0]
    assert schema_errors("organization", short) == schema_errors("organization", full) == []
    assert page["contents"] == [short]


def test_openapi_has_the_paths_parameters_and_schemas_of_the_official_document() -> None:
    ours, official = api_of(None).openapi(), schema("openapi")

    assert set(ours["paths"]) == set(official["paths"])
    for path in official["paths"]:
        assert set(schema_parameters(path)) - {"postcode"} <= {
            one["name"] for one in ours["paths"][path]["get"].get("parameters", [])
        }
        assert all(
            one.get("description") or one["in"] == "path" for one in ours["paths"][path]["get"].get("parameters", [])
        )
        if path != "/service_at_locations/{id}":  # there the official document names another schema than its example
            assert refs(ours["paths"][path]["get"]["responses"]["200"]) == refs(
                official["paths"][path]["get"]["responses"]["200"]
            )
    assert {"title", "version", "license"} <= set(ours["info"])
    assert {method for methods in ours["paths"].values() for method in methods} == {"get"}


def schema_parameters(path: str) -> list[str]:
    """The official parameters of a path."""
    official = schema("openapi")
    given = official["paths"][path]["get"].get("parameters", [])
    named = [
        one.get("name") or official["components"]["parameters"][one["$ref"].rpartition("/")[2]]["name"] for one in given
    ]
    return [*named, *[one["name"] for one in official["paths"][path].get("parameters", [])]]


def refs(value: object) -> set[str]:
    """The official schemas that are referred to."""
    if isinstance(value, dict):
        own = {value["$ref"]} if str(value.get("$ref", "")).startswith("https:") else set()
        return own.union(*(refs(one) for one in value.values()))
    return set().union(*(refs(one) for one in value)) if isinstance(value, list) else set()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, True),
        ({"search": "counselling MYCITY"}, True),
        ({"search": "counselling elsewhere"}, False),
        ({"search": "!!"}, False),
        ({"organization_id": ORGANIZATION}, True),
        ({"organization_id": ELSEWHERE}, False),
        ({"taxonomy_term_id": "3f7b145d-84af-42d7-8fae-eaca714b02b2"}, True),
        ({"taxonomy_term_id": "code"}, True),
        ({"taxonomy_term_id": ELSEWHERE}, False),
        ({"taxonomy_id": "5c4d79d7-cc55-470e-9f1f-8cad074e4892"}, True),
        ({"taxonomy_id": ELSEWHERE}, False),
        ({"modified_after": "2023-03-15T10:30:45Z"}, True),
        ({"modified_after": "2023-03-15T12:30:45+07:00"}, True),
        ({"modified_after": "2023-03-15T10:31"}, False),
    ],
)
@pytest.mark.parametrize("path", ["services", "service_at_locations"])
async def test_filters_find_what_fits_and_nothing_else(browser, path, asked, found) -> None:
    page = await get(browser, f"/{path}", **asked)

    assert page["total_items"] == len(page["contents"]) == int(found)
    assert page["empty"] is not found


IN_SAVANNAKHET = api_over(
    changed(
        changed(
            example_tables(),
            "location",
            LOCATION,
            latitude=16.56,
            longitude=104.75,
            external_identifier="LA1301",
            external_identifier_type="thangdee-place",
        ),
        "service_area",
        stable_id("area"),
        service_id=SERVICE,
        extent_type="text",
        extent="LA-CH",
    )
)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"lat": 16.55, "lon": 104.75, "distance": 5}, True),
        ({"lat": 16.55, "long": 104.75}, True),
        ({"lat": 17.5, "lon": 104.75, "distance": 50}, False),
        ({"lat": 16.6, "lon": 104.75, "proximity": 9000}, True),
        ({"lat": 16.6, "lon": 104.75, "proximity": 900}, False),
        ({"place": "LA-SV"}, True),
        ({"place": "la1301"}, True),
        ({"place": "LA1302"}, False),
        ({"place": "ສະຫວັນນະເຂດ"}, True),
        ({"place": "Savannakhet"}, True),
        ({"place": "LA-CH"}, True),
        ({"place": "LA"}, True),
        ({"place": "TH"}, False),
        ({"place": "LA-LP"}, False),
        ({"place": "LA-SV", "distance": 300}, True),
        ({"place": "LA-LP", "distance": 20}, False),
    ],
)
@pytest.mark.parametrize("path", ["services", "service_at_locations"])
async def test_places_are_found_by_point_distance_code_and_name(path, asked, found) -> None:
    async with client(IN_SAVANNAKHET) as browser:
        assert bool(await ids(browser, f"/{path}", **asked)) is found


async def test_a_term_at_a_place_wins_over_that_of_the_service_and_all_terms_must_hold() -> None:
    tables = said(said(example_tables(), SERVICE, "gender", "women"), SERVICE, "need", "counselling")
    tables = said(tables, ORGANIZATION, "need", "shelter")
    needs = term("need", "counselling").id

    async def found(*terms: str) -> bool:
        async with client(api_over(tables)) as browser:
            return bool(await ids(browser, "/services", taxonomy_term_id=list(terms)))

    assert await found("thangdee-gender:women", needs)
    assert not await found("thangdee-gender:men", needs)
    assert not await found("thangdee-need:shelter")
    tables = said(tables, AT, "gender", "men")
    assert await found("thangdee-gender:men", needs)
    assert not await found("thangdee-gender:women")


async def test_search_reads_the_words_of_terms_and_texts_in_every_script() -> None:
    tables = said(said(example_tables(), AT, "gender", "men"), SERVICE, "text", "name-lo", "ບ່ອນຮັບຟັງ")
    async with client(api_over(tables)) as browser:
        for words in ("ຜູ້ຊາຍ", "ผู้ชาย", "boys", "ບ່ອນຮັບຟັງ", "Example Organization", "Civic Center"):
            assert await ids(browser, "/services", search=words) == [SERVICE], words


async def test_taxonomies_and_terms_are_all_there(browser) -> None:
    needs = stable_id("thangdee-need")
    terms = (await get(browser, "/taxonomy_terms", taxonomy_id=needs, per_page=500))["contents"]

    assert needs in await ids(browser, "/taxonomies")
    assert {one["code"] for one in terms} >= {"thangdee-need:shelter", "thangdee-need:counselling"}
    assert all(one["taxonomy_detail"]["id"] == needs for one in terms)
    assert await ids(browser, "/taxonomy_terms", search="ທະນາຍ ກົດໝາຍ") == [term("need", "legal_aid").id]
    assert await ids(browser, "/taxonomy_terms", parent_id=ELSEWHERE) == []
    assert len(await ids(browser, "/taxonomy_terms", top_only="true", per_page=500)) > 70


async def test_minimal_gives_ids_and_when_they_changed_on_one_page(browser) -> None:
    page = await get(browser, "/services", minimal="true")

    assert page["contents"] == [{"id": SERVICE, "modified_date": "2023-03-15T10:30:45.123Z"}]
