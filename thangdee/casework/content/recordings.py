"""Recordings: a text read out by a person, published by a second one, sent after the text (R59).

It stands for the very words that were read out. Once the text reads otherwise, it is kept and no longer sent.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.content.tables import recording
from thangdee.core import words
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.recoded import Recoded
from thangdee.core.words import LANGUAGES

LONGEST_SECONDS, MOST_BYTES = 180, 3_000_000


class RecordingState(StrEnum):
    """How far a recording has come."""

    WAITING = "waiting"
    PUBLISHED = "published"
    REPLACED = "replaced"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class UnfitRecordingError(ThangdeeError):
    """It is too long, or not of a text and language that we have."""

    code = "unfit_recording"


class OwnRecordingError(ThangdeeError):
    """Another person listens and publishes."""

    code = "own_recording"


class OldRecordingError(ThangdeeError):
    """The text reads otherwise since it was recorded."""

    code = "old_recording"


class RecordingMovedError(ThangdeeError):
    """A colleague decided it meanwhile, or it is gone."""

    code = "recording_moved"


@dataclass(frozen=True)
class Recording:
    """One recording without its sound. `is_current`: the text still reads as it was read out."""

    id: str
    key: str
    language: str
    state: RecordingState
    seconds: int
    uploaded_by: str
    uploaded_at: datetime
    is_current: bool


@dataclass(frozen=True)
class Sound:
    """What is sent: Telegram's own name for it where it was sent before, else the MP3."""

    content: bytes
    seconds: int
    telegram_file_id: str | None


async def add(connection: AsyncConnection, key: str, language: str, made: Recoded, by: str, now: datetime) -> str:
    """Keep a recording for the second person and return its id; one that waited before it is refused.

    `made` comes out of cleaning.clean. Raises UnfitRecordingError.
    """
    is_fit = language in LANGUAGES and words.has(key) and 0 < (made.seconds or 0) <= LONGEST_SECONDS
    if not is_fit or len(made.content) > MOST_BYTES:
        raise UnfitRecordingError("this cannot be a recording")
    place = _place(key, language)
    before = update(recording).where(recording.c.open_for == place)
    await connection.execute(before.values(state=RecordingState.REFUSED, open_for=None, decided_by=by, decided_at=now))
    recording_id = new_uid()
    values: dict[str, Any] = {"id": recording_id, "key": key, "language": language, "open_for": place}
    values |= {"state": RecordingState.WAITING, "sound": base64.b64encode(made.content).decode()}
    values |= {"seconds": made.seconds, "words_then": words_now(key, language), "uploaded_by": by, "uploaded_at": now}
    await connection.execute(insert(recording).values(values))
    return recording_id


async def publish(connection: AsyncConnection, recording_id: str, by: str, now: datetime) -> Recording:
    """Let it be sent from now on. Raises OwnRecordingError, OldRecordingError, RecordingMovedError."""
    waiting = await _locked(connection, recording_id, RecordingState.WAITING)
    if waiting.uploaded_by == by:
        raise OwnRecordingError("another person must listen to it")
    if not waiting.is_current:
        raise OldRecordingError("the text reads otherwise now")
    place = _place(waiting.key, waiting.language)
    before = update(recording).where(recording.c.live_for == place)
    await connection.execute(before.values(state=RecordingState.REPLACED, live_for=None))
    values = {"open_for": None, "live_for": place, "decided_by": by, "decided_at": now}
    await _change(connection, recording_id, state=RecordingState.PUBLISHED, **values)
    return waiting


async def take_back(connection: AsyncConnection, recording_id: str, by: str, now: datetime) -> Recording:
    """Refuse one that waits, or send one no longer: one person is enough, the text stays.

    Raises RecordingMovedError.
    """
    found = await _locked(connection, recording_id, RecordingState.WAITING, RecordingState.PUBLISHED)
    state = RecordingState.REFUSED if found.state is RecordingState.WAITING else RecordingState.WITHDRAWN
    values = {"open_for": None, "live_for": None, "decided_by": by, "decided_at": now}
    await _change(connection, recording_id, state=state, **values)
    return found


async def standing(connection: AsyncConnection, key: str | None = None) -> list[Recording]:
    """Return what waits and what is published, of one text or of all."""
    stands = recording.c.open_for.is_not(None) | recording.c.live_for.is_not(None)
    query = _listed().where(stands).order_by(recording.c.key, recording.c.uploaded_at)
    return await _read(connection, query.where(recording.c.key == key) if key else query)


async def to_send(connection: AsyncConnection, key: str, language: str) -> str | None:
    """Return the id of the recording that goes with this text now."""
    found = await _read(connection, _listed().where(recording.c.live_for == _place(key, language)))
    return next((one.id for one in found if one.is_current), None)


async def sound_of(connection: AsyncConnection, recording_id: str) -> Sound | None:
    """Return the sound, None where the recording is gone."""
    columns = (recording.c.sound, recording.c.seconds, recording.c.telegram_file_id)
    row = (await connection.execute(select(*columns).where(recording.c.id == recording_id))).one_or_none()
    return None if row is None else Sound(base64.b64decode(row.sound), row.seconds, row.telegram_file_id)


async def note_file_id(connection: AsyncConnection, recording_id: str, file_id: str | None) -> None:
    """Remember Telegram's name for it, or forget a name that Telegram does not know any more."""
    await _change(connection, recording_id, telegram_file_id=file_id)


def words_now(key: str, language: str) -> str:
    """Return what changes when the text reads otherwise."""
    return hashlib.sha256(words.text(key, language).encode()).hexdigest()


def _place(key: str, language: str) -> str:
    return f"{key}:{language}"


def _listed() -> Select[Any]:
    return select(*(column for column in recording.c if column is not recording.c.sound))


async def _locked(connection: AsyncConnection, recording_id: str, *states: RecordingState) -> Recording:
    found = await _read(connection, _listed().where(recording.c.id == recording_id).with_for_update())
    if not found or found[0].state not in states:
        raise RecordingMovedError("decided meanwhile")
    return found[0]


async def _change(connection: AsyncConnection, recording_id: str, **values: object) -> None:
    await connection.execute(update(recording).where(recording.c.id == recording_id).values(values))


async def _read(connection: AsyncConnection, query: Select[Any]) -> list[Recording]:
    return [_recording(row) for row in (await connection.execute(query)).all()]


def _recording(row: Row[Any]) -> Recording:
    is_current = words.has(row.key) and row.words_then == words_now(row.key, row.language)
    return Recording(
        row.id, row.key, row.language, RecordingState(row.state), row.seconds, row.uploaded_by, row.uploaded_at,
        is_current,
    )  # fmt: skip
