"""The steps of a matter and of its referrals; everything else is refused.

    matter:    draft ──submit──► with_provider ◄──────────────┐
                 │                 │  ▲                        │ offer (next whom the consent covers)
                 │          settle │  │                        │
                 └──ask staff──► with_staff ──close──► closed  │
                                   │  ▲                        │
                   helped ◄────────┴──┴── with_provider ───────┘
                 any state ──withdraw──► withdrawn

    referral:  offered ──accept──► accepted ──contact──► contacted ──help──► helped ──close──► closed
                 │ ├─decline──► declined    │                │                 │
                 │ └─expire───► expired     └──give back─────┴──► given_back   │
                 └───────── withdraw (from any open state) ──► withdrawn ◄─────┘

A step takes a matter and gives back the matter after it and what must be done with it, in the same transaction.
After each step `settle` finds who acts next, so that nobody is left without an owner (R41, R43).
"""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from thangdee.casework.referrals import gate
from thangdee.casework.referrals.clocks import answer_due
from thangdee.casework.referrals.model import (
    ENDED,
    OFFICE,
    OPEN,
    BestInterest,
    Effect,
    Matter,
    MatterState,
    Referral,
    ReferralConsent,
    ReferralState,
    Said,
)
from thangdee.core.codes import new_code
from thangdee.core.errors import ThangdeeError

# So long after the first contact somebody should know what came of it.
PROGRESS = timedelta(days=14)
# A promise further off than this is none.
LONGEST_PROMISE = timedelta(days=31)
# Given back for these, the next is not asked: a person of ours hears first what she wants now.
NOT_TO_THE_NEXT = frozenset({"did_not_want", "went_elsewhere"})

Stepped = tuple[Matter, tuple[Effect, ...]]


class StepRefusedError(ThangdeeError):
    """The matter or the referral stands where this cannot be done."""

    code = "step_refused"


def submit(matter: Matter, consents: Iterable[ReferralConsent], now: datetime) -> Stepped:
    """The person said what may go to whom. Without any consent it is a wish that staff choose. Also a later, other yes.

    The last yes counts: it takes the place of every earlier one but of that under which another receiver works now.
    Raises StepRefusedError where the matter has ended or was helped: what is needed next is a matter of its own.
    """
    _need(matter.state not in ENDED and matter.state is not MatterState.HELPED)
    given = _once_each(consents)
    kept = _replaced(matter, given, now)
    grown = replace(matter, consents=(*kept, *given), state=_awake(matter.state), changed_at=now)
    stopped = _without_stopped(grown, now)
    reason = None if given else "for_other" if matter.is_for_other else "asked_to_choose"
    settled, effects = settle(stopped, now, reason=reason)
    if reason and settled.current is not None:  # somebody works on it, and yet she asks for a person
        effects = (*effects, Effect("call_staff", {"reason": reason}))
    return settled, (*_ended(matter, stopped), *effects)


def learn_age(matter: Matter, age_band: str | None, now: datetime) -> Stepped:
    """The age turns out to be another. Who may be a child shuts the gate at once (R8, R9).

    Who turns out to be grown is asked again: a yes that waited for a child's gate opens nothing by itself.
    """
    _need(matter.state not in ENDED)
    if age_band == matter.age_band:
        return matter, ()
    learned = replace(matter, age_band=age_band, changed_at=now)
    is_grown = matter.may_be_minor and not learned.may_be_minor
    learned = _spent(learned, now) if is_grown else learned
    stopped = _without_stopped(learned, now)
    settled, effects = settle(stopped, now, reason="ask_again" if is_grown and matter.consents else None)
    return settled, (*_ended(matter, stopped), *effects)


def decide(matter: Matter, decision: BestInterest, now: datetime) -> Stepped:
    """Add what a member of staff decided for a minor; the second yes opens the gate, a no closes it (R9)."""
    _need(matter.state not in ENDED)
    decided = replace(matter, decisions=(*matter.decisions, decision), changed_at=now)
    stopped = _without_stopped(decided, now)
    settled, effects = settle(stopped, now)
    return settled, (*_ended(decided, stopped), *effects)


def accept(matter: Matter, referral_id: str, contact_by: datetime, now: datetime) -> Stepped:
    """The receiver takes it on and says when they will make contact, within a month."""
    _need(now <= contact_by <= now + LONGEST_PROMISE)
    stepped = _move(matter, referral_id, ReferralState.ACCEPTED, now, {ReferralState.OFFERED}, contact_by=contact_by)
    due = Effect("contact_due", {"referral": referral_id}, contact_by)
    return stepped, (due, _knock("accepted"))


def decline(matter: Matter, referral_id: str, reason: str, now: datetime) -> Stepped:
    """The receiver cannot; the next is asked."""
    declined = _move(matter, referral_id, ReferralState.DECLINED, now, {ReferralState.OFFERED}, reason=reason)
    return settle(declined, now, knock="declined")


def expire(matter: Matter, referral_id: str, now: datetime) -> Stepped:
    """Nobody answered in time; the next is asked. Does nothing where somebody answered or it is too early."""
    asked = matter.referral(referral_id)
    if asked.state is not ReferralState.OFFERED or now < asked.answer_by:
        return matter, ()
    expired = _move(matter, referral_id, ReferralState.EXPIRED, now, {ReferralState.OFFERED}, reason="no_answer")
    return settle(expired, now, knock="no_answer")


def contact(matter: Matter, referral_id: str, now: datetime, how: str | None = None) -> Stepped:
    """The receiver has spoken with the person, `how` is a code; what came of it is asked for after two weeks."""
    contacted = _move(matter, referral_id, ReferralState.CONTACTED, now, {ReferralState.ACCEPTED}, reason=how)
    return contacted, (Effect("progress_due", {"referral": referral_id}, now + PROGRESS),)


def try_again(matter: Matter, referral_id: str, contact_by: datetime, now: datetime) -> Stepped:
    """The receiver could not reach the person and says when they try again; she hears that they tried."""
    _need(now <= contact_by <= now + LONGEST_PROMISE)
    allowed = {ReferralState.ACCEPTED}
    promised = _move(matter, referral_id, ReferralState.ACCEPTED, now, allowed, contact_by=contact_by)
    due = Effect("contact_due", {"referral": referral_id}, contact_by)
    return promised, (due, _knock("not_reached"))


def give_back(matter: Matter, referral_id: str, reason: str, now: datetime) -> Stepped:
    """The receiver took it on and cannot go on: the person was not reached, or needs something else."""
    allowed = {ReferralState.ACCEPTED, ReferralState.CONTACTED}
    back = _move(matter, referral_id, ReferralState.GIVEN_BACK, now, allowed, reason=reason)
    if reason in NOT_TO_THE_NEXT:
        return settle(_spent(back, now), now, reason="given_back")
    return settle(back, now, knock="given_back")


def help_(matter: Matter, referral_id: str, now: datetime) -> Stepped:
    """The receiver helped; they may still close it with what came of it.

    Others were agreed to in case that these cannot help: that is over.
    """
    allowed = {ReferralState.ACCEPTED, ReferralState.CONTACTED}
    helped = _move(matter, referral_id, ReferralState.HELPED, now, allowed, reason=None)
    return settle(_spent(helped, now), now, knock="helped")


def close_referral(matter: Matter, referral_id: str, outcome: str, now: datetime) -> Stepped:
    """The receiver closes what they helped with; `outcome` is a code."""
    closed = _move(matter, referral_id, ReferralState.CLOSED, now, {ReferralState.HELPED}, reason=outcome)
    return settle(closed, now)


def withdraw(matter: Matter, now: datetime, *, listing_id: str | None = None) -> Stepped:
    """The person takes back a yes, to one receiver or to all: nothing more is told from this instant on (R4)."""
    _need(matter.state not in ENDED)
    consents = tuple(
        _over(one, now) if listing_id in (None, one.receiver.listing_id) else one for one in matter.consents
    )
    taken_back = replace(matter, consents=consents, changed_at=now)
    stopped = _without_stopped(taken_back, now)
    effects = _ended(matter, stopped)
    if listing_id is None:
        return replace(stopped, state=MatterState.WITHDRAWN, why_staff=None), effects
    settled, more = settle(stopped, now)
    return settled, (*effects, *more)


def call_staff(matter: Matter, reason: str, now: datetime) -> Stepped:
    """A person of ours is needed: a broken promise, a question, something nobody else can decide."""
    _need(matter.state not in ENDED)
    if matter.current is None and matter.state is not MatterState.DRAFT:  # what she is still writing stays hers
        matter = replace(matter, state=MatterState.WITH_STAFF, why_staff=reason, changed_at=now)
    return matter, (Effect("call_staff", {"reason": reason}),)


def take_on(matter: Matter, staff_id: str, now: datetime) -> Stepped:
    """A member of staff cares for the matter from now on."""
    _need(matter.state not in ENDED)
    return replace(matter, owner=staff_id, changed_at=now), ()


def close(matter: Matter, now: datetime) -> Stepped:
    """Staff, or the last follow-up, close a matter in which no receiver works any more and the person was told."""
    _need(matter.state in (MatterState.WITH_STAFF, MatterState.HELPED) and matter.current is None)
    return replace(matter, state=MatterState.CLOSED, why_staff=None, changed_at=now), ()


def lapse(matter: Matter, now: datetime) -> Stepped:
    """End what a consent no longer covers: it is older than 90 days, or its words have changed (R3)."""
    stopped = _without_stopped(matter, now)
    if stopped == matter:
        return matter, ()
    settled, effects = settle(replace(stopped, changed_at=now), now, knock="lapsed")
    return settled, (*_ended(matter, stopped), *effects)


def settle(matter: Matter, now: datetime, *, reason: str | None = None, knock: str | None = None) -> Stepped:
    """Find who acts next: the receiver who has it, the next whom the consent covers, else staff.

    `reason`: why staff would be called; `knock`: what news the person would get.
    """
    news = (_knock(knock),) if knock else ()
    if matter.state in ENDED or matter.state is MatterState.DRAFT:
        return matter, news
    current = matter.current
    if current is not None:
        is_helped = current.state is ReferralState.HELPED
        state = MatterState.HELPED if is_helped else MatterState.WITH_PROVIDER
        return replace(matter, state=state, why_staff=None), news
    if matter.state is MatterState.HELPED:
        return matter, news
    following = gate.next_consent(matter, now)
    if following is None:
        why = reason or _why_staff(matter, now)
        # Called also where it waited before: the first call may long be answered. An open one only counts up.
        waiting = replace(matter, state=MatterState.WITH_STAFF, why_staff=why)
        return waiting, (*news, Effect("call_staff", {"reason": why}))
    asked, effects = _offer(matter, following, now)
    return asked, (*news, *effects)


def _offer(matter: Matter, consent: ReferralConsent, now: datetime) -> Stepped:
    hours = matter.hours.get(consent.receiver.organisation_id, OFFICE)
    due = answer_due(now, gate.speed_told(matter, consent), hours.country or consent.receiver.country, hours)
    made = Referral(
        id=uuid.uuid4().hex, code=new_code(), receiver=consent.receiver, consent_id=consent.id,
        state=ReferralState.OFFERED, offered_at=now, answer_by=due, changed_at=now,
    )  # fmt: skip
    offered = replace(
        matter, referrals=(*matter.referrals, made), state=MatterState.WITH_PROVIDER, why_staff=None, changed_at=now
    )
    about = {"referral": made.id}
    return offered, (Effect("notify", about), Effect("answer_due", about, due))


def _why_staff(matter: Matter, now: datetime) -> str:
    left = [one for one in gate.unused(matter) if one.withdrawn_at is None]
    reasons = {gate.why_not(matter, one, now) for one in left}
    for reason in ("best_interest", "for_other", "by_staff_only"):
        if reason in reasons:
            return reason
    if any(one.said_by is Said.PERSON for one in left):  # too old, or to words that have changed
        return "ask_again"
    return "all_asked" if matter.referrals else "nobody_fits"


def _once_each(consents: Iterable[ReferralConsent]) -> tuple[ReferralConsent, ...]:
    """Return one consent a listing: nobody is asked twice by one yes."""
    first: dict[str, ReferralConsent] = {}
    for one in consents:
        first.setdefault(one.receiver.listing_id, one)
    return tuple(first.values())


def _replaced(matter: Matter, given: tuple[ReferralConsent, ...], now: datetime) -> tuple[ReferralConsent, ...]:
    """Return the earlier consents: over, where the person's own new yes takes their place."""
    listings = {one.receiver.listing_id for one in given if one.said_by is Said.PERSON}
    if not listings:
        return matter.consents
    in_use = {one.consent_id for one in matter.referrals if one.state in OPEN}
    return tuple(
        one if one.id in in_use and one.receiver.listing_id not in listings else _over(one, now)
        for one in matter.consents
    )


def _spent(matter: Matter, now: datetime) -> Matter:
    """End each yes under which nobody works now."""
    in_use = {one.consent_id for one in matter.referrals if one.state in OPEN}
    return replace(matter, consents=tuple(one if one.id in in_use else _over(one, now) for one in matter.consents))


def _over(consent: ReferralConsent, now: datetime) -> ReferralConsent:
    return replace(consent, withdrawn_at=consent.withdrawn_at or now)


def _move(
    matter: Matter, referral_id: str, to: ReferralState, now: datetime, allowed: set[ReferralState], **changed: object
) -> Matter:
    referral = matter.referral(referral_id)
    _need(matter.state not in ENDED and referral.state in allowed)
    if to in OPEN:  # a consent that ended meanwhile stops everything but an end
        _need(gate.why_not(matter, matter.consent(referral.consent_id), now) is None)
    moved = replace(referral, state=to, changed_at=now, **changed)  # type: ignore[arg-type]
    others = tuple(moved if one.id == referral_id else one for one in matter.referrals)
    return replace(matter, referrals=others, changed_at=now)


def _without_stopped(matter: Matter, now: datetime) -> Matter:
    """Withdraw each open referral whose gate is shut now."""
    referrals = tuple(
        replace(one, state=ReferralState.WITHDRAWN, changed_at=now)
        if one.state in OPEN and gate.why_not(matter, matter.consent(one.consent_id), now) is not None
        else one
        for one in matter.referrals
    )
    return replace(matter, referrals=referrals)


def _ended(before: Matter, after: Matter) -> tuple[Effect, ...]:
    was = {one.id: one.state for one in before.referrals}
    ended = (one for one in after.referrals if one.state is ReferralState.WITHDRAWN and was.get(one.id) in OPEN)
    return tuple(Effect("notify_ended", {"referral": one.id}) for one in ended)


def _awake(state: MatterState) -> MatterState:
    return MatterState.WITH_STAFF if state is MatterState.DRAFT else state


def _knock(news: str) -> Effect:
    return Effect("knock", {"news": news})


def _need(is_right: bool) -> None:
    if not is_right:
        raise StepRefusedError("this cannot be done from here")
