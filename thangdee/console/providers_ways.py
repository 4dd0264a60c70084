"""Writing down ways to reach an organisation, finding them right, trying them, taking them away."""

from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.providers import channels, notices
from thangdee.casework.providers.addresses import LONGEST, Kind, UnfitAddressError
from thangdee.casework.providers.channels import Channel, ChannelGoneError, OwnWordError
from thangdee.casework.providers.notices import Content, Saying
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.providers_page import PATH, Desk
from thangdee.console.shared import go_to
from thangdee.core.errors import SealBrokenError

_WAY = f"{PATH}/{{organisation}}/ways/{{way}}"
_REFUSALS = (ChannelGoneError, OwnWordError, SealBrokenError)
_LONGEST_CODE = 20


def add_ways(app: FastAPI, desk: Desk) -> None:
    """Add the deeds."""
    _add_writing_down(app, desk)
    _add_finding_right(app, desk)
    _add_looking(app, desk)


def _add_writing_down(app: FastAPI, desk: Desk) -> None:
    @app.post(f"{PATH}/{{organisation}}/ways")
    @needs(Permission.MANAGE_PROVIDERS)
    async def add(
        request: Request,
        viewer: Viewer,
        organisation: str,
        kind: Annotated[str, Form(max_length=16)] = "",
        address: Annotated[str, Form(max_length=LONGEST)] = "",
    ) -> Response:
        """Write a way down; the secret of a webhook is shown on the answer and never again."""
        here, back = desk.console, f"{PATH}/{organisation}"
        try:
            async with here.database.write() as connection:
                office = await desk.office(connection, organisation)
                if office is None or kind not in {*Kind}:
                    return go_to(request, PATH, notice="providers.notice.no_such")
                way, secret = await channels.add(
                    connection, here.vault, organisation, Kind(kind), address, by=viewer.staff_id,
                    now=here.clock.now(), country=office.country,
                )  # fmt: skip
                await desk.record(connection, viewer, "provider:way_add", organisation, kind=kind, way=way.id)
        except UnfitAddressError as error:
            return go_to(request, back, notice=f"providers.notice.{error.code}.{kind}")
        if secret:
            return await desk.show(request, viewer, organisation, secret=secret, notice="providers.notice.added")
        return go_to(request, back, f"w-{way.id}", notice="providers.notice.added")

    @app.post(f"{_WAY}/remove")
    @needs(Permission.MANAGE_PROVIDERS)
    async def remove(request: Request, viewer: Viewer, organisation: str, way: str) -> Response:
        """Take a way away with its address."""
        back = f"{PATH}/{organisation}"
        try:
            async with desk.console.database.write() as connection:
                found = await _theirs(connection, organisation, way)
                await channels.remove(connection, found.id)
                await desk.record(connection, viewer, "provider:way_remove", organisation, kind=found.kind, way=way)
        except ChannelGoneError as error:
            return go_to(request, back, notice=f"providers.notice.{error.code}")
        return go_to(request, back, notice="providers.notice.removed")


def _add_finding_right(app: FastAPI, desk: Desk) -> None:
    here = desk.console

    @app.post(f"{_WAY}/check")
    @needs(Permission.MANAGE_PROVIDERS)
    async def check(request: Request, viewer: Viewer, organisation: str, way: str) -> Response:
        """A second person says that it is right."""
        back = f"{PATH}/{organisation}"
        try:
            async with here.database.write() as connection:
                found = await _theirs(connection, organisation, way)
                await channels.confirm(connection, found.id, viewer.staff_id, here.clock.now())
                await desk.record(connection, viewer, "provider:way_check", organisation, way=way, how="colleague")
        except _REFUSALS as error:
            return go_to(request, back, notice=f"providers.notice.{error.code}")
        return go_to(request, back, f"w-{way}", notice="providers.notice.checked")

    @app.post(f"{_WAY}/test")
    @needs(Permission.MANAGE_PROVIDERS)
    async def test(request: Request, viewer: Viewer, organisation: str, way: str) -> Response:
        """Send a test with a code, which they read back."""
        back = f"{PATH}/{organisation}"
        try:
            async with here.database.write() as connection:
                found = await _theirs(connection, organisation, way)
                if found.is_by_hand or (found.kind is Kind.MAIL and not desk.has_mail):
                    return go_to(request, back, notice="providers.notice.cannot_test")
                now = here.clock.now()
                code = await channels.start_test(connection, here.vault.keyring, found.id, now)
                await notices.write(connection, here.vault, found, Content(Saying.TEST, code), now)
                await desk.record(connection, viewer, "provider:way_test", organisation, way=way)
        except _REFUSALS as error:
            return go_to(request, back, notice=f"providers.notice.{error.code}")
        return go_to(request, back, f"w-{way}", notice="providers.notice.test_sent")

    @app.post(f"{_WAY}/code")
    @needs(Permission.MANAGE_PROVIDERS)
    async def code(
        request: Request,
        viewer: Viewer,
        organisation: str,
        way: str,
        code: Annotated[str, Form(max_length=_LONGEST_CODE)] = "",
    ) -> Response:
        """Take the code which they read back."""
        back = f"{PATH}/{organisation}"
        try:
            async with here.database.write() as connection:
                found = await _theirs(connection, organisation, way)
                is_right = await channels.code_came_back(
                    connection, here.vault.keyring, found.id, code, viewer.staff_id, here.clock.now()
                )
                await desk.record(
                    connection, viewer, "provider:way_check", organisation, way=way, how="code", right=is_right
                )
        except _REFUSALS as error:
            return go_to(request, back, notice=f"providers.notice.{error.code}")
        return go_to(
            request, back, f"w-{way}", notice="providers.notice.checked" if is_right else "providers.notice.wrong_code"
        )


def _add_looking(app: FastAPI, desk: Desk) -> None:
    @app.post(f"{_WAY}/show")
    @needs(Permission.MANAGE_PROVIDERS)
    async def show(request: Request, viewer: Viewer, organisation: str, way: str) -> Response:
        """Show an address; by a press, so that no link, preview or reload opens it."""
        try:
            async with desk.console.database.write() as connection:
                found = await _theirs(connection, organisation, way)
                address = await channels.address_of(connection, desk.console.vault, found)
                await desk.record(connection, viewer, "provider:way_open", organisation, way=way)
        except _REFUSALS as error:
            return go_to(request, f"{PATH}/{organisation}", notice=f"providers.notice.{error.code}")
        return await desk.show(request, viewer, organisation, opened=(way, address))


async def _theirs(connection: AsyncConnection, organisation_id: str, way: str) -> Channel:
    """Return a way of this organisation. Raises ChannelGoneError."""
    found = await channels.get(connection, way)
    if found.organisation_id != organisation_id:
        raise ChannelGoneError("not a way of theirs")
    return found
