"""What every answer of the console carries, and which requests it refuses before looking at them (R36)."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thangdee.core.errors import ThangdeeError
from thangdee.core.logs import report

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; media-src 'self'; "
    "font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # Not "no-referrer": browsers would then send "Origin: null" with our own forms.
    "referrer-policy": "same-origin",
}
# A recording of three megabytes is the largest that is sent up.
MOST_BODY = 4 * 1024 * 1024
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class SafeHeaders:
    """Adds the policy, and forbids keeping what is shown unless the answer says otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_answered = False

        async def send_with_headers(message: Message) -> None:
            nonlocal is_answered
            if message["type"] == "http.response.start":
                is_answered = True
                headers = MutableHeaders(scope=message)
                own = headers.get("content-security-policy")
                headers.update(_HEADERS)
                if own is not None:  # browsers obey both: a route can forbid more, never allow more
                    headers.append("content-security-policy", own)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:  # the framework would answer outside of here, without the policy
            report("page_failed", error)
            if scope["type"] == "http" and not is_answered:
                await PlainTextResponse("Something went wrong here.", 500)(scope, receive, send_with_headers)
            raise


class SmallBodies:
    """Refuses what is larger than any form or recording of ours: strangers, too, may send to the sign-in page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or answer 413."""
        came = 0

        async def receive_some() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > MOST_BODY:
                raise _TooMuchError
            return message

        try:
            await self._app(scope, receive_some, send)
        except _TooMuchError:
            await PlainTextResponse("This is too much at once.", 413)(scope, receive, send)


class _TooMuchError(ThangdeeError):
    """Raised while a body is read, so that the rest of it is never held."""

    code = "too_much"


class SameOrigin:
    """Refuses what changes something unless it comes from a page of this very host."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or answer 403."""
        if scope["type"] == "http" and scope["method"] not in _SAFE_METHODS and not _is_own(Headers(scope=scope)):
            await PlainTextResponse("This did not come from the desk's own page.", 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_own(headers: Headers) -> bool:
    host = headers.get("host", "")
    return bool(host) and urlsplit(headers.get("origin", "")).netloc == host
