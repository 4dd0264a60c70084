"""What an open page asks by itself: who waits, so that it rings; how long the session lasts (R35, R39).

Codes and urgencies only. `static/alarm.js` asks, `templates/alarm.html` holds its words.
"""

from datetime import datetime, timedelta

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import conversations
from thangdee.casework.staff import sessions
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.shared import Console


def add_alarms(app: FastAPI, console: Console) -> None:
    """Add what alarm.js asks for; base.html takes the alarm into every page of who sees the queue."""
    app.state.has_alarms = True

    @app.get("/alarms")
    @needs(Permission.SEE_QUEUE)
    async def alarms(request: Request, viewer: Viewer) -> Response:  # noqa: ARG001 - the same for all who may
        now = console.clock.now()
        async with console.database.read() as connection:
            waiting = await conversations.queue(connection, now)
            left, is_last = await _session_left(connection, viewer, now)
        listed = [
            # While a colleague is in the chat it rings for that colleague alone.
            {"code": one.code, "urgency": one.urgency, "rings": one.held_by in (None, viewer.staff_id)}
            for one in waiting
        ]
        return JSONResponse({"waiting": listed, "left": int(left.total_seconds()), "last": is_last})

    @app.post("/here")
    @needs(Permission.OWN_ACCOUNT)
    async def here(request: Request, viewer: Viewer) -> Response:  # noqa: ARG001 - the gate has noted it already
        return Response(status_code=204)


async def _session_left(connection: AsyncConnection, viewer: SignedIn, now: datetime) -> tuple[timedelta, bool]:
    """Return how long the session lasts if nothing is done, and whether its longest time is what ends it."""
    for one in await sessions.open_sessions(connection, viewer.staff_id, now):
        if one.id == viewer.session_id:
            idle, longest = one.seen_at + sessions.IDLE, one.started_at + sessions.LONGEST
            return min(idle, longest) - now, longest <= idle
    return timedelta(0), True
