"""What a tracer does from an enquiry's page: have her asked, ask for a release, pass on what the family left."""

from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import store
from thangdee.casework.outcomes import enquiry_board, given, releases, search_store, wishes
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.confirming import is_fresh, to_confirm
from thangdee.console.enquiries.release_desk import NotTheirsError, do
from thangdee.console.shared import Console

_Code = Annotated[str, Form(max_length=80)]
_Words = Annotated[str, Form(max_length=20_000)]


def add_release_asking(app: FastAPI, console: Console) -> None:
    """Add the three deeds."""
    vault = console.vault

    @app.post("/enquiries/{enquiry}/wish")
    @needs(Permission.TRACE)
    async def ask_wish(
        request: Request,
        viewer: Viewer,
        enquiry: str,
        resident: _Code,
        relation: _Code = "somebody",
        words: _Words = "",
    ) -> Response:
        """Have her shelter ask her; what she hears of the family is what stands in the form, nothing else."""

        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await _need_theirs(connection, viewer, enquiry)
            where = (connection, vault, enquiry, resident, viewer.staff_id, now)
            await wishes.ask(*where, relation=relation, told=words)
            return "asked"

        return await do(request, console, f"/enquiries/{enquiry}", deed)

    @app.post("/enquiries/{enquiry}/release")
    @needs(Permission.TRACE)
    async def request_release(request: Request, viewer: Viewer, enquiry: str, resident: _Code) -> Response:
        """Ask that the family be told; asks for a second factor first."""
        if not is_fresh(console, viewer):
            return to_confirm(request, f"/enquiries/{enquiry}")

        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await _need_theirs(connection, viewer, enquiry)
            await releases.request(connection, vault, enquiry, resident, viewer.staff_id, now)
            return "requested"

        return await do(request, console, f"/enquiries/{enquiry}", deed)

    @app.post("/enquiries/{enquiry}/message")
    @needs(Permission.TRACE)
    async def pass_message(request: Request, viewer: Viewer, enquiry: str, message: _Code, resident: _Code) -> Response:
        """Pass on to her shelter what the family left for her (R17)."""

        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await _need_theirs(connection, viewer, enquiry)
            await given.pass_on(connection, vault, enquiry, message, resident, viewer.staff_id, now)
            return "passed"

        return await do(request, console, f"/enquiries/{enquiry}", deed)


async def _need_theirs(connection: AsyncConnection, viewer: SignedIn, enquiry_id: str) -> None:
    """Raise NotTheirsError where this viewer may not look at candidates, EnquiryGoneError where there is none."""
    await store.load(connection, enquiry_id)
    if not enquiry_board.may_search(await search_store.load(connection, enquiry_id), viewer):
        raise NotTheirsError("not theirs")
