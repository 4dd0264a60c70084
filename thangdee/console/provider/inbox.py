"""The list of what was sent to an office: codes and times, nothing of any person."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import FastAPI, Request, Response

from thangdee.casework.providers.members import organisations_of
from thangdee.casework.providers.receiving import InboxLine, inbox
from thangdee.casework.referrals.model import OPEN, ReferralState
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.provider.view import moment
from thangdee.console.shared import Console, language_of_page


@dataclass(frozen=True)
class ShownLine:
    """One referral in the list. `by`: when they should act. `ended`: the day it ended."""

    id: str
    code: str
    state: ReferralState
    by: str | None
    is_late: bool
    ended: str
    answers: int


def add_inbox(app: FastAPI, console: Console) -> None:
    """Add the list."""

    @app.get("/inbox")
    @needs(Permission.ANSWER_REFERRALS)
    async def listed(request: Request, viewer: Viewer, notice: str | None = None) -> Response:
        now, language = console.clock.now(), language_of_page(request)
        async with console.database.read() as connection:
            lines = await inbox(connection, viewer.staff_id)
            has_office = bool(await organisations_of(connection, viewer.staff_id))
        shown = [_shown(one, now, language) for one in lines]
        return console.page(
            request,
            "provider/inbox.html",
            notice=notice,
            has_office=has_office,
            new=[one for one in shown if one.state is ReferralState.OFFERED],
            work=[one for one in shown if one.state in OPEN and one.state is not ReferralState.OFFERED],
            ended=[one for one in shown if one.state not in OPEN],
        )


def _shown(one: InboxLine, now: datetime, language: str) -> ShownLine:
    due = {ReferralState.OFFERED: one.answer_by, ReferralState.ACCEPTED: one.contact_by}.get(one.state)
    return ShownLine(
        id=one.id,
        code=one.code,
        state=one.state,
        by=moment(due, now, language) if due else None,
        is_late=due is not None and due < now,
        ended=moment(one.changed_at, now, language),
        answers=one.answers,
    )
