"""How long a search takes over 10,000 services at 1,000 places, beside a plain look at every record.

    python bench/nearest.py [--services 10000] [--places 1000] [--rounds 40]

Both give the same answers (checked first) and take turns on the same machine, so that the ratio means something where
the milliseconds do not. The plain way has no index by need: it asks the rules and measures the way for every record
and looks at the need last. All records are made up. Exit code 1 where the median is over 20 ms of
processor time.
"""

import argparse
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import date

from thangdee.referral_directory.area import scope_of, where_is
from thangdee.referral_directory.eligibility import refusal
from thangdee.referral_directory.model import Checked, Directory, Listing, Organisation, Phone, Site, Status
from thangdee.referral_directory.nearest import AgeBand, Gender, Returnee, Scope, Wanted, nearest
from thangdee.referral_directory.places import districts_of, provinces
from thangdee.referral_directory.ranking import Asked, order
from thangdee.referral_directory.taxonomy import names_of

TODAY = date(2026, 11, 22)
MOST_MILLISECONDS = 20
_LADDER = (Scope.HERE, Scope.SAME_PROVINCE, Scope.NEIGHBOURING_PROVINCE, Scope.COUNTRY)
_KINDS = ("government", "lwu", "ngo", "health", "school", "police")
_GENDERS = (("any",), ("women",), ("men",), ("women", "transgender"), ())
_AGES = ((), ("12_17", "18_59"), ("18_59", "60_up"), ("under_12", "12_17"))
_LANGUAGES = (("lo",), ("lo", "th"), ("lo", "kjg"), ())
_PROVINCES = tuple(one.code for country in ("LA", "TH") for one in provinces(country))


def main() -> int:
    """Compare, print, and say whether the search is fast enough."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("services", 10_000), ("places", 1_000), ("rounds", 40)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    chance = random.Random(4)
    directory = made_up_directory(chance, chosen.services, chosen.places)
    persons = [made_up_person(chance) for _ in range(chosen.rounds)]
    for one in persons:
        if found_by_nearest(directory, one) != found_by_looking_at_all(directory, one):
            sys.exit(f"The two ways differ for {one}")
    search, plain = compared(directory, persons, found_by_nearest, found_by_looking_at_all)
    size = f"{chosen.services} services at {chosen.places} places, {chosen.rounds} searches"
    print(f"{size}: processor time, median (slowest)")
    print(f"  nearest          {statistics.median(search):7.1f} ms ({max(search):.1f})")
    print(f"  every record     {statistics.median(plain):7.1f} ms ({max(plain):.1f})")
    print(f"  ratio            {statistics.median(plain) / statistics.median(search):7.1f}")
    return int(statistics.median(search) > MOST_MILLISECONDS)


def compared(
    directory: Directory, persons: list[Wanted], *ways: Callable[[Directory, Wanted], object]
) -> tuple[list[float], ...]:
    """Return the milliseconds of processor time of each way for each person; the ways take turns."""
    taken: tuple[list[float], ...] = tuple([] for _ in ways)
    for person in persons:
        for way, times in zip(ways, taken, strict=True):
            start = time.process_time()  # of this process only, whatever else the machine does
            way(directory, person)
            times.append((time.process_time() - start) * 1000)
    return taken


def found_by_nearest(directory: Directory, wanted: Wanted) -> list[str]:
    """Return the ids of the program's answer; lines that listen instead are left out."""
    outcome = nearest(directory, wanted, TODAY)
    return [] if outcome.scope is Scope.PHONE else [one.listing.id for one in outcome.matches]


def found_by_looking_at_all(directory: Directory, wanted: Wanted) -> list[str]:
    """Return the same by judging and ranking every record, whatever it is for."""
    where = where_is(wanted)
    ranked = order(list(directory.listings), Asked(wanted, where, TODAY))
    fitting: dict[Scope, list[str]] = defaultdict(list)
    for one in ranked:
        scope, refused = scope_of(where, one), refusal(wanted, one, TODAY)
        if isinstance(scope, Scope) and refused is None and wanted.need in one.needs:
            fitting[scope].append(one.id)
    return next((fitting[scope] for scope in _LADDER if fitting[scope]), [])[:3]


def made_up_directory(chance: random.Random, services: int, places: int) -> Directory:
    """Return services over sites in all provinces; a tenth by phone, a tenth stale, a tenth full."""
    sites = [_site(chance, number) for number in range(places)]
    listings = tuple(_listing(chance, number, chance.choice(sites)) for number in range(services))
    by_need: dict[str, list[Listing]] = defaultdict(list)
    for one in listings:
        for need in one.needs:
            by_need[need].append(one)
    by_id = {one.id: one for one in listings}
    return Directory(listings, by_id, {need: tuple(found) for need, found in by_need.items()})


def made_up_person(chance: random.Random) -> Wanted:
    """Return somebody who looks for something, somewhere."""
    place: str | tuple[float, float] = chance.choice(_PROVINCES)
    if chance.random() < 0.5:
        place = (chance.uniform(14.5, 20.5), chance.uniform(101.5, 105.5))
    return Wanted(
        need=chance.choice(names_of("need")),
        place=place,
        gender=chance.choice(list(Gender)),
        age_band=chance.choice(list(AgeBand)),
        language=chance.choice(("lo", "th", "kjg", None)),
        urgent=chance.random() < 0.3,
        with_children=chance.random() < 0.1,
        returnee=chance.choice(list(Returnee)),
    )


def _site(chance: random.Random, number: int) -> Site:
    province = chance.choice(_PROVINCES)
    place = chance.choice(districts_of(province))
    is_secret, checked = chance.random() < 0.05, Checked(date(2026, 11, 1))
    return Site(f"l{number}", "physical", {}, place.code, place.point, is_confidential=is_secret, checked=checked)


def _listing(chance: random.Random, number: int, site: Site) -> Listing:
    place = site.place or "LA"
    by_phone, stale, full = (chance.random() < 0.1 for _ in range(3))
    checked = Checked(date(2026, 6, 1) if stale else date(2026, 11, 1))
    organisation = Organisation(f"o{number % 500}", {}, {}, _KINDS[number % 500 % len(_KINDS)], None)
    return Listing(
        id=f"s{number:05}",
        service_id=f"s{number:05}",
        organisation=organisation,
        site=None if by_phone else site,
        names={},
        descriptions={},
        texts={},
        status=Status.ACTIVE,
        states=(),
        needs=frozenset(chance.sample(names_of("need"), chance.choice((1, 2, 3)))),
        genders=frozenset(chance.choice(_GENDERS)),
        ages=frozenset(chance.choice(_AGES)),
        returnees=frozenset(),
        languages=frozenset(chance.choice(_LANGUAGES)),
        families=frozenset(),
        referral_by=frozenset(),
        areas=frozenset(chance.choice(((place,), (place[:2],), ()))) or frozenset({place[:2]}),
        is_residential=chance.random() < 0.3,
        is_discreet=False,
        has_public_front_door=True,
        free_places=0 if full else None,
        phones=(Phone(f"p{number}", "sample", None, None, checked),),
        checked=checked,
    )


if __name__ == "__main__":
    sys.exit(main())
