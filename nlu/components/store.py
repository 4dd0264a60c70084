"""Where Rasa keeps conversations: codes only, one session, a day at most (R48).

A tracker tells what was meant (intent, entity and slot codes) and what was answered (message keys); texts, rankings,
metadata and all that is not a plain code are dropped before it is written. With ``REDIS_URL`` set it lives in Redis;
while Redis is away it lives in this process, and Redis is tried again after a few seconds. Losing it loses nothing.
"""

import json
import logging
import os
import re
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.conversation import Dialogue
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

KEY_PREFIX = "thangdee:rasa:"
TTL_SECONDS = 24 * 60 * 60
TIMEOUT_SECONDS = 0.3
RETRY_SECONDS = 5.0
_MOST_IN_MEMORY = 20_000
_CODE = re.compile(r"[a-z0-9_:.-]{1,64}")
# What remains of each kind of event; kinds not named here keep their name and time only.
_KEPT = {
    "action": ("name", "policy", "confidence", "action_text", "hide_rule_turn"),
    "slot": ("name", "value"),
    "active_loop": ("name",),
    "loop_interrupted": ("is_interrupted",),
    "user_featurization": ("use_text_for_featurization",),
}
_ALWAYS = ("event", "timestamp")


class QuietTrackerStore(TrackerStore):
    """Keeps the current session of each conversation without words."""

    def __init__(self, domain: Domain | None, event_broker: EventBroker | None = None, **_: object) -> None:
        super().__init__(domain, event_broker)
        self._memory = ExpiringMemory()
        self._redis = RedisMemory(url) if (url := os.environ.get("REDIS_URL", "")) else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the codes of the current session; a tracker without events is forgotten."""
        events = codes_of(tracker, self.domain)
        value = json.dumps(events) if events else None
        if self._redis and await self._redis.put(tracker.sender_id, value):
            self._memory.put(tracker.sender_id, None)
        else:
            self._memory.put(tracker.sender_id, value)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Read the current session, or None."""
        value = await self._read(sender_id)
        if value is None:
            return None
        tracker = self.init_tracker(sender_id)
        tracker.recreate_from_dialogue(Dialogue.from_parameters({"name": sender_id, "events": json.loads(value)}))
        return tracker

    async def keys(self) -> Iterable[str]:
        """No list of conversations is given out."""
        return []

    async def _read(self, sender_id: str) -> str | None:
        if self._redis:
            answered, value = await self._redis.get(sender_id)
            if answered and value is not None:
                return value
        return self._memory.get(sender_id)


class ExpiringMemory:
    """Values in this process, each for a day, the oldest going first when there are too many."""

    def __init__(self) -> None:
        self._values: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def put(self, key: str, value: str | None) -> None:
        """Set a value; None removes it."""
        self._values.pop(key, None)
        if value is not None:
            self._values[key] = (time.monotonic() + TTL_SECONDS, value)
        while self._values and (len(self._values) > _MOST_IN_MEMORY or self._first_expired()):
            self._values.popitem(last=False)

    def get(self, key: str) -> str | None:
        """Return the value, or None when missing or expired."""
        expires, value = self._values.get(key, (0.0, ""))
        return value if expires > time.monotonic() else None

    def _first_expired(self) -> bool:
        return next(iter(self._values.values()))[0] <= time.monotonic()


class RedisMemory:
    """Values in Redis; says whether Redis answered instead of raising, and lets it rest after a failure."""

    def __init__(self, url: str) -> None:
        self._client = Redis.from_url(
            url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS, decode_responses=True
        )
        self._away_until = 0.0

    async def put(self, key: str, value: str | None) -> bool:
        """Set or, with None, remove; True if Redis did it."""
        if value is None:
            done, _ = await self._ask("DEL", KEY_PREFIX + key)
        else:
            done, _ = await self._ask("SET", KEY_PREFIX + key, value, "EX", TTL_SECONDS)
        return done

    async def get(self, key: str) -> tuple[bool, str | None]:
        """Whether Redis answered, and the value."""
        return await self._ask("GET", KEY_PREFIX + key)

    async def _ask(self, *command: object) -> tuple[bool, Any]:
        if time.monotonic() < self._away_until:
            return False, None
        try:
            return True, await self._client.execute_command(*command)
        except (RedisError, OSError):
            logger.warning("redis.away")
            self._away_until = time.monotonic() + RETRY_SECONDS
            return False, None


def codes_of(tracker: DialogueStateTracker, domain: Domain) -> list[dict[str, Any]]:
    """The events of the current session, each cut down to its codes."""
    events = [event.as_dict() for event in tracker.events]
    starts = [i for i, event in enumerate(events) if event["event"] == "session_started"]
    # The action that opens a session stands just before its mark.
    first = max(starts[-1] - 1, 0) if starts else 0
    return [_without_words(event, domain) for event in events[first:]]


def _without_words(event: dict[str, Any], domain: Domain) -> dict[str, Any]:
    kept = {name: event.get(name) for name in _ALWAYS}
    if event["event"] == "user":
        return kept | {"text": "", "parse_data": _meaning(event.get("parse_data") or {}, domain)}
    if event["event"] == "bot":
        return kept | {"text": None, "data": {"custom": (event.get("data") or {}).get("custom")}}
    kept |= {name: event.get(name) for name in _KEPT.get(event["event"], ())}
    if "value" in kept:
        kept["value"] = _code_or_none(kept["value"])
    return kept


def _meaning(parsed: dict[str, Any], domain: Domain) -> dict[str, Any]:
    intent = parsed.get("intent") or {}
    name = intent.get("name")
    entities = [
        {"entity": found["entity"], "value": _code_or_none(found.get("value")), "start": 0, "end": 0}
        for found in parsed.get("entities") or ()
        if found.get("entity") in domain.entities
    ]
    known = name if name in domain.intents else None
    return {"text": "", "entities": entities, "intent": {"name": known, "confidence": intent.get("confidence", 0.0)}}


def _code_or_none(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return value if isinstance(value, str) and _CODE.fullmatch(value) else None
