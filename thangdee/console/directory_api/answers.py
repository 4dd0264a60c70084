"""Answers made of an edition: pages of lists, single records, as HSDS nests them."""

from dataclasses import replace
from typing import Any

from thangdee.console.directory_api.edition import Edition
from thangdee.console.directory_api.finding import find
from thangdee.console.directory_api.questions import (
    PER_PAGE,
    OrganizationsAsked,
    Page,
    PlacesAsked,
    ServicesAsked,
    TermsAsked,
)
from thangdee.referral_directory.exporting import Row, envelope

_OWNER = "organization_id"


def single(edition: Edition, table: str, row_id: str, *, with_services: bool = True) -> Row | None:
    """Return a record with all that hangs on it, None where no such record is published.

    `with_services`: an organisation's services with all there is to them, else their own fields only.
    """
    key = row_id.lower()
    if key not in edition.rows[table]:
        return None
    record = edition.nest.full(table, key)
    if table == "organization" and not with_services and "services" in record:
        services = [edition.rows["service"][one["id"]] for one in record["services"]]
        record = record | {"services": [{name: one[name] for name in one if name != _OWNER} for one in services]}
    return record


def page(edition: Edition, table: str, asked: Page) -> Row:
    """Return the page that was asked for, in HSDS's envelope."""
    wanted = asked.filter()
    wanted = replace(wanted, terms=tuple(edition.term_ids.get(one, one) for one in wanted.terms))
    ids = find(edition.entries[table], wanted)
    if isinstance(asked, TermsAsked):
        ids = [key for key in ids if _is_wanted(edition.rows[table][key], asked)]
    is_whole = isinstance(asked, ServicesAsked) and asked.minimal and asked.per_page is None
    size = max(len(ids), 1) if is_whole else asked.per_page or PER_PAGE
    shown = ids[(asked.page - 1) * size : asked.page * size]
    return envelope([_listed(edition, table, key, asked) for key in shown], total=len(ids), page=asked.page, size=size)


def _listed(edition: Edition, table: str, key: str, asked: Page) -> Row:
    match asked:
        case ServicesAsked(minimal=True):
            return _minimal(edition.rows[table][key])
        case PlacesAsked(full=True):
            return edition.nest.full(table, key)
        case OrganizationsAsked() if asked.full or asked.full_service:
            return single(edition, table, key, with_services=asked.full_service) or {}
    return edition.nest.flat(table, key)


def _minimal(row: Row) -> dict[str, Any]:
    modified = {"modified_date": row["last_modified"]} if "last_modified" in row else {}
    return {"id": row["id"]} | modified


def _is_wanted(term: Row, asked: TermsAsked) -> bool:
    if asked.top_only and "parent_id" in term:
        return False
    if asked.parent_id and term.get("parent_id") != asked.parent_id:
        return False
    return not asked.taxonomy_id or term.get("taxonomy_id") == asked.taxonomy_id
