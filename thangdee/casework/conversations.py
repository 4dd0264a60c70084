"""People and staff: who waits, who talks with whom, what was said, what did not go out (R52).

Each function is one use case, to be called inside one transaction of the caller's.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import and_, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import alerts, consent, delivery, shares, transcripts
from thangdee.casework.alerts import Urgency, alert
from thangdee.casework.chats import Chat, Chats, Session, chat
from thangdee.casework.delivery import Sending
from thangdee.casework.queue_order import turn_of
from thangdee.casework.transcripts import Line
from thangdee.core import changes
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import JobState, Queue, job
from thangdee.core.vault import Vault

# Telegram takes no longer message; it counts UTF-16 units.
LONGEST_REPLY = 4096
# As long as anything may be kept without a yes (R25).
_CRY_LASTS = timedelta(hours=24)


class NotHeldError(ThangdeeError):
    """The chat is gone, or not in the hands of the staff member who wants to write."""

    code = "not_held"


class UnfitWordsError(ThangdeeError):
    """A reply is empty or longer than Telegram takes."""

    code = "unfit_words"


class Outcome(StrEnum):
    """What became of a reply. `held`: it waits for a second person. `repeated`: the same form was sent before."""

    SENT = "sent"
    HELD = "held"
    REPEATED = "repeated"


class Watch(Protocol):
    """Knows which replies wait for a second person (R19; held_replies.py)."""

    async def hold(
        self, connection: AsyncConnection, whose: Chat, staff: str, body: dict[str, Any], now: datetime, *, token: str
    ) -> Outcome | None:
        """Set a reply aside and return what became of it; None: it may go out."""


@dataclass(frozen=True)
class Waiting:
    """One open alert as the queue shows it: nothing of what the person wrote (R37).

    `place`: code of the district or province. `ladder_step`: 3 when the whole ladder was climbed in vain.
    """

    code: str
    chat_id: str
    urgency: Urgency
    reason: str
    times: int
    waited: timedelta
    language: str | None
    held_by: str | None
    place: str | None = None
    ladder_step: int = 0
    is_late: bool = False


@dataclass(frozen=True)
class Talk:
    """One chat as the staff member reads it. `keeps_words`: the person agreed that words are kept.

    `sendings`: what became of our lines, by their ids. `not_kept`: messages of staff under way or given up that stand
    in no transcript.
    """

    chat_id: str
    language: str | None
    held_by: str | None
    keeps_words: bool
    lines: tuple[Line, ...]
    sendings: dict[str, Sending] = field(default_factory=dict)
    not_kept: tuple[Sending, ...] = ()


@dataclass(frozen=True)
class Backlog:
    """How much of a queue is due, and for how long the oldest has been (R51)."""

    queue: Queue
    waiting: int
    oldest: timedelta


async def queue(connection: AsyncConnection, now: datetime) -> list[Waiting]:
    """Return the open alerts in the order in which people should be answered (queue_order.py)."""
    raised = await alerts.open_alerts(connection)
    columns = (chat.c.id, chat.c.language, chat.c.held_by, chat.c.session)
    named = select(*columns).where(chat.c.id.in_([one.chat_id for one in raised]))
    chats = {row.id: row for row in await connection.execute(named)}
    known = [(one, chats[one.chat_id]) for one in raised if one.chat_id in chats]
    known.sort(key=lambda pair: turn_of(pair[0].urgency, pair[0].raised_at, is_held=pair[1].held_by is not None))
    return [
        Waiting(
            one.code, one.chat_id, one.urgency, one.reason, one.times, now - one.raised_at, whose.language,
            whose.held_by, Session.read(whose.session).place_at(now), one.ladder_step, now > one.answer_by,
        )
        for one, whose in known
    ]  # fmt: skip


async def read(connection: AsyncConnection, vault: Vault, chat_id: str) -> Talk | None:
    """Return what is kept of a chat, None if it is gone. Raises SealBrokenError while it is being erased."""
    whose = await Chats(connection, vault).get(chat_id)
    if whose is None:
        return None
    keeps_words = await consent.keeps_words(connection, chat_id)
    lines = await transcripts.read(connection, vault, whose)
    sendings = await delivery.of_lines(connection, lines)
    aside = await delivery.not_kept(connection, whose)
    return Talk(chat_id, whose.language, whose.held_by, keeps_words, tuple(lines), sendings, aside)


async def take_over(connection: AsyncConnection, vault: Vault, chat_id: str, staff: str, now: datetime) -> bool:
    """Give a chat to a staff member and tell the person; False if a colleague was faster or it is gone.

    The bot is silent from here on (R52). Whoever holds the chat already only marks its new alerts as taken.
    """
    has_won = await pass_on(connection, chat_id, holder=None, to=staff)
    whose = await Chats(connection, vault).get(chat_id)
    if whose is None or whose.held_by != staff:
        return False
    await alerts.take(connection, chat_id, staff, now)
    if has_won:
        is_kept = await may_keep(connection, chat_id, now)
        await delivery.tell(connection, vault, whose, {"say": ["person.joined"]}, now, is_kept=is_kept, staff_id=staff)
    return True


async def reply(
    connection: AsyncConnection,
    vault: Vault,
    chat_id: str,
    staff: str,
    words: str,
    now: datetime,
    *,
    token: str = "",
    watch: Watch | None = None,
) -> Outcome:
    """Send a colleague's own words, or have them wait for a second person (R19). Raises NotHeldError, UnfitWordsError.

    `token`: once only; a form that is sent again with the same one sends nothing more.
    """
    said = fit(words)
    whose = await held_for(connection, vault, chat_id, staff)
    return await say(connection, vault, whose, staff, {"text": said}, now, token=token, watch=watch)


async def say(
    connection: AsyncConnection,
    vault: Vault,
    whose: Chat,
    staff: str,
    body: dict[str, Any],
    now: datetime,
    *,
    words: str | None = None,
    token: str = "",
    watch: Watch | None = None,
) -> Outcome:
    """Send what a colleague chose or wrote; `held_for` has said that they may. See `delivery.tell` for `body`."""
    await alerts.take(connection, whose.id, whose.held_by or staff, now)
    if watch is not None:
        held = await watch.hold(connection, whose, staff, body, now, token=token)
        if held is not None:
            return held
    is_kept, dedupe = await may_keep(connection, whose.id, now), f"say:{whose.id}:{token}" if token else None
    is_new = await delivery.tell(
        connection, vault, whose, body, now, is_kept=is_kept, staff_id=staff, words=words, dedupe=dedupe
    )
    return Outcome.SENT if is_new else Outcome.REPEATED


def fit(words: str) -> str:
    """Return words as Telegram takes them. Raises UnfitWordsError."""
    said = words.replace("\r\n", "\n").replace("\0", "").strip()
    if not said or len(said.encode("utf-16-le", "replace")) // 2 > LONGEST_REPLY:
        raise UnfitWordsError("a reply has between 1 and 4096 characters")
    return said


async def held_for(connection: AsyncConnection, vault: Vault, chat_id: str, staff: str) -> Chat:
    """Return a chat in which this colleague may write: they hold it or were asked in. Raises NotHeldError."""
    whose = await Chats(connection, vault).get(chat_id)
    is_theirs = whose is not None and whose.held_by is not None
    if (
        whose is None
        or not is_theirs
        or (whose.held_by != staff and not await shares.is_in_it(connection, chat_id, staff))
    ):
        raise NotHeldError("take the chat over before writing in it")
    return whose


async def hand_back(connection: AsyncConnection, vault: Vault, chat_id: str, staff: str, now: datetime) -> bool:
    """Let the bot answer again and tell the person; False if this staff member does not hold the chat."""
    is_kept = await may_keep(connection, chat_id, now)
    if not await let_go(connection, chat_id, staff, now):
        return False
    whose = await Chats(connection, vault).get(chat_id)
    if whose is not None:
        await delivery.tell(connection, vault, whose, {"say": ["person.left"]}, now, is_kept=is_kept, staff_id=staff)
    return True


async def let_go(connection: AsyncConnection, chat_id: str, staff: str, now: datetime) -> bool:
    """Give a chat back to the bot without a word to the person; False if this colleague does not hold it."""
    if not await pass_on(connection, chat_id, holder=staff, to=None):
        return False
    await shares.all_out(connection, chat_id)
    await shares.let_read_on(connection, chat_id, staff, now)
    return True


async def may_keep(connection: AsyncConnection, chat_id: str, now: datetime) -> bool:
    """Tell whether words of this chat may be kept now (R1).

    With a yes they may. Without one, only while a cry for help waits or the staff member who took it
    holds the chat: a person cannot be talked with when what they write is thrown away.
    """
    return await consent.keeps_words(connection, chat_id) or await is_cry(connection, chat_id, now)


async def is_cry(connection: AsyncConnection, chat_id: str, now: datetime) -> bool:
    """Tell whether a cry for help of this chat waits, or is being answered by who holds it."""
    return (await connection.execute(_CRY, {"chat": chat_id, "after": now - _CRY_LASTS})).scalar() is not None


_CRY = (  # asked several times a message: built once
    select(alert.c.id)
    .join(chat)
    .where(alert.c.chat_id == bindparam("chat"), alert.c.urgency == Urgency.IMMEDIATE)
    .where(
        or_(
            alert.c.taken_at.is_(None),
            and_(alert.c.taken_by == chat.c.held_by, alert.c.taken_at > bindparam("after")),
        )
    )
    .limit(1)
)


async def backlogs(connection: AsyncConnection, now: datetime) -> list[Backlog]:
    """Return how far behind each queue is."""
    live = or_(and_(job.c.state == JobState.READY, job.c.run_at <= now), job.c.state == JobState.RUNNING)
    since = case((job.c.run_at < job.c.created_at, job.c.created_at), else_=job.c.run_at)  # some have a head start
    counted = select(job.c.queue, func.count().label("due"), func.min(since).label("since"))
    rows = {row.queue: row for row in await connection.execute(counted.where(live).group_by(job.c.queue))}
    return [
        Backlog(one, rows[one].due, now - rows[one].since) if one in rows else Backlog(one, 0, timedelta(0))
        for one in Queue
    ]


async def pass_on(connection: AsyncConnection, chat_id: str, *, holder: str | None, to: str | None) -> bool:
    """Change who holds an open chat, if `holder` still does: of two who try at once, one wins."""
    theirs = and_(chat.c.id == chat_id, chat.c.closed_at.is_(None), chat.c.held_by.is_not_distinct_from(holder))
    result = await connection.execute(update(chat).where(theirs).values(held_by=to))
    await changes.announce(connection, changes.QUEUE, changes.about_chat(chat_id))
    return result.rowcount == 1
