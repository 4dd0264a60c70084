"""What was said in a matter, each field sealed under the person's key, each with whose words it is."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.chats import chat
from thangdee.casework.referrals.model import Field, Said
from thangdee.casework.referrals.tables import matter, matter_fact
from thangdee.core.database import insert_new
from thangdee.core.vault import Place, Vault

# {"code": "18_59"} | {"codes": ["mon", "tue"]} | {"text": "..."} | {"media": "<id of a file>"}; never anything else.
Value = dict[str, Any]


@dataclass(frozen=True)
class Fact:
    """One answer. `is_struck`: not to be told. `own_yes_at`: when a sensitive field was agreed to by itself (R42)."""

    field: Field
    value: Value
    said_by: Said
    is_struck: bool
    own_yes_at: datetime | None
    at: datetime


async def note(
    connection: AsyncConnection, vault: Vault, matter_id: str, field: Field, value: Value, said_by: Said, now: datetime
) -> None:
    """Write an answer down; a new one takes the place of the old, and a yes to the old one is no yes to it."""
    key_id = await _key_of(connection, matter_id)
    place = _place(matter_id, field, said_by)
    sealed = await vault.seal(connection, key_id, place, json.dumps(value, ensure_ascii=False).encode())
    row = {"matter_id": matter_id, "field": field, "said_by": said_by}
    values = {"sealed_value": sealed, "is_struck": False, "own_yes_at": None, "at": now}
    statement = insert_new(connection, matter_fact).values(row | values)
    await connection.execute(statement.on_conflict_do_update(index_elements=list(row), set_=values))


async def forget(connection: AsyncConnection, matter_id: str, field: Field, said_by: Said = Said.PERSON) -> None:
    """Take an answer out for good."""
    await connection.execute(delete(matter_fact).where(*_that(matter_id, field, said_by)))


async def strike(connection: AsyncConnection, matter_id: str, field: Field, *, is_struck: bool) -> None:
    """Strike the person's answer out, or put it back: it stays known and is not told."""
    that = _that(matter_id, field, Said.PERSON)
    await connection.execute(update(matter_fact).where(*that).values(is_struck=is_struck))


async def agree(connection: AsyncConnection, matter_id: str, field: Field, now: datetime) -> None:
    """Write down the person's own yes to a sensitive field (R42)."""
    that = _that(matter_id, field, Said.PERSON)
    await connection.execute(update(matter_fact).where(*that).values(own_yes_at=now))


async def facts_of(connection: AsyncConnection, vault: Vault, matter_id: str) -> tuple[Fact, ...]:
    """Return all answers in the order of the fields; those of a helper after the person's own."""
    key_id = await _key_of(connection, matter_id)
    rows = (await connection.execute(select(matter_fact).where(matter_fact.c.matter_id == matter_id))).all()
    found = []
    for row in rows:
        field, said_by = Field(row.field), Said(row.said_by)
        opened = await vault.open(connection, key_id, _place(matter_id, field, said_by), row.sealed_value)
        found.append(Fact(field, json.loads(opened), said_by, row.is_struck, row.own_yes_at, row.at))
    order = {field: number for number, field in enumerate(Field)}
    return tuple(sorted(found, key=lambda one: (one.said_by is not Said.PERSON, order[one.field])))


async def _key_of(connection: AsyncConnection, matter_id: str) -> str:
    query = select(chat.c.key_id).join(matter, matter.c.chat_id == chat.c.id).where(matter.c.id == matter_id)
    return str((await connection.execute(query)).scalar_one())


def _that(matter_id: str, field: Field, said_by: Said) -> tuple[Any, ...]:
    mine = matter_fact.c
    return mine.matter_id == matter_id, mine.field == field, mine.said_by == said_by


def _place(matter_id: str, field: Field, said_by: Said) -> Place:
    return Place("matter_fact", "sealed_value", f"{matter_id}|{field}|{said_by}")
