"""All places, read once from the tables beside this module (see data/README.md for where they come from)."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import cast

from thangdee.referral_directory.places.place import Country, Kind, Place, Point

DATA = Path(__file__).parent / "data"
_TABLES = ("laos.csv", "thailand.csv", "thai_districts.csv")


class Needs(IntEnum):
    """What must stand before a name in a message so that it counts; many names are also everyday words."""

    NOTHING = 0
    WHERE = 1
    KIND = 2


_NEEDS = {"y": Needs.NOTHING, "a": Needs.WHERE, "n": Needs.KIND}
# A mark at the end of an alias: "!" and "@" want a word like "in" before it, "+" wants none,
# "=" is as good as a name (ມະຫາໄຊ means Samut Sakhon to those who work there).
_MARKS = {"!": Needs.WHERE, "@": Needs.WHERE, "+": Needs.NOTHING}
_ANY_MARK = "!@+="
_SHORT = 3  # letters; so short a name is part of too many words


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write the name of a place."""

    text: str
    place: Place
    needs: Needs
    is_name: bool  # one of its three names or as good, not an alias


@cache
def all_places() -> tuple[Place, ...]:
    """Every place: Laos with its provinces and districts, Thailand with its provinces, then the Thai districts."""
    return tuple(dict.fromkeys(one.place for one in spellings()))


@cache
def spellings() -> tuple[Spelling, ...]:
    """Every spelling of every place, in the order of the tables, names before aliases."""
    return tuple(spelling for table in _TABLES for row in _rows(table) for spelling in _spellings(row))


@cache
def _by_code() -> dict[str, Place]:
    return {place.code: place for place in all_places()}


@cache
def _children() -> dict[str, tuple[Place, ...]]:
    found: dict[str, list[Place]] = {}
    for place in all_places():
        if place.parent:
            found.setdefault(place.parent, []).append(place)
    return {code: tuple(sorted(places, key=lambda one: one.code)) for code, places in found.items()}


def by_code(code: str) -> Place | None:
    """Return the place with this code."""
    return _by_code().get(code)


def the_place(place: Place | str) -> Place:
    """Return the place, given itself or its code; KeyError for a code that nobody has."""
    return place if isinstance(place, Place) else _by_code()[place]


def provinces(country: str) -> tuple[Place, ...]:
    """Return the provinces of "LA" or "TH" by code."""
    return _children().get(country, ())


def districts_of(province: str) -> tuple[Place, ...]:
    """Return the districts of a province by code."""
    return _children().get(province, ())


def province_of(place: Place | str) -> Place | None:
    """Return the province that a district lies in, a province itself, and nothing for a country."""
    place = the_place(place)
    if place.kind is Kind.DISTRICT and place.parent:
        return _by_code()[place.parent]
    return place if place.kind is Kind.PROVINCE else None


def is_within(place: Place | str, area: str) -> bool:
    """Tell whether the place is the area with this code or lies in it."""
    code: str | None = the_place(place).code
    while code and code != area:
        code = _by_code()[code].parent
    return code == area


def _rows(table: str) -> Iterator[dict[str, str]]:
    with (DATA / table).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _spellings(row: dict[str, str]) -> Iterator[Spelling]:
    marked = [alias for alias in row["aliases"].split(";") if alias]
    place = _place(row, tuple(alias.rstrip(_ANY_MARK) for alias in marked))
    needs = _NEEDS[row["alone"]]
    for name in dict.fromkeys(place.names.values()):
        yield Spelling(name, place, _checked(name, needs), is_name=True)
    for alias in marked:
        text = alias.rstrip(_ANY_MARK)
        yield Spelling(text, place, _MARKS.get(alias[-1], _checked(text, needs)), is_name=alias[-1] == "=")


def _checked(text: str, needs: Needs) -> Needs:
    return max(needs, Needs.WHERE) if len(text) <= _SHORT else needs


def _place(row: dict[str, str], aliases: tuple[str, ...]) -> Place:
    point: Point | None = (float(row["lat"]), float(row["lon"])) if row["lat"] else None
    names = MappingProxyType({language: row[language] for language in ("lo", "th", "en")})
    kind, country = Kind(row["kind"]), cast("Country", row["code"][:2])
    return Place(row["code"], kind, country, row["parent"] or None, names, aliases, point)
