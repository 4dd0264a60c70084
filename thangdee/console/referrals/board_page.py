"""The board: a line for each open matter, without anything that was said; who cares for it, and taking it on."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Form, Query, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import notices
from thangdee.casework.providers import channels
from thangdee.casework.providers.addresses import BY_HAND, Kind
from thangdee.casework.referrals import board, deeds, steps
from thangdee.casework.referrals.board import Header
from thangdee.casework.referrals.model import Matter, ReferralState
from thangdee.casework.referrals.tables import matter as matters_table
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.referrals.desk import Matters, NotTheirsError, do
from thangdee.console.shared import go_to

_KEPT: dict[str, Callable[[Header, str, datetime], bool]] = {
    "all": lambda _one, _me, _now: True,
    "mine": lambda one, me, _now: one.owner == me,
    "nobody": lambda one, _me, _now: one.owner is None,
    "late": lambda one, _me, now: one.is_late(now),
    "children": lambda one, _me, _now: one.may_be_minor,
}


def add_board(app: FastAPI, matters: Matters) -> None:
    """Add the board, its part that a page asks for again, taking on and handing over."""
    _add_pages(app, matters)
    _add_owners(app, matters)


def _add_pages(app: FastAPI, matters: Matters) -> None:
    @app.get("/referrals")
    @needs(Permission.WORK_REFERRALS)
    async def page(
        request: Request,
        viewer: Viewer,
        only: str = "all",
        code: Annotated[str, Query(max_length=12)] = "",
        notice: str = "",
    ) -> Response:
        async with matters.console.database.read() as connection:
            found = await _by_code(connection, code)
            if found:
                return go_to(request, f"/referrals/{found}")
            seen = await _seen(matters, connection, viewer, only)
        return matters.page(request, "board", notice="referrals.notice.no_such_code" if code else notice, **seen)

    @app.get("/parts/referrals")
    @needs(Permission.WORK_REFERRALS)
    async def part(request: Request, viewer: Viewer, only: str = "all") -> Response:
        async with matters.console.database.read() as connection:
            seen = await _seen(matters, connection, viewer, only)
        return matters.page(request, "board_part", **seen)


def _add_owners(app: FastAPI, matters: Matters) -> None:
    vault = matters.console.vault

    @app.post("/referrals/{matter}/take")
    @needs(Permission.WORK_REFERRALS)
    async def take(request: Request, viewer: Viewer, matter: str) -> Response:
        """Care for a matter that nobody cares for; a supervisor also takes it from somebody, who is told."""

        async def deed(connection: AsyncConnection, whole: Matter, now: datetime) -> str:
            is_free = whole.owner in (None, viewer.staff_id) or await accounts.has_gone(connection, whole.owner)
            if not is_free and Permission.SEE_TEAM not in viewer.permissions:
                return "taken"
            await _give(connection, whole, viewer, viewer.staff_id, now)
            return "took_on"

        return await do(request, matters, viewer, matter, deed, needs_work=False)

    @app.post("/referrals/{matter}/hand")
    @needs(Permission.WORK_REFERRALS)
    async def hand(request: Request, viewer: Viewer, matter: str, to: Annotated[str, Form(max_length=32)]) -> Response:
        """Hand a matter to a colleague, who is told."""

        async def deed(connection: AsyncConnection, whole: Matter, now: datetime) -> str:
            if whole.owner != viewer.staff_id and Permission.SEE_TEAM not in viewer.permissions:
                raise NotTheirsError("only the owner hands it on")
            if to not in {
                one.id for one in await accounts.who_may(connection, Permission.WORK_REFERRALS, but=viewer.staff_id)
            }:
                return "no_colleague"
            await _give(connection, whole, viewer, to, now)
            return "handed"

        return await do(request, matters, viewer, matter, deed, needs_work=False)

    async def _give(connection: AsyncConnection, whole: Matter, viewer: SignedIn, to: str, now: datetime) -> None:
        step = steps.take_on
        await deeds.take_step(
            connection, vault, whole.id, lambda one: step(one, to, now), name="take_on", actor=viewer.staff_id, now=now
        )
        for told in {to, whole.owner} - {viewer.staff_id, None}:
            await notices.tell(connection, str(told), "matter_handed", whole.id, now)


async def _seen(matters: Matters, connection: AsyncConnection, viewer: SignedIn, only: str) -> dict[str, Any]:
    now, kept = matters.now, only if only in _KEPT else "all"
    named = await accounts.names(connection)
    active = {one.id for one in await accounts.all_staff(connection) if one.ended_at is None}
    listed = await board.headers(connection, active, now)
    ways = await channels.all_live(connection)
    return {
        "only": kept,
        "counts": {name: sum(keeps(one, viewer.staff_id, now) for one in listed) for name, keeps in _KEPT.items()},
        "headers": [one for one in listed if _KEPT[kept](one, viewer.staff_id, now)],
        "people": named,
        "me": viewer.staff_id,
        "by_hand": {one.id for one in listed if _must_be_called(one, ways)},
    }


def _must_be_called(one: Header, ways: dict[str, frozenset[Kind]]) -> bool:
    """Tell whether nothing but a call or a letter of ours tells this receiver that somebody needs them."""
    asked = one.referral_state is ReferralState.OFFERED and one.organisation_id is not None
    return asked and not ways.get(one.organisation_id or "", frozenset()) - BY_HAND


async def _by_code(connection: AsyncConnection, code: str) -> str | None:
    if not code.strip():
        return None
    query = select(matters_table.c.id).where(matters_table.c.code == code.strip().upper())
    return (await connection.execute(query)).scalar()
