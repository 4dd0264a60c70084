"""The worker: the ladder of alerts, rounds that go on whatever happens."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.clock import SetClock
from thangdee.casework import alerts, notices, roster
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chats, chat
from thangdee.casework.roster import Rank, Wanted
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Role
from thangdee.core import jobs
from thangdee.core.database import Database
from thangdee.core.errors import StoreAwayError
from thangdee.core.jobs import Queue, job
from thangdee.processes.wiring import Installation
from thangdee.processes.worker import climb, make_round, run_worker


class AwayDatabase(Database):
    """A database that can be switched off like a server that died."""

    is_away = False

    def write(self):
        if self.is_away:
            raise StoreAwayError("switched off")
        return super().write()


async def _cry(installation: Installation, urgency: Urgency = Urgency.IMMEDIATE) -> alerts.Alert:
    now = installation.clock.now()
    async with installation.database.write() as connection:
        who = await Chats(connection, installation.vault).of(5, now)
        raised, _ = await alerts.raise_alert(connection, who.id, urgency, "danger_now", now)
        await alerts.start_ladder(connection, raised, now)
    return raised


async def _climb_what_is_due(installation: Installation) -> int:
    async with installation.database.write() as connection:
        due = await jobs.claim(connection, Queue.CLOCK, now=installation.clock.now(), taken_by="test", limit=10)
    for step in due:
        await climb(installation, step)
    return len(due)


async def _notices(installation: Installation) -> list[str]:
    async with installation.database.read() as connection:
        query = select(job.c.lane).where(job.c.queue == Queue.OUTBOX, job.c.kind == "notice").order_by(job.c.id)
        return list((await connection.execute(query)).scalars())


async def test_the_ladder_reminds_the_first_then_the_second_then_everybody(
    installation: Installation, clock: SetClock
) -> None:
    raised = await _cry(installation)
    taken = []
    for seconds in (59, 1, 119, 1, 419, 1):
        clock.advance(timedelta(seconds=seconds))
        taken.append(await _climb_what_is_due(installation))

    assert taken == [0, 1, 0, 1, 0, 1]
    assert await _notices(installation) == ["staff-100", "staff-200", "staff-100", "staff-200"]
    async with installation.database.read() as connection:
        missed = await alerts.find(connection, raised.id)
    assert missed is not None
    assert missed.is_missed


async def test_colleagues_on_call_are_told_in_the_console_and_at_last_everybody(
    installation: Installation, clock: SetClock
) -> None:
    roles = {"noy": Role.COUNSELLOR, "kham": Role.COUNSELLOR, "dao": Role.SUPERVISOR, "ede": Role.AUDITOR}
    raised, eight = await _cry(installation), timedelta(hours=8)
    async with installation.database.write() as connection:
        who = {
            name: await accounts.add(
                connection, installation.vault, name=name, roles={role}, language="lo", now=clock.now()
            )
            for name, role in roles.items()
        }
        for name, rank in (("noy", Rank.FIRST), ("dao", Rank.SUPERVISOR)):
            shift = Wanted(who[name], clock.now(), clock.now() + eight, rank)
            await roster.plan(connection, shift, who["dao"], clock.now())
    told = []
    for wait in (timedelta(seconds=60), timedelta(minutes=2), timedelta(minutes=7)):
        clock.advance(wait)
        await _climb_what_is_due(installation)
        told.append(await _told(installation, who))

    assert told == [
        {"noy": ["alert_waits"]},
        {"noy": ["alert_waits"], "dao": ["alert_waits"]},
        {name: ["ladder_missed", *(["alert_waits"] if name != "kham" else [])] for name in ("noy", "kham", "dao")},
    ]
    async with installation.database.read() as connection:
        assert {one.reference for one in await notices.newest(connection, who["noy"])} == {raised.code}


async def _told(installation: Installation, who: dict[str, str]) -> dict[str, list[str]]:
    async with installation.database.read() as connection:
        kinds = {
            name: [one.kind for one in await notices.newest(connection, staff_id)] for name, staff_id in who.items()
        }
    return {name: sorted(listed, reverse=True) for name, listed in kinds.items() if listed}


async def test_what_is_no_cry_is_reminded_of_by_day_and_wakes_nobody(
    installation: Installation, clock: SetClock
) -> None:
    await _cry(installation, Urgency.HIGH)
    clock.advance(timedelta(minutes=30))
    by_day = (await _climb_what_is_due(installation), await _notices(installation))
    clock.advance(timedelta(hours=7))  # half past ten at night in Laos and Thailand
    async with installation.database.write() as connection:
        who = await Chats(connection, installation.vault).of(6, clock.now())
        raised, _ = await alerts.raise_alert(connection, who.id, Urgency.PERSON, "talk_to_human", clock.now())
        await alerts.start_ladder(connection, raised, clock.now())
    clock.advance(timedelta(hours=2))

    assert by_day == (2, ["staff-100", "staff-200"])
    assert await _climb_what_is_due(installation) == 2
    assert await _notices(installation) == ["staff-100", "staff-200"]
    async with installation.database.read() as connection:
        asleep = await alerts.find(connection, raised.id)
    assert asleep is not None
    assert asleep.ladder_step == 0


async def test_nobody_is_told_any_more_once_somebody_came(installation: Installation, clock: SetClock) -> None:
    raised = await _cry(installation)
    async with installation.database.write() as connection:
        await alerts.take(connection, raised.chat_id, "noy", clock.now())
    clock.advance(timedelta(minutes=11))

    assert await _climb_what_is_due(installation) == 3
    assert await _notices(installation) == []


async def test_without_a_group_on_call_the_ladder_ends_quietly(installation: Installation, clock: SetClock) -> None:
    alone = replace(installation, settings=installation.settings.model_copy(update={"on_call_chats": ()}))
    await _cry(alone)
    clock.advance(timedelta(minutes=11))

    assert await _climb_what_is_due(alone) == 3
    assert await _notices(alone) == []


async def test_a_step_of_an_erased_chat_ends_quietly(installation: Installation, clock: SetClock) -> None:
    raised = await _cry(installation)
    async with installation.database.write() as connection:
        await connection.execute(chat.delete().where(chat.c.id == raised.chat_id))
    clock.advance(timedelta(minutes=11))

    assert await _climb_what_is_due(installation) == 3
    assert await _notices(installation) == []


async def test_a_crash_between_claim_and_end_tells_staff_once(installation: Installation, clock: SetClock) -> None:
    await _cry(installation)
    clock.advance(timedelta(seconds=61))
    async with installation.database.write() as connection:
        [lost] = await jobs.claim(connection, Queue.CLOCK, now=clock.now(), taken_by="dies", limit=10)
    clock.advance(jobs.LEASE + timedelta(seconds=1))

    again = await _climb_what_is_due(installation)

    assert again == 1
    with pytest.raises(jobs.LeaseLostError):
        await climb(installation, lost)
    assert await _notices(installation) == ["staff-100"]


async def test_after_a_round_the_log_of_the_database_is_empty(installation: Installation) -> None:
    await _cry(installation)
    log = installation.settings.data_dir / "thangdee.db-wal"
    before = log.stat().st_size

    await make_round(installation)

    assert before > 0
    assert log.stat().st_size == 0


async def test_rounds_go_on_after_the_database_was_away(installation: Installation, clock: SetClock) -> None:
    database = AwayDatabase(installation.settings.database)
    flaky = replace(installation, database=database)
    await _cry(flaky)
    async with database.write() as connection:
        await connection.execute(chat.update().values(closed_at=clock.now()))
    clock.advance(timedelta(hours=73))
    database.is_away = True

    working = asyncio.create_task(run_worker(flaky))
    async with asyncio.timeout(20):
        await _until_looked(clock)
        database.is_away = False
        while await _chats(installation):
            await asyncio.sleep(0.02)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    await database.close()

    assert working.cancelled()


async def _until_looked(clock: SetClock) -> None:
    """Until the worker asked for the time a few times, which it does before each try."""
    asked, now = 0, type(clock).now

    def counting() -> object:
        nonlocal asked
        asked += 1
        return now(clock)

    clock.now = counting
    while asked < 3:
        await asyncio.sleep(0.02)
    del clock.now


async def _chats(installation: Installation) -> int:
    async with installation.database.read() as connection:
        return len((await connection.execute(select(chat.c.id))).all())
