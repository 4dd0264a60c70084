"""An enquiry from the first answer to its end: what hangs on the filing alone, and what deletion does to it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.casework.talks import a_chat
from thangdee.casework import alerts, erasure, hold_rules
from thangdee.casework.chats import Chat, chat
from thangdee.casework.enquiries import deeds, facts, flags, store
from thangdee.casework.enquiries.model import KEPT, TEXT_DAYS, Enquiry, Field, Flag, State
from thangdee.casework.enquiries.texts import lane_of
from thangdee.casework.referrals.facts import Value
from thangdee.core.database import Database
from thangdee.core.jobs import JobState, Queue, job
from thangdee.core.vault import Vault

NOW = datetime.fromisoformat("2026-11-22T10:00:00+07:00")
A_NAME: Mapping[Field, Value] = {Field.NICKNAME: {"text": "ນ້ອຍ"}}
DAY = timedelta(days=1)


async def _send(
    connection: AsyncConnection, vault: Vault, whose: Chat, now: datetime, told: Mapping[Field, Value] = A_NAME
) -> Enquiry:
    draft = await deeds.begin(connection, whose, now)
    for field, value in told.items():
        await facts.note(connection, vault, draft.id, field, value, now)
    return await deeds.file(connection, vault, whose, draft.id, now)


async def _clocks(connection: AsyncConnection, one: Enquiry) -> list[datetime]:
    waiting = (job.c.queue == Queue.CLOCK) & (job.c.lane == lane_of(one.id)) & (job.c.state == JobState.READY)
    return sorted((await connection.execute(select(job.c.run_at).where(waiting))).scalars())


async def test_what_is_begun_is_one_draft_with_a_number_that_counts_nothing(database: Database, vault: Vault) -> None:
    async with database.write() as connection:
        whose = await a_chat(connection, vault, NOW)
        first = await deeds.begin(connection, whose, NOW)
        again = await deeds.begin(connection, whose, NOW + DAY)
        await deeds.pass_by(connection, first.id, ("full_name", "age"))
        kept = await store.draft_of(connection, whose.id)
        await deeds.discard(connection, first.id)
        other = await deeds.begin(connection, whose, NOW)

    assert first == again
    assert kept is not None
    assert kept.passed == ("full_name", "age")
    assert (len(first.code), first.code.isalnum()) == (8, True)
    assert first.code != other.code


async def test_filing_fixes_the_times_and_calls_a_person_once(database: Database, vault: Vault) -> None:
    async with database.write() as connection:
        whose = await a_chat(connection, vault, NOW)
        one = await _send(connection, vault, whose, NOW)
        same = await deeds.file(connection, vault, whose, one.id, NOW + DAY)
        clocks = await _clocks(connection, one)
        read = await store.load(connection, one.id)
        raised = await alerts.open_alerts(connection)

    assert one.texts_at == tuple(NOW + timedelta(days=day) for day in TEXT_DAYS)
    assert (read.texts_at, read.state, read.filed_at) == (one.texts_at, State.OPEN, NOW)
    assert same.filed_at == NOW
    assert clocks == list(one.texts_at)
    assert [(one.urgency.value, one.reason) for one in raised] == [("high", "find_relative")]


async def test_one_too_many_differs_for_staff_only(database: Database, vault: Vault) -> None:
    async with database.write() as connection:
        whose = await a_chat(connection, vault, NOW)
        one = await _send(connection, vault, whose, NOW)
        other = await _send(connection, vault, whose, NOW)
        raised = await alerts.open_alerts(connection)
        seen = await flags.flags_of(connection, vault, whose.id)
        clocks = await _clocks(connection, one), await _clocks(connection, other)

    assert (one.is_over_quota, other.is_over_quota) == (False, True)
    assert one.texts_at == other.texts_at
    assert clocks[0] == clocks[1]
    assert [one.times for one in raised] == [1]
    assert [flag.kind for flag in seen] == [Flag.OVER_QUOTA]


async def test_closing_ends_it_and_stops_its_texts(database: Database, vault: Vault) -> None:
    async with database.write() as connection:
        whose = await a_chat(connection, vault, NOW)
        one = await _send(connection, vault, whose, NOW)
        closed = await deeds.close(connection, one.id, NOW + DAY)
        again = await deeds.close(connection, one.id, NOW + 2 * DAY)
        clocks = await _clocks(connection, one)
        following = await _send(connection, vault, whose, NOW + DAY)

    assert (closed.state, closed.closed_at, again.closed_at) == (State.CLOSED, NOW + DAY, NOW + DAY)
    assert clocks == []
    assert not following.is_over_quota


async def test_deletion_closes_and_undoing_it_brings_back_what_is_still_to_come(
    database: Database, vault: Vault
) -> None:
    async with database.write() as connection:
        whose = await a_chat(connection, vault, NOW)
        earlier = await _send(connection, vault, whose, NOW)
        await deeds.close(connection, earlier.id, NOW + DAY)
        one = await _send(connection, vault, whose, NOW + DAY)
        deleted_at = NOW + timedelta(days=3, hours=23)
        code = await erasure.close(connection, vault, whose, deleted_at)
        gone = await _clocks(connection, one)
        hidden = await store.filed(connection, deleted_at)
        fresh = await erasure.start_anew(connection, vault, whose, deleted_at)
        newer = await _send(connection, vault, fresh, deleted_at)
        assert await erasure.reopen(connection, vault, fresh, code, deleted_at + DAY)
        back = await store.of_chat(connection, whose.id)
        clocks = await _clocks(connection, one), await _clocks(connection, newer)

    assert (gone, hidden) == ([], [])
    assert {found.id: found.state for found in back} == {one.id: State.OPEN, earlier.id: State.CLOSED}
    assert clocks == (list(one.texts_at[1:]), [])


async def test_retention_of_a_chat_waits_for_its_open_enquiry(database: Database, vault: Vault) -> None:
    """A family that waits is silent: R25's 90 days do not end what is kept for 180."""
    async with database.write() as connection:
        whose = await a_chat(connection, vault, NOW)
        one = await _send(connection, vault, whose, NOW)
        await connection.execute(update(chat).values(seen_at=NOW))
        silent = await erasure.due(connection, NOW + 100 * DAY)
        lapsed = await erasure.due(connection, NOW + KEPT + DAY)
        await deeds.close(connection, one.id, NOW + DAY)
        closed = await erasure.due(connection, NOW + 100 * DAY)

    assert (silent, lapsed, closed) == ([], [whose.id], [whose.id])


async def test_a_chat_with_an_enquiry_is_a_talk_about_a_relative_for_good(database: Database, vault: Vault) -> None:
    """What staff write there waits for a second person where it names a Thai province (R19)."""
    rules = hold_rules.HoldRules()
    async with database.write() as connection:
        whose = await a_chat(connection, vault, NOW)
        before = await rules.why_held(connection, whose, "ຢູ່ຊົນບູລີ")
        await deeds.begin(connection, whose, NOW)
        after = await rules.why_held(connection, whose, "ຢູ່ຊົນບູລີ")

    assert before != after


async def test_an_enquiry_goes_with_its_chat(database: Database, vault: Vault) -> None:
    async with database.write() as connection:
        whose = await a_chat(connection, vault, NOW)
        one = await _send(connection, vault, whose, NOW)
        await erasure.close(connection, vault, whose, NOW)
        await erasure.shred(connection, vault, whose.id)
        left = await store.filed(connection, NOW)

    assert left == []
    assert one.lapses_at == NOW + KEPT
