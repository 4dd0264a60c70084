"""Who writes: the hands in eight shelters and the hands at home, each with habits of her own, read from `words/`."""

from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any, Literal, Self

import yaml

from bench.examiner.names import WORDS, Sex
from bench.examiner.slips import Script, Slips

Era = Literal["BE", "BE2", "CE", "CE2"]  # Buddhist or common, four digits or two
# What everybody leaves out more often in a sparse set.
_LEFT_OUT_MORE = ("given_name", "family_name", "nickname", "village", "district", "year_left")
_LEFT_OUT = 0.02  # of every field of which a writer's habits say nothing


@dataclass(frozen=True, kw_only=True)
class Writer:
    """What both sides have: habits as chances from 0 to 1 unless said otherwise.

    `style`: spellings she leans to, 0 official to 2 by ear; `layouts`: how she fills the name boxes, with how often;
    `title` before the name, `call` before the nickname, `prefix` before a place; `ints`: numbers as numbers;
    `blanks`: a word for "unknown" instead of nothing; `full_place`: unit or group of the village too; `one_place`:
    village, district and province in one box.
    """

    name: str
    script: Script
    style: int
    title: float
    slips: Slips
    layouts: dict[str, int]
    era: Era
    leaves_out: dict[str, float]
    case: str = "title"
    prefix: float = 0.3
    call: float = 0.0
    ints: float = 0.0
    blanks: float = 0.0
    full_place: bool = False
    one_place: float = 0.0

    def leaving_out(self, box: str) -> float:
        """How often she leaves this box empty."""
        return self.leaves_out.get(box, _LEFT_OUT)

    def leaving_out_more(self) -> Self:
        """The same writer who tells less."""
        more = {box: min(0.95, self.leaving_out(box) * 1.4 + 0.08) for box in _LEFT_OUT_MORE}
        return replace(self, leaves_out=self.leaves_out | more)


@dataclass(frozen=True, kw_only=True)
class Officer(Writer):
    """One who keeps a register.

    `shelters`: by their place in `Phrases.shelters`, her own first; `born`: how she writes ages; `dates`: how dates;
    `words`: the language of her ages and sexes; `second`: a second script for given names; `digits`: thai or usual;
    `untidy`: spaces where none belong.
    """

    shelters: list[int]
    born: str
    dates: list[str]
    words: Script
    second: Script | None = None
    digits: str = "usual"
    untidy: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Enquirer(Writer):
    """One who asks.

    `weight`: how often, against the others; `age`, `born`: says how old, the year of birth; `age_error`: years off, one
    of these; `mother_family`: says another family name; `married`: says her husband's place, `husband`: always;
    `cut`: letters that fit the name box.
    """

    weight: int
    old_village: float
    age: float
    born: float
    age_error: list[int]
    year_error: float
    notes: float
    mother_family: float = 0.15
    married: float = 0.05
    husband: bool = False
    cut: int | None = None


@dataclass(frozen=True)
class Phrases:
    """What is written around a name, by script (`tails` of profile names and `shelters` are not)."""

    titles: dict[Script, dict[Sex, list[str]]]
    calls: dict[Script, dict[Sex, list[str]]]
    sexes: dict[Script, dict[Sex, list[str]]]
    before_places: dict[Script, dict[str, list[str]]]
    age_words: dict[Script, list[str]]
    unknown: dict[Script, list[str]]
    shelters: list[list[str]]
    tails: list[str]
    work: dict[Script, list[str]]
    notes: dict[Script, list[str]]


@dataclass(frozen=True)
class Writers:
    """All who write."""

    officers: list[Officer] = field(default_factory=lambda: [Officer(**_habits(row)) for row in _read("officers.yml")])
    enquirers: list[Enquirer] = field(
        default_factory=lambda: [Enquirer(**_habits(row)) for row in _read("enquirers.yml")]
    )

    def leaving_out_more(self) -> "Writers":
        """The same writers who tell less, for an extra, harder set."""
        return Writers(
            [one.leaving_out_more() for one in self.officers], [one.leaving_out_more() for one in self.enquirers]
        )


@cache
def phrases() -> Phrases:
    """What stands in `words/phrases.yml`."""
    read = _read("phrases.yml")
    return Phrases(**{one.name: read[one.name] for one in fields(Phrases)})


def _read(file: str) -> Any:  # noqa: ANN401  # YAML may hold anything
    return yaml.safe_load((WORDS / file).read_text(encoding="utf-8"))


def _habits(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"slips": Slips(**row["slips"])}
