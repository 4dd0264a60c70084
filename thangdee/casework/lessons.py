"""Lessons: examples that staff make of a person's words, for the next training of the understanding.

    corrected -> the person said yes -> details are cut -> proposed -> a colleague approves -> exported

Without a live yes to that purpose there is no lesson (R2); a no, a deletion or 90 days end it. What was exported
has no name, no chat and no words here any more, and cannot be found again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    LargeBinary,
    Row,
    Select,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import consent
from thangdee.casework.chats import chat
from thangdee.casework.consent import Purpose
from thangdee.casework.cutting import has_contact, one_line
from thangdee.casework.transcripts import said
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.errors import SealBrokenError, ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.script import script_of
from thangdee.core.vault import Place, Vault

KEPT = timedelta(days=90)
LONGEST = 400
_KEEP = "90 days, or until the yes is taken back"
_UNTIL_EXPORT = "until export, 90 days, or until the yes is taken back"


class LessonState(StrEnum):
    """How far a lesson has come."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPORTED = "exported"


lesson = Table(
    "lesson",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the row", _KEEP)),
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        index=True,
        info=about(DataClass.PSEUDONYM, "whose words; empty once exported", _UNTIL_EXPORT),
    ),
    Column(
        "said_id",
        String(32),
        ForeignKey(said.c.id, ondelete="CASCADE"),
        unique=True,
        info=about(DataClass.TECHNICAL, "which message; empty once exported", _UNTIL_EXPORT),
    ),
    Column("intent", String(32), nullable=False, info=about(DataClass.SESSION, "what it teaches", _KEEP)),
    Column("state", String(12), nullable=False, info=about(DataClass.TECHNICAL, "how far it has come", _KEEP)),
    Column(
        "sealed_text",
        LargeBinary,
        info=about(DataClass.SEALED, "the words without personal details; empty once exported", _UNTIL_EXPORT),
    ),
    Column("proposed_by", String(32), nullable=False, info=about(DataClass.TECHNICAL, "staff member", _KEEP)),
    Column("reviewed_by", String(32), info=about(DataClass.TECHNICAL, "another staff member", _KEEP)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "proposed, then exported", _KEEP)),
)


class LineGoneError(ThangdeeError):
    """The message or its chat is not there any more."""

    code = "line_gone"


class NoYesError(ThangdeeError):
    """The person did not say that the bot may learn from their words."""

    code = "no_yes"


class UnfitLessonError(ThangdeeError):
    """The words are none, too many, or hold a number, address or link; or nobody vouched for them."""

    code = "unfit_lesson"


class OwnLessonError(ThangdeeError):
    """A second look is another person's look."""

    code = "own_lesson"


class LessonGoneError(ThangdeeError):
    """The lesson was decided by a colleague meanwhile, or its owner took the yes back."""

    code = "lesson_gone"


@dataclass(frozen=True)
class Vouched:
    """Words with the details cut. `is_clean`: the staff member `by` says that nobody can be recognised in them."""

    text: str
    is_clean: bool
    by: str


@dataclass(frozen=True)
class Lesson:
    """One lesson as staff and the export read it."""

    id: str
    intent: str
    text: str
    proposed_by: str


async def propose(
    connection: AsyncConnection, vault: Vault, said_id: str, intent: str, vouched: Vouched, now: datetime
) -> None:
    """Put the words of a message forward under a meaning.

    Raises LineGoneError, NoYesError, UnfitLessonError; LessonGoneError where one was made of this message before.
    """
    query = select(chat.c.id, chat.c.key_id).join(said).where(said.c.id == said_id, chat.c.closed_at.is_(None))
    whose = (await connection.execute(query.with_for_update(of=chat))).one_or_none()  # a "no" comes before or after
    if whose is None:
        raise LineGoneError("this message is not here any more")
    if not await consent.allows(connection, whose.id, Purpose.RESEARCH):
        raise NoYesError("the person did not say yes to this")
    words = _fit(vouched)
    if (await connection.execute(select(lesson.c.id).where(lesson.c.said_id == said_id))).scalar() is not None:
        raise LessonGoneError("there is a lesson of this message")
    lesson_id = new_uid()
    sealed = await vault.seal(connection, whose.key_id, _place(lesson_id), words.encode())
    values = {"id": lesson_id, "chat_id": whose.id, "said_id": said_id, "intent": intent, "sealed_text": sealed}
    values |= {"state": LessonState.PROPOSED, "proposed_by": vouched.by, "at": now}
    await connection.execute(insert(lesson).values(values))


async def proposed(connection: AsyncConnection, vault: Vault) -> list[Lesson]:
    """Return what waits for a second look, oldest first."""
    return await _in_state(connection, vault, _with_key(LessonState.PROPOSED))


async def approve(connection: AsyncConnection, lesson_id: str, by: str) -> None:
    """Let a lesson go out. Raises OwnLessonError for its proposer, NoYesError, LessonGoneError."""
    row = await _waiting(connection, lesson_id)
    if row.proposed_by == by:
        raise OwnLessonError("another person must look at it")
    if not await consent.allows(connection, row.chat_id, Purpose.RESEARCH):
        raise NoYesError("the person did not say yes to this")
    await _decide(connection, lesson_id, LessonState.APPROVED, by)


async def refuse(connection: AsyncConnection, lesson_id: str, by: str) -> None:
    """Refuse a lesson; its words are gone at once. Raises LessonGoneError."""
    await _waiting(connection, lesson_id)
    await _decide(connection, lesson_id, LessonState.REFUSED, by, sealed_text=None)


async def approved(connection: AsyncConnection, vault: Vault) -> list[Lesson]:
    """Return what may be exported; inside a write transaction nobody can take it back before it ends."""
    return await _in_state(connection, vault, _with_key(LessonState.APPROVED).with_for_update(of=lesson))


async def mark_exported(connection: AsyncConnection, lesson_ids: list[str], now: datetime) -> None:
    """Remember that these were exported, and forget whose words they were and the words."""
    values = {"state": LessonState.EXPORTED, "chat_id": None, "said_id": None, "sealed_text": None, "at": now}
    await connection.execute(update(lesson).where(lesson.c.id.in_(lesson_ids)).values(values))


async def states(connection: AsyncConnection, chat_id: str) -> dict[str, LessonState]:
    """Return how far the lessons of a chat have come, by the id of the line."""
    query = select(lesson.c.said_id, lesson.c.state).where(lesson.c.chat_id == chat_id)
    return {row.said_id: LessonState(row.state) for row in await connection.execute(query)}


async def counts(connection: AsyncConnection) -> dict[LessonState, int]:
    """Return how many lessons there are in each state."""
    query = select(lesson.c.state, func.count().label("many")).group_by(lesson.c.state)
    found = {row.state: row.many for row in await connection.execute(query)}
    return {one: found.get(one, 0) for one in LessonState}


async def forget(connection: AsyncConnection, chat_id: str) -> None:
    """Remove every lesson of a chat that was not exported: the yes was taken back, or the chat deleted (R4, R26)."""
    await connection.execute(select(chat.c.id).where(chat.c.id == chat_id).with_for_update())
    await connection.execute(delete(lesson).where(lesson.c.chat_id == chat_id))


async def forget_other_meaning(connection: AsyncConnection, said_id: str, intent: str) -> None:
    """Remove the lesson of a message that turned out to mean something else."""
    await connection.execute(delete(lesson).where(lesson.c.said_id == said_id, lesson.c.intent != intent))


async def forget_old(connection: AsyncConnection, now: datetime) -> None:
    """Remove lessons whose 90 days are over (R25)."""
    await connection.execute(delete(lesson).where(lesson.c.at < now - KEPT))


def _with_key(state: LessonState) -> Select[Any]:
    live = (lesson.c.state == state) & chat.c.closed_at.is_(None) & chat.c.key_id.is_not(None)
    return select(lesson, chat.c.key_id).join(chat).where(live).order_by(lesson.c.at, lesson.c.id)


async def _in_state(connection: AsyncConnection, vault: Vault, query: Select[Any]) -> list[Lesson]:
    found = []
    for row in (await connection.execute(query)).all():
        if not await consent.allows(connection, row.chat_id, Purpose.RESEARCH):
            continue  # new words of the question, not answered yet (R3)
        try:
            words = await vault.open(connection, row.key_id, _place(row.id), row.sealed_text)
        except SealBrokenError:
            continue  # erased while we looked
        found.append(Lesson(row.id, row.intent, words.decode(), row.proposed_by))
    return found


def _fit(vouched: Vouched) -> str:
    words = one_line(vouched.text)
    is_fit = 0 < len(words) <= LONGEST and script_of(words) != "none" and not has_contact(words)
    if not vouched.is_clean or not is_fit:
        raise UnfitLessonError("these words cannot be a lesson")
    return words


async def _waiting(connection: AsyncConnection, lesson_id: str) -> Row[Any]:
    query = select(lesson).where(lesson.c.id == lesson_id, lesson.c.state == LessonState.PROPOSED).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise LessonGoneError("this lesson waits no more")
    return row


async def _decide(connection: AsyncConnection, lesson_id: str, state: LessonState, by: str, **more: None) -> None:
    await connection.execute(update(lesson).where(lesson.c.id == lesson_id).values(state=state, reviewed_by=by, **more))


def _place(lesson_id: str) -> Place:
    return Place("lesson", "sealed_text", lesson_id)
