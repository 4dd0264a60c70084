"""What staff write down about a matter beside its steps: notes, how a spoken yes was given, reports they made (R11)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.chats import chat
from thangdee.casework.referrals.guardian_tables import matter_note
from thangdee.casework.referrals.tables import matter
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.vault import Place, Vault

LONGEST = 4000


class UnfitWordsError(ThangdeeError):
    """Nothing was written, or more than a page."""

    code = "unfit_words"


class Occasion(StrEnum):
    """Why it was written."""

    NOTE = "note"
    YES_HEARD = "yes_heard"
    REPORT = "report"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True)
class MatterNote:
    """One note. `detail`: a code, such as the authority to which somebody of staff reported."""

    occasion: Occasion
    detail: str | None
    staff_id: str
    words: str
    at: datetime


def fit(words: str) -> str:
    """Return words as they are kept. Raises UnfitWordsError."""
    written = words.replace("\r\n", "\n").replace("\0", "").strip()
    if not written or len(written) > LONGEST:
        raise UnfitWordsError("between 1 and 4000 letters")
    return written


async def add(
    connection: AsyncConnection,
    vault: Vault,
    matter_id: str,
    occasion: Occasion,
    words: str,
    staff_id: str,
    now: datetime,
    *,
    detail: str | None = None,
) -> None:
    """Write a note, sealed with the chat. Raises UnfitWordsError."""
    written, new = fit(words), new_uid()
    sealed = await vault.seal(connection, await key_of(connection, matter_id), _place(new), written.encode())
    row = {"id": new, "matter_id": matter_id, "kind": occasion, "detail": detail, "staff_id": staff_id, "at": now}
    await connection.execute(insert(matter_note).values(row | {"sealed_words": sealed}))


async def of_matter(connection: AsyncConnection, vault: Vault, matter_id: str) -> list[MatterNote]:
    """Return the notes of a matter, newest first."""
    key_id = await key_of(connection, matter_id)
    query = select(matter_note).where(matter_note.c.matter_id == matter_id)
    rows = (await connection.execute(query.order_by(matter_note.c.at.desc(), matter_note.c.id))).all()
    found = []
    for row in rows:
        words = (await vault.open(connection, key_id, _place(row.id), row.sealed_words)).decode()
        found.append(MatterNote(Occasion(row.kind), row.detail, row.staff_id, words, row.at))
    return found


async def key_of(connection: AsyncConnection, matter_id: str) -> str:
    """Return the key under which all of a matter lies sealed: that of its chat."""
    query = select(chat.c.key_id).join(matter, matter.c.chat_id == chat.c.id).where(matter.c.id == matter_id)
    return str((await connection.execute(query)).scalar_one())


def _place(note_id: str) -> Place:
    return Place("matter_note", "sealed_words", note_id)
