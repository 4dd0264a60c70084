"""HSDS as a tabular data package: CSV files with the names of the specification, and datapackage.json."""

import csv
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from thangdee.referral_directory.batch import Batch, Entry
from thangdee.referral_directory.checks import Fault
from thangdee.referral_directory.hsds import RECORDS, VERSION, Field, Kind, Record

# What a spreadsheet would run as a formula (R28); an apostrophe in front makes it text, and goes again on import.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")
csv.field_size_limit(16_000_000)  # an area may be a polygon of many points
_TYPES = {Kind.NUMBER: "number", Kind.DATE: "date", Kind.TIME: "time", Kind.MOMENT: "datetime"}
_FORMATS = {Kind.UUID: "uuid", Kind.URI: "uri", Kind.EMAIL: "email"}


def read_tables(folder: Path, batch: Batch) -> None:
    """Read all files of a data package into the batch."""
    found = False
    for record in RECORDS.values():
        path = folder / record.file
        if path.is_file():
            found = True
            _read_table(path, record, batch)
    if not found:
        batch.faults.append(Fault(folder.name, "folder", "-", "holds none of the files of HSDS"))
    for path in sorted(folder.glob("*.csv")):
        if path.name not in {record.file for record in RECORDS.values()}:
            batch.notes.append(Fault(path.name, "whole file", "-", "is not in HSDS; not taken"))


def write_tables(folder: Path, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Write a data package; what only HSDS 3.1 knows is written where there is something to write."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, rows in tables.items():
        if rows:
            record = RECORDS[name]
            fields = [one for one in record.fields if not one.since_31 or any(row.get(one.name) for row in rows)]
            _write_table(folder / record.file, fields, rows)
            written.append(_resource(record, fields))
    package = {"name": "human_services_data", "profile": "tabular-data-package", "version": VERSION}
    text = json.dumps(package | {"resources": written}, ensure_ascii=False, indent=2)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8")


def cell(value: object) -> str:
    """Return a value as a cell that no spreadsheet runs."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    return f"'{text}" if isinstance(value, str) and _FORMULA.match(text) else text


def _read_table(path: Path, record: Record, batch: Batch) -> None:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            _read_rows(csv.reader(file, strict=True), record, path.name, batch)
    except UnicodeDecodeError:
        batch.faults.append(Fault(path.name, "whole file", "-", "is not UTF-8"))
    except csv.Error as error:
        batch.faults.append(Fault(path.name, "whole file", "-", f"is not CSV: {error}"))


def _read_rows(reader: Any, record: Record, file: str, batch: Batch) -> None:  # noqa: ANN401 - csv's own type
    header = next(reader, None) or []
    fields = {field.name: field for field in record.fields}
    for name in header:
        if name not in fields:
            batch.notes.append(Fault(file, "row 1", name or "-", "is not in HSDS; not taken"))
    if "id" not in header or len(set(header)) != len(header):
        batch.faults.append(Fault(file, "row 1", "id", "the header needs an id, and each name once"))
        return
    for cells in reader:
        where = f"row {reader.line_num}"
        if len(cells) != len(header):
            if cells:
                batch.faults.append(Fault(file, where, "-", f"has {len(cells)} cells, the header {len(header)}"))
            continue
        values = {name: _value(fields[name], text) for name, text in zip(header, cells, strict=True) if name in fields}
        batch.add(record, Entry(values, file, where, as_table=True))


def _value(field: Field, text: str) -> object:
    if text == "":
        return None
    if field.kind is not Kind.NUMBER:
        return text[1:] if _GUARDED.match(text) else text
    try:
        return float(text)
    except ValueError:
        return text  # the check says that it is no number


def _write_table(path: Path, fields: list[Field], rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([field.name for field in fields])
        writer.writerows([cell(row.get(field.name)) for field in fields] for row in rows)


def _resource(record: Record, fields: list[Field]) -> dict[str, Any]:
    links = [
        {"fields": one.name, "reference": {"resource": one.links_to, "fields": "id"}} for one in fields if one.links_to
    ]
    schema: dict[str, Any] = {"primaryKey": "id", "fields": [_described(one) for one in fields]}
    return {
        "name": record.name,
        "path": record.file,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "schema": schema | ({"foreignKeys": links} if links else {}),
    }


def _described(field: Field) -> dict[str, Any]:
    rules: dict[str, Any] = {"required": True} if field.in_tables else {}
    if field.one_of:
        rules["enum"] = list(field.one_of)
    described: dict[str, Any] = {"name": field.name, "type": _TYPES.get(field.kind, "string")}
    if field.kind in _FORMATS:
        described["format"] = _FORMATS[field.kind]
    return described | ({"constraints": rules} if rules else {})
