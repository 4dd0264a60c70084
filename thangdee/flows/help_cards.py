"""A service in words: the card in a list of results, and all that may be told of it.

Only what the directory lets the public know: facts checked lately, never a confidential address (nearest.py, model.py).
"""

from collections.abc import Iterator
from datetime import date

from babel.dates import get_day_names

from thangdee.core import words
from thangdee.flows.help_search import ADULTS, GENDER_TERMS, MINORS, Found
from thangdee.flows.reply import Part
from thangdee.referral_directory.eligibility import shown_phones, takes_everyone
from thangdee.referral_directory.model import Listing, OpeningTime, Phone, is_public, text_in
from thangdee.referral_directory.nearest import Match
from thangdee.referral_directory.opening import DAYS, is_always_open
from thangdee.referral_directory.places import by_code, province_of
from thangdee.referral_directory.taxonomy import TERMS, names_of

_NUMBERS = ("1️⃣", "2️⃣", "3️⃣")
_WHERE = (
    "by_phone", "place_not_shown", "same_district", "same_province", "neighbouring_province", "other_province",
    "in_country",
)  # fmt: skip
_LONGEST_SUMMARY = 140


def card(number: int, found: Found, language: str, today: date) -> tuple[Part, ...]:
    """Return one result: name, what for, where, for whom, when open, how to reach it, languages."""
    match = found.matches[number]
    listing = match.listing
    summary = _shortened(text_in(listing.descriptions, language))
    return (
        Part("help.card", {"number": _NUMBERS[number], "name": text_in(listing.names, language)}),
        *_line("text", summary),
        _where(match, language, found.place or ""),
        *((Part("help.line.ask_first"),) if listing.id in found.further else ()),
        *_line("for_whom", for_whom(listing, language)),
        *_line("open", _when(match, language, today)),
        *reach(listing, match.phones),
        *_line("languages", _spoken(listing, language)),
    )


def details(listing: Listing, language: str, today: date) -> tuple[Part, ...]:
    """Return all that may be told of a service."""
    texts = listing.texts.get("contact_rule", {})
    return (
        Part("help.detail", {"name": text_in(listing.names, language)}),
        *_line("organisation", text_in(listing.organisation.names, language)),
        *_line("text", text_in(listing.descriptions, language)),
        *_site(listing, language, today),
        *_line("for_whom", for_whom(listing, language)),
        *_line("stay", words.text("help.word.stay", language) if listing.is_residential else ""),
        *_line("open", opening(fresh_hours(listing, today), language)),
        *reach(listing, shown_phones(listing, today)),
        *_line("languages", _spoken(listing, language)),
        *_line("cost", "; ".join(_costs(listing, today))),
        *_line("documents", ", ".join(listing.documents)),
        *_line("text", text_in(texts, language)),
        *_line("text", listing.alert or ""),
        *_line("checked", _day(listing.checked.assured_on)),
    )


def for_whom(listing: Listing, language: str) -> str:
    """Return who may come, as the record says: "Women and girls · 18 and over"; empty where it says nothing."""
    said = [_people(listing, language), _ages(listing.ages, language)]
    said += [_term("family", name, language) for name in names_of("family") if name in listing.families]
    if len(listing.returnees) == 1 and "any" not in listing.returnees:
        said += [_term("returnee", name, language) for name in listing.returnees]
    return " · ".join(part for part in said if part)


def looking_for(who: str | None, language: str) -> tuple[Part, ...]:
    """Return a line that tells for whom the search was made; none where nobody said it."""
    return _line("looking_for", _term("gender", GENDER_TERMS[who], language)) if who in GENDER_TERMS else ()


def reach(listing: Listing, phones: tuple[Phone, ...]) -> Iterator[Part]:
    """Yield how to reach it: checked numbers, an open door, else a person of ours."""
    for phone in phones:
        yield Part("help.line.phone", {"number": phone.number})
    if listing.has_public_front_door and not listing.is_remote and not listing.hides_its_place:
        yield Part("help.line.walk_in")
    elif not phones:
        yield Part("help.line.through_person")


def fresh_hours(listing: Listing, today: date) -> tuple[OpeningTime, ...]:
    """Return the opening times that may be told."""
    return tuple(one for one in listing.opening_times if is_public(one.checked, today))


def opening(hours: tuple[OpeningTime, ...], language: str) -> str:
    """Return opening times in words: "Mon-Fri 08:00-16:00"; empty where nothing checked says any."""
    if is_always_open(hours):
        return words.text("help.word.open_always", language)
    return ", ".join(part for one in hours if (part := _opening_time(one, language)))


def _where(match: Match, language: str, here: str) -> Part:
    code = next((one for one in _WHERE if match.has(one)), "by_phone")
    place = by_code(match.value(code) or "")
    if code == "same_province":
        place = province_of(here)
    elif code == "in_country" and match.listing.site and match.listing.site.place:
        place = province_of(match.listing.site.place)
    values = {"place": place.full_name(language)} if place else {}
    if match.km is None or code == "same_district":
        return Part(f"help.line.{code}", values)
    return Part(f"help.line.{code}_km", values | {"km": str(max(1, match.km))})


def _when(match: Match, language: str, today: date) -> str:
    hours = opening(fresh_hours(match.listing, today), language)
    now = next((code for code in ("open_now", "closed_now") if match.has(code)), None)
    if now is None:
        return hours
    return f"{hours} ({words.text(f'help.word.{now}', language)})"


def _people(listing: Listing, language: str) -> str:
    if not listing.genders:
        return ""
    if takes_everyone(listing):
        return _term("gender", "any", language)
    return ", ".join(_term("gender", name, language) for name in names_of("gender") if name in listing.genders)


def _ages(ages: frozenset[str], language: str) -> str:
    known = {MINORS | ADULTS: "help.word.every_age", MINORS: "help.word.minors", ADULTS: "help.word.adults"}
    known[ADULTS | {"12_17"}] = "help.word.from_12"
    if key := known.get(ages):
        return words.text(key, language)
    return ", ".join(_term("age", name, language) for name in names_of("age") if name in ages)


def _spoken(listing: Listing, language: str) -> str:
    known = [_term("spoken", name, language) for name in names_of("spoken") if name in listing.languages]
    return ", ".join(known)


def _term(taxonomy: str, name: str, language: str) -> str:
    return TERMS[taxonomy, name].names[language]


def _opening_time(one: OpeningTime, language: str) -> str:
    if not one.opens_at or not one.closes_at:
        return one.description or ""
    days = sorted(DAYS.index(day) for day in one.days if day in DAYS)
    return f"{_days(days, language)} {one.opens_at[:5]}–{one.closes_at[:5]}".strip()


def _days(days: list[int], language: str) -> str:
    """Return "Mon-Fri" for days in a row, else each of them; Thai has no short names that people say."""
    names = get_day_names("wide" if language == "th" else "abbreviated", locale=language)
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{names[days[0]]}–{names[days[-1]]}"
    return ", ".join(names[day] for day in days)


def _site(listing: Listing, language: str, today: date) -> Iterator[Part]:
    site = listing.site
    if site is None or listing.is_remote:
        yield Part("help.line.by_phone")
    elif listing.hides_its_place:
        yield Part("help.line.place_not_shown")
    else:
        # A district that nobody checked lately may be out of date.
        place = by_code(site.place or "") if is_public(site.checked, today) else province_of(site.place or "")
        yield from _line("place", place.full_name(language) if place else "")
        for address in site.addresses:
            if is_public(address.checked, today):
                yield from _line("address", ", ".join(address.lines))


def _costs(listing: Listing, today: date) -> Iterator[str]:
    for cost in listing.costs:
        amount = f"{cost.amount:g} {cost.currency or ''}".strip() if cost.amount is not None else ""
        if is_public(cost.checked, today) and (said := cost.description or cost.option or amount):
            yield said


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST_SUMMARY:
        return text
    end = text.rfind(" ", 0, _LONGEST_SUMMARY)
    return text[: end if end > 0 else _LONGEST_SUMMARY] + " …"


def _line(name: str, said: str) -> tuple[Part, ...]:
    return (Part(f"help.line.{name}", {"said": said}),) if said else ()
