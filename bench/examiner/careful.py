"""A careful person who reads all three scripts and sees through every spelling: the measure of fairness.

She knows only what stands in the two rows, not who they are; rare names weigh more than common ones. What she says is
in bits, against 5,000 residents: 12.3 and more mean "rather she than not".
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.examiner.known import Known

_YEARS_APART = {0: 2.0, 1: 1.7, 2: 0.8, 3: -0.5, 4: -2.0, 5: -3.5}  # more: -6
_YEARS_BETWEEN = {0: 1.0, 1: 1.0, 2: 0.5, 3: 0.0, 4: -0.5}  # leaving and coming in; more: -2


class CarefulReader:
    """She has read the whole register once."""

    def __init__(self, register: Sequence[Known]) -> None:
        self._register = register
        self._given = _counted(row.given for row in register)
        self._nick = _counted(row.nick for row in register)
        self._family = _counted(row.family for row in register)
        self._district = _counted(row.district for row in register)
        self._province = _counted(row.province for row in register)

    def best(self, enquiry: Known, keep: int = 3) -> list[tuple[float, int]]:
        """The best few, as bits and the place in the register."""
        return sorted(((self.weigh(enquiry, row), place) for place, row in enumerate(self._register)), reverse=True)[
            :keep
        ]

    def weigh(self, asked: Known, row: Known) -> float:
        """How much speaks for the two being one person, in bits."""
        bits = self._names(asked, row)
        if asked.family and row.family:
            bits += self._rare(self._family[asked.family], 9) if asked.family == row.family else -2.3
        if asked.sex and row.sex:
            bits += (0.2 if asked.sex == "f" else 2.5) if asked.sex == row.sex else -6
        for part in self._places(asked, row):
            bits += part
        if asked.born and row.born:
            bits += _YEARS_APART.get(min(abs(one - other) for one in asked.born for other in row.born), -6)
        if asked.left and row.entered:
            gap = row.entered - asked.left
            bits += -2.5 if gap < 0 else _YEARS_BETWEEN.get(gap, -2)
        return bits

    def _names(self, asked: Known, row: Known) -> float:
        """Given name and nickname, in whichever box; a given name here and a nickname there tell nothing."""
        theirs, hers = {asked.given, asked.nick} - {None}, {row.given, row.nick} - {None}
        both_given, both_nick = asked.given and row.given, asked.nick and row.nick
        if met := theirs & hers:
            bits = sum(self._rare(self._given[name] + self._nick[name], 9) for name in met)
            if both_given and asked.given != row.given:
                return bits - 3
            return bits - 1 if both_nick and asked.nick != row.nick else bits
        return (-4.5 if both_given else 0.0) - (2.0 if both_nick else 0.0)

    def _places(self, asked: Known, row: Known) -> Iterator[float]:
        if asked.village and row.village:
            yield 5.5 if asked.village & row.village else -1.2
        same_province = asked.province == row.province
        both_provinces = asked.province and row.province
        if asked.district and row.district:
            same = asked.district == row.district
            yield self._rare(self._district[asked.district], 7) - 1 if same else -3
            if both_provinces and not same_province and not same:
                yield -0.5
        elif both_provinces:
            yield self._rare(self._province[asked.province], 6) if same_province else -3

    def _rare(self, count: int, most: float) -> float:
        """Bits for sharing something which so many residents have."""
        everybody = len(self._register)
        return min(most, math.log2(0.9 / max(count / everybody, 1 / everybody)))


def _counted(some: Iterator[Any]) -> Mapping[Any, int]:
    return Counter(one for one in some if one)
