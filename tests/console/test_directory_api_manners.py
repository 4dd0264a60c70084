"""How the public API behaves: caching, methods, headers, refusals, freshness as time passes, any question at all."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.console.public_directory import (
    api_over,
    check_all,
    client,
    example_tables,
    fill,
    get,
    ids,
    live,
)
from tests.referral_directory.hsds_files import (
    PHONE,
    SERVICE,
)
from tests.referral_directory.many_services import many_services
from thangdee.console.directory_api.edition import LOOK_AGAIN
from thangdee.core.errors import StoreAwayError
from thangdee.referral_directory import changes
from thangdee.referral_directory.hsds import RECORDS
from thangdee.referral_directory.taxonomy import records, stable_id, term

PATHS = ("services", "service_at_locations", "organizations", "taxonomies", "taxonomy_terms")
ELSEWHERE = stable_id("nowhere")
EXAMPLE = api_over(example_tables())


@pytest.fixture
async def browser():
    """Asks the official example."""
    async with client(EXAMPLE) as opened:
        yield opened


@pytest.fixture
async def public(database, clock):
    await fill(database, clock)
    return database


@pytest.fixture
async def living(public, clock):
    """Asks a database."""
    async with live(public, clock) as opened:
        yield opened


@pytest.fixture
def say(public, clock):
    """Changes the directory, and lets the time pass until the API looks again."""

    async def change(table: str, row_id: str, **values) -> None:
        clock.advance(timedelta(seconds=1))
        async with public.write() as connection:
            await changes.save(connection, table, {"id": row_id} | values, by="noy", now=clock.now())
        clock.advance(LOOK_AGAIN)

    return change


async def test_etag_stands_until_the_directory_changes(living, say) -> None:
    first = await living.get("/services")
    again = await living.get("/services", headers={"if-none-match": f'"x", W/{first.headers["etag"]}'})
    await say("service", SERVICE, name="Another name")
    later = await living.get("/services", headers={"if-none-match": first.headers["etag"]})

    assert first.headers["cache-control"] == "public, no-cache"
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert later.status_code == 200
    assert later.json()["contents"][0]["name"] == "Another name"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/services", f"/services/{SERVICE}", "/openapi.json", "/nothing"])
async def test_directory_is_read_only(browser, method, path) -> None:
    answer = await browser.request(method, path)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


async def test_head_answers_without_a_body(browser) -> None:
    answer = await browser.head("/services")

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 100


@pytest.mark.parametrize("path", ["/", "/services", "/nothing", "/services?page=0", "/openapi.json"])
async def test_every_answer_is_open_to_other_pages_and_carries_the_safe_headers(browser, path) -> None:
    answer = await browser.get(path, headers={"origin": "https://elsewhere.example"})

    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "set-cookie" not in answer.headers


async def test_other_pages_may_ask_with_an_etag_and_not_write(browser) -> None:
    async def asks(method: str) -> httpx.Response:
        wanted = {"access-control-request-method": method, "access-control-request-headers": "if-none-match"}
        return await browser.options("/services", headers={"origin": "https://elsewhere.example"} | wanted)

    assert (await asks("GET")).status_code == 200
    assert (await asks("POST")).status_code == 400


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("key", [ELSEWHERE, "x", "%00", "..%2f..%2fetc", "ກ"])
async def test_an_unknown_id_is_not_found(browser, path, key) -> None:
    answer = await browser.get(f"/{path}/{key}")

    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("asked", "field", "says"),
    [
        ("page=0", "page", "greater than or equal to 1"),
        ("page=x", "page", "integer"),
        ("per_page=501", "per_page", "less than or equal to 500"),
        ("per_page=0", "per_page", "greater"),
        ("full=perhaps", "full", "boolean"),
        ("modified_after=yesterday", "modified_after", "datetime"),
        ("format=ndjson", "format", "json"),
        ("plase=LA", "plase", "not permitted"),
        ("postcode=1", "postcode", "not permitted"),
        ("lat=91&lon=0", "lat", "90"),
        ("lat=nan&lon=0", "lat", "90"),
        ("lat=17&lon=inf", "lon", "180"),
        ("lat=17", "query", "belong together"),
        ("lon=17", "query", "belong together"),
        ("lat=1&lon=1&long=1", "query", "not both"),
        ("lat=1&lon=1&distance=-1", "distance", "greater than 0"),
        ("lat=1&lon=1&distance=1&proximity=1", "query", "not both"),
        ("distance=5", "query", "needs lat and lon"),
        ("place=LA&distance=5", "query", "smaller than a country"),
        ("place=Atlantis-by-the-sea", "place", "no such place"),
        ("place=ວຽງຈັນ", "place", "LA-VT (Vientiane Capital), LA-VI"),
        ("taxonomy_term_id=", "taxonomy_term_id", "at least 1"),
        (f"search={'x' * 201}", "search", "200"),
    ],
)
async def test_a_wrong_question_is_refused_with_its_field_and_the_reason(browser, asked, field, says) -> None:
    answer = await browser.get(f"/services?{asked}")

    (fault,) = answer.json()["detail"]
    assert answer.status_code == 422
    assert field in fault["loc"]
    assert says in fault["msg"]
    assert set(fault) == {"loc", "msg", "type"}


async def test_a_fact_leaves_when_it_is_stale_and_comes_back_when_checked(public, living, clock) -> None:
    clock.advance(timedelta(days=90))
    assert await ids(living, "/services") == [SERVICE]
    clock.advance(timedelta(days=1))
    assert await ids(living, "/services") == []
    await check_all(public, clock, but=("phone",))
    clock.advance(LOOK_AGAIN)
    assert "phones" not in await get(living, f"/services/{SERVICE}")


async def test_a_changed_number_is_not_public_until_somebody_checked_it(living, say) -> None:
    assert "phones" in await get(living, f"/services/{SERVICE}")

    await say("phone", PHONE, number="sample number")

    assert "phones" not in await get(living, f"/services/{SERVICE}")


async def test_database_away_is_said(clock) -> None:
    class Away:
        def read(self):
            raise StoreAwayError("away")

    async with live(Away(), clock) as unlucky:
        answer = await unlucky.get("/services")

    assert (answer.status_code, answer.json()) == (503, {"detail": "The database does not answer."})


MANY = api_over({name: [] for name in RECORDS} | many_services(60, 12) | records())
anything = st.one_of(
    st.text(max_size=20), st.integers().map(str), st.floats().map(str), st.sampled_from(["true", "", "2026-11-22"])
)
sensible = st.fixed_dictionaries(
    {},
    optional={
        "page": st.integers(1, 9),
        "per_page": st.integers(1, 40),
        "search": st.sampled_from(["sample", "service 7", "ຜູ້ຊາຍ", "x", "ที่พัก"]),
        "full": st.booleans(),
        "minimal": st.booleans(),
        "place": st.sampled_from(["LA", "LA-SV", "TH-30", "LA1301", "ປາກເຊ"]),
        "taxonomy_term_id": st.sampled_from(["thangdee-need:shelter", term("gender", "men").id]),
        "organization_id": st.sampled_from([stable_id("sample o1"), "x"]),
        "modified_after": st.datetimes().map(lambda one: one.isoformat()),
    },
)
wild = st.dictionaries(
    st.sampled_from(["page", "per_page", "search", "place", "lat", "lon", "long", "distance", "proximity", "full", "minimal",
                     "taxonomy_term_id", "taxonomy_id", "modified_after", "format", "top_only", "parent_id", "x"]),
    anything,
    max_size=4,
)  # fmt: skip


def _ask(path: str, asked: dict) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with client(MANY) as browser:
            return await browser.get(path, params=asked)

    return asyncio.run(ask())


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from([*PATHS, "services", "service_at_locations"]), wild)
def test_any_question_is_answered_or_refused(path, asked) -> None:
    answer = _ask(f"/{path}", asked)

    assert answer.status_code in (200, 422)
    assert ("contents" in answer.json()) is (answer.status_code == 200)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(sensible)
def test_pages_say_truly_how_many_there_are(asked) -> None:
    page = _ask("/services", asked).json()
    size = asked.get("per_page") or (max(page["total_items"], 1) if asked.get("minimal") else 50)

    assert page["size"] == len(page["contents"]) <= size
    assert page["total_pages"] == max(-(-page["total_items"] // size), 1)
    assert page["page_number"] == asked.get("page", 1)
    assert page["first_page"] is (page["page_number"] == 1)
    assert page["last_page"] is (page["page_number"] >= page["total_pages"])
    assert page["empty"] is (page["contents"] == [])


def test_all_pages_together_are_the_whole_list_once() -> None:
    pages = [_ask("/services", {"page": n, "per_page": 7}).json()["contents"] for n in range(1, 10)]

    listed = [one["id"] for page in pages for one in page]
    assert len(listed) == 60
    assert listed == sorted(set(listed))
