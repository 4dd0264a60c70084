"""What staff should look at in how somebody asks; the person sees no difference (R14, R20)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.chats import Chat, chat
from thangdee.casework.enquiries.model import Flag
from thangdee.casework.enquiries.tables import enquiry_flag
from thangdee.core import changes
from thangdee.core.jobs import new_uid
from thangdee.core.vault import Place, Vault

# A flooder cannot bury what counts under a thousand rows that say the same.
MOST_A_DAY = 20
_DAY = timedelta(days=1)

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Raised:
    """One flag as staff read it; `body`: the words or what was answered, empty where nothing was kept."""

    id: str
    kind: Flag
    at: datetime
    body: Body


async def note(
    connection: AsyncConnection, vault: Vault, whose: Chat, kind: Flag, now: datetime, body: Body | None = None
) -> str | None:
    """Write a flag down and return its id; None where there are enough of the kind for today."""
    same = (enquiry_flag.c.chat_id == whose.id) & (enquiry_flag.c.kind == kind)
    today = select(func.count()).where(same, enquiry_flag.c.at > now - _DAY)
    if (await connection.execute(today)).scalar_one() >= MOST_A_DAY:
        return None
    flag_id = new_uid()
    sealed = await _sealed(connection, vault, whose, flag_id, body) if body else None
    values = {"id": flag_id, "chat_id": whose.id, "kind": kind, "sealed_body": sealed, "at": now}
    await connection.execute(insert(enquiry_flag).values(values))
    await changes.announce(connection, changes.ENQUIRIES)
    return flag_id


async def add(
    connection: AsyncConnection, vault: Vault, whose: Chat, flag_id: str, name: str, said: Mapping[str, str]
) -> bool:
    """Add an answer to a flag of this chat; False where there is no such flag."""
    mine = (enquiry_flag.c.id == flag_id) & (enquiry_flag.c.chat_id == whose.id)
    row = (await connection.execute(select(enquiry_flag).where(mine))).one_or_none()
    if row is None:
        return False
    body: dict[str, Any] = await _opened(connection, vault, whose.key_id, flag_id, row.sealed_body)
    body[name] = [*body.get(name, ()), dict(said)]
    sealed = await _sealed(connection, vault, whose, flag_id, body)
    await connection.execute(update(enquiry_flag).where(mine).values(sealed_body=sealed))
    await changes.announce(connection, changes.ENQUIRIES)
    return True


async def flags_of(connection: AsyncConnection, vault: Vault, chat_id: str) -> list[Raised]:
    """Return the flags of a chat that was not deleted, newest first."""
    query = select(enquiry_flag, chat.c.key_id).join(chat, chat.c.id == enquiry_flag.c.chat_id)
    query = query.where(enquiry_flag.c.chat_id == chat_id, chat.c.closed_at.is_(None))
    rows = await connection.execute(query.order_by(enquiry_flag.c.at.desc(), enquiry_flag.c.id))
    return [
        Raised(row.id, Flag(row.kind), row.at, await _opened(connection, vault, row.key_id, row.id, row.sealed_body))
        for row in rows.all()
    ]


async def _opened(
    connection: AsyncConnection, vault: Vault, key_id: str, flag_id: str, sealed: bytes | None
) -> dict[str, Any]:
    if sealed is None:
        return {}
    body: dict[str, Any] = json.loads(await vault.open(connection, key_id, _place(flag_id), sealed))
    return body


async def _sealed(connection: AsyncConnection, vault: Vault, whose: Chat, flag_id: str, body: Body) -> bytes:
    stored = json.dumps(dict(body), ensure_ascii=False).encode()
    return await vault.seal(connection, whose.key_id, _place(flag_id), stored)


def _place(flag_id: str) -> Place:
    return Place("enquiry_flag", "sealed_body", flag_id)
