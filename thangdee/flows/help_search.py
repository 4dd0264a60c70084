"""Whom the directory names for a person who said little: also what takes only some people, said on each card.

Nobody is asked for gender or age first. Where the directory's rules say that an answer would let in more, the search
is made for every answer; a known minor is only shown what takes minors (R8, R43).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from thangdee.casework.chats import Session
from thangdee.core.time_words import LOCAL_TIME
from thangdee.flows.help_screens import settings
from thangdee.flows.told import ADULT, UNDER_18
from thangdee.referral_directory.area import where_is
from thangdee.referral_directory.model import Directory
from thangdee.referral_directory.nearest import AgeBand, Gender, Match, Outcome, Returnee, Scope, Wanted, nearest
from thangdee.referral_directory.ranking import Asked, order

MOST_CARDS = 3
_AGE_BANDS = {UNDER_18: AgeBand.UNDER_18, ADULT: AgeBand.FROM_18_TO_59}
_GENDERS = {"woman": Gender.WOMAN, "man": Gender.MAN, "transgender": Gender.TRANSGENDER_WOMAN}
# What the answers to a question could be; the search is made for each where it would matter.
_ANSWERS: dict[str, tuple[Gender | AgeBand | Returnee, ...]] = {
    "gender": tuple(_GENDERS.values()),
    "age_band": (AgeBand.FROM_18_TO_59,),
    "returnee": (Returnee.OFFICIAL, Returnee.NOT_IDENTIFIED),
}
# The directory's term for each.
GENDER_TERMS = {"woman": "women", "man": "men", "transgender": "transgender"}
_RUNGS = tuple(Scope)
COUNTRIES = ("LA", "TH")
MINORS, ADULTS = frozenset({"under_12", "12_17"}), frozenset({"18_59", "60_up"})
_AUDIENCES = ("serves_everyone", "serves_women", "serves_men", "serves_transgender", "for_whom_not_said")


@dataclass(frozen=True)
class Found:
    """Whom we can name, best first. `scope`: how near the best serves. `is_full`: there are some, without room.

    `further`: ids of those that serve less near than the best. `place`: the code searched from. `asks_place`: "place"
    or "district" where naming it would let in more.
    """

    scope: Scope
    matches: tuple[Match, ...]
    place: str | None
    further: frozenset[str] = frozenset()
    is_full: bool = False
    asks_place: str | None = None


def wanted_of(session: Session, need: str, language: str) -> Wanted:
    """Return what to look for, as far as the person said it in this chat."""
    return Wanted(
        need,
        place=session.place,
        gender=_GENDERS.get(session.for_whom or "", Gender.UNKNOWN),
        age_band=_AGE_BANDS.get(session.age_band, AgeBand.UNKNOWN),
        language=language,
        urgent=need in settings().urgent,
    )


def search(directory: Directory, wanted: Wanted, now: datetime) -> Found:
    """Return at most three services, with at least one for each sort of people there is one for."""
    local = now.astimezone(LOCAL_TIME)
    outcomes = list(_outcomes(directory, wanted, local.date(), local.time()))
    scopes = _scopes(outcomes)
    best = {match.listing.id: match for one in reversed(outcomes) for match in one.matches}
    ordered = order([best[key].listing for key in scopes], Asked(wanted, where_is(wanted), local.date(), local.time()))
    ranked = sorted((best[one.id] for one in ordered), key=lambda match: scopes[match.listing.id])
    kept, first = _for_all(ranked), outcomes[0]
    scope = scopes[kept[0].listing.id] if kept else _RUNGS.index(Scope.PERSON)
    return Found(
        scope=_RUNGS[scope],
        matches=tuple(kept),
        further=frozenset(
            one.listing.id for one in kept if scopes[one.listing.id] > scope and first.place not in COUNTRIES
        ),
        place=first.place,
        is_full=any(one.missing is not None and one.missing.code == "all_full" for one in outcomes),
        asks_place=_asks_place(first),
    )


def _asks_place(outcome: Outcome) -> str | None:
    """Return "place" for a whole country, "district" where one would let in more, else None."""
    if outcome.place in COUNTRIES:
        return "place"
    return "district" if "district" in outcome.asks else None


def _outcomes(directory: Directory, wanted: Wanted, today: date, at: time) -> Iterator[Outcome]:
    outcome = nearest(directory, wanted, today, at=at, limit=MOST_CARDS)
    yield outcome
    matters = next((ask for ask in outcome.asks if ask in _ANSWERS), None)
    for answer in _ANSWERS[matters] if matters else ():
        said: dict[str, Any] = {str(matters): answer}
        yield from _outcomes(directory, replace(wanted, **said), today, at)


def _scopes(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Return how far we had to look for each listing, as a rung of `Scope`, for those to be named.

    Who only listens by phone instead counts where nobody else is found.
    """
    scopes: dict[str, int] = {}
    for outcome in outcomes:
        rung = _RUNGS.index(outcome.scope)
        for match in outcome.matches:
            scopes[match.listing.id] = min(rung, scopes.get(match.listing.id, rung))
    real = {key: rung for key, rung in scopes.items() if _RUNGS[rung] is not Scope.PHONE}
    return real or scopes


def _for_all(ranked: list[Match]) -> list[Match]:
    """Return the first of each sort of people, then the next best, in their order."""
    firsts = {_audience(match): number for number, match in reversed(list(enumerate(ranked)))}
    kept = sorted(firsts.values())[:MOST_CARDS]
    kept += [number for number in range(len(ranked)) if number not in kept][: MOST_CARDS - len(kept)]
    return [ranked[number] for number in sorted(kept)]


def _audience(match: Match) -> tuple[str, bool, bool]:
    """Return for whom it is: the reason, and whether it leaves out minors or adults."""
    ages = match.listing.ages
    people = next((code for code in _AUDIENCES if match.has(code)), "")
    return people, bool(ages) and not ages & MINORS, bool(ages) and not ages & ADULTS
