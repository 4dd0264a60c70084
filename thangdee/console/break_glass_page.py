"""Break-glass on pages: asking for a chat that is not one's own, what is open and what was (R38).

Who asked sees their own openings, supervisors and auditors see all. They also may read the reason: without it nobody
could say whether an opening was right; reading it is audited.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Form, HTTPException, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import break_glass
from thangdee.casework.break_glass import (
    LONGEST_REASON,
    SHORTEST_REASON,
    AlreadyYoursError,
    NoSuchChatError,
    Opening,
    ReasonTooShortError,
    TooFewToTellError,
)
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.local_time import to_the_minute
from thangdee.console.shared import Console, go_to
from thangdee.core.errors import SealBrokenError

_REFUSALS = (AlreadyYoursError, NoSuchChatError, ReasonTooShortError, TooFewToTellError)
_OK = HTTPStatus.OK
_OWN, _AUDIT = "/break-glass", "/audit/break-glass"


def add_break_glass(app: FastAPI, console: Console, groups: Sequence[int]) -> None:
    """Add the pages; `groups` are the on-call groups, the first of which is told."""
    _add_asking(app, console, groups)
    _add_reading(app, console)


def _add_asking(app: FastAPI, console: Console, groups: Sequence[int]) -> None:
    @app.get("/break-glass")
    @needs(Permission.BREAK_GLASS)
    async def ask(request: Request, viewer: Viewer, chat: str = "", notice: str = "") -> Response:
        async with console.database.read() as connection:
            code = (await break_glass.code_of(connection, chat) or "") if chat else ""
        return await _page(request, console, viewer, chat=code, notice=notice)

    @app.post("/break-glass")
    @needs(Permission.BREAK_GLASS)
    async def open_chat(
        request: Request,
        viewer: Viewer,
        chat: Annotated[str, Form(max_length=40)] = "",
        reason: Annotated[str, Form(max_length=4000)] = "",
    ) -> Response:
        try:
            async with console.database.write() as connection:
                chat_id = await break_glass.chat_of_code(connection, chat)
                opening = await break_glass.open_chat(
                    connection,
                    console.vault,
                    staff_id=viewer.staff_id,
                    chat_id=chat_id or "",
                    reason=reason,
                    groups=groups,
                    now=console.clock.now(),
                    everybody_counts=console.demo,
                )
        except _REFUSALS as error:  # what was typed stands on the page again, never in an address
            notice = f"break_glass.notice.{error.code}"
            return await _page(
                request,
                console,
                viewer,
                chat=chat,
                reason=reason,
                notice=notice,
                status=HTTPStatus.UNPROCESSABLE_ENTITY,
            )
        return go_to(request, f"/chats/{opening.chat_id}", notice="break_glass.notice.opened")

    @app.post("/break-glass/{opening}/end")
    @needs(Permission.BREAK_GLASS)
    async def end(request: Request, viewer: Viewer, opening: str) -> Response:
        async with console.database.write() as connection:
            await break_glass.end(connection, console.vault, opening, viewer.staff_id, console.clock.now())
        return go_to(request, _OWN, notice="break_glass.notice.ended")


def _add_reading(app: FastAPI, console: Console) -> None:
    @app.get("/audit/break-glass")
    @needs(Permission.READ_AUDIT)
    async def listed(request: Request, viewer: Viewer) -> Response:  # noqa: ARG001 - whoever may come sees the same
        async with console.database.read() as connection:
            found = await _list(connection, console, by=None, me="")
        return console.page(
            request, "break_glass.html", openings=found, may_ask=False, base=_AUDIT, sees_all=True, refused=False
        )

    @app.get("/audit/break-glass/{opening}")
    @needs(Permission.READ_AUDIT)
    async def why(request: Request, viewer: Viewer, opening: str) -> Response:
        return await _reason(request, console, viewer, opening, base=_AUDIT)

    @app.get("/break-glass/{opening}")
    @needs(Permission.BREAK_GLASS)
    async def why_own(request: Request, viewer: Viewer, opening: str) -> Response:
        async with console.database.read() as connection:
            found = await break_glass.find(connection, opening)
        if found is None or (found.staff_id != viewer.staff_id and Permission.SEE_TEAM not in viewer.permissions):
            raise HTTPException(404)
        return await _reason(request, console, viewer, opening, base=_OWN)


async def _page(
    request: Request,
    console: Console,
    viewer: SignedIn,
    *,
    chat: str = "",
    reason: str = "",
    notice: str = "",
    status: int = _OK,
) -> Response:
    sees_all = Permission.SEE_TEAM in viewer.permissions
    async with console.database.read() as connection:
        found = await _list(connection, console, by=None if sees_all else viewer.staff_id, me=viewer.staff_id)
    seen: dict[str, Any] = {"openings": found, "chat": chat, "reason": reason, "may_ask": True, "base": _OWN}
    seen |= {"shortest": SHORTEST_REASON, "longest": LONGEST_REASON, "sees_all": sees_all}
    seen |= {"refused": status != _OK}
    return console.page(request, "break_glass.html", status=status, notice=notice, **seen)


async def _list(connection: AsyncConnection, console: Console, *, by: str | None, me: str) -> list[dict[str, Any]]:
    names = await accounts.names(connection)
    found = await break_glass.openings(connection, by=by)
    return [_shown(one, names, is_open=one.is_open(console.clock.now()), me=me) for one in found]


async def _reason(request: Request, console: Console, viewer: SignedIn, opening: str, *, base: str) -> Response:
    """Show why; it is audited in the same transaction."""
    now = console.clock.now()
    try:
        async with console.database.write() as connection:
            found = await break_glass.find(connection, opening)
            reason = await break_glass.reason_of(connection, console.vault, opening, viewer.staff_id, now)
            names = await accounts.names(connection)
    except (NoSuchChatError, SealBrokenError) as error:
        raise HTTPException(404) from error
    if found is None:
        raise HTTPException(404)
    shown = _shown(found, names, is_open=found.is_open(now), me=viewer.staff_id)
    return console.page(request, "opening.html", opening=shown, reason=reason, base=base)


def _shown(opening: Opening, names: dict[str, str], *, is_open: bool, me: str) -> dict[str, Any]:
    return {
        "id": opening.id,
        "code": opening.code,
        "chat_id": opening.chat_id,
        "who": names.get(opening.staff_id, opening.staff_id),
        "told": ", ".join(names.get(one, one) for one in opening.told),
        "at": to_the_minute(opening.at),
        "until": to_the_minute(opening.until),
        "is_open": is_open,
        "is_mine": opening.staff_id == me,
    }
