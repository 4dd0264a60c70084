"""A person who is, or may be, under 18: her own yes, and two of staff with a fresh second factor (R8, R9)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.console.sent_matters import A, B, sent
from tests.console.signing_in import client, sign_in, viewer_of
from thangdee.casework import notices
from thangdee.casework.referrals import guardians, store
from thangdee.casework.referrals.guardians import Relation
from thangdee.casework.referrals.model import MatterState
from thangdee.casework.referrals.tables import best_interest
from thangdee.casework.staff.roles import Role

REASONS = "She asked for it herself; the house takes girls of her age. canary-reason"


async def _load(installation, matter):
    async with installation.database.read() as connection:
        return await store.load(connection, matter.id)


async def _decide(app, cookies, matter, answer, *, listing=A.listing_id, words=REASONS) -> str:
    async with client(app, cookies) as browser:
        answered = await browser.post(
            f"/referrals/{matter.id}/decide", data={"listing": listing, "answer": answer, "words": words}
        )
    return answered.headers["location"].rpartition("notice=referrals.notice.")[2] or answered.headers["location"]


async def _take(app, cookies, matter) -> None:
    async with client(app, cookies) as browser:
        await browser.post(f"/referrals/{matter.id}/take")


@pytest.mark.parametrize("age_band", ["12_17", "under_12", None])
async def test_minor_referral_gate(staff_app, installation, age_band) -> None:
    """Her assent, and a record by two of staff, one of child protection; the same person twice is one."""
    protect = await sign_in(installation, Role.CHILD_PROTECTION, name="kham")
    matter = await sent(installation, A, age_band=age_band)
    owner = await sign_in(installation, Role.COUNSELLOR, name="noy")
    stranger = await sign_in(installation, Role.COUNSELLOR, name="seng")
    await _take(staff_app, owner, matter)

    assert (matter.state, matter.why_staff) == (MatterState.WITH_STAFF, "best_interest")
    assert await _decide(staff_app, stranger, matter, "yes") == "not_theirs"
    assert await _decide(staff_app, owner, matter, "yes", words="  ") == "unfit_words"
    assert await _decide(staff_app, owner, matter, "yes", listing=B.listing_id) == "not_asked_to_decide"
    assert await _decide(staff_app, owner, matter, "yes") == "decided"
    assert await _decide(staff_app, owner, matter, "yes") == "decided"  # the same person twice
    assert (await _load(installation, matter)).referrals == ()
    assert await _decide(staff_app, protect, matter, "yes") == "decided"
    assert (await _load(installation, matter)).current.receiver == A

    async with client(staff_app, protect) as browser:
        page = (await browser.get(f"/referrals/{matter.id}")).text
    assert "canary-reason" in page
    async with installation.database.read() as connection:
        sealed = (await connection.execute(select(best_interest.c.sealed_reasons))).scalars().all()
        told = await notices.newest(connection, (await viewer_of(installation, protect)).staff_id)
    assert [one for one in sealed if b"canary" in one] == []
    assert [one.kind for one in told] == ["child_decision"]


async def test_a_no_closes_the_gate_and_two_of_no_special_role_do_not_open_it(staff_app, installation, clock) -> None:
    matter = await sent(installation, A, age_band="12_17")
    owner = await sign_in(installation, Role.COUNSELLOR, name="noy")
    boss = await sign_in(installation, Role.SUPERVISOR, name="boss")
    protect = await sign_in(installation, Role.CHILD_PROTECTION, name="kham")
    await _take(staff_app, owner, matter)
    await _decide(staff_app, owner, matter, "yes")
    await _decide(staff_app, boss, matter, "yes")
    assert (await _load(installation, matter)).referrals == ()
    await _decide(staff_app, protect, matter, "yes")
    opened = await _load(installation, matter)
    assert opened.current is not None

    clock.advance(timedelta(minutes=1))
    # Each of them can take it back: what was asked ends at once.
    assert await _decide(staff_app, owner, matter, "no") == "decided"
    closed = await _load(installation, matter)
    assert (closed.current, closed.why_staff) == (None, "best_interest")
    # Without her own yes there is nothing to decide.
    assert await _decide(staff_app, protect, matter, "yes", listing="never agreed to") == "not_asked_to_decide"


async def test_a_decision_needs_a_fresh_second_factor(staff_app, installation, clock) -> None:
    matter = await sent(installation, A, age_band="12_17")
    owner = await sign_in(installation, Role.COUNSELLOR, name="noy")
    await _take(staff_app, owner, matter)
    clock.advance(timedelta(minutes=6))

    asked = await _decide(staff_app, owner, matter, "yes")
    async with client(staff_app, owner) as browser:
        page = (await browser.get(f"/referrals/{matter.id}")).text

    assert asked.startswith("/account/confirm?next=%2Freferrals%2F")
    assert "/account/confirm?next=" in page
    assert f'action="/referrals/{matter.id}/decide"' not in page
    assert (await _load(installation, matter)).decisions == ()


async def test_child_protection_reads_only_what_waits_for_it(staff_app, installation) -> None:
    child, grown = await sent(installation, A, age_band="12_17"), await sent(installation, A)
    async with client(staff_app, await sign_in(installation, Role.CHILD_PROTECTION)) as browser:
        theirs = (await browser.get(f"/referrals/{child.id}")).text
        not_theirs = (await browser.get(f"/referrals/{grown.id}")).text

    assert ("Noy-canary" in theirs, "Noy-canary" in not_theirs) == (True, False)


async def test_a_relative_is_noted_and_an_unsafe_one_not_asked(staff_app, installation) -> None:
    matter = await sent(installation, A, age_band="12_17")
    owner = await sign_in(installation, Role.COUNSELLOR, name="noy")
    await _take(staff_app, owner, matter)
    path = f"/referrals/{matter.id}/guardians"
    async with client(staff_app, owner) as browser:
        await browser.post(path, data={"relation": Relation.MOTHER, "words": "phoned and wants her back"})
        await browser.post(path, data={"relation": Relation.OTHER, "words": "says he is her uncle", "unsafe": "yes"})
        page = (await browser.get(f"/referrals/{matter.id}")).text
        async with installation.database.read() as connection:
            kept = await guardians.of_matter(connection, installation.vault, matter.id)
        ids = {one.is_unsafe: one.id for one in kept}
        said_yes = await browser.post(f"{path}/{ids[False]}", data={"what": "yes"})
        sought = await browser.post(f"{path}/{ids[True]}", data={"what": "seek"})
        flagged = await browser.post(f"{path}/{ids[False]}", data={"what": "unsafe"})

    assert page.count('value="seek"') == 1  # the page does not even offer it for the unsafe one
    assert [one.headers["location"].rpartition(".")[2] for one in (said_yes, sought, flagged)] == [
        "guardian_noted", "guardian_unsafe", "guardian_noted",
    ]  # fmt: skip
    assert (await _load(installation, matter)).referrals == ()
