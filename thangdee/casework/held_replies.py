"""Replies that wait for a second person: they name a shelter, or where a sought person may be (R19).

written -> held -> approved: sent word for word | refused, with a word why | withdrawn | lapsed after 24 hours
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, LargeBinary, Row, String, Table, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import conversations, delivery, notices, transcripts
from thangdee.casework.chats import Chat, Chats, chat
from thangdee.casework.conversations import NotHeldError, Outcome
from thangdee.casework.hold_rules import HoldReason, HoldRules
from thangdee.casework.notes import once
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission, permissions_of
from thangdee.casework.transcripts import Direction
from thangdee.core import changes
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.database import insert_new
from thangdee.core.errors import ThangdeeError
from thangdee.core.vault import Place, Vault

WAITS_FOR = timedelta(hours=24)
# Lines that are read together with the new one.
_LINES_BEFORE, _TOGETHER = 8, timedelta(minutes=10)
# Long enough for the writer to read the answer.
_KEPT = timedelta(days=7)
LONGEST_WORD = 500
_KEEP = "7 days"


class NothingHeldError(ThangdeeError):
    """The reply was decided on or has lapsed meanwhile."""

    code = "nothing_held"


class OwnReplyError(ThangdeeError):
    """Nobody decides on a reply of their own."""

    code = "own_reply"


class UnfitWordError(ThangdeeError):
    """Who refuses says why, in a sentence."""

    code = "unfit_word"


class HeldState(StrEnum):
    """Where a held reply stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


held_reply = Table(
    "held_reply",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the reply", _KEEP)),
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "to whom", _KEEP),
    ),
    Column("written_by", String(32), nullable=False, info=about(DataClass.TECHNICAL, "who wrote it", _KEEP)),
    Column("written_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", _KEEP)),
    Column("reason", String(12), nullable=False, info=about(DataClass.SESSION, "shelter, province or case", _KEEP)),
    Column("state", String(12), nullable=False, info=about(DataClass.TECHNICAL, "where it stands", _KEEP)),
    Column("decided_by", String(32), info=about(DataClass.TECHNICAL, "who decided", _KEEP)),
    Column("decided_at", AwareDateTime, info=about(DataClass.TECHNICAL, "when", _KEEP)),
    Column("sealed_body", LargeBinary, info=about(DataClass.SEALED, "the reply", "until decided; refused: 7 days")),
    Column("sealed_word", LargeBinary, info=about(DataClass.SEALED, "why it was refused", _KEEP)),
)


@dataclass(frozen=True)
class HeldHeader:
    """A held reply without its words."""

    id: str
    chat_id: str
    written_by: str
    written_at: datetime
    reason: HoldReason
    state: HeldState
    decided_by: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True)
class HeldReply(HeldHeader):
    """A held reply with its words, as the person would read them, and why it was refused."""

    words: str = ""
    language: str = "lo"
    word: str = ""


class ReplyWatch:
    """Sets aside what the rules want a second person for; `conversations.say` asks it."""

    def __init__(self, vault: Vault, rules: HoldRules) -> None:
        self._vault = vault
        self._rules = rules

    async def hold(
        self, connection: AsyncConnection, whose: Chat, staff: str, body: dict[str, Any], now: datetime, *, token: str
    ) -> Outcome | None:
        """Set a reply aside and return what became of it; None: it may go out."""
        words = delivery.words_of(body, whose.language or "lo")
        reason = await self._rules.why_held(connection, whose, words) or await self._why_together(
            connection, whose, words, now
        )
        if reason is None:
            return None
        held_id = once(whose.id, staff, token)
        sealed = await self._vault.seal(connection, whose.key_id, _body(held_id), json.dumps(body).encode())
        values = {"id": held_id, "chat_id": whose.id, "written_by": staff, "written_at": now, "reason": reason}
        values |= {"state": HeldState.WAITING, "sealed_body": sealed}
        await connection.execute(insert_new(connection, held_reply).values(values).on_conflict_do_nothing())
        await notices.tell_all(connection, await _deciders(connection, staff), "held_reply", held_id, now)
        await changes.announce(connection, changes.QUEUE, changes.about_chat(whose.id))
        return Outcome.HELD

    async def _why_together(
        self, connection: AsyncConnection, whose: Chat, words: str, now: datetime
    ) -> HoldReason | None:
        """Return why these words are held after what was said just before: a name can be told in two halves."""
        lines = await transcripts.read(connection, self._vault, whose, limit=_LINES_BEFORE)
        ours = [one for one in lines if one.direction is Direction.STAFF and now - one.at <= _TOGETHER]
        before = " ".join(str(one.body["text"]) for one in ours if "text" in one.body)
        if not before or await self._rules.why_held(connection, whose, before) is not None:
            return None  # what was said before was decided on by itself
        return await self._rules.why_held(connection, whose, f"{before} {words}")


async def waiting(connection: AsyncConnection, now: datetime) -> list[HeldHeader]:
    """Return what waits for a second person, the oldest first."""
    query = select(held_reply).join(chat).where(_is_waiting(now), chat.c.closed_at.is_(None))
    rows = await connection.execute(query.order_by(held_reply.c.written_at, held_reply.c.id))
    return [_header(row, now) for row in rows]


async def headers_of(connection: AsyncConnection, chat_id: str, now: datetime) -> list[HeldHeader]:
    """Return the held replies of a chat without their words, the latest first."""
    query = select(held_reply).where(held_reply.c.chat_id == chat_id).order_by(held_reply.c.written_at.desc())
    return [_header(row, now) for row in await connection.execute(query)]


async def of_chat(connection: AsyncConnection, vault: Vault, chat_id: str, now: datetime) -> list[HeldReply]:
    """Return the held replies of a chat whose words are kept, the latest first."""
    found = [await find(connection, vault, one.id, now) for one in await headers_of(connection, chat_id, now)]
    return [one for one in found if one is not None]


async def find(connection: AsyncConnection, vault: Vault, held_id: str, now: datetime) -> HeldReply | None:
    """Return a held reply with its words; None: there is none, it was sent, or the chat is gone."""
    row = (await connection.execute(select(held_reply).where(held_reply.c.id == held_id))).one_or_none()
    whose = None if row is None else await Chats(connection, vault).get(row.chat_id)
    if row is None or whose is None or row.sealed_body is None:
        return None
    language = whose.language or "lo"
    body = json.loads(await vault.open(connection, whose.key_id, _body(row.id), row.sealed_body))
    word = b""
    if row.sealed_word is not None:
        word = await vault.open(connection, whose.key_id, _word(row.id), row.sealed_word)
    return HeldReply(
        **vars(_header(row, now)), words=delivery.words_of(body, language), language=language, word=word.decode()
    )


async def approve(connection: AsyncConnection, vault: Vault, held_id: str, staff: str, now: datetime) -> HeldHeader:
    """Send the reply word for word. Raises NothingHeldError, OwnReplyError; NotHeldError where nobody talks now."""
    header, whose = await _to_decide(connection, vault, held_id, staff, now)
    if whose.held_by is None:
        raise NotHeldError("the chat was handed back: the reply would come out of nowhere")
    query = select(held_reply.c.sealed_body).where(held_reply.c.id == held_id)
    sealed = (await connection.execute(query)).scalar_one()
    body = json.loads(await vault.open(connection, whose.key_id, _body(held_id), sealed))
    await _decide(connection, header, HeldState.APPROVED, staff, now, sealed_body=None)
    is_kept = await conversations.may_keep(connection, whose.id, now)
    await delivery.tell(
        connection, vault, whose, body, now, is_kept=is_kept, staff_id=header.written_by, dedupe=f"held:{held_id}"
    )
    return header


async def refuse(
    connection: AsyncConnection, vault: Vault, held_id: str, staff: str, word: str, now: datetime
) -> HeldHeader:
    """Refuse the reply and say why. Raises NothingHeldError, OwnReplyError, UnfitWordError."""
    why = word.replace("\0", "").strip()
    if not why or len(why) > LONGEST_WORD:
        raise UnfitWordError("say why, in a sentence")
    header, whose = await _to_decide(connection, vault, held_id, staff, now)
    sealed = await vault.seal(connection, whose.key_id, _word(held_id), why.encode())
    await _decide(connection, header, HeldState.REFUSED, staff, now, sealed_word=sealed)
    return header


async def withdraw(connection: AsyncConnection, held_id: str, chat_id: str, staff: str, now: datetime) -> None:
    """Take back a reply of one's own. Raises NothingHeldError."""
    own = and_(held_reply.c.id == held_id, held_reply.c.chat_id == chat_id, held_reply.c.written_by == staff)
    row = (await connection.execute(select(held_reply).where(own))).one_or_none()
    if row is None:
        raise NothingHeldError("nothing of yours waits")
    await _decide(connection, _header(row, now), HeldState.WITHDRAWN, staff, now, sealed_body=None)


async def withdraw_all(connection: AsyncConnection, chat_id: str, staff: str, now: datetime) -> None:
    """Take back what waits in a chat that is handed back: it would come out of nowhere."""
    theirs = and_(held_reply.c.chat_id == chat_id, _is_waiting(now))
    values = {"state": HeldState.WITHDRAWN, "decided_by": staff, "decided_at": now, "sealed_body": None}
    await connection.execute(update(held_reply).where(theirs).values(values))


async def forget(connection: AsyncConnection, now: datetime) -> None:
    """Retention: words that lapsed go after a day more, everything after seven days."""
    await connection.execute(delete(held_reply).where(held_reply.c.written_at < now - _KEPT))
    lapsed = and_(held_reply.c.state == HeldState.WAITING, held_reply.c.written_at <= now - 2 * WAITS_FOR)
    await connection.execute(update(held_reply).where(lapsed).values(state=HeldState.LAPSED, sealed_body=None))


async def _deciders(connection: AsyncConnection, writer: str) -> list[str]:
    known = [one for one in await accounts.all_staff(connection) if one.ended_at is None and one.id != writer]
    return [one.id for one in known if Permission.DECIDE_HELD in permissions_of(one.roles)]


async def _to_decide(
    connection: AsyncConnection, vault: Vault, held_id: str, staff: str, now: datetime
) -> tuple[HeldHeader, Chat]:
    query = select(held_reply).where(held_reply.c.id == held_id, _is_waiting(now)).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    whose = None if row is None else await Chats(connection, vault).get(row.chat_id)
    if row is None or whose is None:
        raise NothingHeldError("it was decided on or has lapsed")
    if row.written_by == staff:
        raise OwnReplyError("a second person decides")
    return _header(row, now), whose


async def _decide(
    connection: AsyncConnection, header: HeldHeader, state: HeldState, staff: str, now: datetime, **sealed: bytes | None
) -> None:
    values = {"state": state, "decided_by": staff, "decided_at": now} | sealed
    of = and_(held_reply.c.id == header.id, held_reply.c.state == HeldState.WAITING)
    if (await connection.execute(update(held_reply).where(of).values(values))).rowcount != 1:
        raise NothingHeldError("it was decided on meanwhile")
    await changes.announce(connection, changes.QUEUE, changes.about_chat(header.chat_id))


def _is_waiting(now: datetime) -> Any:  # noqa: ANN401 - SQLAlchemy's condition
    return and_(held_reply.c.state == HeldState.WAITING, held_reply.c.written_at > now - WAITS_FOR)


def _header(row: Row[Any], now: datetime) -> HeldHeader:
    state = HeldState(row.state)
    if state is HeldState.WAITING and row.written_at <= now - WAITS_FOR:
        state = HeldState.LAPSED
    return HeldHeader(
        row.id, row.chat_id, row.written_by, row.written_at, HoldReason(row.reason), state, row.decided_by,
        row.decided_at,
    )  # fmt: skip


def _body(held_id: str) -> Place:
    return Place("held_reply", "sealed_body", held_id)


def _word(held_id: str) -> Place:
    return Place("held_reply", "sealed_word", held_id)
