"""What a family leaves for their relative: kept, given only if she wishes, and never a sign of it here (R17).

Nothing in this module, and no column of its table, tells whether she was given it: that stands in outcomes (R12).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import media
from thangdee.casework.enquiries import store
from thangdee.casework.enquiries.model import Enquiry
from thangdee.casework.enquiries.tables import family_message
from thangdee.core import changes
from thangdee.core.jobs import new_uid
from thangdee.core.vault import Place, Vault

MOST = 5


class Kind(StrEnum):
    """What it is."""

    WORDS = "words"
    VOICE = "voice"
    PHOTO = "photo"


@dataclass(frozen=True)
class Message:
    """One message; `body` is {"text"} or {"media"}."""

    id: str
    enquiry_id: str
    kind: Kind
    body: Mapping[str, str]
    at: datetime


async def leave(
    connection: AsyncConnection, vault: Vault, one: Enquiry, kind: Kind, body: Mapping[str, str], now: datetime
) -> bool:
    """Keep a message for as long as the enquiry; False where there are as many as we keep."""
    if await how_many(connection, one.id) >= MOST:
        return False
    message_id, key_id = new_uid(), await store.key_of(connection, one.id)
    stored = json.dumps(dict(body), ensure_ascii=False).encode()
    sealed = await vault.seal(connection, key_id, _place(message_id), stored)
    values = {"id": message_id, "enquiry_id": one.id, "kind": kind, "sealed_body": sealed, "at": now}
    await connection.execute(insert(family_message).values(values))
    if "media" in body and one.lapses_at is not None:
        await media.keep_until(connection, [body["media"]], one.lapses_at)
    await changes.announce(connection, changes.ENQUIRIES)
    return True


async def how_many(connection: AsyncConnection, enquiry_id: str) -> int:
    """Return how many messages an enquiry has."""
    query = select(func.count()).where(family_message.c.enquiry_id == enquiry_id)
    return (await connection.execute(query)).scalar_one()


async def messages_of(connection: AsyncConnection, vault: Vault, enquiry_id: str) -> list[Message]:
    """Return the messages of an enquiry, the oldest first."""
    query = select(family_message).where(family_message.c.enquiry_id == enquiry_id)
    rows = (await connection.execute(query.order_by(family_message.c.at, family_message.c.id))).all()
    key_id = await store.key_of(connection, enquiry_id) if rows else ""
    found = []
    for row in rows:
        body = json.loads(await vault.open(connection, key_id, _place(row.id), row.sealed_body))
        found.append(Message(row.id, row.enquiry_id, Kind(row.kind), body, row.at))
    return found


def _place(message_id: str) -> Place:
    return Place("family_message", "sealed_body", message_id)
