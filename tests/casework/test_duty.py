"""The roster, who is there, what may be said of when a person answers; the order of the queue."""

from datetime import UTC, datetime, time, timedelta

import pytest

from tests.clock import SetClock
from thangdee.casework import alerts, conversations, duty, roster
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chats, with_session
from thangdee.casework.queue_order import turn_of
from thangdee.casework.roster import DoubleShiftError, Gap, Rank, Shift, UnfitShiftError, Wanted
from thangdee.casework.staff import accounts, sessions
from thangdee.casework.staff.roles import Role
from thangdee.core.database import Database
from thangdee.core.time_words import when
from thangdee.core.vault import Vault

HOUR = timedelta(hours=1)


@pytest.fixture
async def people(database: Database, vault: Vault, clock: SetClock) -> dict[str, str]:
    """Made-up colleagues: their ids by name."""
    wanted = {"noy": Role.COUNSELLOR, "kham": Role.COUNSELLOR, "dao": Role.SUPERVISOR, "ede": Role.ADMINISTRATOR}
    async with database.write() as connection:
        return {
            name: await accounts.add(connection, vault, name=name, roles={role}, language="lo", now=clock.now())
            for name, role in wanted.items()
        }


async def _plan(database: Database, clock: SetClock, who: str, after: timedelta, rank=Rank.FIRST, weeks=1) -> None:
    start = clock.now() + after
    async with database.write() as connection:
        await roster.plan(connection, Wanted(who, start, start + 8 * HOUR, rank, weeks), "dao", clock.now())


async def _sign_in(database: Database, vault: Vault, clock: SetClock, who: str) -> None:
    async with database.write() as connection:
        await sessions.start(connection, vault.keyring, who, clock.now(), with_passkey=True)


async def test_a_plan_alone_is_nobody_and_who_is_signed_in_on_shift_is_there(
    database: Database, vault: Vault, clock: SetClock, people: dict[str, str]
) -> None:
    await _plan(database, clock, people["noy"], timedelta(0))
    async with database.read() as connection:
        assert not await duty.is_someone_there(connection, clock.now())

    await _sign_in(database, vault, clock, people["noy"])
    async with database.read() as connection:
        assert await duty.on_duty(connection, clock.now()) == {people["noy"]: clock.now() + 8 * HOUR}

    clock.advance(sessions.IDLE)
    async with database.read() as connection:
        assert not await duty.is_someone_there(connection, clock.now()), "signed out, so nobody is there"


async def test_who_starts_is_there_and_who_stops_ends_the_shift_too(
    database: Database, vault: Vault, clock: SetClock, people: dict[str, str]
) -> None:
    await _sign_in(database, vault, clock, people["noy"])
    await _plan(database, clock, people["noy"], timedelta(0))
    clock.advance(timedelta(minutes=5))
    async with database.write() as connection:
        await duty.start(connection, people["noy"], clock.now() + HOUR)
        assert await duty.is_someone_there(connection, clock.now())

        await duty.end(connection, people["noy"], clock.now())
        assert not await duty.is_someone_there(connection, clock.now())
        assert await roster.running(connection, clock.now()) == []


async def test_the_word_of_an_operator_counts_without_an_account(database: Database, clock: SetClock) -> None:
    async with database.write() as connection:
        await duty.start(connection, "noy", clock.now() + HOUR)
        assert await duty.is_someone_there(connection, clock.now())
        assert not await duty.is_someone_there(connection, clock.now() + HOUR)


async def test_the_next_start_is_said_only_where_it_is_true(
    database: Database, clock: SetClock, people: dict[str, str]
) -> None:
    async def said(now: datetime) -> datetime | None:
        async with database.read() as connection:
            return await duty.next_start(connection, now)

    assert await said(clock.now()) is None, "nothing is planned"
    await _plan(database, clock, people["dao"], HOUR, rank=Rank.SUPERVISOR)
    assert await said(clock.now()) is None, "a supervisor on call does not answer first"
    await _plan(database, clock, people["noy"], 16 * HOUR)
    start = clock.now() + 16 * HOUR
    assert await said(clock.now()) == start
    assert await said(start - timedelta(minutes=10)) == start
    assert await said(start - timedelta(days=7)) is None, "too far ahead to be said by a weekday"
    await _plan(database, clock, people["kham"], 30 * HOUR)
    assert await said(start + HOUR) is None, "whoever should be there is not: nobody can know"


async def test_shifts_of_somebody_who_left_do_not_count(
    database: Database, vault: Vault, clock: SetClock, people: dict[str, str]
) -> None:
    await _plan(database, clock, people["noy"], HOUR)
    async with database.write() as connection:
        await accounts.end(connection, vault, people["noy"], clock.now())

        assert await duty.next_start(connection, clock.now()) is None


async def test_a_shift_repeats_weekly_and_a_week_is_copied_without_what_clashes(
    database: Database, clock: SetClock, people: dict[str, str]
) -> None:
    now, week = clock.now(), timedelta(days=7)
    await _plan(database, clock, people["noy"], HOUR, weeks=2)
    await _plan(database, clock, people["kham"], 2 * HOUR)
    following = roster.monday_of(now + week)
    async with database.write() as connection:
        copied = await roster.copy_week(connection, following, "dao", now)
        again = await roster.copy_week(connection, following, "dao", now)
        planned = await roster.between(connection, now, now + 3 * week)

    assert (copied, again) == (1, 0)
    starts = sorted((one.staff_id, one.starts_at) for one in planned)
    pairs = [(people["noy"], HOUR), (people["kham"], 2 * HOUR)]
    assert starts == sorted((who, now + after + more) for who, after in pairs for more in (timedelta(0), week))


@pytest.mark.parametrize(
    ("after", "length", "weeks"),
    [
        (HOUR, timedelta(0), 1),
        (HOUR, timedelta(hours=25), 1),
        (-9 * HOUR, 8 * HOUR, 1),
        (HOUR, HOUR, 27),
        (HOUR, HOUR, 0),
    ],
)
async def test_a_shift_that_cannot_be_is_refused(database, clock, people, after, length, weeks) -> None:
    start = clock.now() + after
    async with database.write() as connection:
        with pytest.raises(UnfitShiftError):
            await roster.plan(
                connection, Wanted(people["noy"], start, start + length, Rank.FIRST, weeks), "dao", clock.now()
            )


async def test_nobody_is_planned_twice_at_a_time(database: Database, clock: SetClock, people: dict[str, str]) -> None:
    await _plan(database, clock, people["noy"], HOUR)
    with pytest.raises(DoubleShiftError):
        await _plan(database, clock, people["noy"], 8 * HOUR, rank=Rank.SECOND)
    await _plan(database, clock, people["noy"], 9 * HOUR)


def test_gaps_are_where_nobody_is_first_on_call() -> None:
    day = datetime(2026, 11, 23, tzinfo=UTC)

    def shift(since: int, until: int, rank: Rank = Rank.FIRST) -> Shift:
        return Shift("x", "noy", day + since * HOUR, day + until * HOUR, rank)

    found = roster.gaps(
        [shift(4, 12), shift(-3, 2), shift(8, 16), shift(2, 4, Rank.SECOND), shift(30, 40)], day, day + 24 * HOUR
    )

    assert found == [Gap(day + 2 * HOUR, day + 4 * HOUR), Gap(day + 16 * HOUR, day + 24 * HOUR)]
    assert roster.gaps([], day, day + HOUR) == [Gap(day, day + HOUR)]
    assert roster.gaps([shift(0, 24)], day, day + 24 * HOUR) == []


def test_times_of_day_are_those_of_laos_and_thailand() -> None:
    monday = roster.monday_of(datetime(2026, 11, 22, 18, 0, tzinfo=UTC))

    assert monday.isoformat() == "2026-11-23"
    assert roster.at_local(monday, time(8)) == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


async def test_each_step_calls_further_colleagues_and_never_nobody(
    database: Database, vault: Vault, clock: SetClock, people: dict[str, str]
) -> None:
    noy, kham, dao = people["noy"], people["kham"], people["dao"]

    async def called() -> list[set[str]]:
        async with database.read() as connection:
            return [await duty.to_call(connection, step, clock.now()) for step in (1, 2, 3)]

    assert await called() == [{noy, kham, dao}] * 3, "nobody is planned or there, so everybody is called"
    await _sign_in(database, vault, clock, kham)
    async with database.write() as connection:
        await duty.start(connection, kham, clock.now() + HOUR)
    assert await called() == [{kham}, {kham}, {noy, kham, dao}]
    await _plan(database, clock, noy, timedelta(0))
    await _plan(database, clock, dao, timedelta(0), rank=Rank.SUPERVISOR)
    assert await called() == [{noy}, {dao}, {noy, kham, dao}]


def test_the_queue_puts_cries_first_and_then_who_should_be_answered_first() -> None:
    now = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    waiting = {
        "cry of now": (Urgency.IMMEDIATE, 0, False),
        "cry of 5 min": (Urgency.IMMEDIATE, 5, False),
        "cry, colleague there": (Urgency.IMMEDIATE, 9, True),
        "risk of 30 min": (Urgency.HIGH, 30, False),
        "risk of now": (Urgency.HIGH, 0, False),
        "person of 50 min": (Urgency.PERSON, 50, False),
        "person of now": (Urgency.PERSON, 0, False),
        "risk of 40 min, colleague there": (Urgency.HIGH, 40, True),
    }

    def turn(name: str) -> object:
        urgency, minutes, is_held = waiting[name]
        return turn_of(urgency, now - timedelta(minutes=minutes), is_held=is_held)

    assert sorted(waiting, key=turn) == [
        "cry of 5 min",
        "cry of now",
        "cry, colleague there",
        "risk of 30 min",
        "person of 50 min",
        "risk of now",
        "person of now",
        "risk of 40 min, colleague there",
    ]


async def test_a_header_of_the_queue_has_the_place_and_how_late_it_is(
    database: Database, vault: Vault, clock: SetClock
) -> None:
    now = clock.now()
    async with database.write() as connection:
        chats = Chats(connection, vault)
        who = await chats.of(5, now)
        await chats.save(with_session(who, place="LA-SV", told_at=now.isoformat()))
        await alerts.raise_alert(connection, who.id, Urgency.HIGH, "voice", now)
        [fresh] = await conversations.queue(connection, now)
        [late] = await conversations.queue(connection, now + timedelta(hours=25))

    assert (fresh.place, fresh.is_late, fresh.ladder_step) == ("LA-SV", False, 0)
    assert (late.place, late.is_late) == (None, True), "what was told is forgotten after 24 hours"


@pytest.mark.parametrize(
    ("hours", "language", "said"),
    [
        (1, "lo", "ມື້ນີ້ ຕອນແລງ 4 ໂມງ (16:00)"),
        (17, "lo", "ມື້ອື່ນ ວັນຈັນ ຕອນເຊົ້າ 8 ໂມງ (08:00)"),
        (46.5, "lo", "ວັນອັງຄານ ຕອນບ່າຍ 1 ໂມງ 30 ນາທີ (13:30)"),
        (9, "lo", "ຄືນນີ້ ທ່ຽງຄືນ (00:00)"),
        (34, "lo", "ຄືນກ່ອນວັນອັງຄານ ຕີ 1 (01:00)"),
        (5, "th", "วันนี้ 2 ทุ่ม (20:00 น.)"),
        (11, "th", "คืนนี้ ตี 2 (02:00 น.)"),
        (23, "th", "พรุ่งนี้ วันจันทร์ บ่าย 2 โมง (14:00 น.)"),
        (21.25, "th", "พรุ่งนี้ วันจันทร์ เที่ยง 15 นาที (12:15 น.)"),
        (17, "en", "tomorrow, Monday, at 8 in the morning (08:00)"),
        (65.25, "en", "on Wednesday at 8:15 in the morning (08:15)"),
    ],
)
def test_a_time_is_said_as_people_say_it(hours: float, language: str, said: str) -> None:
    now = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)  # a Sunday, three in the afternoon in Laos and Thailand

    assert when(now + timedelta(hours=hours), now, language) == said


async def test_old_shifts_are_forgotten(database: Database, clock: SetClock, people: dict[str, str]) -> None:
    await _plan(database, clock, people["noy"], timedelta(0), weeks=2)
    async with database.write() as connection:
        await roster.forget(connection, ended_before=clock.now() + timedelta(days=1))
        left = await roster.between(connection, clock.now(), clock.now() + timedelta(days=30))

    assert [one.starts_at for one in left] == [clock.now() + timedelta(days=7)]
