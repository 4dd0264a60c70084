"""What was said: kept only with consent, sealed; and which Telegram messages stand on the phone."""

import json
import secrets
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    delete,
    false,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.chats import Chat, chat
from thangdee.core import changes
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.database import insert_new
from thangdee.core.vault import Place, Vault

_KEEP = "90 days after the last contact"
# Telegram lets a bot delete what is younger than 48 hours; a minute is kept as a margin.
DELETABLE = timedelta(hours=47, minutes=59)


class Direction(StrEnum):
    """Who spoke."""

    IN = "in"
    BOT = "bot"
    STAFF = "staff"


said = Table(
    "said",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the row", _KEEP)),
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        nullable=False,
        info=about(DataClass.PSEUDONYM, "whose chat", _KEEP),
    ),
    Column("direction", String(8), nullable=False, info=about(DataClass.SESSION, "who spoke", _KEEP)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", _KEEP)),
    Column("sealed_body", LargeBinary, nullable=False, info=about(DataClass.SEALED, "the words, as JSON", _KEEP)),
    Column("intent", String(32), info=about(DataClass.SESSION, "what the bot understood", _KEEP)),
    Column("risk", String(12), info=about(DataClass.SESSION, "none, high, immediate", _KEEP)),
    Column("staff_id", String(32), info=about(DataClass.TECHNICAL, "which colleague wrote it", _KEEP)),
    Column("job_uid", String(32), info=about(DataClass.TECHNICAL, "which message of the outbox brings it", _KEEP)),
    Index(None, "chat_id", "id"),
)

phone_message = Table(
    "phone_message",
    metadata,
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        primary_key=True,
        info=about(DataClass.PSEUDONYM, "whose phone", "48 hours"),
    ),
    Column(
        "message_id", BigInteger, primary_key=True, info=about(DataClass.TECHNICAL, "to delete it (R53)", "48 hours")
    ),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "deletable for 48 h", "48 hours")),
    Column("deleted_at", AwareDateTime, info=about(DataClass.TECHNICAL, "gone from the phone", "48 hours")),
    Column(
        "stays",
        Boolean,
        nullable=False,
        server_default=false(),
        info=about(DataClass.TECHNICAL, "tells nothing: not swept, only hidden", "48 hours"),
    ),
)


@dataclass(frozen=True)
class Line:
    """One line of a transcript. `body`: {"text"} or {"say": [keys]} or {"voice": file id} and the like.

    `id` names the row of a line that was read; it is empty on one that is yet to be kept. `staff_id`: which colleague
    wrote it. `job_uid`: the job of the outbox that brings it to the phone.
    """

    direction: Direction
    at: datetime
    body: dict[str, Any]
    intent: str | None = None
    risk: str | None = None
    id: str = field(default="", compare=False)
    staff_id: str | None = field(default=None, compare=False)
    job_uid: str | None = field(default=None, compare=False)


async def keep(connection: AsyncConnection, vault: Vault, whose: Chat, line: Line) -> None:
    """Add a sealed line. The caller has asked consent.keeps_words, or it is a cry for help (R1)."""
    # Begins with the time of arrival: lines of one moment keep their order, whatever clock dated them.
    row = f"{time.time_ns():016x}{secrets.token_hex(8)}"
    sealed = await vault.seal(
        connection, whose.key_id, Place("said", "sealed_body", row), json.dumps(line.body).encode()
    )
    values = {"id": row, "chat_id": whose.id, "direction": line.direction, "at": line.at, "sealed_body": sealed}
    values |= {"intent": line.intent, "risk": line.risk, "staff_id": line.staff_id, "job_uid": line.job_uid}
    await connection.execute(insert(said).values(values))
    # Not the queue: it would have all pages look again at every message of anybody.
    holder = [changes.about_staff(whose.held_by)] if whose.held_by else []
    await changes.announce(connection, changes.about_chat(whose.id), *holder)


async def read(connection: AsyncConnection, vault: Vault, whose: Chat, *, limit: int = 200) -> list[Line]:
    """Return the newest lines, oldest first."""
    query = select(said).where(said.c.chat_id == whose.id).order_by(said.c.id.desc()).limit(limit)
    lines = []
    for row in (await connection.execute(query)).all():
        body = await vault.open(connection, whose.key_id, Place("said", "sealed_body", row.id), row.sealed_body)
        line = Line(Direction(row.direction), row.at, json.loads(body), row.intent, row.risk, row.id)
        lines.append(replace(line, staff_id=row.staff_id, job_uid=row.job_uid))
    return lines[::-1]


async def chat_of(connection: AsyncConnection, line_id: str) -> str | None:
    """Return the chat that a line stands in, None where there is no such line."""
    return (await connection.execute(select(said.c.chat_id).where(said.c.id == line_id))).scalar()


async def stands_on_phone(
    connection: AsyncConnection, chat_id: str, message_id: int, at: datetime, *, stays: bool = False
) -> None:
    """Remember a message of either side, so that it can be taken off the phone; `stays`: only when hiding."""
    values = {"chat_id": chat_id, "message_id": message_id, "at": at, "stays": stays}
    await connection.execute(insert_new(connection, phone_message).values(values).on_conflict_do_nothing())


async def on_phone(
    connection: AsyncConnection, chat_id: str, *, sent_after: datetime, sent_before: datetime, to_hide: bool = True
) -> list[int]:
    """Return ids of messages that still stand on the phone, oldest first; without `to_hide` those to be swept."""
    query = select(phone_message.c.message_id).where(
        phone_message.c.chat_id == chat_id,
        phone_message.c.at > sent_after,
        phone_message.c.at <= sent_before,
        phone_message.c.deleted_at.is_(None),
        *(() if to_hide else (phone_message.c.stays.is_(False),)),
    )
    return list((await connection.execute(query.order_by(phone_message.c.message_id))).scalars())


async def move_phone(connection: AsyncConnection, *, from_chat: str, to_chat: str) -> None:
    """Let another chat of the same person answer for what stands on the phone."""
    theirs = phone_message.c.chat_id == from_chat
    await connection.execute(update(phone_message).where(theirs).values(chat_id=to_chat))


async def forget_phone(connection: AsyncConnection, *, sent_before: datetime) -> None:
    """Forget message ids that can no longer be deleted."""
    await connection.execute(delete(phone_message).where(phone_message.c.at < sent_before))


async def taken_off(connection: AsyncConnection, chat_id: str, message_ids: list[int], now: datetime) -> None:
    """Mark messages as gone from the phone."""
    mine = (phone_message.c.chat_id == chat_id) & phone_message.c.message_id.in_(message_ids)
    await connection.execute(update(phone_message).where(mine).values(deleted_at=now))
