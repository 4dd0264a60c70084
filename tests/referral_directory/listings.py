"""Made-up listings for the search; what is not named is what most services say."""

from collections import defaultdict
from datetime import date, time
from typing import Any

from thangdee.referral_directory.model import (
    Checked,
    Directory,
    Listing,
    OpeningTime,
    Organisation,
    Phone,
    Site,
    StateNow,
    Status,
)

TODAY = date(2026, 11, 22)  # a Sunday
NIGHT = time(23, 30)
FRESH = Checked(date(2026, 10, 1), "noy", "by phone")
OLD = Checked(date(2026, 8, 1), "noy", "by phone")
ADULTS = ("18_59", "60_up")
EVERY_AGE = ("under_12", "12_17", *ADULTS)


def a_site(place="LA-VT", point=None, *, secret=False, kind="physical", checked=FRESH) -> Site:
    return Site(f"site-{place}-{point}", kind, {"en": "A house"}, place, point, is_confidential=secret, checked=checked)


def a_phone(checked=FRESH) -> Phone:
    return Phone("phone", "sample number", "voice", None, checked)


def opening(days="MO,TU,WE,TH,FR", opens="08:00", closes="16:00", checked=FRESH, **other) -> OpeningTime:
    given = {"freq": "WEEKLY", "valid_from": None, "valid_to": None, "description": None} | other
    return OpeningTime("hours", tuple(days.split(",")) if days else (), opens, closes, checked=checked, **given)


def a_listing(name: str, **changes: Any) -> Listing:
    """Everybody, by day, in Vientiane Capital, for all of Laos; sets may be given as any iterable."""
    kind = changes.pop("kind", "ngo")
    values: dict[str, Any] = {
        "organisation": Organisation(f"of {name}", {"en": name}, {}, kind, None),
        "site": a_site(),
        "names": {"en": name},
        "descriptions": {},
        "texts": {},
        "status": Status.ACTIVE,
        "states": (),
        "needs": ("counselling",),
        "genders": ("any",),
        "ages": (),
        "returnees": (),
        "languages": (),
        "families": (),
        "referral_by": (),
        "areas": ("LA",),
        "is_residential": False,
        "is_discreet": False,
        "has_public_front_door": True,
        "free_places": None,
        "phones": (a_phone(),),
        "checked": FRESH,
    } | changes
    sets = ("needs", "genders", "ages", "returnees", "languages", "families", "referral_by", "areas")
    return Listing(id=name, service_id=name, **(values | {one: frozenset(values[one]) for one in sets}))


def a_state(state, since=None, until=None) -> tuple[StateNow, ...]:
    return (StateNow(state, since, until),)


def a_directory(*listings: Listing) -> Directory:
    by_need = defaultdict(list)
    for one in listings:
        for need in one.needs:
            by_need[need].append(one)
    return Directory(listings, {one.id: one for one in listings}, {need: tuple(all_) for need, all_ in by_need.items()})
