"""The page with phones on the left and what staff see on the right."""

import html
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thangdee.core.words import LOCALES

STATIC = Path(__file__).parent / "static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; frame-src {frames}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)

router = APIRouter(include_in_schema=False)
static_files = StaticFiles(directory=STATIC)
font_files = StaticFiles(directory=LOCALES / "fonts")


@router.get("/")
async def page(request: Request) -> Response:
    """The page; the staff region's address comes from `app.state.staff_url`."""
    staff_url = request.app.state.staff_url
    text = (STATIC / "page.html").read_text(encoding="utf-8")
    return Response(text.replace("{staff_url}", html.escape(staff_url or "", quote=True)), media_type="text/html")


def content_policy(staff_url: str | None) -> str:
    """The Content-Security-Policy; another origin's staff pages may be framed, and nothing else from there."""
    parts = urlsplit(staff_url or "")
    frames = f"'self' {parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else "'self'"
    return _POLICY.format(frames=frames)


class SafeHeaders:
    """Adds the policy and its companions to every answer that has none of its own."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"permissions-policy", b"microphone=(self), geolocation=(), camera=()"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                added = [(name, value) for name, value in self._headers if name not in present]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await self._app(scope, receive, send_with_headers)
