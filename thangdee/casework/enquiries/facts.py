"""What a family told in an enquiry: each field sealed under the key of their chat."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import store
from thangdee.casework.enquiries.model import Field
from thangdee.casework.enquiries.tables import enquiry_fact
from thangdee.casework.referrals.facts import Value
from thangdee.core.database import insert_new
from thangdee.core.vault import Place, Vault


async def note(
    connection: AsyncConnection, vault: Vault, enquiry_id: str, field: Field, value: Value, now: datetime
) -> None:
    """Write an answer down; a new one takes the place of the old."""
    key_id = await store.key_of(connection, enquiry_id)
    stored = json.dumps(value, ensure_ascii=False).encode()
    sealed = await vault.seal(connection, key_id, _place(enquiry_id, field), stored)
    row, values = {"enquiry_id": enquiry_id, "field": field}, {"sealed_value": sealed, "at": now}
    statement = insert_new(connection, enquiry_fact).values(row | values)
    await connection.execute(statement.on_conflict_do_update(index_elements=list(row), set_=values))


async def forget(connection: AsyncConnection, enquiry_id: str, field: Field) -> None:
    """Take an answer out for good."""
    that = (enquiry_fact.c.enquiry_id == enquiry_id) & (enquiry_fact.c.field == field)
    await connection.execute(delete(enquiry_fact).where(that))


async def facts_of(connection: AsyncConnection, vault: Vault, enquiry_id: str) -> Mapping[Field, Value]:
    """Return all answers, in the order of the fields."""
    key_id = await store.key_of(connection, enquiry_id)
    rows = (await connection.execute(select(enquiry_fact).where(enquiry_fact.c.enquiry_id == enquiry_id))).all()
    found = {}
    for row in rows:
        field = Field(row.field)
        found[field] = json.loads(await vault.open(connection, key_id, _place(enquiry_id, field), row.sealed_value))
    return {field: found[field] for field in Field if field in found}


def _place(enquiry_id: str, field: Field) -> Place:
    return Place("enquiry_fact", "sealed_value", f"{enquiry_id}|{field}")
