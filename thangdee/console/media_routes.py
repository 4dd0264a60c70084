"""The one way to a file that a person sent: signed in, allowed to read the chat, written down (R31, R58)."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import media
from thangdee.casework.media import MediaGoneError, Opened
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Gate, Viewer, needs
from thangdee.console.shared import Console
from thangdee.console.talk_doing import record
from thangdee.core.errors import SealBrokenError

MayRead = Callable[[AsyncConnection, str, SignedIn, datetime], Awaitable[bool]]

_NAMES = {"audio/mpeg": "voice.mp3", "image/jpeg": "picture.jpg"}
# Should a browser take the file for a page, that page may do nothing.
_POLICY = "sandbox; default-src 'none'; media-src 'self'; img-src 'self'"
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


def add_media(app: FastAPI, console: Console, *, may_read: MayRead) -> None:
    """Add `/media/{id}` and, for pictures, `/media/{id}/covered`: the same in a few pixels, to be shown unasked."""

    async def serve(request: Request, viewer: SignedIn, media_id: str, *, is_covered: bool) -> Response:
        try:
            opened = await _open(console, may_read, viewer, media_id, is_covered=is_covered)
        except (MediaGoneError, SealBrokenError):
            return _nothing()
        if opened is None:
            gate: Gate = request.app.state.gate
            await gate.refused(viewer, Permission.TALK)
            return _nothing()  # the same as for what is not there
        return _answer(opened, request.headers.get("range", ""))

    @app.get("/media/{media_id}")
    @needs(Permission.TALK)
    async def whole(request: Request, viewer: Viewer, media_id: str) -> Response:
        return await serve(request, viewer, media_id, is_covered=False)

    @app.get("/media/{media_id}/covered")
    @needs(Permission.TALK)
    async def covered(request: Request, viewer: Viewer, media_id: str) -> Response:
        return await serve(request, viewer, media_id, is_covered=True)


async def _open(
    console: Console, may_read: MayRead, viewer: SignedIn, media_id: str, *, is_covered: bool
) -> Opened | None:
    """Open a file and write down who did; None if it is not theirs. Raises MediaGoneError, SealBrokenError."""
    now = console.clock.now()
    async with console.database.write() as connection:
        chat_id = await media.chat_of(connection, media_id)
        if not await may_read(connection, chat_id, viewer, now):
            return None
        opened = await media.open_file(connection, console.vault, media_id, is_covered=is_covered)
        part = "covered" if is_covered else "whole"
        await record(console, connection, viewer, "media:view", chat_id, now, media=media_id, part=part)
    return opened


def _nothing() -> Response:
    return PlainTextResponse("There is no such file.", 404)


def _answer(opened: Opened, asked: str) -> Response:
    return ranged(opened.content, opened.mime, asked)


def ranged(content: bytes, mime: str, asked: str) -> Response:
    """Return a file of ours, or the part of it that `asked`, the range header, names."""
    headers = {
        "content-disposition": f'inline; filename="{_NAMES[mime]}"',
        "content-security-policy": _POLICY,
        "accept-ranges": "bytes",
    }
    whole = len(content)
    if not _RANGE.fullmatch(asked):
        return Response(content, media_type=mime, headers=headers)
    part = _part(asked, whole)
    if part is None:
        return Response(status_code=416, headers=headers | {"content-range": f"bytes */{whole}"})
    first, last = part
    headers["content-range"] = f"bytes {first}-{last}/{whole}"
    return Response(content[first : last + 1], 206, media_type=mime, headers=headers)


def _part(asked: str, whole: int) -> tuple[int, int] | None:
    """Return the first and the last byte that are asked for (RFC 9110, 14.1.2); Safari plays nothing without."""
    found = _RANGE.fullmatch(asked)
    start, end = found.groups() if found else ("", "")
    if not start:
        first, last = max(0, whole - int(end or 0)), whole - 1
    else:
        first, last = int(start), min(int(end or whole - 1), whole - 1)
    return (first, last) if first <= last and first < whole else None
