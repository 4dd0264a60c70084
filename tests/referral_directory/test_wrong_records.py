"""A wrong row is named by file, row and field, and nothing is changed."""

import csv
import json
from pathlib import Path

import pytest

from tests.referral_directory.hsds_files import EXAMPLES, SERVICE, bring_in, example, schema_errors, tables_of
from thangdee.core.database import Database
from thangdee.referral_directory.checks import WrongRecordError
from thangdee.referral_directory.importing import read
from thangdee.referral_directory.taxonomy import stable_id, term


def _changed_csv(folder: Path, file: str, **cells: str) -> Path:
    """The official tables with one row changed."""
    for path in (EXAMPLES / "csv").glob("*.csv"):
        (folder / path.name).write_bytes(path.read_bytes())
    with (folder / file).open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    with (folder / file).open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0])
        writer.writeheader()
        writer.writerows([rows[0] | cells])
    return folder


def _faults(path: Path) -> list[tuple[str, str, str]]:
    batch = read(path)
    batch.check_links({})
    return [(fault.file, fault.row, fault.field) for fault in batch.faults]


@pytest.mark.parametrize(
    ("file", "field", "value"),
    [
        ("services.csv", "status", "open"),
        ("services.csv", "name", ""),
        ("services.csv", "organization_id", ""),
        ("services.csv", "organization_id", stable_id("nobody")),
        ("services.csv", "email", "no address"),
        ("services.csv", "minimum_age", "twelve"),
        ("services.csv", "minimum_age", "nan"),
        ("services.csv", "assured_date", "2026-02-30"),
        ("services.csv", "assured_date", "20261122"),
        ("services.csv", "last_modified", "yesterday"),
        ("services.csv", "url", "example.com"),
        ("schedules.csv", "opens_at", "25:00"),
        ("schedules.csv", "freq", "DAILY"),
        ("locations.csv", "location_type", "hidden"),
        ("locations.csv", "latitude", "north"),
        ("addresses.csv", "city", ""),
        ("phones.csv", "id", "1"),
        ("attributes.csv", "taxonomy_term_id", stable_id("nothing")),
    ],
)
def test_a_wrong_cell_is_named_by_file_row_and_field(tmp_path: Path, file: str, field: str, value: str) -> None:
    folder = _changed_csv(tmp_path, file, **{field: value})

    assert _faults(folder) == [(file, "row 2", field)]


async def test_nothing_comes_in_when_any_row_is_wrong(database: Database, tmp_path: Path) -> None:
    folder = _changed_csv(tmp_path, "phones.csv", number="")

    with pytest.raises(WrongRecordError) as refused:
        await bring_in(database, folder)

    assert [str(one) for one in refused.value.faults] == ["phones.csv, row 2, number: is needed"]
    assert not any((await tables_of(database)).values())


async def test_a_wrong_row_leaves_what_stood(database: Database, tmp_path: Path) -> None:
    await bring_in(database, EXAMPLES / "csv")
    before = await tables_of(database)
    given = example("service_full") | {"name": "Another name", "phones": [{"id": "1", "number": "2"}]}
    (tmp_path / "wrong.json").write_text(json.dumps(given))

    with pytest.raises(WrongRecordError):
        await bring_in(database, tmp_path / "wrong.json")

    assert await tables_of(database) == before


def _json(tmp_path: Path, content: object) -> Path:
    (tmp_path / "given.json").write_text(content if isinstance(content, str) else json.dumps(content))
    return tmp_path / "given.json"


@pytest.mark.parametrize(
    ("change", "row", "field"),
    [
        ({"status": "open"}, "record", "status"),
        ({"name": 5}, "record", "name"),
        ({"name": None}, "record", "name"),
        ({"maximum_age": "100"}, "record", "maximum_age"),
        ({"maximum_age": True}, "record", "maximum_age"),
        ({"phones": {}}, "record.phones", "-"),
        ({"phones": ["1"]}, "record.phones[0]", "-"),
        ({"program": []}, "record.program", "-"),
        ({"phones": [{"id": stable_id("p")}]}, "record.phones[0]", "number"),
        ({"service_areas": [{"id": "x"}]}, "record.service_areas[0]", "id"),
        ({"email": "a\x00@b"}, "record", "email"),
        ({"alert": "half a sign \ud83d"}, "record", "alert"),
        ({"maximum_age": 10**400}, "record", "maximum_age"),
    ],
)
def test_a_wrong_value_in_json_is_named_by_its_path(tmp_path: Path, change: dict, row: str, field: str) -> None:
    given = example("service_full") | change

    assert ("given.json", row, field) in _faults(_json(tmp_path, given))


@pytest.mark.parametrize(
    "change", [{"status": "open"}, {"name": 5}, {"id": None}, {"maximum_age": "1"}, {"email": "x"}]
)
def test_what_the_official_schema_refuses_is_refused(tmp_path: Path, change: dict) -> None:
    given = example("service_full") | change

    assert schema_errors("service", given) != []
    assert _faults(_json(tmp_path, given)) != []


@pytest.mark.parametrize("content", ["", "{", "3", "[3]", '{"contents": 1}', "[" * 100_000, "9" * 5000, '"\ud83d"'])
def test_what_is_no_hsds_at_all_is_a_fault_and_no_crash(tmp_path: Path, content: str) -> None:
    (tmp_path / "given.json").write_bytes(content.encode("utf-8", "surrogatepass"))

    assert _faults(tmp_path / "given.json") != []


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"name\r\nx\r\n", b"id,id\r\n1,2\r\n", b"id,name\r\n1\r\n", b'id,name\r\n"1,2\r\n'],
)
def test_a_broken_table_is_a_fault_and_no_crash(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "services.csv").write_bytes(content)

    assert {file for file, *_ in _faults(tmp_path)} == {"services.csv"}


def test_an_empty_folder_and_a_missing_file_are_faults(tmp_path: Path) -> None:
    assert _faults(tmp_path) != []
    assert _faults(tmp_path / "nowhere.json") != []


def test_an_id_given_twice_in_a_table_is_a_fault(tmp_path: Path) -> None:
    text = (EXAMPLES / "csv" / "organizations.csv").read_text()
    (tmp_path / "organizations.csv").write_text(text + text.splitlines()[1] + "\n")

    assert ("organizations.csv", "row 3", "id") in _faults(tmp_path)


def test_one_phone_of_two_services_is_a_fault(tmp_path: Path) -> None:
    phone = {"id": stable_id("phone"), "number": "1"}
    services = [{"id": stable_id(name), "name": name, "status": "active", "phones": [phone]} for name in ("a", "b")]

    assert _faults(_json(tmp_path, services)) == [("given.json", "[1].phones[0]", "service_id")]


def test_a_state_needs_days_that_can_be_read(tmp_path: Path) -> None:
    said = {"id": stable_id("said"), "taxonomy_term_id": term("state", "full").id}
    service = {"id": SERVICE, "name": "n", "status": "active"}

    assert _faults(_json(tmp_path, service | {"attributes": [said | {"value": "soon"}]})) != []
    assert _faults(_json(tmp_path, service | {"attributes": [said | {"value": "2026-11-01/"}]})) == []


def test_what_is_not_in_hsds_is_noted_and_not_taken(tmp_path: Path) -> None:
    batch = read(_json(tmp_path, example("service_full") | {"secret_field": 1}))

    assert ("record", "secret_field") in [(note.row, note.field) for note in batch.notes]
