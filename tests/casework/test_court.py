"""Court and compensation: only what somebody wrote, told before it is closed, money paid never taken from money due."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from tests.casework.talks import a_chat
from thangdee.casework import court, court_rules, notices
from thangdee.casework.court_rules import (
    MoneyEntry,
    NotToldError,
    Payer,
    Source,
    Stage,
    StatusEntry,
    UnfitEntryError,
    Way,
    amount,
    written,
)
from thangdee.casework.court_tables import court_money, court_status
from thangdee.casework.referrals import deeds, steps
from thangdee.core.jobs import JobState, Queue, job

STAFF = "made-up-staff"


async def _matter(connection, vault, now):
    who = await a_chat(connection, vault, now)
    return await deeds.begin(connection, vault, who, now)


def _status(now, stage=Stage.COURT, **changed) -> StatusEntry:
    day = court.today(now)
    values = {"known_on": day, "source": Source.LAWYER, "ask_on": day + timedelta(days=30)}
    return StatusEntry(stage=stage, **values | changed)


def _money(now, *, is_paid: bool, hundredths: int = 5_000_000, **changed) -> MoneyEntry:
    values = {"currency": "THB", "from_whom": Payer.OFFENDER, "source": Source.COURT}
    values |= {"on_day": court.today(now), "how": Way.CASH} if is_paid else {}
    return MoneyEntry(is_paid=is_paid, hundredths=hundredths, **values | changed)


async def _insert(database, row) -> None:
    async with database.write() as connection:
        await connection.execute(insert(court_money).values(row))


async def _knocks(connection) -> int:
    rows = await connection.execute(select(job.c.id).where(job.c.queue == Queue.CLOCK, job.c.kind == "knock"))
    return len(rows.all())


async def test_a_status_is_kept_with_its_source_and_day_and_knocks_only_for_news(database, vault, clock) -> None:
    now = clock.now()
    async with database.write() as connection:
        one = await _matter(connection, vault, now)
        entry = _status(now, note="made up: spoke with the lawyer")
        await court.write_status(connection, vault, one.id, STAFF, entry, now)
        assert await court.has_news(connection, one.chat_id)
        again = now + timedelta(days=3)
        await court.write_status(connection, vault, one.id, STAFF, _status(again), again)
        known = await court.read_notes(connection, vault, await court.file_of(connection, one.id))
        sealed = (await connection.execute(select(court_status.c.sealed_note))).scalars().first()
        knocks = await _knocks(connection)

    assert [each.note for each in known.history] == ["made up: spoke with the lawyer", ""]
    assert (known.status.stage, known.status.source, known.status.looked_at) == (Stage.COURT, Source.LAWYER, again)
    assert b"lawyer" not in sealed
    assert knocks == 1  # the second look found the same


async def test_closed_only_when_the_person_was_told(database, vault, clock) -> None:
    now = clock.now()
    async with database.write() as connection:
        one = await _matter(connection, vault, now)
        await court.write_status(connection, vault, one.id, STAFF, _status(now, Stage.STOPPED), now)
        with pytest.raises(NotToldError, match="not_told"):
            await court.close(connection, vault, one.id, STAFF, now)
    with pytest.raises(IntegrityError):  # not even by hand
        async with database.write() as connection:
            await connection.execute(update(court_status).values(closed_at=now))
    async with database.write() as connection:
        await court.told_by_staff(connection, vault, one.id, STAFF, now)
        await court.close(connection, vault, one.id, STAFF, now)
        assert (await court.file_of(connection, one.id)).status.closed_at == now
        await court.write_status(connection, vault, one.id, STAFF, _status(now), now)
        assert (await court.file_of(connection, one.id)).status.closed_at is None  # what is new is open again


@pytest.mark.parametrize(
    ("state", "error", "why"),
    [
        ("ready", None, "under_way"),
        ("ready", "too_many", "under_way"),
        ("dead", "blocked", "not_arrived"),
        ("done", "held", "not_arrived"),  # staff spoke at that moment
        ("done", "moved", "not_arrived"),  # she came back from another phone
        ("done", None, None),
    ],
)
async def test_shown_in_the_chat_counts_once_the_message_arrived(installation, state, error, why) -> None:
    now, vault = installation.clock.now(), installation.vault
    async with installation.database.write() as connection:
        one = await _matter(connection, vault, now)
        await court.write_status(connection, vault, one.id, STAFF, _status(now), now)
        row = {"uid": "m1", "queue": "outbox", "lane": "x", "kind": "reply", "run_at": now, "created_at": now}
        row |= {"state": JobState(state), "attempts": 0, "priority": 1, "position": 0, "error_code": error}
        await connection.execute(insert(job).values(row))
        await court.told_in_chat(connection, await court.file_of(connection, one.id), "m1", now)
        if why is None:
            await court.close(connection, vault, one.id, STAFF, now)
            return
        with pytest.raises(NotToldError, match=why):
            await court.close(connection, vault, one.id, STAFF, now)


async def test_paid_never_silently_equals_due(database, vault, clock) -> None:
    now = clock.now()
    async with database.write() as connection:
        one = await _matter(connection, vault, now)
        with pytest.raises(UnfitEntryError, match="no_status"):
            await court.write_money(connection, vault, one.id, STAFF, _money(now, is_paid=False), now)
        await court.write_status(connection, vault, one.id, STAFF, _status(now, Stage.JUDGED), now)
        await court.write_money(connection, vault, one.id, STAFF, _money(now, is_paid=False), now)
        with pytest.raises(UnfitEntryError, match="nothing_paid"):
            await court.write_status(connection, vault, one.id, STAFF, _status(now, Stage.PAID), now)
        known = await court.file_of(connection, one.id)
        assert [(each.due, each.paid) for each in court_rules.owed(known.money)] == [(5_000_000, 0)]
        assert court_rules.is_money_expected(known)

        part = _money(now, is_paid=True, hundredths=2_000_000)
        await court.write_money(connection, vault, one.id, STAFF, part, now)
        await court.write_status(connection, vault, one.id, STAFF, _status(now, Stage.PAID), now)
        await court.told_by_staff(connection, vault, one.id, STAFF, now)
        with pytest.raises(NotToldError, match="less_paid"):
            await court.close(connection, vault, one.id, STAFF, now)
        await court.write_money(
            connection, vault, one.id, STAFF, _money(now, is_paid=True, hundredths=3_000_000, how=Way.OFFICE), now
        )
        await court.told_by_staff(connection, vault, one.id, STAFF, now)
        await court.close(connection, vault, one.id, STAFF, now)


async def test_a_payment_says_when_and_how(database, vault, clock) -> None:
    now = clock.now()
    async with database.write() as connection:
        one = await _matter(connection, vault, now)
        await court.write_status(connection, vault, one.id, STAFF, _status(now), now)
        tomorrow = court.today(now) + timedelta(days=1)
        for why, changed in (
            ("no_day", {"on_day": None}),
            ("no_way", {"how": None}),
            ("paid_later", {"on_day": tomorrow}),
        ):
            with pytest.raises(UnfitEntryError, match=why):
                await court.write_money(connection, vault, one.id, STAFF, _money(now, is_paid=True, **changed), now)
    row = {"id": "x", "matter_id": one.id, "is_paid": True, "hundredths": 1, "currency": "THB", "at": now}
    row |= {"from_whom": "fund", "source": "court", "staff_id": STAFF}
    with pytest.raises(IntegrityError):
        await _insert(database, row)


async def test_what_was_told_wrongly_is_told_again(database, vault, clock) -> None:
    now = clock.now()
    async with database.write() as connection:
        one = await _matter(connection, vault, now)
        await court.write_status(connection, vault, one.id, STAFF, _status(now), now)
        await court.write_money(connection, vault, one.id, STAFF, _money(now, is_paid=False), now)
        await court.told_by_staff(connection, vault, one.id, STAFF, now)
        await court.close(connection, vault, one.id, STAFF, now)
        [money] = (await court.file_of(connection, one.id)).money

        assert await court.strike_money(connection, vault, one.id, money.id, STAFF, now)

        known = await court.file_of(connection, one.id)
        assert known.is_untold
        assert known.status.closed_at is None
        assert known.counted == ()
        assert len(known.money) == 1  # it stays to be seen


async def test_somebody_asks_again_by_a_day_and_is_reminded_once_a_day(database, vault, clock) -> None:
    now = clock.now()
    async with database.write() as connection:
        one = await _matter(connection, vault, now)
        with pytest.raises(UnfitEntryError, match="nobody_asks"):
            await court.write_status(connection, vault, one.id, STAFF, _status(now, ask_on=None), now)
        far = court.today(now) + timedelta(days=120)
        with pytest.raises(UnfitEntryError, match="asks_too_late"):
            await court.write_status(connection, vault, one.id, STAFF, _status(now, ask_on=far), now)
        day = await court.asked(connection, vault, one.id, now)
        assert day == court.today(now) + timedelta(days=7)
        assert await court.asked(connection, vault, one.id, now + timedelta(days=1)) == day  # the day given stands
        await deeds.take_step(
            connection, vault, one.id, lambda it: steps.take_on(it, STAFF, now), name="take_on", actor=STAFF, now=now
        )
    for hours, expected in ((24 * 7, 0), (24 * 9, 1), (24 * 9 + 1, 1)):
        async with database.write() as connection:
            await court.remind(connection, now + timedelta(hours=hours))
            assert len(await notices.newest(connection, STAFF)) == expected


def test_an_amount_is_read_as_written() -> None:
    assert [amount(one) for one in ("12,000", "1500.50", "7")] == [1_200_000, 150_050, 700]
    assert (written(1_200_000), written(150_050)) == ("12,000", "1,500.50")
    for unfit in ("", "0", "-5", "1e3", "12.345", "many", "NaN", "9" * 20):
        with pytest.raises(UnfitEntryError):
            amount(unfit)


def test_nothing_is_known_since_tomorrow() -> None:
    known, today = court_rules.CourtFile("m"), date(2026, 11, 22)
    entry = StatusEntry(Stage.COURT, today + timedelta(days=1), Source.COURT, ask_on=today)
    with pytest.raises(UnfitEntryError, match="known_later"):
        court_rules.check_status(entry, known, today)
