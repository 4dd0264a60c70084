"""Break-glass: opening a chat that is not one's own, for an hour, with a reason, while two others are told (R38)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, LargeBinary, Row, String, Table, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import notices
from thangdee.casework.alerts import alert
from thangdee.casework.chats import chat
from thangdee.casework.staff import accounts
from thangdee.casework.staff.accounts import Account
from thangdee.casework.staff.roles import Role
from thangdee.core import audit, changes, outbox
from thangdee.core.codes import new_code
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.vault import Place, Vault

OPEN_FOR = timedelta(minutes=60)
SHORTEST_REASON, LONGEST_REASON = 20, 1000
_LEAST_TOLD = 2
# Who is told: all of the first rank, and of the next ones until two or more know.
_RANKS = (Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR)
_CODE_LENGTH = 5
_KEEP = "as long as the chat"

break_glass = Table(
    "break_glass",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the opening", _KEEP)),
    Column(
        "code", String(8), nullable=False, unique=True, info=about(DataClass.TECHNICAL, "what notices call it", _KEEP)
    ),
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "which chat", _KEEP),
    ),
    Column("staff_id", String(64), nullable=False, index=True, info=about(DataClass.TECHNICAL, "who opened it", _KEEP)),
    Column("sealed_reason", LargeBinary, nullable=False, info=about(DataClass.SEALED, "why", _KEEP)),
    Column("told", JSON, nullable=False, info=about(DataClass.TECHNICAL, "ids of the colleagues told", _KEEP)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "since when", _KEEP)),
    Column("until", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "till when", _KEEP)),
)


class ReasonTooShortError(ThangdeeError):
    """A reason is a sentence at least, and not longer than a page."""

    code = "reason_too_short"


class TooFewToTellError(ThangdeeError):
    """Nobody opens somebody's chat unseen: two other colleagues must be there to be told."""

    code = "too_few_to_tell"


class NoSuchChatError(ThangdeeError):
    """No open chat has this code or id."""

    code = "no_such_chat"


class AlreadyYoursError(ThangdeeError):
    """The chat is one's own, or open to one already."""

    code = "already_yours"


@dataclass(frozen=True)
class Opening:
    """One opening of a chat; the reason is opened by itself (`reason_of`)."""

    id: str
    code: str
    chat_id: str
    staff_id: str
    told: tuple[str, ...]
    at: datetime
    until: datetime

    def is_open(self, now: datetime) -> bool:
        """Whether the hour is not over."""
        return self.at <= now < self.until


async def open_chat(
    connection: AsyncConnection,
    vault: Vault,
    *,
    staff_id: str,
    chat_id: str,
    reason: str,
    groups: Iterable[int],
    now: datetime,
    everybody_counts: bool = False,
) -> Opening:
    """Open a chat for an hour; colleagues and the first on-call group are told in the same transaction.

    `everybody_counts`: also accounts that cannot sign in are told, as the made-up ones of the demo.
    Raises ReasonTooShortError, NoSuchChatError, AlreadyYoursError, TooFewToTellError.
    """
    words = " ".join(reason.split())
    if not SHORTEST_REASON <= len(words) <= LONGEST_REASON:
        raise ReasonTooShortError(f"{len(words)} letters")
    key_id = await _key_of(connection, chat_id, staff_id, now)
    staff = [one for one in await accounts.all_staff(connection) if one.is_enrolled or everybody_counts]
    told = whom_to_tell(staff, staff_id)
    opening = Opening(new_uid(), new_code(_CODE_LENGTH), chat_id, staff_id, told, now, now + OPEN_FOR)
    sealed = await vault.seal(connection, key_id, _place(opening.id), words.encode())
    values = vars(opening) | {"told": list(told), "sealed_reason": sealed}
    await connection.execute(insert(break_glass).values(values))
    await notices.tell_all(connection, told, "break_glass", opening.code, now)
    for group in list(groups)[:1]:
        await outbox.tell_group(connection, vault, group=group, notice="break_glass", code=opening.code, now=now)
    await changes.announce(connection, changes.about_chat(chat_id))
    await audit.record(
        connection,
        vault.keyring,
        actor=staff_id,
        action="break_glass:open",
        subject=chat_id,
        now=now,
        code=opening.code,
        told=len(told),
    )
    return opening


async def is_open(connection: AsyncConnection, chat_id: str, staff_id: str, now: datetime) -> bool:
    """Tell whether a colleague may read a chat by break-glass at this moment."""
    query = select(break_glass.c.id).where(
        break_glass.c.chat_id == chat_id,
        break_glass.c.staff_id == staff_id,
        break_glass.c.at <= now,
        break_glass.c.until > now,
    )
    return (await connection.execute(query.limit(1))).scalar() is not None


async def end(connection: AsyncConnection, vault: Vault, opening_id: str, staff_id: str, now: datetime) -> None:
    """End one's own opening before its hour is over."""
    mine = (break_glass.c.id == opening_id) & (break_glass.c.staff_id == staff_id) & (break_glass.c.until > now)
    ended = await connection.execute(
        update(break_glass).where(mine).values(until=now).returning(break_glass.c.chat_id, break_glass.c.code)
    )
    row = ended.one_or_none()
    if row is not None:
        await audit.record(
            connection,
            vault.keyring,
            actor=staff_id,
            action="break_glass:end",
            subject=row.chat_id,
            now=now,
            code=row.code,
        )


async def openings(connection: AsyncConnection, *, by: str | None = None, limit: int = 200) -> list[Opening]:
    """Return openings, newest first; `by`: those of one colleague only."""
    query = select(break_glass).order_by(break_glass.c.at.desc()).limit(limit)
    if by is not None:
        query = query.where(break_glass.c.staff_id == by)
    return [_opening(row) for row in (await connection.execute(query)).all()]


async def find(connection: AsyncConnection, opening_id: str) -> Opening | None:
    """Return an opening by its id."""
    row = (await connection.execute(select(break_glass).where(break_glass.c.id == opening_id))).one_or_none()
    return None if row is None else _opening(row)


async def reason_of(connection: AsyncConnection, vault: Vault, opening_id: str, reader: str, now: datetime) -> str:
    """Open the reason of an opening, which is audited. Raises NoSuchChatError, SealBrokenError."""
    seen = select(break_glass.c.sealed_reason, break_glass.c.chat_id, chat.c.key_id).join(chat)
    # Who deletes a chat has the reason sealed with it, too: it speaks of them (R26).
    is_there = (break_glass.c.id == opening_id) & chat.c.closed_at.is_(None)
    row = (await connection.execute(seen.where(is_there))).one_or_none()
    if row is None:
        raise NoSuchChatError("no such opening")
    reason = await vault.open(connection, row.key_id, _place(opening_id), row.sealed_reason)
    await audit.record(
        connection, vault.keyring, actor=reader, action="break_glass:read_reason", subject=row.chat_id, now=now
    )
    return reason.decode()


async def code_of(connection: AsyncConnection, chat_id: str) -> str | None:
    """Return the newest code by which staff know a chat."""
    query = select(alert.c.code).where(alert.c.chat_id == chat_id).order_by(alert.c.raised_at.desc()).limit(1)
    return (await connection.execute(query)).scalar()


async def chat_of_code(connection: AsyncConnection, code: str) -> str | None:
    """Return the chat of an alert's code, as staff read it in the queue or in the on-call group."""
    query = select(alert.c.chat_id).where(alert.c.code == code.strip().upper())
    return (await connection.execute(query)).scalar()


def whom_to_tell(staff: Iterable[Account], asker: str) -> tuple[str, ...]:
    """Return who is told: all supervisors; if fewer than two, also auditors, then administrators; never the asker.

    Raises TooFewToTellError.
    """
    others = [one for one in staff if one.id != asker and one.ended_at is None]
    told: list[str] = []
    for rank in _RANKS:
        told += [one.id for one in others if rank in one.roles and one.id not in told]
        if len(told) >= _LEAST_TOLD:
            return tuple(told)
    raise TooFewToTellError(f"only {len(told)}")


async def _key_of(connection: AsyncConnection, chat_id: str, staff_id: str, now: datetime) -> str:
    query = select(chat.c.key_id, chat.c.held_by).where(chat.c.id == chat_id, chat.c.closed_at.is_(None))
    row = (await connection.execute(query)).one_or_none()
    if row is None or row.key_id is None:
        raise NoSuchChatError("gone")
    if row.held_by == staff_id or await is_open(connection, chat_id, staff_id, now):
        raise AlreadyYoursError("held by the asker, or open to them")
    return str(row.key_id)


def _place(opening_id: str) -> Place:
    return Place("break_glass", "sealed_reason", opening_id)


def _opening(row: Row[Any]) -> Opening:
    return Opening(row.id, row.code, row.chat_id, row.staff_id, tuple(row.told), row.at, row.until)
