"""People who are asked for and are in no shelter: half like nobody there, half like somebody."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

from bench.matching.people import Person, a_village, sister, somebody
from thangdee.referral_directory.places import districts_of, province_of

NearMiss = Callable[[Person, Random], Person]


def absent(residents: list[Person], chance: Random) -> tuple[Person, str]:
    """Make up somebody who is not among the residents; return her and what kind of likeness misleads, or "unlike"."""
    if chance.random() < 0.5:
        return somebody(chance), "unlike"
    kind = chance.choice(tuple(NEAR_MISSES))
    return NEAR_MISSES[kind](chance.choice(residents), chance), kind


def _same_nickname_and_district(like: Person, chance: Random) -> Person:
    other = replace(somebody(chance), nickname=like.nickname, district=like.district)
    return replace(other, village=a_village(like.district, chance), called_there=None)


def _sister_or_cousin(like: Person, chance: Random) -> Person:
    return sister(like, chance)


def _same_given_age_and_province(like: Person, chance: Random) -> Person:
    province = province_of(like.district)
    district = chance.choice(districts_of(province.code)).code if province else like.district
    other = replace(somebody(chance), given=like.given, is_woman=like.is_woman, district=district)
    born = like.born + timedelta(days=chance.randrange(-300, 300))
    return replace(other, village=a_village(district, chance), born=born)


def _same_family_and_district(like: Person, chance: Random) -> Person:
    other = replace(somebody(chance), family=like.family, district=like.district, is_woman=like.is_woman)
    return replace(other, village=a_village(like.district, chance))


NEAR_MISSES: dict[str, NearMiss] = {
    "same_nickname_and_district": _same_nickname_and_district,
    "sister_or_cousin": _sister_or_cousin,
    "same_given_age_and_province": _same_given_age_and_province,
    "same_family_and_district": _same_family_and_district,
}
