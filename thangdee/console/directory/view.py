"""What the directory's pages show of an entry: words for its facts, how fresh they are, and the search over all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from thangdee.core import words
from thangdee.referral_directory.freshness import facts_of
from thangdee.referral_directory.model import (
    Checked,
    Cost,
    Listing,
    OpeningTime,
    Phone,
    State,
    StateNow,
    Status,
    text_in,
)
from thangdee.referral_directory.opening import DAYS
from thangdee.referral_directory.places import by_code, province_of
from thangdee.referral_directory.taxonomy import names_of, term


class Standing(StrEnum):
    """Whether an entry takes people: HSDS's status and our states in one word, as staff choose it."""

    ACTIVE = "active"
    PAUSED = "paused"
    FULL = "full"
    FUNDING_ENDED = "funding_ended"
    CLOSED = "closed"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"


class Freshness(StrEnum):
    """Of a fact, or of an entry: `never` where nothing of it was ever checked, `stale` where anything must be again."""

    FRESH = "fresh"
    STALE = "stale"
    NEVER = "never"


_OF_STATUS = {
    Status.ACTIVE: Standing.ACTIVE,
    Status.PAUSED: Standing.PAUSED,
    Status.INACTIVE: Standing.INACTIVE,
    Status.DEFUNCT: Standing.DEFUNCT,
}
_MAY_BE_EMPTY = ("phone", "schedule", "cost_option")


@dataclass(frozen=True)
class Fact:
    """One thing that can be checked: a row of the directory, in words."""

    entity: str
    entity_id: str
    shows: str
    checked: Checked
    freshness: Freshness

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.entity}:{self.entity_id}"


def facts(listing: Listing, language: str, today: date) -> list[Fact]:
    """Return the facts of an entry. What was emptied by staff is none."""
    shown = _shown(listing, language, today)
    return [
        Fact(entity, key, shown.get(key, said), checked, freshness_of(checked, today))
        for entity, key, said, checked in facts_of(listing)
        if entity not in _MAY_BE_EMPTY or shown.get(key, said).strip()
    ]


def freshness_of(checked: Checked, today: date) -> Freshness:
    """Return the freshness of one fact."""
    if not checked.is_verified:
        return Freshness.NEVER
    return Freshness.FRESH if checked.is_fresh(today) else Freshness.STALE


def overall(facts_: Iterable[Fact]) -> Freshness:
    """Return the freshness of an entry."""
    given = list(facts_)
    found = {one.freshness for one in given}
    # That the organisation was checked, for another of its services, says nothing of this one.
    if {one.freshness for one in given if one.entity != "organization"} == {Freshness.NEVER}:
        return Freshness.NEVER
    return Freshness.FRESH if found <= {Freshness.FRESH} else Freshness.STALE


def standing_of(listing: Listing, today: date) -> Standing:
    """Return how an entry stands today; a state that holds says more than the status."""
    holding = next((one.state for one in listing.states if one.holds(today)), None)
    return Standing(holding.value) if holding else _OF_STATUS[listing.status]


def next_state(listing: Listing, today: date) -> StateNow | None:
    """Return the state that holds or is to come."""
    return next((one for one in listing.states if one.until is None or one.until >= today), None)


def standing_text(listing: Listing, language: str, today: date) -> str:
    """Return how an entry stands, with the days of its state."""
    state, standing = next_state(listing, today), standing_of(listing, today)
    said = words.text(f"directory.standing.{standing}", language)
    if state is None:
        return said
    if Standing(state.state.value) is not standing:
        said += f" · {words.text(f'directory.standing.{state.state}', language)}"
    return said + _days_of(state, language)


def term_names(taxonomy: str, said: Iterable[str], language: str) -> list[str]:
    """Return the names of what is said in one of our taxonomies, in the order of the file."""
    found = set(said)
    return [term(taxonomy, name).names[language] for name in names_of(taxonomy) if name in found]


def place_name(code: str | None, language: str) -> str:
    """Return the full name of a place, of a district with its province; its code where we do not know it."""
    place = by_code(code) if code else None
    if place is None:
        return code or ""
    province = province_of(place)
    name = place.full_name(language)
    return name if province is None or province == place else f"{name}, {province.name(language)}"


def place_of(listing: Listing) -> str | None:
    """Return the place of an entry. Where the address is kept secret, only its province is told."""
    site = listing.site
    if site is None or site.place is None:
        return None
    province = province_of(site.place) if site.is_confidential and by_code(site.place) else None
    return province.code if province else site.place


def codes_of(listing: Listing) -> frozenset[str]:
    """Return where an entry belongs: its place, or the areas it serves where it has none."""
    place = place_of(listing)
    return frozenset(code for code in ({place} if place else listing.areas) if code and by_code(code))


def where_text(listing: Listing, language: str) -> str:
    """Return where an entry is, or which areas it serves, in words."""
    place = place_of(listing)
    if place:
        return place_name(place, language)
    areas = ", ".join(place_name(code, language) for code in sorted(codes_of(listing)))
    return areas or words.text("directory.no_place", language)


def phone_text(phone: Phone) -> str:
    """Return a number with what it is for."""
    return " · ".join(piece for piece in (phone.number, phone.description) if piece)


def hours_text(times: OpeningTime, language: str) -> str:
    """Return opening hours in words: "Mon-Fri 08:00-16:00"."""
    hours = "–".join(one for one in (_short(times.opens_at), _short(times.closes_at)) if one)
    pieces = (_days(times.days, language), hours, times.description or "")
    return " · ".join(piece for piece in (" ".join(pieces[:2]).strip(), pieces[2]) if piece)


def cost_text(cost: Cost) -> str:
    """Return what it costs."""
    amount = f"{cost.amount:g} {cost.currency or ''}".strip() if cost.amount is not None else ""
    return " · ".join(piece for piece in (cost.option, amount, cost.description) if piece)


def checked_text(checked: Checked, language: str, names: Mapping[str, str] | None = None) -> str:
    """Return when, by whom and how a fact was checked, and where it comes from. `names`: of staff, by their ids."""
    pieces = []
    if checked.assured_on is not None:
        day, who = checked.assured_on.isoformat(), checked.assured_by or "–"
        who = (names or {}).get(who, who)
        pieces.append(words.text("directory.checked.on", language, day=day, who=who))
    if checked.how and words.has(f"directory.how.{checked.how}"):
        pieces.append(words.text(f"directory.how.{checked.how}", language))
    if checked.source:
        source = f"{checked.source} ({checked.source_year})" if checked.source_year else checked.source
        pieces.append(words.text("directory.checked.source", language, source=source))
    return " · ".join(pieces)


def standing_of_status(status: str, language: str) -> str:
    """Return the words for a status of HSDS."""
    return words.text(f"directory.standing.{_OF_STATUS[Status(status)]}", language) if status else ""


def state_of(standing: Standing) -> State | None:
    """Return our state for a standing, None where the status alone says it."""
    return State(standing.value) if standing.value in State._value2member_map_ else None


def status_of(standing: Standing, *, is_over: bool) -> Status:
    """Return HSDS's status for a standing, for other directories. `is_over`: it has begun and has no end."""
    if standing is Standing.FUNDING_ENDED:
        return Status.INACTIVE if is_over else Status.ACTIVE
    if standing is Standing.CLOSED:
        return Status.DEFUNCT if is_over else Status.ACTIVE
    return next((status for status, named in _OF_STATUS.items() if named is standing), Status.ACTIVE)


def _shown(listing: Listing, language: str, today: date) -> Mapping[str, str]:
    """Return the words for the facts, by id."""
    shown = {listing.service_id: standing_text(listing, language, today)}
    shown |= {one.id: phone_text(one) if one.number else "" for one in listing.phones}
    shown |= {one.id: hours_text(one, language) for one in listing.opening_times}
    shown |= {one.id: cost_text(one) for one in listing.costs}
    if listing.site is not None:
        shown[listing.site.id] = place_name(place_of(listing), language) or text_in(listing.site.names, language)
    return shown


def _days_of(state: StateNow, language: str) -> str:
    if state.since is None and state.until is None:
        return ""
    since, until = (day.isoformat() if day else "…" for day in (state.since, state.until))
    return f" ({words.text('directory.since_until', language, since=since, until=until)})"


def _days(days: tuple[str, ...], language: str) -> str:
    """Return days of the week, runs of three and more as "Mon-Fri"."""
    runs: list[list[str]] = []
    for day in (one for one in DAYS if one in days):
        if runs and DAYS.index(day) == DAYS.index(runs[-1][-1]) + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    named = [[words.text(f"directory.day.{day}", language) for day in run] for run in runs]
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(run) for run in named)


def _short(written: str | None) -> str:
    """Return a time without seconds."""
    return written[:5] if written and len(written) == len("08:00:00") else written or ""
