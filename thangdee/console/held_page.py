"""Replies that wait for a second person (R19): a list without words; one is opened, read, let go or refused."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import held_replies
from thangdee.casework.conversations import NotHeldError
from thangdee.casework.held_replies import HeldHeader, HeldState, NothingHeldError, OwnReplyError, UnfitWordError
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.desk_view import chat_name, span
from thangdee.console.shared import Console, go_to, language_of_page
from thangdee.core import audit
from thangdee.core.errors import SealBrokenError

_REFUSALS = (NothingHeldError, OwnReplyError, UnfitWordError, NotHeldError)


def add_held(app: FastAPI, console: Console) -> None:
    """Add the list and the decision."""
    vault, keyring = console.vault, console.vault.keyring

    @app.get("/held")
    @needs(Permission.DECIDE_HELD)
    async def listed(request: Request, viewer: Viewer, notice: str = "") -> Response:
        now = console.clock.now()
        async with console.database.read() as connection:
            waiting = await held_replies.waiting(connection, now)
            names = await accounts.names(connection)
        shown = [_shown(request, console, one, names, viewer.staff_id) for one in waiting]
        return console.page(request, "held.html", notice=notice, waiting=shown)

    @app.get("/held/{held}")
    @needs(Permission.DECIDE_HELD)
    async def opened(request: Request, viewer: Viewer, held: str, notice: str = "") -> Response:
        now = console.clock.now()
        async with console.database.write() as connection:
            found = await _found(console, connection, held, now)
            names = await accounts.names(connection)
            if found is not None:
                await audit.record(
                    connection, keyring, actor=viewer.staff_id, action="held:read", subject=held, now=now
                )
        if found is None or found.state is not HeldState.WAITING:
            return console.page(request, "held_one.html", notice=notice, one=None, status=404)
        one = _shown(request, console, found, names, viewer.staff_id)
        return console.page(request, "held_one.html", notice=notice, one=one, said=found.words, said_in=found.language)

    @app.post("/held/{held}")
    @needs(Permission.DECIDE_HELD)
    async def decide(
        request: Request,
        viewer: Viewer,
        held: str,
        decision: Annotated[str, Form(max_length=8)],
        word: Annotated[str, Form(max_length=2000)] = "",
    ) -> Response:
        now, is_yes = console.clock.now(), decision == "approve"
        try:
            async with console.database.write() as connection:
                if is_yes:
                    await held_replies.approve(connection, vault, held, viewer.staff_id, now)
                else:
                    await held_replies.refuse(connection, vault, held, viewer.staff_id, word, now)
                action = "held:release" if is_yes else "held:refuse"
                await audit.record(connection, keyring, actor=viewer.staff_id, action=action, subject=held, now=now)
        except (*_REFUSALS, SealBrokenError) as refused:
            code = NothingHeldError.code if isinstance(refused, SealBrokenError) else refused.code
            return go_to(request, f"/held/{held}", notice=f"talk.notice.{code}")
        return go_to(request, "/held", notice="held.notice.approved" if is_yes else "held.notice.refused")


async def _found(
    console: Console, connection: AsyncConnection, held: str, now: datetime
) -> held_replies.HeldReply | None:
    try:
        return await held_replies.find(connection, console.vault, held, now)
    except SealBrokenError:
        return None  # erased while we looked


def _shown(request: Request, console: Console, one: HeldHeader, names: dict[str, str], me: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "chat": chat_name(one.chat_id),
        "by": names.get(one.written_by, "–"),
        "is_own": one.written_by == me,
        "reason": one.reason,
        "waits": span(console.clock.now() - one.written_at, language_of_page(request)),
    }
