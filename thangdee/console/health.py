"""Health and readiness of an installation, for whoever watches the machine; and the page for administrators."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import FastAPI, Request, Response

from thangdee.casework import health
from thangdee.casework.health import Health
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.desk_view import span
from thangdee.console.local_time import to_the_minute
from thangdee.console.shared import Console
from thangdee.core import jobs, words
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.errors import StoreAwayError
from thangdee.core.jobs import Queue

# Whoever wrote and was not read for so long is not being served.
_NOT_READY_AFTER = timedelta(minutes=5)


def health_app(database: Database, clock: Clock) -> FastAPI:
    """Return `/health` (the process lives) and `/ready` (the database answers, people are read; how much waits)."""
    app = FastAPI(openapi_url=None)

    @app.get("/health")
    async def lives() -> dict[str, str]:
        return {"status": "up"}

    @app.get("/ready")
    async def ready(response: Response) -> dict[str, object]:
        now = clock.now()
        try:
            async with database.read() as connection:
                waits = {queue.value: await jobs.waiting(connection, queue, now) for queue in Queue}
                unread = await health.oldest_update(connection, now)
        except StoreAwayError:
            response.status_code = 503
            return {"status": "database away"}
        if unread > _NOT_READY_AFTER:
            response.status_code = 503
            return {"status": "people wait to be read", "waiting": waits}
        return {"status": "ready", "waiting": waits}

    return app


def add_health_page(app: FastAPI, console: Console) -> None:
    """Add the page for administrators: the machine's health, and no chat."""

    @app.get("/health-page")
    @needs(Permission.SEE_HEALTH)
    async def page(request: Request, viewer: Viewer) -> Response:
        return console.page(request, "health_page.html", **await _look(console, viewer.language))

    @app.get("/parts/health")
    @needs(Permission.SEE_HEALTH)
    async def part(request: Request, viewer: Viewer) -> Response:
        return console.page(request, "health_look.html", **await _look(console, viewer.language))


async def _look(console: Console, language: str) -> dict[str, Any]:
    now = console.clock.now()
    async with console.database.read() as connection:
        seen = await health.look(connection, console.vault, now)
    return shown_health(seen, language, now)


def shown_health(seen: Health, language: str, now: datetime) -> dict[str, Any]:
    """Return what templates/health_part.html shows."""
    return {
        "queues": [(one.queue, one.waiting, span(one.oldest, language)) for one in seen.backlogs],
        "dead_kinds": [
            (
                one.queue,
                named("kind", one.kind, language),
                named("why", one.why, language),
                one.count,
                span(now - one.oldest_at, language),
            )
            for one in seen.dead
        ],
        "last_update": None if seen.last_update is None else span(seen.last_update, language),
        "processes": [
            {
                "kind": one.kind,
                "name": one.name,
                "version": one.version,
                "since": to_the_minute(one.started_at),
                "seen": span(now - one.seen_at, language),
                "is_silent": one.is_silent(now),
            }
            for one in seen.signs
        ],
        "missing": seen.missing(),
        "synthetic": _synthetic(seen, language, now),
    }


def named(what: str, code: str | None, language: str) -> str:
    """Return what staff call the kind of a dead letter, or why it died; its code where it has no label."""
    if code is None:
        return "–"
    key = f"team.{what}.{code}"
    return words.text(key, language) if words.has(key) else code


def _synthetic(seen: Health, language: str, now: datetime) -> dict[str, Any] | None:
    if seen.synthetic is None:
        return None
    last = seen.synthetic
    return {
        "is_late": last.is_late,
        "asked": span(now - last.asked_at, language),
        "answered": span(now - last.answered_at, language) if last.answered_at else None,
        "took": f"{last.took.total_seconds():.1f}" if last.took is not None else None,
    }
