"""Shipped records into the directory: what is not there yet, once; what staff made of it stays."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.referral_directory.assurances import How
from thangdee.referral_directory.batch import Batch, Entry
from thangdee.referral_directory.hsds import RECORDS
from thangdee.referral_directory.importing import import_batch
from thangdee.referral_directory.model import Checked
from thangdee.referral_directory.seed.draft import Draft, Source
from thangdee.referral_directory.seed.lists import listed_records, sample_records
from thangdee.referral_directory.tables import TABLES, assurance

_STAND_ALONE = ("organization", "service", "location", "unit")
_FACTS = ("organization", "service", "location", "phone", "schedule")
_SAMPLE = "sample"

Rows = dict[str, list[dict[str, Any]]]


async def seed_directory(connection: AsyncConnection, by: str, now: datetime, *, demo: bool) -> None:
    """Add the records of the sources, unverified; in a demo also the samples, as checked today by "sample".

    Safe to repeat: a record that is there is left alone with all that hangs on it, whoever changed or emptied it.
    """
    listed = listed_records()
    new = await _plant(connection, listed, by, now)
    await _name_sources(connection, (one for one in listed.sources if one.row_id in new), now)
    if demo:
        samples = sample_records()
        await _assure_samples(connection, samples, await _plant(connection, samples, by, now), now)


async def _plant(connection: AsyncConnection, draft: Draft, by: str, now: datetime) -> set[str]:
    """Bring in what is new; return the ids of all new rows."""
    rows = _without(draft.rows, await _known(connection, draft.rows))
    if not rows:
        return set()
    batch = Batch()
    for table, some in rows.items():
        for row in some:
            updated = {"updated": now.isoformat(timespec="milliseconds")} if table == "service_capacity" else {}
            batch.add(RECORDS[table], Entry(row | updated, "seed", f"{table} {row['id']}", as_table=True))
    await import_batch(connection, batch, by=by, now=now)
    return {row["id"] for some in rows.values() for row in some}


def _without(rows: Rows, known: set[str]) -> Rows:
    new = {table: [row for row in some if _root(table, row) not in known] for table, some in rows.items()}
    return {table: some for table, some in new.items() if some}


def _root(table: str, row: dict[str, Any]) -> str:
    """Return the record that a row is part of. Staff take attributes away; they must not come back."""
    return str(row["id"] if table in _STAND_ALONE else row.get("link_id") or row["service_id"])


async def _known(connection: AsyncConnection, rows: Rows) -> set[str]:
    known: set[str] = set()
    for table in _STAND_ALONE:
        column = TABLES[table].c.id
        ids = [row["id"] for row in rows.get(table, ())]
        if ids:
            known |= set((await connection.execute(select(column).where(column.in_(ids)))).scalars())
    return known


async def _name_sources(connection: AsyncConnection, sources: Iterable[Source], now: datetime) -> None:
    rows = [_check(one.table, one.row_id, Checked(None, None, How.SOURCE, one.codes, one.year), now) for one in sources]
    if rows:
        await connection.execute(insert(assurance), rows)


async def _assure_samples(connection: AsyncConnection, draft: Draft, new: set[str], now: datetime) -> None:
    checked = Checked(now.date(), _SAMPLE, How.IMPORT, _SAMPLE, now.year)
    facts = ((table, row["id"]) for table in _FACTS for row in draft.rows.get(table, ()))
    rows = [_check(table, row_id, checked, now) for table, row_id in facts if row_id in new]
    if rows:
        await connection.execute(insert(assurance), rows)


def _check(table: str, row_id: str, checked: Checked, now: datetime) -> dict[str, Any]:
    said = {name: getattr(checked, name) for name in ("assured_on", "assured_by", "how", "source", "source_year")}
    return {"id": str(uuid.uuid4()), "entity": table, "entity_id": row_id, "entered_at": now} | said
