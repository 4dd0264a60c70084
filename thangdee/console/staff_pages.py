"""The page of the administrator: who works here, in which roles; nothing of what callers say (R37)."""

from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response

from thangdee.casework.staff import accounts, invitations, passkeys, staffing
from thangdee.casework.staff.accounts import (
    LONGEST_SHOWN_NAME,
    LONGEST_SIGN_IN_NAME,
    AccountGoneError,
    NameTakenError,
    UnfitNameError,
)
from thangdee.casework.staff.roles import NEED_PASSKEY, Permission, Role
from thangdee.casework.staff.sessions import SignedIn
from thangdee.casework.staff.staffing import (
    LastAdministratorError,
    NewColleague,
    NoRoleError,
    OwnAccountError,
    RolesApartError,
)
from thangdee.console.access import Viewer, needs
from thangdee.console.confirming import is_fresh, to_confirm
from thangdee.console.shared import Console, go_to
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.words import LANGUAGES

_PATH = "/staff"
_REFUSALS = (
    AccountGoneError, LastAdministratorError, NameTakenError, NoRoleError, OwnAccountError, RolesApartError,
    UnfitNameError,
)  # fmt: skip

Id = Annotated[str, Form(max_length=32)]
Roles = Annotated[list[str], Form(max_length=len(Role))]


def add_staff_pages(app: FastAPI, console: Console) -> None:
    """Add the list of the staff, and what an administrator does with accounts. Each deed needs a fresh factor."""
    _add_list(app, console)
    _add_invitations(app, console)
    _add_changes(app, console)


def link_of(origin: str, root: str, token: str) -> str:
    """Return the link of an invitation."""
    return f"{origin.rstrip('/')}{root}/welcome/{token}"


def _add_list(app: FastAPI, console: Console) -> None:
    @app.get(_PATH)
    @needs(Permission.MANAGE_STAFF)
    async def page(request: Request, viewer: Viewer, notice: str = "") -> Response:
        return await _page(request, console, viewer, notice=notice)


def _add_invitations(app: FastAPI, console: Console) -> None:
    @app.post(_PATH)
    @needs(Permission.MANAGE_STAFF)
    async def take_on(
        request: Request,
        viewer: Viewer,
        name: Annotated[str, Form(max_length=LONGEST_SIGN_IN_NAME)] = "",
        shown_name: Annotated[str, Form(max_length=LONGEST_SHOWN_NAME)] = "",
        language: Annotated[str, Form(max_length=2)] = "lo",
        roles: Roles = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        """Make an account; its link is shown on the answer and never again."""
        if not is_fresh(console, viewer):
            return to_confirm(request, _PATH)
        new = NewColleague(name, _known(roles), language if language in LANGUAGES else "lo", shown_name)
        try:
            async with console.database.write() as connection:
                token = await staffing.take_on(connection, console.vault, new, viewer.staff_id, console.clock.now())
        except _REFUSALS as error:
            typed = {"name": name, "shown_name": shown_name, "language": new.language, "roles": new.roles}
            return await _page(request, console, viewer, notice=f"colleagues.notice.{error.code}", typed=typed)
        return await _page(request, console, viewer, token=token, invited=shown_name or name)

    @app.post(f"{_PATH}/invite")
    @needs(Permission.MANAGE_STAFF)
    async def invite(request: Request, viewer: Viewer, who: Id, is_lost: Annotated[bool, Form()] = False) -> Response:
        """Make a new invitation for a new phone, or one that was lost."""
        if not is_fresh(console, viewer):
            return to_confirm(request, _PATH)
        now = console.clock.now()
        try:
            async with console.database.write() as connection:
                token = await staffing.invite_again(
                    connection, console.vault, who, viewer.staff_id, now, is_lost=is_lost and who != viewer.staff_id
                )
                account = await accounts.by_id(connection, who)
        except _REFUSALS as error:
            return go_to(request, _PATH, notice=f"colleagues.notice.{error.code}")
        return await _page(request, console, viewer, token=token, invited=account.name if account else "")


def _add_changes(app: FastAPI, console: Console) -> None:
    @app.post(f"{_PATH}/roles")
    @needs(Permission.MANAGE_STAFF)
    async def change_roles(request: Request, viewer: Viewer, who: Id, roles: Roles = []) -> Response:  # noqa: B006 - FastAPI copies it
        if not is_fresh(console, viewer):
            return to_confirm(request, _PATH)
        try:
            async with console.database.write() as connection:
                await staffing.change_roles(
                    connection, console.vault, who, _known(roles), viewer.staff_id, console.clock.now()
                )
        except _REFUSALS as error:
            return go_to(request, _PATH, notice=f"colleagues.notice.{error.code}")
        return go_to(request, _PATH, f"s-{who}", notice="colleagues.notice.roles")

    @app.post(f"{_PATH}/end")
    @needs(Permission.MANAGE_STAFF)
    async def end(request: Request, viewer: Viewer, who: Id) -> Response:
        if not is_fresh(console, viewer):
            return to_confirm(request, _PATH)
        try:
            async with console.database.write() as connection:
                await staffing.let_go(connection, console.vault, who, viewer.staff_id, console.clock.now())
        except _REFUSALS as error:
            return go_to(request, _PATH, notice=f"colleagues.notice.{error.code}")
        return go_to(request, _PATH, notice="colleagues.notice.ended")


async def _page(
    request: Request,
    console: Console,
    viewer: SignedIn,
    *,
    notice: str = "",
    token: str = "",
    invited: str = "",
    typed: dict[str, Any] | None = None,
) -> Response:
    async with console.database.read() as connection:
        people = await accounts.all_staff(connection)
        with_passkey = await passkeys.who_has(connection)
        invited_until = await invitations.open_ones(connection, console.clock.now())
    return console.page(
        request,
        "staff.html",
        notice=notice,
        people=people,
        with_passkey=with_passkey,
        invited_until=invited_until,
        all_roles=tuple(Role),
        need_passkey=NEED_PASSKEY,
        is_fresh=is_fresh(console, viewer),
        link=link_of(console.origin, request.scope.get("root_path", ""), token) if token else "",
        invited=invited,
        zone=LOCAL_TIME,
        typed=typed or {"name": "", "shown_name": "", "language": "lo", "roles": frozenset()},
    )


def _known(roles: list[str]) -> frozenset[Role]:
    return frozenset(Role(one) for one in roles if one in {*Role})
