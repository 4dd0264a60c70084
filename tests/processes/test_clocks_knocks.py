"""The bot writes first: neutral, in her hours, once for the same news, never while staff talk with her (R55, R56)."""

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.clock import SetClock
from tests.processes import ringing
from tests.processes.ringing import pass_time, ring_due, told
from thangdee.casework import alerts, notices
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chat, Chats
from thangdee.casework.consent import Purpose
from thangdee.casework.referrals import follow_up, knocks, steps
from thangdee.casework.referrals.follow_up import Rhythm
from thangdee.core.time_words import LOCAL_TIME
from thangdee.flows import knocking
from thangdee.processes import clock_knocks
from thangdee.processes.wiring import Installation

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_SPANS = {"morning": (8, 12), "afternoon": (12, 17), "evening": (17, 21), "any": (8, 21)}


def _is_within(moment: datetime, codes: tuple[str, ...]) -> bool:
    """Whether a moment lies in these hours: written down again, by minutes."""
    local = moment.astimezone(LOCAL_TIME)
    minutes = local.hour * 60 + local.minute
    return any(_SPANS[one][0] * 60 <= minutes < _SPANS[one][1] * 60 for one in codes)


async def _writes(installation: Installation, whose: Chat) -> None:
    """What the turn does after it answered her own message."""
    async with installation.database.write() as connection:
        now = installation.clock.now()
        fresh = await Chats(connection, installation.vault).of(whose.address, now)
        outward = installation.outward()(connection, fresh, now, f"turn:{now}")
        await knocking.after_message(outward)


def test_no_outbound_outside_window_by_the_rule() -> None:
    chance = random.Random(56)
    for _ in range(3000):
        codes = tuple(chance.sample(sorted(_SPANS), chance.randrange(4)))
        now = datetime(2026, 1, 1, tzinfo=LOCAL_TIME) + timedelta(seconds=chance.randrange(400 * 86400))
        at = knocks.next_window(now, codes)

        assert at is not None
        assert now <= at < now + DAY
        assert _is_within(at, codes or ("any",))
        assert at == now or not _is_within(now, codes or ("any",))
        assert knocks.next_window(now, (*codes, knocks.ONLY_WHEN_I_WRITE)) is None


async def test_no_outbound_outside_window(installation: Installation, clock: SetClock) -> None:
    """Random hours, random moments of news, random plans of follow-up, a worker that is away for random times."""
    chance = random.Random(57)
    hours_of = {}
    for number in range(36):
        whose = await ringing.someone(installation, 1000 + number, Purpose.FOLLOW_UP)
        code = chance.choice([*_SPANS, knocks.ONLY_WHEN_I_WRITE, "made_up"])
        whole = await ringing.sent_matter(installation, whose, reach_hours=code)
        plan_hours = chance.choice(sorted(_SPANS))
        clock.advance(timedelta(minutes=chance.randrange(600)))
        await ringing.helped(installation, whole)
        async with installation.database.write() as connection:
            await follow_up.begin(
                connection, whole.id, clock.now(), rhythm=chance.choice(sorted(Rhythm)), hours=plan_hours
            )
        hours_of[whose.chat_key] = (whose, code, plan_hours)
    found = 0
    for _ in range(40):
        clock.advance(timedelta(minutes=chance.choice((1, 40, 300, 700, 9000))))  # an outage or none
        await ring_due(installation)
        for one in await ringing.told_all(installation):
            whose, code, plan_hours = hours_of[one.lane]
            hers = (plan_hours,) if one.key.startswith("follow_up.") else ((code if code in _SPANS else "any"),)
            assert _is_within(one.at, hers), (one, code, plan_hours)
            assert one.key.startswith("follow_up.") or code != knocks.ONLY_WHEN_I_WRITE
            found += 1

    assert found > 25


async def test_several_news_of_one_night_are_one_knock_in_the_morning(
    installation: Installation, clock: SetClock
) -> None:
    ringing.at_local(clock, "2026-11-23T22:00")
    whose = await ringing.someone(installation)
    whole = await ringing.sent_matter(installation, whose)
    await ringing.helped(installation, whole)
    await pass_time(installation, clock, 9 * HOUR)
    at_seven = await told(installation, whose)
    await pass_time(installation, clock, 2 * DAY)
    knocked = await told(installation, whose)

    assert at_seven == []
    assert [one.key for one in knocked] == ["knock.line"]
    assert knocked[0].at.astimezone(LOCAL_TIME).hour == 8


async def test_what_she_saw_by_herself_is_not_knocked_for(installation: Installation, clock: SetClock) -> None:
    ringing.at_local(clock, "2026-11-23T22:00")
    whose = await ringing.someone(installation)
    await ringing.accepted(installation, await ringing.sent_matter(installation, whose), DAY)
    await ring_due(installation)
    clock.advance(HOUR)
    async with installation.database.write() as connection:
        await knocks.seen(connection, whose.id, clock.now())
    await pass_time(installation, clock, 12 * HOUR)

    assert await told(installation, whose) == []


async def test_while_staff_hold_the_chat_the_holder_is_told_and_the_knock_waits(
    installation: Installation, clock: SetClock
) -> None:
    ringing.at_local(clock, "2026-11-24T10:00")
    whose = await ringing.someone(installation)
    whole = await ringing.sent_matter(installation, whose)
    await ringing.change_chat(installation, whose, held_by="noy")
    await ringing.accepted(installation, whole)
    await pass_time(installation, clock, 2 * HOUR)
    while_held = await told(installation, whose)
    async with installation.database.read() as connection:
        news = [(one.kind, one.reference) for one in await notices.newest(connection, "noy")]
    await ringing.change_chat(installation, whose, held_by=None)
    await pass_time(installation, clock, HOUR)

    assert while_held == []
    assert news == [("referral_news", whose.id)]
    assert [one.key for one in await told(installation, whose)] == ["knock.line"]


async def test_a_phone_that_stopped_the_bot_hears_with_its_next_message(
    installation: Installation, clock: SetClock
) -> None:
    ringing.at_local(clock, "2026-11-24T10:00")
    whose = await ringing.someone(installation)
    whole = await ringing.sent_matter(installation, whose)
    await ringing.change_chat(installation, whose, blocked_at=clock.now())
    await ringing.accepted(installation, whole, 3 * DAY)
    await pass_time(installation, clock, DAY)
    blocked = await told(installation, whose)
    await _writes(installation, whose)
    first = [one.key for one in await told(installation, whose)]
    await _writes(installation, whose)

    assert (blocked, first) == ([], ["knock.line"])
    assert await told(installation, whose) == []


async def test_only_when_i_write_hears_under_the_answer_to_her_own_message(
    installation: Installation, clock: SetClock
) -> None:
    whose = await ringing.someone(installation)
    whole = await ringing.sent_matter(installation, whose, reach_hours=knocks.ONLY_WHEN_I_WRITE)
    await ringing.accepted(installation, whole)
    await pass_time(installation, clock, 3 * HOUR)
    silent = await told(installation, whose)
    await _writes(installation, whose)

    assert silent == []
    assert [one.key for one in await told(installation, whose)] == ["knock.line"]


async def test_a_knock_that_was_swept_unseen_comes_back_with_her_next_message(
    installation: Installation, clock: SetClock
) -> None:
    ringing.at_local(clock, "2026-11-24T10:00")
    whose = await ringing.someone(installation)
    await ringing.accepted(installation, await ringing.sent_matter(installation, whose), 3 * DAY)
    await ring_due(installation)
    knocked = [one.key for one in await told(installation, whose)]
    clock.advance(HOUR)
    await _writes(installation, whose)
    soon = await told(installation, whose)
    clock.advance(13 * HOUR)
    await _writes(installation, whose)

    assert (knocked, soon) == (["knock.line"], [])
    assert [one.key for one in await told(installation, whose)] == ["knock.line"]


async def test_news_never_stands_under_the_answer_to_a_cry_for_help(
    installation: Installation, clock: SetClock
) -> None:
    whose = await ringing.someone(installation)
    whole = await ringing.sent_matter(installation, whose, reach_hours=knocks.ONLY_WHEN_I_WRITE)
    await ringing.accepted(installation, whole)
    await ring_due(installation)
    async with installation.database.write() as connection:
        await alerts.raise_alert(connection, whose.id, Urgency.IMMEDIATE, "danger_now", clock.now())
    await _writes(installation, whose)

    assert await told(installation, whose) == []


async def test_a_helper_hears_nothing_of_what_becomes_of_it(installation: Installation, clock: SetClock) -> None:
    whose = await ringing.someone(installation)
    whole = await ringing.sent_matter(installation, whose)
    async with installation.database.write() as connection:
        await ringing.make_it_for_other(connection, whole.id)
    await pass_time(installation, clock, 5 * DAY)
    await _writes(installation, whose)

    assert await told(installation, whose) == []


async def test_a_deleted_chat_is_never_written_to(installation: Installation, clock: SetClock) -> None:
    whose = await ringing.someone(installation)
    whole = await ringing.sent_matter(installation, whose)
    await ringing.accepted(installation, whole)
    await ringing.change_chat(installation, whose, chat_key=None, closed_at=clock.now())
    await pass_time(installation, clock, DAY)

    assert await ringing.told_all(installation) == []


@pytest.mark.parametrize(("seen_by", "is_shown"), [("only_me", True), ("others", False), ("unsure", False)])
async def test_where_it_stands_follows_at_once_only_on_a_phone_that_nobody_else_sees(
    installation: Installation, clock: SetClock, seen_by: str, *, is_shown: bool
) -> None:
    ringing.at_local(clock, "2026-11-24T10:00")
    whose = await ringing.someone(installation)
    whole = await ringing.sent_matter(installation, whose, phone_seen=seen_by)
    await ringing.accepted(installation, whole)
    await ring_due(installation)
    lines = [one.key for one in await told(installation, whose)]

    assert lines[0] == "knock.line"
    assert (len(lines) > 1) is is_shown


async def test_a_knock_for_another_try_is_no_news_by_itself(installation: Installation, clock: SetClock) -> None:
    ringing.at_local(clock, "2026-11-23T22:00")
    whose = await ringing.someone(installation)
    whole = await ringing.sent_matter(installation, whose)
    now, one = clock.now(), whole.current
    await ringing.step(installation, whole.id, "decline", lambda found: steps.decline(found, one.id, "full", now))
    await pass_time(installation, clock, 12 * HOUR)
    async with installation.database.read() as connection:
        news = await knocks.news_of(connection, whose.id)
        kinds = (
            await connection.execute(select(ringing.job.c.kind).where(ringing.job.c.kind == clock_knocks.AGAIN))
        ).all()

    assert news is not None
    assert (news.news, news.knocked) == (1, 1)
    assert len(kinds) == 1
