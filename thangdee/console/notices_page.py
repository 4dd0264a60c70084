"""Notices: what colleagues or the program want somebody to know, as a count at the top of every page and as a list."""

from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response

from thangdee.casework import notices
from thangdee.casework.notices import Notice
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.local_time import to_the_minute
from thangdee.console.shared import Console, go_to, label

_AT_THE_TOP = 3
# Where a notice leads, for those who may go there; the first that fits. {} is its reference.
_WAYS: dict[str, tuple[tuple[Permission, str], ...]] = {
    "break_glass": (
        (Permission.READ_AUDIT, "/audit/break-glass"),
        (Permission.BREAK_GLASS, "/break-glass"),
    ),
    "audit_broken": ((Permission.READ_AUDIT, "/audit"),),
    "held_reply": ((Permission.DECIDE_HELD, "/held"),),
    "asked_in": ((Permission.TALK, "/chats/{}"),),
    "referral_news": ((Permission.TALK, "/chats/{}"),),
    "transferred": ((Permission.TALK, "/chats/{}"),),
    "taken_from_you": ((Permission.TALK, "/chats/{}"),),
    "ladder_missed": ((Permission.SEE_QUEUE, "/"),),
    "canary_late": ((Permission.SEE_TEAM, "/team"), (Permission.SEE_HEALTH, "/health-page")),
    "canary_back": ((Permission.SEE_TEAM, "/team"), (Permission.SEE_HEALTH, "/health-page")),
    "dead_letters": ((Permission.SEE_TEAM, "/team"), (Permission.SEE_HEALTH, "/health-page")),
    "process_silent": ((Permission.SEE_TEAM, "/team"), (Permission.SEE_HEALTH, "/health-page")),
    "account_made": ((Permission.READ_AUDIT, "/audit"),),
    "account_reset": ((Permission.READ_AUDIT, "/audit"),),
    "court_late": ((Permission.WORK_REFERRALS, "/referrals/{}"),),
    "complaint_new": ((Permission.ANSWER_COMPLAINTS, "/complaints/{}"),),
    "complaint_late": ((Permission.ANSWER_COMPLAINTS, "/complaints/{}"),),
    "complaint_nobody": ((Permission.MANAGE_STAFF, "/staff"),),
    "matter_handed": ((Permission.WORK_REFERRALS, "/referrals/{}"),),
    "matter_needs_you": ((Permission.WORK_REFERRALS, "/referrals/{}"),),
    "child_decision": ((Permission.WORK_REFERRALS, "/referrals/{}"),),
    "enquiry_board": ((Permission.TRACE, "/enquiries"),),
    "content_waiting": ((Permission.EDIT_CONTENT, "/content"),),
}


def add_notices(app: FastAPI, console: Console) -> None:
    """Add the list, its part for the top of every page, and marking as seen."""

    @app.get("/notices")
    @needs(Permission.OWN_ACCOUNT)
    async def listed(request: Request, viewer: Viewer) -> Response:
        async with console.database.read() as connection:
            found = await notices.newest(connection, viewer.staff_id)
        return console.page(request, "notices.html", notices=[_shown(one, viewer) for one in found])

    @app.get("/notices/count")
    @needs(Permission.OWN_ACCOUNT)
    async def count(request: Request, viewer: Viewer) -> Response:
        async with console.database.read() as connection:
            unseen = await notices.count_unseen(connection, viewer.staff_id)
            found = await notices.newest(connection, viewer.staff_id, limit=_AT_THE_TOP) if unseen else []
        shown = [_shown(one, viewer) for one in found if one.seen_at is None]
        return console.page(request, "notices_part.html", unseen=unseen, notices=shown)

    @app.post("/notices/seen")
    @needs(Permission.OWN_ACCOUNT)
    async def seen(request: Request, viewer: Viewer, notice: Annotated[str, Form(max_length=32)] = "") -> Response:
        async with console.database.write() as connection:
            await notices.mark_seen(connection, viewer.staff_id, notice or None, console.clock.now())
        return go_to(request, "/notices")


def _shown(notice: Notice, viewer: SignedIn) -> dict[str, Any]:
    ways = [path for permission, path in _WAYS.get(notice.kind, ()) if permission in viewer.permissions]
    return {
        "id": notice.id,
        "says": label(viewer.language, f"notices.kind.{notice.kind}", reference=notice.reference),
        "at": to_the_minute(notice.at),
        "iso": notice.at.isoformat(),
        "is_seen": notice.seen_at is not None,
        "way": ways[0].format(notice.reference) if ways else None,
    }
