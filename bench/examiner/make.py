"""Make an examination set: `python -m bench.examiner.make FOLDER SEED`."""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench.examiner.careful import CarefulReader
from bench.examiner.enquiry_rows import enquiry_row
from bench.examiner.known import Row
from bench.examiner.near_misses import near_miss
from bench.examiner.register_rows import register_row
from bench.examiner.world import Person, World
from bench.examiner.writers import Writers

SURE = 14.3  # bits: about four to one that it is she; what is written of an absent one stays below
ENOUGH = 13.3  # bits: about two to one; an enquiry for a resident must give the careful reader so much
APART = 1.5  # bits by which she must be ahead of the next
_BEYOND = 6  # enquiries for residents that may be beyond the careful reader, too
_DRAWS = 60


@dataclass(frozen=True)
class Size:
    """How many residents, enquiries for some of them, for people like nobody, and for near misses."""

    residents: int = 5000
    present: int = 250
    unlike: int = 60
    near: int = 90


@dataclass(frozen=True)
class Drawn:
    """One enquiry: whom it is for (None: nobody here), how sure the careful reader is, of which kind it is.

    `draws`: how often an enquiry was drawn until this one was kept.
    """

    row: Row
    resident: str | None
    bits: float
    kind: str
    draws: int
    is_fair: bool = True


@dataclass(frozen=True)
class ExaminationSet:
    """A register, and enquiries with what is true of them."""

    register: list[Row]
    drawn: list[Drawn]

    def files(self) -> dict[str, list[Row]]:
        """What is written: two files as the command reads them, the truth, and of which kind each enquiry is."""
        return {
            "register": self.register,
            "enquiries": [one.row for one in self.drawn],
            "truth": [{"enquiry": one.row["id"], "resident": one.resident} for one in self.drawn],
            "kinds": [{"enquiry": one.row["id"], "kind": one.kind, "bits": round(one.bits, 1)} for one in self.drawn],
        }


def examination_set(seed: int, size: Size | None = None, *, sparse: bool = False) -> ExaminationSet:
    """A set drawn from a seed. `sparse`: everybody leaves more out, an extra, harder set.

    Raises RuntimeError if so few are fair that the set cannot be filled.
    """
    size = size or Size()
    writers = Writers().leaving_out_more() if sparse else Writers()
    world, rng = World(seed), Random(f"hands {seed}")
    people = world.residents(size.residents)
    ids = [f"R{number:05d}" for number in rng.sample(range(10000, 99999), size.residents)]
    rows = [register_row(rng, writers, person, ident) for person, ident in zip(people, ids, strict=True)]
    draw = _Draw(rng, writers, CarefulReader([known for _row, known in rows]))
    drawn = _present(draw, people, ids, size.present)
    drawn += [draw.absent(lambda: (world.person(), "unlike", None)) for _ in range(size.unlike)]
    drawn += [draw.absent(lambda: near_miss(rng, world, rng.choice(people))) for _ in range(size.near)]
    rng.shuffle(drawn)
    for number, one in enumerate(drawn, 1):
        one.row["id"] = f"E{number:04d}"
    return ExaminationSet([row for row, _known in rows], drawn)


@dataclass(frozen=True)
class _Draw:
    """Drawing enquiries again until they are fair."""

    rng: Random
    writers: Writers
    reader: CarefulReader

    def present(self, person: Person, place: int, ident: str, *, may_be_beyond: bool) -> Drawn | None:
        """An enquiry for a resident (at `place` in the register) which a careful person can answer, mostly."""
        for draws in range(1, _DRAWS + 1):
            row, known = enquiry_row(self.rng, self.writers, person)
            (bits, first), (next_bits, _next), *_rest = self.reader.best(known)
            if first == place and bits - next_bits >= APART and bits >= ENOUGH:
                return Drawn(row, ident, bits, "present", draws)
            if may_be_beyond and self.rng.random() < 0.5:
                return Drawn(row, ident, bits, "present", draws, is_fair=False)
        return None

    def absent(self, make: Callable[[], tuple[Person, str, int | None]]) -> Drawn:
        """An enquiry for nobody here, whose best look-alike is not certain."""
        for draws in range(1, _DRAWS + 1):
            person, kind, left = make()
            row, known = enquiry_row(self.rng, self.writers, person, left)
            bits, _place = self.reader.best(known, 1)[0]
            if bits < SURE:
                return Drawn(row, None, bits, kind, draws)
        raise RuntimeError("no fair enquiry for somebody who is absent")


def _present(draw: _Draw, people: Sequence[Person], ids: Sequence[str], wanted: int) -> list[Drawn]:
    drawn: list[Drawn] = []
    for place in draw.rng.sample(range(len(people)), len(people)):
        if len(drawn) == wanted:
            break
        beyond = sum(not one.is_fair for one in drawn)
        one = draw.present(people[place], place, ids[place], may_be_beyond=beyond < _BEYOND)
        drawn += [one] if one else []
    if len(drawn) < wanted:
        raise RuntimeError(f"only {len(drawn)} of {wanted} enquiries for residents are fair")
    return drawn


def write(folder: Path, made: ExaminationSet) -> None:
    """Write the four files, one JSON object a line."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in made.files().items():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")


def summary(made: ExaminationSet) -> str:
    """How hard the set is, by the careful reader."""
    there, absent = [one for one in made.drawn if one.resident], [one for one in made.drawn if not one.resident]
    first, sure = sum(one.is_fair for one in there), sum(one.bits >= SURE for one in there)
    bits, look_alikes = sorted(one.bits for one in there), sorted(one.bits for one in absent)
    twentieth, quarter, half = (bits[len(bits) // part] for part in (20, 4, 2))
    return (
        f"{len(made.register)} residents\n"
        f"{len(there)} are looked for ({_draws(there)} enquiries drawn): the careful reader finds {first}, is sure of "
        f"{sure}; bits at 5, 25, 50 percent: {twentieth:.1f} {quarter:.1f} {half:.1f}\n"
        f"{len(absent)} are nowhere ({_draws(absent)} enquiries drawn): best look-alike in the middle "
        f"{look_alikes[len(look_alikes) // 2]:.1f} bits, highest {look_alikes[-1]:.1f}"
    )


def _draws(some: Sequence[Drawn]) -> int:
    return sum(one.draws for one in some)


def main() -> None:
    """Make one set and say how hard it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("seed", type=int)
    parser.add_argument("--residents", type=int, default=Size.residents)
    parser.add_argument("--sparse", action="store_true", help="everybody leaves more out")
    chosen = parser.parse_args()
    made = examination_set(chosen.seed, Size(residents=chosen.residents), sparse=chosen.sparse)
    write(chosen.folder, made)
    print(f"seed {chosen.seed}: {summary(made)}")


if __name__ == "__main__":
    main()
