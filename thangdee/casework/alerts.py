"""Alerts: who needs a person, how urgently, and whether somebody came (R39, R52)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, Row, String, Table, case, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.chats import chat
from thangdee.core import changes
from thangdee.core.codes import new_code
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.jobs import NewJob, Queue, enqueue, new_uid
from thangdee.core.time_words import LOCAL_TIME

_KEEP = "90 days"
# No 0/O, 1/I/L: a code is read out on the phone.
_CODE_LENGTH = 5
# How long after a cry for help each step follows: at once, the first on call again, the second, everybody.
LADDER = (timedelta(0), timedelta(seconds=60), timedelta(minutes=3), timedelta(minutes=10))


class Urgency(StrEnum):
    """How soon a person is needed; the order of the queue."""

    IMMEDIATE = "immediate"
    HIGH = "high"
    PERSON = "person"


LADDERS = {
    Urgency.IMMEDIATE: LADDER,
    # No cry for help: the first on call and then the second are reminded, by day only, and nobody else is woken.
    Urgency.HIGH: (timedelta(0), timedelta(minutes=10), timedelta(minutes=30)),
    Urgency.PERSON: (timedelta(0), timedelta(minutes=30), timedelta(hours=2)),
}
# By then somebody should have come; what is late by this stands before what is not (casework/queue_order.py).
ANSWER_WITHIN = {
    Urgency.IMMEDIATE: timedelta(seconds=60),
    Urgency.HIGH: timedelta(minutes=15),
    Urgency.PERSON: timedelta(hours=1),
}
# Whoever is on call sleeps; a cry for help wakes them all the same.
_DAY = range(7, 22)
MISSED = len(LADDER) - 1


alert = Table(
    "alert",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the row", _KEEP)),
    Column(
        "code", String(8), nullable=False, unique=True, info=about(DataClass.TECHNICAL, "what staff call it", _KEEP)
    ),
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "which chat", _KEEP),
    ),
    Column("urgency", String(12), nullable=False, info=about(DataClass.SESSION, "how soon", _KEEP)),
    Column("reason", String(32), nullable=False, info=about(DataClass.SESSION, "intent or kind of message", _KEEP)),
    Column("times", Integer, nullable=False, info=about(DataClass.SESSION, "how often it was raised", _KEEP)),
    Column("raised_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "first", _KEEP)),
    Column("again_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "last", _KEEP)),
    Column("taken_by", String(32), info=about(DataClass.TECHNICAL, "who came", _KEEP)),
    Column("taken_at", AwareDateTime, info=about(DataClass.TECHNICAL, "when", _KEEP)),
    Column(
        "ladder_step",
        Integer,
        nullable=False,
        server_default="0",
        info=about(DataClass.TECHNICAL, "how far the ladder went before somebody came", _KEEP),
    ),
)


@dataclass(frozen=True)
class Alert:
    """One open or taken call for a person."""

    id: str
    code: str
    chat_id: str
    urgency: Urgency
    reason: str
    times: int
    raised_at: datetime
    again_at: datetime
    taken_by: str | None
    ladder_step: int = 0

    @property
    def is_missed(self) -> bool:
        """Whether the whole ladder was climbed before somebody came."""
        return self.ladder_step >= MISSED

    @property
    def answer_by(self) -> datetime:
        """When somebody should have come."""
        return self.raised_at + ANSWER_WITHIN[self.urgency]


async def raise_alert(
    connection: AsyncConnection, chat_id: str, urgency: Urgency, reason: str, now: datetime
) -> tuple[Alert, bool]:
    """Raise a chat in the queue; True if this needs telling, False if it is told already.

    One open alert a chat and urgency: a second cry counts up instead of filling the queue.
    """
    query = select(alert).where(alert.c.chat_id == chat_id, alert.c.urgency == urgency, alert.c.taken_at.is_(None))
    row = (await connection.execute(query)).first()
    await changes.announce(connection, changes.QUEUE, changes.about_chat(chat_id))
    if row is not None:
        again = {"times": row.times + 1, "again_at": now, "reason": reason}
        await connection.execute(update(alert).where(alert.c.id == row.id).values(again))
        return _alert(row), False
    code = new_code(_CODE_LENGTH)
    values = {"id": new_uid(), "code": code, "chat_id": chat_id, "urgency": urgency, "reason": reason, "times": 1}
    await connection.execute(insert(alert).values(values | {"raised_at": now, "again_at": now}))
    return Alert(str(values["id"]), code, chat_id, urgency, reason, 1, now, now, None), True


async def start_ladder(connection: AsyncConnection, raised: Alert, now: datetime, *, tell_first: bool = False) -> None:
    """Put the steps on the clock that follow if nobody comes; the first one, at once, unless the caller told it."""
    for step, after in enumerate(LADDERS[raised.urgency]):
        if step == 0 and not tell_first:
            continue
        new = NewJob(
            queue=Queue.CLOCK,
            lane=f"ladder-{raised.id}-{step}",
            kind="ladder",
            run_at=now + after,
            created_at=now,
            uid=new_uid(),
            dedupe=f"{raised.id}:{step}",
            priority=0,
            position=step,
        )
        await enqueue(connection, new)


async def climb(connection: AsyncConnection, alert_id: str, step: int, now: datetime) -> Alert | None:
    """Note that a step of the ladder is taken; None if somebody came, the chat is gone, or this can wait till day."""
    raised = await find(connection, alert_id)
    if raised is None or not _wakes(raised.urgency, now):
        return None
    waits = (alert.c.id == alert_id) & alert.c.taken_at.is_(None)
    in_open_chat = alert.c.chat_id.in_(select(chat.c.id).where(chat.c.closed_at.is_(None)))
    # After an outage several steps are due at once, in any order.
    highest = case((alert.c.ladder_step < step, step), else_=alert.c.ladder_step)
    reached = update(alert).where(waits, in_open_chat).values(ladder_step=highest)
    if (await connection.execute(reached)).rowcount != 1:
        return None
    await changes.announce(connection, changes.QUEUE)
    return await find(connection, alert_id)


def _wakes(urgency: Urgency, now: datetime) -> bool:
    return urgency is Urgency.IMMEDIATE or now.astimezone(LOCAL_TIME).hour in _DAY


async def is_crying(connection: AsyncConnection, chat_id: str, since: datetime | None = None) -> bool:
    """Tell whether a cry for help of this chat waits for a person; with `since`, one that was repeated after it."""
    open_cry = (alert.c.chat_id == chat_id) & (alert.c.urgency == Urgency.IMMEDIATE) & alert.c.taken_at.is_(None)
    recent = open_cry if since is None else open_cry & (alert.c.again_at > since)
    return (await connection.execute(select(alert.c.id).where(recent).limit(1))).scalar() is not None


async def find(connection: AsyncConnection, alert_id: str) -> Alert | None:
    """Return an alert by its id."""
    row = (await connection.execute(select(alert).where(alert.c.id == alert_id))).one_or_none()
    return None if row is None else _alert(row)


async def open_alerts(connection: AsyncConnection) -> list[Alert]:
    """Return what nobody took yet: most urgent first, then longest waiting."""
    rank = case({Urgency.IMMEDIATE: 0, Urgency.HIGH: 1, Urgency.PERSON: 2}, value=alert.c.urgency)
    seen = select(alert).join(chat).where(alert.c.taken_at.is_(None), chat.c.closed_at.is_(None))
    query = seen.order_by(rank, alert.c.raised_at)
    return [_alert(row) for row in (await connection.execute(query)).all()]


async def take(connection: AsyncConnection, chat_id: str, staff: str, now: datetime) -> None:
    """Mark all open alerts of a chat as taken."""
    mine = (alert.c.chat_id == chat_id) & alert.c.taken_at.is_(None)
    await connection.execute(update(alert).where(mine).values(taken_by=staff, taken_at=now))
    await changes.announce(connection, changes.QUEUE, changes.about_chat(chat_id))


def _alert(row: Row[Any]) -> Alert:
    return Alert(
        row.id, row.code, row.chat_id, Urgency(row.urgency), row.reason, row.times, row.raised_at, row.again_at,
        row.taken_by, row.ladder_step,
    )  # fmt: skip
