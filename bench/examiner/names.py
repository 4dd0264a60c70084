"""Names of people and villages in three scripts, read from the lists in `words/`. Nobody here exists."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Literal, NamedTuple

WORDS = Path(__file__).with_name("words")

Sex = Literal["f", "m"]


class Part(NamedTuple):
    """A piece of a name as it is written in each script; Thai and Latin: the best schooled spelling first."""

    lao: str
    thai: tuple[str, ...]
    latin: tuple[str, ...]


@dataclass(frozen=True)
class Name:
    """A name as its parts, so that each part can be spelt by another habit."""

    parts: tuple[Part, ...]

    @property
    def lao(self) -> str:
        """The name as it is rightly written in Lao: by this the careful reader knows it."""
        return "".join(part.lao for part in self.parts)


@dataclass(frozen=True)
class Names:
    """All lists. Given names and nicknames are parted by sex; a name that stands twice is drawn twice as often."""

    given: dict[Sex, list[Name]]
    given_hmong: dict[Sex, list[Name]]
    nicknames: dict[Sex, list[Name]]
    families: list[Name]
    families_hmong: list[Name]
    villages: list[Name]


@cache
def names() -> Names:
    """The lists in `words/`."""
    parts, village_parts = _parts("parts.txt"), _parts("village_parts.txt")
    return Names(
        given=_by_sex((sex, _joined(key, parts)) for sex, key in _in_two("given.txt")),
        given_hmong=_by_sex((sex, _joined(key, parts)) for sex, key in _in_two("given_hmong.txt")),
        nicknames=_by_sex((sex, Name((_part(spellings),))) for sex, spellings in _in_two("nicknames.txt")),
        families=[_joined(key, parts) for key in lines("families.txt")],
        families_hmong=[_joined(key, parts) for key in lines("families_hmong.txt")],
        villages=[_joined(key, village_parts) for key in lines("villages.txt")],
    )


def skewed(rng: Random, some: Sequence[Name], power: float = 1.5) -> Name:
    """One of them; the first are much more common than the last."""
    return some[int(len(some) * rng.random() ** power)]


def lines(file: str) -> list[str]:
    """The lines of a list, without its remarks."""
    text = (WORDS / file).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _in_two(file: str) -> Iterator[tuple[str, str]]:
    for line in lines(file):
        first, rest = line.split(" ", 1)
        yield first, rest


def _part(spellings: str) -> Part:
    lao, thai, latin = spellings.split("|")
    return Part(lao, tuple(thai.split(",")), tuple(latin.split(",")))


def _parts(file: str) -> dict[str, Part]:
    return {key: _part(spellings) for key, spellings in _in_two(file)}


def _joined(key: str, parts: dict[str, Part]) -> Name:
    return Name(tuple(parts[one] for one in key.split("-")))


def _by_sex(some: Iterator[tuple[str, Name]]) -> dict[Sex, list[Name]]:
    read = list(some)
    return {sex: [name for whose, name in read if whose in {sex, "u"}] for sex in ("f", "m")}
