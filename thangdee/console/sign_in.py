"""The sign-in page: name, passphrase and code on one form, so that one wrong of three is like another (R34).

What is sent without a session is guarded by its Origin (headers.py): every browser names it with a POST, also when
another page posts the form, so nobody can be signed in to a stranger's account.
"""

import asyncio
from typing import Annotated
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Request, Response

from thangdee.casework.staff import accounts, entering
from thangdee.casework.staff.entering import Knock
from thangdee.casework.staff.passphrases import MOST_CODE_POINTS
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.throttle import TooManyTriesError
from thangdee.console.access import COOKIE, needs, open_to_all
from thangdee.console.entrance import Turnstile, end_session, let_in, next_page, own_path, source_of
from thangdee.console.sample_staff import SAMPLES, sample_session
from thangdee.console.shared import Console, go_to, language_of_page

# A look at a passphrase takes 64 MiB and writes twice: two at a time, so that a flood leaves room for the hotline.
_AT_ONCE = 2
_WHY = ("over", "out")
# What another way of signing in has to say (passkey_routes.py).
_NOTICES = "passkey.notice."


def add_sign_in(app: FastAPI, console: Console) -> None:
    """Add the sign-in page, signing out, and in the demo the sample staff."""
    door = _Door(console)
    _add_page(app, console, door)
    _add_sign_out(app, console)
    if console.demo:
        _add_samples(app, console)


class _Door:
    """Lets in who shows passphrase and code."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._looking = asyncio.Semaphore(_AT_ONCE)
        self._turnstile = Turnstile()

    async def open_to(self, name: str, passphrase: str, code: str, source: str) -> str | None:
        """Return the token of a new session, or None. Raises TooManyTriesError."""
        if not self._turnstile.lets(source, self._console.clock.now()):
            raise TooManyTriesError(60)
        async with self._looking:
            return await self._look(name, passphrase, code, source)

    async def _look(self, name: str, passphrase: str, code: str, source: str) -> str | None:
        console, now = self._console, self._console.clock.now()
        await asyncio.to_thread(entering.made_up_hash)
        async with console.database.write() as connection:
            knocking = await entering.knock(connection, console.vault, name, source, now)
        shown = await asyncio.to_thread(entering.look_at, knocking, passphrase, code, now)
        async with console.database.write() as connection:
            token = await entering.enter(connection, console.vault, knocking, shown, now)
        if token is not None:
            await self._renew(knocking, passphrase)
        return token

    async def _renew(self, knocking: Knock, passphrase: str) -> None:
        fresh = await asyncio.to_thread(entering.renewed_hash, knocking, passphrase)
        if fresh is not None and knocking.staff_id is not None:
            async with self._console.database.write() as connection:
                await accounts.set_passphrase_hash(connection, knocking.staff_id, fresh)


def _add_page(app: FastAPI, console: Console, door: _Door) -> None:
    @app.get("/sign-in")
    @open_to_all
    async def page(request: Request) -> Response:
        """The form; who is signed in already is led on."""
        token = request.cookies.get(COOKIE, "")
        viewer = await request.app.state.gate.who(token, is_passive=True) if token else None
        if viewer is not None:
            return go_to(request, next_page(viewer, request.query_params.get("next", "")))
        return _form(request, console)

    @app.post("/sign-in")
    @open_to_all
    async def enter(
        request: Request,
        name: Annotated[str, Form(max_length=accounts.LONGEST_SIGN_IN_NAME)] = "",
        passphrase: Annotated[str, Form(max_length=MOST_CODE_POINTS)] = "",
        code: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        """Look at all three; the code of a mistyped sign-in is not used up."""
        try:
            token = await door.open_to(name, passphrase, code, source_of(request))
        except TooManyTriesError as error:
            locked = _form(request, console, name=name, wait=error.seconds, status=429)
            locked.headers["retry-after"] = str(error.seconds)
            return locked
        if token is None:
            return _form(request, console, name=name, is_refused=True, status=401)
        return await let_in(request, console, token, request.query_params.get("next", ""))


def _add_sign_out(app: FastAPI, console: Console) -> None:
    @app.post("/sign-out")
    @needs(Permission.OWN_ACCOUNT)
    async def sign_out(request: Request) -> Response:
        """End the session here and on our side."""
        viewer = await end_session(request, console)
        answer = go_to(request, "/sign-in", why="out", lang=viewer.language if viewer else "")
        answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax", path="/")
        return answer


def _add_samples(app: FastAPI, console: Console) -> None:
    @app.post("/demo-sign-in")
    @open_to_all
    async def look_around(request: Request, who: Annotated[str, Form(max_length=32)]) -> Response:
        """Be a made-up colleague; exists only in the demo."""
        if who not in SAMPLES:
            return Response(status_code=422)
        async with console.database.write() as connection:
            language, now = language_of_page(request), console.clock.now()
            token = await sample_session(connection, console.vault, who, language, now)
        return await let_in(request, console, token, request.query_params.get("next", ""))


def _form(
    request: Request, console: Console, *, name: str = "", is_refused: bool = False, wait: int = 0, status: int = 200
) -> Response:
    query, notice = request.query_params, request.query_params.get("notice", "")
    kept = {"next": own_path(query.get("next", "")) or "", "lang": language_of_page(request)}
    return console.page(
        request,
        "sign_in.html",
        status=status,
        notice=notice if notice.startswith(_NOTICES) else None,
        name=name,
        is_refused=is_refused,
        wait=wait,
        why=query.get("why") if query.get("why") in _WHY and not (is_refused or wait) else None,
        next=kept["next"],
        query=urlencode({key: value for key, value in kept.items() if value}),
        samples=SAMPLES if console.demo else (),
    )
