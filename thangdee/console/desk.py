"""The desk: who waits, whose chats are mine, and one chat with all that stands beside it."""

from datetime import datetime
from functools import partial
from typing import Any

from fastapi import FastAPI, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import conversations, duty, held_replies, known, media, notes, shares
from thangdee.casework.consent import Purpose
from thangdee.casework.conversations import Talk
from thangdee.casework.shares import Reach
from thangdee.casework.staff import accounts
from thangdee.casework.staff.accounts import Account
from thangdee.casework.staff.roles import Permission, permissions_of
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console import talk_deeds
from thangdee.console.access import Viewer, needs
from thangdee.console.desk_view import chat_name, clock, meaning, shown_lines, span, topic, why_not_sent
from thangdee.console.directory.view import place_name, term_names
from thangdee.console.duty_page import there
from thangdee.console.lessons_page import Teaching, beside_lines
from thangdee.console.shared import Console, go_to, language_of_page
from thangdee.core import words
from thangdee.core.errors import SealBrokenError

# What may be asked on the person's behalf, and the words to read out.
_CONSENTS = tuple((purpose.value, f"consent.{purpose}") for purpose in (Purpose.TALK_TO_STAFF, Purpose.KEEP_CHAT))
# Where somebody goes who has no desk.
_FIRST_PAGES = (
    (Permission.ANSWER_REFERRALS, "/inbox"),
    (Permission.READ_AUDIT, "/audit"),
    (Permission.MANAGE_STAFF, "/staff"),
    (Permission.READ_DIRECTORY, "/directory"),
)


def add_desk(app: FastAPI, console: Console, teaching: Teaching) -> None:
    """Add the desk and the parts of it that a page asks for again."""
    desk = _Desk(console, teaching)

    @app.get("/")
    @needs(Permission.OWN_ACCOUNT)
    async def first(request: Request, viewer: Viewer, notice: str = "") -> Response:
        """The queue and one's own chats; who has no desk is led to a first page."""
        if Permission.SEE_QUEUE not in viewer.permissions:
            path = next((path for permission, path in _FIRST_PAGES if permission in viewer.permissions), "/account")
            return go_to(request, path, notice=notice)
        return await desk.show(request, viewer, "desk.html", notice=notice)

    @app.get("/chats/{chat}")
    @needs(Permission.TALK)
    async def talk(request: Request, viewer: Viewer, chat: str, line: str = "", notice: str = "") -> Response:
        """One chat, with the queue beside it."""
        return await desk.show(request, viewer, "desk.html", chat=chat, line=line, notice=notice)

    @app.get("/parts/queue")
    @needs(Permission.SEE_QUEUE)
    async def queue_part(request: Request, viewer: Viewer, chat: str = "") -> Response:
        """The queue and one's own chats alone."""
        return await desk.show_queue(request, viewer, chat)

    @app.get("/parts/chats/{chat}/facts")
    @needs(Permission.TALK)
    async def facts_part(request: Request, viewer: Viewer, chat: str) -> Response:
        """What is known of a person, and the notes, alone."""
        return await desk.show(request, viewer, "facts.html", chat=chat)

    @app.get("/parts/chats/{chat}")
    @needs(Permission.TALK)
    async def talk_part(request: Request, viewer: Viewer, chat: str, line: str = "") -> Response:
        """One chat alone."""
        return await desk.show(request, viewer, "talk.html", chat=chat, line=line)


class _Desk:
    """Reads what the page shows and renders it."""

    def __init__(self, console: Console, teaching: Teaching) -> None:
        self._console = console
        self._teaching = teaching

    async def show(
        self, request: Request, viewer: SignedIn, template: str, *, chat: str = "", line: str = "", notice: str = ""
    ) -> Response:
        """Return the page, or one chat of it."""
        seen = await self._look(request, viewer, chat, line, with_queue=template == "desk.html")
        if template != "desk.html" and seen["talk"] is None:
            return Response(status_code=404)
        return self._console.page(request, template, notice=notice or None, **seen)

    async def show_queue(self, request: Request, viewer: SignedIn, chat: str) -> Response:
        """Return the queue."""
        async with self._console.database.read() as connection:
            seen = await self._queue(connection, viewer)
        return self._console.page(
            request, "queue.html", chat_id=chat, **seen, **_labels(request, self._console.clock.now())
        )

    async def _look(
        self, request: Request, viewer: SignedIn, chat: str, line: str, *, with_queue: bool
    ) -> dict[str, Any]:
        reach = await talk_deeds.look(self._console, viewer, chat) if chat else None
        async with self._console.database.read() as connection:
            queue = await self._queue(connection, viewer) if with_queue else {}
            talk = await self._talk(connection, request, viewer, chat, reach) if reach else None
        return _labels(request, self._console.clock.now()) | queue | (talk or {"talk": None}) | {
            "chat_id": chat, "line_id": line,
        }  # fmt: skip

    async def _queue(self, connection: AsyncConnection, viewer: SignedIn) -> dict[str, Any]:
        now = self._console.clock.now()
        return {
            "queue": await conversations.queue(connection, now),
            "mine": await shares.own_chats(connection, viewer, now),
            **await there(connection, viewer, now),
            "staff_names": await accounts.names(connection),
            "me": viewer.staff_id,
        }

    async def _talk(
        self, connection: AsyncConnection, request: Request, viewer: SignedIn, chat: str, reach: Reach
    ) -> dict[str, Any] | None:
        console, now = self._console, self._console.clock.now()
        try:
            talk = await conversations.read(connection, console.vault, chat)
            beside = await self._beside(connection, talk, now) if talk else {}
        except SealBrokenError:
            return None  # erased while we looked
        if talk is None or beside["known"] is None:
            return None
        language, everyone = language_of_page(request), await accounts.all_staff(connection)
        return beside | {
            "talk": talk,
            "reach": reach,
            "writes": reach in (Reach.HOLDER, Reach.ASKED_IN),
            "lines": shown_lines(talk, language, console.about_answer, now),
            "files": await media.shown(connection, [line.body["media"] for line in talk.lines if "media" in line.body]),
            "in_their_language": partial(words.text, language=talk.language or "lo"),
            "consent_words": _CONSENTS,
            "on_duty_ids": set(await duty.on_duty(connection, now)),
            "colleagues": [one for one in everyone if one.id != viewer.staff_id and _can_talk(one)],
            "staff_names": {one.id: one.name for one in everyone},
            "me": viewer.staff_id,
            "intents": self._teaching.intents,
            "token": talk_deeds.new_token(),
        }

    async def _beside(self, connection: AsyncConnection, talk: Talk, now: datetime) -> dict[str, Any]:
        vault, chat = self._console.vault, talk.chat_id
        return await beside_lines(connection, chat) | {
            "known": await known.known(connection, vault, chat, talk.lines, now),
            "notes": await notes.of_chat(connection, vault, chat),
            "held": await held_replies.of_chat(connection, vault, chat, now),
            "asked_in": await shares.in_it(connection, chat),
        }


def _can_talk(account: Account) -> bool:
    return account.ended_at is None and Permission.TALK in permissions_of(account.roles)


def _labels(request: Request, now: datetime) -> dict[str, Any]:
    language = language_of_page(request)
    return {
        "span": partial(span, language=language),
        "topic": partial(topic, language=language),
        "meaning": partial(meaning, language=language),
        "place_name": partial(place_name, language=language),
        "chat_name": chat_name,
        "why": partial(why_not_sent, language=language),
        "clock": partial(clock, now=now),
        "need_name": lambda need: term_names("need", [need], language)[0],
    }
