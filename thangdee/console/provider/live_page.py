"""Hints for an open page of a referral: something changed, or it is not theirs any more (R4)."""

from fastapi import FastAPI, Request, Response

from thangdee.casework.providers import receiving
from thangdee.casework.providers.receiving import NotTheirsError
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.live import OpenSession, event, session_of, stream
from thangdee.console.shared import Console
from thangdee.core import changes
from thangdee.core.change_feed import EVERYTHING, ChangeFeed


def add_live_referral(app: FastAPI, console: Console, feed: ChangeFeed) -> None:
    """Add the line on which a page hears "referral", without data; "hands": it became theirs, or is no longer."""

    @app.get("/inbox/{referral}/events")
    @needs(Permission.ANSWER_REFERRALS)
    async def events(request: Request, viewer: Viewer, referral: str) -> Response:
        page = _OpenReferral(session_of(request, viewer), console, viewer, referral)
        if not await page.is_theirs():
            return Response(status_code=404)
        return stream(feed, page)


class _OpenReferral:
    """The page of one referral."""

    def __init__(self, session: OpenSession, console: Console, viewer: SignedIn, referral: str) -> None:
        self.is_still_open = session.is_still_open
        self._console = console
        self._viewer = viewer
        self._referral = referral
        self._was_theirs = True

    async def hints(self, topics: frozenset[str]) -> str:
        """Return the event if this referral changed, and is theirs."""
        is_meant = EVERYTHING in topics or changes.about_referral(self._referral) in topics
        return event("referral") if is_meant and self._was_theirs else ""

    async def has_changed_hands(self) -> bool:
        """Tell whether it became theirs, or is no longer."""
        before, self._was_theirs = self._was_theirs, await self.is_theirs()
        return before != self._was_theirs

    async def is_theirs(self) -> bool:
        """Tell whether it was sent to an organisation of the viewer's."""
        async with self._console.database.read() as connection:
            try:
                await receiving.find(connection, self._referral, self._viewer.staff_id, self._console.clock.now())
            except NotTheirsError:
                return False
        return True
