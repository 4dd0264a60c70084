"""People and staff: who waits, who talks with whom, what was said, what did not go out (R52).

Each function is one use case, to be called inside one transaction of the caller's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import alerts, consent, transcripts
from thangdee.casework.alerts import Urgency, alert
from thangdee.casework.chats import Chat, Chats, chat
from thangdee.casework.transcripts import Direction, Line
from thangdee.core import changes, outbox
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import JobState, Queue, job
from thangdee.core.outbox import STAFF_WORDS
from thangdee.core.vault import Vault
from thangdee.core.words import text

# Telegram takes no longer message; it counts UTF-16 units.
LONGEST_REPLY = 4096
SEEN_LATELY = timedelta(days=7)
_MOST_CHATS, _MOST_DEAD = 50, 50
# As long as anything may be kept without a yes (R25).
_CRY_LASTS = timedelta(hours=24)


class NotHeldError(ThangdeeError):
    """The chat is gone, or not in the hands of the staff member who wants to write."""

    code = "not_held"


class UnfitWordsError(ThangdeeError):
    """A reply is empty or longer than Telegram takes."""

    code = "unfit_words"


@dataclass(frozen=True)
class Waiting:
    """One open alert as the queue shows it: nothing of what the person wrote (R37)."""

    code: str
    chat_id: str
    urgency: Urgency
    reason: str
    times: int
    waited: timedelta
    language: str | None
    held_by: str | None


@dataclass(frozen=True)
class SeenChat:
    """One chat as the list shows it."""

    chat_id: str
    language: str | None
    held_by: str | None
    unseen_for: timedelta


@dataclass(frozen=True)
class Talk:
    """One chat as the staff member reads it. `keeps_words`: the person agreed that words are kept."""

    chat_id: str
    language: str | None
    held_by: str | None
    keeps_words: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class DeadLetter:
    """A message or job that was given up and waits for a person (R47)."""

    queue: Queue
    kind: str
    error_code: str | None
    created_at: datetime
    died_at: datetime


@dataclass(frozen=True)
class Backlog:
    """How much of a queue is due, and for how long the oldest has been (R51)."""

    queue: Queue
    waiting: int
    oldest: timedelta


async def queue(connection: AsyncConnection, now: datetime) -> list[Waiting]:
    """Return the open alerts: most urgent first, then longest waiting."""
    raised = await alerts.open_alerts(connection)
    named = select(chat.c.id, chat.c.language, chat.c.held_by).where(chat.c.id.in_([one.chat_id for one in raised]))
    chats = {row.id: row for row in await connection.execute(named)}
    return [
        Waiting(
            one.code, one.chat_id, one.urgency, one.reason, one.times, now - one.raised_at,
            chats[one.chat_id].language, chats[one.chat_id].held_by,
        )
        for one in raised
        if one.chat_id in chats
    ]  # fmt: skip


async def seen_lately(connection: AsyncConnection, now: datetime) -> list[SeenChat]:
    """Return the chats of the last days, the latest first."""
    query = (
        select(chat.c.id, chat.c.language, chat.c.held_by, chat.c.seen_at)
        .where(chat.c.closed_at.is_(None), chat.c.seen_at > now - SEEN_LATELY)
        .order_by(chat.c.seen_at.desc(), chat.c.id)
        .limit(_MOST_CHATS)
    )
    rows = await connection.execute(query)
    return [SeenChat(row.id, row.language, row.held_by, now - row.seen_at) for row in rows]


async def read(connection: AsyncConnection, vault: Vault, chat_id: str) -> Talk | None:
    """Return what is kept of a chat, None if it is gone. Raises SealBrokenError while it is being erased."""
    whose = await Chats(connection, vault).get(chat_id)
    if whose is None:
        return None
    keeps_words = await consent.keeps_words(connection, chat_id)
    lines = await transcripts.read(connection, vault, whose)
    return Talk(chat_id, whose.language, whose.held_by, keeps_words, tuple(lines))


async def take_over(connection: AsyncConnection, vault: Vault, chat_id: str, staff: str, now: datetime) -> bool:
    """Give a chat to a staff member and tell the person; False if a colleague was faster or it is gone.

    The bot is silent from here on (R52). Whoever holds the chat already only marks its new alerts as taken.
    """
    has_won = await _pass_on(connection, chat_id, holder=None, to=staff)
    whose = await Chats(connection, vault).get(chat_id)
    if whose is None or whose.held_by != staff:
        return False
    await alerts.take(connection, chat_id, staff, now)
    if has_won:
        is_kept = await may_keep(connection, chat_id, now)
        await _tell(connection, vault, whose, {"say": ["person.joined"]}, now, is_kept=is_kept)
    return True


async def reply(connection: AsyncConnection, vault: Vault, chat_id: str, staff: str, words: str, now: datetime) -> None:
    """Send a staff member's own words. Raises NotHeldError, UnfitWordsError."""
    said = words.replace("\r\n", "\n").replace("\0", "").strip()
    if not said or len(said.encode("utf-16-le", "replace")) // 2 > LONGEST_REPLY:
        raise UnfitWordsError("a reply has between 1 and 4096 characters")
    whose = await Chats(connection, vault).get(chat_id)
    if whose is None or whose.held_by != staff:
        raise NotHeldError("take the chat over before writing in it")
    await alerts.take(connection, chat_id, staff, now)
    await _tell(connection, vault, whose, {"text": said}, now, is_kept=await may_keep(connection, chat_id, now))


async def hand_back(connection: AsyncConnection, vault: Vault, chat_id: str, staff: str, now: datetime) -> bool:
    """Let the bot answer again and tell the person; False if this staff member does not hold the chat."""
    is_kept = await may_keep(connection, chat_id, now)
    if not await _pass_on(connection, chat_id, holder=staff, to=None):
        return False
    whose = await Chats(connection, vault).get(chat_id)
    if whose is not None:
        await _tell(connection, vault, whose, {"say": ["person.left"]}, now, is_kept=is_kept)
    return True


async def may_keep(connection: AsyncConnection, chat_id: str, now: datetime) -> bool:
    """Tell whether words of this chat may be kept now (R1).

    With a yes they may. Without one, only while a cry for help waits or the staff member who took it
    holds the chat: a person cannot be talked with when what they write is thrown away.
    """
    if await consent.keeps_words(connection, chat_id):
        return True
    being_answered = and_(alert.c.taken_by == chat.c.held_by, alert.c.taken_at > now - _CRY_LASTS)
    cry = (
        select(alert.c.id)
        .join(chat)
        .where(alert.c.chat_id == chat_id, alert.c.urgency == Urgency.IMMEDIATE)
        .where(or_(alert.c.taken_at.is_(None), being_answered))
        .limit(1)
    )
    return (await connection.execute(cry)).scalar() is not None


async def dead_letters(connection: AsyncConnection) -> list[DeadLetter]:
    """Return what was given up, the latest first."""
    query = select(job).where(job.c.state == JobState.DEAD).order_by(job.c.done_at.desc(), job.c.id).limit(_MOST_DEAD)
    rows = await connection.execute(query)
    return [DeadLetter(Queue(row.queue), row.kind, row.error_code, row.created_at, row.done_at) for row in rows]


async def backlogs(connection: AsyncConnection, now: datetime) -> list[Backlog]:
    """Return how far behind each queue is."""
    live = or_(and_(job.c.state == JobState.READY, job.c.run_at <= now), job.c.state == JobState.RUNNING)
    counted = select(job.c.queue, func.count().label("due"), func.min(job.c.run_at).label("since"))
    rows = {row.queue: row for row in await connection.execute(counted.where(live).group_by(job.c.queue))}
    return [
        Backlog(one, rows[one].due, now - rows[one].since) if one in rows else Backlog(one, 0, timedelta(0))
        for one in Queue
    ]


async def _pass_on(connection: AsyncConnection, chat_id: str, *, holder: str | None, to: str | None) -> bool:
    """Change who holds an open chat, if `holder` still does: of two who try at once, one wins."""
    theirs = and_(chat.c.id == chat_id, chat.c.closed_at.is_(None), chat.c.held_by.is_not_distinct_from(holder))
    result = await connection.execute(update(chat).where(theirs).values(held_by=to))
    await changes.announce(connection, changes.QUEUE, changes.about_chat(chat_id))
    return result.rowcount == 1


async def _tell(
    connection: AsyncConnection, vault: Vault, whose: Chat, body: dict[str, Any], now: datetime, *, is_kept: bool
) -> None:
    # Not a reply of the bot: that kind is dropped while a person holds the chat.
    await changes.announce(connection, changes.about_chat(whose.id))
    words = body.get("text") or "\n\n".join(text(key, whose.language or "lo") for key in body["say"])
    message = {"to": whose.address, "text": words}
    await outbox.post(
        connection, vault, lane=whose.chat_key, key_id=whose.key_id, kind=STAFF_WORDS, body=message, now=now
    )
    if is_kept:
        await transcripts.keep(connection, vault, whose, Line(Direction.STAFF, now, body))
