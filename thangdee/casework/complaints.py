"""Complaints: taken in the chat, kept apart from whom they are about, looked into, answered (issue 6, point 8).

Each function is one use case or part of one, to be called inside one transaction of the caller's. Nothing of it is
announced to open pages, raised in the queue or written into the transcript: the ones it is about look there.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import complaint_hiding, notices
from thangdee.casework.chats import Chat, chat
from thangdee.casework.complaint_rules import (
    ANSWER_WITHIN,
    WAITS,
    About,
    Complaint,
    ComplaintGoneError,
    ComplaintStepError,
    HearsBy,
    State,
    check_answer,
    check_close,
    check_take,
)
from thangdee.casework.complaint_tables import complaint, complaint_count, complaint_words
from thangdee.casework.staff.sessions import SignedIn
from thangdee.core import audit
from thangdee.core.codes import new_code
from thangdee.core.database import insert_new
from thangdee.core.jobs import new_uid
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.vault import Place, Vault

NEW, LATE = "complaint_new", "complaint_late"
MOST_WORDS, LONGEST = 40, 4000
_AGAIN = timedelta(hours=24)


@dataclass(frozen=True)
class Words:
    """Something said in a complaint. `kind`: who, what, phone, note, answer. `body`: {"text"} or {"media": id}."""

    kind: str
    body: dict[str, Any] = field(repr=False)
    by: str
    at: datetime


# --- the person ---------------------------------------------------------------------------------------------


async def count_only(connection: AsyncConnection, about: About, now: datetime) -> None:
    """Count a complaint of which nothing is kept (R1)."""
    month = now.astimezone(LOCAL_TIME).strftime("%Y-%m")
    adding = insert_new(connection, complaint_count).values(month=month, about=about, count=1)
    await connection.execute(
        adding.on_conflict_do_update(index_elements=["month", "about"], set_={"count": complaint_count.c.count + 1})
    )


async def begin(connection: AsyncConnection, whose: Chat, about: About, now: datetime) -> Complaint:
    """Begin a complaint; one that was begun and never made is begun anew."""
    unmade = (complaint.c.chat_id == whose.id) & (complaint.c.state == State.DRAFT)
    await connection.execute(delete(complaint).where(unmade))
    one = Complaint(new_uid(), new_code(), whose.id, about, State.DRAFT, now)
    await connection.execute(insert(complaint).values(vars(one)))
    return one


async def of_person(connection: AsyncConnection, chat_id: str) -> list[Complaint]:
    """Return a person's own complaints, newest first, the one being made included."""
    query = select(complaint).where(complaint.c.chat_id == chat_id)
    rows = await connection.execute(query.order_by(complaint.c.created_at.desc(), complaint.c.id))
    return [_complaint(row) for row in rows]


async def own(connection: AsyncConnection, chat_id: str, complaint_id: str) -> Complaint | None:
    """Return a person's own complaint."""
    query = select(complaint).where(complaint.c.chat_id == chat_id, complaint.c.id == complaint_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _complaint(row)


async def say_which(connection: AsyncConnection, complaint_id: str, organisation_id: str) -> None:
    """The person said which organisation it is about."""
    mine = (complaint.c.id == complaint_id) & (complaint.c.state == State.DRAFT)
    await connection.execute(update(complaint).where(mine).values(organisation_id=organisation_id))


async def say_how(
    connection: AsyncConnection, complaint_id: str, *, may_tell: bool | None = None, hears_by: HearsBy | None = None
) -> None:
    """The person said whether the organisation may be told, or how the answer is to come."""
    values = {"may_tell": may_tell, "hears_by": hears_by}
    said = {name: value for name, value in values.items() if value is not None}
    await connection.execute(update(complaint).where(complaint.c.id == complaint_id).values(said))


async def hear(
    connection: AsyncConnection, vault: Vault, one: Complaint, kind: str, body: dict[str, Any], now: datetime
) -> bool:
    """Keep words or a recording of the person's; False where there are too many. Who is named does not read them."""
    if not await _add(connection, vault, one, kind, body, audit.PERSON, now):
        return False
    await complaint_hiding.shut_out_named(connection, one, str(body.get("text", "")))
    if one.state in WAITS and one.owner is not None and not await _is_given_away(connection, one, now):
        await notices.tell(connection, one.owner, NEW, one.id, now)
    return True


async def make(connection: AsyncConnection, vault: Vault, one: Complaint, now: datetime) -> Complaint:
    """The complaint is made: it is counted, hidden from whom it is about, and the others are told."""
    if one.state is not State.DRAFT:
        return one
    values = {"state": State.NEW, "due_at": now + ANSWER_WITHIN}
    await connection.execute(update(complaint).where(complaint.c.id == one.id).values(values))
    await count_only(connection, one.about, now)
    await complaint_hiding.shut_out_involved(connection, one)
    made = await get(connection, one.id)
    await complaint_hiding.tell_handlers(connection, made, NEW, now)
    await _record(connection, vault, one, audit.PERSON, "make", now, about=one.about.value)
    return made


async def move(connection: AsyncConnection, vault: Vault, from_chat: str, to_chat: str, now: datetime) -> None:
    """Let what was made in one chat of a person's hang on another: she came back, or undid a deletion.

    Whoever had to do with the other chat does not read it, either.
    """
    query = select(chat.c.id, chat.c.key_id).where(chat.c.id.in_([from_chat, to_chat]))
    keys = {row.id: row.key_id for row in (await connection.execute(query)).all()}
    theirs = select(complaint_words.c.id, complaint_words.c.sealed_body).join(complaint)
    for row in (await connection.execute(theirs.where(complaint.c.chat_id == from_chat))).all():
        opened = await vault.open(connection, keys[from_chat], _place(row.id), row.sealed_body)
        sealed = await vault.seal(connection, keys[to_chat], _place(row.id), opened)
        that = complaint_words.c.id == row.id
        await connection.execute(update(complaint_words).where(that).values(sealed_body=sealed))
    moved = update(complaint).where(complaint.c.chat_id == from_chat).values(chat_id=to_chat).returning(complaint.c.id)
    for complaint_id in (await connection.execute(moved)).scalars().all():
        one = await own(connection, to_chat, complaint_id)
        if one is not None and one.state is not State.DRAFT:
            await complaint_hiding.shut_out_involved(connection, one)
            await _is_given_away(connection, one, now)


async def heard(connection: AsyncConnection, complaint_id: str, now: datetime) -> None:
    """The person opened the answer."""
    that = (complaint.c.id == complaint_id) & complaint.c.heard_at.is_(None)
    await connection.execute(update(complaint).where(that, complaint.c.answered_at.is_not(None)).values(heard_at=now))


# --- staff --------------------------------------------------------------------------------------------------


async def listed(connection: AsyncConnection, viewer: SignedIn) -> list[Complaint]:
    """Return what this viewer may know of: what waits first, the longest first; closed ones last."""
    query = _of_open_chats().where(complaint.c.state != State.DRAFT).order_by(complaint.c.created_at, complaint.c.id)
    found = [_complaint(row) for row in (await connection.execute(query)).all()]
    order = {State.NEW: 0, State.LOOKED_INTO: 0, State.ANSWERED: 1, State.CLOSED: 2}
    known = [one for one in found if await complaint_hiding.may_know(connection, one, viewer)]
    return sorted(known, key=lambda one: (order[one.state], one.due_at or one.created_at))


async def find(
    connection: AsyncConnection, complaint_id: str, viewer: SignedIn, *, to_change: bool = False
) -> Complaint:
    """Return a complaint that this viewer may know of; `to_change` locks it. Raises ComplaintGoneError."""
    one = await get(connection, complaint_id, to_change=to_change)
    if one.state is State.DRAFT or not await complaint_hiding.may_know(connection, one, viewer):
        raise ComplaintGoneError("there is no such complaint")
    return one


async def get(connection: AsyncConnection, complaint_id: str, *, to_change: bool = False) -> Complaint:
    """Return a complaint of an open chat. Raises ComplaintGoneError."""
    query = _of_open_chats().where(complaint.c.id == complaint_id)
    row = (await connection.execute(query.with_for_update(of=complaint) if to_change else query)).one_or_none()
    if row is None:
        raise ComplaintGoneError("there is no such complaint")
    return _complaint(row)


async def words_of(
    connection: AsyncConnection, vault: Vault, one: Complaint, kinds: Collection[str] = ()
) -> list[Words]:
    """Return what was said, in order, opened; of these kinds, or all. The caller has asked who may read."""
    key_id = await _key_of(connection, one)
    query = select(complaint_words).where(complaint_words.c.complaint_id == one.id).order_by(complaint_words.c.number)
    read = []
    for row in (await connection.execute(query)).all():
        if not kinds or row.kind in kinds:
            opened = await vault.open(connection, key_id, _place(row.id), row.sealed_body)
            read.append(Words(row.kind, json.loads(opened), row.by, row.at))
    return read


async def read(
    connection: AsyncConnection, vault: Vault, complaint_id: str, viewer: SignedIn, now: datetime
) -> tuple[Complaint, list[Words]]:
    """Open a complaint for who may handle it; this is written down. Raises ComplaintGoneError."""
    one = await find(connection, complaint_id, viewer)
    await _record(connection, vault, one, viewer.staff_id, "read", now)
    return one, await words_of(connection, vault, one)


async def take(connection: AsyncConnection, vault: Vault, complaint_id: str, viewer: SignedIn, now: datetime) -> None:
    """Look into it from now on. Raises ComplaintGoneError, ComplaintStepError."""
    one = await find(connection, complaint_id, viewer, to_change=True)
    check_take(one)
    await _change(connection, one, state=State.LOOKED_INTO, owner=viewer.staff_id)
    await _record(connection, vault, one, viewer.staff_id, "take", now)


async def note(
    connection: AsyncConnection, vault: Vault, complaint_id: str, viewer: SignedIn, words: str, now: datetime
) -> None:
    """Add a note for who handles it. Raises ComplaintGoneError, ComplaintStepError."""
    one = await find(connection, complaint_id, viewer, to_change=True)
    await _add(connection, vault, one, "note", {"text": _fit(words)}, viewer.staff_id, now)
    await _record(connection, vault, one, viewer.staff_id, "note", now)


async def answer(
    connection: AsyncConnection,
    vault: Vault,
    complaint_id: str,
    viewer: SignedIn,
    words: str,
    now: datetime,
    *,
    how: HearsBy,
) -> Complaint:
    """Answer: `words` are what she reads in the chat, or what she was told by phone.

    Raises ComplaintGoneError, ComplaintStepError.
    """
    one = await find(connection, complaint_id, viewer, to_change=True)
    check_answer(one, viewer.staff_id)
    await _add(connection, vault, one, "answer", {"text": _fit(words)}, viewer.staff_id, now)
    values = {"state": State.ANSWERED, "answered_at": now, "answered_how": how}
    await _change(connection, one, **values, heard_at=now if how is HearsBy.PHONE else None)
    await _record(connection, vault, one, viewer.staff_id, "answer", now, how=how.value)
    return await get(connection, complaint_id)


async def close(connection: AsyncConnection, vault: Vault, complaint_id: str, viewer: SignedIn, now: datetime) -> None:
    """Close what was answered and heard. Raises ComplaintGoneError, ComplaintStepError."""
    one = await find(connection, complaint_id, viewer, to_change=True)
    check_close(one)
    await _change(connection, one, state=State.CLOSED, closed_at=now)
    await _record(connection, vault, one, viewer.staff_id, "close", now)


async def shut_out(
    connection: AsyncConnection, vault: Vault, complaint_id: str, viewer: SignedIn, staff_id: str, now: datetime
) -> None:
    """Hide it from a colleague whom it is about, or from oneself; then somebody else looks into it.

    Raises ComplaintGoneError.
    """
    one = await find(connection, complaint_id, viewer, to_change=True)
    await complaint_hiding.shut_out(connection, one, [staff_id], "shut_out")
    if one.owner == staff_id and one.state in WAITS:
        await _change(connection, one, state=State.NEW, owner=None)
    await _record(connection, vault, one, viewer.staff_id, "shut_out", now)
    if one.state in WAITS:
        await complaint_hiding.tell_handlers(connection, await get(connection, complaint_id), NEW, now)


async def remind(connection: AsyncConnection, now: datetime) -> None:
    """Tell once a day who should answer what is late."""
    never = complaint.c.reminded_at.is_(None) | (complaint.c.reminded_at <= now - _AGAIN)
    query = _of_open_chats().where(complaint.c.state.in_(WAITS), complaint.c.due_at < now, never)
    for row in (await connection.execute(query)).all():
        await connection.execute(update(complaint).where(complaint.c.id == row.id).values(reminded_at=now))
        await complaint_hiding.tell_handlers(connection, _complaint(row), LATE, now)


async def counts(connection: AsyncConnection) -> list[tuple[str, dict[About, int]]]:
    """Return how many complaints there were, by month, the latest first."""
    rows = (
        await connection.execute(
            select(
                complaint_count.c.month, complaint_count.c.about, complaint_count.c.count.label("how_many")
            ).order_by(complaint_count.c.month.desc())
        )
    ).all()
    months = dict.fromkeys(row.month for row in rows)
    return [(month, {About(row.about): int(row.how_many) for row in rows if row.month == month}) for month in months]


async def forget_counts(connection: AsyncConnection, before: datetime) -> None:
    """Let go counts from before a month."""
    await connection.execute(delete(complaint_count).where(complaint_count.c.month < before.strftime("%Y-%m")))


async def _is_given_away(connection: AsyncConnection, one: Complaint, now: datetime) -> bool:
    """Take it from who looks into it where they turned out to be part of it; then the others are told."""
    if one.owner is None or one.state not in WAITS:
        return False
    if not await complaint_hiding.is_shut_out(connection, one, one.owner):
        return False
    await _change(connection, one, state=State.NEW, owner=None)
    await complaint_hiding.tell_handlers(connection, replace(one, state=State.NEW, owner=None), NEW, now)
    return True


def _of_open_chats() -> Select[Any]:
    return select(complaint).join(chat, chat.c.id == complaint.c.chat_id).where(chat.c.closed_at.is_(None))


async def _change(connection: AsyncConnection, one: Complaint, **values: object) -> None:
    await connection.execute(update(complaint).where(complaint.c.id == one.id).values(values))


async def _add(
    connection: AsyncConnection, vault: Vault, one: Complaint, kind: str, body: dict[str, Any], by: str, now: datetime
) -> bool:
    count = select(func.count()).where(complaint_words.c.complaint_id == one.id)
    number = int((await connection.execute(count)).scalar_one())
    if number >= MOST_WORDS and by == audit.PERSON:
        return False
    row_id, key_id = new_uid(), await _key_of(connection, one)
    sealed = await vault.seal(connection, key_id, _place(row_id), json.dumps(body, ensure_ascii=False).encode())
    values = {"id": row_id, "complaint_id": one.id, "number": number, "kind": kind, "by": by, "at": now}
    await connection.execute(insert(complaint_words).values(values | {"sealed_body": sealed}))
    return True


async def _record(
    connection: AsyncConnection, vault: Vault, one: Complaint, actor: str, deed: str, now: datetime, **facts: audit.Fact
) -> None:
    await audit.record(
        connection, vault.keyring, actor=actor, action=f"complaint:{deed}", subject=one.id, now=now, code=one.code,
        **facts,
    )  # fmt: skip


def _fit(words: str) -> str:
    written = words.replace("\r\n", "\n").replace("\0", "").strip()
    if not 0 < len(written) <= LONGEST:
        raise ComplaintStepError("unfit_words")
    return written


async def _key_of(connection: AsyncConnection, one: Complaint) -> str:
    return str((await connection.execute(select(chat.c.key_id).where(chat.c.id == one.chat_id))).scalar_one())


def _complaint(row: Row[Any]) -> Complaint:
    return Complaint(
        row.id, row.code, row.chat_id, About(row.about), State(row.state), row.created_at, row.organisation_id,
        row.may_tell, HearsBy(row.hears_by), row.due_at, row.owner, row.answered_at, row.answered_how, row.heard_at,
        row.closed_at,
    )  # fmt: skip


def _place(row_id: str) -> Place:
    return Place("complaint_words", "sealed_body", row_id)
