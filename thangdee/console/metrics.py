"""`/metrics` for Prometheus: counts and ages; no label holds a person, a chat or a colleague.

Only for who shows the token of the settings: behind a reverse proxy every request comes from loopback, so that the
address it comes from says nothing. Without a token in the settings there is no such page.
"""

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import health, held_replies, team
from thangdee.casework.health import Health
from thangdee.casework.team import Waits
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.errors import StoreAwayError
from thangdee.core.vault import Vault


class Figures:
    """The figures of one look."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()

    def tell(self, name: str, meaning: str, value: float) -> None:
        """Add one figure."""
        Gauge(f"thangdee_{name}", meaning, registry=self.registry).set(value)

    def tell_each(self, name: str, meaning: str, label: str, values: Iterable[tuple[str, float]]) -> None:
        """Add a figure that has a value for each of several things."""
        gauge = Gauge(f"thangdee_{name}", meaning, (label,), registry=self.registry)
        for thing, value in values:
            gauge.labels(thing).set(value)


def add_metrics(app: FastAPI, database: Database, vault: Vault, clock: Clock, token: SecretStr | None) -> None:
    """Add the page to the application that stands beside the console, outside of its sign-in."""

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        if token is None or not token.get_secret_value():
            return Response(status_code=404)
        wanted, given = f"Bearer {token.get_secret_value()}", request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), wanted.encode()):
            return Response(status_code=401, headers={"www-authenticate": "Bearer"})
        figures = Figures()
        try:
            async with database.read() as connection:
                await _tell_all(figures, connection, vault, clock.now())
        except StoreAwayError:
            return Response(status_code=503)
        return Response(generate_latest(figures.registry), media_type=CONTENT_TYPE_LATEST)


async def _tell_all(figures: Figures, connection: AsyncConnection, vault: Vault, now: datetime) -> None:
    _tell_health(figures, await health.look(connection, vault, now), now)
    _tell_waits(figures, await team.waits(connection, now))
    held, replies = await team.held_chats(connection, now), await held_replies.waiting(connection, now)
    figures.tell("chats_held", "Chats that colleagues hold.", len(held))
    figures.tell("held_replies", "Replies that wait for a second person.", len(replies))


def _tell_health(figures: Figures, seen: Health, now: datetime) -> None:
    queues, dead = seen.backlogs, {one.queue: 0 for one in seen.backlogs}
    for kind in seen.dead:
        dead[kind.queue] += kind.count
    each = figures.tell_each
    each("queue_depth", "Jobs that are due or being done.", "queue", [(one.queue, one.waiting) for one in queues])
    ages = [(one.queue, one.oldest.total_seconds()) for one in queues]
    each("queue_oldest_seconds", "Age of the oldest due job.", "queue", ages)
    each("dead_letters", "Jobs that were given up.", "queue", list(dead.items()))
    up = [(f"{one.kind}:{one.name}", float(not one.is_silent(now))) for one in seen.signs]
    each("process_up", "Whether a process gave a sign of life in the last minute.", "process", up)
    if seen.last_update is not None:
        figures.tell("last_update_age_seconds", "Since the last update of Telegram.", _seconds(seen.last_update))
    if seen.synthetic is not None:
        figures.tell("synthetic_chat_ok", "Whether the synthetic chat is answered.", float(not seen.synthetic.is_late))
    if seen.synthetic is not None and seen.synthetic.took is not None:
        figures.tell("synthetic_chat_seconds", "How long its last answer took.", _seconds(seen.synthetic.took))


def _tell_waits(figures: Figures, waits: list[Waits]) -> None:
    oldest = [(one.urgency, _seconds(one.oldest or timedelta(0))) for one in waits]
    figures.tell_each("alerts_open", "Calls that nobody took.", "urgency", [(one.urgency, one.count) for one in waits])
    figures.tell_each("alert_oldest_seconds", "How long the oldest open call has waited.", "urgency", oldest)


def _seconds(length: timedelta) -> float:
    return length.total_seconds()
