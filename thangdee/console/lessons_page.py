"""Staff correct what the bot understood, and make examples of it: on the desk's lines and on a page of its own.

The rules live in casework/corrections.py and casework/lessons.py. Without sign-in there are two made-up colleagues
to look as, so that the second look can be tried.
"""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import FastAPI, Form, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import consent, conversations, corrections, cutting, lessons
from thangdee.casework.consent import Purpose
from thangdee.casework.corrections import NotNowError, Standing
from thangdee.casework.cutting import PlaceSpans
from thangdee.casework.lessons import (
    LessonGoneError,
    LessonState,
    LineGoneError,
    NoYesError,
    OwnLessonError,
    UnfitLessonError,
    Vouched,
)
from thangdee.console.desk_view import is_words, language_of, topic
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.errors import SealBrokenError
from thangdee.core.vault import Vault
from thangdee.core.words import LANGUAGES, text

_DONE = ("corrected", "asked", "asked_before", "proposed", "approved", "refused")
_REFUSALS = (LineGoneError, NoYesError, UnfitLessonError, OwnLessonError, LessonGoneError, NotNowError)
NOTICES = {name: f"lessons.notice.{name}" for name in (*_DONE, *(error.code for error in _REFUSALS))}
_REVIEWER = "reviewer"
_LANGUAGE_NAMES = {"lo": "ລາວ", "th": "ไทย", "en": "English"}

Id = Annotated[str, Form(max_length=32)]
Viewed = Annotated[str, Form(max_length=2)]


@dataclass(frozen=True)
class Teaching:
    """What staff may say a message meant, in order, and where place names stand in a text."""

    intents: tuple[str, ...] = ()
    place_spans: PlaceSpans | None = None


def label(language: str, key: str, **values: object) -> str:
    """Return a text of the page."""
    return text(key, language, **{name: str(value) for name, value in values.items()})


async def beside_lines(connection: AsyncConnection, chat_id: str | None) -> dict[str, Any]:
    """Return what the desk shows of corrections and lessons beside the lines of a chat."""
    waiting = (await lessons.counts(connection))[LessonState.PROPOSED]
    if chat_id is None:
        return {"corrections": {}, "lesson_states": {}, "learning": Standing.NOT_ASKED, "lessons_waiting": waiting}
    return {
        "corrections": await corrections.corrections(connection, chat_id),
        "lesson_states": await lessons.states(connection, chat_id),
        "learning": await corrections.standing(connection, chat_id),
        "lessons_waiting": waiting,
    }


def add_lessons(
    app: FastAPI, database: Database, vault: Vault, clock: Clock, *, teaching: Teaching, templates: Environment, me: str
) -> None:
    """Add the routes to the desk; `me` is the staff member of the desk."""
    page = _Lessons(database, vault, teaching, templates, (me, _REVIEWER))
    _add_corrections(app, database, vault, clock, teaching=teaching, me=me)
    _add_page(app, page, database, vault, clock)
    _add_second_look(app, page, database)


@dataclass(frozen=True)
class _Viewer:
    """Who looks at the page, in which language, at which message to make an example of."""

    language: str
    colleague: str
    chat_id: str = ""
    line_id: str = ""
    entered: str | None = None
    notice: str | None = None


class _Lessons:
    """Reads what the page shows and renders it."""

    def __init__(
        self, database: Database, vault: Vault, teaching: Teaching, templates: Environment, staff: tuple[str, ...]
    ) -> None:
        self._database = database
        self._vault = vault
        self._teaching = teaching
        self._templates = templates
        self._staff = staff

    def known(self, colleague: str) -> str:
        """Return one of the made-up colleagues."""
        return colleague if colleague in self._staff else self._staff[0]

    async def show(self, viewer: _Viewer) -> Response:
        """Return the page."""
        async with self._database.read() as connection:
            seen = await self._read(connection, viewer)
        language, notice = viewer.language, viewer.notice or ""
        facts = {"t": partial(label, language), "topic": partial(topic, language=language), "names": _LANGUAGE_NAMES}
        facts |= {"language": language, "language_of": language_of, "staff": self._staff, "me": viewer.colleague}
        facts |= {"chat_id": viewer.chat_id, "line_id": viewer.line_id, "longest": lessons.LONGEST}
        facts |= {"notice": notice, "notice_key": NOTICES.get(notice)}
        return HTMLResponse(self._templates.get_template("lessons.html").render(seen | facts))

    async def _read(self, connection: AsyncConnection, viewer: _Viewer) -> dict[str, Any]:
        counts = await lessons.counts(connection)
        draft = await self._draft(connection, viewer.chat_id, viewer.line_id)
        if draft and viewer.entered is not None:
            draft |= {"cut": viewer.entered}
        waiting = await lessons.proposed(connection, self._vault)
        return {"waiting": waiting, "ready": counts[LessonState.APPROVED], "draft": draft}

    async def _draft(self, connection: AsyncConnection, chat_id: str, line_id: str) -> dict[str, str] | None:
        """Return the words, their proposed cut and meaning; None without a yes or once an example was made of them."""
        intent = (await corrections.corrections(connection, chat_id)).get(line_id)
        is_made = line_id in await lessons.states(connection, chat_id)
        if intent is None or is_made or not await consent.allows(connection, chat_id, Purpose.RESEARCH):
            return None
        try:
            talk = await conversations.read(connection, self._vault, chat_id)
        except SealBrokenError:
            return None  # erased while we looked
        lines = talk.lines if talk else ()
        words = next((str(line.body["text"]) for line in lines if line.id == line_id and is_words(line)), None)
        if words is None:
            return None
        return {"intent": intent, "words": words, "cut": cutting.cut(words, self._teaching.place_spans)}


def _add_corrections(
    app: FastAPI, database: Database, vault: Vault, clock: Clock, *, teaching: Teaching, me: str
) -> None:
    @app.post("/correct")
    async def correct(chat: Id, line: Id, intent: Id, lang: Viewed) -> Response:
        if intent not in teaching.intents:
            return Response(status_code=422)
        try:
            async with database.write() as connection:
                await corrections.correct(connection, line, intent, me, clock.now())
        except LineGoneError as error:
            return _to_line(chat, line, lang, error.code)
        return _to_line(chat, line, lang, "corrected")

    @app.post("/ask_learning")
    async def ask(chat: Id, line: Id, lang: Viewed) -> Response:
        try:
            async with database.write() as connection:
                is_new = await corrections.ask(connection, vault, chat, me, clock.now())
        except (LineGoneError, NotNowError) as error:
            return _to_line(chat, line, lang, error.code)
        return _to_line(chat, line, lang, "asked" if is_new else "asked_before")


def _add_page(app: FastAPI, page: _Lessons, database: Database, vault: Vault, clock: Clock) -> None:
    @app.get("/lessons")
    async def show(chat: str = "", line: str = "", colleague: str = "", lang: str = "en", notice: str = "") -> Response:
        """The page of examples."""
        return await page.show(_Viewer(_known(lang), page.known(colleague), chat, line, notice=notice))

    @app.post("/propose_lesson")
    async def propose(
        chat: Id,
        line: Id,
        colleague: Id,
        lang: Viewed,
        words: Annotated[str, Form()] = "",
        is_clean: Annotated[bool, Form()] = False,
    ) -> Response:
        who = page.known(colleague)
        try:
            async with database.write() as connection:
                intent = (await corrections.corrections(connection, chat)).get(line, "")
                vouched = Vouched(words, is_clean and bool(intent), who)
                await lessons.propose(connection, vault, line, intent, vouched, clock.now())
        except UnfitLessonError as error:  # what was typed must not be lost, and stands in no address
            return await page.show(_Viewer(_known(lang), who, chat, line, entered=words, notice=error.code))
        except (LineGoneError, NoYesError, LessonGoneError) as error:
            return _to_page(lang, who, error.code)
        return _to_page(lang, who, "proposed")


def _add_second_look(app: FastAPI, page: _Lessons, database: Database) -> None:
    @app.post("/approve_lesson")
    async def approve(lesson: Id, colleague: Id, lang: Viewed) -> Response:
        who = page.known(colleague)
        try:
            async with database.write() as connection:
                await lessons.approve(connection, lesson, who)
        except (OwnLessonError, NoYesError, LessonGoneError) as error:
            return _to_page(lang, who, error.code)
        return _to_page(lang, who, "approved")

    @app.post("/refuse_lesson")
    async def refuse(lesson: Id, colleague: Id, lang: Viewed) -> Response:
        who = page.known(colleague)
        try:
            async with database.write() as connection:
                await lessons.refuse(connection, lesson, who)
        except LessonGoneError as error:
            return _to_page(lang, who, error.code)
        return _to_page(lang, who, "refused")


def _known(language: str) -> str:
    return language if language in LANGUAGES else "en"


def _to_line(chat: str, line: str, language: str, notice: str) -> Response:
    query = urlencode({"chat": chat, "lang": language, "notice": notice})
    return RedirectResponse(f"./?{query}#line-{quote(line)}", 303)


def _to_page(language: str, colleague: str, notice: str) -> Response:
    return RedirectResponse("lessons?" + urlencode({"colleague": colleague, "lang": language, "notice": notice}), 303)
