"""Delivery: a message of staff goes into the outbox and the transcript; what became of it; another try."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import transcripts
from thangdee.casework.chats import Chat
from thangdee.casework.transcripts import Direction, Line, said
from thangdee.core import changes, outbox
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import GIVEN_UP, Job, JobState, Queue, job, new_uid
from thangdee.core.outbox import DROPPED, STAFF_WORDS
from thangdee.core.vault import Vault
from thangdee.core.words import text


class NothingToResendError(ThangdeeError):
    """The message went out meanwhile, is being tried again already, or its words are no longer kept."""

    code = "nothing_to_resend"


class SendingState(StrEnum):
    """What became of a message. `dropped`: a bot's reply that was not sent because a person took the chat over."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    BLOCKED = "blocked"
    DROPPED = "dropped"


# A message that ended without being sent says why.
_ENDED = {DROPPED: SendingState.DROPPED, GIVEN_UP: SendingState.FAILED}


@dataclass(frozen=True)
class Sending:
    """One message on its way. `error_code`: why the last try failed. `tries`: so far. `at`: when it was written."""

    job_uid: str
    state: SendingState
    error_code: str | None = None
    tries: int = 0
    at: datetime | None = None


async def tell(
    connection: AsyncConnection,
    vault: Vault,
    whose: Chat,
    body: dict[str, Any],
    now: datetime,
    *,
    is_kept: bool,
    staff_id: str | None = None,
    words: str | None = None,
    dedupe: str | None = None,
) -> bool:
    """Queue a message of staff; False if one with this `dedupe` was queued before.

    `body`: {"text"} or {"say": [keys], "values"?}, as the transcript keeps it. `words`: what is sent, where it is more
    than the body says, such as an answer with its numbers.
    """
    uid = new_uid()
    language = whose.language or "lo"
    message: dict[str, Any] = {"to": whose.address, "text": words or words_of(body, language)}
    if "say" in body:
        message["spoken"] = [body["say"][0], language]  # its recording follows, where there is one
    # Not a reply of the bot: that kind is dropped while a person holds the chat.
    is_new = await outbox.post(
        connection, vault, lane=whose.chat_key, key_id=whose.key_id, kind=STAFF_WORDS, body=message, now=now,
        dedupe=dedupe, uid=uid,
    )  # fmt: skip
    if is_new and is_kept:
        line = Line(Direction.STAFF, now, body, staff_id=staff_id, job_uid=uid)
        await transcripts.keep(connection, vault, whose, line)
    await changes.announce(connection, changes.about_chat(whose.id))
    return is_new


def words_of(body: dict[str, Any], language: str) -> str:
    """Return the words of a body in the person's language."""
    if "text" in body:
        return str(body["text"])
    return "\n\n".join(text(key, language, **body.get("values", {})) for key in body["say"])


async def of_lines(connection: AsyncConnection, lines: Iterable[Line]) -> dict[str, Sending]:
    """Return what became of the lines that we sent, by the id of the line."""
    sent = {line.job_uid: line.id for line in lines if line.job_uid and line.direction is not Direction.IN}
    found = await connection.execute(select(job).where(job.c.uid.in_(list(sent))))
    # Jobs are forgotten after 30 days: of older lines nothing is said.
    return {sent[row.uid]: _sending(row) for row in found}


async def not_kept(connection: AsyncConnection, whose: Chat) -> tuple[Sending, ...]:
    """Return staff's messages that did not go out and stand in no transcript: the person did not agree to one."""
    kept = select(said.c.job_uid).where(said.c.chat_id == whose.id, said.c.job_uid.is_not(None))
    open_ones = job.c.state.in_([JobState.READY, JobState.RUNNING, JobState.DEAD])
    query = select(job).where(job.c.key_id == whose.key_id, job.c.kind == STAFF_WORDS, open_ones)
    rows = await connection.execute(query.where(job.c.uid.not_in(kept)).order_by(job.c.id))
    return tuple(_sending(row) for row in rows)


async def resend(connection: AsyncConnection, vault: Vault, whose: Chat, job_uid: str, now: datetime) -> None:
    """Try a message of staff again that was given up; of two who ask at once, one does. Raises NothingToResendError."""
    given_up = and_(
        job.c.uid == job_uid, job.c.key_id == whose.key_id, job.c.kind == STAFF_WORDS, job.c.state == JobState.DEAD
    )
    row = (await connection.execute(select(job).where(given_up, job.c.sealed_body.is_not(None)))).one_or_none()
    values = {"state": JobState.DONE, "sealed_body": None, "error_code": "resent"}
    if row is None or (await connection.execute(update(job).where(given_up).values(values))).rowcount != 1:
        raise NothingToResendError("it went out meanwhile, or its words are no longer kept")
    body, uid = await outbox.read_body(connection, vault, _as_job(row)), new_uid()
    await outbox.post(
        connection, vault, lane=whose.chat_key, key_id=whose.key_id, kind=STAFF_WORDS, body=body, now=now, uid=uid
    )
    await connection.execute(update(said).where(said.c.job_uid == job_uid).values(job_uid=uid))
    await changes.announce(connection, changes.QUEUE, changes.about_chat(whose.id))


def _sending(row: Row[Any]) -> Sending:
    state = _state_of(row)
    why = row.error_code if state in (SendingState.WAITING, SendingState.FAILED) else None
    return Sending(row.uid, state, why, row.attempts, row.created_at)


def _state_of(row: Row[Any]) -> SendingState:
    if row.state == JobState.DONE:
        return _ENDED.get(row.error_code, SendingState.SENT)
    if row.state == JobState.DEAD:
        return SendingState.BLOCKED if row.error_code == "blocked" else SendingState.FAILED
    return SendingState.WAITING


def _as_job(row: Row[Any]) -> Job:
    return Job(
        row.id, row.uid, Queue(row.queue), row.lane, row.kind, row.key_id, row.sealed_body, row.attempts, row.created_at
    )
