"""The map of the 18 Lao provinces, and the same figures as tables."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from thangdee.console.directory.view import Freshness, codes_of, facts, overall
from thangdee.referral_directory.model import Listing
from thangdee.referral_directory.places import (
    drawing_height,
    province_of,
    province_outlines,
    provinces,
)

_SHADES = 4
Ring = tuple[tuple[float, float], ...]


@dataclass
class Tally:
    """Entries of a place, how many of them have anything to check, and of these facts how many."""

    entries: int = 0
    due: int = 0
    facts: int = 0
    due_facts: int = 0

    @property
    def share(self) -> int:
        """Part of the facts that is not fresh, in percent; what is not all fresh is never 0."""
        return -(-100 * self.due_facts // self.facts) if self.facts else 0

    @property
    def shade(self) -> str:
        """The class of the shape: `none` without an entry, 0 where all is fresh, to 4."""
        return f"shade-{-(-self.share * _SHADES // 100)}" if self.entries else "shade-none"


@dataclass(frozen=True)
class Shape:
    """A province on the drawing: SVG path and where its figures stand."""

    code: str
    path: str
    x: float
    y: float


def tallies(listings: Iterable[Listing], today: date) -> dict[str, Tally]:
    """Return figures by province code; country codes where no province is said, "" for no place at all."""
    counted: dict[str, Tally] = defaultdict(Tally)
    for listing in listings:
        checked = facts(listing, "en", today)
        due = sum(one.freshness is not Freshness.FRESH for one in checked)
        places = {province.code if (province := province_of(code)) else code for code in codes_of(listing)}
        for place in places or {""}:
            tally = counted[place]
            tally.entries += 1
            tally.due += overall(checked) is not Freshness.FRESH
            tally.facts += len(checked)
            tally.due_facts += due
    for province in provinces("LA"):
        counted.setdefault(province.code, Tally())
    return dict(counted)


@cache
def shapes() -> tuple[Shape, ...]:
    """Return the provinces as shapes."""
    return tuple(_shape(code, rings) for code, rings in province_outlines().items())


def height() -> int:
    """Return the height of the drawing, which is 1000 wide."""
    return int(drawing_height()) + 1


def _shape(code: str, rings: tuple[Ring, ...]) -> Shape:
    path = " ".join("M" + " ".join(f"{x:g},{y:g}" for x, y in ring) + "Z" for ring in rings)
    largest = max(rings, key=lambda ring: abs(_area(ring)))
    x, y = _inside(largest)
    return Shape(code, path, round(x), round(y))


def _inside(ring: Ring) -> tuple[float, float]:
    """Return a point well inside: on the height of the centre of gravity, in the middle of the widest stretch."""
    pairs = list(zip(ring, (*ring[1:], ring[0]), strict=True))
    parts = [(x1 * y2 - x2 * y1, y1 + y2) for (x1, y1), (x2, y2) in pairs]
    y = sum(part * both for part, both in parts) / (3 * _area(ring))
    edges = sorted(x1 + (y - y1) * (x2 - x1) / (y2 - y1) for (x1, y1), (x2, y2) in pairs if (y1 > y) != (y2 > y))
    stretches = zip(edges[::2], edges[1::2], strict=True)
    west, east = max(stretches, key=lambda stretch: stretch[1] - stretch[0])
    return (west + east) / 2, y


def _area(ring: Ring) -> float:
    """Return twice the area, below zero where the ring runs the other way round."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True))
