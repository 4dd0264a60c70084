"""The duty roster as a page: who is there, who is planned, where nobody is; "I start now" and "I stop"."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import duty, roster
from thangdee.casework.roster import DoubleShiftError, Gap, Rank, Shift, UnfitShiftError, Wanted
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.shared import Console, go_to
from thangdee.core import audit
from thangdee.core.errors import ThangdeeError
from thangdee.core.time_words import LOCAL_TIME, SAYABLE, weekday, when

MOST_HOURS, USUAL_HOURS = 12, 8
_MOST_YEARS = 10  # how far from today a week may be looked at
_WEEK = timedelta(days=7)
_SHORT = 16


class NotAColleagueError(ThangdeeError):
    """Nobody who may talk with people was chosen."""

    code = "not_a_colleague"


class UnreadableTimeError(ThangdeeError):
    """A day or an hour that no browser sends."""

    code = "unfit_shift"


@dataclass(frozen=True)
class There:
    """One colleague who is there, till when; the clock only, with the day where it is not today."""

    name: str
    until: str


@dataclass(frozen=True)
class ShownShift:
    """One shift as the page lists it."""

    id: str
    name: str
    hours: str
    rank: Rank
    is_mine: bool
    is_over: bool
    runs: bool


@dataclass(frozen=True)
class Day:
    """One day of the shown week."""

    name: str
    on: date
    is_today: bool
    shifts: list[ShownShift]


def add_duty(app: FastAPI, console: Console) -> None:
    """Add the page and its deeds."""
    _add_page(app, console)
    _add_own(app, console)
    _add_planning(app, console)


async def there(connection: AsyncConnection, viewer: SignedIn, now: datetime) -> dict[str, Any]:
    """Return what templates/duty_now.html shows: who is there, who should be, when somebody is again."""
    named = await accounts.names(connection)
    on_duty = await duty.on_duty(connection, now)
    running = {one.staff_id for one in await roster.running(connection, now)}
    following = await roster.next_first(connection, now)
    return {
        "there_now": [There(named.get(staff, staff), _until(until, now)) for staff, until in on_duty.items()],
        "absent": sorted(named[staff] for staff in running - on_duty.keys()),
        "am_there": viewer.staff_id in on_duty,
        "next_planned": _said(following.starts_at, now, viewer.language) if following else None,
        "most_hours": MOST_HOURS,
        "usual_hours": USUAL_HOURS,
    }


def _add_page(app: FastAPI, console: Console) -> None:
    @app.get("/duty")
    @needs(Permission.SEE_DUTY)
    async def page(request: Request, viewer: Viewer, week: str = "", notice: str | None = None) -> Response:
        now = console.clock.now()
        monday = _monday(week, now)
        async with console.database.read() as connection:
            seen = await there(connection, viewer, now) | await _week(connection, viewer, monday, now)
            if Permission.PLAN_DUTY in viewer.permissions:
                seen["colleagues"] = await accounts.who_may(connection, Permission.TALK)
        return console.page(request, "duty.html", notice=notice, **seen)


async def _week(connection: AsyncConnection, viewer: SignedIn, monday: date, now: datetime) -> dict[str, Any]:
    start = roster.at_local(monday, time())
    named = await accounts.names(connection)
    planned = [one for one in await roster.between(connection, start, start + _WEEK) if one.starts_at >= start]
    ahead = await roster.between(connection, now, now + roster.LOOK_AHEAD)
    today = now.astimezone(LOCAL_TIME).date()
    days = [monday + timedelta(days=number) for number in range(7)]
    return {
        "monday": monday,
        "week_before": monday - _WEEK,
        "week_after": monday + _WEEK,
        "days": [
            Day(
                weekday(roster.at_local(day, time(12)), viewer.language),
                day,
                day == today,
                [_shown(one, named, viewer, now) for one in planned if _local(one.starts_at).date() == day],
            )
            for day in days
        ],
        "gaps": [_gap(one, viewer.language) for one in roster.gaps(ahead, now, now + roster.LOOK_AHEAD)],
        "ranks": list(Rank),
        "first_day": max(monday, today) if monday + _WEEK > today else today,
        "most_weeks": roster.MOST_WEEKS,
        "colleagues": [],
    }


def _add_own(app: FastAPI, console: Console) -> None:
    @app.post("/duty/start")
    @needs(Permission.TALK)
    async def start(
        request: Request,
        viewer: Viewer,
        hours: Annotated[int, Form(ge=1, le=MOST_HOURS)] = USUAL_HOURS,
        back: Annotated[str, Form()] = "",
    ) -> Response:
        now = console.clock.now()
        async with console.database.write() as connection:
            await duty.start(connection, viewer.staff_id, now + timedelta(hours=hours))
            await _record(connection, console, viewer, "duty:start", viewer.staff_id, hours=hours)
        return go_to(request, _back(back), notice="duty.notice.started")

    @app.post("/duty/end")
    @needs(Permission.TALK)
    async def end(request: Request, viewer: Viewer, back: Annotated[str, Form()] = "") -> Response:
        async with console.database.write() as connection:
            await duty.end(connection, viewer.staff_id, console.clock.now())
            await _record(connection, console, viewer, "duty:end", viewer.staff_id)
        return go_to(request, _back(back), notice="duty.notice.ended")


def _add_planning(app: FastAPI, console: Console) -> None:
    @app.post("/duty/plan")
    @needs(Permission.PLAN_DUTY)
    async def plan(
        request: Request,
        viewer: Viewer,
        who: Annotated[str, Form(max_length=32)],
        day: Annotated[str, Form(max_length=_SHORT)],
        since: Annotated[str, Form(max_length=_SHORT)],
        until: Annotated[str, Form(max_length=_SHORT)],
        rank: Annotated[Rank, Form()],
        weeks: Annotated[int, Form()] = 1,
    ) -> Response:
        try:
            starts_at, ends_at = _hours(day, since, until)
            async with console.database.write() as connection:
                await _must_be_colleague(connection, who)
                wanted = Wanted(who, starts_at, ends_at, rank, weeks)
                await roster.plan(connection, wanted, viewer.staff_id, console.clock.now())
                await _record(connection, console, viewer, "duty:plan", who, rank=rank.value, weeks=weeks)
        except (UnfitShiftError, DoubleShiftError, NotAColleagueError, UnreadableTimeError) as error:
            return go_to(request, "/duty", week=day, notice=f"duty.notice.{error.code}")
        return go_to(request, "/duty", week=day, notice="duty.notice.planned")

    @app.post("/duty/copy")
    @needs(Permission.PLAN_DUTY)
    async def copy(request: Request, viewer: Viewer, week: Annotated[str, Form(max_length=_SHORT)]) -> Response:
        now = console.clock.now()
        async with console.database.write() as connection:
            copied = await roster.copy_week(connection, _monday(week, now), viewer.staff_id, now)
            await _record(connection, console, viewer, "duty:copy", count=copied)
        return go_to(request, "/duty", week=week, notice="duty.notice.copied")

    @app.post("/duty/remove")
    @needs(Permission.PLAN_DUTY)
    async def remove(
        request: Request,
        viewer: Viewer,
        shift: Annotated[str, Form(max_length=32)],
        week: Annotated[str, Form(max_length=_SHORT)] = "",
    ) -> Response:
        async with console.database.write() as connection:
            whose = await roster.remove(connection, shift)
            if whose is not None:
                await _record(connection, console, viewer, "duty:remove", whose)
        return go_to(request, "/duty", week=week, notice="duty.notice.removed")


def _back(asked: str) -> str:
    """Return the page on which "I start now" stood: the desk or the roster."""
    return "/" if asked == "/" else "/duty"


async def _must_be_colleague(connection: AsyncConnection, staff_id: str) -> None:
    if staff_id not in {one.id for one in await accounts.who_may(connection, Permission.TALK)}:
        raise NotAColleagueError("choose somebody who may talk with people")


async def _record(
    connection: AsyncConnection, console: Console, viewer: SignedIn, action: str, subject: str = "", **facts: str | int
) -> None:
    now = console.clock.now()
    await audit.record(
        connection, console.vault.keyring, actor=viewer.staff_id, action=action, subject=subject, now=now, **facts
    )


def _hours(day: str, since: str, until: str) -> tuple[datetime, datetime]:
    """Return a shift's begin and end; until an earlier or the same hour means the next day."""
    try:
        on, first, last = date.fromisoformat(day), time.fromisoformat(since), time.fromisoformat(until)
    except ValueError as error:
        raise UnreadableTimeError("not a day or an hour") from error
    ends_on = on if last > first else on + timedelta(days=1)
    return roster.at_local(on, first.replace(tzinfo=None)), roster.at_local(ends_on, last.replace(tzinfo=None))


def _monday(week: str, now: datetime) -> date:
    try:
        day = date.fromisoformat(week)
    except ValueError:
        return roster.monday_of(now)
    if abs(day.year - now.year) > _MOST_YEARS:
        return roster.monday_of(now)
    return day - timedelta(days=day.weekday())


def _shown(one: Shift, named: dict[str, str], viewer: SignedIn, now: datetime) -> ShownShift:
    return ShownShift(
        id=one.id,
        name=named[one.staff_id],
        hours=f"{_local(one.starts_at):%H:%M}–{_local(one.ends_at):%H:%M}",
        rank=one.rank,
        is_mine=one.staff_id == viewer.staff_id,
        is_over=one.ends_at <= now,
        runs=one.runs_at(now),
    )


def _gap(gap: Gap, language: str) -> str:
    first, last = (f"{weekday(at, language)} {_local(at):%d/%m %H:%M}" for at in (gap.starts_at, gap.ends_at))
    return f"{first} – {last}"


def _until(until: datetime, now: datetime) -> str:
    local = _local(until)
    return f"{local:%H:%M}" if local.date() == _local(now).date() else f"{local:%d/%m %H:%M}"


def _said(moment: datetime, now: datetime, language: str) -> str:
    if moment - now <= SAYABLE:
        return when(moment, now, language)
    return f"{weekday(moment, language)} {_local(moment):%d/%m/%Y %H:%M}"


def _local(moment: datetime) -> datetime:
    return moment.astimezone(LOCAL_TIME)
