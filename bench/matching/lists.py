"""The lists beside this module: names and villages by how common they are, and how their parts are spelt."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

_HERE = Path(__file__).parent
_SYLLABLES_TO_TRY = 12


@dataclass(frozen=True, slots=True)
class Stem:
    """A part of names: its Lao spelling, Thai spellings (those who know its origin), Latin spellings of two habits."""

    lo: str
    th: tuple[str, ...]
    french: tuple[str, ...]
    english: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A name as its Lao parts, in order; a part need not be among the stems."""

    parts: tuple[str, ...]

    @property
    def lao(self) -> str:
        """The whole name in Lao letters."""
        return "".join(self.parts)


@cache
def stems() -> dict[str, Stem]:
    """All parts of names, by their Lao spelling."""
    return {
        row["lo"]: Stem(row["lo"], *(tuple(row[key].split("|")) for key in ("th", "latin_french", "latin_english")))
        for row in _rows("stems")
    }


@cache
def names(table: str) -> tuple[Name, ...]:
    """The names of a list (women, men, nicknames, families, villages …), the commonest first.

    A hyphen parts a name where its letters alone would not tell its parts.
    """
    return tuple(_name(row["name"]) for row in _rows(table))


@cache
def _steps(size: int, steepness: float) -> list[float]:
    total = 0.0
    return [total := total + 1 / (rank + 4) ** steepness for rank in range(size)]


def common(table: str, chance: Random, *, steepness: float, composed: float = 0.0) -> Name:
    """Draw a name by Zipf's law: the common ones far more often.

    ``composed`` is how often it is put together from the beginning of one and the end of another, as parents do.
    """
    one, other = (_drawn(table, chance, steepness) for _ in range(2))
    if chance.random() < composed and len(one.parts) > 1 and len(other.parts) > 1:
        return Name((*one.parts[:-1], other.parts[-1]))
    return one


def _drawn(table: str, chance: Random, steepness: float) -> Name:
    listed = names(table)
    return chance.choices(listed, cum_weights=_steps(len(listed), steepness))[0]


def _rows(table: str) -> list[dict[str, str]]:
    with (_HERE / f"{table}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _name(written: str) -> Name:
    whole = _parts(written.replace("-", ""))
    if all(part in stems() for part in whole):
        return Name(whole)
    return Name(tuple(part for piece in written.split("-") for part in _parts(piece)))


def _parts(piece: str) -> tuple[str, ...]:
    """The piece as stems where it is made of them (the fewest, longest first), else the piece itself."""
    known = stems()
    if piece in known:
        return (piece,)
    for length in range(min(len(piece) - 1, _SYLLABLES_TO_TRY), 1, -1):
        if piece[:length] in known:
            rest = _parts(piece[length:])
            if all(part in known for part in rest):
                return (piece[:length], *rest)
    return (piece,)
