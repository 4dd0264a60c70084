"""Live pages: hints that something changed, and nothing of what; the page then fetches its parts again.

Because a part always shows what the database holds, a hint that is lost or comes twice cannot lose or double a line.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Annotated, Protocol

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import COOKIE, Gate, Viewer, needs
from thangdee.console.shared import Console
from thangdee.core import changes
from thangdee.core.change_feed import EVERYTHING, ChangeFeed, Subscription
from thangdee.core.errors import StoreAwayError

# Tells whether this viewer may see this chat: casework/shares.py.
MayRead = Callable[[AsyncConnection, str, SignedIn, datetime], Awaitable[bool]]

# R35: a session that ended is gone from the screen within 5 seconds.
_CHECK_EVERY_SECONDS = 4.0
# Even if every signal should fail.
_LOOK_EVERY_SECONDS = 20.0
# At most two hints a second, however much is going on.
_REST_SECONDS = 0.5
_ALIVE = ": here\n\n"


def add_live(app: FastAPI, console: Console, feed: ChangeFeed, may_read: MayRead) -> None:
    """Add GET /events. Its events carry no data: "queue", "mine", "chat" (the one that was asked for), "hands", "over".

    "enquiries": the board of enquiries changed, for who traces.
    "mine": somebody wrote in a chat that the viewer holds. "hands": the chat became the viewer's, or is no longer
    theirs. "over" is the last: the session is.
    """
    # A server that is to stop waits for its answers to end; these never would.
    app.state.before_shutdown = [*getattr(app.state, "before_shutdown", []), feed.end]

    @app.get("/events")
    @needs(Permission.SEE_QUEUE)
    async def events(
        request: Request, viewer: Viewer, chat: Annotated[str | None, Query(max_length=32)] = None
    ) -> Response:
        return stream(feed, _OpenDesk(session_of(request, viewer), console, may_read, viewer, chat))


def stream(feed: ChangeFeed, page: "OpenPage") -> Response:
    """Return hints for one page until its session ends."""
    # A proxy must hand each hint on at once.
    headers = {"x-accel-buffering": "no"}
    return StreamingResponse(_hints(feed, page), media_type="text/event-stream", headers=headers)


class OpenPage(Protocol):
    """One page and what its viewer may be told; asked again and again while it is open."""

    async def is_still_open(self) -> bool:
        """Tell whether the same person is signed in with the same roles."""

    async def hints(self, topics: frozenset[str]) -> str:
        """Return the events for what changed, "" for none that the viewer may hear of."""

    async def has_changed_hands(self) -> bool:
        """Tell whether the viewer's right to see it has changed since this was last asked."""


class OpenSession:
    """The session of an open page."""

    def __init__(self, gate: Gate, token: str, viewer: SignedIn) -> None:
        self._gate = gate
        self._token = token
        self._viewer = viewer

    async def is_still_open(self) -> bool:
        """Tell whether the same person is signed in with the same roles."""
        now = await self._gate.who(self._token, is_passive=True)
        return now is not None and (now.session_id, now.permissions) == (
            self._viewer.session_id,
            self._viewer.permissions,
        )


def session_of(request: Request, viewer: SignedIn) -> OpenSession:
    """Return the session with which a page was asked for."""
    return OpenSession(request.app.state.gate, request.cookies.get(COOKIE, ""), viewer)


class _OpenDesk:
    """The desk, with the chat that is open on it."""

    def __init__(
        self, session: OpenSession, console: Console, may_read: MayRead, viewer: SignedIn, chat: str | None
    ) -> None:
        self.is_still_open = session.is_still_open
        self._console = console
        self._may_read = may_read
        self._viewer = viewer
        self._chat = chat
        self._sees_chat: bool | None = None

    async def hints(self, topics: frozenset[str]) -> str:
        """Return the events for what changed: nothing about chats that are not the viewer's."""
        is_all = EVERYTHING in topics
        told = ["queue"] if is_all or changes.QUEUE in topics else []
        if not told and changes.about_staff(self._viewer.staff_id) in topics:
            told.append("mine")
        if Permission.TRACE in self._viewer.permissions and (is_all or changes.ENQUIRIES in topics):
            told.append("enquiries")
        if self._chat is not None and (is_all or changes.about_chat(self._chat) in topics):
            if await self.has_changed_hands():
                told.append("hands")
            elif is_all or self._sees_chat:
                told.append("chat")
        return "".join(event(name) for name in told)

    async def has_changed_hands(self) -> bool:
        """Ask whether the viewer may see the chat; True if that has changed since it was last asked."""
        if self._chat is None:
            return False
        before = self._sees_chat
        async with self._console.database.read() as connection:
            self._sees_chat = await self._may_read(connection, self._chat, self._viewer, self._console.clock.now())
        return before is not None and self._sees_chat != before


async def _hints(feed: ChangeFeed, page: OpenPage) -> AsyncIterator[str]:
    """Yield events until the session, the process or the page ends; a page that lost its database comes again."""
    with feed.subscribe() as heard:
        yield _ALIVE
        try:
            async for said in _until_over(heard, page):
                yield said
        except StoreAwayError:
            return


async def _until_over(heard: Subscription, page: OpenPage) -> AsyncIterator[str]:
    now = asyncio.get_running_loop().time
    check_at, look_at = now() + _CHECK_EVERY_SECONDS, now() + _LOOK_EVERY_SECONDS
    while not heard.is_over:
        said = await page.hints(await heard.wait(max(0.0, min(check_at, look_at) - now())))
        if now() >= look_at:
            heard.hear([EVERYTHING])
            look_at = now() + _LOOK_EVERY_SECONDS
        if now() >= check_at:
            if not await page.is_still_open():
                yield event("over")
                return
            said += event("hands") if await page.has_changed_hands() else _ALIVE
            check_at = now() + _CHECK_EVERY_SECONDS
        if said:
            yield said
            await asyncio.sleep(_REST_SECONDS)


def event(name: str) -> str:
    """Return one event as it is sent."""
    return f"event: {name}\ndata:\n\n"
