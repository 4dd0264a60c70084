"""The rows that say who checked a fact. They only grow; the last one counts."""

import uuid
from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.referral_directory.model import Checked
from thangdee.referral_directory.tables import TABLES, assurance

# A row of these says one thing: when it changes, the old check says nothing of the new value.
_ONE_FACT = ("phone", "schedule", "address", "cost_option", "location")
_AT_ONCE = 5000


class How(StrEnum):
    """How a fact was checked. `source`: nobody did, a document says so; `changed`: the check was of another value."""

    PHONE = "phone"
    VISIT = "visit"
    EMAIL = "email"
    LETTER = "letter"
    OWNER = "owner"
    SOURCE = "source"
    CHANGED = "changed"
    IMPORT = "import"


async def enter(connection: AsyncConnection, entity: str, entity_id: str, checked: Checked, now: datetime) -> None:
    """Add a check of a fact."""
    values = {name: getattr(checked, name) for name in ("assured_on", "assured_by", "how", "source", "source_year")}
    row = {"id": str(uuid.uuid4()), "entity": entity, "entity_id": entity_id, "entered_at": now}
    await connection.execute(insert(assurance).values(row | values))


async def lapse(connection: AsyncConnection, table: str, ids: Collection[str], now: datetime) -> None:
    """End the checks of facts whose value was changed; another address is another place."""
    listed = list(ids) if table in _ONE_FACT else []
    for start in range(0, len(listed), _AT_ONCE):
        some = listed[start : start + _AT_ONCE]
        if table == "address":
            address = TABLES[table].c
            moved = await connection.execute(select(address.location_id).where(address.id.in_(some)))
            some += {key for key in moved.scalars() if key}
        query = select(assurance.c.entity_id).where(assurance.c.entity_id.in_(some)).distinct()
        for key in (await connection.execute(query)).scalars().all():
            await enter(connection, table, key, Checked(None, None, How.CHANGED), now)


async def read_checked(connection: AsyncConnection) -> dict[str, Checked]:
    """Return the last check of every fact, by its id; of a service also what another directory vouches for."""
    columns = (assurance.c.entity_id, assurance.c.assured_on, assurance.c.assured_by, assurance.c.how)
    query = select(*columns, assurance.c.source, assurance.c.source_year)
    rows = await connection.execute(query.order_by(assurance.c.entered_at, assurance.c.id))
    checked = {key: Checked(*said) for key, *said in rows.all()}
    service = TABLES["service"].c
    imported = await connection.execute(
        select(service.id, service.assured_date, service.assurer_email).where(service.assured_date.is_not(None))
    )
    for key, text, by in imported.all():
        day, ours = date.fromisoformat(text), checked.get(key)
        if ours is None or ours.assured_on is None or day > ours.assured_on:
            checked[key] = Checked(day, by, How.IMPORT)
    return checked
