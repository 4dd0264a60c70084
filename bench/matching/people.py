"""Made-up people, as they truly are (before anybody writes them down)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from bench.matching.lists import Name, common, names
from thangdee.referral_directory.places import districts_of

TODAY = date(2026, 11, 22)
_VILLAGES_A_DISTRICT = 45
_KINDS_OF_VILLAGE = ("ເໜືອ", "ໃຕ້", "ໃໝ່", "ໃຫຍ່", "ນ້ອຍ", "ກາງ")


@dataclass(frozen=True, slots=True)
class Village:
    """A village and, where it was merged or renamed, the name people used before."""

    name: Name
    former: Name | None


@dataclass(frozen=True, slots=True)
class Person:
    """Everything true of one person; what was never written down is among it."""

    given: Name
    family: Name
    nickname: Name
    called_there: Name | None
    married_name: Name | None
    is_woman: bool
    born: date
    village: Village
    district: str
    left: date
    entered: date
    mother: Name
    companion: Name


@cache
def population() -> dict[str, Any]:
    """What population.yml says."""
    return dict(yaml.safe_load((Path(__file__).parent / "population.yml").read_text(encoding="utf-8")))


def somebody(chance: Random) -> Person:
    """Make up one person."""
    is_woman = chance.random() < population()["women"]
    entered = TODAY - timedelta(days=chance.randrange(20, 1500))
    years = _weighted(population()["ages"], chance)
    away = min(int(chance.lognormvariate(5.3, 1.0)) + 3, 1500, (years - 10) * 365)
    district = a_district(chance)
    is_hmong = chance.random() < population()["hmong"].get(district[2:4], 0.02)
    given = given_name(chance, is_woman=is_woman, is_hmong=is_hmong)
    return Person(
        given=given,
        family=common("clans_hmong", chance, steepness=0.75) if is_hmong else family_name(chance),
        nickname=_nickname(given, chance),
        called_there=common("nicknames", chance, steepness=1.0) if chance.random() < 0.12 else None,
        married_name=family_name(chance) if is_woman and chance.random() < 0.06 else None,
        is_woman=is_woman,
        born=entered - timedelta(days=int(years * 365.25) + chance.randrange(365)),
        village=a_village(district, chance),
        district=district,
        left=entered - timedelta(days=away),
        entered=entered,
        mother=given_name(chance, is_woman=True),
        companion=given_name(chance, is_woman=True),
    )


def given_name(chance: Random, *, is_woman: bool, is_hmong: bool = False) -> Name:
    """Draw a given name, the common ones more often."""
    table = "women" if is_woman else "men"
    return common(f"{table}_hmong" if is_hmong else table, chance, steepness=0.7, composed=0.2)


def family_name(chance: Random) -> Name:
    """Draw a family name, the common ones more often."""
    return common("families", chance, steepness=0.75, composed=0.2)


def a_district(chance: Random) -> str:
    """Draw a district: its province by the counts of those who returned."""
    province = _weighted(population()["provinces"], chance)
    return chance.choice(districts_of(province)).code


def a_village(district: str, chance: Random) -> Village:
    """Draw one of the district's villages; some districts share names, as they do."""
    return chance.choice(villages_of(district))


@cache
def villages_of(district: str) -> tuple[Village, ...]:
    """The made-up villages of a district: the same in every run."""
    chance = Random(f"villages of {district}")
    drawn = [_village_name(chance) for _ in range(_VILLAGES_A_DISTRICT)]
    distinct = list(dict.fromkeys(drawn))
    return tuple(Village(name, _village_name(chance) if chance.random() < 0.25 else None) for name in distinct)


def sister(person: Person, chance: Random, *, twin: bool = False) -> Person:
    """A sibling from the same house: another name, nickname and age; a twin has the age and often half of the name."""
    is_woman = person.is_woman if twin else chance.random() < population()["women"]
    is_hmong = person.family in names("clans_hmong")
    given = given_name(chance, is_woman=is_woman, is_hmong=is_hmong)
    if twin and len(person.given.parts) > 1:
        given = Name((person.given.parts[0], chance.choice(names("women" if is_woman else "men")).parts[-1]))
    apart = 0 if twin else chance.choice((-1, 1)) * chance.randrange(330, 2200)
    entered = person.entered if twin or chance.random() < 0.4 else somebody(chance).entered
    other = somebody(chance)
    return replace(
        other,
        given=given,
        family=person.family,
        is_woman=is_woman,
        born=person.born + timedelta(days=apart),
        village=person.village,
        district=person.district,
        mother=person.mother,
        entered=entered,
        left=entered - timedelta(days=max(3, (other.entered - other.left).days)),
    )


def _nickname(given: Name, chance: Random) -> Name:
    """Often a part of the given name (ຄຳຫຼ້າ is called ຫຼ້າ), else any."""
    if len(given.parts) > 1 and chance.random() < 0.22:
        return Name((chance.choice((given.parts[-1], given.parts[-1], given.parts[0])),))
    return common("nicknames", chance, steepness=1.0)


def _village_name(chance: Random) -> Name:
    name = common("villages", chance, steepness=0.4, composed=0.35)
    return Name((*name.parts, chance.choice(_KINDS_OF_VILLAGE))) if chance.random() < 0.1 else name


def _weighted(weights: dict[Any, float], chance: Random) -> Any:  # noqa: ANN401 - whatever the table's keys are
    return chance.choices(list(weights), list(weights.values()))[0]
