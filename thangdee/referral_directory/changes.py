"""One change by a person: the record and its history, in one transaction. Nothing is deleted; things get a state."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.referral_directory.assurances import lapse
from thangdee.referral_directory.checks import Fault, WrongRecordError, check
from thangdee.referral_directory.history import changes_of, creation_of
from thangdee.referral_directory.hsds import RECORDS
from thangdee.referral_directory.importing import seed_terms
from thangdee.referral_directory.model import State, Status
from thangdee.referral_directory.modified import mark_modified
from thangdee.referral_directory.tables import TABLES
from thangdee.referral_directory.taxonomy import names_of, stable_id, term


async def save(connection: AsyncConnection, table: str, values: Mapping[str, Any], *, by: str, now: datetime) -> None:
    """Write a record of an HSDS table: a new one, or the named fields of one that stands.

    Raises WrongRecordError when the result would not be valid, or links to nothing.
    """
    record, target = RECORDS[table], TABLES[table]
    row_id = str(values.get("id"))
    found = (await connection.execute(select(target).where(target.c.id == row_id))).mappings().one_or_none()
    before = dict(found) if found is not None else {}
    after = before | dict(values)
    problems = [*check(record, after, as_table=False), *await _links(connection, table, after)]
    problems += [(name, "is no field of this table") for name in values if name not in record.names]
    if problems:
        raise WrongRecordError(tuple(Fault(table, row_id, *one) for one in problems))
    if found is None:
        await connection.execute(insert(target).values(after))
        rows = [creation_of(table, row_id, after.get("name"), by=by, now=now)]
    else:
        rows = changes_of(table, row_id, before, values, by=by, now=now)
        await connection.execute(update(target).where(target.c.id == row_id).values(after))
    if rows:
        await connection.execute(insert(TABLES["metadata"]), rows)
        await mark_modified(connection, table, before, after, now=now)
    if rows and found is not None:
        await lapse(connection, table, [row_id], now)


async def say(
    connection: AsyncConnection, table: str, row_id: str, taxonomy: str, said: Mapping[str, str], *, by: str,
    now: datetime,
) -> None:  # fmt: skip
    """Say of a record what holds in one of our taxonomies: name of the term -> value; what is not named ends.

    A term that no longer holds leaves the record; that it was there stays in the history.
    """
    if unknown := set(said) - set(names_of(taxonomy)):
        raise WrongRecordError((Fault(table, row_id, taxonomy, f"no such term: {', '.join(sorted(unknown))}"),))
    await seed_terms(connection)
    before = await _said(connection, row_id, taxonomy)
    for name, value in said.items():
        ours = {"link_id": row_id, "link_entity": table, "taxonomy_term_id": term(taxonomy, name).id, "value": value}
        key = before[name]["id"] if name in before else stable_id(f"{row_id} {taxonomy} {name}")
        await save(connection, "attribute", {"id": key} | ours, by=by, now=now)
    gone = {name: row for name, row in before.items() if name not in said}
    history = [
        one
        for name, row in gone.items()
        for one in changes_of(
            table, row_id, {f"{taxonomy}:{name}": row["value"] or "yes"}, {f"{taxonomy}:{name}": None}, by=by, now=now
        )
    ]
    if gone:
        attribute = TABLES["attribute"]
        await connection.execute(delete(attribute).where(attribute.c.id.in_([row["id"] for row in gone.values()])))
        await connection.execute(insert(TABLES["metadata"]), history)
        await mark_modified(connection, table, {"id": row_id}, now=now)


async def set_status(connection: AsyncConnection, service_id: str, status: Status, *, by: str, now: datetime) -> None:
    """Open, pause or end a service."""
    await save(connection, "service", {"id": service_id, "status": status.value}, by=by, now=now)


async def set_state(
    connection: AsyncConnection, service_id: str, state: State | None, *, by: str, now: datetime,
    since: date | None = None, until: date | None = None,
) -> None:  # fmt: skip
    """Say that a service is full, closed or without money, from a day and to a day; None: it is none of them."""
    days = f"{since or ''}/{until or ''}"
    await say(connection, "service", service_id, "state", {state.value: days} if state else {}, by=by, now=now)


async def history_of(connection: AsyncConnection, row_id: str) -> list[dict[str, Any]]:
    """Return the changes of a record, oldest day first."""
    columns = TABLES["metadata"].c
    query = select(TABLES["metadata"]).where(columns.resource_id == row_id).order_by(columns.last_action_date)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def _said(connection: AsyncConnection, row_id: str, taxonomy: str) -> dict[str, dict[str, Any]]:
    names = {term(taxonomy, name).id: name for name in names_of(taxonomy)}
    attribute = TABLES["attribute"]
    query = select(attribute).where(attribute.c.link_id == row_id, attribute.c.taxonomy_term_id.in_(names))
    return {names[row["taxonomy_term_id"]]: dict(row) for row in (await connection.execute(query)).mappings()}


async def _links(connection: AsyncConnection, table: str, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    wrong = []
    for field in RECORDS[table].fields:
        value = row.get(field.name)
        if field.links_to and field.in_tables and value:
            column = TABLES[field.links_to].c.id
            if (await connection.execute(select(column).where(column == value))).scalar() is None:
                wrong.append((field.name, f"no such {field.links_to} in the directory"))
    return wrong
