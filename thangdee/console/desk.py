"""The staff desk: who waits, what was said, taking over, answering, handing back.

Sign-in, roles and the audit come with the full console (R31-R38); until then the desk opens only in the
demo, whose people are made up.
"""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from thangdee.casework import conversations, duty
from thangdee.casework.conversations import NotHeldError, Talk, UnfitWordsError
from thangdee.console.desk_view import AboutAnswer, chat_name, meaning, shown_lines, span, topic
from thangdee.console.directory.card import ChatCard, plain_card
from thangdee.console.directory.pages import add_directory
from thangdee.console.headers import SafeHeaders, SameOrigin
from thangdee.console.lessons_page import NOTICES, Teaching, add_lessons, beside_lines, label
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.errors import NotReadyError, SealBrokenError, StoreAwayError
from thangdee.core.vault import Vault
from thangdee.core.words import LANGUAGES, LOCALES

_FOLDER = Path(__file__).parent
# Without sign-in there is one staff member.
_STAFF = "desk"
_SHIFT = timedelta(hours=8)
_NOTICES = {name: f"desk.notice.{name}" for name in ("sent", "taken", "not_held", "unfit_words")} | NOTICES
_LANGUAGE_NAMES = {"lo": "ລາວ", "th": "ไทย", "en": "English"}

ChatId = Annotated[str, Form(max_length=32)]
Viewed = Annotated[str, Form(max_length=2)]


def desk_app(
    database: Database,
    vault: Vault,
    clock: Clock,
    *,
    about_answer: AboutAnswer,
    demo: bool,
    teaching: Teaching | None = None,
    chat_card: ChatCard = plain_card,
) -> FastAPI:
    """Return the desk, to be mounted under a path of its own. Raises NotReadyError outside the demo."""
    if not demo:
        raise NotReadyError("the staff desk has no sign-in yet: it opens only in 'thangdee demo'")
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.mount("/static/fonts", _Revalidated(directory=LOCALES / "fonts"), name="fonts")
    app.mount("/static", _Revalidated(directory=_FOLDER / "static"), name="static")
    app.add_middleware(SameOrigin)
    app.add_middleware(SafeHeaders)
    app.add_exception_handler(StoreAwayError, _store_away)
    teaching, templates = teaching or Teaching(), _templates()
    _add_page(app, _Desk(database, vault, clock, about_answer, teaching, templates))
    _add_deeds(app, database, vault, clock)
    add_lessons(app, database, vault, clock, teaching=teaching, templates=templates, me=_STAFF)
    add_directory(app, database, vault, clock, templates=templates, me=_STAFF, chat_card=chat_card)
    return app


class _Desk:
    """Reads what the page shows and renders it."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        about_answer: AboutAnswer,
        teaching: Teaching,
        templates: Environment,
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._about_answer = about_answer
        self._teaching = teaching
        self._templates = templates

    async def show(
        self, template: str, *, chat_id: str | None, line: str | None, language: str, notice: str | None
    ) -> Response:
        """Return the page, or the part of it that is asked for again and again; `line` is being corrected."""
        async with self._database.read() as connection:
            seen = await self._read(connection, chat_id, language)
        labels: dict[str, Any] = {"t": partial(label, language), "span": partial(span, language=language)}
        labels |= {
            "topic": partial(topic, language=language),
            "meaning": partial(meaning, language=language),
            "chat_name": chat_name,
            "names": _LANGUAGE_NAMES,
        }
        facts: dict[str, Any] = {
            "language": language,
            "chat_id": chat_id,
            "line_id": line,
            "notice": notice,
            "me": _STAFF,
        }
        facts |= {"notice_key": _NOTICES.get(notice or ""), "intents": self._teaching.intents}
        return HTMLResponse(self._templates.get_template(template).render(seen | labels | facts))

    async def _read(self, connection: AsyncConnection, chat_id: str | None, language: str) -> dict[str, Any]:
        now = self._clock.now()
        talk = await self._talk(connection, chat_id)
        return await beside_lines(connection, chat_id if talk else None) | {
            "queue": await conversations.queue(connection, now),
            "chats": await conversations.seen_lately(connection, now),
            "talk": talk,
            "lines": shown_lines(talk, language, self._about_answer, now) if talk else [],
            "is_someone_there": await duty.is_someone_there(connection, now),
            "backlogs": await conversations.backlogs(connection, now),
            "dead": await conversations.dead_letters(connection),
        }

    async def _talk(self, connection: AsyncConnection, chat_id: str | None) -> Talk | None:
        if chat_id is None:
            return None
        try:
            return await conversations.read(connection, self._vault, chat_id)
        except SealBrokenError:
            return None  # erased while we looked


def _add_page(app: FastAPI, desk: _Desk) -> None:
    @app.get("/")
    async def page(
        request: Request, chat: str | None = None, line: str | None = None, lang: str = "en", notice: str | None = None
    ) -> Response:
        """The desk; htmx asks for the moving part only."""
        template = "desk.html" if "hx-request" in request.headers else "page.html"
        language = lang if lang in LANGUAGES else "en"
        shown = notice if notice in _NOTICES else None
        return await desk.show(template, chat_id=chat or None, line=line or None, language=language, notice=shown)


def _add_deeds(app: FastAPI, database: Database, vault: Vault, clock: Clock) -> None:
    @app.post("/take")
    async def take(chat: ChatId, lang: Viewed) -> Response:
        async with database.write() as connection:
            is_mine = await conversations.take_over(connection, vault, chat, _STAFF, clock.now())
        return _back(chat, lang, None if is_mine else "taken")

    @app.post("/reply")
    async def reply(chat: ChatId, lang: Viewed, words: Annotated[str, Form()] = "") -> Response:
        try:
            async with database.write() as connection:
                await conversations.reply(connection, vault, chat, _STAFF, words, clock.now())
        except (NotHeldError, UnfitWordsError) as error:
            return _back(chat, lang, error.code)
        return _back(chat, lang, "sent")

    @app.post("/back")
    async def back(chat: ChatId, lang: Viewed) -> Response:
        async with database.write() as connection:
            was_mine = await conversations.hand_back(connection, vault, chat, _STAFF, clock.now())
        return _back(chat, lang, None if was_mine else "not_held")

    @app.post("/duty")
    async def on_duty(lang: Viewed, is_there: Annotated[bool, Form()], chat: ChatId = "") -> Response:
        async with database.write() as connection:
            if is_there:
                await duty.start(connection, _STAFF, clock.now() + _SHIFT)
            else:
                await duty.end(connection, _STAFF)
        return _back(chat, lang, None)


class _Revalidated(StaticFiles):
    """Files that a browser may keep, but asks about each time."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        return response


def _templates() -> Environment:
    loader = FileSystemLoader(_FOLDER / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _back(chat: str, language: str, notice: str | None) -> Response:
    """Return to the page, so that a reload does not repeat what was done."""
    query = {"chat": chat, "lang": language, "notice": notice or ""}
    return RedirectResponse("./?" + urlencode({name: value for name, value in query.items() if value}), 303)


async def _store_away(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse("The database does not answer.", 503)
