"""The gate: what may be told to whom, now. There is no flag that lets anything past it (R2, R3, R7, R9, R42)."""

from datetime import datetime

from thangdee.casework.referrals.model import (
    ENDED,
    OPEN,
    OUTLINE,
    POLICE,
    SENSITIVE,
    TAKEN_ON,
    Field,
    Matter,
    MatterState,
    Referral,
    ReferralConsent,
    ReferralState,
    Speed,
)

# Two members of staff, one of them of child protection, must find it good for a child (R9).
_DECIDERS = 2


def why_not(matter: Matter, consent: ReferralConsent, now: datetime) -> str | None:  # noqa: PLR0911 - one a rule
    """Return why nothing may go to the receiver of this consent now, None if it may.

    `ended`, `still_asking`, `by_staff_only` (authorities hear of nobody from the program, R11), `for_other` (a helper's
    yes is not the person's), `no_consent`, `best_interest` (R9).
    """
    if matter.state in ENDED:
        return "ended"
    if matter.state is MatterState.DRAFT:
        return "still_asking"
    if consent.receiver.kind == POLICE:
        return "by_staff_only"
    if matter.is_for_other:
        return "for_other"
    if not consent.is_live(now):
        return "no_consent"
    if matter.may_be_minor and not is_in_best_interest(matter, consent):
        return "best_interest"
    return None


def is_in_best_interest(matter: Matter, consent: ReferralConsent) -> bool:
    """Tell whether two of staff, one of child protection, decided for this receiver, and nobody against it (R9).

    What was decided before this yes was not about what is to be told by it: a later yes needs new decisions.
    """
    # Of two at the same instant the no counts.
    in_order = sorted(matter.decisions, key=lambda one: (one.at, not one.is_yes))
    latest = {one.staff_id: one for one in in_order if one.listing_id == consent.receiver.listing_id}
    agreed = [one for one in latest.values() if one.is_yes and one.at >= consent.at]
    is_enough = len(agreed) >= _DECIDERS and any(one.is_child_protection for one in agreed)
    return is_enough and all(one.is_yes for one in latest.values())


def told(matter: Matter, referral: Referral, now: datetime) -> frozenset[Field]:
    """Return what the receiver of this referral may see now: nothing, the outline, or all that was agreed to (R41).

    The referral counts as it stands in the matter, however old the one is that the caller holds.
    """
    referral = matter.referral(referral.id)
    if referral.state not in OPEN:
        return frozenset()
    consent = matter.consent(referral.consent_id)
    if consent.receiver != referral.receiver or why_not(matter, consent, now) is not None:
        return frozenset()
    agreed = frozenset(one for one in consent.fields if one not in SENSITIVE or one in consent.own_yes)
    return agreed if referral.state in TAKEN_ON else agreed & OUTLINE


def speed_told(matter: Matter, consent: ReferralConsent) -> Speed:
    """Return how soon this receiver is asked to answer: an urgency that was struck out shows in no clock (R7)."""
    return matter.speed if Field.URGENCY in consent.fields else Speed.ORDINARY


def next_consent(matter: Matter, now: datetime) -> ReferralConsent | None:
    """Return whom to ask next: the first in the person's order who was not asked yet and may be told."""
    in_order = sorted(unused(matter), key=lambda one: (one.rank, one.at))
    return next((one for one in in_order if why_not(matter, one, now) is None), None)


def unused(matter: Matter) -> tuple[ReferralConsent, ...]:
    """Return each yes by which nobody was asked, or nobody got an answer in before a gate shut on them."""
    asked = {one.consent_id for one in matter.referrals if one.state is not ReferralState.WITHDRAWN}
    return tuple(one for one in matter.consents if one.id not in asked)
