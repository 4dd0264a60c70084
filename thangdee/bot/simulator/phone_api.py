"""Phones over HTTP, for the page and for tests in other processes."""

# ruff: noqa: FAST003 - the dependency `known_phone` reads phone_id

from collections.abc import Callable
from typing import Annotated, Any, cast
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field

from thangdee.bot.simulator import screen_json, streams
from thangdee.bot.simulator.phone import BotIsBlockedError, NoSuchButtonError, Phone
from thangdee.bot.simulator.telegram import FakeTelegram
from thangdee.bot.simulator.webm import as_voice_note

_BIGGEST_UPLOAD = 25 * 1024 * 1024
_FIRST_BYTES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"OggS": "audio/ogg", b"RIFF": "audio/wav"}


class NewPhone(BaseModel):
    """A person to make up."""

    label: str | None = Field(default=None, max_length=64)
    kind: str = Field(default="migrant", pattern="^(migrant|family)$")


class Words(BaseModel):
    """A text to write or to change a message to."""

    text: str = Field(min_length=1, max_length=65_536)


class Press(BaseModel):
    """A button, by label, number or data."""

    button: str | int
    message_id: int | None = None


class Place(BaseModel):
    """A place in degrees."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


def same_origin(request: Request) -> None:
    """Refuse what another web site's page sends."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(403, "another origin")


def the_fake(request: Request) -> FakeTelegram:
    """The fake Telegram of the app."""
    return cast("FakeTelegram", request.app.state.telegram)


Fake = Annotated[FakeTelegram, Depends(the_fake)]


def known_phone(phone_id: int, fake: Fake) -> Phone:
    """The phone of a path; 404 without one."""
    phone = fake.phones.get(phone_id)
    if phone is None:
        raise HTTPException(404, "no such phone")
    return phone


Known = Annotated[Phone, Depends(known_phone)]
router = APIRouter(prefix="/phones", dependencies=[Depends(same_origin)], include_in_schema=False)


@router.get("")
async def list_phones(fake: Fake) -> list[dict[str, Any]]:
    """All phones, oldest first."""
    return [screen_json.summary(phone) for phone in fake.phones.values()]


@router.post("", status_code=201)
async def make_phone(new: NewPhone, fake: Fake) -> dict[str, Any]:
    """Make up one more person."""
    return screen_json.summary(fake.new_phone(new.label, kind=new.kind))


@router.get("/events")
async def follow_all(fake: Fake) -> StreamingResponse:
    """Stream the list of phones."""
    return streams.as_stream(streams.all_phones(fake))


@router.post("/{phone_id}/start")
async def start(phone: Known) -> JSONResponse:
    """Tap Start."""
    return _act(phone.start)


@router.post("/{phone_id}/text")
async def write(phone: Known, words: Words) -> JSONResponse:
    """Write a text."""
    return _act(lambda: phone.text(words.text))


@router.post("/{phone_id}/press")
async def press(phone: Known, which: Press) -> JSONResponse:
    """Tap a button."""
    return _act(lambda: phone.press(which.button, message_id=which.message_id))


@router.post("/{phone_id}/location")
async def share_place(phone: Known, place: Place) -> JSONResponse:
    """Send a place."""
    return _act(lambda: phone.location(place.latitude, place.longitude))


@router.post("/{phone_id}/messages/{message_id}")
async def edit(phone: Known, message_id: int, words: Words) -> JSONResponse:
    """Change an own message."""
    return _act(lambda: phone.edit(message_id, words.text))


@router.post("/{phone_id}/block")
async def block(phone: Known) -> JSONResponse:
    """Block the bot."""
    return _act(phone.block)


@router.post("/{phone_id}/unblock")
async def unblock(phone: Known) -> JSONResponse:
    """Unblock the bot."""
    return _act(phone.unblock)


@router.post("/{phone_id}/voice")
async def send_voice(
    phone: Known,
    request: Request,
    seconds: Annotated[int, Query(ge=0, le=3600)] = 2,
) -> JSONResponse:
    """Send the body as a voice note; an empty body sends silence."""
    content = await _body(request)
    return _act(lambda: phone.voice(as_voice_note(content), seconds=seconds) if content else phone.voice(seconds))


@router.post("/{phone_id}/photo")
async def send_photo(phone: Known, request: Request) -> JSONResponse:
    """Send the body as a photo; an empty body sends a made-up one."""
    content = await _body(request)
    return _act(lambda: phone.photo(content) if content else phone.photo())


@router.get("/{phone_id}/screen")
async def look(phone: Known) -> dict[str, Any]:
    """Give the whole screen."""
    return screen_json.screen(phone)


@router.get("/{phone_id}/media/{file_id}")
async def media(phone: Known, file_id: str) -> Response:
    """Give a file that is on the screen, typed by its first bytes so that no upload is served as a page."""
    on_screen = {bubble.media.file_id: bubble.media for bubble in phone.screen().messages if bubble.media}
    found = on_screen.get(file_id)
    if found is None:
        raise HTTPException(404, "no such file")
    kind = next((mime for start, mime in _FIRST_BYTES.items() if found.content.startswith(start)), None)
    plain = kind if kind and found.kind != "document" else "application/octet-stream"
    return Response(found.content, media_type=plain, headers={"X-Content-Type-Options": "nosniff"})


@router.get("/{phone_id}/events")
async def follow(
    phone: Known,
    fake: Fake,
    last_event_id: Annotated[str | None, Header()] = None,
    since: Annotated[int, Query(ge=0)] = 0,
) -> StreamingResponse:
    """Stream the changes of a screen after Last-Event-ID, or after `since`."""
    after = int(last_event_id) if last_event_id and last_event_id.isdecimal() else since
    return streams.as_stream(streams.screen_changes(fake, phone, after))


def _act(act: Callable[[], int | None]) -> JSONResponse:
    try:
        return JSONResponse({"ok": True, "update_id": act()})
    except BotIsBlockedError:
        return JSONResponse({"ok": False, "error": "this person has blocked the bot"}, 409)
    except (NoSuchButtonError, KeyError):
        return JSONResponse({"ok": False, "error": "not on the screen any more"}, 404)
    except ValueError as error:
        return JSONResponse({"ok": False, "error": str(error)}, 400)


async def _body(request: Request) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > _BIGGEST_UPLOAD:
            raise HTTPException(413, "too big")
    return bytes(content)
