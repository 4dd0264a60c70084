"""Relatives of a child, and authorities: what they say or are told never comes from the program (R10, R11)."""

import pytest
from sqlalchemy import select

from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy
from thangdee.casework.providers import links
from thangdee.casework.referrals import deeds, facts, gate, guardians, proposals, steps, store
from thangdee.casework.referrals.guardian_tables import guardian
from thangdee.casework.referrals.guardians import GuardianUnsafeError, Relation
from thangdee.casework.referrals.model import BestInterest, Field, MatterState, Receiver, Said
from thangdee.casework.referrals.proposals import UnfitProposalError
from thangdee.casework.referrals.tables import referral
from thangdee.core.jobs import job

HOME = Receiver("home", "org-home", "ngo", "LA")
POLICE_POST = Receiver("post", "org-post", "police", "LA")


async def _child(connection, vault, now, *receivers: Receiver):
    """A girl of fifteen who said yes herself."""
    who = await Chats(connection, vault).of(7, now)
    made = await deeds.begin(connection, vault, who, now)
    await deeds.change_draft(connection, made.id, now, need="shelter", age_band="12_17")
    await facts.note(connection, vault, made.id, Field.NEED, {"code": "shelter"}, Said.PERSON, now)
    await deeds.show(connection, vault, made.id, receivers)
    return await deeds.say_yes(connection, vault, made.id, receivers, given_by=GivenBy.TAPPED, now=now)


async def test_guardian_consent_alone_never_releases(database, vault, clock) -> None:
    """Whatever relatives say, in whatever order, asked or not: nothing goes out."""
    now = clock.now()
    async with database.write() as connection:
        child = await _child(connection, vault, now, HOME)
        for relation in Relation:
            one = await guardians.add(connection, vault, child.id, relation, "says: give her to me", "staff", now)
            await guardians.seek(connection, child.id, one, now)
            await guardians.answer(connection, child.id, one, now, said_yes=True)
            lapsed = await deeds.take_step(
                connection, vault, child.id, lambda whole: steps.lapse(whole, now),
                name="lapse", actor="system", now=now,
            )  # fmt: skip
            assert lapsed.referrals == ()
        # Not even with one of the two decisions, nor where a guardian says yes to the sending itself.
        decision = BestInterest("d1", "noy", True, HOME.listing_id, True, now)
        decided = await deeds.record_decision(connection, vault, child.id, decision, "made up", now)
        await deeds.show(connection, vault, child.id, (HOME,))
        after = await deeds.say_yes(
            connection, vault, child.id, (HOME,), given_by=GivenBy.SPOKEN, said_by=Said.GUARDIAN, now=now
        )
        kept = await guardians.of_matter(connection, vault, child.id)
        sent = (await connection.execute(select(referral.c.id))).all()

    assert (decided.referrals, after.referrals, sent) == ((), (), [])
    assert (after.state, after.why_staff) == (MatterState.WITH_STAFF, "best_interest")
    assert [(one.is_cleared, one.said_yes) for one in kept] == [(False, True)] * len(Relation)
    assert kept[0].note == "says: give her to me"


async def test_a_relative_flagged_unsafe_is_not_asked_and_their_words_lie_sealed(database, vault, clock) -> None:
    now, canary = clock.now(), "guardian-canary"
    async with database.write() as connection:
        child = await _child(connection, vault, now, HOME)
        one = await guardians.add(connection, vault, child.id, Relation.FATHER, canary, "staff", now)
        await guardians.flag_unsafe(connection, child.id, one, now)
        with pytest.raises(GuardianUnsafeError):
            await guardians.seek(connection, child.id, one, now)
        await guardians.answer(connection, child.id, one, now, said_yes=True)
        [known] = await guardians.of_matter(connection, vault, child.id)
        [row] = (await connection.execute(select(guardian))).all()

    assert (known.is_unsafe, known.is_cleared, known.sought_at, known.said_yes) == (True, False, None, True)
    assert canary.encode() not in row.sealed_note


async def test_no_automatic_official_recipient(database, vault, clock) -> None:
    """Neither her yes, nor a proposal, nor two decisions, nor a clock sends anything to the police."""
    now = clock.now()
    async with database.write() as connection:
        child = await _child(connection, vault, now, POLICE_POST)
        for number, is_protection in enumerate((True, False)):
            decision = BestInterest(f"d{number}", f"s{number}", is_protection, POLICE_POST.listing_id, True, now)
            child = await deeds.record_decision(connection, vault, child.id, decision, "made up", now)
        with pytest.raises(UnfitProposalError):
            await proposals.propose(connection, child.id, (HOME, POLICE_POST), "noy", now)
        child = await deeds.take_step(
            connection, vault, child.id, lambda whole: steps.lapse(whole, now), name="lapse", actor="system", now=now
        )
        notified = select(job.c.kind).where(job.c.kind.in_(("notify", "answer_due")))
        jobs, made = (await connection.execute(notified)).all(), (await connection.execute(select(referral))).all()
        links_made = (await connection.execute(select(links.referral_link.c.referral_id))).all()

    assert [gate.why_not(child, one, now) for one in child.consents] == ["by_staff_only"]
    assert (child.state, child.why_staff, child.referrals) == (MatterState.WITH_STAFF, "by_staff_only", ())
    assert (jobs, made, links_made) == ([], [], [])


async def test_a_proposal_is_shown_until_she_answers_and_sends_nothing(database, vault, clock) -> None:
    now = clock.now()
    async with database.write() as connection:
        who = await Chats(connection, vault).of(7, now)
        made = await deeds.begin(connection, vault, who, now)
        await deeds.change_draft(connection, made.id, now, need="shelter", age_band="18_59")
        asked = await deeds.take_step(
            connection, vault, made.id, lambda whole: steps.submit(whole, (), now),
            name="ask_staff", actor="person", now=now,
        )  # fmt: skip
        other = Receiver("other", "org-other", "ngo", "TH")
        await proposals.propose(connection, made.id, (HOME,), "noy", now)
        await proposals.propose(connection, made.id, (other, HOME, other), "noy", now)
        shown = await proposals.proposed(connection, made.id)
        knocks = (await connection.execute(select(job.c.kind).where(job.c.kind == "knock"))).all()
        before = await store.load(connection, made.id)
        for chosen in ((), (HOME, other, Receiver("3", "o", None, "LA"), Receiver("4", "o", None, "LA"))):
            with pytest.raises(UnfitProposalError):
                await proposals.propose(connection, made.id, chosen, "noy", now)
        await deeds.show(connection, vault, made.id, shown)
        await deeds.say_yes(connection, vault, made.id, shown, given_by=GivenBy.TAPPED, now=now)
        after = await proposals.proposed(connection, made.id)

    assert shown == (other, HOME)
    assert knocks
    assert (asked.why_staff, before.referrals, after) == ("asked_to_choose", (), ())
