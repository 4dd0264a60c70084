"""Corrections: what staff say a message really meant, and the question whether the bot may learn from it.

The label alone is kept beside the transcript, for staff. Words become a lesson only with a yes of their own (R2).
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Integer, String, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import consent, conversations, lessons, transcripts
from thangdee.casework.chats import Chats, chat
from thangdee.casework.consent import Purpose
from thangdee.casework.lessons import LineGoneError
from thangdee.casework.transcripts import Direction, Line, said
from thangdee.core import outbox
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.database import insert_new
from thangdee.core.errors import ThangdeeError
from thangdee.core.outbox import OWN_CONTROL
from thangdee.core.vault import Vault

_KEEP = "as long as the chat"

correction = Table(
    "correction",
    metadata,
    Column(
        "said_id",
        String(32),
        ForeignKey(said.c.id, ondelete="CASCADE"),
        primary_key=True,
        info=about(DataClass.TECHNICAL, "which message", _KEEP),
    ),
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "whose message", _KEEP),
    ),
    Column("intent", String(32), nullable=False, info=about(DataClass.SESSION, "what it really meant", _KEEP)),
    Column("corrected_by", String(32), nullable=False, info=about(DataClass.TECHNICAL, "staff member", _KEEP)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "when", _KEEP)),
)

learning_question = Table(
    "learning_question",
    metadata,
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        primary_key=True,
        info=about(DataClass.PSEUDONYM, "who was asked", _KEEP),
    ),
    Column("version", Integer, primary_key=True, info=about(DataClass.TECHNICAL, "in which words", _KEEP)),
    Column("asked_by", String(32), nullable=False, info=about(DataClass.TECHNICAL, "staff member", _KEEP)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "when", _KEEP)),
)


class Standing(StrEnum):
    """Where the question stands whether the bot may learn from a person's words."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    YES = "yes"
    NO = "no"


class NotNowError(ThangdeeError):
    """The person cried for help or hid the chat: this is no time for a question of ours."""

    code = "not_now"


async def correct(connection: AsyncConnection, said_id: str, intent: str, by: str, now: datetime) -> None:
    """Say what a person's message meant; the last word counts. Raises LineGoneError.

    A lesson made of it under another meaning is dropped.
    """
    theirs = (said.c.id == said_id) & (said.c.direction == Direction.IN) & chat.c.closed_at.is_(None)
    chat_id = (await connection.execute(select(chat.c.id).join(said).where(theirs))).scalar()
    if chat_id is None:
        raise LineGoneError("this message is not here any more")
    told = {"intent": intent, "corrected_by": by, "at": now}
    statement = insert_new(connection, correction).values(told | {"said_id": said_id, "chat_id": chat_id})
    await connection.execute(statement.on_conflict_do_update(index_elements=["said_id"], set_=told))
    await lessons.forget_other_meaning(connection, said_id, intent)


async def corrections(connection: AsyncConnection, chat_id: str) -> dict[str, str]:
    """Return the corrected intents of a chat by the id of the line."""
    query = select(correction.c.said_id, correction.c.intent).where(correction.c.chat_id == chat_id)
    return {row.said_id: row.intent for row in await connection.execute(query)}


async def standing(connection: AsyncConnection, chat_id: str) -> Standing:
    """Return where the question stands in the present version of its words."""
    answer = await consent.latest(connection, chat_id, Purpose.RESEARCH)
    if answer is not None:
        return Standing.YES if answer else Standing.NO
    asked = (learning_question.c.chat_id == chat_id) & (learning_question.c.version == consent.CONSENT_VERSION)
    row = await connection.execute(select(learning_question.c.chat_id).where(asked))
    return Standing.NOT_ASKED if row.scalar() is None else Standing.ASKED


async def ask(connection: AsyncConnection, vault: Vault, chat_id: str, by: str, now: datetime) -> bool:
    """Ask whether the bot may learn from the person's words; False if that was asked before (R3).

    Only its own two buttons answer it: a digit or a "yes" typed at this moment may be meant for something
    else. Raises LineGoneError, NotNowError.
    """
    whose = await Chats(connection, vault).get(chat_id)
    if whose is None:
        raise LineGoneError("this chat is not here any more")
    if whose.session.hidden or await conversations.is_cry(connection, chat_id, now):
        raise NotNowError("this is no time to ask")
    if await standing(connection, chat_id) is not Standing.NOT_ASKED:
        return False
    values = {"chat_id": chat_id, "version": consent.CONSENT_VERSION, "asked_by": by, "at": now}
    statement = insert_new(connection, learning_question).values(values).on_conflict_do_nothing()
    if (await connection.execute(statement.returning(learning_question.c.chat_id))).scalar() is None:
        return False  # a colleague was faster
    # As flows/reply.py writes a reply; of the kind that is sent while a person holds the chat, too.
    body = {"to": whose.address, "language": whose.language or "lo", "parts": [["consent.research", {}, None]]}
    body |= {"buttons": [["buttons.yes", "y:research"], ["buttons.no", "n:research"]], "sensitive": True}
    await outbox.post(connection, vault, lane=whose.chat_key, key_id=whose.key_id, kind=OWN_CONTROL, body=body, now=now)
    if await conversations.may_keep(connection, chat_id, now):
        await transcripts.keep(connection, vault, whose, Line(Direction.BOT, now, {"say": ["consent.research"]}))
    return True
