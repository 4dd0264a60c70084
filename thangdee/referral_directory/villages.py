"""Villages of districts, from a CSV file of a ministry or a network; former and merged names stay findable."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core.database import insert_new
from thangdee.referral_directory.places import Village
from thangdee.referral_directory.tables import village

_AT_ONCE = 1000


async def store(connection: AsyncConnection, villages: Iterable[Village]) -> int:
    """Add villages or bring them up to date, by id; return how many were given."""
    rows = [row_of(one) for one in villages]
    for start in range(0, len(rows), _AT_ONCE):
        statement = insert_new(connection, village).values(rows[start : start + _AT_ONCE])
        news = {column.name: statement.excluded[column.name] for column in village.columns if column.name != "id"}
        await connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=news))
    return len(rows)


async def stored(connection: AsyncConnection) -> tuple[Village, ...]:
    """Return all villages, by district and name."""
    rows = await connection.execute(select(village).order_by(village.c.district, village.c.name))
    return tuple(_village(row) for row in rows.all())


def row_of(one: Village) -> dict[str, object]:
    """Return a village as a row."""
    return {name: getattr(one, name) for name in village.columns.keys()} | {"former_names": list(one.former_names)}  # noqa: SIM118


def _village(row: Row[Any]) -> Village:
    names = (row.name, row.name_th or "", row.name_en or "")
    return Village(row.id, row.district, *names, tuple(row.former_names), row.merged_into)
