"""Taking the directory out: every table, without what is secret, and nested as the HSDS API gives it."""

import math
from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.referral_directory.hsds import BY_FILE, RECORDS, Record
from thangdee.referral_directory.rows import confidential_ids
from thangdee.referral_directory.snapshot import PLACE_IDENTIFIER
from thangdee.referral_directory.tables import TABLES
from thangdee.referral_directory.taxonomy import records as own_terms

Row = dict[str, Any]
Tables = dict[str, list[Row]]
# All that may be said of a place whose address is secret.
_SAID_OF_SECRET = {"id", "location_type", "organization_id", "name"}
_PLACE = ("external_identifier", "external_identifier_type")
_STEMS = {record.name: file.removesuffix(".csv") for file, record in BY_FILE.items()}
_LINK_OF_OBJECT = {"taxonomy_detail": "taxonomy_id"}
_MORE_OBJECTS = {"service_at_location": {"service": "service"}}
_MORE_LISTS = {"organization": {"services": "service"}}
_OWN_LINKS = {"attribute": "link_id", "metadata": "resource_id"}


async def collect(connection: AsyncConnection) -> Tables:
    """Return the rows of every HSDS table that may leave, by id; fields without a value are left out."""
    tables: Tables = {}
    for name, table in TABLES.items():
        rows = await connection.execute(select(table).order_by(table.c.id))
        tables[name] = [_said(row) for row in rows.mappings()]
    _keep_secrets(tables, await confidential_ids(connection))
    _leave_out_unused_terms(tables)
    return tables


def package(tables: Tables) -> Row:
    """Return everything as one JSON value: organisations in full in the list's envelope.

    What hangs on no organisation stands beside the contents, under the names of its file.
    """
    nest = Nest(tables)
    contents = [nest.full("organization", row["id"]) for row in tables["organization"]]
    beside = {
        _STEMS[name]: [row for row in rows if (name, row["id"]) not in nest.shown] for name, rows in tables.items()
    }
    page = envelope(contents, total=len(contents), page=1, size=len(contents))
    return page | {name: rows for name, rows in beside.items() if rows}


def envelope(contents: list[Row], *, total: int, page: int, size: int) -> Row:
    """Return a page of a list as the API gives it. `size`: records on this page at most; pages count from 1."""
    pages = math.ceil(total / size) if size else 1
    return {
        "total_items": total,
        "total_pages": max(pages, 1),
        "page_number": page,
        "size": len(contents),
        "first_page": page == 1,
        "last_page": page >= pages,
        "empty": not contents,
        "contents": contents,
    }


class Nest:
    """Nests rows in each other. `shown`: (table, id) of everything that was given out so far."""

    def __init__(self, tables: Tables) -> None:
        self.shown: set[tuple[str, str]] = set()
        self._rows = {name: {row["id"]: row for row in rows} for name, rows in tables.items()}
        self._beside: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        self._made: dict[tuple[str, str], Row] = {}
        for name, rows in tables.items():
            links = [one for one in RECORDS[name].names if one.endswith("_id")]
            for row in rows:
                for link in links:
                    if link in row:
                        self._beside[name, link, row[link]].append(row)

    def full(self, table: str, row_id: str) -> Row:
        """Return a record with all that hangs on it, as the API's `/services/{id}` does.

        An organisation holds its services, a service and a service at a location their organisation.
        """
        record, row = RECORDS[table], self._rows[table][row_id]
        if table == "organization":
            return self._tree(record, row, lists=_MORE_LISTS[table])
        objects = record.objects | _MORE_OBJECTS.get(table, {})
        return self._tree(record, row, objects=objects)

    def flat(self, table: str, row_id: str) -> Row:
        """Return a record as lists hold it: its own fields, and its single records likewise flat."""
        record, row = RECORDS[table], self._rows[table][row_id]
        made = self._own(record, row)
        for name, kind in (record.objects | _MORE_OBJECTS.get(table, {})).items():
            inner = self._rows[kind].get(row.get(_LINK_OF_OBJECT.get(name, f"{name}_id"), ""))
            if inner is not None:
                made[name] = self.flat(kind, inner["id"])
        return made

    def _tree(
        self, record: Record, row: Row, *, lists: dict[str, str] | None = None, objects: dict[str, str] | None = None
    ) -> Row:
        made = self._own(record, row)
        for name, kind in (objects or {}).items():
            inner = self._rows[kind].get(row.get(_LINK_OF_OBJECT.get(name, f"{name}_id"), ""))
            if inner is not None:
                made[name] = self._inner(record, kind, inner)
        for name, kind in (record.lists | (lists or {})).items():
            link = _OWN_LINKS.get(kind, f"{record.name}_id")
            if found := self._beside.get((kind, link, row["id"])):
                made[name] = [self._inner(record, kind, one) for one in found]
        return made

    def _inner(self, parent: Record, kind: str, row: Row) -> Row:
        """Return a nested record; nothing that holds it is said again inside."""
        hidden = {"organization"} if parent.name == "organization" else set()
        hidden |= {"service"} if kind == "service_at_location" else set()
        objects = {name: of for name, of in RECORDS[kind].objects.items() if name not in hidden}
        if kind == "service" and parent.name == "service_at_location":
            tree = self._tree(RECORDS[kind], row, objects=objects)
            return {name: value for name, value in tree.items() if name != "service_at_locations"}
        if kind == "service":
            return self._tree(RECORDS[kind], row, objects=objects)
        if (kind, row["id"]) not in self._made:  # locations and organisations are nested in many
            self._made[kind, row["id"]] = self._tree(RECORDS[kind], row, objects=objects)
        return self._made[kind, row["id"]]

    def _own(self, record: Record, row: Row) -> Row:
        self.shown.add((record.name, row["id"]))
        hidden = {_OWN_LINKS[record.name]} if record.name in _OWN_LINKS else set()
        for field in record.fields:
            # A link is said by the nesting, unless it leads to a record that is not here or to one of its kind.
            if field.links_to and field.links_to != record.name and row.get(field.name) in self._rows[field.links_to]:
                hidden.add(field.name)
        return {name: value for name, value in row.items() if name not in hidden}


def _said(row: Any) -> Row:  # noqa: ANN401 - SQLAlchemy's mapping
    return {name: _plain(value) for name, value in row.items() if value is not None}


def _plain(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _keep_secrets(tables: Tables, secret: frozenset[str]) -> None:
    """Take out all that tells where a place with a secret address is, its history included."""
    hidden = set(secret)
    for name, link in (("address", "location_id"), ("accessibility", "location_id"), ("attribute", "link_id")):
        hidden |= {row["id"] for row in tables[name] if row.get(link) in secret}
        tables[name] = [row for row in tables[name] if row["id"] not in hidden]
    tables["metadata"] = [row for row in tables["metadata"] if row.get("resource_id") not in hidden]
    for row in tables["location"]:
        if row["id"] in secret:
            said = _SAID_OF_SECRET | (set(_PLACE) if row.get(_PLACE[1]) == PLACE_IDENTIFIER else set())
            for name in set(row) - said:
                del row[name]


def _leave_out_unused_terms(tables: Tables) -> None:
    used = {row.get("taxonomy_term_id") for row in tables["attribute"]}
    ours = {name: {row["id"] for row in rows} for name, rows in own_terms().items()}
    tables["taxonomy_term"] = [
        row for row in tables["taxonomy_term"] if row["id"] in used or row["id"] not in ours["taxonomy_term"]
    ]
    used = {row.get("taxonomy_id") for row in tables["taxonomy_term"]}
    tables["taxonomy"] = [row for row in tables["taxonomy"] if row["id"] in used or row["id"] not in ours["taxonomy"]]
