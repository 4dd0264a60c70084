"""The job table: order in a lane, lanes side by side, leases, once only."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clock import SetClock
from thangdee.core import jobs
from thangdee.core.database import Database
from thangdee.core.errors import LeaseLostError
from thangdee.core.jobs import NewJob, Queue


def _new(clock: SetClock, lane: str, *, position: int = 0, priority: int = jobs.ORDINARY, dedupe: str | None = None):
    now = clock.now()
    return NewJob(
        queue=Queue.INBOX, lane=lane, kind="text", run_at=now, created_at=now, uid=jobs.new_uid(),
        position=position, priority=priority, dedupe=dedupe,
    )  # fmt: skip


async def _add(database: Database, *new: NewJob) -> list[bool]:
    async with database.write() as connection:
        return [await jobs.enqueue(connection, one) for one in new]


async def _claim(database: Database, clock: SetClock, limit: int = 10, name: str = "one"):
    async with database.write() as connection:
        return await jobs.claim(connection, Queue.INBOX, now=clock.now(), taken_by=name, limit=limit)


async def test_a_lane_is_taken_in_order_one_at_a_time(database: Database, clock: SetClock) -> None:
    await _add(database, _new(clock, "a", position=2), _new(clock, "a", position=1), _new(clock, "b", position=9))

    first = await _claim(database, clock)
    second = await _claim(database, clock)

    assert sorted(job.lane for job in first) == ["a", "b"]
    assert second == []


async def test_the_lowest_position_goes_first(database: Database, clock: SetClock) -> None:
    late, early = _new(clock, "a", position=2), _new(clock, "a", position=1)
    await _add(database, late, early)

    [taken] = await _claim(database, clock)

    assert taken.uid == early.uid


async def test_an_urgent_job_overtakes_its_lane(database: Database, clock: SetClock) -> None:
    ordinary, urgent = _new(clock, "a"), _new(clock, "a", priority=jobs.URGENT)
    await _add(database, ordinary)
    await _claim(database, clock)
    await _add(database, urgent)

    [taken] = await _claim(database, clock)

    assert taken.uid == urgent.uid


async def test_a_job_is_known_by_queue_and_dedupe_whatever_the_order(database: Database, clock: SetClock) -> None:
    added = await _add(
        database, *(_new(clock, "a", dedupe=f"7:{number}") for number in (900, 12, 900, 5, 12, 2**40, 5))
    )

    assert added == [True, True, False, True, False, True, False]


async def test_a_lease_that_ran_out_can_be_taken_again_and_only_the_new_holder_finishes(
    database: Database, clock: SetClock
) -> None:
    await _add(database, _new(clock, "a"))
    [old] = await _claim(database, clock, name="one")
    clock.advance(jobs.LEASE + timedelta(seconds=1))
    [new] = await _claim(database, clock, name="two")

    with pytest.raises(LeaseLostError):
        async with database.write() as connection:
            await jobs.finish(connection, old, clock.now())
    async with database.write() as connection:
        await jobs.finish(connection, new, clock.now())

    assert await _claim(database, clock) == []


async def test_a_waiting_job_holds_its_lane_but_no_other(database: Database, clock: SetClock) -> None:
    await _add(database, _new(clock, "a", position=1), _new(clock, "a", position=2))
    [head] = await _claim(database, clock)
    async with database.write() as connection:
        await jobs.retry(connection, head, at=clock.now() + timedelta(seconds=20), error_code="too_many")
    await _add(database, _new(clock, "b"))

    during = await _claim(database, clock)
    clock.advance(timedelta(seconds=21))
    after = await _claim(database, clock)

    assert [job.lane for job in during] == ["b"]
    assert [job.uid for job in after] == [head.uid]


async def test_a_buried_job_frees_its_lane(database: Database, clock: SetClock) -> None:
    await _add(database, _new(clock, "a", position=1), _new(clock, "a", position=2))
    [head] = await _claim(database, clock)
    async with database.write() as connection:
        await jobs.bury(connection, head, clock.now(), "failed")

    [following] = await _claim(database, clock)

    assert following.uid != head.uid


async def test_a_restarted_process_gets_its_own_jobs_back_at_once(database: Database, clock: SetClock) -> None:
    await _add(database, _new(clock, "a"), _new(clock, "b"))
    await _claim(database, clock, limit=1, name="one")
    await _claim(database, clock, limit=1, name="two")
    async with database.write() as connection:
        await jobs.release_all(connection, "one")

    assert len(await _claim(database, clock, name="one")) == 1


async def test_many_takers_never_share_a_job_or_break_a_lane(database: Database, clock: SetClock) -> None:
    new = [_new(clock, f"lane{number % 7}", position=number) for number in range(140)]
    await _add(database, *new)
    order = {one.uid: one.position for one in new}
    done: list[tuple[str, int]] = []

    async def taker(name: str) -> None:
        while len(done) < len(new):
            for job in await _claim(database, clock, limit=3, name=name):
                async with database.write() as connection:
                    await jobs.finish(connection, job, clock.now())
                done.append((job.lane, order[job.uid]))

    await asyncio.gather(*(taker(f"t{number}") for number in range(4)))

    assert len(done) == len(set(done)) == len(new)
    for lane in range(7):
        positions = [position for name, position in done if name == f"lane{lane}"]
        assert positions == sorted(positions)


@given(attempts=st.integers(1, 10_000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_waiting_grows_and_never_passes_five_minutes(attempts: int) -> None:
    assert timedelta(seconds=1) <= jobs.wait_after(attempts) <= jobs.wait_after(attempts + 1) <= timedelta(minutes=5)
