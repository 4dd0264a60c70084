"""How probable it is that a resident is the person who is looked for, and why.

Each grade of each field has a weight (`weights.json`, learned from made-up pairs); the sum is a logarithm of odds.
Every candidate, and that nobody of the register is the one, share one probability: two equally good candidates lower
each other, and in a larger register a chance agreement counts less.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log
from pathlib import Path
from typing import Any

from thangdee.casework.matching.blocks import district_block, name_block, province_block, village_block
from thangdee.casework.matching.evidence import NAME_FIELDS, Evidence, evidence
from thangdee.casework.matching.person import Described

_WEIGHTS = Path(__file__).with_name("weights.json")
_BLOCK_OF = {"name": name_block, "village": village_block, "district": district_block, "province": province_block}
_USUAL_SHARE = {"name": 0.004, "village": 0.01, "district": 0.02, "province": 0.08}  # where a register knows nothing
_PRIOR_PEOPLE = 2.0  # how many people this prior knowledge weighs


@dataclass(frozen=True, slots=True)
class Candidate:
    """A resident who may be the one: ``score`` from 0 to 1 is how probably, ``reasons`` are "field:grade"."""

    id: str
    score: float
    reasons: tuple[str, ...]


def score(
    enquiry: Described,
    candidates: Sequence[tuple[str, Described]],
    *,
    register_size: int,
    bucket_sizes: Mapping[str, int] | None = None,
) -> list[Candidate]:
    """Rank candidates, best first. ``bucket_sizes``: of each plain block of the enquiry, how many residents have it."""
    found = compared(enquiry, candidates, register_size=register_size, bucket_sizes=bucket_sizes)
    sums = [log_odds(one, register_size) for one in found]
    highest = max((*sums, 0.0))
    shares = [exp(one - highest) for one in sums]
    total = sum(shares) + exp(-highest)
    ranked = [
        Candidate(id_, round(share / total, 6), _reasons(one))
        for (id_, _), one, share in zip(candidates, found, shares, strict=True)
    ]
    order = sorted(range(len(ranked)), key=lambda at: (-sums[at], ranked[at].id))
    return [ranked[at] for at in order]


def is_alert(candidates: Sequence[Candidate]) -> bool:
    """Tell whether the first candidate is worth a staff member's time."""
    return bool(candidates) and candidates[0].score >= _learned()["alert"]


def compared(
    enquiry: Described,
    candidates: Sequence[tuple[str, Described]],
    *,
    register_size: int,
    bucket_sizes: Mapping[str, int] | None = None,
) -> list[Evidence]:
    """The evidence for each candidate, in the order given."""
    counts = _Counts(register_size, bucket_sizes or {}, [other for _, other in candidates])
    return [evidence(enquiry, other, counts.rarity) for _, other in candidates]


def features(one: Evidence) -> dict[str, float]:
    """The names of the weights that apply, each with how often."""
    found = {f"{field}:{grade}": 1.0 for field, grade in one.grades}
    for field, rare in one.rarities:
        found[f"{field}:rarity"] = rare
    grades = dict(one.grades)
    found[f"names:{_pattern(grades)}"] = 1.0
    found[f"home:{_sign(grades.get('village'))}{_sign(grades.get('district'))}"] = 1.0
    return found


def _pattern(grades: Mapping[str, str]) -> str:
    """Which names agree (+), nearly (~), not (-) or are unknown (0): a sister is another case than a namesake."""
    signs = [_sign(grades.get(field)) for field in NAME_FIELDS]
    if "crossed" in grades or "whole_name" in grades:
        signs[1] = "x" if "crossed" in grades else "w"
    return "".join(signs)


def _sign(grade: str | None) -> str:
    return {None: "0", "differs": "-", "little_alike": "-", "alike": "~", "neighbour": "~"}.get(grade, "+")


def log_odds(one: Evidence, register_size: int) -> float:
    """The logarithm of the odds that this is the person, against that nobody of the register is."""
    weights = _learned()["weights"]
    return float(
        weights["any"]
        - log(max(register_size, 1))
        + sum(weights.get(name, 0.0) * much for name, much in features(one).items())
    )


class _Counts:
    """How rare a value is: from the sizes of the enquiry's buckets and from the candidates themselves."""

    def __init__(self, register_size: int, bucket_sizes: Mapping[str, int], candidates: Iterable[Described]) -> None:
        self._size, self._buckets = max(register_size, 1), bucket_sizes
        self._seen = Counter(block for one in candidates for block in _counted(one))
        self._known: dict[tuple[str, str], float] = {}

    def rarity(self, kind: str, value: str) -> float:
        """The logarithm of one in how many people have it."""
        known = self._known.get((kind, value))
        if known is None:
            block = _BLOCK_OF[kind](value)
            count = max(self._buckets.get(block, 0), self._seen[block])
            share = (count + _PRIOR_PEOPLE * _USUAL_SHARE[kind]) / (self._size + _PRIOR_PEOPLE)
            known = self._known[kind, value] = -log(min(1.0, max(share, 0.5 / self._size)))
        return known


def _counted(one: Described) -> set[str]:
    found = {name_block(sound) for sound in (*one.names.nicknames, *one.names.given, *one.names.family)}
    return found | {village_block(sound) for sound in one.home.villages}


def _reasons(one: Evidence) -> tuple[str, ...]:
    return tuple(f"{field}:{grade}" for field, grade in one.grades)


@cache
def _learned() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_WEIGHTS.read_text(encoding="utf-8"))
    return found
