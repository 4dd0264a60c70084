"""The order of services that fit, and the reasons that each one carries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from thangdee.referral_directory.area import Where, kilometres, told_distance, told_place
from thangdee.referral_directory.eligibility import (
    freshness,
    gender_term,
    one_lives_there,
    shown_phones,
    takes_everyone,
)
from thangdee.referral_directory.model import Listing, OpeningTime, is_public
from thangdee.referral_directory.opening import is_always_open, is_open
from thangdee.referral_directory.wanted import Match, Reason, Wanted

# Kilometres within which a language or a fresh check counts for more than a shorter way.
_WAYS = (15, 50, 120, 250)
_PHONE_WAY = 2  # a call is better than half a day's bus, a door in the same town better than a call
_REACHED_TODAY = 3
_MINORS = frozenset({"under_12", "12_17"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A search with all that the order and the reasons depend on. `instead`: a need that was not asked for."""

    wanted: Wanted
    where: Where
    today: date
    at: time | None = None
    instead: str | None = None


def order(listings: list[Listing], asked: Asked) -> list[Listing]:
    """Return the listings, best first; the same every time."""
    return sorted(listings, key=lambda one: _key(one, asked))


def match(listing: Listing, asked: Asked) -> Match:
    """Return the listing with its reasons."""
    distance = told_distance(asked.where, listing, asked.today)
    return Match(
        listing=listing,
        reasons=tuple(_reasons(listing, asked, distance)),
        km=int(distance.value) if distance else None,
        phones=shown_phones(listing, asked.today),
        is_fresh=is_public(listing.checked, asked.today),
    )


def _key(listing: Listing, asked: Asked) -> tuple[bool, int, int, int, float, int, str]:
    far = kilometres(asked.where, listing, asked.today)
    way = _way(listing, far)
    checked = listing.checked.assured_on
    return (
        asked.wanted.urgent and way > _REACHED_TODAY,
        -_readiness(listing, asked) if asked.wanted.urgent else 0,
        way,
        _speech(listing, asked.wanted.language),
        far or 0.0,
        -checked.toordinal() if checked else 0,
        listing.id,
    )


def _way(listing: Listing, far: float | None) -> int:
    if listing.is_remote:
        return _PHONE_WAY
    if far is None:
        return len(_WAYS)
    steps = sum(far > edge for edge in _WAYS)
    return steps if steps < _PHONE_WAY else steps + 1


def _readiness(listing: Listing, asked: Asked) -> int:
    """Count what helps at once: open at this hour, a number to call, a bed."""
    hours = _fresh_hours(listing, asked.today)
    now = is_always_open(hours) or (asked.at is not None and is_open(hours, asked.today, asked.at) is True)
    has_phone = bool(shown_phones(listing, asked.today))
    return 2 * now + has_phone + one_lives_there(asked.wanted, listing)


def _speech(listing: Listing, language: str | None) -> int:
    if language is None or language in listing.languages:
        return 0
    return 2 if listing.languages else 1


def _fresh_hours(listing: Listing, today: date) -> tuple[OpeningTime, ...]:
    return tuple(one for one in listing.opening_times if is_public(one.checked, today))


def _reasons(listing: Listing, asked: Asked, distance: Reason | None) -> Iterator[Reason]:
    wanted = asked.wanted
    yield _for_whom(listing, wanted)
    if wanted.may_be_minor and listing.ages & _MINORS:
        yield Reason("serves_minors")
    if wanted.with_children and "mothers_with_children" in listing.families:
        yield Reason("with_children")
    if wanted.couple and "couples" in listing.families:
        yield Reason("couples_together")
    yield told_place(asked.where, listing, asked.today)
    if distance:
        yield distance
    if wanted.language:
        yield _spoken(listing, wanted.language)
    yield from _hours(listing, asked)
    if listing.is_residential:
        yield Reason("residential")
    if asked.instead:
        yield Reason("instead", asked.instead)
    yield freshness(listing, asked.today)
    if listing.free_places is not None:
        yield Reason("free_places", f"{listing.free_places:g}")


def _for_whom(listing: Listing, wanted: Wanted) -> Reason:
    if takes_everyone(listing):
        return Reason("serves_everyone")
    term = gender_term(wanted.gender)
    return Reason(f"serves_{term}") if term in listing.genders else Reason("for_whom_not_said")


def _spoken(listing: Listing, language: str) -> Reason:
    if language in listing.languages:
        return Reason("speaks", language)
    known = ",".join(sorted(listing.languages))
    return Reason("other_languages", known) if known else Reason("language_not_said")


def _hours(listing: Listing, asked: Asked) -> Iterator[Reason]:
    hours = _fresh_hours(listing, asked.today)
    if is_always_open(hours):
        yield Reason("open_24h")
    elif asked.at is not None and (now := is_open(hours, asked.today, asked.at)) is not None:
        yield Reason("open_now" if now else "closed_now")
