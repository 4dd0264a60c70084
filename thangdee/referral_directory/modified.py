"""When a service last changed, for those who ask the API what is new: also when only something of it did."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.referral_directory.tables import TABLES

# What a row may hang on, and so the services that are told with it.
_OWNERS = ("service", "service_at_location", "location", "organization")


def moment(now: datetime) -> str:
    """Return a time as HSDS writes it in `last_modified`."""
    return now.isoformat(timespec="milliseconds")


async def mark_modified(connection: AsyncConnection, table: str, *rows: Mapping[str, Any], now: datetime) -> None:
    """Enter `now` at the services that these rows of a table belong to, as they were and as they are."""
    tests = [test for row in rows for test in _tests(table, row)]
    if tests:
        service = TABLES["service"]
        await connection.execute(update(service).where(or_(*tests)).values(last_modified=moment(now)))


async def mark_fact_modified(connection: AsyncConnection, table: str, row_id: str, *, now: datetime) -> None:
    """Enter `now` at the services of one stored row: a check makes it public."""
    target = TABLES[table]
    found = (await connection.execute(select(target).where(target.c.id == row_id))).mappings().one_or_none()
    if found is not None:
        await mark_modified(connection, table, dict(found), now=now)


def _tests(table: str, row: Mapping[str, Any]) -> Iterator[ColumnElement[bool]]:
    service, at = TABLES["service"].c, TABLES["service_at_location"].c
    owners = _owners(table, row)
    if key := owners.get("service"):
        yield service.id == key
    if key := owners.get("organization"):
        yield service.organization_id == key
    for owner, column in (("service_at_location", at.id), ("location", at.location_id)):
        if key := owners.get(owner):
            yield service.id.in_(select(at.service_id).where(column == key))


def _owners(table: str, row: Mapping[str, Any]) -> dict[str, str]:
    """Return by table the ids of what a row is or hangs on."""
    if table in _OWNERS:
        # Its own links lead upwards: a service does not change its organisation, a place not the services beside it.
        own = {table: row.get("id")}
        return _said(own | ({"service": row.get("service_id")} if table == "service_at_location" else {}))
    if table == "attribute":
        return _said({owner: row.get("link_id") for owner in _OWNERS if owner == row.get("link_entity")})
    return _said({owner: row.get(f"{owner}_id") for owner in _OWNERS})


def _said(owners: Mapping[str, str | None]) -> dict[str, str]:
    return {owner: key for owner, key in owners.items() if key}
