"""Recordings of a text: sent up by one person, heard and published by another."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, File, Form, Request, Response, UploadFile
from fastapi.responses import PlainTextResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.cleaning import CleaningFailedError, clean
from thangdee.casework.content import recordings
from thangdee.casework.content.recordings import (
    MOST_BYTES,
    OldRecordingError,
    OwnRecordingError,
    Recording,
    RecordingMovedError,
    UnfitRecordingError,
)
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.content.desk import NOTICE, Act, ContentDesk, Work
from thangdee.console.media_routes import ranged
from thangdee.console.shared import go_to
from thangdee.core.recoded import Recoded, UnfitFileError

_REFUSALS = (OldRecordingError, OwnRecordingError, RecordingMovedError)

Id = Annotated[str, Form(max_length=32)]


def add_recordings(app: FastAPI, desk: ContentDesk) -> None:
    """Add listening, sending up, publishing, taking back."""

    @app.get("/content/recordings/{recording_id}")
    @needs(Permission.READ_CONTENT)
    async def listen(request: Request, recording_id: str) -> Response:
        async with desk.console.database.read() as connection:
            sound = await recordings.sound_of(connection, recording_id)
        if sound is None:
            return PlainTextResponse("There is no such file.", 404)
        return ranged(sound.content, "audio/mpeg", request.headers.get("range", ""))

    @app.post("/content/text/{key}/recording")
    @needs(Permission.EDIT_CONTENT)
    async def add(
        request: Request, viewer: Viewer, key: str, sound: Annotated[UploadFile, File()],
        language: Annotated[str, Form(max_length=2)] = "",
    ) -> Response:  # fmt: skip
        content = await sound.read(MOST_BYTES + 1)
        return await _add(desk, request, viewer, (key, language), content)

    @app.post("/content/text/{key}/recording/publish")
    @needs(Permission.EDIT_CONTENT)
    async def publish(request: Request, viewer: Viewer, key: str, recording: Id = "") -> Response:
        act = Act(
            "recording:publish", key,
            _of_this(key, recordings.publish, recording, viewer.staff_id),
            f"/content/text/{key}", "recording_published",
        )  # fmt: skip
        return await desk.do(request, viewer, act, *_REFUSALS)

    @app.post("/content/text/{key}/recording/take-back")
    @needs(Permission.EDIT_CONTENT)
    async def take_back(request: Request, viewer: Viewer, key: str, recording: Id = "") -> Response:
        act = Act(
            "recording:take_back", key,
            _of_this(key, recordings.take_back, recording, viewer.staff_id),
            f"/content/text/{key}", "recording_gone",
        )  # fmt: skip
        return await desk.do(request, viewer, act, *_REFUSALS)


async def _add(
    desk: ContentDesk, request: Request, viewer: SignedIn, place: tuple[str, str], content: bytes
) -> Response:
    key, language = place
    then = f"/content/text/{key}"
    if desk.library.about(key) is None:
        return desk.page(request, "gone", status=404)
    try:
        made = await _made_anew(content)
    except (UnfitFileError, UnfitRecordingError, CleaningFailedError):
        return go_to(request, then, notice=f"{NOTICE}{UnfitRecordingError.code}")
    act = Act(
        "recording:add", key,
        lambda connection, now: recordings.add(connection, key, language, made, viewer.staff_id, now),
        then, "recorded", tells_others=True,
    )  # fmt: skip
    return await desk.do(request, viewer, act, UnfitRecordingError)


def _of_this(key: str, decide: Callable[..., Awaitable[Recording]], recording: str, by: str) -> Work:
    """Return the decision on a recording of this very text: the audit names the text that it is of."""

    async def work(connection: AsyncConnection, now: datetime) -> None:
        if (await decide(connection, recording, by, now)).key != key:
            raise RecordingMovedError("a recording of another text")

    return work


async def _made_anew(content: bytes) -> Recoded:
    """Return the sound alone, as MP3, whatever came (R58). Raises UnfitRecordingError, UnfitFileError."""
    if not 0 < len(content) <= MOST_BYTES:
        raise UnfitRecordingError("nothing, or too much")
    return await clean("voice", content)
