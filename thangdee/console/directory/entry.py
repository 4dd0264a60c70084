"""One entry with the rows behind it, and the same as the fields of a form."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.console.directory.view import next_state, standing_of
from thangdee.core.words import LANGUAGES
from thangdee.referral_directory.model import Listing
from thangdee.referral_directory.opening import DAYS
from thangdee.referral_directory.snapshot import load_snapshot
from thangdee.referral_directory.tables import TABLES
from thangdee.referral_directory.taxonomy import BY_ID, names_of

Said = dict[str, dict[str, dict[str, str]]]
Value = str | tuple[str, ...]
# A form: single fields are texts, boxes to tick are tuples of names. A part's fields are "phone.<id>.number".
Fields = dict[str, Value]

TEXTS = ("name", "description", "contact_rule")
CHOICES = ("need", "gender", "age", "family", "returnee", "spoken", "stay", "visit", "referral")
PARTS = {
    "phone": ("number", "description"),
    "schedule": ("days", "opens_at", "closes_at", "description"),
    "cost_option": ("option", "amount", "currency", "amount_description"),
}
NEW = "new"


@dataclass(frozen=True)
class Entry:
    """An entry as it stands. `said`: record -> taxonomy -> term -> value; `parts`: rows by table and id."""

    listing: Listing
    service: Mapping[str, Any]
    said: Said
    parts: Mapping[str, Mapping[str, Mapping[str, Any]]]

    def speaker(self, taxonomy: str) -> tuple[str, str]:
        """Return table and id of what says this: the service at its place, where it does, else the service."""
        at_place = self.listing.id
        if at_place != self.listing.service_id and self.said.get(at_place, {}).get(taxonomy):
            return "service_at_location", at_place
        return "service", self.listing.service_id

    def says(self, taxonomy: str) -> dict[str, str]:
        """Return what this entry itself says, term -> value; not what its organisation says."""
        return self.said.get(self.speaker(taxonomy)[1], {}).get(taxonomy, {})


async def read_entry(connection: AsyncConnection, listing_id: str) -> Entry | None:
    """Return an entry, None where there is none of this id."""
    listing = (await load_snapshot(connection)).by_id.get(listing_id)
    if listing is None:
        return None
    table = TABLES["service"]
    service = (await connection.execute(select(table).where(table.c.id == listing.service_id))).mappings().one()
    said = await _said(connection, (listing.id, listing.service_id))
    owned = {
        "phone": [one.id for one in listing.phones],
        "schedule": [one.id for one in listing.opening_times],
        "cost_option": [one.id for one in listing.costs],
    }
    parts = {table: await _rows(connection, table, ids) for table, ids in owned.items()}
    return Entry(listing, dict(service), said, parts)


def filled(entry: Entry, today: date) -> Fields:
    """Return the form as the entry fills it."""
    listing = entry.listing
    texts = {"name": listing.names, "description": listing.descriptions} | dict(listing.texts)
    fields: Fields = {
        f"{name}_{language}": texts.get(name, {}).get(language, "") for name in TEXTS for language in LANGUAGES
    }
    fields["alternate_name"] = entry.service["alternate_name"] or ""
    state = next_state(listing, today)
    fields["standing"] = state.state.value if state else standing_of(listing, today).value
    fields["since"] = state.since.isoformat() if state and state.since else ""
    fields["until"] = state.until.isoformat() if state and state.until else ""
    fields["place"] = (listing.site.place or "") if listing.site else ""
    for taxonomy in CHOICES:
        fields[taxonomy] = _chosen(entry, taxonomy)
    for table, names in PARTS.items():
        for key, row in (*entry.parts[table].items(), (NEW, {})):
            fields |= {f"{table}.{key}.{name}": _value(name, row) for name in names}
    return fields


def fingerprint(fields: Fields) -> str:
    """Return what tells whether an entry is still as a form showed it."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:32]


def _chosen(entry: Entry, taxonomy: str) -> tuple[str, ...]:
    listing = entry.listing
    # Ages may stand as numbers and are shown as bands; of the rest only what is ours to change.
    said = listing.ages if taxonomy == "age" else entry.says(taxonomy)
    return tuple(name for name in names_of(taxonomy) if name in said)


def _value(name: str, row: Mapping[str, Any]) -> Value:
    if name == "days":
        days = str(row.get("byday") or "").split(",")
        return tuple(day for day in DAYS if day in days)
    value = row.get(name)
    return f"{value:g}" if isinstance(value, float) else str(value or "")


async def _rows(connection: AsyncConnection, table: str, ids: list[str]) -> dict[str, dict[str, Any]]:
    rows = await connection.execute(select(TABLES[table]).where(TABLES[table].c.id.in_(ids)))
    return {row["id"]: dict(row) for row in sorted(rows.mappings(), key=lambda row: ids.index(row["id"]))}


async def _said(connection: AsyncConnection, keys: tuple[str, ...]) -> Said:
    column = TABLES["attribute"].c
    query = select(column.link_id, column.taxonomy_term_id, column.value).where(column.link_id.in_(keys))
    said: Said = {}
    for link, term_id, value in (await connection.execute(query)).all():
        term = BY_ID.get(term_id)
        if term is not None:
            said.setdefault(link, {}).setdefault(term.taxonomy, {})[term.name] = value or ""
    return said
