"""What the bot did not understand, grouped; opening it is written down (R31)."""

from fastapi import FastAPI, Request, Response

from thangdee.casework.content.misunderstood import not_understood
from thangdee.casework.content.wishes import LONGEST
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.content.desk import ContentDesk
from thangdee.core import audit


def add_not_understood(app: FastAPI, desk: ContentDesk) -> None:
    """Add the page."""

    @app.get("/content/not-understood")
    @needs(Permission.EDIT_CONTENT)
    async def shown(request: Request, viewer: Viewer) -> Response:
        console = desk.console
        now = console.clock.now()
        async with console.database.write() as connection:
            found = await not_understood(connection, console.vault, now, desk.place_spans)
            await audit.record(
                connection,
                console.vault.keyring,
                actor=viewer.staff_id,
                action="content:not_understood",
                now=now,
                groups=len(found.groups),
                lines=found.lines,
            )
        return desk.page(request, "not_understood", found=found, longest_wish=LONGEST)
