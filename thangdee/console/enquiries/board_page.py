"""The board: a line for each enquiry, nothing that was said; who cares for it, taking it on, handing it over."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Form, Query, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import notices, shares
from thangdee.casework.enquiries import store
from thangdee.casework.enquiries.model import Enquiry
from thangdee.casework.enquiries.tables import enquiry as enquiries_table
from thangdee.casework.outcomes import enquiry_board, late, searches
from thangdee.casework.outcomes.enquiry_board import Header
from thangdee.casework.outcomes.search_store import Search
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.enquiries.desk import Enquiries, NotTheirsError, do, is_supervisor
from thangdee.console.shared import go_to

_KEPT: dict[str, Callable[[Header, str, datetime], bool]] = {
    "all": lambda _one, _me, _now: True,
    "mine": lambda one, me, _now: one.owner == me,
    "nobody": lambda one, _me, _now: one.owner is None,
    "late": lambda one, _me, now: one.is_late(now),
}


def add_board(app: FastAPI, enquiries: Enquiries) -> None:
    """Add the board, its part that a page asks for again, taking on and handing over."""
    _add_pages(app, enquiries)
    _add_owners(app, enquiries)


def _add_pages(app: FastAPI, enquiries: Enquiries) -> None:
    @app.get("/enquiries")
    @needs(Permission.TRACE)
    async def page(
        request: Request,
        viewer: Viewer,
        only: str = "all",
        code: Annotated[str, Query(max_length=12)] = "",
        chat: Annotated[str, Query(max_length=32)] = "",
        notice: str = "",
    ) -> Response:
        """The board; with a number, or from a chat of the viewer's, the enquiry itself."""
        async with enquiries.console.database.read() as connection:
            found = await _by_code(connection, code) or await _by_chat(connection, chat, viewer, enquiries.now)
            if found:
                return go_to(request, f"/enquiries/{found}")
            seen = await _seen(enquiries, connection, viewer, only)
        missed = "enquiries.notice.no_such_code" if code else "enquiries.notice.none_of_chat" if chat else notice
        return enquiries.page(request, "board", notice=missed, **seen)

    @app.get("/parts/enquiries")
    @needs(Permission.TRACE)
    async def part(request: Request, viewer: Viewer, only: str = "all") -> Response:
        async with enquiries.console.database.read() as connection:
            seen = await _seen(enquiries, connection, viewer, only)
        return enquiries.page(request, "board_part", **seen)


def _add_owners(app: FastAPI, enquiries: Enquiries) -> None:
    @app.post("/enquiries/{enquiry}/take")
    @needs(Permission.TRACE)
    async def take(request: Request, viewer: Viewer, enquiry: str) -> Response:
        """Care for an enquiry that nobody cares for; a supervisor also takes it from somebody, who is told."""

        async def deed(connection: AsyncConnection, whole: Enquiry, standing: Search, now: datetime) -> str:
            is_free = is_supervisor(viewer) or await accounts.has_gone(connection, standing.owner)
            await searches.take(connection, whole.id, viewer.staff_id, now, is_owner_free=is_free)
            await _tell(connection, {standing.owner}, viewer, now)
            return "took"

        return await do(request, enquiries, viewer, enquiry, "enquiry:take", deed, needs_work=False)

    @app.post("/enquiries/{enquiry}/hand")
    @needs(Permission.TRACE)
    async def hand(request: Request, viewer: Viewer, enquiry: str, to: Annotated[str, Form(max_length=32)]) -> Response:
        """Hand an enquiry to another tracer, who is told."""

        async def deed(connection: AsyncConnection, whole: Enquiry, standing: Search, now: datetime) -> str:
            if standing.owner != viewer.staff_id and not is_supervisor(viewer):
                raise NotTheirsError("only the owner hands it on")
            if to not in {one.id for one in await accounts.who_may(connection, Permission.TRACE, but=viewer.staff_id)}:
                return "no_colleague"
            await searches.take(connection, whole.id, to, now, is_owner_free=True)
            await _tell(connection, {to, standing.owner}, viewer, now)
            return "handed"

        return await do(request, enquiries, viewer, enquiry, "enquiry:take", deed, needs_work=False, handed=True)


async def _tell(connection: AsyncConnection, whom: set[str | None], viewer: SignedIn, now: datetime) -> None:
    told = [one for one in whom if one is not None and one != viewer.staff_id]
    await notices.tell_all(connection, told, late.KIND, "", now)


async def _seen(enquiries: Enquiries, connection: AsyncConnection, viewer: SignedIn, only: str) -> dict[str, Any]:
    now, kept = enquiries.now, only if only in _KEPT else "all"
    active = {one.id for one in await accounts.all_staff(connection) if one.ended_at is None}
    listed = await enquiry_board.headers(connection, active, now)
    return {
        "only": kept,
        "counts": {name: sum(keeps(one, viewer.staff_id, now) for one in listed) for name, keeps in _KEPT.items()},
        "headers": [one for one in listed if _KEPT[kept](one, viewer.staff_id, now)],
        "people": await accounts.names(connection),
        "me": viewer.staff_id,
    }


async def _by_code(connection: AsyncConnection, code: str) -> str | None:
    if not code.strip():
        return None
    sent = enquiries_table.c.filed_at.is_not(None)
    query = select(enquiries_table.c.id).where(enquiries_table.c.code == code.strip().upper(), sent)
    return (await connection.execute(query)).scalar()


async def _by_chat(connection: AsyncConnection, chat_id: str, viewer: SignedIn, now: datetime) -> str | None:
    """Return the newest enquiry of a chat that this viewer may read."""
    if not chat_id or not await shares.may_read(connection, chat_id, viewer, now):
        return None
    return next((one.id for one in await store.of_chat(connection, chat_id) if one.filed_at is not None), None)
