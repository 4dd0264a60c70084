"""The search over the directory's entries, as staff type it in any script."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from thangdee.console.directory.view import Freshness, codes_of, facts, overall, place_of, standing_of
from thangdee.core.script import fold, skeleton
from thangdee.referral_directory.model import Directory, Listing, text_in
from thangdee.referral_directory.places import is_within

DUE = "due"


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; "" everywhere is everything. `place`: the code of a place."""

    words: str = ""
    place: str = ""
    need: str = ""
    standing: str = ""
    freshness: str = ""


def found(directory: Directory, filters: Filters, today: date) -> list[Listing]:
    """Return the entries that fit, by place and English name."""
    wanted = [skeleton(word) for word in fold(filters.words).split()]
    fitting = (one for one in directory.listings if _fits(one, filters, today) and _has(one, wanted))
    return sorted(fitting, key=lambda one: (place_of(one) or "", text_in(one.names, "en"), one.id))


def _fits(listing: Listing, filters: Filters, today: date) -> bool:
    if filters.need and filters.need not in listing.needs:
        return False
    if filters.standing and filters.standing != standing_of(listing, today):
        return False
    if filters.place and not any(is_within(code, filters.place) for code in codes_of(listing)):
        return False
    if not filters.freshness:
        return True
    is_due = overall(facts(listing, "en", today))
    return is_due != Freshness.FRESH if filters.freshness == DUE else is_due == filters.freshness


def _has(listing: Listing, wanted: list[str]) -> bool:
    written = [*listing.names.values(), *listing.organisation.names.values(), *(one.number for one in listing.phones)]
    text = _bare("\n".join(written))
    return all(word in text for word in wanted)


@lru_cache(maxsize=20_000)
def _bare(text: str) -> str:
    return skeleton(text)
