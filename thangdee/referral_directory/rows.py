"""The rows of the directory, read once and laid beside what they belong to."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.referral_directory.assurances import read_checked
from thangdee.referral_directory.model import Checked
from thangdee.referral_directory.tables import TABLES, confidential_address
from thangdee.referral_directory.taxonomy import BY_ID

_COLUMNS = {
    "organization": "id name description website",
    "service": "id organization_id name description status minimum_age maximum_age alert assured_date assurer_email",
    "service_at_location": "id service_id location_id",
    "location": "id location_type name latitude longitude external_identifier external_identifier_type",
    "phone": "id number type description service_at_location_id service_id location_id organization_id contact_id",
    "schedule": "id byday opens_at closes_at freq valid_from valid_to description service_at_location_id service_id"
    " location_id",
    "address": "id attention address_1 address_2 city region state_province postal_code country location_id",
    "cost_option": "id option amount currency amount_description service_id",
    "required_document": "id document service_id",
    "service_area": "id extent extent_type service_id service_at_location_id",
    "language": "id code service_id location_id",
    "service_capacity": "id available service_id",
}

Terms = dict[str, dict[str, str]]


@dataclass
class Rows:
    """`of[table]`: its rows. `beside[table, link][id]`: rows linking to an id. `terms[id][taxonomy]`: name -> value."""

    of: dict[str, list[Row[Any]]] = field(default_factory=dict)
    beside: dict[tuple[str, str], dict[str, list[Row[Any]]]] = field(default_factory=dict)
    terms: dict[str, Terms] = field(default_factory=dict)
    checked: dict[str, Checked] = field(default_factory=dict)
    confidential: frozenset[str] = frozenset()

    def first_of(self, table: str, *links: tuple[str, str | None]) -> list[Row[Any]]:
        """Return the rows of the first link that has any."""
        return next((found for name, key in links if key and (found := self.beside[table, name].get(key))), [])

    def all_of(self, table: str, *links: tuple[str, str | None]) -> list[Row[Any]]:
        """Return the rows of all links, each once."""
        found = (row for name, key in links if key for row in self.beside[table, name].get(key, ()))
        return list({row.id: row for row in found}.values())

    def term(self, taxonomy: str, *keys: str | None) -> dict[str, str]:
        """Return what is said in one of our taxonomies: by the first of these records that says anything."""
        return next((said for key in keys if key and (said := self.terms.get(key, {}).get(taxonomy))), {})

    def texts(self, key: str) -> dict[str, dict[str, str]]:
        """Return field -> language -> text of a record."""
        texts: dict[str, dict[str, str]] = defaultdict(dict)
        for name, value in self.terms.get(key, {}).get("text", {}).items():
            what, _, language = name.partition("-")
            texts[what][language] = value
        return dict(texts)


async def read_rows(connection: AsyncConnection) -> Rows:
    """Read everything that a snapshot needs. Sealed addresses are not among it, only which locations have one."""
    rows = Rows()
    for table, columns in _COLUMNS.items():
        names = columns.split()
        found = await connection.execute(
            select(*(TABLES[table].c[name] for name in names)).order_by(TABLES[table].c.id)
        )
        rows.of[table] = list(found.all())
        for link in names:
            if link.endswith("_id"):
                rows.beside[table, link] = _grouped(rows.of[table], names.index(link))
    rows.terms = await _terms(connection)
    rows.checked = await read_checked(connection)
    rows.confidential = await confidential_ids(connection)
    return rows


async def confidential_ids(connection: AsyncConnection) -> frozenset[str]:
    """Return the ids of locations whose address is secret."""
    return frozenset((await connection.execute(select(confidential_address.c.location_id))).scalars())


async def _terms(connection: AsyncConnection) -> dict[str, Terms]:
    column = TABLES["attribute"].c
    rows = await connection.execute(select(column.link_id, column.taxonomy_term_id, column.value))
    terms: dict[str, Terms] = {}
    for link, term_id, value in rows.all():
        term = BY_ID.get(term_id)
        if term is not None and link:
            terms.setdefault(link, {}).setdefault(term.taxonomy, {})[term.name] = value or ""
    return terms


def _grouped(rows: Iterable[Row[Any]], index: int) -> dict[str, list[Row[Any]]]:
    grouped: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        if row[index]:
            grouped[row[index]].append(row)
    return dict(grouped)
