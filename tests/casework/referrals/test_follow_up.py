"""Follow-up as the person agreed: a year of it, her changes, silence, the end (R56); the lost number (R57)."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.clock import SetClock
from tests.processes import ringing
from tests.processes.ringing import pass_time, told
from thangdee.casework import consent, erasure
from thangdee.casework.chats import Chat, chat
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.referrals import follow_up, lost_number, steps
from thangdee.casework.referrals.after_tables import check_in, second_contact
from thangdee.casework.referrals.follow_up import Answer, NotAgreedError, Plan, PlanOverError, Rhythm, UnfitPlanError
from thangdee.casework.referrals.lost_number import Contact, MayNotCallError, UnfitContactError
from thangdee.casework.referrals.model import Matter, MatterState
from thangdee.core.time_words import LOCAL_TIME
from thangdee.processes.wiring import Installation

DAY = timedelta(days=1)
AUNT = Contact("Aunt Made-Up", "made-up number", "aunt", "sewing")


async def _helped(installation: Installation, *purposes: Purpose) -> tuple[Chat, Matter]:
    whose = await ringing.someone(installation, 7, *(purposes or (Purpose.FOLLOW_UP,)))
    return whose, await ringing.helped(installation, await ringing.sent_matter(installation, whose))


async def _begun(installation: Installation, **wishes) -> tuple[Chat, Matter, Plan]:
    whose, whole = await _helped(installation, Purpose.FOLLOW_UP, Purpose.SECOND_CONTACT)
    async with installation.database.write() as connection:
        plan = await follow_up.begin(connection, whole.id, installation.clock.now(), **wishes)
    await ringing.ring_due(installation)
    await told(installation, whose)
    return whose, whole, plan


async def _answers(installation: Installation, whose: Chat, said: Answer, **more) -> Plan | None:
    """She opens the chat and answers what was asked, if anything was."""
    async with installation.database.write() as connection:
        now = installation.clock.now()
        await connection.execute(update(chat).where(chat.c.id == whose.id).values(seen_at=now))
        plan = await follow_up.waiting_check_in(connection, whose.id)
        if plan is None:
            return None
        return await follow_up.answer(connection, installation.vault, plan.id, said, now, **more)


async def _silent(installation: Installation, clock: SetClock) -> tuple[Chat, Matter]:
    whose, whole, _ = await _begun(installation)
    async with installation.database.write() as connection:
        await lost_number.give_contact(connection, installation.vault, whose.id, AUNT, clock.now())
    await pass_time(installation, clock, 40 * DAY)
    return whose, whole


async def test_a_year_of_the_usual_plan_asks_six_times_and_then_closes_the_matter(
    installation: Installation, clock: SetClock
) -> None:
    ringing.at_local(clock, "2026-11-24T23:00")
    whose, whole, plan = await _begun(installation, hours="evening", words=2)
    now, one = clock.now(), whole.current
    await ringing.step(installation, whole.id, "close", lambda found: steps.close_referral(found, one.id, "done", now))
    asked = []
    for number in range(186):
        await pass_time(installation, clock, 2 * DAY, rounds=number % 30 == 0)
        asked += [one for one in await told(installation, whose) if one.key.startswith("follow_up.")]
        await _answers(installation, whose, Answer.GOOD)

    assert [(one.at - plan.begun_at).days for one in asked] == [30, 61, 91, 182, 274, 365]
    assert {one.key for one in asked} == {"follow_up.line.2"}
    assert all(17 <= one.at.astimezone(LOCAL_TIME).hour < 21 for one in asked)
    assert (await ringing.load(installation, whole.id)).state is MatterState.CLOSED
    assert "referral_silent" not in await ringing.reasons(installation)


async def test_the_chat_is_kept_as_long_as_its_plan_runs(installation: Installation, clock: SetClock) -> None:
    whose, _, _ = await _begun(installation, rhythm=Rhythm.RARELY)
    clock.advance(91 * DAY)
    async with installation.database.read() as connection:
        while_it_runs = await erasure.due(connection, clock.now())
    async with installation.database.write() as connection:
        [plan] = await follow_up.of_chat(connection, whose.id)
        await follow_up.stop(connection, plan.id, clock.now())
        after = await erasure.due(connection, clock.now())

    assert (while_it_runs, after) == ([], [whose.id])


async def test_silence_for_three_days_ends_the_plan_and_tells_staff_after_one_try(
    installation: Installation, clock: SetClock
) -> None:
    whose, whole, plan = await _begun(installation)
    await pass_time(installation, clock, 33 * DAY - timedelta(hours=1))
    waiting = await ringing.reasons(installation)
    await pass_time(installation, clock, DAY)
    over = await ringing.reasons(installation)
    await pass_time(installation, clock, 300 * DAY)
    lines = [one.key for one in await told(installation, whose)]
    async with installation.database.read() as connection:
        ended = (await connection.execute(select(follow_up.follow_up.c.why_ended))).scalar_one()

    assert ("referral_silent" in waiting, "referral_silent" in over) == (False, True)
    assert lines.count("follow_up.line.1") == 1
    assert (ended, plan.number) == ("silent", 0)
    assert (await ringing.load(installation, whole.id)).state is not MatterState.CLOSED


async def test_who_wrote_something_else_meanwhile_is_not_silent(installation: Installation, clock: SetClock) -> None:
    whose, _, _ = await _begun(installation)
    await pass_time(installation, clock, 31 * DAY)
    await ringing.change_chat(installation, whose, seen_at=clock.now())
    await pass_time(installation, clock, 5 * DAY)
    async with installation.database.read() as connection:
        [plan] = await follow_up.of_chat(connection, whose.id)
        said = (await connection.execute(select(check_in.c.answer))).scalars().all()

    assert said == [Answer.WROTE]
    assert plan.next_at is not None
    assert "referral_silent" not in await ringing.reasons(installation)


@pytest.mark.parametrize("end", ["stop", "withdraw", "delete", "take_back"])
async def test_stop_withdrawal_deletion_and_a_no_end_it_at_once(
    installation: Installation, clock: SetClock, end: str
) -> None:
    whose, whole, plan = await _begun(installation)
    clock.advance(10 * DAY)
    now = clock.now()
    if end == "withdraw":
        await ringing.step(installation, whole.id, "withdraw", lambda one: steps.withdraw(one, now))
    async with installation.database.write() as connection:
        if end == "stop":
            await follow_up.stop(connection, plan.id, now)
        elif end == "delete":
            await erasure.close(connection, installation.vault, whose, now)
        elif end == "take_back":
            await consent.record(connection, whose, Purpose.FOLLOW_UP, is_yes=False, given_by=GivenBy.TAPPED, now=now)
    await pass_time(installation, clock, 360 * DAY)

    assert [one.key for one in await ringing.told_all(installation) if one.key.startswith("follow_up.")] == []
    assert "referral_silent" not in await ringing.reasons(installation)


async def test_a_phone_that_stopped_the_bot_counts_as_silent_and_is_not_written_to(
    installation: Installation, clock: SetClock
) -> None:
    whose, _, _ = await _begun(installation)
    await ringing.change_chat(installation, whose, blocked_at=clock.now())
    await pass_time(installation, clock, 32 * DAY)

    assert await told(installation, whose) == []
    assert "referral_silent" in await ringing.reasons(installation)


async def test_while_staff_talk_with_her_the_check_in_waits_a_day(installation: Installation, clock: SetClock) -> None:
    whose, _, _ = await _begun(installation)
    await ringing.change_chat(installation, whose, held_by="noy")
    await pass_time(installation, clock, 32 * DAY)
    while_held = await told(installation, whose)
    await ringing.change_chat(installation, whose, held_by=None)
    await pass_time(installation, clock, 2 * DAY)

    assert while_held == []
    assert [one.key for one in await told(installation, whose)] == ["follow_up.line.1"]


async def test_later_asks_again_the_next_day_and_only_once_more(installation: Installation, clock: SetClock) -> None:
    whose, _, plan = await _begun(installation)
    days = []
    for _ in range(65):
        await pass_time(installation, clock, DAY)
        for _line in await told(installation, whose):
            days.append((clock.now() - plan.begun_at).days)
            async with installation.database.write() as connection:
                await follow_up.later(connection, plan.id, clock.now())

    assert days == [30, 31, 61, 62]


async def test_she_changes_rhythm_hours_and_words(installation: Installation, clock: SetClock) -> None:
    ringing.at_local(clock, "2026-11-24T10:00")
    whose, whole, plan = await _begun(installation)
    async with installation.database.write() as connection:
        now = clock.now()
        often = await follow_up.change(connection, plan.id, now, rhythm=Rhythm.OFTEN, hours="morning", words=3)
        again = await follow_up.begin(connection, whole.id, now, rhythm=Rhythm.OFTEN, hours="morning", words=3)
    await pass_time(installation, clock, 15 * DAY)
    [line] = await told(installation, whose)

    assert often.id == again.id == plan.id
    assert (line.key, (line.at - plan.begun_at).days) == ("follow_up.line.3", 14)
    assert 8 <= line.at.astimezone(LOCAL_TIME).hour < 12


async def test_a_plan_needs_her_yes_and_fitting_wishes(installation: Installation, clock: SetClock) -> None:
    _, whole = await _helped(installation, Purpose.TALK_TO_STAFF)
    whose, other, plan = await _begun(installation)
    async with installation.database.write() as connection:
        for wishes in ({"hours": "only_when_i_write"}, {"words": 4}):
            with pytest.raises(UnfitPlanError):
                await follow_up.change(connection, plan.id, clock.now(), **wishes)
        with pytest.raises(PlanOverError):
            await follow_up.answer(connection, installation.vault, plan.id, Answer.GOOD, clock.now())
        await consent.record(
            connection, whose, Purpose.FOLLOW_UP, is_yes=False, given_by=GivenBy.TAPPED, now=clock.now() + DAY
        )
        with pytest.raises(NotAgreedError):
            await follow_up.begin(connection, other.id, clock.now())
    assert whole.id != other.id


async def test_who_wants_a_person_has_one_called(installation: Installation, clock: SetClock) -> None:
    whose, _, _ = await _begun(installation)
    await pass_time(installation, clock, 31 * DAY)
    following = await _answers(installation, whose, Answer.PERSON, need="school")

    assert following is not None
    assert following.next_at is not None
    assert "referral_asked_person" in await ringing.reasons(installation)


async def test_an_outage_of_months_asks_once_and_not_for_each_month(
    installation: Installation, clock: SetClock
) -> None:
    whose, _, _ = await _begun(installation)
    clock.advance(100 * DAY)
    await ringing.ring_due(installation)
    await pass_time(installation, clock, DAY)

    assert [one.key for one in await told(installation, whose)] == ["follow_up.line.1"]


# --- the second contact --------------------------------------------------------------------------------------


async def test_the_second_contact_is_for_staff_once_and_only_after_silence(
    installation: Installation, clock: SetClock
) -> None:
    whose, whole, _ = await _begun(installation)
    vault = installation.vault
    async with installation.database.write() as connection:
        await lost_number.give_contact(connection, vault, whose.id, AUNT, clock.now())
        before = await lost_number.contact_to_call(connection, vault, whose.id, clock.now())
        with pytest.raises(MayNotCallError):
            await lost_number.called(connection, vault, whole.id, "noy", "reached", clock.now())
    await pass_time(installation, clock, 40 * DAY)
    async with installation.database.write() as connection:
        silent = await lost_number.contact_to_call(connection, vault, whose.id, clock.now())
        await lost_number.called(connection, vault, whole.id, "noy", "not_reached", clock.now())
        after = await lost_number.contact_to_call(connection, vault, whose.id, clock.now())
        with pytest.raises(MayNotCallError):
            await lost_number.called(connection, vault, whole.id, "noy", "reached", clock.now())

    assert (before, silent, after) == (None, AUNT, None)


async def test_once_she_writes_again_nobody_else_is_called(installation: Installation, clock: SetClock) -> None:
    whose, _ = await _silent(installation, clock)
    await ringing.change_chat(installation, whose, seen_at=clock.now())
    async with installation.database.read() as connection:
        assert await lost_number.contact_to_call(connection, installation.vault, whose.id, clock.now()) is None


async def test_without_her_yes_or_once_taken_back_nobody_is_called(installation: Installation, clock: SetClock) -> None:
    whose, _ = await _silent(installation, clock)
    async with installation.database.write() as connection:
        no = {"is_yes": False, "given_by": GivenBy.TAPPED, "now": clock.now()}
        await consent.record(connection, whose, Purpose.SECOND_CONTACT, **no)
        called = await lost_number.contact_to_call(connection, installation.vault, whose.id, clock.now())
        with pytest.raises(NotAgreedError):
            await lost_number.give_contact(connection, installation.vault, whose.id, AUNT, clock.now())
        await lost_number.forget_contact(connection, whose.id)
        there = await lost_number.has_contact(connection, whose.id)

    assert (called, there) == (None, False)


async def test_the_second_contact_lies_sealed(installation: Installation, clock: SetClock) -> None:
    whose, _ = await _silent(installation, clock)
    async with installation.database.write() as connection:
        row = (await connection.execute(select(second_contact))).one()
        unfit = Contact("x", "1", "aunt", "anything I like")
        with pytest.raises(UnfitContactError):
            await lost_number.give_contact(connection, installation.vault, whose.id, unfit, clock.now())

    assert b"made-up" not in row.sealed_contact.lower()


def test_every_rhythm_ends_within_a_year_and_leaves_no_gap_longer_than_a_quarter() -> None:
    for days in follow_up.DAYS.values():
        gaps = [later - earlier for earlier, later in zip((0, *days), days, strict=False)]

        assert days[-1] == 365
        assert 14 <= min(gaps) <= max(gaps) <= 92


async def test_nobody_looks_for_who_took_everything_back_by_phone(installation: Installation, clock: SetClock) -> None:
    """A check-in stood open when one of us took it back for her: her chat is silent, and that means nothing."""
    whose, whole, plan = await _begun(installation)
    async with installation.database.write() as connection:
        await lost_number.give_contact(connection, installation.vault, whose.id, AUNT, clock.now())
    await pass_time(installation, clock, 31 * DAY)
    await ringing.step(installation, whole.id, "withdraw", lambda one: steps.withdraw(one, clock.now()))
    await pass_time(installation, clock, 4 * DAY)
    async with installation.database.read() as connection:
        contact = await lost_number.contact_to_call(connection, installation.vault, whose.id, clock.now())
        running = await follow_up.find(connection, plan.id)

    assert (contact, running) == (None, None)
