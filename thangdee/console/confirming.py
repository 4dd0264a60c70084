"""Showing a second factor again before a weighty deed: a page of its own that leads back (R33).

if not is_fresh(console, viewer):
return to_confirm(request, "/the/page/to/return/to")
"""

from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.staff import accounts, passkeys, sessions, throttle, two_factor
from thangdee.casework.staff.passkey_challenges import LONGEST_ANSWER, WrongPasskeyError
from thangdee.casework.staff.passkeys import Passkey, Site
from thangdee.casework.staff.roles import NEED_PASSKEY, Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.casework.staff.throttle import TooManyTriesError
from thangdee.console.access import Viewer, needs
from thangdee.console.entrance import own_path
from thangdee.console.shared import Console, go_to
from thangdee.core import audit

_PATH, _HOME = "/account/confirm", "/account"


def is_fresh(console: Console, viewer: SignedIn) -> bool:
    """Tell whether a second factor was shown within the last five minutes."""
    return viewer.has_fresh_factor(console.clock.now())


def to_confirm(request: Request, then: str) -> Response:
    """Lead to the page that asks for a second factor, and from there to `then`."""
    return go_to(request, _PATH, next=then)


def needs_passkey(viewer: SignedIn, own: list[Passkey]) -> bool:
    """Tell whether only a passkey confirms: who needs one and has one shows it, a code is not enough any more."""
    return bool(viewer.roles & NEED_PASSKEY and own)


def add_confirming(app: FastAPI, console: Console) -> None:
    """Add the page `/account/confirm?next=`."""
    site, keyring = Site(console.origin), console.vault.keyring

    @app.get(_PATH)
    @needs(Permission.OWN_ACCOUNT)
    async def page(request: Request, viewer: Viewer, next: str = _HOME, notice: str = "") -> Response:  # noqa: A002 - the address says so
        async with console.database.read() as connection:
            own = await passkeys.of_staff(connection, viewer.staff_id)
        return console.page(
            request,
            "confirm.html",
            notice=notice,
            next=own_path(next) or _HOME,
            has_passkey=bool(own),
            only_passkey=needs_passkey(viewer, own),
        )

    @app.post(f"{_PATH}/options")
    @needs(Permission.OWN_ACCOUNT)
    async def options(viewer: Viewer) -> Response:
        now = console.clock.now()
        async with console.database.write() as connection:
            made = await passkeys.options_to_confirm(connection, keyring, site, viewer.staff_id, now)
        return Response(made, media_type="application/json")

    @app.post(_PATH)
    @needs(Permission.OWN_ACCOUNT)
    async def confirm(
        request: Request,
        viewer: Viewer,
        next: Annotated[str, Form(max_length=500)] = _HOME,  # noqa: A002 - the form says so
        code: Annotated[str, Form(max_length=40)] = "",
        answer: Annotated[str, Form(max_length=LONGEST_ANSWER)] = "",
    ) -> Response:
        async with console.database.write() as connection:
            wrong = await _wrong(connection, console, viewer, code, answer)
        if wrong:
            return go_to(request, _PATH, next=next, notice=wrong)
        return go_to(request, own_path(next) or _HOME)


async def _wrong(connection: AsyncConnection, console: Console, viewer: SignedIn, code: str, answer: str) -> str | None:
    """Take the factor that was shown; the key of what is wrong with it, None where it is right."""
    now, keyring = console.clock.now(), console.vault.keyring
    # Only who has a session gets here: from however many addresses codes are guessed, five a minute is all.
    key = throttle.key_of(keyring, f"confirm|{viewer.staff_id}", "")
    try:
        await throttle.begin(connection, key, now)
        if answer:
            await passkeys.confirm(connection, keyring, Site(console.origin), viewer.staff_id, answer, now)
        elif not await _is_code(connection, console, viewer, code):
            return "confirm.notice.wrong_code"
    except TooManyTriesError:
        return "confirm.notice.too_many_tries"
    except WrongPasskeyError:
        return "passkey.notice.wrong_passkey"
    await throttle.forgive(connection, key)
    await sessions.confirm_factor(connection, viewer, now, with_passkey=bool(answer))
    await audit.record(
        connection, keyring, actor=viewer.staff_id, action="account:confirm", now=now, passkey=bool(answer)
    )
    return None


async def _is_code(connection: AsyncConnection, console: Console, viewer: SignedIn, code: str) -> bool:
    own = await passkeys.of_staff(connection, viewer.staff_id)
    if needs_passkey(viewer, own):
        return False
    account = await accounts.by_id(connection, viewer.staff_id)
    if console.demo and account is not None and not account.has_totp and not own:
        return True  # made-up colleagues have no code generator; the page says that a real hotline asks for it
    return await two_factor.use_code(connection, console.vault, viewer.staff_id, code, console.clock.now())
