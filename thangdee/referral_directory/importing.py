"""Bringing records in: all or nothing, and again without any effect."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core.columns import metadata
from thangdee.referral_directory.assurances import lapse
from thangdee.referral_directory.batch import Batch
from thangdee.referral_directory.checks import Fault, WrongRecordError
from thangdee.referral_directory.history import changes_of, is_changed, without_nothing
from thangdee.referral_directory.reading_json import read_json
from thangdee.referral_directory.tables import TABLES
from thangdee.referral_directory.tabular import read_tables
from thangdee.referral_directory.taxonomy import records as own_terms

_T = TypeVar("_T")
_AT_ONCE = 5000
# Tables that others need come first.
IN_ORDER: tuple[Table, ...] = tuple(one for one in metadata.sorted_tables if one.name in TABLES)


@dataclass
class Outcome:
    """How many records of each table came in, were changed, stood already."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    same: dict[str, int] = field(default_factory=dict)


def read(path: Path) -> Batch:
    """Read a JSON file, or a folder of CSV files; faults are in the batch."""
    batch = Batch()
    if path.is_dir():
        read_tables(path, batch)
    elif path.is_file():
        read_json(path, batch)
    else:
        batch.faults.append(Fault(path.name, "whole file", "-", "is not there"))
    return batch


async def import_batch(connection: AsyncConnection, batch: Batch, *, by: str, now: datetime) -> Outcome:
    """Write a batch in the caller's transaction; what changes is kept as history.

    A field that a record does not name stays as it is; one that is named empty becomes empty.
    Raises WrongRecordError before anything was written.
    """
    known = {table: await _known(connection, TABLES[table], ids) for table, ids in batch.wanted().items()}
    batch.check_links(known)
    if batch.faults:
        raise WrongRecordError(tuple(batch.faults))
    await seed_terms(connection)
    outcome, history = Outcome(), []
    for table in IN_ORDER:
        rows = [entry.values for entry in batch.entries[table.name].values()]
        if rows:
            history += await _write(connection, table, rows, outcome, by=by, now=now)
    await _insert(connection, TABLES["metadata"], history)
    return outcome


async def seed_terms(connection: AsyncConnection) -> None:
    """Bring our own taxonomies in, or up to date."""
    for name, rows in own_terms().items():
        await _write(connection, TABLES[name], rows, Outcome(), by="thangdee", now=None)


async def _write(
    connection: AsyncConnection, table: Table, rows: list[dict[str, Any]], outcome: Outcome, *, by: str,
    now: datetime | None,
) -> list[dict[str, Any]]:  # fmt: skip
    there = await _rows(connection, table, [row["id"] for row in rows])
    fresh = [row for row in rows if row["id"] not in there]
    changed = [row for row in rows if row["id"] in there and is_changed(there[row["id"]], row)]
    await _insert(connection, table, fresh)
    await _update(connection, table, [there[row["id"]] | row for row in changed])
    outcome.added[table.name], outcome.changed[table.name] = len(fresh), len(changed)
    outcome.same[table.name] = len(rows) - len(fresh) - len(changed)
    if now is None or table.name == "metadata":  # history has no history of its own
        return []
    await lapse(connection, table.name, [row["id"] for row in changed], now)
    return [one for row in changed for one in changes_of(table.name, row["id"], there[row["id"]], row, by=by, now=now)]


async def _insert(connection: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    for some in _parted(without_nothing(rows, table.columns.keys())):
        await connection.execute(insert(table), some)


async def _update(connection: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    names = [name for name in table.columns.keys() if name != "id"]  # noqa: SIM118 - columns, not a dict
    statement = update(table).where(table.c.id == bindparam("row_id"))
    statement = statement.values({name: bindparam(f"new_{name}") for name in names})
    given = [{"row_id": row["id"]} | {f"new_{name}": row[name] for name in names} for row in rows]
    for some in _parted(given):
        await connection.execute(statement, some)


async def _rows(connection: AsyncConnection, table: Table, ids: list[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for some in _parted(ids):
        rows = await connection.execute(select(table).where(table.c.id.in_(some)))
        found |= {row["id"]: dict(row) for row in rows.mappings()}
    return found


async def _known(connection: AsyncConnection, table: Table, ids: Collection[str]) -> set[str]:
    found: set[str] = set()
    for some in _parted(ids):
        found |= set((await connection.execute(select(table.c.id).where(table.c.id.in_(some)))).scalars())
    return found


def _parted(values: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(values)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
