"""All pages of shelter officers."""

from fastapi import FastAPI, Request, Response

from thangdee.casework.outcomes import residents
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.shared import Console
from thangdee.console.shelter.by_code import add_by_code
from thangdee.console.shelter.desk import ShelterDesk
from thangdee.console.shelter.entering import add_entering
from thangdee.console.shelter.importing import add_importing


def add_shelter(app: FastAPI, console: Console) -> None:
    """Add the officers' pages."""
    desk = ShelterDesk(console)
    _add_home(app, desk)
    add_entering(app, desk)
    add_importing(app, desk)
    add_by_code(app, desk)


def _add_home(app: FastAPI, desk: ShelterDesk) -> None:
    @app.get("/shelter")
    @needs(Permission.ENTER_RESIDENTS)
    async def home(request: Request, viewer: Viewer, notice: str = "") -> Response:
        """What can be done here, and how many entries this month has, where that tells of nobody."""
        mine = await desk.mine(viewer.staff_id)
        async with desk.console.database.read() as connection:
            counts = [(one, await residents.entries_this_month(connection, one, desk.now)) for one in mine]
        return desk.page(request, "home", notice=notice, counts=counts, fewest=residents.FEWEST)
