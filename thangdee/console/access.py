"""The gate of the console: a route says what it needs, or the program does not start (R35-R37)."""

import hmac
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Protocol, TypeVar
from urllib.parse import urlencode, urlsplit

from fastapi import Depends, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from fastapi.routing import APIRoute

from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn

COOKIE = "__Host-thangdee"
CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"
# What a page asks for by itself does not keep a forgotten session open (R35).
PASSIVE_HEADER = "x-passive"
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_NEEDS = "__needs__"
_MOST_FIELDS = 2000  # the form of a directory entry is the longest

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class Gate(Protocol):
    """Knows who asks. Lies in `app.state.gate`."""

    async def who(self, token: str, *, is_passive: bool) -> SignedIn | None:
        """Return who is signed in with this cookie; None: nobody, or no longer."""

    async def refused(self, viewer: SignedIn, permission: Permission) -> None:
        """Write down that somebody asked for what is not theirs (R31)."""

    def csrf_of(self, viewer: SignedIn) -> str:
        """Return the token that forms of this session carry."""

    def now(self) -> datetime:
        """Return the time."""


def needs(permission: Permission) -> Callable[[Endpoint], Endpoint]:
    """Say what a route needs; stands below the route's own decorator."""
    return _marked(permission)


def open_to_all(endpoint: Endpoint) -> Endpoint:
    """Say that a route is for anybody, signed in or not."""
    return _marked(None)(endpoint)


def needed_by(route: APIRoute) -> Permission | None:
    """Return what a route needs, None where it is open to all."""
    permission: Permission | None = getattr(route.endpoint, _NEEDS)
    return permission


def viewer_of(request: Request) -> SignedIn:
    """Return who is signed in; for routes that need a permission."""
    viewer: SignedIn = request.state.viewer
    return viewer


Viewer = Annotated[SignedIn, Depends(viewer_of)]


class GuardedRoute(APIRoute):
    """A route that is refused unless it says what it needs, and then to all who may not."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401 - FastAPI's own
        if not hasattr(endpoint, _NEEDS):
            raise RuntimeError(f"{path}: say @needs(...) or @open_to_all")
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Return the route's handler behind the gate."""
        handle = super().get_route_handler()
        permission = needed_by(self)

        async def guarded(request: Request) -> Response:
            if permission is None:
                return await handle(request)
            gate: Gate = request.app.state.gate
            token, is_passive = request.cookies.get(COOKIE, ""), PASSIVE_HEADER in request.headers
            viewer = await gate.who(token, is_passive=is_passive) if token else None
            if viewer is None:
                return _to_sign_in(request)
            if permission not in viewer.permissions:
                await gate.refused(viewer, permission)
                if viewer.must_show_passkey and request.method in _SAFE_METHODS:
                    return RedirectResponse(f"{request.scope.get('root_path', '')}/account", 303)  # asks for it
                return PlainTextResponse("This is not yours to see.", 403)
            if request.method not in _SAFE_METHODS and not await _has_token(request, gate.csrf_of(viewer)):
                return PlainTextResponse("The page was too old. Open it again.", 403)
            request.state.viewer = viewer
            return await handle(request)

        return guarded


def _marked(permission: Permission | None) -> Callable[[Endpoint], Endpoint]:
    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _NEEDS, permission)
        return endpoint

    return mark


def _to_sign_in(request: Request) -> Response:
    """Lead to the sign-in page and from there back; a part of a page leads the whole page there."""
    root = request.scope.get("root_path", "")
    if "hx-request" in request.headers or PASSIVE_HEADER in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": f"{root}/sign-in?{_over(request, root)}"})
    if request.method not in _SAFE_METHODS:
        return RedirectResponse(f"{root}/sign-in?{_over(request, root)}", 303)
    path, query = request.url.path.removeprefix(root), request.url.query
    return RedirectResponse(f"{root}/sign-in?{urlencode({'next': f'{path}?{query}' if query else path})}", 303)


def _over(request: Request, root: str) -> str:
    """Say that the session is over, and which page it was; sign_in.py goes back to pages of ours only."""
    page = urlsplit(request.headers.get("referer", ""))
    path = page.path.removeprefix(root) + (f"?{page.query}" if page.query else "")
    return urlencode({"why": "over", "next": path} if path else {"why": "over"})


async def _has_token(request: Request, wanted: str) -> bool:
    given = request.headers.get(CSRF_HEADER)
    if given is None:
        given = str((await request.form(max_fields=_MOST_FIELDS)).get(CSRF_FIELD, ""))
    return hmac.compare_digest(given.encode(), wanted.encode())
