"""The official examples come back as they went in; exports are valid; a second import changes nothing."""

import csv
import json
from pathlib import Path

import pytest

from tests.referral_directory.hsds_files import (
    AT,
    EXAMPLES,
    LOCATION,
    ORGANIZATION,
    PHONE,
    SERVICE,
    bring_in,
    example,
    schema,
    schema_errors,
    tables_of,
)
from thangdee.core.database import Database
from thangdee.referral_directory.exporting import Nest, package
from thangdee.referral_directory.hsds import RECORDS, Kind
from thangdee.referral_directory.importing import read
from thangdee.referral_directory.tabular import write_tables

FULL = {"service": SERVICE, "organization": ORGANIZATION, "service_at_location": AT}
KINDS = {"date-time": "moment", "datetime": "moment"}


@pytest.mark.parametrize("name", [name for name, record in RECORDS.items() if not record.since_31])
def test_what_we_say_of_a_table_is_what_the_official_schema_says(name: str) -> None:
    said, record = schema(name), RECORDS[name]
    own = {key: one for key, one in said["properties"].items() if one.get("type") != "array" and "$ref" not in one}
    needed = set(said.get("required", []))

    fields = [field for field in record.fields if not field.since_31]

    assert [field.name for field in fields] == list(own)
    assert record.file == said["path"]
    assert {field.name for field in fields if field.in_json} == needed
    assert {field.name for field in fields if field.in_tables} == needed | set(said.get("tabular_required", []))
    assert [field.one_of for field in fields] == [tuple(one.get("enum", ())) for one in own.values()]
    for field, one in zip(fields, own.values(), strict=True):
        kind = one.get("format") or one.get("datapackage_type") or ("number" if one["type"] == "number" else "text")
        assert field.kind == Kind(KINDS.get(kind, kind)), field.name


@pytest.mark.parametrize("name", FULL)
async def test_an_official_full_record_comes_back_as_it_went_in(database: Database, name: str) -> None:
    await bring_in(database, EXAMPLES / f"{name}_full.json")

    found = Nest(await tables_of(database)).full(name, FULL[name])

    assert found == example(f"{name}_full")


@pytest.mark.parametrize("name", FULL)
async def test_an_official_list_comes_back_as_it_went_in(database: Database, name: str) -> None:
    await bring_in(database, EXAMPLES / f"{name}_list.json")

    found = Nest(await tables_of(database)).flat(name, FULL[name])

    assert found == example(f"{name}_list")["contents"][0]


@pytest.mark.parametrize("name", ["location", "taxonomy", "taxonomy_term"])
async def test_an_official_single_record_comes_back_as_it_went_in(database: Database, name: str) -> None:
    await bring_in(database, EXAMPLES / f"{name}.json")

    found = Nest(await tables_of(database)).full(name, example(name)["id"])

    assert found == example(name)


async def test_the_official_tables_come_back_byte_for_byte(database: Database, tmp_path: Path) -> None:
    await bring_in(database, EXAMPLES / "csv")

    write_tables(tmp_path, await tables_of(database))

    for path in sorted((EXAMPLES / "csv").glob("*.csv")):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name
    assert len(list(tmp_path.glob("*.csv"))) == len(list((EXAMPLES / "csv").glob("*.csv")))


async def test_a_whole_export_brings_the_same_directory_into_an_empty_one(database: Database, tmp_path: Path) -> None:
    await bring_in(database, EXAMPLES / "csv")
    whole = tmp_path / "whole.json"
    before = await tables_of(database)
    whole.write_text(json.dumps(package(before), ensure_ascii=False), encoding="utf-8")

    batch = read(whole)

    again = {name: [one.values for one in rows.values()] for name, rows in batch.entries.items()}
    assert batch.faults == []
    assert again == before


async def test_exports_are_valid_by_the_official_schemas(database: Database) -> None:
    await bring_in(database, EXAMPLES / "organization_full.json")

    tables = await tables_of(database)

    assert [schema_errors("organization", one) for one in package(tables)["contents"]] == [[]]
    assert schema_errors("service", Nest(tables).full("service", SERVICE)) == []
    assert schema_errors("service_at_location", Nest(tables).full("service_at_location", AT)) == []
    assert [
        error
        for name, rows in tables.items()
        if not RECORDS[name].since_31
        for row in rows
        for error in schema_errors(name, row)
    ] == []
    assert schema_errors("service", {"id": "1", "name": 3}) != []


@pytest.mark.parametrize("source", ["csv", "organization_full.json"])
async def test_a_second_import_changes_nothing(database: Database, source: str) -> None:
    first = await bring_in(database, EXAMPLES / source)
    before = await tables_of(database)

    again = await bring_in(database, EXAMPLES / source)

    assert sum(first.added.values()) == sum(again.same.values())
    assert sum(again.added.values()) == sum(again.changed.values()) == 0
    assert await tables_of(database) == before


async def test_what_31_added_comes_in_and_goes_out(database: Database, tmp_path: Path) -> None:
    given = example("service_full")
    given["additional_urls"] = [
        {"id": "30951f94-7b24-11ef-ba1b-a79405d4dcaa", "label": "Page", "url": "https://example.org"}
    ]
    given["capacities"] = [
        {
            "id": "8896b788-7b3e-11ef-8db9-7f3d040352b3",
            "unit": {"id": "187a37a2-7b40-11ef-9790-dbf7623d4407", "name": "Bed"},
            "available": 4,
            "updated": "2026-11-20T08:00:00+07:00",
        }
    ]
    given["attributes"][0]["label"] = "A label"
    (tmp_path / "new.json").write_text(json.dumps(given), encoding="utf-8")
    await bring_in(database, tmp_path / "new.json")

    tables = await tables_of(database)
    write_tables(tmp_path / "csv", tables)

    assert Nest(tables).full("service", SERVICE) == given
    assert {"url.csv", "units.csv", "service_capacity.csv"} <= {path.name for path in (tmp_path / "csv").iterdir()}
    assert "label" in (tmp_path / "csv" / "attributes.csv").read_text().splitlines()[0]


async def test_the_data_package_describes_its_files(database: Database, tmp_path: Path) -> None:
    await bring_in(database, EXAMPLES / "csv")

    write_tables(tmp_path, await tables_of(database))

    described = json.loads((tmp_path / "datapackage.json").read_text())["resources"]
    assert {one["path"] for one in described} == {path.name for path in tmp_path.glob("*.csv")}
    for one in described:
        header = next(csv.reader((tmp_path / one["path"]).open(encoding="utf-8", newline="")))
        assert header == [field["name"] for field in one["schema"]["fields"]]


@pytest.mark.parametrize(
    "text", ["=1+1", "+856 20", "-2", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''+1", "'n", "a=b", '"=1']
)
def test_csv_injection_cells_are_text_and_come_back(tmp_path: Path, text: str) -> None:
    service = {"id": SERVICE, "organization_id": ORGANIZATION, "name": "n", "status": "active", "alert": text}

    write_tables(tmp_path, {"service": [service]})

    with (tmp_path / "services.csv").open(encoding="utf-8", newline="") as file:
        written = next(csv.DictReader(file))["alert"]
    assert written[0] not in "=+-@\t\r\n"
    assert read(tmp_path).entries["service"][SERVICE].values["alert"] == text


async def test_ids_in_the_examples_are_where_the_tests_say(database: Database) -> None:
    await bring_in(database, EXAMPLES / "csv")

    tables = await tables_of(database)

    assert [tables[name][0]["id"] for name in ("location", "phone")] == [LOCATION, PHONE]
