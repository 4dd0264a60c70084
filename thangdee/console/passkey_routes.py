"""Passkeys in the browser: signing in with one, adding and removing one's own (R33).

The page's form asks for options, the browser's answer comes back in its field `answer` (static/passkey.js).
"""

from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.staff import accounts, entering, passkeys, sessions
from thangdee.casework.staff.passkey_challenges import LONGEST_ANSWER, WrongPasskeyError
from thangdee.casework.staff.passkeys import LONGEST_LABEL, Site, TooManyPasskeysError
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs, open_to_all
from thangdee.console.confirming import to_confirm
from thangdee.console.entrance import Turnstile, let_in, source_of
from thangdee.console.shared import Console, go_to
from thangdee.core import audit

_PAGE = "/account"

Answer = Annotated[str, Form(max_length=LONGEST_ANSWER)]


def add_passkeys(app: FastAPI, console: Console) -> None:
    """Add signing in with a passkey, and one's own passkeys."""
    _add_sign_in(app, console)
    _add_own(app, console)


async def may_change_factors(connection: AsyncConnection, console: Console, viewer: SignedIn) -> bool:
    """Tell whether somebody may change how they sign in: after a fresh factor, with a passkey where one is needed.

    Otherwise a code that somebody was talked out of would be enough to add a stranger's passkey.
    """
    if not viewer.has_fresh_factor(console.clock.now()):
        return False
    return not (viewer.must_show_passkey and await passkeys.of_staff(connection, viewer.staff_id))


def _add_sign_in(app: FastAPI, console: Console) -> None:
    site, keyring, turnstile = Site(console.origin), console.vault.keyring, Turnstile()

    @app.post("/passkey/sign-in/options")
    @open_to_all
    async def options(request: Request) -> Response:
        if not turnstile.lets(source_of(request), console.clock.now()):  # each writes a challenge
            return Response(status_code=429, headers={"retry-after": "60"})
        async with console.database.write() as connection:
            made = await passkeys.options_to_sign_in(connection, keyring, site, console.clock.now())
        return Response(made, media_type="application/json")

    @app.post("/passkey/sign-in")
    @open_to_all
    async def sign_in(
        request: Request,
        answer: Answer = "",
        next: Annotated[str, Form(max_length=500)] = "/",  # noqa: A002 - the form says so
        lang: Annotated[str, Form(max_length=2)] = "",
    ) -> Response:
        async with console.database.write() as connection:
            token = await _signed_in(connection, console, site, answer)
        if token is None:
            return go_to(request, "/sign-in", next=next, lang=lang, notice="passkey.notice.wrong_passkey")
        return await let_in(request, console, token, next)


async def _signed_in(connection: AsyncConnection, console: Console, site: Site, answer: str) -> str | None:
    """Return the token of a new session; None for a wrong passkey. Audited in a way that lets staff in (R31)."""
    now, keyring = console.clock.now(), console.vault.keyring
    try:
        who = await passkeys.sign_in(connection, keyring, site, answer, now)
    except WrongPasskeyError as error:
        if error.staff_id:  # what strangers send at random is nobody's failed sign-in
            await audit.record_in_crisis(
                connection,
                keyring,
                actor=audit.SYSTEM,
                action="sign_in:failed",
                subject=error.staff_id,
                now=now,
                how="passkey",
            )
        return None
    token = await sessions.start(connection, keyring, who, now, with_passkey=True)
    await entering.note_entry(connection, console.vault, who, "passkey", now)
    return token


def _add_own(app: FastAPI, console: Console) -> None:
    site, keyring = Site(console.origin), console.vault.keyring

    @app.post("/account/passkeys/options")
    @needs(Permission.OWN_ACCOUNT)
    async def options(viewer: Viewer) -> Response:
        now = console.clock.now()
        async with console.database.write() as connection:
            account = await accounts.by_id(connection, viewer.staff_id)
            if account is None or not await may_change_factors(connection, console, viewer):
                return JSONResponse({"wrong": "confirm"}, 409)
            try:
                made = await passkeys.options_to_add(
                    connection, keyring, site, viewer.staff_id, account.sign_in_name, now
                )
            except TooManyPasskeysError:
                return JSONResponse({"wrong": "too_many"}, 409)
        return Response(made, media_type="application/json")

    @app.post("/account/passkeys")
    @needs(Permission.OWN_ACCOUNT)
    async def add(
        request: Request,
        viewer: Viewer,
        answer: Answer = "",
        label: Annotated[str, Form(max_length=LONGEST_LABEL)] = "",
    ) -> Response:
        async with console.database.write() as connection:
            if not await may_change_factors(connection, console, viewer):
                return to_confirm(request, _PAGE)
            notice = await _added(connection, console, site, viewer, answer, label)
        return go_to(request, _PAGE, "passkeys", notice=notice)

    @app.post("/account/passkeys/remove")
    @needs(Permission.OWN_ACCOUNT)
    async def remove(request: Request, viewer: Viewer, passkey: Annotated[str, Form(max_length=32)] = "") -> Response:
        async with console.database.write() as connection:
            if not await may_change_factors(connection, console, viewer):
                return to_confirm(request, _PAGE)
            if await passkeys.remove(connection, viewer.staff_id, passkey):
                await sessions.end_all(connection, viewer.staff_id, but=viewer.session_id)
                await _note(connection, console, viewer, "account:passkey_remove", passkey)
        return go_to(request, _PAGE, "passkeys", notice="passkey.notice.removed")


async def _added(
    connection: AsyncConnection, console: Console, site: Site, viewer: SignedIn, answer: str, label: str
) -> str:
    """Keep a new passkey; return what to say."""
    now, keyring = console.clock.now(), console.vault.keyring
    try:
        made = await passkeys.add(connection, keyring, site, viewer.staff_id, answer, label, now)
    except (WrongPasskeyError, TooManyPasskeysError) as error:
        return f"passkey.notice.{error.code}"
    # Making one takes finger, face or PIN like showing one.
    await sessions.confirm_factor(connection, viewer, now, with_passkey=True)
    await _note(connection, console, viewer, "account:passkey_add", made)
    return "passkey.notice.added"


async def _note(connection: AsyncConnection, console: Console, viewer: SignedIn, action: str, passkey: str) -> None:
    await audit.record(
        connection,
        console.vault.keyring,
        actor=viewer.staff_id,
        action=action,
        subject=passkey,
        now=console.clock.now(),
    )
