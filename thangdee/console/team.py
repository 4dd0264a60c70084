"""The team view: who waits, who holds which chat, what did not go out, whether everything runs. No words of anybody."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import health, team
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.desk_view import chat_name, span
from thangdee.console.health import named, shown_health
from thangdee.console.local_time import to_the_minute
from thangdee.console.shared import Console, go_to
from thangdee.core import audit, dead_letters
from thangdee.core.dead_letters import DeadLetter, NothingDeadError

_NOBODY = "–"


def add_team(app: FastAPI, console: Console) -> None:
    """Add the page, its part that renews itself, and what is done about dead letters."""

    @app.get("/team")
    @needs(Permission.SEE_TEAM)
    async def page(request: Request, viewer: Viewer, notice: str = "") -> Response:
        return console.page(request, "team.html", notice=notice, **await _look(console, viewer.language))

    @app.get("/parts/team")
    @needs(Permission.SEE_TEAM)
    async def part(request: Request, viewer: Viewer) -> Response:
        return console.page(request, "team_part.html", **await _look(console, viewer.language))

    @app.post("/team/dead-letters/retry")
    @needs(Permission.SEE_TEAM)
    async def retry(request: Request, viewer: Viewer, letter: Annotated[str, Form(max_length=32)]) -> Response:
        now = console.clock.now()
        try:
            async with console.database.write() as connection:
                tried = await dead_letters.retry(connection, letter, now)
                await _record(connection, console, viewer.staff_id, "job:retry", tried)
        except NothingDeadError:
            return go_to(request, "/team", notice="team.notice.nothing_dead")
        return go_to(request, "/team", notice="team.notice.retried")

    @app.post("/team/dead-letters/give-up")
    @needs(Permission.SEE_TEAM)
    async def give_up(request: Request, viewer: Viewer, letter: Annotated[str, Form(max_length=32)]) -> Response:
        try:
            async with console.database.write() as connection:
                ended = await dead_letters.give_up(connection, letter)
                await _record(connection, console, viewer.staff_id, "job:give_up", ended)
        except NothingDeadError:
            return go_to(request, "/team", notice="team.notice.nothing_dead")
        return go_to(request, "/team", notice="team.notice.given_up")


async def _record(connection: AsyncConnection, console: Console, staff_id: str, action: str, one: DeadLetter) -> None:
    await audit.record(
        connection, console.vault.keyring, actor=staff_id, action=action, subject=one.uid, now=console.clock.now(),
        queue=one.queue.value, kind=one.kind,
    )  # fmt: skip


async def _look(console: Console, language: str) -> dict[str, Any]:
    now = console.clock.now()
    async with console.database.read() as connection:
        at_work = await team.look(connection, now)
        running = await health.look(connection, console.vault, now)
        letters = await dead_letters.newest(connection)
        names = await accounts.names(connection)
    dead = [_letter(one, language, now) for one in letters]
    total = sum(one.count for one in running.dead)
    return shown_health(running, language, now) | _work(at_work, names, language) | {"dead": dead, "dead_count": total}


def _work(seen: team.Team, names: dict[str, str], language: str) -> dict[str, Any]:
    return {
        "waits": [
            {"urgency": one.urgency, "count": one.count, "oldest": _span(one.oldest, language),
             "median": _span(one.median, language)}
            for one in seen.waits
        ],
        "held": [
            {"name": chat_name(one.chat_id), "by": names.get(one.held_by, _NOBODY),
             "unseen": span(one.unseen_for, language)}
            for one in seen.held
        ],
        "loads": [
            {"name": names.get(one.staff_id, one.staff_id), "chats": one.chats,
             "until": to_the_minute(one.until)[-5:] if one.until else None}
            for one in seen.loads
        ],
        "unanswered": [
            {"window": span(one.window, language), "calls": one.calls, "late": one.late, "never": one.never,
             "percent": one.percent}
            for one in seen.unanswered
        ],
        "ladders": seen.ladders,
        "week": span(team.WEEK, language),
        "within": span(team.ANSWERED_WITHIN, language),
        "held_replies": seen.held_replies,
        "held_oldest": _span(seen.held_oldest, language),
    }  # fmt: skip


def _letter(one: DeadLetter, language: str, now: datetime) -> dict[str, Any]:
    return {
        "uid": one.uid,
        "queue": one.queue,
        "kind": named("kind", one.kind, language),
        "why": named("why", one.why, language),
        "age": span(now - one.created_at, language),
        "died": span(now - one.died_at, language),
        "can_retry": one.can_retry,
    }


def _span(length: timedelta | None, language: str) -> str:
    return _NOBODY if length is None else span(length, language)
