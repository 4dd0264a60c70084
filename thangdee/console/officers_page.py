"""Which officer works for which of the eight shelters; a supervisor says so."""

from typing import Annotated

from fastapi import FastAPI, Form, Request, Response

from thangdee.casework.outcomes import officers
from thangdee.casework.outcomes.model import Shelter
from thangdee.casework.outcomes.officers import NotAnOfficerError
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.confirming import is_fresh, to_confirm
from thangdee.console.shared import Console, go_to

_PATH = "/officers"
_NOTICE = "shelter.officers.notice."
Id = Annotated[str, Form(max_length=32)]


def add_officers(app: FastAPI, console: Console) -> None:
    """Add the list and its two deeds."""
    vault = console.vault

    @app.get(_PATH)
    @needs(Permission.MANAGE_SHELTERS)
    async def page(request: Request, notice: str = "") -> Response:
        async with console.database.read() as connection:
            people = await officers.by_shelter(connection)
            everybody = await officers.all_officers(connection)
        return console.page(request, "shelter/officers.html", notice=notice, people=people, everybody=everybody)

    @app.post(f"{_PATH}/add")
    @needs(Permission.MANAGE_SHELTERS)
    async def add(request: Request, viewer: Viewer, who: Id = "", shelter: Id = "") -> Response:
        if not is_fresh(console, viewer):
            return to_confirm(request, _PATH)
        try:
            async with console.database.write() as connection:
                where = Shelter(shelter)
                await officers.add(connection, vault, who, where, viewer.staff_id, console.clock.now())
        except (NotAnOfficerError, ValueError):
            return go_to(request, _PATH, notice=f"{_NOTICE}{NotAnOfficerError.code}")
        return go_to(request, _PATH, notice=f"{_NOTICE}added")

    @app.post(f"{_PATH}/remove")
    @needs(Permission.MANAGE_SHELTERS)
    async def remove(request: Request, viewer: Viewer, who: Id = "", shelter: Id = "") -> Response:
        """An officer works there no more; that waits for no second factor."""
        if shelter in {*Shelter}:
            async with console.database.write() as connection:
                now = console.clock.now()
                await officers.take_away(connection, vault, who, Shelter(shelter), viewer.staff_id, now)
        return go_to(request, _PATH, notice=f"{_NOTICE}removed")
