"""Offices without a login: what may be said, what came of the call as their own step, the letter after their yes."""

from datetime import timedelta

import pytest

from tests.console.sent_matters import HEALTH, LATER, NAME, PHONE, A, B, accepted, sent, withdrawn
from tests.console.signing_in import client
from thangdee.casework.referrals import office_calls, store
from thangdee.casework.referrals.model import ReferralState
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.words import text


@pytest.fixture
async def matter(staff_app, installation, noy):
    """A matter that noy cares for, asked of an office and then of another."""
    one = await sent(installation, A, B)
    async with client(staff_app, noy) as browser:
        await browser.post(f"/referrals/{one.id}/take")
    return one


def _call(matter) -> str:
    return f"/referrals/{matter.id}/call/{matter.current.id}"


def _until(clock, hours: int) -> str:
    return (clock.now() + timedelta(hours=hours)).astimezone(LOCAL_TIME).strftime("%Y-%m-%dT%H:%M")


async def _load(installation, matter):
    async with installation.database.read() as connection:
        return await store.load(connection, matter.id)


async def test_before_they_accept_only_the_outline_may_be_said_and_nothing_after_a_withdrawal(
    staff_app, installation, noy, matter
) -> None:
    async with client(staff_app, noy) as browser:
        before = (await browser.get(_call(matter))).text
        await accepted(installation, matter)
        after = (await browser.get(_call(matter))).text
        await withdrawn(installation, matter)
        ended = (await browser.get(_call(matter))).text

    assert [word for word in LATER if word in before] == []
    assert text("referrals.call.outline", "en") in before
    assert [word for word in (NAME, PHONE, HEALTH) if word not in after] == []
    assert text("referrals.no_family", "en") in after
    assert [word for word in LATER if word in ended] == []
    assert text("referrals.call.nothing", "en") in ended


async def test_their_answer_on_the_phone_is_their_step(staff_app, installation, noy, matter, clock) -> None:
    first, path = matter.current, _call(matter)
    async with client(staff_app, noy) as browser:
        wrong = [
            await browser.post(path, data={"result": "accepted", "words": "said yes"}),  # until when?
            await browser.post(path, data={"result": "declined", "words": "said no"}),  # why?
            await browser.post(path, data={"result": "made up", "words": "x"}),
            await browser.post(path, data={"result": "declined", "reason": "declined:full", "words": ""}),
        ]
        tried = await browser.post(path, data={"result": "not_reached", "words": "nobody there"})
        still = (await _load(installation, matter)).current
        declined = await browser.post(path, data={"result": "declined", "reason": "declined:full", "words": "full"})
        stale = await browser.post(path, data={"result": "declined", "reason": "declined:full", "words": "again"})
        after = await _load(installation, matter)
        second = _call(after)
        yes = {"result": "accepted", "until": _until(clock, 5), "words": "Ms Made-up takes it"}
        await browser.post(second, data=yes)
        await browser.post(second, data={"result": "contacted", "reason": "contacted:phone", "words": "spoke with her"})
        await browser.post(second, data={"result": "helped", "words": "she is there"})
        page = (await browser.get(f"/referrals/{matter.id}")).text
    done = await _load(installation, matter)
    async with installation.database.read() as connection:
        calls = await office_calls.of_matter(connection, installation.vault, matter.id)

    codes = [one.headers["location"].rpartition(".")[2] for one in (*wrong, tried, declined, stale)]
    assert codes == [
        "unfit_call",
        "unfit_call",
        "unfit_call",
        "unfit_words",
        "call_logged",
        "call_logged",
        "step_refused",
    ]
    assert (still.id, still.state) == (first.id, ReferralState.OFFERED)
    assert [one.state for one in done.referrals] == [ReferralState.DECLINED, ReferralState.HELPED]
    assert {one.result for one in calls} == {"not_reached", "declined", "accepted", "contacted", "helped"}
    assert "Ms Made-up takes it" in page


async def test_a_letter_is_made_only_after_their_yes_and_written_down(staff_app, installation, noy, matter) -> None:
    path = f"/referrals/{matter.id}/letter/{matter.current.id}"
    async with client(staff_app, noy) as browser:
        early = await browser.post(path)
        await accepted(installation, matter)
        made = await browser.post(path)
        await withdrawn(installation, matter)
        late = await browser.post(path)
    async with installation.database.read() as connection:
        calls = await office_calls.of_matter(connection, installation.vault, matter.id)

    assert early.headers["location"].endswith("nothing_to_tell")
    assert late.headers["location"].endswith("nothing_to_tell")
    assert made.content.startswith(b"%PDF")
    assert "no-store" in made.headers["cache-control"]
    assert [(one.way, one.result) for one in calls] == [("letter", "printed")]


async def test_who_does_not_care_for_the_matter_neither_calls_nor_prints(staff_app, installation, noy) -> None:
    other = await sent(installation, A)
    async with client(staff_app, noy) as browser:
        page = await browser.get(_call(other))
        logged = await browser.post(_call(other), data={"result": "not_reached", "words": "x"})
        letter = await browser.post(f"/referrals/{other.id}/letter/{other.current.id}")

    assert page.status_code == 404
    assert logged.headers["location"].endswith("not_theirs")
    assert letter.headers["location"].endswith("not_theirs")
    async with installation.database.read() as connection:
        assert await office_calls.of_matter(connection, installation.vault, other.id) == []


async def test_a_referral_of_another_matter_is_not_reached_through_mine(staff_app, installation, noy, matter) -> None:
    other = await sent(installation, A)
    async with client(staff_app, noy) as browser:
        page = await browser.get(f"/referrals/{matter.id}/call/{other.current.id}")
        path = f"/referrals/{matter.id}/call/{other.current.id}"
        logged = await browser.post(path, data={"result": "declined", "reason": "declined:full", "words": "x"})

    assert page.status_code == 404
    assert logged.headers["location"].endswith("step_refused")
    assert (await _load(installation, other)).current.state is ReferralState.OFFERED
