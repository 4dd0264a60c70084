"""Voice notes and pictures: noted when they come, fetched and made anew later, sealed, opened for who may (R58).

Each function is one use case or a part of one, to be called inside one transaction of the caller's.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.chats import Chat, chat
from thangdee.core import changes, jobs
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import Job, NewJob, Queue
from thangdee.core.outbox import read_body
from thangdee.core.recoded import LONGEST_SECONDS, TOO_LONG, Recoded
from thangdee.core.vault import Place, Vault

MOST_VOICE_BYTES, MOST_PHOTO_BYTES = 5 * 1024 * 1024, 10 * 1024 * 1024
# Only the sound of a round video is kept; what Telegram lets a bot fetch at most.
MOST_ROUND_BYTES = 20 * 1024 * 1024
MOST_A_DAY = 20
KEPT = timedelta(days=30)
TOO_BIG, TOO_MANY, UNREACHABLE = "too_big", "too_many", "unreachable"

FETCH = "fetch"
_DAY = timedelta(days=1)
_KEEP, _KEEP_ROW = "30 days", "as long as the chat"


class Kind(StrEnum):
    """What staff do with it."""

    VOICE = "voice"
    PHOTO = "photo"


class State(StrEnum):
    """Where it stands. `refused`: `reason` says why; `gone`: kept for its time."""

    WAITING = "waiting"
    READY = "ready"
    REFUSED = "refused"
    GONE = "gone"


_MIME = {Kind.VOICE: "audio/mpeg", Kind.PHOTO: "image/jpeg"}

media = Table(
    "media",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the file", _KEEP_ROW)),
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        nullable=False,
        info=about(DataClass.PSEUDONYM, "whose chat", _KEEP_ROW),
    ),
    Column("kind", String(8), nullable=False, info=about(DataClass.SESSION, "voice or photo", _KEEP_ROW)),
    Column("state", String(8), nullable=False, info=about(DataClass.TECHNICAL, "where it stands", _KEEP_ROW)),
    Column("reason", String(16), info=about(DataClass.TECHNICAL, "why it was refused", _KEEP_ROW)),
    Column("seconds", Integer, info=about(DataClass.SESSION, "how long it sounds", _KEEP_ROW)),
    Column("sealed_content", LargeBinary, info=about(DataClass.SEALED, "the file, made anew", _KEEP)),
    Column("sealed_covered", LargeBinary, info=about(DataClass.SEALED, "the picture in a few pixels", _KEEP)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when it came", _KEEP_ROW)),
    Column("kept_until", AwareDateTime, info=about(DataClass.TECHNICAL, "of an enquiry: as long as it", _KEEP_ROW)),
    Index(None, "chat_id", "at"),
    Index(None, "at"),
)


class MediaGoneError(ThangdeeError):
    """There is no such file, or not any more, or its chat was deleted."""

    code = "media_gone"


@dataclass(frozen=True)
class Announced:
    """A file as Telegram announces it; `seconds` and `size` (bytes) are claims. `is_round`: a round video."""

    file_id: str
    kind: Kind
    is_round: bool = False
    seconds: int = 0
    size: int = 0

    @property
    def most_bytes(self) -> int:
        """How large it may be."""
        if self.kind is Kind.PHOTO:
            return MOST_PHOTO_BYTES
        return MOST_ROUND_BYTES if self.is_round else MOST_VOICE_BYTES


@dataclass(frozen=True)
class Media:
    """A file as the page shows it."""

    id: str
    chat_id: str
    kind: Kind
    state: State
    reason: str | None
    seconds: int | None
    at: datetime


@dataclass(frozen=True)
class Order:
    """What is to be fetched, and for which chat."""

    media_id: str
    chat_id: str
    file_id: str
    kind: Kind
    most_bytes: int


@dataclass(frozen=True)
class Opened:
    """A file that was opened for somebody."""

    chat_id: str
    content: bytes
    mime: str


async def note(connection: AsyncConnection, vault: Vault, whose: Chat, came: Announced, now: datetime) -> Media:
    """Note a file of which words may be kept (R1), and have it fetched, unless it is over a limit already."""
    reason = await _over_limit(connection, whose, came, now)
    state = State.REFUSED if reason else State.WAITING
    noted = Media(jobs.new_uid(), whose.id, came.kind, state, reason, came.seconds or None, now)
    await connection.execute(insert(media).values(vars(noted)))
    if reason is None:
        await _have_fetched(connection, vault, whose, came, noted)
    return noted


async def _over_limit(connection: AsyncConnection, whose: Chat, came: Announced, now: datetime) -> str | None:
    if came.kind is Kind.VOICE and came.seconds > LONGEST_SECONDS:
        return TOO_LONG
    if came.size > came.most_bytes:
        return TOO_BIG
    taken = select(func.count()).where(
        media.c.chat_id == whose.id, media.c.at > now - _DAY, media.c.reason.is_distinct_from(TOO_MANY)
    )
    return TOO_MANY if (await connection.execute(taken)).scalar_one() >= MOST_A_DAY else None


async def _have_fetched(connection: AsyncConnection, vault: Vault, whose: Chat, came: Announced, noted: Media) -> None:
    uid = jobs.new_uid()
    body = {"media": noted.id, "file_id": came.file_id, "kind": came.kind, "most_bytes": came.most_bytes}
    sealed = await vault.seal(connection, whose.key_id, Place("job", "sealed_body", uid), json.dumps(body).encode())
    new = NewJob(
        queue=Queue.MEDIA,
        lane=noted.id,  # a file that cannot be had keeps no other waiting
        kind=FETCH,
        run_at=noted.at,
        created_at=noted.at,
        uid=uid,
        key_id=whose.key_id,
        sealed_body=sealed,
    )
    await jobs.enqueue(connection, new)


async def order_of(connection: AsyncConnection, vault: Vault, taken: Job) -> Order | None:
    """Return what a job wants fetched; None if its chat was deleted. Raises SealBrokenError if the key is gone."""
    query = select(chat.c.id).where(chat.c.key_id == taken.key_id, chat.c.closed_at.is_(None))
    chat_id = (await connection.execute(query)).scalar()
    if chat_id is None:
        return None
    body = await read_body(connection, vault, taken)
    return Order(body["media"], chat_id, body["file_id"], Kind(body["kind"]), body["most_bytes"])


async def keep(connection: AsyncConnection, vault: Vault, order: Order, made: Recoded) -> None:
    """Seal a file under its chat's key. Raises SealBrokenError if the chat was shredded meanwhile."""
    query = select(chat.c.key_id).where(chat.c.id == order.chat_id)
    key_id = str((await connection.execute(query)).scalar())
    values: dict[str, Any] = {"state": State.READY, "reason": None, "seconds": made.seconds}
    values["sealed_content"] = await vault.seal(connection, key_id, _content(order.media_id), made.content)
    if made.covered:
        values["sealed_covered"] = await vault.seal(connection, key_id, _covered(order.media_id), made.covered)
    await _change(connection, order, values)


async def refuse(connection: AsyncConnection, order: Order, reason: str) -> None:
    """Say why a file is not there."""
    await _change(connection, order, {"state": State.REFUSED, "reason": reason})


async def _change(connection: AsyncConnection, order: Order, values: dict[str, Any]) -> None:
    waits = (media.c.id == order.media_id) & (media.c.state == State.WAITING)
    await connection.execute(update(media).where(waits).values(values))
    await changes.announce(connection, changes.about_chat(order.chat_id))


async def shown(connection: AsyncConnection, ids: Collection[str]) -> dict[str, Media]:
    """Return what is known of these files, by id."""
    columns = (one for one in media.c if not one.name.startswith("sealed_"))
    rows = await connection.execute(select(*columns).where(media.c.id.in_(ids)))
    return {row.id: _media(row) for row in rows}


async def chat_of(connection: AsyncConnection, media_id: str) -> str:
    """Return whose file this is. Raises MediaGoneError."""
    chat_id: str | None = (await connection.execute(select(media.c.chat_id).where(media.c.id == media_id))).scalar()
    if chat_id is None:
        raise MediaGoneError("no such file")
    return chat_id


async def open_file(connection: AsyncConnection, vault: Vault, media_id: str, *, is_covered: bool = False) -> Opened:
    """Open a file of an open chat for somebody who may read there. Raises MediaGoneError, SealBrokenError.

    `is_covered`: the picture in a few pixels.
    """
    query = select(media, chat.c.key_id).join(chat).where(media.c.id == media_id, chat.c.closed_at.is_(None))
    row = (await connection.execute(query)).one_or_none()
    sealed = None if row is None else row.sealed_covered if is_covered else row.sealed_content
    if row is None or sealed is None:
        raise MediaGoneError("no such file")
    place = _covered(media_id) if is_covered else _content(media_id)
    content = await vault.open(connection, row.key_id, place, sealed)
    return Opened(row.chat_id, content, _MIME[Kind(row.kind)])


async def keep_until(connection: AsyncConnection, media_ids: Collection[str], until: datetime) -> None:
    """Keep files longer than others: they are what a family told of their relative, or left for her (R17, R25)."""
    await connection.execute(update(media).where(media.c.id.in_(media_ids)).values(kept_until=until))


async def forget_old(connection: AsyncConnection, now: datetime) -> None:
    """Let go what was kept for its time (R25); that something came stays in the chat."""
    is_past = or_(media.c.kept_until <= now, media.c.kept_until.is_(None) & (media.c.at <= now - KEPT))
    over = is_past & media.c.state.in_([State.WAITING, State.READY])
    values = {"state": State.GONE, "sealed_content": None, "sealed_covered": None}
    await connection.execute(update(media).where(over).values(values))


def _media(row: Row[Any]) -> Media:
    return Media(row.id, row.chat_id, Kind(row.kind), State(row.state), row.reason, row.seconds, row.at)


def _content(media_id: str) -> Place:
    return Place("media", "sealed_content", media_id)


def _covered(media_id: str) -> Place:
    return Place("media", "sealed_covered", media_id)
