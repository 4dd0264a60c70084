"""Notes: what colleagues tell each other about a chat. Sealed with it, erased with it, never sent to the person."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.chats import Chats, chat
from thangdee.core import changes
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.database import insert_new
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.vault import Place, Vault

LONGEST_NOTE = 4000
_KEEP = "as long as the chat"


class UnfitNoteError(ThangdeeError):
    """A note is empty or too long."""

    code = "unfit_note"


class ChatGoneError(ThangdeeError):
    """The chat was erased meanwhile."""

    code = "chat_gone"


class NoteKind(StrEnum):
    """On what occasion it was written; all but the first are summaries."""

    NOTE = "note"
    TRANSFER = "transfer"
    ASK_IN = "ask_in"
    HAND_BACK = "hand_back"
    CLOSE = "close"


note = Table(
    "note",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the note", _KEEP)),
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "about which chat", _KEEP),
    ),
    Column("staff_id", String(32), nullable=False, info=about(DataClass.TECHNICAL, "who wrote it", _KEEP)),
    Column("kind", String(12), nullable=False, info=about(DataClass.TECHNICAL, "on what occasion", _KEEP)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", _KEEP)),
    Column("sealed_words", LargeBinary, nullable=False, info=about(DataClass.SEALED, "the note", _KEEP)),
)


@dataclass(frozen=True)
class Note:
    """One note."""

    id: str
    staff_id: str
    at: datetime
    words: str
    kind: NoteKind


async def add(
    connection: AsyncConnection,
    vault: Vault,
    chat_id: str,
    staff_id: str,
    words: str,
    now: datetime,
    *,
    kind: NoteKind = NoteKind.NOTE,
    token: str = "",
) -> None:
    """Add a note; once for a `token`. The caller has asked who may. Raises UnfitNoteError, ChatGoneError."""
    written = words.replace("\r\n", "\n").replace("\0", "").strip()
    if not written or len(written) > LONGEST_NOTE:
        raise UnfitNoteError("a note has between 1 and 4000 letters")
    whose = await Chats(connection, vault).get(chat_id)
    if whose is None:
        raise ChatGoneError("the chat is gone")
    note_id = once(chat_id, staff_id, token)
    sealed = await vault.seal(connection, whose.key_id, _place(note_id), written.encode())
    values = {"id": note_id, "chat_id": chat_id, "staff_id": staff_id, "kind": kind, "at": now, "sealed_words": sealed}
    await connection.execute(insert_new(connection, note).values(values).on_conflict_do_nothing())
    await changes.announce(connection, changes.about_chat(chat_id))


async def of_chat(connection: AsyncConnection, vault: Vault, chat_id: str) -> list[Note]:
    """Return the notes about a chat, the latest first. The caller has asked who may read."""
    whose = await Chats(connection, vault).get(chat_id)
    if whose is None:
        return []
    query = select(note).where(note.c.chat_id == chat_id).order_by(note.c.at.desc(), note.c.id)
    read = []
    for row in (await connection.execute(query)).all():
        words = await vault.open(connection, whose.key_id, _place(row.id), row.sealed_words)
        read.append(Note(row.id, row.staff_id, row.at, words.decode(), NoteKind(row.kind)))
    return read


def once(chat_id: str, staff_id: str, token: str) -> str:
    """Return an id that is the same for the same form of the same colleague, a fresh one without a token."""
    if not token:
        return new_uid()
    return hashlib.sha256(f"{chat_id}|{staff_id}|{token}".encode()).hexdigest()[:32]


def _place(note_id: str) -> Place:
    return Place("note", "sealed_words", note_id)
