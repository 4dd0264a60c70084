"""Consent: one yes per purpose, rows that only grow (R2, R3)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.chats import Chat, chat
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.jobs import new_uid

# Raised when the words of a consent change; everybody is then asked again.
CONSENT_VERSION = 1
_KEEP = "as long as the chat"


class Purpose(StrEnum):
    """What a person may say yes to. One yes never covers another purpose."""

    KEEP_CHAT = "keep_chat"
    TALK_TO_STAFF = "talk_to_staff"
    # That we write first, from time to time, to ask how it goes (R56).
    FOLLOW_UP = "follow_up"
    # That staff call somebody else, once, where the person fell silent.
    SECOND_CONTACT = "second_contact"
    # That staff call the person's own phone (R6).
    CALL_BACK = "call_back"
    # That staff look for a relative with what was told, and speak with the family (R2).
    ENQUIRY = "enquiry"
    # That the bot may learn from their words: "no" unless they say yes (R2).
    RESEARCH = "research"


class GivenBy(StrEnum):
    """How the answer was given."""

    TAPPED = "tapped"
    WRITTEN = "written"
    SPOKEN = "spoken"
    READ_BY_STAFF = "read_by_staff"


consent = Table(
    "consent",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the row", _KEEP)),
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "whose consent", _KEEP),
    ),
    Column("purpose", String(32), nullable=False, info=about(DataClass.SESSION, "to what", _KEEP)),
    Column("version", Integer, nullable=False, info=about(DataClass.TECHNICAL, "which words were shown", _KEEP)),
    Column("language", String(2), nullable=False, info=about(DataClass.SESSION, "in which language", _KEEP)),
    Column("is_yes", Boolean, nullable=False, info=about(DataClass.SESSION, "the answer", _KEEP)),
    Column(
        "given_by", String(16), nullable=False, info=about(DataClass.SESSION, "tapped, written, spoken, read", _KEEP)
    ),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", _KEEP)),
)


_LATEST = (  # asked several times a message: built once
    select(consent.c.is_yes)
    .where(consent.c.chat_id == bindparam("chat"), consent.c.purpose == bindparam("to"))
    .where(consent.c.version == bindparam("words"))
    .order_by(consent.c.at.desc(), consent.c.is_yes, consent.c.id)  # of two at one instant, the no
    .limit(1)
)


async def record(
    connection: AsyncConnection, who: Chat, purpose: Purpose, *, is_yes: bool, given_by: GivenBy, now: datetime
) -> None:
    """Add an answer; the latest one of the current version counts."""
    values = {"id": new_uid(), "chat_id": who.id, "purpose": purpose, "version": CONSENT_VERSION, "is_yes": is_yes}
    values |= {"language": who.language or "lo", "given_by": given_by, "at": now}
    await connection.execute(insert(consent).values(values))


async def allows(connection: AsyncConnection, chat_id: str, purpose: Purpose) -> bool:
    """Tell whether the latest answer to this purpose, in the current version, is yes."""
    return bool(await latest(connection, chat_id, purpose))


async def latest(connection: AsyncConnection, chat_id: str, purpose: Purpose) -> bool | None:
    """Return the latest answer to this purpose in the current version, None where there is none."""
    asked = {"chat": chat_id, "to": purpose, "words": CONSENT_VERSION}
    return (await connection.execute(_LATEST, asked)).scalar()


async def keeps_words(connection: AsyncConnection, chat_id: str) -> bool:
    """Tell whether what the person writes may be kept: they agreed to that, or to talk with staff (R1)."""
    for purpose in (Purpose.KEEP_CHAT, Purpose.TALK_TO_STAFF):
        if await allows(connection, chat_id, purpose):
            return True
    return False
