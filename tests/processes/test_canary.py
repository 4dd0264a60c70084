"""The synthetic chat of each minute (R51): its alarm, its end, and that it leaves nothing behind."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from tests.clock import SetClock
from tests.hotline import Hotline, open_hotline
from thangdee.bot.simulator import Phone
from thangdee.casework import health, notices
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Role
from thangdee.core import heartbeats, synthetic_chat
from thangdee.core.columns import metadata
from thangdee.core.database import Database
from thangdee.core.errors import StoreAwayError
from thangdee.core.jobs import JobState, job
from thangdee.core.words import text
from thangdee.processes.calling import GroupCaller
from thangdee.processes.canary import Canary
from thangdee.processes.rasa import free_port
from thangdee.processes.watching import Lookout
from thangdee.processes.wiring import Installation, make_bot

LATE, BACK = (text(f"staff.notice.canary_{which}", "en") for which in ("late", "back"))


class Seconds:
    """The machine's seconds, moved by hand."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


class AwayDatabase(Database):
    """A database that can be switched off like a server that died."""

    is_away = False

    def write(self):
        if self.is_away:
            raise StoreAwayError("switched off")
        return super().write()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def hotline(installation: Installation, clock: SetClock) -> AsyncIterator[Hotline]:
    """The chat process alone, without Rasa."""
    nobody = f"http://127.0.0.1:{free_port()}"
    async with open_hotline(installation, clock, rasa_url=nobody, rasa_token="none", worker=False) as opened:
        yield opened


async def _supervisor(installation: Installation) -> str:
    async with installation.database.write() as connection:
        now, roles = installation.clock.now(), {Role.SUPERVISOR}
        return await accounts.add(connection, installation.vault, name="dao", roles=roles, language="lo", now=now)


async def _told(installation: Installation, staff_id: str) -> list[tuple[str, str]]:
    async with installation.database.read() as connection:
        return sorted((one.kind, one.reference) for one in await notices.newest(connection, staff_id))


async def _step_until_answered(canary: Canary) -> None:
    async with asyncio.timeout(20):
        while True:
            await canary.step()
            if not canary.is_waiting:
                return
            await asyncio.sleep(0.02)


async def _rows(installation: Installation) -> dict[str, int]:
    async with installation.database.read() as connection:
        return {
            one.name: (await connection.execute(select(func.count()).select_from(one))).scalar_one()
            for one in metadata.tables.values()
            if one.name not in {"change", "heartbeat"}  # swept by age
        }


async def _heard(hotline: Hotline, group: Phone, count: int) -> list[str]:
    async with asyncio.timeout(20):
        while len(hotline.fake.sent_to(group)) < count:
            await asyncio.sleep(0.02)
    return [one.text for one in hotline.fake.sent_to(group)]


async def test_canary_alarm(hotline: Hotline, seconds: Seconds) -> None:
    supervisor, group = await _supervisor(hotline.installation), hotline.phone("group")
    await hotline.after(group.start(), group)  # a bot cannot write first
    before = len(hotline.fake.sent_to(group))
    bot, _ = make_bot(hotline.installation.settings)
    caller = GroupCaller(bot, (group.chat_id,), pause=0.05)
    calling = asyncio.create_task(caller.run())
    canary = Canary(hotline.installation, caller.call, seconds)
    await hotline.stop("chat")  # nobody reads, nobody sends

    seconds.time = 60
    await canary.step()
    seconds.time = 119
    await canary.step()
    quiet = await _told(hotline.installation, supervisor)
    seconds.time = 121
    for _ in range(3):
        await canary.step()
    late = await _heard(hotline, group, before + 1)
    told = await _told(hotline.installation, supervisor)
    async with hotline.installation.database.read() as connection:
        state = await synthetic_chat.last(connection)
    hotline.start("chat")
    await _step_until_answered(canary)
    back = await _heard(hotline, group, before + 2)
    calling.cancel()

    assert quiet == []
    assert late[before:] == [LATE]
    assert told == [("canary_late", "")]
    assert state is not None
    assert state.is_late
    assert back[before:] == [LATE, BACK]
    assert await _told(hotline.installation, supervisor) == [("canary_back", ""), ("canary_late", "")]


async def test_an_answer_in_time_is_measured_and_reaches_nobody(hotline: Hotline, seconds: Seconds) -> None:
    calls: list[str] = []
    canary = Canary(hotline.installation, calls.append, seconds)
    before = await _rows(hotline.installation)

    for minute in (1, 2, 3):
        seconds.time = 60.0 * minute
        await canary.step()
        seconds.time += 2
        await _step_until_answered(canary)

    async with hotline.installation.database.read() as connection:
        state = await synthetic_chat.last(connection)
        seen = await health.look(connection, hotline.installation.vault, hotline.clock.now())
    assert state is not None
    assert state.took is not None
    assert (state.took.total_seconds(), state.is_late) == (2, False)
    assert calls == []
    assert [one.method for one in hotline.fake.calls if one.method.lower().startswith("sendm")] == []
    assert await _rows(hotline.installation) == before | {"synthetic_chat": 1}  # nobody is counted, nothing grows
    assert seen.last_update is None


async def test_a_message_that_was_given_up_raises_the_alarm_and_the_next_one_ends_it(
    hotline: Hotline, seconds: Seconds
) -> None:
    calls: list[str] = []
    canary = Canary(hotline.installation, calls.append, seconds)
    await hotline.stop("chat")
    seconds.time = 60
    await canary.step()
    async with hotline.installation.database.write() as connection:
        await connection.execute(job.update().values(state=JobState.DEAD, done_at=hotline.clock.now()))
    hotline.start("chat")
    seconds.time = 121
    await canary.step()
    await canary.step()  # it asks no more for what is dead
    seconds.time = 123

    await canary.step()
    await _step_until_answered(canary)

    assert calls == ["canary_late", "canary_back"]


async def test_a_database_that_is_away_is_an_alarm_too(installation: Installation, seconds: Seconds) -> None:
    database, calls = AwayDatabase(installation.settings.database), []
    installation.database = database
    supervisor = await _supervisor(installation)
    canary = Canary(installation, calls.append, seconds)
    database.is_away = True

    seconds.time = 60
    await canary.step()
    seconds.time = 121
    await canary.step()
    away = list(calls)
    database.is_away = False
    await canary.step()

    assert away == ["canary_late"]
    assert calls == ["canary_late"]
    assert await _told(installation, supervisor) == [("canary_late", "")]
    await database.close()


async def test_a_worker_that_starts_anew_does_not_tell_again_and_tells_the_end(
    hotline: Hotline, seconds: Seconds
) -> None:
    calls: list[str] = []
    async with hotline.installation.database.write() as connection:
        await synthetic_chat.note_late(connection, hotline.clock.now())
    canary = Canary(hotline.installation, calls.append, seconds)

    seconds.time = 60
    await canary.step()
    await _step_until_answered(canary)

    assert calls == ["canary_back"]


# --- processes, dead letters ----------------------------------------------------------------------------------


async def test_a_process_silent_for_a_minute_is_told_once_and_its_return_too(
    installation: Installation, seconds: Seconds
) -> None:
    calls: list[tuple[str, str]] = []
    supervisor, now = await _supervisor(installation), installation.clock.now()
    lookout = Lookout(installation, lambda notice, code="": calls.append((notice, code)), seconds)

    async def beat(*names: str) -> None:
        async with installation.database.write() as connection:
            for name in names:
                await heartbeats.beat(connection, heartbeats.CHAT, name, now, now)

    await beat("one", "two")
    for at in (0, 30, 59, 61, 90):
        seconds.time = at
        await beat("two")
        await lookout.step()
    silent = list(calls)
    await beat("one")
    await lookout.step()

    assert silent == [("process_silent", "chat one")]
    assert calls[1:] == [("process_back", "chat one")]
    assert await _told(installation, supervisor) == [("process_silent", "chat one")]


async def test_each_process_gives_signs_of_life(installation: Installation, clock: SetClock) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    async with open_hotline(installation, clock, rasa_url=nobody, rasa_token="none") as opened, asyncio.timeout(20):
        kinds: set[str] = set()
        while kinds < {"chat", "worker"}:
            async with opened.installation.database.read() as connection:
                kinds = {one.kind for one in await heartbeats.all_signs(connection)}
            await asyncio.sleep(0.02)

    assert kinds == {"chat", "worker"}  # Rasa does not answer


async def test_what_was_given_up_is_told_and_who_stopped_the_bot_is_not(
    installation: Installation, clock: SetClock
) -> None:
    supervisor = await _supervisor(installation)
    lookout = Lookout(installation, lambda *_said: None)

    async def die(uid: str, why: str) -> None:
        clock.advance(heartbeats.SILENT_AFTER)
        values = {"uid": uid, "queue": "outbox", "lane": uid, "kind": "reply", "priority": 5, "position": 0}
        values |= {"state": JobState.DEAD, "attempts": 1, "run_at": clock.now(), "created_at": clock.now()}
        async with installation.database.write() as connection:
            await connection.execute(job.insert().values(values | {"done_at": clock.now(), "error_code": why}))
        await lookout.step()

    await die("a", "blocked")
    blocked = await _told(installation, supervisor)
    await die("b", "badrequest")
    await die("c", "badrequest")

    assert blocked == []
    assert await _told(installation, supervisor) == [("dead_letters", "")]
