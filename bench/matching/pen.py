"""Somebody who writes: which script, how carefully, and a note of every damage done (for measuring by kind)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal, TypeVar

Script = Literal["lao", "thai", "latin"]
Difficulty = Literal["easy", "usual", "hard"]
STRENGTH: dict[Difficulty, float] = {"easy": 0.4, "usual": 1.0, "hard": 1.7}
# No habit of one world makes a kind of damage more than so many times as frequent, or as rare.
_MOST_OFTEN = 2.5

_T = TypeVar("_T")


@dataclass(slots=True)
class Habits:
    """How one side writes in one world: ``strength`` multiplies the chance of every damage.

    ``spread`` is by how much the kinds of damage differ from what is written beside them: 0 for not at all; with 0.5
    a kind happens up to twice, or half, as often, the same for all rows of the side.
    """

    world: str
    strength: float
    spread: float = 0.0
    _drawn: dict[str, float] = field(default_factory=dict)

    def how_often(self, kind: str) -> float:
        """By how much this kind of damage is more frequent here than elsewhere."""
        if not self.spread:
            return self.strength
        if kind not in self._drawn:
            drawn = Random(f"{self.world} {kind}").lognormvariate(0.0, self.spread)
            self._drawn[kind] = min(_MOST_OFTEN, max(1 / _MOST_OFTEN, drawn))
        return self.strength * self._drawn[kind]


@dataclass(slots=True)
class Pen:
    """One person's hand for a row; ``done`` names the damages done."""

    chance: Random
    script: Script
    french: bool
    habits: Habits
    done: set[str] = field(default_factory=set)

    def slips(self, kind: str, probability: float) -> bool:
        """Whether this damage happens now; it is noted when it does."""
        happens = self.chance.random() < min(0.9, probability * self.habits.how_often(kind))
        if happens:
            self.done.add(kind)
        return happens

    def lacks(self, field: str, probability: float) -> bool:
        """Whether this field stays empty; that grows less than other damage does."""
        return self.slips(f"{field}:missing", probability / self.habits.strength**0.5)

    def does(self, probability: float) -> bool:
        """Whether a habit that is no damage shows now."""
        return self.chance.random() < probability

    def pick(self, weighted: Sequence[tuple[_T, float]]) -> _T:
        """Choose one by weight."""
        return self.chance.choices([one for one, _ in weighted], [weight for _, weight in weighted])[0]
