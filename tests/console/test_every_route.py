"""Every route of the console: who may, from where, and what each answer carries (R35-R37)."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Mount
from structlog.testing import capture_logs

from tests.console.signing_in import ORIGIN, sign_in
from thangdee.casework.staff.roles import MATRIX, Permission, Role, permissions_of
from thangdee.console.access import COOKIE, CSRF_HEADER, GuardedRoute, needed_by, open_to_all
from thangdee.processes.console import StaffConsole

HOST = urlsplit(ORIGIN).netloc
SAFE = {"GET", "HEAD", "OPTIONS"}
MOUNTS = {"/static/fonts", "/static"}
# What somebody who is not signed in may reach. Each new one is a decision.
OPEN = {
    "/sign-in",
    "/passkey/sign-in/options",
    "/passkey/sign-in",
    "/welcome/{token}",  # of an invitation
    "/welcome/{token}/code",
    "/welcome/{token}/code.svg",
    "/demo-sign-in",  # exists in the demo only
}
NOT_YOURS = (403, "This is not yours to see.")
SAMPLE_PARTS = {"int": "1", "float": "1", "uuid": "00000000-0000-4000-8000-000000000000"}
WANTED = {
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


@pytest.fixture
def app(installation) -> FastAPI:
    """The whole console, as the demo serves it."""
    return StaffConsole(installation, ORIGIN).app


def routes(app: FastAPI) -> list[GuardedRoute]:
    return [route for route in app.routes if isinstance(route, GuardedRoute)]


def requests(app: FastAPI) -> Iterator[tuple[str, str, Permission | None]]:
    """Method, a path with made-up parts, what it needs."""
    for route in routes(app):
        parts = {
            name: SAMPLE_PARTS.get(type(one).__name__[:-9].lower(), "x") for name, one in route.param_convertors.items()
        }
        path = re.sub(r"{(\w+)(:\w+)?}", lambda found, parts=parts: parts[found[1]], route.path)
        for method in sorted(route.methods):
            yield method, path, needed_by(route)


async def ask(app: FastAPI, method: str, path: str, token: str = "", **headers: str) -> Answer:
    """Ask without a body; of what streams without end, take the beginning."""
    sent: list[dict] = []
    is_enough, is_asked = asyncio.Event(), False
    given = {"host": HOST, "content-length": "0"} | ({"cookie": f"{COOKIE}={token}"} if token else {})
    named = [(key.replace("_", "-").encode(), value.encode()) for key, value in (given | headers).items()]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "https", "root_path": ""}
    scope |= {"method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "headers": named}
    scope |= {"client": ("192.0.2.7", 4711), "server": (HOST, 443), "state": {}}

    async def receive() -> dict:
        nonlocal is_asked
        if is_asked:
            await asyncio.Event().wait()
        is_asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and b"event-stream" in dict(sent[0]["headers"]).get(
            b"content-type", b""
        ):
            is_enough.set()

    serving, enough = asyncio.ensure_future(app(scope, receive, send)), asyncio.ensure_future(is_enough.wait())
    await asyncio.wait({serving, enough}, timeout=20, return_when=asyncio.FIRST_COMPLETED)
    for task in (serving, enough):
        task.cancel()
    [fault, _] = await asyncio.gather(serving, enough, return_exceptions=True)
    if isinstance(fault, Exception):
        raise fault
    assert sent, f"{method} {path}: no answer"
    text = b"".join(one.get("body", b"") for one in sent[1:]).decode(errors="replace")
    return Answer(sent[0]["status"], {key.decode(): value.decode() for key, value in sent[0]["headers"]}, text)


async def session(installation, app, *roles) -> tuple[str, str]:
    """Cookie and CSRF token of somebody in these roles."""
    token = (await sign_in(installation, *roles))[COOKIE]
    return token, app.state.gate.csrf_of(await app.state.gate.who(token, is_passive=True))


def test_every_route_says_what_it_needs(app) -> None:
    others = [route for route in app.routes if not isinstance(route, GuardedRoute)]

    assert [route for route in others if not isinstance(route, Mount)] == []  # no bare route, no socket
    assert {route.path for route in others} == MOUNTS
    assert {route.path for route in routes(app) if needed_by(route) is None} == OPEN


@pytest.mark.parametrize("role", [None, *Role])
async def test_authz_matrix_every_route(app, installation, role) -> None:
    token, csrf = await session(installation, app, *([role] if role else []))
    allowed = permissions_of([role] if role else [])
    wrong = []
    for method, path, needed in requests(app):
        if path == "/sign-out":
            continue  # signs out; everybody may: test_sign_in.py
        answer = await ask(app, method, path, token, origin=ORIGIN, **{CSRF_HEADER: csrf})
        is_refused = (answer.status, answer.text) == NOT_YOURS
        is_sent_away = "/sign-in" in answer.headers.get("location", "") and needed is not None
        if is_refused != (needed is not None and needed not in allowed) or is_sent_away or answer.status >= 500:
            wrong.append((method, path, needed, answer.status))

    assert wrong == []
    assert allowed == (MATRIX[role] if role else set()) | {Permission.OWN_ACCOUNT}


async def test_who_is_not_signed_in_reaches_nothing(app) -> None:
    for token in ("", "guessed"):
        for method, path, needed in requests(app):
            answer = await ask(app, method, path, token, origin=ORIGIN)
            if needed is not None:
                assert (answer.status, answer.text) == (303, ""), (method, path)
                assert answer.headers["location"].startswith("/sign-in?"), (method, path)


async def test_a_supervisor_who_showed_no_passkey_reaches_the_own_account_only(app, installation) -> None:
    token = (await sign_in(installation, Role.SUPERVISOR, with_passkey=False))[COOKIE]
    for method, path, needed in requests(app):
        if needed not in (None, Permission.OWN_ACCOUNT):
            answer = await ask(app, method, path, token, origin=ORIGIN)
            assert answer.status in (303, 403), (method, path)
            assert answer.headers.get("location", "/account").startswith("/account"), (method, path)


async def test_csrf_every_route(app, installation) -> None:
    token, csrf = await session(installation, app, *Role)
    _, foreign = await session(installation, app, *Role)
    for method, path, needed in requests(app):
        if method in SAFE:
            continue
        for origin in ("https://evil.test", "null", f"https://{HOST}.evil.test", "https://evil.test#" + HOST):
            stranger = await ask(app, method, path, token, origin=origin, **{CSRF_HEADER: csrf})
            assert (stranger.status, stranger.text[:17]) == (403, "This did not come"), (method, path, origin)
        assert (await ask(app, method, path, token, **{CSRF_HEADER: csrf})).status == 403, (method, path)
        if needed is not None:
            for wrong in ({}, {CSRF_HEADER: ""}, {CSRF_HEADER: "guessed"}, {CSRF_HEADER: foreign}):
                refused = await ask(app, method, path, token, origin=ORIGIN, **wrong)
                assert (refused.status, refused.text[:12]) == (403, "The page was"), (method, path)


async def test_a_safe_request_changes_no_session_and_a_token_stands_in_no_address(app, installation) -> None:
    token, csrf = await session(installation, app, *Role)
    for method, path, _needed in requests(app):
        if method in SAFE:
            answer = await ask(app, method, path, token, origin=ORIGIN)
            assert csrf not in answer.headers.get("location", ""), path
            assert f"csrf={csrf}" not in answer.text, path
    assert await app.state.gate.who(token, is_passive=True) is not None


async def test_headers_every_route(app, installation) -> None:
    token, csrf = await session(installation, app, *Role)
    asked = [(method, path) for method, path, _ in requests(app) if path != "/sign-out"]
    asked += [("GET", "/nowhere"), ("PUT", "/sign-in"), ("GET", "/static/desk.css"), ("GET", "/static/nothing.js")]
    for method, path in asked:
        for cookie in ("", token):
            answer = await ask(app, method, path, cookie, origin=ORIGIN, **{CSRF_HEADER: csrf})
            assert_safe(answer, path)


async def test_a_fault_of_ours_tells_nothing_keeps_the_policy_and_is_logged_by_its_place(app) -> None:
    @app.get("/faulty")
    @open_to_all
    async def faulty() -> None:
        raise ValueError("secret")

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    with capture_logs() as logged:
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as browser:
            found = await browser.get("/faulty")

    assert (found.status_code, found.text) == (500, "Something went wrong here.")
    assert [(one["event"], one["error"]) for one in logged] == [("page_failed", "ValueError")]
    assert "secret" not in str(logged)
    assert_safe(Answer(500, dict(found.headers), found.text), "/faulty")


def assert_safe(answer: Answer, path: str) -> None:
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'", path
    assert policy["base-uri"] == "'none'", path
    assert "unsafe" not in str(policy), path
    assert "*" not in str(policy), path
    assert {name: answer.headers[name] for name in WANTED} == WANTED, path
    assert answer.headers["cache-control"] == ("no-cache" if path == "/static/desk.css" else "no-store"), path
    if "html" in answer.headers.get("content-type", ""):
        assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=|javascript:", answer.text) == [], (
            path
        )
