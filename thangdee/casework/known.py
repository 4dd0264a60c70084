"""What is known and was asked already: it stands beside the chat, so that nobody asks again (R44)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import alerts, held_replies
from thangdee.casework.alerts import Urgency, alert
from thangdee.casework.chats import Chat, Chats, Session, chat
from thangdee.casework.consent import CONSENT_VERSION, GivenBy, Purpose, consent
from thangdee.casework.held_replies import HeldHeader
from thangdee.casework.transcripts import Direction, Line
from thangdee.core.vault import Vault

# So long without a sign of life of a person we talk with is no longer a pause.
SILENT_AFTER = timedelta(hours=9)
_TOLD_KEPT = timedelta(hours=24)
_MOST_TOPICS = 12
_NO_TOPICS = frozenset({"greet", "thanks", "goodbye", "affirm", "deny", "out_of_scope", "change_language"})
_ANSWERS = ("answers.", "crisis.", "context.", "help.")


@dataclass(frozen=True)
class Answered:
    """A question of consent and its latest answer. `is_current`: to the words of today."""

    purpose: Purpose
    is_yes: bool
    given_by: GivenBy
    language: str
    at: datetime
    is_current: bool


@dataclass(frozen=True)
class Topic:
    """An intent that was heard (`is_answer` False) or the key of an answer that was sent, and when last."""

    name: str
    at: datetime
    is_answer: bool


@dataclass(frozen=True)
class Raised:
    """One alert of this chat, open or taken."""

    code: str
    urgency: Urgency
    reason: str
    times: int
    raised_at: datetime
    taken_by: str | None
    taken_at: datetime | None


@dataclass(frozen=True)
class Known:
    """What stands beside a chat. `place`, `need`, `for_whom`, `age_band`: codes of the session, told at `told_at`.

    `silent_for`: set once the phone was silent for nine hours while a person of ours holds the chat or a cry waits.
    """

    language: str | None
    place: str | None
    age_band: str
    need: str | None
    for_whom: str | None
    told_at: datetime | None
    consents: tuple[Answered, ...]
    topics: tuple[Topic, ...]
    alerts: tuple[Raised, ...]
    held: tuple[HeldHeader, ...]
    first_at: datetime
    seen_at: datetime
    silent_for: timedelta | None
    is_blocked: bool


async def known(
    connection: AsyncConnection, vault: Vault, chat_id: str, lines: Iterable[Line], now: datetime
) -> Known | None:
    """Return what is known of a chat, None if it is gone. `lines`: its transcript as `conversations.read` gave it."""
    whose = await Chats(connection, vault).get(chat_id)
    if whose is None:
        return None
    row = (await connection.execute(select(chat.c.seen_at, chat.c.blocked_at).where(chat.c.id == chat_id))).one()
    told = _fresh(whose.session, now)
    return Known(
        language=whose.language,
        place=told.place,
        age_band=told.age_band,
        need=told.need,
        for_whom=told.for_whom,
        told_at=datetime.fromisoformat(told.told_at) if told.told_at else None,
        consents=await _consents(connection, chat_id),
        topics=_topics(lines),
        alerts=await _alerts(connection, chat_id),
        held=tuple(await held_replies.headers_of(connection, chat_id, now)),
        first_at=whose.created_at,
        seen_at=row.seen_at,
        silent_for=await _silent_for(connection, whose, row.seen_at, now),
        is_blocked=row.blocked_at is not None,
    )


def _fresh(session: Session, now: datetime) -> Session:
    """What was told longer ago than a day is forgotten (R25); the bot clears it with the next message only."""
    if session.told_at is None or now - datetime.fromisoformat(session.told_at) > _TOLD_KEPT:
        return Session()
    return session


async def _consents(connection: AsyncConnection, chat_id: str) -> tuple[Answered, ...]:
    query = select(consent).where(consent.c.chat_id == chat_id).order_by(consent.c.at, consent.c.id)
    latest: dict[str, Answered] = {}
    for row in (await connection.execute(query)).all():
        is_current = row.version == CONSENT_VERSION
        latest[row.purpose] = Answered(
            Purpose(row.purpose), row.is_yes, GivenBy(row.given_by), row.language, row.at, is_current
        )
    return tuple(latest.values())


def _topics(lines: Iterable[Line]) -> tuple[Topic, ...]:
    found: dict[str, Topic] = {}
    for line in lines:
        if line.direction is Direction.IN and line.intent and line.intent not in _NO_TOPICS:
            found[line.intent] = Topic(line.intent, line.at, is_answer=False)
        for key in line.body.get("say", ()):
            if str(key).startswith(_ANSWERS):
                found[key] = Topic(str(key), line.at, is_answer=True)
    return tuple(sorted(found.values(), key=lambda one: one.at, reverse=True)[:_MOST_TOPICS])


async def _alerts(connection: AsyncConnection, chat_id: str) -> tuple[Raised, ...]:
    query = select(alert).where(alert.c.chat_id == chat_id).order_by(alert.c.raised_at.desc())
    return tuple(
        Raised(
            row.code, Urgency(row.urgency), row.reason, row.times, row.raised_at, row.taken_by, row.taken_at
        )
        for row in (await connection.execute(query)).all()
    )  # fmt: skip


async def _silent_for(connection: AsyncConnection, whose: Chat, seen_at: datetime, now: datetime) -> timedelta | None:
    if now - seen_at < SILENT_AFTER:
        return None
    matters = whose.held_by is not None or await alerts.is_crying(connection, whose.id)
    return now - seen_at if matters else None
