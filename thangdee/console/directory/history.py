"""The history of an entry in words: what was changed, what was checked, by whom and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.console.directory.view import (
    checked_text,
    cost_text,
    hours_text,
    phone_text,
    place_name,
    standing_of_status,
)
from thangdee.core import words
from thangdee.referral_directory.assurances import How
from thangdee.referral_directory.model import Checked, Listing
from thangdee.referral_directory.places import by_code, province_of
from thangdee.referral_directory.tables import TABLES, assurance
from thangdee.referral_directory.taxonomy import BY_ID, TERMS, Term, stable_id

_AT_ONCE = 500
# A check is told from its own row.
_TOLD_ELSEWHERE = ("assured_date",)
_PLACE = "external_identifier"
# Where the address is kept secret, what was written before it was is as secret.
_POINT = frozenset({"latitude", "longitude"})


@dataclass(frozen=True)
class Change:
    """One line of the history. `is_check`: nothing was changed, `after` says how it was checked."""

    id: str
    on: date
    by: str
    what: str
    field: str
    before: str
    after: str
    is_check: bool = False


async def history(connection: AsyncConnection, listing: Listing, language: str) -> list[Change]:
    """Return all that happened to an entry, the newest day first."""
    terms = _terms_by_row(listing)
    gone = await _taken_away(connection, listing)
    ids = {*_rows_of(listing), *gone, *terms}
    is_secret = listing.site is not None and listing.site.is_confidential
    found = await _changes(connection, ids, terms, _parts(listing, language), language, is_secret=is_secret)
    found += await _checks(connection, ids, language)
    return sorted(found, key=lambda one: (one.on.toordinal(), not one.is_check, one.what, one.field), reverse=True)


async def _changes(
    connection: AsyncConnection,
    ids: Iterable[str],
    terms: Mapping[str, Term],
    parts: Mapping[str, str],
    language: str,
    *,
    is_secret: bool,
) -> list[Change]:
    rows = await _of(connection, "metadata", "resource_id", ids)
    changed = {row["resource_id"] for row in rows if row["last_action_type"] == "update"}
    now = {row["id"]: row["value"] or "" for row in await _of(connection, "attribute", "id", terms)}
    # The history does not hold what a new part said; while nobody changed it, it is what stands.
    first = {key: value for key, value in {**parts, **now}.items() if key not in changed}
    shown = [row for row in rows if row["field_name"] not in _TOLD_ELSEWHERE and not (is_secret and _tells_where(row))]
    return [_change(row, terms.get(row["resource_id"]), first, language, is_secret=is_secret) for row in shown]


def _tells_where(row: Mapping[str, Any]) -> bool:
    return row["resource_type"] == "address" or row["field_name"] in _POINT


def _change(
    row: Mapping[str, Any], term: Term | None, first: Mapping[str, str], language: str, *, is_secret: bool
) -> Change:
    what, field = _label("fact", row["resource_type"], language), _label("field", row["field_name"], language)
    before, after = row["previous_value"], row["replacement_value"]
    if term is not None:
        what, field = _label("choice", term.taxonomy, language), term.names[language]
        yes = words.text("directory.said", language)
        after = first.get(row["resource_id"]) or after or yes
    elif ":" in row["field_name"]:  # a term that was taken away
        taxonomy, _, name = row["field_name"].partition(":")
        what = _label("choice", taxonomy, language)
        field = TERMS[taxonomy, name].names[language] if (taxonomy, name) in TERMS else name
        after = words.text("directory.taken_away", language)
        before = words.text("directory.said", language) if before == "yes" else before
    elif row["last_action_type"] == "create":
        field, after = words.text("directory.new", language), after or first.get(row["resource_id"], "")
    elif row["field_name"] == "status":
        before, after = (standing_of_status(value, language) for value in (before, after))
    elif row["field_name"] == _PLACE:
        before, after = (_where(code, language, is_secret=is_secret) for code in (before, after))
    elif _is_link(row):
        field, after, before = words.text("directory.taken_away", language), "", ""
    day = date.fromisoformat(row["last_action_date"])
    return Change(row["id"], day, row["updated_by"], what, field, before, after)


def _where(code: str, language: str, *, is_secret: bool) -> str:
    """Return a place; of a secret one the province alone, as everywhere (view.place_of)."""
    place = by_code(code) if code and is_secret else None
    province = province_of(place) if place else None
    return place_name(province.code if province else code, language)


def _is_link(row: Mapping[str, Any]) -> bool:
    """Tell whether a part of an entry was taken away: its link was emptied."""
    return row["field_name"].endswith("_id") and bool(row["previous_value"]) and not row["replacement_value"]


async def _checks(connection: AsyncConnection, ids: Iterable[str], language: str) -> list[Change]:
    found = []
    wanted = list(ids)
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(assurance).where(assurance.c.entity_id.in_(wanted[start : start + _AT_ONCE]))
        for row in (await connection.execute(query)).mappings():
            if row["how"] != How.CHANGED:
                checked = Checked(None, None, row["how"], row["source"], row["source_year"])
                day, field = row["entered_at"].date(), words.text("directory.was_checked", language)
                by, what = row["assured_by"] or "–", _label("fact", row["entity"], language)
                if row["assured_on"] is None:
                    field = words.text("directory.source_named", language)
                found.append(Change(row["id"], day, by, what, field, "", checked_text(checked, language), True))
    return found


def _parts(listing: Listing, language: str) -> dict[str, str]:
    shown = {one.id: phone_text(one) for one in listing.phones}
    shown |= {one.id: hours_text(one, language) for one in listing.opening_times}
    return shown | {one.id: cost_text(one) for one in listing.costs}


def _rows_of(listing: Listing) -> set[str]:
    rows = {listing.id, listing.service_id, listing.organisation.id}
    rows |= {one.id for one in (*listing.phones, *listing.organisation.phones)}
    rows |= {one.id for one in listing.opening_times}
    rows |= {one.id for one in listing.costs}
    if listing.site is not None:
        rows |= {listing.site.id, *(one.id for one in listing.site.addresses)}
    return rows


async def _taken_away(connection: AsyncConnection, listing: Listing) -> set[str]:
    """Return rows that once belonged to this entry and no longer do."""
    column = TABLES["metadata"].c
    keys = [listing.id, listing.service_id, *([listing.site.id] if listing.site else [])]
    query = select(column.resource_id).where(column.field_name.like("%_id"), column.previous_value.in_(keys))
    return set((await connection.execute(query)).scalars())


def _terms_by_row(listing: Listing) -> dict[str, Term]:
    """Return the ids that `changes.say` gives to what is said of this entry."""
    records = (listing.id, listing.service_id)
    return {stable_id(f"{key} {one.taxonomy} {one.name}"): one for key in records for one in BY_ID.values()}


async def _of(connection: AsyncConnection, table: str, column: str, ids: Iterable[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    wanted = list(ids)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        rows = await connection.execute(select(TABLES[table]).where(TABLES[table].c[column].in_(some)))
        found += [dict(row) for row in rows.mappings()]
    return found


def _label(kind: str, name: str, language: str) -> str:
    key = f"directory.{kind}.{name}"
    return words.text(key, language) if words.has(key) else name
