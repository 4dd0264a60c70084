"""HSDS from JSON: nested as the API gives it, lists in their envelope, our own export, or tables by file name."""

import json
from pathlib import Path
from typing import Any

from thangdee.referral_directory.batch import Batch, Entry
from thangdee.referral_directory.checks import Fault
from thangdee.referral_directory.hsds import BY_FILE, RECORDS, Field, Kind, Record

# Which link a nested single record stands for; `service` in service_at_location is in the official examples only.
_LINK_OF_OBJECT = {"taxonomy_detail": "taxonomy_id"}
_MORE_OBJECTS = {"service_at_location": {"service": "service"}}
_MORE_LISTS = {"organization": {"services": "service"}}
_BY_STEM = {file.removesuffix(".csv"): record for file, record in BY_FILE.items()} | {
    "service_at_locations": RECORDS["service_at_location"]
}
_ENVELOPE = {"total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents"}
_ANY_OF = (
    ("service", {"status"}),
    ("location", {"location_type"}),
    ("taxonomy_term", {"taxonomy", "taxonomy_detail", "taxonomy_id", "parent_id", "term_uri", "code"}),
    ("service_at_location", {"service", "location", "service_id", "location_id"}),
    ("taxonomy", {"version"}),
)


def read_json(path: Path, batch: Batch) -> None:
    """Read one file into the batch."""
    try:
        _Reader(path.name, batch).read(json.loads(path.read_text(encoding="utf-8-sig")))
    except UnicodeDecodeError:
        batch.faults.append(Fault(path.name, "whole file", "-", "is not UTF-8"))
    except json.JSONDecodeError as error:
        batch.faults.append(Fault(path.name, f"line {error.lineno}", "-", "is not JSON"))
    except ValueError:  # a number of thousands of digits
        batch.faults.append(Fault(path.name, "whole file", "-", "holds a number without end"))
    except RecursionError:
        batch.faults.append(Fault(path.name, "whole file", "-", "is nested too deeply"))


class _Reader:
    def __init__(self, file: str, batch: Batch) -> None:
        self._file = file
        self._batch = batch
        self._unknown: set[str] = set()

    def read(self, content: object) -> None:
        if isinstance(content, list):
            self._all(content, "", None)
        elif not isinstance(content, dict):
            self._fault("whole file", "-", "holds no record")
        elif set(content) <= set(BY_FILE) and content:
            for file, rows in content.items():
                self._all(rows, file, BY_FILE[file], as_table=True)
        elif "contents" in content:
            for name, value in content.items():
                if name == "contents":
                    self._all(value, name, None)
                elif name not in _ENVELOPE:
                    self._listed(name, value)
        else:
            self._record(self._kind(content), content, "record", {}, as_table=False)

    def _listed(self, name: str, rows: object) -> None:
        if name in _BY_STEM:
            self._all(rows, name, _BY_STEM[name])
        else:
            self._note(name, "-", "is not in HSDS; not taken")

    def _all(self, rows: object, path: str, record: Record | None, *, as_table: bool = False) -> None:
        if not isinstance(rows, list):
            self._fault(path, "-", "is not a list")
            return
        for index, row in enumerate(rows):
            where = f"{path}[{index}]"
            if isinstance(row, dict):
                self._record(record or self._kind(row), row, where, {}, as_table=as_table)
            else:
                self._fault(where, "-", "is not a record")

    def _kind(self, row: dict[str, Any]) -> Record:
        for name, signs in _ANY_OF:
            if signs & set(row):
                return RECORDS[name]
        is_taxonomy = "taxonom" in self._file and set(row) <= {"id", "name", "description", "uri", "version"}
        return RECORDS["taxonomy" if is_taxonomy else "organization"]

    def _record(self, record: Record, row: dict[str, Any], path: str, links: dict[str, str], *, as_table: bool) -> None:
        values: dict[str, Any] = {one.name: _told(one, row, as_table) for one in record.fields if one.name in row}
        for name, value in links.items():
            # What a child says of itself stands: the tables that it hangs on are named by nesting alone.
            if name in record.names and values.get(name) is None:
                values[name] = value
        objects = record.objects | _MORE_OBJECTS.get(record.name, {})
        lists = record.lists | _MORE_LISTS.get(record.name, {})
        for name, kind in objects.items():
            if row.get(name) is not None:
                link = _LINK_OF_OBJECT.get(name, f"{name}_id")
                values[link] = self._object(RECORDS[kind], row[name], f"{path}.{name}", values.get(link))
        self._batch.add(record, Entry(values, self._file, path, as_table))
        self._look_for_strange(record, row, path, {*objects, *lists})
        for name, kind in lists.items():
            self._children(record, RECORDS[kind], row, f"{path}.{name}", name)

    def _object(self, record: Record, row: object, path: str, link: str | None) -> str | None:
        if not isinstance(row, dict):
            self._fault(path, "-", "is not a record")
            return link
        self._record(record, row, path, {}, as_table=False)
        inner = row.get("id")
        if link is not None and link != inner:
            self._fault(path, "id", "is not the id that the record links to")
        return inner if isinstance(inner, str) else None

    def _children(self, parent: Record, record: Record, row: dict[str, Any], path: str, name: str) -> None:
        children = row.get(name)
        if children is None:
            return
        if not isinstance(children, list):
            self._fault(path, "-", "is not a list")
            return
        links = {f"{parent.name}_id": str(row.get("id")).lower()}
        if record.name == "attribute":
            links = {"link_id": links[f"{parent.name}_id"], "link_entity": parent.name}
        elif record.name == "metadata":
            links = {"resource_id": links[f"{parent.name}_id"], "resource_type": parent.name}
        for index, child in enumerate(children):
            where = f"{path}[{index}]"
            if isinstance(child, dict):
                self._record(record, child, where, links, as_table=False)
            else:
                self._fault(where, "-", "is not a record")

    def _look_for_strange(self, record: Record, row: dict[str, Any], path: str, nested: set[str]) -> None:
        for name in set(row) - set(record.names) - nested - self._unknown:
            self._unknown.add(name)  # once a file is enough
            self._note(path, name, "is not in HSDS; not taken")

    def _fault(self, row: str, field: str, problem: str) -> None:
        self._batch.faults.append(Fault(self._file, row, field, problem))

    def _note(self, row: str, field: str, problem: str) -> None:
        self._batch.notes.append(Fault(self._file, row, field, problem))


def _told(field: Field, row: dict[str, Any], as_table: bool) -> object:
    value = row[field.name]
    # Tables as JSON are written by programs that take every cell of digits for a number.
    is_digits = as_table and field.kind is Kind.TEXT and isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_digits else value
