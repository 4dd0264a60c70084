"""Use cases of an enquiry: begun, changed, filed, closed. What a chat sees of it hangs on the filing alone (R14)."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import alerts, media
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chat, chat
from thangdee.casework.enquiries import flags, store, texts
from thangdee.casework.enquiries.facts import facts_of
from thangdee.casework.enquiries.model import Enquiry, Field, Flag, State, is_over_quota
from thangdee.casework.enquiries.store import EnquiryGoneError
from thangdee.casework.enquiries.tables import enquiry
from thangdee.core import changes
from thangdee.core.codes import new_code
from thangdee.core.jobs import Queue, job, new_uid
from thangdee.core.vault import Vault

_CODE_LENGTH = 8
_MARK_LETTERS = 8
ALERT = "find_relative"


async def begin(connection: AsyncConnection, whose: Chat, now: datetime) -> Enquiry:
    """Return the enquiry that is being written, or a new one. The caller has the yes to keep (R1)."""
    # Locked: two messages at once begin one, not two.
    await connection.execute(select(chat.c.id).where(chat.c.id == whose.id).with_for_update(key_share=True))
    draft = await store.draft_of(connection, whose.id)
    if draft is not None:
        return draft
    made = Enquiry(new_uid(), new_code(_CODE_LENGTH), whose.id, State.DRAFT, whose.language or "lo", now)
    row: dict[str, Any] = vars(made) | {"texts_at": [], "passed": []}  # JSON knows no tuples
    await connection.execute(insert(enquiry).values(row))
    return made


async def pass_by(connection: AsyncConnection, enquiry_id: str, passed: tuple[str, ...]) -> Enquiry:
    """Remember which questions were left out."""
    await connection.execute(update(enquiry).where(enquiry.c.id == enquiry_id).values(passed=list(passed)))
    return await store.load(connection, enquiry_id)


async def discard(connection: AsyncConnection, enquiry_id: str) -> None:
    """Throw a draft away with all that was answered; what was sent stays."""
    await connection.execute(delete(enquiry).where(enquiry.c.id == enquiry_id, enquiry.c.state == State.DRAFT))


async def mark(connection: AsyncConnection, vault: Vault, enquiry_id: str) -> str:
    """Return a short mark of all answers as they stand: what is sent must be what was shown."""
    told = await facts_of(connection, vault, enquiry_id)
    as_text = json.dumps([enquiry_id, list(told.items())], ensure_ascii=False, sort_keys=True)
    return vault.keyring.look_up("enquiry_shown", as_text)[:_MARK_LETTERS]


async def file(connection: AsyncConnection, vault: Vault, whose: Chat, enquiry_id: str, now: datetime) -> Enquiry:
    """Send an enquiry to staff, and fix when its texts come. One too many differs for staff only (R20).

    The caller wrote the yes down. One that was sent before is returned as it stands.
    """
    draft = await store.load(connection, enquiry_id, to_change=True)
    if draft.state is not State.DRAFT:
        return draft
    earlier = [one for one in await store.of_chat(connection, whose.id) if one.id != draft.id]
    too_many, language = is_over_quota(earlier, now), whose.language or "lo"
    hours = await _hours(connection, vault, enquiry_id)
    filed = replace(
        draft, state=State.OPEN, language=language, filed_at=now, texts_at=texts.text_times(now, hours),
        is_over_quota=too_many,
    )  # fmt: skip
    values = {"state": filed.state, "language": language, "filed_at": now, "is_over_quota": too_many}
    values |= {"texts_at": [one.isoformat() for one in filed.texts_at]}
    await connection.execute(update(enquiry).where(enquiry.c.id == enquiry_id).values(values))
    await texts.queue(connection, filed)
    await _keep_recordings(connection, vault, filed)
    await _tell_staff(connection, vault, whose, filed, now)
    return filed


async def close(connection: AsyncConnection, enquiry_id: str, now: datetime) -> Enquiry:
    """Close an enquiry for who made it: no more texts come. Raises EnquiryGoneError."""
    before = await store.load(connection, enquiry_id, to_change=True)
    if before.state is State.DRAFT:
        raise EnquiryGoneError("it was never sent")
    if before.state is State.CLOSED:
        return before
    values = {"state": State.CLOSED, "closed_at": now}
    await connection.execute(update(enquiry).where(enquiry.c.id == enquiry_id).values(values))
    await connection.execute(delete(job).where(*_clocks_of(enquiry_id)))
    await changes.announce(connection, changes.ENQUIRIES, changes.about_chat(before.chat_id))
    return replace(before, state=State.CLOSED, closed_at=now)


async def withdraw_all(connection: AsyncConnection, chat_id: str, now: datetime) -> None:
    """Close all that a chat asked: it is deleted (R4, R26)."""
    for one in await store.of_chat(connection, chat_id):
        if one.state in (State.OPEN, State.EXPIRED):
            await close(connection, one.id, now)


async def bring_back(connection: AsyncConnection, chat_id: str, closed_at: datetime, now: datetime) -> None:
    """Open again what the deletion of the chat closed; texts whose time is past do not come any more."""
    for one in await store.of_chat(connection, chat_id):
        if one.state is State.CLOSED and one.closed_at == closed_at:
            values = {"state": State.OPEN, "closed_at": None}
            await connection.execute(update(enquiry).where(enquiry.c.id == one.id).values(values))
            await texts.queue(connection, one)
            await connection.execute(delete(job).where(*_clocks_of(one.id), job.c.run_at <= now))


def _clocks_of(enquiry_id: str) -> tuple[ColumnElement[bool], ...]:
    return job.c.queue == Queue.CLOCK, job.c.lane == texts.lane_of(enquiry_id)


async def _hours(connection: AsyncConnection, vault: Vault, enquiry_id: str) -> tuple[str, ...]:
    value = (await facts_of(connection, vault, enquiry_id)).get(Field.REACH_HOURS, {})
    return tuple(str(code) for code in value.get("codes", ()))


async def _keep_recordings(connection: AsyncConnection, vault: Vault, filed: Enquiry) -> None:
    told = await facts_of(connection, vault, filed.id)
    spoken = [str(value["media"]) for value in told.values() if "media" in value]
    if spoken and filed.lapses_at:
        await media.keep_until(connection, spoken, filed.lapses_at)


async def _tell_staff(connection: AsyncConnection, vault: Vault, whose: Chat, filed: Enquiry, now: datetime) -> None:
    """Call a person; one too many stands on the board with its flag, and calls nobody a second time."""
    await changes.announce(connection, changes.ENQUIRIES, changes.about_chat(filed.chat_id))
    if filed.is_over_quota:
        await flags.note(connection, vault, whose, Flag.OVER_QUOTA, now)
        return
    raised, is_new = await alerts.raise_alert(connection, filed.chat_id, Urgency.HIGH, ALERT, now)
    if is_new:
        await alerts.start_ladder(connection, raised, now, tell_first=True)
