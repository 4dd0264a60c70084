"""Letting people of an organisation in, and taking them away; only accounts of receivers are touched here."""

from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.providers import members
from thangdee.casework.staff import accounts, staffing
from thangdee.casework.staff.accounts import (
    LONGEST_SHOWN_NAME,
    LONGEST_SIGN_IN_NAME,
    Account,
    AccountGoneError,
    NameTakenError,
    UnfitNameError,
)
from thangdee.casework.staff.roles import Permission, Role
from thangdee.casework.staff.staffing import NewColleague
from thangdee.console.access import Viewer, needs
from thangdee.console.confirming import is_fresh, to_confirm
from thangdee.console.providers_page import PATH, Desk, is_theirs_only
from thangdee.console.shared import go_to
from thangdee.console.staff_pages import link_of
from thangdee.core.words import LANGUAGES

_PEOPLE = f"{PATH}/{{organisation}}/people"
_REFUSALS = (AccountGoneError, NameTakenError, UnfitNameError)
Id = Annotated[str, Form(max_length=32)]


def add_people(app: FastAPI, desk: Desk) -> None:
    """Add the deeds; whoever makes a link shows a second factor before."""
    _add_letting_in(app, desk)
    _add_changes(app, desk)


def _add_letting_in(app: FastAPI, desk: Desk) -> None:
    here = desk.console

    @app.post(_PEOPLE)
    @needs(Permission.MANAGE_PROVIDERS)
    async def invite(
        request: Request,
        viewer: Viewer,
        organisation: str,
        name: Annotated[str, Form(max_length=LONGEST_SIGN_IN_NAME)] = "",
        shown_name: Annotated[str, Form(max_length=LONGEST_SHOWN_NAME)] = "",
        language: Annotated[str, Form(max_length=2)] = "lo",
    ) -> Response:
        """Make an account for a person of theirs; its link is shown on the answer and never again."""
        back = f"{PATH}/{organisation}"
        if not is_fresh(here, viewer):
            return to_confirm(request, back)
        spoken = language if language in LANGUAGES else "lo"
        new = NewColleague(name, frozenset({Role.PROVIDER}), spoken, shown_name)
        try:
            async with here.database.write() as connection:
                if await desk.office(connection, organisation) is None:
                    return go_to(request, PATH, notice="providers.notice.no_such")
                now = here.clock.now()
                token = await staffing.take_on(connection, here.vault, new, viewer.staff_id, now)
                made = await accounts.by_name(connection, name)
                if made is not None:
                    await members.add(connection, made.id, organisation, viewer.staff_id, now)
                    await desk.record(connection, viewer, "provider:person_add", organisation, who=made.id)
        except _REFUSALS as error:
            return go_to(request, back, notice=f"colleagues.notice.{error.code}")
        link = link_of(here.origin, request.scope.get("root_path", ""), token)
        return await desk.show(request, viewer, organisation, link=link, invited=shown_name or name)

    @app.post(f"{_PEOPLE}/invite")
    @needs(Permission.MANAGE_PROVIDERS)
    async def invite_again(
        request: Request, viewer: Viewer, organisation: str, who: Id, is_lost: Annotated[bool, Form()] = False
    ) -> Response:
        """Make a new link for a person of theirs, for a new phone or one that was lost."""
        back = f"{PATH}/{organisation}"
        if not is_fresh(here, viewer):
            return to_confirm(request, back)
        try:
            async with here.database.write() as connection:
                account = await _theirs(connection, organisation, who)
                token = await staffing.invite_again(
                    connection, here.vault, who, viewer.staff_id, here.clock.now(), is_lost=is_lost
                )
        except _REFUSALS as error:
            return go_to(request, back, notice=f"colleagues.notice.{error.code}")
        link = link_of(here.origin, request.scope.get("root_path", ""), token)
        return await desk.show(request, viewer, organisation, link=link, invited=account.name)


def _add_changes(app: FastAPI, desk: Desk) -> None:
    here = desk.console

    @app.post(f"{_PEOPLE}/add")
    @needs(Permission.MANAGE_PROVIDERS)
    async def add(request: Request, viewer: Viewer, organisation: str, who: Id) -> Response:
        """Let somebody who has an account already work for this organisation, too."""
        back = f"{PATH}/{organisation}"
        if not is_fresh(here, viewer):
            return to_confirm(request, back)
        async with here.database.write() as connection:
            account = await accounts.by_id(connection, who)
            office = await desk.office(connection, organisation)
            if office is None or account is None or not is_theirs_only(account):
                return go_to(request, PATH, notice="providers.notice.no_such")
            await members.add(connection, who, organisation, viewer.staff_id, here.clock.now())
            await desk.record(connection, viewer, "provider:person_add", organisation, who=who)
        return go_to(request, back, notice="providers.notice.person_added")

    @app.post(f"{_PEOPLE}/remove")
    @needs(Permission.MANAGE_PROVIDERS)
    async def remove(request: Request, viewer: Viewer, organisation: str, who: Id) -> Response:
        """Somebody works there no more: from this instant on they see nothing of it."""
        async with here.database.write() as connection:
            if await members.take_away(connection, who, organisation):
                await desk.record(connection, viewer, "provider:person_remove", organisation, who=who)
        return go_to(request, f"{PATH}/{organisation}", notice="providers.notice.person_removed")


async def _theirs(connection: AsyncConnection, organisation_id: str, who: str) -> Account:
    """Return a person of theirs; a link for anybody else is not made here. Raises AccountGoneError."""
    account = await accounts.by_id(connection, who)
    if (
        account is None
        or not is_theirs_only(account)
        or who not in await members.people_of(connection, organisation_id)
    ):
        raise AccountGoneError("not a person of theirs")
    return account
