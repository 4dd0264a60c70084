"""One's own account: name and language, passphrase, second factors, open sessions."""

import asyncio
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response

from thangdee.casework.staff import accounts, passkeys, sessions, throttle
from thangdee.casework.staff.accounts import LONGEST_SHOWN_NAME, Account
from thangdee.casework.staff.passphrases import (
    MOST_CODE_POINTS,
    SHORTEST,
    UnfitPassphraseError,
    check_fit,
    hash_passphrase,
    is_right,
)
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.casework.staff.throttle import TooManyTriesError
from thangdee.console.access import Viewer, needs
from thangdee.console.confirming import to_confirm
from thangdee.console.passkey_routes import may_change_factors
from thangdee.console.shared import Console, go_to
from thangdee.core import audit
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.words import LANGUAGES

_PATH = "/account"

Words = Annotated[str, Form(max_length=MOST_CODE_POINTS)]


def add_account(app: FastAPI, console: Console) -> None:
    """Add the page of one's own account."""
    _add_page(app, console)
    _add_passphrase(app, console)
    _add_sessions(app, console)


def _add_page(app: FastAPI, console: Console) -> None:
    @app.get(_PATH)
    @needs(Permission.OWN_ACCOUNT)
    async def page(request: Request, viewer: Viewer, notice: str = "") -> Response:
        seen = await _read(console, viewer)
        return console.page(request, "account.html", notice=notice, **seen)

    @app.post(_PATH)
    @needs(Permission.OWN_ACCOUNT)
    async def change(
        request: Request,
        viewer: Viewer,
        shown_name: Annotated[str, Form(max_length=LONGEST_SHOWN_NAME)] = "",
        language: Annotated[str, Form(max_length=2)] = "",
    ) -> Response:
        """Change what colleagues read and the language of the pages."""
        wanted = language if language in LANGUAGES else viewer.language
        async with console.database.write() as connection:
            await accounts.rename(connection, viewer.staff_id, shown_name=shown_name, language=wanted)
            await _note(connection, console, viewer, "account:change")
        return go_to(request, _PATH, notice="account.notice.changed")


async def _read(console: Console, viewer: SignedIn) -> dict[str, Any]:
    now = console.clock.now()
    async with console.database.read() as connection:
        return {
            "account": await accounts.by_id(connection, viewer.staff_id),
            "passkeys": await passkeys.of_staff(connection, viewer.staff_id),
            "sessions": await sessions.open_sessions(connection, viewer.staff_id, now),
            "may_change": await may_change_factors(connection, console, viewer),
            "shortest": SHORTEST,
            "zone": LOCAL_TIME,
            "longest_name": LONGEST_SHOWN_NAME,
            "longest_label": passkeys.LONGEST_LABEL,
        }


def _add_passphrase(app: FastAPI, console: Console) -> None:
    @app.post(f"{_PATH}/passphrase")
    @needs(Permission.OWN_ACCOUNT)
    async def choose(request: Request, viewer: Viewer, current: Words = "", chosen: Words = "") -> Response:
        """Change the passphrase: the present one and a fresh second factor are needed; other sessions end."""
        async with console.database.read() as connection:
            if not await may_change_factors(connection, console, viewer):
                return to_confirm(request, _PATH)
            account = await accounts.by_id(connection, viewer.staff_id)
        wrong = await _wrong(console, account, current, chosen)
        if wrong:
            return go_to(request, _PATH, "passphrase", notice=wrong)
        hashed = await asyncio.to_thread(hash_passphrase, chosen)
        async with console.database.write() as connection:
            await accounts.set_passphrase_hash(connection, viewer.staff_id, hashed)
            await sessions.end_all(connection, viewer.staff_id, but=viewer.session_id)
            await _note(connection, console, viewer, "account:passphrase")
        return go_to(request, _PATH, "passphrase", notice="passphrase.notice.changed")


async def _wrong(console: Console, account: Account | None, current: str, chosen: str) -> str | None:
    """Return the key of what stands against the change, None where nothing does."""
    if account is None or account.passphrase_hash is None:
        return "passphrase.notice.wrong_current"
    key = throttle.key_of(console.vault.keyring, f"passphrase|{account.id}", "")  # a session is needed to get here
    try:
        check_fit(chosen, account.sign_in_name)
        async with console.database.write() as connection:
            await throttle.begin(connection, key, console.clock.now())
    except UnfitPassphraseError as error:
        return f"passphrase.notice.{error.code}"
    except TooManyTriesError:
        return "confirm.notice.too_many_tries"
    if not await asyncio.to_thread(is_right, account.passphrase_hash, current):
        return "passphrase.notice.wrong_current"
    async with console.database.write() as connection:
        await throttle.forgive(connection, key)
    return None


def _add_sessions(app: FastAPI, console: Console) -> None:
    @app.post(f"{_PATH}/sessions/end")
    @needs(Permission.OWN_ACCOUNT)
    async def end_others(request: Request, viewer: Viewer) -> Response:
        """End all sessions but this one: a phone that was lent, a computer that was left open."""
        async with console.database.write() as connection:
            await sessions.end_all(connection, viewer.staff_id, but=viewer.session_id)
            await _note(connection, console, viewer, "account:end_sessions")
        return go_to(request, _PATH, "sessions", notice="account.notice.ended")


async def _note(connection: Any, console: Console, viewer: SignedIn, action: str) -> None:  # noqa: ANN401
    now, keyring = console.clock.now(), console.vault.keyring
    await audit.record(connection, keyring, actor=viewer.staff_id, action=action, subject=viewer.staff_id, now=now)
