"""The whole directory in memory: a few reads, one pass, frozen."""

import re
from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.referral_directory.model import (
    NEVER,
    Address,
    Cost,
    Directory,
    Listing,
    OpeningTime,
    Organisation,
    Phone,
    Site,
    State,
    StateNow,
    Status,
)
from thangdee.referral_directory.rows import Rows, read_rows
from thangdee.referral_directory.tables import TABLES, assurance, confidential_address

PLACE_IDENTIFIER = "thangdee-place"
# First and last year of life in each band; a minor is under 18.
BANDS = {"under_12": (0, 11), "12_17": (12, 17), "18_59": (18, 59), "60_up": (60, 200)}
_CODES = re.compile(r"\b(?:LA|TH)(?:-[A-Z0-9]{2}|\d{4})?\b")
_LINES = ("attention", "address_1", "address_2", "city", "region", "state_province", "postal_code", "country")
_NOBODY = Organisation("", {}, {}, None, None)


async def load_snapshot(connection: AsyncConnection) -> Directory:
    """Read the directory. Records of every status are in it; `Listing.takes_people` tells who is open."""
    return build(await read_rows(connection))


async def revision_of(connection: AsyncConnection) -> tuple[int, ...]:
    """Return what tells two states of the directory apart: how many rows each table has.

    Every change adds one: a record, a line of history or a check.
    """
    counted = [select(func.count()).select_from(one) for one in (*TABLES.values(), assurance, confidential_address)]
    row = (await connection.execute(select(*(one.scalar_subquery() for one in counted)))).one()
    return tuple(row)


def build(rows: Rows) -> Directory:
    """Make the directory of rows: one listing for each service at a place, in the order of their ids."""
    organisations = {row.id: _organisation(rows, row) for row in rows.of["organization"]}
    sites = {row.id: _site(rows, row) for row in rows.of["location"]}
    places = rows.beside["service_at_location", "service_id"]
    listings = [
        _listing(rows, service, organisations.get(service.organization_id, _NOBODY), at, sites)
        for service in rows.of["service"]
        for at in places.get(service.id, [None])
    ]
    listings = _with_homes(listings)
    by_need: dict[str, list[Listing]] = defaultdict(list)
    for one in listings:
        for need in one.needs:
            by_need[need].append(one)
    by_id = {one.id: one for one in listings}
    return Directory(tuple(listings), by_id, {need: tuple(found) for need, found in by_need.items()})


def _listing(
    rows: Rows, service: Row[Any], organisation: Organisation, at: Row[Any] | None, sites: dict[str, Site]
) -> Listing:
    at_id, location_id = (None, None) if at is None else (at.id, at.location_id)
    keys = (at_id, service.id, service.organization_id)
    links = (("service_at_location_id", at_id), ("service_id", service.id), ("location_id", location_id))
    texts = rows.texts(service.id)
    stay, visit, mark = (rows.term(name, *keys) for name in ("stay", "visit", "mark"))
    return Listing(
        id=at_id or service.id,
        service_id=service.id,
        organisation=organisation,
        site=sites.get(location_id) if location_id else None,
        names=_named(service.name, texts.pop("name", {})),
        descriptions=_named(service.description, texts.pop("description", {})),
        texts=texts,
        status=Status(service.status),
        states=tuple(_state(name, value) for name, value in rows.term("state", *keys).items()),
        needs=frozenset(rows.term("need", *keys)),
        genders=frozenset(rows.term("gender", *keys)),
        ages=frozenset(rows.term("age", *keys)) or _ages(service.minimum_age, service.maximum_age),
        returnees=frozenset(rows.term("returnee", *keys)),
        languages=_languages(rows, service.id, location_id) | frozenset(rows.term("spoken", *keys)),
        families=frozenset(rows.term("family", *keys)),
        referral_by=frozenset(rows.term("referral", *keys)),
        areas=_areas(rows, links),
        is_residential="residential" in stay if stay else None,
        is_discreet="discreet_visit" in visit,
        has_public_front_door="public_front_door" in visit,
        free_places=_free_places(rows, service.id),
        phones=tuple(_phone(rows, row) for row in rows.all_of("phone", *links)),
        opening_times=tuple(_opening_time(rows, row) for row in rows.first_of("schedule", *links)),
        costs=tuple(_cost(rows, row) for row in rows.beside["cost_option", "service_id"].get(service.id, ())),
        documents=tuple(row.document for row in rows.beside["required_document", "service_id"].get(service.id, ())),
        alert=service.alert,
        is_sample="sample" in mark,
        is_placeholder="placeholder" in mark,
        checked=rows.checked.get(service.id, NEVER),
    )


def _with_homes(listings: list[Listing]) -> list[Listing]:
    """Mark the sites where any service, open or not, is one that people live in."""
    sites = {one.site.id: one.site for one in listings if one.site and one.is_private_home}
    homes = {key: replace(site, is_home=True) for key, site in sites.items()}
    return [replace(one, site=homes[one.site.id]) if one.site and one.site.id in homes else one for one in listings]


def _organisation(rows: Rows, row: Row[Any]) -> Organisation:
    texts = rows.texts(row.id)
    phones = tuple(_phone(rows, one) for one in rows.beside["phone", "organization_id"].get(row.id, ()))
    return Organisation(
        row.id,
        _named(row.name, texts.get("name", {})),
        _named(row.description, texts.get("description", {})),
        next(iter(rows.term("kind", row.id)), None),
        row.website,
        phones,
        rows.checked.get(row.id, NEVER),
    )


def _site(rows: Rows, row: Row[Any]) -> Site:
    is_secret = row.id in rows.confidential
    point = None if is_secret or row.latitude is None or row.longitude is None else (row.latitude, row.longitude)
    addresses = () if is_secret else rows.beside["address", "location_id"].get(row.id, ())
    place = row.external_identifier if row.external_identifier_type == PLACE_IDENTIFIER else None
    names = _named(row.name, rows.texts(row.id).get("name", {}))
    shown = tuple(_address(rows, one) for one in addresses)
    return Site(row.id, row.location_type, names, place, point, shown, is_secret, rows.checked.get(row.id, NEVER))


def _address(rows: Rows, row: Row[Any]) -> Address:
    lines = tuple(line for name in _LINES if (line := getattr(row, name)))
    return Address(row.id, lines, rows.checked.get(row.id, NEVER))


def _phone(rows: Rows, row: Row[Any]) -> Phone:
    return Phone(row.id, row.number, row.type, row.description, rows.checked.get(row.id, NEVER))


def _opening_time(rows: Rows, row: Row[Any]) -> OpeningTime:
    days = tuple(day.strip() for day in (row.byday or "").split(",") if day.strip())
    times = (row.opens_at, row.closes_at, row.freq, row.valid_from, row.valid_to)
    return OpeningTime(row.id, days, *times, row.description, rows.checked.get(row.id, NEVER))


def _cost(rows: Rows, row: Row[Any]) -> Cost:
    checked = rows.checked.get(row.id, NEVER)
    return Cost(row.id, row.option, row.amount, row.currency, row.amount_description, checked)


def _named(english: str | None, others: dict[str, str]) -> dict[str, str]:
    return ({"en": english} if english else {}) | others


def _state(name: str, value: str) -> StateNow:
    since, _, until = value.partition("/")
    return StateNow(State(name), _day(since), _day(until))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _ages(least: float | None, most: float | None) -> frozenset[str]:
    if least is None and most is None:
        return frozenset()
    low, high = least or 0, 200 if most is None else most
    return frozenset(band for band, (first, last) in BANDS.items() if first <= high and low <= last)


def _languages(rows: Rows, service_id: str, location_id: str | None) -> frozenset[str]:
    found = rows.all_of("language", ("service_id", service_id), ("location_id", location_id))
    return frozenset(row.code for row in found if row.code)


def _areas(rows: Rows, links: tuple[tuple[str, str | None], ...]) -> frozenset[str]:
    found = rows.first_of("service_area", *links[:2])
    return frozenset(code for row in found if row.extent_type == "text" for code in _CODES.findall(row.extent or ""))


def _free_places(rows: Rows, service_id: str) -> float | None:
    counted = rows.beside["service_capacity", "service_id"].get(service_id)
    return None if counted is None else sum(row.available for row in counted)
