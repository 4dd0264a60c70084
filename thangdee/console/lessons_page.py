"""Staff correct what the bot understood, and make examples of it: beside the lines of a chat and on a page of its own.

The rules live in casework/corrections.py and casework/lessons.py.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import consent, conversations, corrections, cutting, lessons, shares, transcripts
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
from thangdee.casework.shares import Reach
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.desk_view import is_words, language_of, topic
from thangdee.console.shared import Console, go_to, language_of_page
from thangdee.core import audit
from thangdee.core.errors import SealBrokenError

Id = Annotated[str, Form(max_length=32)]


@dataclass(frozen=True)
class Teaching:
    """What staff may say a message meant, in order, and where place names stand in a text."""

    intents: tuple[str, ...] = ()
    place_spans: PlaceSpans | None = None


async def beside_lines(connection: AsyncConnection, chat_id: str) -> dict[str, Any]:
    """Return what the desk shows of corrections and lessons beside the lines of a chat."""
    return {
        "corrections": await corrections.corrections(connection, chat_id),
        "lesson_states": await lessons.states(connection, chat_id),
        "learning": await corrections.standing(connection, chat_id),
    }


NOTHING_BESIDE: dict[str, Any] = {"corrections": {}, "lesson_states": {}, "learning": Standing.NOT_ASKED}


def add_lessons(app: FastAPI, console: Console, teaching: Teaching) -> None:
    """Add the routes to the console."""
    page = _Lessons(console, teaching)
    _add_corrections(app, console, teaching)
    _add_page(app, console, page)
    _add_second_look(app, console)


class _Lessons:
    """Reads what the page shows and renders it."""

    def __init__(self, console: Console, teaching: Teaching) -> None:
        self._console = console
        self._teaching = teaching

    async def show(
        self, request: Request, viewer: SignedIn, *, chat: str, line: str, notice: str, entered: str | None = None
    ) -> Response:
        """Return the page; `entered` is what was typed for an example and did not fit."""
        console = self._console
        # Not a reading alone: that somebody looked at a person's words is written down (R31).
        async with console.database.write() as connection:
            counts = await lessons.counts(connection)
            draft = await self._draft(connection, viewer, chat, line)
            waiting = await lessons.proposed(connection, console.vault)
            if draft:
                await _record(connection, console, viewer, "chat:read", chat)
            if waiting:
                await _record(connection, console, viewer, "lesson:read", "")
        if draft and entered is not None:
            draft |= {"cut": entered}
        return console.page(
            request, "lessons.html", notice=f"lessons.notice.{notice}" if notice else None,
            topic=partial(topic, language=language_of_page(request)), language_of=language_of, me=viewer.staff_id,
            chat_id=chat, line_id=line, longest=lessons.LONGEST, waiting=waiting, draft=draft,
            ready=counts[LessonState.APPROVED],
        )  # fmt: skip

    async def _draft(
        self, connection: AsyncConnection, viewer: SignedIn, chat_id: str, line_id: str
    ) -> dict[str, str] | None:
        """Return the words, their proposed cut and meaning; None without a yes or once an example was made of them."""
        if not line_id or not await _may_teach(connection, chat_id, viewer, self._console.clock.now()):
            return None
        intent = (await corrections.corrections(connection, chat_id)).get(line_id)
        is_made = line_id in await lessons.states(connection, chat_id)
        if intent is None or is_made or not await consent.allows(connection, chat_id, Purpose.RESEARCH):
            return None
        try:
            talk = await conversations.read(connection, self._console.vault, chat_id)
        except SealBrokenError:
            return None  # erased while we looked
        lines = talk.lines if talk else ()
        words = next((str(line.body["text"]) for line in lines if line.id == line_id and is_words(line)), None)
        if words is None:
            return None
        return {"intent": intent, "words": words, "cut": cutting.cut(words, self._teaching.place_spans)}


def _add_corrections(app: FastAPI, console: Console, teaching: Teaching) -> None:
    @app.post("/chats/{chat}/correct")
    @needs(Permission.TALK)
    async def correct(request: Request, viewer: Viewer, chat: str, line: Id, intent: Id) -> Response:
        if intent not in teaching.intents:
            return Response(status_code=422)
        now = console.clock.now()
        try:
            async with console.database.write() as connection:
                await _need_reading(connection, chat, line, viewer, now)
                await corrections.correct(connection, line, intent, viewer.staff_id, now)
                await _record(connection, console, viewer, "lesson:correct", chat)
        except LineGoneError as error:
            return _to_line(request, chat, line, error.code)
        return _to_line(request, chat, line, "corrected")

    @app.post("/chats/{chat}/ask-learning")
    @needs(Permission.TALK)
    async def ask(request: Request, viewer: Viewer, chat: str, line: Id) -> Response:
        now = console.clock.now()
        try:
            async with console.database.write() as connection:
                await _need_reading(connection, chat, line, viewer, now)
                is_new = await corrections.ask(connection, console.vault, chat, viewer.staff_id, now)
                await _record(connection, console, viewer, "lesson:ask", chat)
        except (LineGoneError, NotNowError) as error:
            return _to_line(request, chat, line, error.code)
        return _to_line(request, chat, line, "asked" if is_new else "asked_before")


def _add_page(app: FastAPI, console: Console, page: _Lessons) -> None:
    @app.get("/lessons")
    @needs(Permission.TEACH)
    async def show(request: Request, viewer: Viewer, chat: str = "", line: str = "", notice: str = "") -> Response:
        """The page of examples."""
        return await page.show(request, viewer, chat=chat, line=line, notice=notice)

    @app.post("/lessons/propose")
    @needs(Permission.TEACH)
    async def propose(
        request: Request,
        viewer: Viewer,
        chat: Id,
        line: Id,
        words: Annotated[str, Form()] = "",
        is_clean: Annotated[bool, Form()] = False,
    ) -> Response:
        now = console.clock.now()
        try:
            async with console.database.write() as connection:
                await _need_reading(connection, chat, line, viewer, now)
                intent = (await corrections.corrections(connection, chat)).get(line, "")
                vouched = Vouched(words, is_clean and bool(intent), viewer.staff_id)
                await lessons.propose(connection, console.vault, line, intent, vouched, now)
                await _record(connection, console, viewer, "lesson:propose", chat)
        except UnfitLessonError as error:  # what was typed must not be lost, and stands in no address
            return await page.show(request, viewer, chat=chat, line=line, entered=words, notice=error.code)
        except (LineGoneError, NoYesError, LessonGoneError) as error:
            return _to_page(request, error.code)
        return _to_page(request, "proposed")


def _add_second_look(app: FastAPI, console: Console) -> None:
    @app.post("/lessons/approve")
    @needs(Permission.TEACH)
    async def approve(request: Request, viewer: Viewer, lesson: Id) -> Response:
        try:
            async with console.database.write() as connection:
                await lessons.approve(connection, lesson, viewer.staff_id)
                await _record(connection, console, viewer, "lesson:approve", lesson)
        except (OwnLessonError, NoYesError, LessonGoneError) as error:
            return _to_page(request, error.code)
        return _to_page(request, "approved")

    @app.post("/lessons/refuse")
    @needs(Permission.TEACH)
    async def refuse(request: Request, viewer: Viewer, lesson: Id) -> Response:
        try:
            async with console.database.write() as connection:
                await lessons.refuse(connection, lesson, viewer.staff_id)
                await _record(connection, console, viewer, "lesson:refuse", lesson)
        except LessonGoneError as error:
            return _to_page(request, error.code)
        return _to_page(request, "refused")


async def _need_reading(
    connection: AsyncConnection, chat_id: str, line_id: str, viewer: SignedIn, now: datetime
) -> None:
    """Go on only with a line of a chat that this viewer may read. Raises LineGoneError."""
    is_of_chat = await transcripts.chat_of(connection, line_id) == chat_id
    if not is_of_chat or not await _may_teach(connection, chat_id, viewer, now):
        raise LineGoneError("no such line in a chat of theirs")


async def _may_teach(connection: AsyncConnection, chat_id: str, viewer: SignedIn, now: datetime) -> bool:
    """Tell whether this viewer knows the chat; who broke glass reads and does nothing else (R38)."""
    return await shares.reach(connection, chat_id, viewer, now) not in (None, Reach.BREAK_GLASS)


async def _record(connection: AsyncConnection, console: Console, viewer: SignedIn, action: str, subject: str) -> None:
    now = console.clock.now()
    await audit.record(
        connection, console.vault.keyring, actor=viewer.staff_id, action=action, subject=subject, now=now
    )


def _to_line(request: Request, chat: str, line: str, notice: str) -> Response:
    return go_to(request, f"/chats/{chat}", f"line-{line}", notice=f"lessons.notice.{notice}")


def _to_page(request: Request, notice: str) -> Response:
    return go_to(request, "/lessons", notice=notice)
