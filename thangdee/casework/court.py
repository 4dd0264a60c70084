"""Court and compensation of a matter: written down by who cares for it, told to the person, closed when she knows.

Each function is one use case, to be called inside one transaction of the caller's; who may, the caller has asked.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import notices
from thangdee.casework.chats import chat
from thangdee.casework.court_rules import (
    LAST,
    CourtFile,
    Money,
    MoneyEntry,
    Payer,
    Pressure,
    Source,
    Stage,
    Status,
    StatusEntry,
    Telling,
    Way,
    check_close,
    check_money,
    check_status,
)
from thangdee.casework.court_tables import court_money, court_pressure, court_status
from thangdee.casework.referrals import effects, store
from thangdee.casework.referrals.tables import matter
from thangdee.core import audit, changes
from thangdee.core.jobs import JobState, job, new_uid
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.vault import Place, Vault

IN_CHAT, BY_STAFF = "chat", "staff"
# A question of hers is answered by then, even if with "still not known".
ASKED_FOR = timedelta(days=7)
# Told once a day that a day for asking has passed.
LATE = "court_late"
_AGAIN = timedelta(hours=24)


def today(now: datetime) -> date:
    """Return the day in Laos and Thailand."""
    return now.astimezone(LOCAL_TIME).date()


async def file_of(connection: AsyncConnection, matter_id: str) -> CourtFile:
    """Return what is known of a matter's case, without the sealed notes."""
    mine = select(court_status).where(court_status.c.matter_id == matter_id).order_by(court_status.c.number)
    rows = (await connection.execute(mine)).all()
    paid = select(court_money).where(court_money.c.matter_id == matter_id)
    money = (await connection.execute(paid.order_by(court_money.c.at, court_money.c.id))).all()
    pressed = select(court_pressure).where(court_pressure.c.matter_id == matter_id).order_by(court_pressure.c.at)
    states = await _sent(connection, [row.told_job for row in (*rows, *money) if row.told_job])
    return CourtFile(
        matter_id,
        tuple(_status(row, states) for row in rows),
        tuple(_money(row, states) for row in money),
        tuple(Pressure(row.id, row.at, row.seen_at, row.seen_by) for row in await connection.execute(pressed)),
    )


async def read_notes(connection: AsyncConnection, vault: Vault, known: CourtFile) -> CourtFile:
    """Return the same with the notes opened, for who may read them."""
    key_id = await _key_of(connection, known.matter_id)
    query = select(court_status.c.id, court_status.c.sealed_note).where(court_status.c.matter_id == known.matter_id)
    sealed = {row.id: row.sealed_note for row in await connection.execute(query) if row.sealed_note is not None}
    opened = {one: (await vault.open(connection, key_id, _place(one), note)).decode() for one, note in sealed.items()}
    return replace(known, history=tuple(replace(one, note=opened.get(one.id, "")) for one in known.history))


async def files_of_chat(connection: AsyncConnection, chat_id: str) -> list[CourtFile]:
    """Return the files of a person's own matters of which something is known or asked, the newest matter first.

    What became of a matter that a helper wrote for somebody else is not the helper's to hear.
    """
    mine = (matter.c.chat_id == chat_id) & matter.c.is_for_other.is_(False)
    query = select(matter.c.id).where(mine).order_by(matter.c.created_at.desc(), matter.c.id)
    found = [await file_of(connection, one) for one in (await connection.execute(query)).scalars().all()]
    return [one for one in found if one.status is not None or one.money]


async def has_file(connection: AsyncConnection, chat_id: str) -> bool:
    """Tell whether anything is known or asked of a case of this person's."""
    return bool(await files_of_chat(connection, chat_id))


async def has_news(connection: AsyncConnection, chat_id: str) -> bool:
    """Tell whether something was written down that the person was not told yet."""
    return any(one.is_untold for one in await files_of_chat(connection, chat_id))


async def write_status(
    connection: AsyncConnection, vault: Vault, matter_id: str, staff_id: str, entry: StatusEntry, now: datetime
) -> None:
    """Write down what is known; what is new to the person knocks. Raises UnfitEntryError.

    Who looked again and found nothing new writes the same: the day of the last look changes, and nobody is knocked.
    """
    await _lock(connection, matter_id)
    known = await file_of(connection, matter_id)
    check_status(entry, known, today(now))
    before = known.status
    new = Status(
        new_uid(), _following(before), entry.stage, entry.known_on, entry.source, now, staff_id, entry.next_on,
        None if entry.stage in LAST else entry.ask_on,
    )  # fmt: skip
    is_same = new.says_the_same(before)
    await _add_status(connection, vault, matter_id, new, entry.note, before if is_same else None)
    await _record(
        connection, vault, matter_id, staff_id, "court:status", now, stage=entry.stage.value, number=new.number
    )
    if not is_same:
        await effects.knock(connection, matter_id, "court", now)


async def write_money(
    connection: AsyncConnection, vault: Vault, matter_id: str, staff_id: str, entry: MoneyEntry, now: datetime
) -> None:
    """Write down money that is due, or that was paid: each by itself. Raises UnfitEntryError."""
    await _lock(connection, matter_id)
    check_money(entry, await file_of(connection, matter_id), today(now))
    values = vars(entry) | {"how": entry.how if entry.is_paid else None}
    row = {"id": new_uid(), "matter_id": matter_id, "staff_id": staff_id, "at": now}
    await connection.execute(insert(court_money).values(row | values))
    paid, currency = entry.is_paid, entry.currency
    await _record(connection, vault, matter_id, staff_id, "court:money", now, paid=paid, currency=currency)
    await effects.knock(connection, matter_id, "court", now)


async def strike_money(
    connection: AsyncConnection, vault: Vault, matter_id: str, money_id: str, staff_id: str, now: datetime
) -> bool:
    """Strike out an entry that was a mistake; it stays to be seen. What she was told is then told anew."""
    that = (court_money.c.id == money_id) & (court_money.c.matter_id == matter_id) & court_money.c.struck_at.is_(None)
    row = (await connection.execute(select(court_money.c.told_at).where(that))).one_or_none()
    if row is None:
        return False
    await connection.execute(update(court_money).where(that).values(struck_at=now, struck_by=staff_id))
    await _record(connection, vault, matter_id, staff_id, "court:strike", now, was_told=row.told_at is not None)
    if row.told_at is not None:
        await _untell(connection, matter_id)
        await effects.knock(connection, matter_id, "court", now)
    return True


async def told_in_chat(connection: AsyncConnection, known: CourtFile, job_uid: str, now: datetime) -> None:
    """Note that all of this was put into the chat by this message."""
    await _tell(connection, known.matter_id, {"told_at": now, "told_how": IN_CHAT, "told_job": job_uid})
    await changes.announce(connection, changes.MATTERS)


async def told_by_staff(
    connection: AsyncConnection, vault: Vault, matter_id: str, staff_id: str, now: datetime
) -> None:
    """Note that a member of staff told all of it, by phone or face to face."""
    known = await file_of(connection, matter_id)
    failed = [one.id for one in known.history if one.told is not None and one.told.has_failed]
    failed += [one.id for one in known.money if one.told is not None and one.told.has_failed]
    values = {"told_at": now, "told_how": BY_STAFF, "told_by": staff_id, "told_job": None}
    for table in (court_status, court_money):
        await connection.execute(update(table).where(table.c.id.in_(failed)).values(values))
    await _tell(connection, matter_id, values)
    await _record(connection, vault, matter_id, staff_id, "court:told", now)


async def close(connection: AsyncConnection, vault: Vault, matter_id: str, staff_id: str, now: datetime) -> None:
    """Nothing more is expected, and the person knows it all. Raises NotToldError. A new status opens it again."""
    await _lock(connection, matter_id)
    known = await file_of(connection, matter_id)
    check_close(known)
    last = known.history[-1]
    values = {"closed_at": now, "closed_by": staff_id}
    await connection.execute(update(court_status).where(court_status.c.id == last.id).values(values))
    await _record(connection, vault, matter_id, staff_id, "court:close", now, stage=last.stage.value)


async def asked(connection: AsyncConnection, vault: Vault, matter_id: str, now: datetime) -> date:
    """The person asks us to ask: return the day by which she hears, which is never later than one that stood."""
    await _lock(connection, matter_id)
    known = await file_of(connection, matter_id)
    before, day = known.status, today(now + ASKED_FOR)
    if before is not None and before.ask_on is not None and today(now) <= before.ask_on <= day:
        return before.ask_on
    new = Status(
        new_uid(), _following(before), before.stage if before else Stage.NOT_KNOWN,
        before.known_on if before else today(now), before.source if before else Source.PERSON,
        before.looked_at if before else now, audit.PERSON, before.next_on if before else None, day,
    )  # fmt: skip
    await _add_status(connection, vault, matter_id, new, "", before)
    await _record(connection, vault, matter_id, audit.PERSON, "court:ask", now)
    return day


async def note_pressure(connection: AsyncConnection, vault: Vault, matter_id: str, now: datetime) -> None:
    """Write down that somebody asks the person to withdraw; a second tap within the hour is the same."""
    recent = (court_pressure.c.matter_id == matter_id) & (court_pressure.c.at > now - timedelta(hours=1))
    if (await connection.execute(select(court_pressure.c.id).where(recent).limit(1))).scalar() is not None:
        return
    await connection.execute(insert(court_pressure).values(id=new_uid(), matter_id=matter_id, at=now))
    await _record(connection, vault, matter_id, audit.PERSON, "court:pressure", now)


async def see_pressure(connection: AsyncConnection, vault: Vault, matter_id: str, staff_id: str, now: datetime) -> None:
    """Note that staff spoke with her about it."""
    open_ones = (court_pressure.c.matter_id == matter_id) & court_pressure.c.seen_at.is_(None)
    await connection.execute(update(court_pressure).where(open_ones).values(seen_at=now, seen_by=staff_id))
    await _record(connection, vault, matter_id, staff_id, "court:see_pressure", now)


async def remind(connection: AsyncConnection, now: datetime) -> None:
    """Tell staff once a day that the day for asking has passed: who cares for the matter, else the queue."""
    never = court_status.c.reminded_at.is_(None) | (court_status.c.reminded_at <= now - _AGAIN)
    late = (court_status.c.ask_on < today(now)) & court_status.c.closed_at.is_(None) & never
    columns = select(court_status.c.id, court_status.c.matter_id, matter.c.owner)
    query = columns.select_from(court_status.join(matter).join(chat)).where(late, chat.c.closed_at.is_(None))
    for row in (await connection.execute(query)).all():
        await connection.execute(update(court_status).where(court_status.c.id == row.id).values(reminded_at=now))
        known = await file_of(connection, row.matter_id)
        if known.status is None or known.status.id != row.id:
            continue  # somebody looked since
        if row.owner is not None:
            await notices.tell(connection, row.owner, LATE, row.matter_id, now)
        else:
            whole = await store.load(connection, row.matter_id)
            await effects.call_staff(connection, whole, "no_progress", now)


async def _add_status(
    connection: AsyncConnection, vault: Vault, matter_id: str, new: Status, note: str, same: Status | None
) -> None:
    """`same`: the entry before, where the person would read the same: she need not be told twice."""
    written = note.replace("\r\n", "\n").replace("\0", "").strip()
    names = ("id", "number", "stage", "next_on", "known_on", "source", "looked_at", "staff_id", "ask_on")
    values: dict[str, Any] = {"matter_id": matter_id} | {name: getattr(new, name) for name in names}
    if written:
        key_id = await _key_of(connection, matter_id)
        values["sealed_note"] = await vault.seal(connection, key_id, _place(new.id), written.encode())
    if same is not None and same.told is not None and not same.told.has_failed:
        told = ("told_at", "told_how", "told_by", "told_job")
        row = (await connection.execute(select(court_status).where(court_status.c.id == same.id))).one()
        values |= {name: getattr(row, name) for name in told}
    await connection.execute(insert(court_status).values(values))


def _following(before: Status | None) -> int:
    return before.number + 1 if before else 1


async def _tell(connection: AsyncConnection, matter_id: str, values: dict[str, Any]) -> None:
    for table in (court_status, court_money):
        untold = (table.c.matter_id == matter_id) & table.c.told_at.is_(None)
        await connection.execute(update(table).where(untold).values(values))


async def _untell(connection: AsyncConnection, matter_id: str) -> None:
    """What was told is no longer true as a whole: the newest status is to be told again, and is open again."""
    known = await file_of(connection, matter_id)
    if known.status is not None:
        nothing = {"told_at": None, "told_how": None, "told_by": None, "told_job": None}
        closed = {"closed_at": None, "closed_by": None}
        mine = court_status.c.id == known.status.id
        await connection.execute(update(court_status).where(mine).values(nothing | closed))


async def _lock(connection: AsyncConnection, matter_id: str) -> None:
    """Of two who write at once the second sees what the first wrote."""
    await connection.execute(select(matter.c.id).where(matter.c.id == matter_id).with_for_update())


async def _record(
    connection: AsyncConnection,
    vault: Vault,
    matter_id: str,
    actor: str,
    action: str,
    now: datetime,
    **facts: audit.Fact,
) -> None:
    await audit.record(connection, vault.keyring, actor=actor, action=action, subject=matter_id, now=now, **facts)
    await changes.announce(connection, changes.MATTERS)


async def _sent(connection: AsyncConnection, uids: list[str]) -> dict[str, tuple[str, str | None]]:
    query = select(job.c.uid, job.c.state, job.c.error_code).where(job.c.uid.in_(uids))
    return {row.uid: (row.state, row.error_code) for row in await connection.execute(query)}


def _telling(row: Row[Any], states: dict[str, tuple[str, str | None]]) -> Telling | None:
    if row.told_at is None:
        return None
    # Jobs are forgotten after 30 days; what failed by then stands on the page for failed messages.
    state, error = states.get(row.told_job or "", (JobState.DONE, None))
    has_failed = state == JobState.DEAD or (state == JobState.DONE and error is not None)
    is_under_way = not has_failed and state != JobState.DONE
    return Telling(row.told_at, row.told_how, row.told_by, is_under_way, has_failed)


def _status(row: Row[Any], states: dict[str, tuple[str, str | None]]) -> Status:
    return Status(
        row.id, row.number, Stage(row.stage), row.known_on, Source(row.source), row.looked_at, row.staff_id,
        row.next_on, row.ask_on, _telling(row, states), row.closed_at,
    )  # fmt: skip


def _money(row: Row[Any], states: dict[str, tuple[str, str | None]]) -> Money:
    return Money(
        row.id, row.is_paid, row.hundredths, row.currency, Payer(row.from_whom), Source(row.source), row.at,
        row.staff_id, row.on_day, Way(row.how) if row.how else None, _telling(row, states), row.struck_at is not None,
    )  # fmt: skip


async def _key_of(connection: AsyncConnection, matter_id: str) -> str:
    query = select(chat.c.key_id).join(matter, matter.c.chat_id == chat.c.id).where(matter.c.id == matter_id)
    return str((await connection.execute(query)).scalar_one())


def _place(status_id: str) -> Place:
    return Place("court_status", "sealed_note", status_id)
