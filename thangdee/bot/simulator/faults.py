"""Refusals of the Bot API: real errors, scripted faults and rate limits."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_DESCRIPTIONS = {
    400: "Bad Request: scripted fault",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


class ApiError(Exception):
    """The Bot API refuses: error code, the real description, and seconds to wait for a 429."""

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def envelope(self) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


def bad_request(what: str) -> ApiError:
    """A 400 with Telegram's words."""
    return ApiError(400, f"Bad Request: {what}")


def too_many(seconds: int) -> ApiError:
    """A 429 that asks to wait."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", seconds)


@dataclass(slots=True)
class Fault:
    """A scripted fault. Without a status the call is carried out: `drop` cuts the answer off, `delay` makes it late."""

    method: str
    chat_id: int | None = None
    times: int = 1
    status: int | None = None
    retry_after: int | None = None
    drop: bool = False
    delay: float = 0.0
    description: str | None = None

    def fits(self, method: str, chat_id: int | None) -> bool:
        """Whether this fault is meant for the call; the method "*" fits all."""
        same_method = self.method == "*" or self.method.lower() == method.lower()
        return self.times > 0 and same_method and self.chat_id in (None, chat_id)

    def refusal(self) -> ApiError | None:
        """The error to answer with, if this fault refuses."""
        if self.status is None and self.retry_after is None:
            return None
        if self.status in (None, 429):
            return too_many(self.retry_after or 1)
        code = self.status or 500
        return ApiError(code, self.description or _DESCRIPTIONS.get(code, "Scripted fault"), self.retry_after)


@dataclass(slots=True)
class Faults:
    """The faults that wait for their call, first in, first used."""

    waiting: list[Fault] = field(default_factory=list)

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault for this call, counted down."""
        for fault in self.waiting:
            if fault.fits(method, chat_id):
                fault.times -= 1
                self.waiting = [other for other in self.waiting if other.times > 0]
                return fault
        return None


@dataclass(slots=True)
class _Bucket:
    room: float
    per_second: float
    level: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until there is room for one more."""
        self.level = min(self.room, self.level + (now - self.at) * self.per_second)
        self.at = now
        return max(0.0, (1 - self.level) / self.per_second)


class Limits:
    """Telegram's limits: one message a second per chat after a burst of three, 30 a second in all."""

    def __init__(self, seconds: Callable[[], float], *, burst: int = 3, per_second: int = 30) -> None:
        self._seconds = seconds
        self._burst = burst
        self._all = _Bucket(per_second, per_second, per_second, seconds())
        self._chats: dict[int, _Bucket] = {}

    def spend(self, chat_id: int) -> None:
        """Count one message to the chat, or raise a 429."""
        now = self._seconds()
        chat = self._chats.setdefault(chat_id, _Bucket(self._burst, 1, self._burst, now))
        wait = max(chat.wait(now), self._all.wait(now))
        if wait > 0:
            raise too_many(math.ceil(wait))
        chat.level -= 1
        self._all.level -= 1
