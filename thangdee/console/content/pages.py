"""The pages of content: every text with its review date, and the work list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response

from thangdee.casework.content import wishes
from thangdee.casework.content.editions import Edition, open_editions
from thangdee.casework.content.library import About, Library
from thangdee.casework.content.wishes import UnfitWishError, WishGoneError
from thangdee.casework.content.work_list import is_due_soon, is_overdue, work_list
from thangdee.casework.cutting import PlaceSpans
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.content.desk import NOTICE, Act, ContentDesk, is_like, room_of, staff_names
from thangdee.console.content.editing import add_editing
from thangdee.console.content.figures import add_figures
from thangdee.console.content.not_understood import add_not_understood
from thangdee.console.content.recorded import add_recordings
from thangdee.console.content.texts import add_texts
from thangdee.console.shared import Console, go_to
from thangdee.core.words import LANGUAGES

STATES = ("overdue", "soon", *(f"unread_{language}" for language in LANGUAGES), "open", "changed")
ROOMS = ("answers", "crisis", "canned")


@dataclass(frozen=True)
class _Row:
    """One text of the list."""

    about: About
    room: str
    is_overdue: bool
    is_due_soon: bool
    is_published: bool
    open: Edition | None

    @property
    def states(self) -> set[str]:
        found = {f"unread_{language}" for language in self.about.unread}
        found |= {"overdue"} if self.is_overdue else set()
        found |= {"soon"} if self.is_due_soon else set()
        found |= {"open"} if self.open else set()
        return found | ({"changed"} if self.is_published else set())


def add_content(app: FastAPI, console: Console, library: Library, place_spans: PlaceSpans | None = None) -> None:
    """Add all pages of content; `place_spans`: where place names stand in a text."""
    desk = ContentDesk(console, library, place_spans)
    _add_list(app, desk)
    _add_work(app, desk)
    add_figures(app, desk)
    add_not_understood(app, desk)
    add_editing(app, desk)
    add_texts(app, desk)
    add_recordings(app, desk)


def _add_list(app: FastAPI, desk: ContentDesk) -> None:
    @app.get("/content")
    @needs(Permission.READ_CONTENT)
    async def listed(request: Request, q: str = "", room: str = "", state: str = "", notice: str = "") -> Response:
        """Every text; overdue first, then what fewest have read over."""
        async with desk.console.database.read() as connection:
            await desk.library.refresh(connection)
            opened = {one.key: one for one in await open_editions(connection)}
            todo = (await work_list(connection, desk.library, desk.console.clock.now())).count
        rows = [row for row in _rows(desk, opened) if _fits(row, q[:200].strip(), room, state)]
        asked = {"q": q, "room": room, "state": state}
        return desk.page(request, "list", notice, rows=rows, asked=asked, rooms=ROOMS, states=STATES, todo=todo)


def _rows(desk: ContentDesk, opened: Mapping[str, Edition]) -> list[_Row]:
    found = [
        _Row(
            about, room_of(key), is_overdue(about, desk.today), is_due_soon(about, desk.today),
            desk.library.is_published(key), opened.get(key),
        )
        for key in desk.library.keys
        if (about := desk.library.about(key))
    ]  # fmt: skip
    return sorted(found, key=lambda row: (not row.is_overdue, -len(row.about.unread), str(row.about.review_by)))


def _fits(row: _Row, asked: str, room: str, state: str) -> bool:
    if (room and row.room != room) or (state and state not in row.states):
        return False
    return not asked or is_like(row.about.key, asked)


def _add_work(app: FastAPI, desk: ContentDesk) -> None:
    @app.get("/content/work")
    @needs(Permission.READ_CONTENT)
    async def work(request: Request, notice: str = "") -> Response:
        """What is missing, old, or waits for a second person."""
        return await _work_page(desk, request, notice)

    @app.post("/content/wishes")
    @needs(Permission.EDIT_CONTENT)
    async def wish(request: Request, viewer: Viewer, wanted: Annotated[str, Form()] = "") -> Response:
        then = "/content/work"
        act = Act(
            "content:wish", "", lambda connection, now: wishes.wish(connection, wanted, viewer.staff_id, now),
            then, "wished",
        )  # fmt: skip
        try:
            await desk.carry_out(viewer, act)
        except UnfitWishError as error:  # what was typed must not be lost, and stands in no address
            return await _work_page(desk, request, f"{NOTICE}{error.code}", wanted[: wishes.LONGEST])
        return go_to(request, then, notice=f"{NOTICE}{act.notice}")

    @app.post("/content/wishes/{wish_id}/done")
    @needs(Permission.EDIT_CONTENT)
    async def done(request: Request, viewer: Viewer, wish_id: str) -> Response:
        act = Act(
            "content:wish_done", wish_id,
            lambda connection, now: wishes.done(connection, wish_id, viewer.staff_id, now),
            "/content/work", "wish_done",
        )  # fmt: skip
        return await desk.do(request, viewer, act, WishGoneError)


async def _work_page(desk: ContentDesk, request: Request, notice: str, wanted: str = "") -> Response:
    async with desk.console.database.read() as connection:
        await desk.library.refresh(connection)
        todo = await work_list(connection, desk.library, desk.console.clock.now())
        people = await staff_names(connection)
    return desk.page(
        request, "work", notice, work=todo, todo=todo.count, people=people, wanted=wanted, longest_wish=wishes.LONGEST
    )
