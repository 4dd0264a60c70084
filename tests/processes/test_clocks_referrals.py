"""The clocks of referrals: no answer, broken promises, long silence; nobody is left without an owner (R41, R43)."""

import random
import time
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from tests.clock import SetClock
from tests.processes import ringing
from tests.processes.ringing import pass_time, ring_due
from thangdee.casework import erasure
from thangdee.casework.alerts import alert
from thangdee.casework.referrals import deeds, orphans, steps
from thangdee.casework.referrals.model import Matter, MatterState, ReferralState
from thangdee.casework.referrals.tables import matter, matter_step
from thangdee.core import jobs
from thangdee.core.jobs import JobState, NewJob, Queue, job
from thangdee.processes import clocks
from thangdee.processes.wiring import Installation
from thangdee.processes.worker import make_round

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def _sent(installation: Installation, speed: str = "ordinary") -> Matter:
    whose = await ringing.someone(installation)
    async with installation.database.write() as connection:
        made = await deeds.begin(connection, installation.vault, whose, installation.clock.now())
        await deeds.change_draft(connection, made.id, installation.clock.now(), speed=speed)
    return await ringing.sent_matter(installation, whose, urgency=speed)


def _whom(whole: Matter) -> list[tuple[str, str]]:
    return [(one.receiver.listing_id, one.state.value) for one in whole.referrals]


async def _live_clocks(installation: Installation, kind: str) -> int:
    async with installation.database.read() as connection:
        live = (job.c.kind == kind) & (job.c.state == JobState.READY)
        return len((await connection.execute(select(job.c.id).where(live))).all())


async def test_no_answer_within_a_day_goes_to_the_next_and_then_to_staff(
    installation: Installation, clock: SetClock
) -> None:
    ringing.at_local(clock, "2026-11-24T10:00")
    whole = await _sent(installation)
    seen = []
    for hours in (23, 2, 24):
        await pass_time(installation, clock, hours * HOUR)
        seen.append(await ringing.load(installation, whole.id))

    assert [_whom(one) for one in seen] == [
        [("a", "offered")],
        [("a", "expired"), ("b", "offered")],
        [("a", "expired"), ("b", "expired")],
    ]
    assert (seen[-1].state, seen[-1].why_staff) == (MatterState.WITH_STAFF, "all_asked")
    assert "referral_all_asked" in await ringing.reasons(installation)


async def test_what_is_urgent_goes_to_the_next_within_the_hour_in_the_middle_of_the_night(
    installation: Installation, clock: SetClock
) -> None:
    ringing.at_local(clock, "2026-11-22T01:00")
    whole = await _sent(installation, "urgent")
    await pass_time(installation, clock, HOUR + timedelta(minutes=1))

    assert _whom(await ringing.load(installation, whole.id)) == [("a", "expired"), ("b", "offered")]


async def test_an_answer_in_time_stops_the_clock(installation: Installation, clock: SetClock) -> None:
    ringing.at_local(clock, "2026-11-24T10:00")
    whole = await _sent(installation)
    await ringing.accepted(installation, whole, 3 * DAY)
    await pass_time(installation, clock, 2 * DAY)

    assert _whom(await ringing.load(installation, whole.id)) == [("a", "accepted")]


async def test_clocks_that_are_overdue_after_an_outage_ring_in_any_order_with_the_same_end(
    installation: Installation, clock: SetClock
) -> None:
    ringing.at_local(clock, "2026-11-24T10:00")
    chance = random.Random(5)
    ends = []
    for number in range(6):
        whose = await ringing.someone(installation, 100 + number)
        whole = await ringing.sent_matter(installation, whose)
        if number % 2:
            await ringing.accepted(installation, whole)
        ends.append(whole.id)
    clock.advance(9 * DAY)
    async with installation.database.write() as connection:
        due = await jobs.claim(connection, Queue.CLOCK, now=clock.now(), taken_by="test", limit=1000)
    chance.shuffle(due)
    for one in due:
        await clocks.ring(installation, one, {})
    await ring_due(installation)
    states = [_whom(await ringing.load(installation, one)) for one in ends]

    assert states == [[("a", "expired"), ("b", "offered")], [("a", "accepted")]] * 3
    assert {"referral_contact_missed"} <= set(await ringing.reasons(installation))


async def test_a_broken_promise_of_contact_reminds_the_receiver_once_and_calls_staff_each_working_day(
    installation: Installation, clock: SetClock
) -> None:
    ringing.at_local(clock, "2026-11-26T10:00")  # a Thursday
    whole = await ringing.accepted(installation, await _sent(installation))
    called = []
    for _ in range(5):
        await pass_time(installation, clock, DAY)
        async with installation.database.write() as connection:
            query = select(alert.c.times).where(alert.c.reason == "referral_contact_missed", alert.c.taken_at.is_(None))
            called.append(bool((await connection.execute(query)).all()))
            await ringing.take_all_calls(connection, clock.now())
    async with installation.database.read() as connection:
        reminders = job.c.dedupe.like(f"notify:{whole.current.id}:remind:%")
        reminded = len((await connection.execute(select(job.c.id).where(reminders))).all())

    assert called == [True, True, False, True, True]  # looked at each morning: not between Saturday and Sunday
    assert reminded == 1
    assert (await ringing.load(installation, whole.id)).state is MatterState.WITH_PROVIDER


async def test_a_nearer_promise_does_not_wait_behind_the_clock_of_a_later_one(
    installation: Installation, clock: SetClock
) -> None:
    ringing.at_local(clock, "2026-11-24T10:00")
    whole = await ringing.accepted(installation, await _sent(installation), 5 * DAY)
    now, one = clock.now(), whole.current
    await ringing.step(
        installation, whole.id, "try_again", lambda found: steps.try_again(found, one.id, now + 4 * HOUR, now)
    )
    clock.advance(5 * HOUR)
    await ring_due(installation)

    assert "referral_contact_missed" in await ringing.reasons(installation)


async def test_after_contact_staff_ask_every_two_weeks_what_came_of_it(
    installation: Installation, clock: SetClock
) -> None:
    whole = await ringing.accepted(installation, await _sent(installation))
    now, one = clock.now(), whole.current
    await ringing.step(installation, whole.id, "contact", lambda found: steps.contact(found, one.id, now))
    counts = []
    for days in (13, 2, 14):
        await pass_time(installation, clock, days * DAY)
        async with installation.database.read() as connection:
            asked = (matter_step.c.step == "call_staff") & (matter_step.c.matter_id == whole.id)
            counts.append(len((await connection.execute(select(matter_step.c.id).where(asked))).all()))

    assert [count - counts[0] for count in counts] == [0, 1, 2]
    assert "referral_no_progress" in await ringing.reasons(installation)


async def test_the_clock_of_an_erased_matter_ends_quietly(installation: Installation, clock: SetClock) -> None:
    whole = await _sent(installation)
    await ringing.accepted(installation, whole)
    async with installation.database.write() as connection:
        await erasure.shred(connection, installation.vault, whole.chat_id)
    clock.advance(20 * DAY)

    assert await ring_due(installation) > 0
    assert await _live_clocks(installation, "answer_due") == 0


async def test_a_crash_while_a_clock_rings_moves_the_matter_on_once(
    installation: Installation, clock: SetClock
) -> None:
    ringing.at_local(clock, "2026-11-24T10:00")
    whole = await _sent(installation)
    await ring_due(installation)
    clock.advance(DAY)
    async with installation.database.write() as connection:
        due = await jobs.claim(connection, Queue.CLOCK, now=clock.now(), taken_by="dies", limit=100)
    [lost] = [one for one in due if one.kind == "answer_due"]
    clock.advance(jobs.LEASE + timedelta(seconds=1))
    await ring_due(installation)

    with pytest.raises(jobs.LeaseLostError):
        await clocks.ring(installation, lost, {})
    assert _whom(await ringing.load(installation, whole.id)) == [("a", "expired"), ("b", "offered")]


async def test_a_clock_of_an_unknown_kind_does_not_vanish(installation: Installation, clock: SetClock) -> None:
    async with installation.database.write() as connection:
        new = NewJob(Queue.CLOCK, "odd-1", "odd", clock.now(), clock.now(), jobs.new_uid())
        await jobs.enqueue(connection, new)
        [odd] = await jobs.claim(connection, Queue.CLOCK, now=clock.now(), taken_by="test", limit=1)

    with pytest.raises(clocks.UnknownClockError):
        await clocks.ring(installation, odd, {})


async def test_a_yes_lapses_after_90_days_and_the_receiver_sees_nothing_more(
    installation: Installation, clock: SetClock
) -> None:
    whole = await ringing.accepted(installation, await _sent(installation), 6 * DAY)
    clock.advance(89 * DAY)
    await make_round(installation)
    before = await ringing.load(installation, whole.id)
    clock.advance(DAY)
    await ringing.change_chat(installation, await ringing.someone(installation), seen_at=clock.now())
    await make_round(installation)
    after = await ringing.load(installation, whole.id)

    assert before.referrals[0].state is ReferralState.ACCEPTED
    assert after.referrals[0].state is ReferralState.WITHDRAWN
    assert after.state is MatterState.WITH_STAFF
    assert await _live_clocks(installation, "notify_ended") == 1


async def test_a_draft_that_nobody_finished_sends_nothing_and_loses_nothing(
    installation: Installation, clock: SetClock
) -> None:
    whose = await ringing.someone(installation)
    async with installation.database.write() as connection:
        made = await deeds.begin(connection, installation.vault, whose, clock.now())
        await deeds.change_draft(connection, made.id, clock.now(), speed="urgent")
    await pass_time(installation, clock, 30 * DAY, rounds=True)
    await make_round(installation)

    assert (await ringing.load(installation, made.id)).state is MatterState.DRAFT
    assert await ringing.told(installation, whose) == []
    assert await ringing.reasons(installation) == []


@pytest.mark.parametrize("state", ["offered", "accepted", "contacted", "with_staff"])
async def test_a_matter_without_clock_and_owner_is_found_and_brought_to_staff(
    installation: Installation, clock: SetClock, state: str
) -> None:
    whole = await _sent(installation)
    if state in ("accepted", "contacted"):
        whole = await ringing.accepted(installation, whole)
    if state == "contacted":
        now, one = clock.now(), whole.current
        await ringing.step(installation, whole.id, "contact", lambda found: steps.contact(found, one.id, now))
    async with installation.database.write() as connection:
        await connection.execute(delete(job).where(job.c.queue == Queue.CLOCK))
        await connection.execute(delete(alert))
        if state == "with_staff":
            await connection.execute(update(matter).values(state=MatterState.WITH_STAFF))
    clock.advance(HOUR)
    async with installation.database.read() as connection:
        found = await orphans.find(connection, clock.now())
    await make_round(installation)
    async with installation.database.read() as connection:
        again = await orphans.find(connection, clock.now())

    assert found == [whole.id]
    assert again == []
    assert await ringing.reasons(installation) == ["referral_orphan"]
    if state != "with_staff":
        kind = {"offered": "answer_due", "accepted": "contact_due", "contacted": "progress_due"}[state]
        assert await _live_clocks(installation, kind) == 1


async def test_what_goes_its_way_is_no_orphan_in_weeks(installation: Installation, clock: SetClock) -> None:
    await _sent(installation)
    other = await ringing.sent_matter(installation, await ringing.someone(installation, 8))
    await ringing.accepted(installation, other)
    found: list[str] = []
    for _ in range(40):
        await pass_time(installation, clock, 12 * HOUR)
        async with installation.database.read() as connection:
            found += await orphans.find(connection, clock.now())

    assert found == []


async def test_a_matter_whose_call_was_taken_but_which_nobody_took_on_is_called_for_again(
    installation: Installation, clock: SetClock
) -> None:
    whole = await _sent(installation)
    await pass_time(installation, clock, 5 * DAY)
    async with installation.database.write() as connection:
        await ringing.take_all_calls(connection, clock.now())
    await make_round(installation)
    soon = await ringing.reasons(installation)
    clock.advance(DAY + HOUR)
    await make_round(installation)

    assert "referral_orphan" not in soon
    assert "referral_orphan" in await ringing.reasons(installation)
    assert (await ringing.load(installation, whole.id)).why_staff == "orphan"


async def test_a_helped_matter_without_follow_up_is_closed_after_a_month(
    installation: Installation, clock: SetClock
) -> None:
    whole = await ringing.helped(installation, await _sent(installation))
    clock.advance(29 * DAY)
    await make_round(installation)
    before = await ringing.load(installation, whole.id)
    clock.advance(2 * DAY)
    await make_round(installation)

    assert before.state is MatterState.HELPED
    assert (await ringing.load(installation, whole.id)).state is MatterState.CLOSED


async def test_taking_clocks_stays_fast_with_thousands_waiting(installation: Installation, clock: SetClock) -> None:
    now = clock.now()
    waiting = [
        {
            "uid": jobs.new_uid(), "queue": Queue.CLOCK, "lane": f"answer_due-{number}", "kind": "answer_due",
            "priority": 5, "position": 0, "state": JobState.READY, "attempts": 0, "created_at": now,
            "run_at": now + DAY if number % 20 else now, "dedupe": f"x{number}",
        }
        for number in range(10_000)
    ]  # fmt: skip
    async with installation.database.write() as connection:
        await connection.execute(insert(job), waiting)
    began = time.perf_counter()
    for _ in range(5):
        async with installation.database.write() as connection:
            taken = await jobs.claim(connection, Queue.CLOCK, now=now, taken_by="test", limit=4)
            assert len(taken) == 4
    took = (time.perf_counter() - began) / 5

    assert took < 0.5


async def test_who_works_on_a_matter_hears_that_its_chat_is_gone(installation: Installation, clock: SetClock) -> None:
    ringing.at_local(clock, "2026-11-24T10:00")
    whole = await ringing.accepted(installation, await _sent(installation))
    before = await _live_clocks(installation, "notify_ended")
    clock.advance(91 * DAY)
    await make_round(installation)

    assert before == 0
    assert await _live_clocks(installation, "notify_ended") == 1
    async with installation.database.read() as connection:
        assert (await connection.execute(select(matter.c.id).where(matter.c.id == whole.id))).scalar() is None
