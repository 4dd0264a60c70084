"""What all ways of signing in share: where one comes from, where one goes, the cookie (R34, R35)."""

import re
from collections import Counter
from datetime import datetime

from fastapi import Request, Response

from thangdee.casework.staff import sessions, throttle
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import COOKIE
from thangdee.console.shared import Console, go_to
from thangdee.core import audit

# One slash, then nothing that a browser could read as another host.
_OWN_PATH = re.compile(r"/(?:[\w.~%=&?+-][\w./~%=&?+-]*)?", re.ASCII)
_LONGEST_PATH = 300
# All colleagues of one office begin their day within a minute, and mistype.
_A_MINUTE = 60
_HOMES = {
    Permission.SEE_QUEUE: "/",
    Permission.ANSWER_REFERRALS: "/inbox",
    Permission.ENTER_RESIDENTS: "/shelter",
    Permission.READ_DIRECTORY: "/directory",
    Permission.READ_AUDIT: "/audit",
    Permission.MANAGE_STAFF: "/staff",
}


class Turnstile:
    """Lets so many a minute through from one network, before anything is read or written for them.

    Whoever asks without end would else keep the database, or the two who look at passphrases, from everybody (R34).
    """

    def __init__(self, most: int = _A_MINUTE) -> None:
        self._most = most
        self._minute = -1
        self._came: Counter[str] = Counter()

    def lets(self, source: str, now: datetime) -> bool:
        """Count somebody, and tell whether they may go on."""
        minute = int(now.timestamp()) // 60
        if minute != self._minute:
            self._minute, self._came = minute, Counter()
        where = throttle.network(source)
        self._came[where] += 1
        return self._came[where] <= self._most


def source_of(request: Request) -> str:
    """Return the address of the browser; behind a proxy the server has put it there already."""
    return request.client.host if request.client else "unknown"


def own_path(wish: str) -> str | None:
    """Return a path of the console that may be gone to after signing in, None for anything else."""
    is_ours = len(wish) <= _LONGEST_PATH and _OWN_PATH.fullmatch(wish) and not wish.startswith("/sign-in")
    return wish if is_ours else None


def next_page(viewer: SignedIn, wish: str) -> str:
    """Return the page that was wished for, or the first one that they may see."""
    own = None if viewer.must_show_passkey else own_path(wish)
    return own or next((path for needed, path in _HOMES.items() if needed in viewer.permissions), "/account")


async def let_in(request: Request, console: Console, token: str, wish: str) -> Response:
    """Lead to the page that was wished for, or the first one, with the new session; a former one of this browser ends.

    `token`: of sessions.start.
    """
    await end_session(request, console)
    viewer = await request.app.state.gate.who(token, is_passive=True)
    answer = go_to(request, next_page(viewer, wish) if viewer else "/sign-in")
    answer.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="lax", path="/")
    return answer


async def end_session(request: Request, console: Console) -> SignedIn | None:
    """End the session of this browser's cookie, if it has one; return whose it was."""
    token = request.cookies.get(COOKIE, "")
    viewer: SignedIn | None = await request.app.state.gate.who(token, is_passive=True) if token else None
    if viewer is not None:
        async with console.database.write() as connection:
            await sessions.end(connection, viewer.session_id)
            await audit.record_in_crisis(
                connection,
                console.vault.keyring,
                actor=viewer.staff_id,
                action="sign_in:over",
                subject=viewer.staff_id,
                now=console.clock.now(),
            )
    return viewer
