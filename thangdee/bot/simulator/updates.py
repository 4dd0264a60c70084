"""The queue of updates that a bot has not confirmed yet."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

KEPT_FOR = timedelta(hours=24)
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """An update in wait. `visible` is false where the body shows no id, so that the bot cannot confirm it."""

    update_id: int
    at: datetime
    body: Any
    visible: bool = True


class UpdateQueue:
    """Updates in the order of arrival; ids go up by one, except after a jump."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._entries: list[Entry] = []
        self._next_id = chance.randint(100_000_000, 900_000_000)

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, kind: str, body: dict[str, Any], at: datetime) -> int:
        """Queue an update of ours and give its id."""
        update_id = self._take_id()
        self._entries.append(Entry(update_id, at, {"update_id": update_id, kind: body}))
        return update_id

    def put_raw(self, update: Any, at: datetime) -> None:  # noqa: ANN401 - broken on purpose
        """Queue any JSON as it is."""
        shown = update.get("update_id") if isinstance(update, dict) else None
        visible = isinstance(shown, int) and not isinstance(shown, bool)
        update_id = shown if visible and shown is not None else self._take_id()
        if self._next_id <= update_id < self._next_id + 1000:
            self._next_id = update_id + 1
        self._entries.append(Entry(update_id, at, update, visible))

    def jump(self, *, down: bool | None = None) -> int:
        """Let the next id be far away, up or down at random; give that id."""
        downwards = self._chance.random() < 0.5 if down is None else down
        distance = self._chance.randint(100_000, 50_000_000)
        self._next_id += -distance if downwards else distance
        return self._next_id

    def confirm(self, offset: int) -> None:
        """Forget what a getUpdates with this offset confirms; an offset that fits no id of ours confirms nothing."""
        if offset < 0:
            del self._entries[: max(0, len(self._entries) + offset)]
            return
        # What is confirmed nearly always stands at the front; a look at all of a long backlog would be slow.
        for window in (_BATCH + 1, len(self._entries)):
            ids = [entry.update_id for entry in self._entries[:window]]
            if offset - 1 in ids:
                last = len(ids) - 1 - ids[::-1].index(offset - 1)
                del self._entries[: last + 1]
                return
            if offset in ids:
                del self._entries[: ids.index(offset)]
                return
        if self._entries and self._entries[-1].update_id < offset <= self._entries[-1].update_id + 10:
            self._entries.clear()

    def peek(self, limit: int) -> list[Any]:
        """The oldest updates. What shows no id is given once only, for nobody could confirm it."""
        batch = self._entries[:limit]
        if not all(entry.visible for entry in batch):
            self._entries[:limit] = [entry for entry in batch if entry.visible]
        return [entry.body for entry in batch]

    def first(self) -> Entry | None:
        """The oldest update, for a webhook."""
        return self._entries[0] if self._entries else None

    def drop(self, entry: Entry) -> None:
        """Forget the oldest update, if it is still this one."""
        if self._entries and self._entries[0] is entry:
            del self._entries[0]

    def clear(self) -> None:
        """Forget all (drop_pending_updates)."""
        self._entries.clear()

    def expire(self, now: datetime) -> None:
        """Forget what waited longer than Telegram keeps it: 24 hours."""
        if self._entries and now - self._entries[0].at >= KEPT_FOR:
            self._entries = [entry for entry in self._entries if now - entry.at < KEPT_FOR]

    def _take_id(self) -> int:
        update_id, self._next_id = self._next_id, self._next_id + 1
        return update_id


def wanted(kind: str, allowed: Collection[str]) -> bool:
    """Whether a bot with this allowed_updates list gets an update of this kind; empty means all usual kinds."""
    return not allowed or kind in allowed
