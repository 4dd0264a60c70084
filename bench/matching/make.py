"""Made-up registers and enquiries as JSON Lines, to learn the matcher's weights from and to measure it with.

    python -m bench.matching.make --residents 5000 --enquiries 400 --absent 150 --seed 1 --to FOLDER
                                  [--difficulty easy|usual|hard] [--spread 0.5]

Writes register.jsonl and enquiries.jsonl in the shapes of ``thangdee match``, truth.jsonl ({"enquiry", "resident": id
or null}) and damage.jsonl ({"enquiry", "damage": [...], "likeness"}: what was done to the two rows of a pair, and in
what an absent person is like somebody). Everybody is made up.
"""

import argparse
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import get_args

from bench.matching.absent import absent
from bench.matching.pen import STRENGTH, Difficulty, Habits, Pen
from bench.matching.people import Person, sister, somebody
from bench.matching.rows import Row, enquiry_row, familys_pen, officers_pen, register_row

_SISTERS, _TWINS, _ASKED_TWICE = 0.03, 0.006, 0.03


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A register, enquiries, and the truth about them; row by row as in the files."""

    register: list[Row]
    enquiries: list[Row]
    truth: list[Row]
    damage: list[Row]


def made_up(
    residents: int,
    enquiries: int,
    absentees: int,
    *,
    seed: int,
    difficulty: Difficulty = "usual",
    spread: float = 0.0,
) -> MadeUp:
    """Make up everybody; the same arguments give the same rows. ``absentees`` are among the enquiries.

    With ``spread`` each seed has habits of its own (``Habits``), so that nothing is learned from the habits of one.
    """
    chance = Random(f"{seed} {difficulty}")
    officers, families = (Habits(f"{seed} {side}", STRENGTH[difficulty], spread) for side in ("officers", "families"))
    people = _people(residents, chance)
    made = MadeUp([], [], [], [])
    marks = [_enter(person, made, officers_pen(chance, officers)) for person in people]
    asked: list[int | None] = [*_asked(residents, enquiries - absentees, chance), *[None] * absentees]
    chance.shuffle(asked)
    for at in asked:
        pen = familys_pen(chance, families)
        if at is None:
            person, likeness = absent(people, chance)
            _ask(person, made, pen, None, [], likeness)
        else:
            _ask(people[at], made, pen, made.register[at]["id"], marks[at], None)
    return made


def write(made: MadeUp, folder: Path) -> None:
    """Write the four files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("register", "enquiries", "truth", "damage"):
        _write_lines(folder / f"{name}.jsonl", getattr(made, name))


def main() -> None:
    """Make up and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("residents", 5000), ("enquiries", 400), ("absent", 150), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--difficulty", choices=get_args(Difficulty), default="usual")
    parser.add_argument("--spread", type=float, default=0.0, help="how much each seed has habits of its own, 0 to 1")
    parser.add_argument("--to", type=Path, required=True)
    chosen = parser.parse_args()
    counts = (chosen.residents, chosen.enquiries, chosen.absent)
    write(made_up(*counts, seed=chosen.seed, difficulty=chosen.difficulty, spread=chosen.spread), chosen.to)


def _people(count: int, chance: Random) -> list[Person]:
    people: list[Person] = []
    while len(people) < count:
        drawn = chance.random()
        if people and drawn < _SISTERS + _TWINS:
            people.append(sister(chance.choice(people), chance, twin=drawn < _TWINS))
        else:
            people.append(somebody(chance))
    return people


def _asked(residents: int, count: int, chance: Random) -> list[int]:
    """Whom the families ask for: mostly each once, some by two relatives."""
    twice = min(round(count * _ASKED_TWICE), count // 2)
    once = chance.sample(range(residents), count - twice)
    return once + chance.sample(once, twice)


def _enter(person: Person, made: MadeUp, pen: Pen) -> list[str]:
    made.register.append(register_row(f"R{len(made.register) + 1:05}", person, pen))
    return _marks("register", pen)


def _ask(person: Person, made: MadeUp, pen: Pen, resident: str | None, damage: list[str], likeness: str | None) -> None:
    ident = f"E{len(made.enquiries) + 1:04}"
    made.enquiries.append(enquiry_row(ident, person, pen))
    made.truth.append({"enquiry": ident, "resident": resident})
    made.damage.append({"enquiry": ident, "damage": sorted(damage + _marks("enquiry", pen)), "likeness": likeness})


def _marks(side: str, pen: Pen) -> list[str]:
    return [f"{side} {kind}" for kind in (*sorted(pen.done), f"script:{pen.script}")]


def _write_lines(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
