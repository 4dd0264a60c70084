"""Provinces, districts and villages of the made-up world. Its villages are drawn anew for every seed."""

from dataclasses import dataclass
from functools import cache

from bench.examiner.names import Name, lines


@dataclass(frozen=True)
class Area:
    """A district or a province as it is written; Lao: the official name first, then old ones."""

    lao: tuple[str, ...]
    thai: tuple[str, ...]
    latin: tuple[str, ...]


@dataclass(frozen=True)
class Province(Area):
    """A province; `weight`: how many people come from it, against the others."""

    weight: int


@dataclass(frozen=True)
class District(Area):
    """A district of a province."""

    province: Province


@dataclass(frozen=True)
class Place:
    """A village; `old`: how it was called before."""

    name: Name
    old: Name | None
    district: District


@dataclass(frozen=True)
class Atlas:
    """All provinces and districts, in the order of the list."""

    provinces: list[Province]
    districts: list[District]

    def beside(self, district: District) -> list[District]:
        """The other districts of its province."""
        return [one for one in self.districts if one.province == district.province and one != district]

    def weights(self) -> list[float]:
        """How many people come from each district: its share of its province."""
        whole = [district.province for district in self.districts]
        return [province.weight / whole.count(province) for province in whole]


@cache
def atlas() -> Atlas:
    """What stands in `words/districts.txt`."""
    provinces: list[Province] = []
    districts: list[District] = []
    for line in lines("districts.txt"):
        if line.startswith("*"):
            _star, weight, rest = line.split(" ", 2)
            provinces.append(Province(*_spellings(rest), weight=int(weight)))
        else:
            districts.append(District(*_spellings(line), province=provinces[-1]))
    return Atlas(provinces, districts)


def _spellings(line: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    lao, thai, latin = line.split("|")
    return tuple(lao.split(";")), tuple(thai.split(",")), tuple(latin.split(","))
