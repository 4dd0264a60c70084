"""The team view and the page of health: numbers with their window, dead letters, what is silent; no words of anybody."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from playwright.async_api import expect
from sqlalchemy import select

from tests.clock import SetClock
from tests.console.browsing import axe_violations, chromium, fits, opened, picture
from tests.console.conftest import LAO, THAI, People
from tests.console.signing_in import client, sign_in, viewer_of
from thangdee.bot.simulator import serve
from thangdee.casework import alerts, conversations, health, team
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chats
from thangdee.casework.staff.roles import Role
from thangdee.casework.team import Ladders, Load
from thangdee.console.health import health_app
from thangdee.core import audit, dead_letters, heartbeats, jobs
from thangdee.core.database import Database
from thangdee.core.dead_letters import NothingDeadError
from thangdee.core.jobs import JobState, NewJob, Queue, job
from thangdee.processes.console import StaffConsole
from thangdee.processes.wiring import Installation

RETRY, GIVE_UP = "/team/dead-letters/retry", "/team/dead-letters/give-up"


async def _dead(database: Database, clock: SetClock, why: str = "badrequest", body: bytes | None = b"sealed") -> str:
    """A message of staff that was given up, as the deliverer does it."""
    now, uid = clock.now(), jobs.new_uid()
    new = NewJob(Queue.OUTBOX, f"lane{uid}"[:64], "staff_words", now, now, uid, sealed_body=body)
    async with database.write() as connection:
        await jobs.enqueue(connection, new)
        [taken] = await jobs.claim(connection, Queue.OUTBOX, now=now, taken_by="t", limit=1)
    async with database.write() as connection:
        await jobs.bury(connection, taken, now, why)
    return uid


async def _row(database: Database, uid: str):
    async with database.read() as connection:
        return (await connection.execute(select(job).where(job.c.uid == uid))).one()


# --- numbers --------------------------------------------------------------------------------------------------


async def test_numbers_say_out_of_how_many_and_since_when(database, vault, clock) -> None:
    """Four calls a day: one taken at once, one late, one never, one too young to count; one missed, days ago."""
    async with database.write() as connection:
        for address, minutes_ago, taken_after in (
            (1, 5000, None),
            (2, 300, 1),
            (3, 200, 15),
            (4, 100, None),
            (5, 9, None),
        ):
            raised_at = clock.now() - timedelta(minutes=minutes_ago)
            who = await Chats(connection, vault).of(address, raised_at)
            raised, _ = await alerts.raise_alert(connection, who.id, Urgency.IMMEDIATE, "danger_now", raised_at)
            if taken_after is not None:
                await conversations.take_over(
                    connection, vault, who.id, "noy", raised_at + timedelta(minutes=taken_after)
                )
            if address == 1:
                await alerts.climb(connection, raised.id, alerts.MISSED, raised_at)

    async with database.read() as connection:
        seen = await team.look(connection, clock.now())

    day, week = seen.unanswered
    assert (day.calls, day.late, day.never, day.percent) == (3, 1, 1, 67)
    assert (week.calls, week.late, week.never, week.percent) == (4, 1, 2, 75)
    assert seen.ladders == Ladders(cries=5, missed=1)
    [cries] = [one for one in seen.waits if one.urgency is Urgency.IMMEDIATE]
    assert (cries.count, cries.oldest, cries.median) == (3, timedelta(minutes=5000), timedelta(minutes=100))
    assert seen.loads == (Load("noy", 2, None),)
    assert [one.unseen_for for one in seen.held] == [timedelta(minutes=300), timedelta(minutes=200)]


# --- dead letters ---------------------------------------------------------------------------------------------


async def test_a_dead_letter_is_tried_once_however_often_it_is_asked_for(database, clock) -> None:
    uid = await _dead(database, clock)

    async with database.write() as connection:
        await dead_letters.retry(connection, uid, clock.now())
    with pytest.raises(NothingDeadError):
        async with database.write() as connection:
            await dead_letters.retry(connection, uid, clock.now())
    async with database.write() as connection:
        [taken] = await jobs.claim(connection, Queue.OUTBOX, now=clock.now(), taken_by="t", limit=10)

    assert (taken.uid, taken.sealed_body, taken.attempts) == (uid, b"sealed", 2)
    async with database.read() as connection:
        assert await dead_letters.newest(connection) == []


async def test_what_was_given_up_for_good_keeps_no_words_and_what_has_none_cannot_be_tried(database, clock) -> None:
    uid, empty = await _dead(database, clock), await _dead(database, clock, body=None)

    async with database.write() as connection:
        await dead_letters.give_up(connection, uid)
    with pytest.raises(NothingDeadError):
        async with database.write() as connection:
            await dead_letters.retry(connection, empty, clock.now())

    row = await _row(database, uid)
    assert (row.state, row.sealed_body, row.error_code) == (JobState.DONE, None, jobs.GIVEN_UP)
    async with database.read() as connection:
        assert [(one.uid, one.can_retry) for one in await dead_letters.newest(connection)] == [(empty, False)]


async def test_a_supervisor_tries_again_and_gives_up_and_both_are_written_down(installation, staff_app, clock) -> None:
    cookies = await sign_in(installation, Role.SUPERVISOR)
    first, second = [await _dead(installation.database, clock) for _ in range(2)]

    async with client(staff_app, cookies) as browser:
        page = (await browser.get("/team")).text
        answers = [await browser.post(RETRY, data={"letter": first}) for _ in range(2)]
        answers.append(await browser.post(GIVE_UP, data={"letter": second}))

    assert page.count("Telegram refused it") == 2
    assert [one.headers["location"] for one in answers] == [
        f"/team?notice=team.notice.{said}" for said in ("retried", "nothing_dead", "given_up")
    ]
    assert (await _row(installation.database, first)).state == JobState.READY
    me = (await viewer_of(installation, cookies)).staff_id
    async with installation.database.read() as connection:
        deeds = select(audit.audit.c.action, audit.audit.c.subject).where(audit.audit.c.actor == me)
        rows = [tuple(row) for row in await connection.execute(deeds)]
    assert [row for row in rows if row[0].startswith("job:")] == [("job:retry", first), ("job:give_up", second)]


async def test_health_counts_dead_letters_by_kind_and_knows_who_was_heard_of(database, vault, clock) -> None:
    for why in ("badrequest", "badrequest", "blocked"):
        await _dead(database, clock, why)
    async with database.write() as connection:
        for _ in range(2):
            await heartbeats.beat(connection, heartbeats.CHAT, "chat", clock.now(), clock.now())
        await jobs.enqueue(connection, NewJob(Queue.INBOX, "a", "text", clock.now(), clock.now(), jobs.new_uid()))
    clock.advance(timedelta(seconds=61))

    async with database.read() as connection:
        seen = await health.look(connection, vault, clock.now())
        last = await dead_letters.last_death(connection, clock.now() - timedelta(hours=1))

    assert [(one.why, one.count) for one in seen.dead] == [("badrequest", 2), ("blocked", 1)]
    assert seen.last_update == timedelta(seconds=61)
    assert [(one.kind, one.beats, one.is_silent(clock.now())) for one in seen.signs] == [("chat", 2, True)]
    assert seen.missing() == ("worker", "console", "rasa")
    assert last == clock.now() - timedelta(seconds=61)


# --- pages ----------------------------------------------------------------------------------------------------


async def test_the_team_view_shows_no_words_and_health_shows_no_chat(
    installation: Installation, staff_app, people: People, clock: SetClock
) -> None:
    cookies = await sign_in(installation, Role.SUPERVISOR)
    administrator = await sign_in(installation, Role.ADMINISTRATOR)
    me = (await viewer_of(installation, cookies)).staff_id
    async with installation.database.write() as connection:
        await conversations.take_over(connection, installation.vault, people.asking, me, clock.now())
    await _dead(installation.database, clock)

    async with client(staff_app, cookies) as browser:
        seen = (await browser.get("/team")).text
    async with client(staff_app, administrator) as browser:
        page, refused = (await browser.get("/health-page")).text, (await browser.get("/team")).status_code

    chats = {people.crying, people.asking, people.quiet}
    assert not any(word in seen for word in (LAO, THAI, "documents_held"))
    assert people.asking[:5].upper() in seen
    assert refused == 403
    assert not any(word in page for chat in chats for word in (chat, chat[:5].upper()))
    assert "message of staff" in page


async def test_team_and_health_on_a_phone_renew_themselves_and_show_a_dead_letter_within_10_seconds(
    installation: Installation, staff_console: StaffConsole, people: People, clock: SetClock
) -> None:
    cookies = await sign_in(installation, Role.SUPERVISOR, language="lo")
    async with installation.database.write() as connection:
        for kind in (heartbeats.CHAT, heartbeats.WORKER):
            await heartbeats.beat(connection, kind, kind, clock.now(), clock.now())
    keeping = asyncio.create_task(staff_console.keep())
    try:
        async with serve(staff_console.app) as url, chromium() as browser:
            async with opened(browser, f"{url}/team", size="small", cookies=cookies) as page:
                await expect(page.locator("#team-dead .bad")).to_have_count(0)
                uid = await _dead(installation.database, clock)
                await expect(page.locator(f"#dead-{uid}")).to_be_visible(timeout=10_000)
                await picture(page, "team-small")
                faults, is_narrow = await axe_violations(page), await fits(page)
                async with installation.database.write() as connection:
                    await dead_letters.give_up(connection, uid)
                await expect(page.locator(f"#dead-{uid}")).to_have_count(0, timeout=10_000)
            keeper = await sign_in(installation, Role.ADMINISTRATOR)
            async with opened(browser, f"{url}/health-page", size="desktop", cookies=keeper) as page:
                async with page.expect_response("**/parts/health", timeout=10_000):
                    pass  # it renews itself, and is not led away, though the queue is not theirs
                await expect(page.locator("#health-now .bad")).to_have_count(1)  # Rasa was never heard of
                await picture(page, "health-desktop")
                faults += await axe_violations(page)
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

    assert people
    assert faults == []
    assert is_narrow


# --- readiness ------------------------------------------------------------------------------------------------


async def test_readiness_says_no_while_people_wait_unread_or_the_database_is_away(
    installation: Installation, clock: SetClock
) -> None:
    away = replace(installation, database=Database(f"sqlite+aiosqlite:///{installation.settings.data_dir}/none/x.db"))

    async def ready(of: Installation) -> tuple[int, str]:
        transport = httpx.ASGITransport(health_app(of.database, of.clock))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as browser:
            answer = await browser.get("/ready")
        return answer.status_code, answer.json()["status"]

    now = clock.now()
    async with installation.database.write() as connection:
        await jobs.enqueue(connection, NewJob(Queue.INBOX, "a", "text", now, now, jobs.new_uid()))
    at_once = await ready(installation)
    clock.advance(timedelta(minutes=5, seconds=1))

    assert at_once == (200, "ready")
    assert await ready(installation) == (503, "people wait to be read")
    assert await ready(away) == (503, "database away")
