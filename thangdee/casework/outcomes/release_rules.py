"""When a family may be told, and the steps to it; everything else is refused (R10, R16).

    asked ──second approval──► approved ──a person speaks with them──► told
      └──a no, 72 hours, her wish or yes taken back, the enquiry over, an enquirer who is not safe──► refused, lapsed

What a relative or a guardian says is no part of this: nobody's word but hers, and for a child two of staff, counts.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations

from thangdee.casework.outcomes.model import (
    RELEASE_LAPSES,
    Approval,
    BestInterest,
    Release,
    ReleaseState,
    ToldHow,
    Wish,
)
from thangdee.casework.staff.sessions import FRESH
from thangdee.core.errors import ThangdeeError

LIVE = frozenset({ReleaseState.ASKED, ReleaseState.APPROVED})
# What may still come; whatever else stands in the way ends a release for good.
_WAITS_FOR = frozenset({"best_interest", "approvals"})
# Two members of staff, one of them of child protection, must find it good for a child.
_DECIDERS = 2


class MayNotReleaseError(ThangdeeError):
    """Something stands in the way; `why` is one of the codes of `why_not`."""

    code = "may_not_release"

    def __init__(self, why: str) -> None:
        super().__init__("this release is not to be gone on with")
        self.why = why


class OwnReleaseError(ThangdeeError):
    """Who asks for a release does not approve it."""

    code = "own_release"


class ApprovedAlreadyError(ThangdeeError):
    """The same person, or the same session, has approved it before."""

    code = "approved_already"


class StaleFactorError(ThangdeeError):
    """The second factor was not shown within the last five minutes."""

    code = "stale_factor"


def why_not(release: Release, now: datetime) -> str | None:
    """Return why the family may not be told now, None if a person of ours may tell them.

    `told`, `refused`, `lapsed`, `enquiry_over`, `unsafe`, `resident_gone`, `not_same`, `no_wish`: for good.
    `best_interest`, `approvals`: not yet.
    """
    if release.state not in LIVE:
        return release.state.value
    stands = _what_ended(release, now)
    if stands is not None:
        return stands
    if release.is_minor and not is_in_best_interest(release, now):
        return "best_interest"
    return None if is_approved(release, now) else "approvals"


def may_be_told(release: Release, now: datetime) -> bool:
    """Tell whether a person of ours may tell the family now, by voice or in person."""
    return why_not(release, now) is None


def is_in_best_interest(release: Release, now: datetime) -> bool:
    """Tell whether two of staff, one of child protection, knowing her wish found it good, and nobody against it."""
    decided = [one for one in release.decisions if one.at <= now]
    latest = {one.staff_id: one for one in sorted(decided, key=lambda one: (one.at, not one.is_yes))}
    agreed = [one for one in latest.values() if one.is_yes and _is_after_wish(release, one.at)]
    is_enough = len(agreed) >= _DECIDERS and any(one.is_child_protection for one in agreed)
    return is_enough and all(one.is_yes for one in latest.values())


def is_approved(release: Release, now: datetime) -> bool:
    """Tell whether two others than the requester approved: different sessions, one a supervisor, fresh factors."""
    valid = [one for one in release.approvals if _counts(release, one, now)]
    return any(
        one.staff_id != other.staff_id and one.session != other.session and (one.is_supervisor or other.is_supervisor)
        for one, other in combinations(valid, 2)
    )


def why_not_give(release: Release, now: datetime) -> str | None:
    """Return why nothing that the family left may be offered to her now, None if it may (R17).

    For that no second person is needed and no release: she hears it, and nobody hears whether she did.
    """
    return _what_ended(release, now, (Wish.YES, Wish.MESSAGE_ONLY))


def begin(release: Release, now: datetime) -> Release:
    """A tracer asks that a family be told. Raises MayNotReleaseError."""
    _need_to_wait(release, now)
    return release


def decide(release: Release, decision: BestInterest, now: datetime) -> Release:
    """Add what a member of staff decided for a minor; a no may come at any time and ends it.

    Raises MayNotReleaseError.
    """
    why = why_not(release, now)
    if not release.is_minor:
        raise MayNotReleaseError("not_minor")
    if why != "best_interest" and (decision.is_yes or (why is not None and why not in _WAITS_FOR)):
        raise MayNotReleaseError(why or "approved")
    decided = replace(release, decisions=(*release.decisions, decision))
    if not decision.is_yes:
        return _ended(decided, ReleaseState.REFUSED, "not_good_for_her", decision.staff_id, now)
    return settle(decided, now)


def approve(release: Release, approval: Approval, now: datetime) -> Release:
    """Add an approval; the second that counts opens it.

    Raises OwnReleaseError, StaleFactorError, ApprovedAlreadyError, MayNotReleaseError.
    """
    why = why_not(release, now)
    if why != "approvals":
        raise MayNotReleaseError(why or "approved")
    if approval.staff_id == release.requested_by:
        raise OwnReleaseError("a second and a third person approve")
    if not is_fresh(approval):
        raise StaleFactorError("show the second factor again")
    if any(approval.staff_id == one.staff_id or approval.session == one.session for one in release.approvals):
        raise ApprovedAlreadyError("somebody else approves now")
    return settle(replace(release, approvals=(*release.approvals, approval)), now)


def refuse(release: Release, staff_id: str, now: datetime) -> Release:
    """Say no: it is over, another request begins anew. Raises MayNotReleaseError where it is over already."""
    why = why_not(release, now)
    if why is not None and why not in _WAITS_FOR:
        raise MayNotReleaseError(why)
    return _ended(release, ReleaseState.REFUSED, "refused", staff_id, now)


def tell(release: Release, staff_id: str, how: ToldHow, now: datetime) -> Release:
    """A person of ours told the family, by voice or in person; once. Raises MayNotReleaseError."""
    if not may_be_told(release, now):
        raise MayNotReleaseError(why_not(release, now) or "approvals")
    return replace(release, state=ReleaseState.TOLD, told_by=staff_id, told_at=now, told_how=how)


def settle(release: Release, now: datetime) -> Release:
    """Say where it stands; what may not come to telling any more ends, for good."""
    if release.state not in LIVE:
        return release
    why = _what_ended(release, now)
    if why is None:
        return replace(release, state=ReleaseState.APPROVED if may_be_told(release, now) else ReleaseState.ASKED)
    state = ReleaseState.LAPSED if why == "lapsed" else ReleaseState.REFUSED
    return _ended(release, state, why, None, now)


def is_fresh(approval: Approval) -> bool:
    """Tell whether the approver showed a second factor at most five minutes before."""
    return timedelta(0) <= approval.at - approval.factor_at <= FRESH


def has_wish(release: Release, allowed: Iterable[Wish]) -> bool:
    """Tell whether she said what is allowed, asked after she was found to be the one who is sought."""
    if release.wish not in frozenset(allowed) or release.same_since is None:
        return False
    asked_at, at = release.wish_asked_at, release.wish_at
    return asked_at is not None and at is not None and release.same_since <= asked_at <= at


def _what_ended(release: Release, now: datetime, allowed: Iterable[Wish] = (Wish.YES,)) -> str | None:
    """Return what stands in the way for good, None where nothing does."""
    if not release.requested_at <= now < release.requested_at + RELEASE_LAPSES:
        return "lapsed"
    if not release.is_enquiry_open:
        return "enquiry_over"
    if release.is_enquirer_unsafe:
        return "unsafe"
    if release.findable_until is None or now >= release.findable_until:
        return "resident_gone"
    if release.same_since is None:
        return "not_same"
    return None if has_wish(release, allowed) else "no_wish"


def _counts(release: Release, one: Approval, now: datetime) -> bool:
    is_in_time = release.requested_at <= one.at <= now and one.at < release.requested_at + RELEASE_LAPSES
    # Who approves for a child knows what was decided for her.
    knows = _is_after_wish(release, one.at) and not (release.is_minor and any(d.at > one.at for d in release.decisions))
    return is_in_time and knows and one.staff_id != release.requested_by and is_fresh(one)


def _is_after_wish(release: Release, at: datetime) -> bool:
    return release.wish_at is not None and at >= release.wish_at


def _need_to_wait(release: Release, now: datetime) -> None:
    why = why_not(release, now)
    if why not in _WAITS_FOR:
        raise MayNotReleaseError(why or "approved")


def _ended(release: Release, state: ReleaseState, why: str, staff_id: str | None, now: datetime) -> Release:
    return replace(release, state=state, ended_why=why, ended_by=staff_id, ended_at=now)
