"""The way in for a new colleague, or for one with a new phone: link, passphrase, code generator (R32, R33).

    GET  /welcome/{token}             choose a passphrase     (opening it changes nothing: chats look at links, too)
    POST /welcome/{token}             keep its hash
    GET  /welcome/{token}/code        scan the picture, or type the secret, and show the first code
    POST /welcome/{token}/code        the invitation is used, a session begins

Nothing here needs a session: who holds the link may use it, once. A passkey is added afterwards, on one's own page.
"""

import asyncio
import io
from typing import Annotated

import segno
from fastapi import FastAPI, Form, Request, Response

from thangdee.casework.staff import invitations, sessions, two_factor
from thangdee.casework.staff.invitations import (
    ExpiredInvitationError,
    Invitation,
    UnknownInvitationError,
    UsedInvitationError,
    WrongCodeError,
)
from thangdee.casework.staff.passphrases import (
    MOST_CODE_POINTS,
    SHORTEST,
    UnfitPassphraseError,
    check_fit,
    hash_passphrase,
)
from thangdee.console.access import open_to_all
from thangdee.console.entrance import let_in
from thangdee.console.shared import Console, go_to
from thangdee.core.words import LANGUAGES

_STATUS = {UnknownInvitationError: 404, UsedInvitationError: 410, ExpiredInvitationError: 410}
_IN_GROUPS_OF = 4


def add_enrolment(app: FastAPI, console: Console) -> None:
    """Add the pages behind an invitation."""
    _add_over(app, console)
    _add_passphrase(app, console)
    _add_code(app, console)


def _add_over(app: FastAPI, console: Console) -> None:
    async def say_over(request: Request, error: Exception) -> Response:
        """Say what is wrong with a link, and what to do."""
        status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
        return console.page(request, "welcome_over.html", status=status, why=getattr(error, "code", ""))

    for kind in _STATUS:
        app.add_exception_handler(kind, say_over)


def _add_passphrase(app: FastAPI, console: Console) -> None:
    @app.get("/welcome/{token}")
    @open_to_all
    async def page(request: Request, token: str) -> Response:
        found = await _find(console, token)
        if not _has_language(request):
            return _to_step(request, token, found)
        return _page(request, console, "welcome.html", token, found)

    @app.post("/welcome/{token}")
    @open_to_all
    async def choose(
        request: Request, token: str, passphrase: Annotated[str, Form(max_length=MOST_CODE_POINTS)] = ""
    ) -> Response:
        """Keep the passphrase; what is wrong with one is said, and it is not put back into the page."""
        found = await _find(console, token)
        try:
            check_fit(passphrase, found.account.sign_in_name)
        except UnfitPassphraseError as error:
            return _to_step(request, token, found, notice=f"passphrase.notice.{error.code}")
        hashed = await asyncio.to_thread(hash_passphrase, passphrase)
        async with console.database.write() as connection:
            await invitations.keep_passphrase(connection, console.vault.keyring, token, hashed, console.clock.now())
        return _to_step(request, token, found, "/code")


def _add_code(app: FastAPI, console: Console) -> None:
    keyring = console.vault.keyring

    @app.get("/welcome/{token}/code")
    @open_to_all
    async def page(request: Request, token: str) -> Response:
        """Show the secret: only after the passphrase, so that nobody sees it who merely looked at the link."""
        found = await _find(console, token)
        if not found.has_passphrase or not _has_language(request):
            return _to_step(request, token, found, "/code" if found.has_passphrase else "")
        secret = invitations.secret_of(keyring, token)
        groups = [secret[at : at + _IN_GROUPS_OF] for at in range(0, len(secret), _IN_GROUPS_OF)]
        address = two_factor.address_of(secret, found.account.sign_in_name)
        return _page(request, console, "welcome_code.html", token, found, groups=groups, address=address)

    @app.get("/welcome/{token}/code.svg")
    @open_to_all
    async def picture(token: str) -> Response:
        """The picture that the code generator scans; never kept (headers.py)."""
        found = await _find(console, token)
        if not found.has_passphrase:
            return Response(status_code=404)
        address = two_factor.address_of(invitations.secret_of(keyring, token), found.account.sign_in_name)
        drawn = io.BytesIO()
        segno.make(address, micro=False).save(drawn, kind="svg", scale=5, light="#fff")
        return Response(drawn.getvalue(), media_type="image/svg+xml")

    @app.post("/welcome/{token}/code")
    @open_to_all
    async def show(request: Request, token: str, code: Annotated[str, Form(max_length=40)] = "") -> Response:
        """Use the invitation and begin a session."""
        now = console.clock.now()
        try:
            async with console.database.write() as connection:
                account = await invitations.accept(connection, console.vault, token, code, now)
                session = await sessions.start(connection, keyring, account.id, now, with_passkey=False)
        except WrongCodeError:
            return _to_step(request, token, await _find(console, token), "/code", notice="confirm.notice.wrong_code")
        return await let_in(request, console, session, "/account?notice=welcome.notice.done")


async def _find(console: Console, token: str) -> Invitation:
    """Return the valid invitation of a link; what is wrong with another one is said by the handler above."""
    async with console.database.read() as connection:
        return await invitations.find(connection, console.vault.keyring, token, console.clock.now())


def _has_language(request: Request) -> bool:
    return request.query_params.get("lang") in LANGUAGES


def _to_step(request: Request, token: str, found: Invitation, step: str = "", notice: str = "") -> Response:
    """Go to a step in the language that was chosen there, at first that of the account."""
    language = request.query_params["lang"] if _has_language(request) else found.account.language
    return go_to(request, f"/welcome/{token}{step}", lang=language, notice=notice)


def _page(request: Request, console: Console, template: str, token: str, found: Invitation, **seen: object) -> Response:
    shown: dict[str, object] = {"token": token, "account": found.account, "shortest": SHORTEST} | seen
    return console.page(request, template, notice=request.query_params.get("notice"), **shown)  # type: ignore[arg-type]
