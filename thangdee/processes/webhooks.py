"""Messages to organisations' own systems, signed as Standard Webhooks says (docs/webhook.md)."""

import asyncio
import ipaddress
import json
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx
from standardwebhooks import Webhook

from thangdee.casework.providers.notices import OFFERS, Saying
from thangdee.processes.outcomes import AWAY, TAKEN, Outcome

_SECONDS = 10
_HTTPS = 443
_GONE = 410
_AGENT = "Thangdee"
# They carry an address of the old internet inside, which may be a private one.
_WRAPPED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16"))

Resolve = Callable[[str, int], Awaitable[list[str]]]


@dataclass(frozen=True)
class Event:
    """What happened, as their system reads it."""

    notice_id: str
    saying: Saying
    code: str
    at: datetime
    link: str
    answer_by: datetime | None


def body_of(event: Event) -> str:
    """Return the JSON; what a type does not have is null."""
    kind = "referral.offered" if event.saying in OFFERS else _TYPES[event.saying]
    by = event.answer_by.astimezone(UTC).isoformat() if event.answer_by else None
    data: dict[str, Any] = {"reference": event.code, "answer_by": by, "link": event.link or None}
    whole = {"type": kind, "timestamp": event.at.astimezone(UTC).isoformat(), "data": data}
    return json.dumps(whole, separators=(",", ":"))


_TYPES = {
    Saying.NEWS: "referral.news", Saying.REMINDER: "referral.reminder", Saying.ENDED: "referral.ended",
    Saying.TEST: "channel.test",
}  # fmt: skip


def is_public(address: str) -> bool:
    """Tell whether an address of the internet is one that everybody can reach, and not one of our own house."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in one for one in _WRAPPED):
            return False
    return found.is_global and not found.is_multicast


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses that a name has now. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


class WebhookSender:
    """Sends events. A name is looked up once and the connection goes to what was looked at, so nothing moves meanwhile.

    `is_allowed`: which addresses may be gone to; `trusted`: certificates that count, else those of the system.
    """

    def __init__(
        self,
        *,
        is_allowed: Callable[[str], bool] = is_public,
        find: Resolve = resolve,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self._is_allowed = is_allowed
        self._find = find
        self._trusted = trusted or _of_the_system()

    async def send(self, url: str, secret: str, event: Event, now: datetime) -> Outcome:
        """Send an event once; tell what their system said."""
        try:
            async with asyncio.timeout(_SECONDS):
                return await self._send(url, secret, event, now)
        except (httpx.HTTPError, OSError, TimeoutError, UnicodeError) as error:
            return Outcome("unsafe") if _is_unsafe(error) else AWAY

    async def _send(self, url: str, secret: str, event: Event, now: datetime) -> Outcome:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _HTTPS
        if parts.scheme != "https":
            return Outcome("not_public")
        found = await self._find(host, port)
        if not found or not all(map(self._is_allowed, found)):
            return Outcome("not_public")
        there = f"[{found[0]}]" if ":" in found[0] else found[0]
        body = body_of(event)
        headers = _headers(secret, event.notice_id, body, now) | {"host": host if port == _HTTPS else f"{host}:{port}"}
        target = httpx.URL(parts._replace(netloc=f"{there}:{port}").geturl())
        async with httpx.AsyncClient(verify=self._trusted, trust_env=False, timeout=_SECONDS) as client:
            request = client.build_request("POST", target, content=body.encode(), headers=headers)
            request.extensions["sni_hostname"] = host  # the certificate must be theirs, not that of a number
            answer = await client.send(request, stream=True, follow_redirects=False)
            await answer.aclose()  # whatever they say beside the status is not read
        return _outcome(answer.status_code)


@cache
def _of_the_system() -> ssl.SSLContext:
    return ssl.create_default_context()


def _headers(secret: str, notice_id: str, body: str, now: datetime) -> dict[str, str]:
    moment = now.astimezone(UTC)
    return {
        "content-type": "application/json",
        "user-agent": _AGENT,
        "webhook-id": notice_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(notice_id, moment, body),
    }


def _outcome(status: int) -> Outcome:
    if httpx.codes.is_success(status):
        return TAKEN
    return Outcome("gone", is_final=True, is_gone=True) if status == _GONE else Outcome("later")


def _is_unsafe(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
