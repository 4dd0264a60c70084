"""Signing in, in tests of pages: an account with these roles, its session, a browser or an HTTP client with it."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx
from fastapi import FastAPI

from thangdee.casework.staff import accounts, sessions
from thangdee.casework.staff.roles import Role
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import COOKIE, CSRF_HEADER
from thangdee.console.gate import StaffGate
from thangdee.processes.wiring import Installation

ORIGIN = "https://desk.test"
_numbers = itertools.count(1)


def gate_of(installation: Installation) -> StaffGate:
    return StaffGate(installation.database, installation.vault, installation.clock)


async def sign_in(
    installation: Installation, *roles: Role, name: str | None = None, language: str = "en", with_passkey: bool = True
) -> dict[str, str]:
    """Cookies of a new session; the account is made unless `name` has one already."""
    name = name or f"made-up-{next(_numbers)}"
    vault, now = installation.vault, installation.clock.now()
    async with installation.database.write() as connection:
        known = await accounts.by_name(connection, name)
        staff_id = (
            known.id
            if known
            else await accounts.add(connection, vault, name=name, roles=roles, language=language, now=now)
        )
        token = await sessions.start(connection, vault.keyring, staff_id, now, with_passkey=with_passkey)
    return {COOKIE: token}


async def viewer_of(installation: Installation, cookies: dict[str, str]) -> SignedIn:
    """Who that is: staff_id, session_id, ..."""
    found = await gate_of(installation).who(cookies[COOKIE], is_passive=True)
    assert found is not None
    return found


@asynccontextmanager
async def client(app: FastAPI, cookies: dict[str, str] | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a window, as a page of ours sends requests: Origin, CSRF token; it follows no redirects."""
    headers = {"origin": ORIGIN}
    if cookies:
        viewer = await app.state.gate.who(cookies[COOKIE], is_passive=True)
        headers |= {CSRF_HEADER: app.state.gate.csrf_of(viewer)} if viewer else {}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers, cookies=cookies) as one:
        yield one


async def carry(context, url: str, cookies: dict[str, str]) -> None:
    """Give the cookies to a browser context of Playwright; `url` is where the application is served."""
    host = urlsplit(url).hostname
    rest = {"domain": host, "path": "/", "secure": True, "httpOnly": True, "sameSite": "Lax"}
    await context.add_cookies([{"name": name, "value": value, **rest} for name, value in cookies.items()])
