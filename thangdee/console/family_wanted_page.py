"""Residents who ask us to find their families: a list without content, and one of them for who looks."""

from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response

from thangdee.casework.outcomes import family_wanted
from thangdee.casework.outcomes.family_wanted import (
    Header,
    NothingSaidError,
    NotYoursError,
    WantedGoneError,
    WantedOverError,
    WantedState,
)
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission, Role
from thangdee.console.access import Viewer, needs
from thangdee.console.local_time import to_the_minute
from thangdee.console.shared import Console, go_to
from thangdee.core.errors import SealBrokenError

_PATH = "/family-wanted"
_ONE = f"{_PATH}/{{wanted}}"
_NOTICE = "shelter.wanted.notice."
_GONE = (WantedGoneError, SealBrokenError)


def add_family_wanted(app: FastAPI, console: Console) -> None:
    """Add the list, one wish, and what is done with it."""
    _add_reading(app, console)
    _add_deeds(app, console)


def _add_reading(app: FastAPI, console: Console) -> None:
    @app.get(_PATH)
    @needs(Permission.TRACE)
    async def listed(request: Request, viewer: Viewer, notice: str = "") -> Response:
        async with console.database.read() as connection:
            found = await family_wanted.listed(connection, console.clock.now())
            names = await accounts.names(connection)
        shown = [_header(console, one, names, viewer.staff_id) for one in found]
        return console.page(request, "shelter/wanted_list.html", notice=notice, wanted=shown)

    @app.get(_ONE)
    @needs(Permission.TRACE)
    async def opened(request: Request, viewer: Viewer, wanted: str, notice: str = "") -> Response:
        """Open one: for nobody's and for one's own; each look is written down."""
        now = console.clock.now()
        try:
            async with console.database.write() as connection:
                found = await family_wanted.read(connection, console.vault, wanted, viewer.staff_id, now)
                names = await accounts.names(connection)
        except NotYoursError:
            may_take = Role.SUPERVISOR in viewer.roles
            return console.page(
                request, "shelter/wanted.html", notice=notice, one=None, wanted_id=wanted, may_take=may_take, status=403
            )
        except _GONE:
            return go_to(request, _PATH, notice=f"{_NOTICE}{WantedGoneError.code}")
        one = _header(console, found.header, names, viewer.staff_id)
        return console.page(
            request, "shelter/wanted.html", notice=notice, one=one, body=found.wanted, result=found.result,
            longest=family_wanted.LONGEST, wanted_id=wanted, may_take=False,
        )  # fmt: skip


def _add_deeds(app: FastAPI, console: Console) -> None:
    vault = console.vault

    @app.post(f"{_ONE}/take")
    @needs(Permission.TRACE)
    async def take(request: Request, viewer: Viewer, wanted: str) -> Response:
        is_supervisor, code = Role.SUPERVISOR in viewer.roles, "taken"
        try:
            async with console.database.write() as connection:
                await family_wanted.take(
                    connection, vault, wanted, viewer.staff_id, console.clock.now(), is_supervisor=is_supervisor
                )
        except (NotYoursError, WantedOverError) as refused:
            code = refused.code
        except _GONE:
            return go_to(request, _PATH, notice=f"{_NOTICE}{WantedGoneError.code}")
        return go_to(request, f"{_PATH}/{wanted}", notice=f"{_NOTICE}{code}")

    @app.post(f"{_ONE}/close")
    @needs(Permission.TRACE)
    async def close(
        request: Request,
        viewer: Viewer,
        wanted: str,
        state: Annotated[WantedState, Form()] = WantedState.CLOSED,
        result: Annotated[str, Form(max_length=2 * family_wanted.LONGEST)] = "",
    ) -> Response:
        """Write down what came of it, in words for her."""
        now = console.clock.now()
        try:
            async with console.database.write() as connection:
                await family_wanted.close(connection, vault, wanted, state, result, viewer.staff_id, now)
        except (NotYoursError, NothingSaidError, WantedOverError) as refused:
            return go_to(request, f"{_PATH}/{wanted}", notice=f"{_NOTICE}{refused.code}")
        except _GONE:
            return go_to(request, _PATH, notice=f"{_NOTICE}{WantedGoneError.code}")
        return go_to(request, _PATH, notice=f"{_NOTICE}closed")


def _header(console: Console, one: Header, names: dict[str, str], me: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "code": one.code,
        "state": one.state,
        "owner": names.get(one.owner, "–") if one.owner else None,
        "is_mine": one.owner == me,
        "is_open": one.state is WantedState.OPEN,
        "since": to_the_minute(one.at),
        "due": to_the_minute(one.due_at) if one.due_at else "",
        "is_late": one.due_at is not None and one.due_at < console.clock.now(),
    }
