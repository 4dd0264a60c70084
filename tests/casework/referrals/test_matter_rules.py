"""The rules of a matter, one by one, without a database: what an attacker, a slip or bad luck might try."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.casework.referrals.matters import (
    HOUR,
    NOW,
    POLICE_POST,
    TOLD,
    A,
    B,
    C,
    a_decision,
    a_matter,
    a_yes,
    accepted,
    asked,
    helped,
    kinds,
)
from thangdee.casework.referrals import gate, steps
from thangdee.casework.referrals.model import CONSENT_LASTS, Field, MatterState, ReferralState, Said, Speed
from thangdee.casework.referrals.steps import StepRefusedError

LATER = NOW + HOUR


def sees(matter, one=None, now=NOW):
    return gate.told(matter, one or matter.current, now)


def test_the_receivers_are_asked_in_her_order_and_then_staff() -> None:
    matter, order = asked(A, B, C), []
    while matter.current:
        order.append(matter.current.receiver)
        matter, effects = steps.decline(matter, matter.current.id, "full", NOW)

    assert order == [A, B, C]
    assert (matter.state, matter.why_staff) == (MatterState.WITH_STAFF, "all_asked")
    assert kinds(effects) == ["knock", "call_staff"]


def test_a_receiver_named_twice_is_asked_once() -> None:
    matter = steps.submit(a_matter(), [a_yes(A, rank=0), a_yes(A, rank=1)], NOW)[0]
    matter = steps.decline(matter, matter.current.id, "full", NOW)[0]

    assert [one.receiver for one in matter.referrals] == [A]
    assert matter.why_staff == "all_asked"


def test_whoever_declined_may_be_asked_again_after_another_yes() -> None:
    matter = asked(A)
    matter = steps.decline(matter, matter.current.id, "full", NOW)[0]
    again = steps.submit(matter, [a_yes(A, LATER)], LATER)[0]

    assert again.current.receiver == A
    assert len(again.referrals) == 2


def test_a_later_yes_with_less_takes_the_place_of_an_earlier_one_with_more() -> None:
    matter = asked(A, B)
    less = a_yes(B, LATER, fields=frozenset({Field.NEED}))
    matter = steps.submit(matter, [less], LATER)[0]
    matter = steps.decline(matter, matter.current.id, "full", LATER)[0]
    matter = steps.accept(matter, matter.current.id, LATER, LATER)[0]

    assert matter.current.consent_id == less.id
    assert sees(matter, now=LATER) == {Field.NEED}


def test_a_later_yes_leaves_the_work_of_another_receiver_alone() -> None:
    matter = accepted(A)
    later = steps.submit(matter, [a_yes(B, LATER)], LATER)[0]

    assert later.current == matter.current
    assert sees(later, now=LATER) == TOLD


def test_whoever_works_on_it_is_asked_anew_when_she_says_yes_to_something_else() -> None:
    matter = accepted(A)
    later, effects = steps.submit(matter, [a_yes(A, LATER, fields=frozenset({Field.NEED}))], LATER)

    assert [one.state for one in later.referrals] == [ReferralState.WITHDRAWN, ReferralState.OFFERED]
    assert sees(later, later.referrals[0], LATER) == frozenset()
    assert kinds(effects) == ["notify_ended", "notify", "answer_due"]


@pytest.mark.parametrize("said_by", [Said.HELPER, Said.GUARDIAN, Said.STAFF])
def test_the_yes_of_another_opens_nothing_and_ends_nothing(said_by: Said) -> None:
    matter = accepted(A)
    later = steps.submit(matter, [a_yes(A, LATER, said_by=said_by), a_yes(B, LATER, said_by=said_by)], LATER)[0]

    assert later.current == matter.current
    assert gate.why_not(later, later.consents[-1], LATER) == "no_consent"
    back = steps.give_back(later, later.current.id, "full", LATER)[0]
    assert (back.current, back.state) == (None, MatterState.WITH_STAFF)


def test_a_helpers_matter_goes_to_staff_and_nowhere_else() -> None:
    with_yes = steps.submit(a_matter(is_for_other=True), [a_yes(A)], NOW)[0]
    without = steps.submit(a_matter(is_for_other=True), (), NOW)[0]

    assert {(one.state, one.why_staff, one.referrals) for one in (with_yes, without)} == {
        (MatterState.WITH_STAFF, "for_other", ())
    }


def test_police_is_never_asked_whatever_she_said() -> None:
    matter = asked(POLICE_POST)

    assert (matter.state, matter.why_staff, matter.referrals) == (MatterState.WITH_STAFF, "by_staff_only", ())


def test_after_help_nobody_else_is_told() -> None:
    matter = helped(A, B)
    matter = steps.close_referral(matter, matter.current.id, "done", NOW)[0]
    matter = steps.call_staff(matter, "silent", NOW)[0]
    matter, effects = steps.decide(matter, a_decision("noy"), NOW)

    assert matter.state is MatterState.WITH_STAFF
    assert [one.receiver for one in matter.referrals] == [A]
    assert "notify" not in kinds(effects)


@pytest.mark.parametrize("reason", sorted(steps.NOT_TO_THE_NEXT))
def test_who_did_not_want_it_is_not_passed_on(reason: str) -> None:
    matter = accepted(A, B)
    matter, effects = steps.give_back(matter, matter.current.id, reason, NOW)
    later = steps.decide(matter, a_decision("noy", B), NOW)[0]

    assert (matter.state, matter.why_staff, kinds(effects)) == (MatterState.WITH_STAFF, "given_back", ["call_staff"])
    assert later.current is None


def test_taking_back_from_one_shuts_it_at_once_and_asks_the_next() -> None:
    matter = accepted(A, B)
    first = matter.current
    matter, effects = steps.withdraw(matter, NOW, listing_id="a")

    assert sees(matter, first) == frozenset()
    assert matter.current.receiver == B
    assert kinds(effects) == ["notify_ended", "notify", "answer_due"]


def test_a_view_held_from_before_the_withdrawal_shows_nothing() -> None:
    before = accepted(A)
    after = steps.withdraw(before, NOW)[0]

    assert sees(before) == TOLD
    assert gate.told(after, before.current, NOW) == frozenset()


def test_a_referral_of_another_matter_is_unknown_to_the_gate() -> None:
    with pytest.raises(KeyError):
        gate.told(accepted(A), accepted(A).current, NOW)


def test_nothing_is_told_from_the_ninetieth_day_on_though_no_clock_ran() -> None:
    matter = accepted(A)
    last = NOW + CONSENT_LASTS - timedelta(seconds=1)

    assert sees(matter, now=last) == TOLD
    assert sees(matter, now=NOW + CONSENT_LASTS) == frozenset()


def test_a_yes_that_lapsed_is_asked_for_again_and_she_hears_of_it() -> None:
    matter = accepted(A, B)
    lapsed, effects = steps.lapse(matter, NOW + CONSENT_LASTS)

    assert (lapsed.state, lapsed.why_staff) == (MatterState.WITH_STAFF, "ask_again")
    assert kinds(effects) == ["notify_ended", "knock", "call_staff"]
    assert steps.lapse(matter, NOW) == (matter, ())


def test_who_turns_out_to_be_a_child_is_seen_by_nobody_at_once() -> None:
    matter = accepted(A)
    first = matter.current
    young, effects = steps.learn_age(matter, "12_17", NOW)

    assert sees(young, first) == frozenset()
    assert (young.state, young.why_staff, young.current) == (MatterState.WITH_STAFF, "best_interest", None)
    assert kinds(effects) == ["notify_ended", "call_staff"]


def test_two_of_staff_open_it_again_for_who_turned_out_to_be_a_child() -> None:
    young = steps.learn_age(accepted(A), None, NOW)[0]
    one = steps.decide(young, a_decision("noy"), NOW)[0]
    two = steps.decide(one, a_decision("dao", protects=False), NOW)[0]

    assert one.current is None
    assert (two.current.receiver, two.current.state) == (A, ReferralState.OFFERED)


@pytest.mark.parametrize("was", [None, "12_17", "under_12", "nonsense"])
def test_who_turns_out_to_be_grown_is_asked_again(was: str | None) -> None:
    grown, effects = steps.learn_age(asked(A, age_band=was), "18_59", NOW)

    assert (grown.state, grown.why_staff, grown.current) == (MatterState.WITH_STAFF, "ask_again", None)
    assert kinds(effects) == ["call_staff"]
    assert steps.submit(grown, [a_yes(A, LATER)], LATER)[0].current.receiver == A


def test_a_no_of_one_member_of_staff_shuts_what_two_opened() -> None:
    matter = asked(A, age_band="12_17")
    for staff in ("noy", "dao"):
        matter = steps.decide(matter, a_decision(staff), NOW)[0]
    open_one = matter.current
    shut = steps.decide(matter, a_decision("keo", at=LATER, is_yes=False), LATER)[0]

    assert open_one is not None
    assert sees(shut, open_one, LATER) == frozenset()
    assert shut.referral(open_one.id).state is ReferralState.WITHDRAWN


def test_the_same_colleague_twice_is_one_and_of_two_answers_at_once_the_no_counts() -> None:
    matter = asked(A, age_band="12_17")
    for decision in (a_decision("noy"), a_decision("noy")):
        matter = steps.decide(matter, decision, NOW)[0]
    both = (a_decision("noy", is_yes=False), a_decision("noy"), a_decision("dao"))

    assert matter.current is None
    assert not gate.is_in_best_interest(replace(matter, decisions=both), matter.consents[0])
    assert not gate.is_in_best_interest(replace(matter, decisions=both[::-1]), matter.consents[0])


def test_what_is_decided_for_one_receiver_says_nothing_of_another() -> None:
    matter = asked(B, age_band="12_17")
    for staff in ("noy", "dao"):
        matter = steps.decide(matter, a_decision(staff, A), NOW)[0]

    assert matter.current is None


def test_an_answer_counts_until_the_next_was_asked_and_not_after() -> None:
    matter = asked(A, B)
    first = matter.current
    late = first.answer_by + HOUR
    taken = steps.accept(matter, first.id, late, late)[0]
    passed = steps.expire(matter, first.id, late)[0]

    assert steps.expire(taken, first.id, late) == (taken, ())
    assert passed.current.receiver == B
    with pytest.raises(StepRefusedError):
        steps.accept(passed, first.id, late, late)


def test_an_answer_is_not_missed_before_its_time() -> None:
    matter = asked(A)
    one = matter.current

    assert steps.expire(matter, one.id, one.answer_by - timedelta(seconds=1)) == (matter, ())


@pytest.mark.parametrize("by", [-HOUR, steps.LONGEST_PROMISE + HOUR])
def test_a_promise_of_yesterday_or_of_next_year_is_none(by: timedelta) -> None:
    matter = asked(A)
    promised = accepted(A)

    with pytest.raises(StepRefusedError):
        steps.accept(matter, matter.current.id, NOW + by, NOW)
    with pytest.raises(StepRefusedError):
        steps.try_again(promised, promised.current.id, NOW + by, NOW)


def test_whoever_did_not_reach_her_promises_again_with_a_clock() -> None:
    matter = accepted(A)
    again, effects = steps.try_again(matter, matter.current.id, LATER + HOUR, NOW)

    assert (again.current.state, again.current.contact_by) == (ReferralState.ACCEPTED, LATER + HOUR)
    assert [(one.kind, one.at) for one in effects] == [("contact_due", LATER + HOUR), ("knock", None)]


def test_how_she_was_reached_is_forgotten_when_it_says_how_it_ended() -> None:
    matter = accepted(A)
    reached = steps.contact(matter, matter.current.id, NOW, how="by_phone")[0]

    assert reached.current.reason == "by_phone"
    assert steps.help_(reached, reached.current.id, NOW)[0].current.reason is None


def test_who_asks_for_a_person_while_a_receiver_works_gets_one() -> None:
    matter = accepted(A)
    later, effects = steps.submit(matter, (), NOW)

    assert later.current == matter.current
    assert kinds(effects) == ["call_staff"]


def test_who_asks_again_for_a_person_calls_again() -> None:
    matter = steps.submit(a_matter(), (), NOW)[0]

    assert kinds(steps.submit(matter, (), LATER)[1]) == ["call_staff"]


def test_a_draft_stays_hers_when_staff_are_called() -> None:
    called, effects = steps.call_staff(a_matter(), "pressure", NOW)

    assert called.state is MatterState.DRAFT
    assert kinds(effects) == ["call_staff"]


@pytest.mark.parametrize("end", ["withdrawn", "closed"])
def test_what_has_ended_stays_ended(end: str) -> None:
    ended = replace(helped(A), state=MatterState(end))
    one = ended.referrals[0].id
    tries = [
        lambda: steps.submit(ended, [a_yes(A)], NOW), lambda: steps.decide(ended, a_decision("noy"), NOW),
        lambda: steps.accept(ended, one, LATER, NOW), lambda: steps.decline(ended, one, "full", NOW),
        lambda: steps.contact(ended, one, NOW), lambda: steps.try_again(ended, one, LATER, NOW),
        lambda: steps.give_back(ended, one, "full", NOW), lambda: steps.help_(ended, one, NOW),
        lambda: steps.close_referral(ended, one, "done", NOW), lambda: steps.withdraw(ended, NOW),
        lambda: steps.call_staff(ended, "silent", NOW), lambda: steps.take_on(ended, "noy", NOW),
        lambda: steps.close(ended, NOW), lambda: steps.learn_age(ended, None, NOW),
    ]  # fmt: skip

    for attempt in tries:
        with pytest.raises(StepRefusedError):
            attempt()
    assert gate.told(ended, ended.referrals[0], NOW) == frozenset()


def test_a_matter_closes_only_when_nobody_works_on_it() -> None:
    working = helped(A)
    done = steps.close_referral(working, working.current.id, "done", NOW)[0]

    with pytest.raises(StepRefusedError):
        steps.close(working, NOW)
    assert steps.close(done, NOW)[0].state is MatterState.CLOSED


def test_an_urgency_that_was_struck_out_shows_in_no_clock() -> None:
    told, struck_out = (
        steps.submit(replace(a_matter(), speed=Speed.URGENT), (a_yes(A, fields=fields),), NOW)[0]
        for fields in (frozenset({Field.NEED, Field.URGENCY}), frozenset({Field.NEED}))
    )

    assert told.current.answer_by == NOW + timedelta(hours=1)
    assert struck_out.current.answer_by >= NOW + timedelta(hours=24)


def test_what_was_decided_for_a_child_does_not_cover_a_later_yes() -> None:
    decisions = (a_decision("noy"), a_decision("keo"))
    earlier = steps.submit(replace(a_matter(age_band="12_17"), decisions=decisions), [a_yes(A)], NOW)[0]
    later = steps.submit(replace(a_matter(age_band="12_17"), decisions=decisions), [a_yes(A, LATER)], LATER)[0]

    assert earlier.current.receiver == A
    assert (later.current, later.why_staff) == (None, "best_interest")
