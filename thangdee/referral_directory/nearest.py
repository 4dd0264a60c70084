"""The nearest service that really fits this person: hard rules first, then distance, language, freshness.

Every result says why it is one; an empty search says what was missing and falls back in an honest order: the next
district, the next province, the country, somebody who listens by phone, a person.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, time

from thangdee.referral_directory.area import Where, scope_of, where_is
from thangdee.referral_directory.eligibility import POLICE, Refusal, refusal
from thangdee.referral_directory.model import Directory, Listing
from thangdee.referral_directory.ranking import Asked, match, order
from thangdee.referral_directory.wanted import (
    POLICE_REPORT,
    AgeBand,
    Gender,
    Match,
    Outcome,
    Reason,
    Rejection,
    Returnee,
    Scope,
    Wanted,
)

__all__ = [
    "POLICE_REPORT", "AgeBand", "Gender", "Match", "Outcome", "Reason", "Rejection", "Returnee", "Scope", "Wanted",
    "nearest",
]  # fmt: skip

# Who listens by phone where nobody has what is needed.
LISTENING = ("counselling", "migration_advice")
_LADDER = (Scope.HERE, Scope.SAME_PROVINCE, Scope.NEIGHBOURING_PROVINCE, Scope.COUNTRY)
_NOT_OPEN = ("not_active", "closed", "funding_ended")
_NOT_FRESH = ("never_checked", "stale")
_ASKS = {"gender_unknown": "gender", "age_unknown": "age_band", "returnee_unknown": "returnee"}


@dataclass(frozen=True, slots=True)
class _Judged:
    """One service for this need with what the rules said; `scope` is None where it does not serve the country."""

    listing: Listing
    scope: Scope | None
    refused: Refusal | None


def nearest(
    directory: Directory,
    wanted: Wanted,
    today: date,
    *,
    at: time | None = None,
    limit: int = 3,
    for_staff: bool = False,
) -> Outcome:
    """Return the services that fit, best first, with the reasons of each.

    `at`: the local time (Laos and Thailand share it), without which nobody is said to be open now. Staff also see
    what is stale, marked, and every refusal. Police is found only by the need `police_report` (R43).
    """
    where = where_is(wanted)
    judged = [_judge(one, wanted, where, today, for_staff) for one in _candidates(directory, wanted.need)]
    fitting = [one for one in judged if one.refused is None]
    scope = next((step for step in _LADDER if any(one.scope is step for one in fitting)), Scope.PERSON)
    asked = Asked(wanted, where, today, at)
    found = order([one.listing for one in fitting if one.scope is scope], asked)[:limit]
    outcome = Outcome(
        scope=scope,
        matches=tuple(match(one, asked) for one in found),
        missing=None if scope is Scope.HERE else _missing(judged, wanted, where),
        asks=_asks(judged, where, scope),
        place=where.code,
        rejected=_rejections(judged) if for_staff else (),
    )
    return outcome if found else _by_phone(directory, asked, outcome, limit, for_staff=for_staff)


def _candidates(directory: Directory, need: str) -> Iterable[Listing]:
    if need == POLICE_REPORT:
        return (one for one in directory.listings if one.kind == POLICE)
    return directory.by_need.get(need, ())


def _judge(listing: Listing, wanted: Wanted, where: Where, today: date, for_staff: bool) -> _Judged:
    scope = scope_of(where, listing)
    if isinstance(scope, Reason):
        return _Judged(listing, None, Refusal(scope, 0))
    return _Judged(listing, scope, refusal(wanted, listing, today, for_staff=for_staff))


def _by_phone(directory: Directory, asked: Asked, empty: Outcome, limit: int, *, for_staff: bool) -> Outcome:
    for need in LISTENING:
        instead = replace(asked, wanted=replace(asked.wanted, need=need), instead=need)
        fitting = [
            one.listing
            for one in (
                _judge(line, instead.wanted, asked.where, asked.today, for_staff)
                for line in _candidates(directory, need)
                if line.is_remote
            )
            if one.refused is None and one.scope is Scope.HERE
        ]
        if fitting and need != asked.wanted.need:
            found = order(fitting, instead)[:limit]
            return replace(empty, scope=Scope.PHONE, matches=tuple(match(one, instead) for one in found))
    return empty


def _missing(judged: list[_Judged], wanted: Wanted, where: Where) -> Reason:
    """Return the rule that the services here came to and no further; the most frequent where several did."""
    if where.country is None:
        return Reason("place_not_said")
    if not judged:
        return Reason("nothing_for_need", wanted.need)
    here = [one.refused for one in judged if one.scope is Scope.HERE and one.refused]
    asked_for = [one for one in here if one.reason.code != "police_only_when_asked"]
    if not asked_for:
        return Reason("place_not_said") if where.province is None else Reason("nothing_here", where.code or "")
    furthest = max(one.step for one in asked_for)
    reason = Counter(one.reason for one in asked_for if one.step == furthest).most_common(1)[0][0]
    return _for_the_public(reason)


def _for_the_public(reason: Reason) -> Reason:
    if reason.code in _NOT_FRESH:
        return Reason("nothing_fresh")
    if reason.code in _NOT_OPEN:
        return Reason("nothing_open")
    return Reason("all_full") if reason.code == "full" else reason


def _asks(judged: list[_Judged], where: Where, scope: Scope) -> tuple[str, ...]:
    if where.country is None:
        return ("place",)
    near = _LADDER if scope in (Scope.COUNTRY, Scope.PERSON) else _LADDER[:2]
    refused = {one.refused.reason.code for one in judged if one.refused and one.scope in near}
    further = {one.scope for one in judged if one.refused is None}
    asks = ["place"] if where.province is None and Scope.COUNTRY in further else []
    asks += [ask for code, ask in _ASKS.items() if code in refused]
    if where.code == where.province and Scope.SAME_PROVINCE in further:
        asks.append("district")
    return tuple(asks)


def _rejections(judged: list[_Judged]) -> tuple[Rejection, ...]:
    return tuple(Rejection(one.listing, one.refused.reason) for one in judged if one.refused)
