"""Examine `thangdee match` on one set: `python -m bench.examiner.examine FOLDER [--misses]`."""

import argparse
import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.examiner.known import Row

COMMAND = (str(Path(sys.executable).with_name("thangdee")), "match")
_SECONDS = 1800
_MOST_SHOWN = 10
_FIELDS = {"enquiry", "candidates", "alert"}


@dataclass(frozen=True)
class Examined:
    """One enquiry, whom it is for (None: nobody here), and what was answered."""

    enquiry: Row
    kind: Row
    resident: str | None
    candidates: list[Row]
    alert: bool

    @property
    def rank(self) -> int | None:
        """Which place the right one has, from 1; None if she is not among the candidates, or not here at all."""
        found = (place for place, one in enumerate(self.candidates, 1) if one["id"] == self.resident)
        return next(found, None)


@dataclass(frozen=True)
class Examination:
    """All answers to one set. `faults`: in what the answers are not as the command promises."""

    register: dict[str, Row]
    examined: list[Examined]
    faults: list[str]
    seconds: float

    @property
    def there(self) -> list[Examined]:
        """Enquiries for somebody in the register."""
        return [one for one in self.examined if one.resident]

    @property
    def absent(self) -> list[Examined]:
        """Enquiries for somebody who is nowhere."""
        return [one for one in self.examined if not one.resident]

    def found_by(self, place: int) -> int:
        """How many of those who are there stand at this place or before it."""
        return sum(one.rank is not None and one.rank <= place for one in self.there)

    @property
    def right_alerts(self) -> list[Examined]:
        """Alerts with the right one first."""
        return [one for one in self.there if one.alert and one.rank == 1]

    @property
    def wrong_alerts(self) -> list[Examined]:
        """Alerts for somebody who is there, with another first."""
        return [one for one in self.there if one.alert and one.rank != 1]

    @property
    def false_alerts(self) -> list[Examined]:
        """Alerts for somebody who is nowhere."""
        return [one for one in self.absent if one.alert]


def examination(folder: Path, command: Sequence[str] = COMMAND) -> Examination:
    """Run the command on the set in `folder` and compare its answers with the truth.

    Raises subprocess.CalledProcessError if the command fails, and KeyError if it leaves an enquiry out.
    """
    files = ("--register", str(folder / "register.jsonl"), "--enquiries", str(folder / "enquiries.jsonl"))
    began = time.perf_counter()
    done = subprocess.run([*command, *files], stdout=subprocess.PIPE, timeout=_SECONDS, check=True)
    seconds = time.perf_counter() - began
    answers = _rows(done.stdout.decode("utf-8"))
    register = {row["id"]: row for row in _read(folder, "register")}
    enquiries = _read(folder, "enquiries")
    return Examination(register, _compared(folder, enquiries, answers), _faults(answers, enquiries, register), seconds)


def report(examined: Examination) -> Iterator[str]:
    """The figures, each with its number."""
    there, absent = len(examined.there), len(examined.absent)
    yield f"faults of form: {len(examined.faults)} {'; '.join(examined.faults[:5])}".rstrip()
    for place in (1, 5, 10):
        yield f"recall@{place}: {_share(examined.found_by(place), there)}"
    wrong = len(examined.wrong_alerts)
    right = _share(len(examined.right_alerts), there)
    yield f"alerts, the right one first: {right} (and with another first: {wrong})"
    yield f"false alerts: {_share(len(examined.false_alerts), absent)}"
    number = there + absent
    yield (
        f"wall time {examined.seconds:.1f} s for {number} enquiries against {len(examined.register)} residents "
        f"({examined.seconds / max(number, 1) * 1000:.0f} ms each, start and reading included)"
    )


def misses(examined: Examination) -> Iterator[str]:
    """What went wrong: the enquiry, the right one, and who stood first."""
    titles = {
        "not first": [one for one in examined.there if one.rank != 1],
        "alert, another first": examined.wrong_alerts,
        "false alerts": examined.false_alerts,
    }
    for title, some in titles.items():
        yield f"\n== {title}: {len(some)}"
        for one in some:
            yield f"{one.enquiry['id']} {one.kind['kind']} {one.kind['bits']} bits, rank {one.rank}"
            yield f"   asked {_shown(one.enquiry)}"
            if one.resident:
                yield f"   right {_shown(examined.register[one.resident])}"
            if one.candidates and one.rank != 1:
                first = one.candidates[0]
                yield f"   first {_shown(examined.register[first['id']])} ({first['score']})"


def _compared(folder: Path, enquiries: list[Row], answers: list[Row]) -> list[Examined]:
    answered = {answer["enquiry"]: answer for answer in answers}
    truth = {row["enquiry"]: row["resident"] for row in _read(folder, "truth")}
    kinds = {row["enquiry"]: row for row in _read(folder, "kinds")}
    return [
        Examined(row, kinds[row["id"]], truth[row["id"]], answer["candidates"], answer["alert"])
        for row in enquiries
        for answer in [answered[row["id"]]]
    ]


def _faults(answers: list[Row], enquiries: list[Row], register: dict[str, Row]) -> list[str]:
    in_order = [answer["enquiry"] for answer in answers] == [row["id"] for row in enquiries]
    faults = [] if in_order else ["not one line for each enquiry, in order"]
    return faults + [f"{answer['enquiry']}: {fault}" for answer in answers for fault in _faults_of(answer, register)]


def _faults_of(answer: Row, register: dict[str, Row]) -> Iterator[str]:
    """In what one answer is not as design.md says."""
    candidates = answer["candidates"]
    scores, ids = [one["score"] for one in candidates], [one["id"] for one in candidates]
    if set(answer) != _FIELDS or not isinstance(answer["alert"], bool):
        yield "fields or types"
    if len(candidates) > _MOST_SHOWN:
        yield f"{len(candidates)} candidates"
    if not all(_is_number(one) for one in scores) or sorted(scores, reverse=True) != scores:
        yield "scores are not numbers, best first"
    if len(set(ids)) != len(ids) or not set(ids) <= set(register):
        yield "a candidate twice, or not in the register"
    if not all(isinstance(one["reasons"], list) for one in candidates):
        yield "reasons are not a list"
    if answer["alert"] and not candidates:
        yield "alert with nobody"


def _is_number(score: object) -> bool:
    return isinstance(score, int | float) and not isinstance(score, bool) and not math.isnan(score)


def _share(some: int, number: int) -> str:
    return f"{some}/{number} = {some / max(number, 1):.3f}"


def _shown(row: Row) -> str:
    return " | ".join(str(text) for box, text in row.items() if box != "id")


def _read(folder: Path, name: str) -> list[Row]:
    return _rows((folder / f"{name}.jsonl").read_text(encoding="utf-8"))


def _rows(text: str) -> list[Row]:
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def main() -> None:
    """Examine one set and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--misses", action="store_true", help="show what went wrong")
    chosen = parser.parse_args()
    examined = examination(chosen.folder)
    print(*report(examined), *(misses(examined) if chosen.misses else ()), sep="\n")


if __name__ == "__main__":
    main()
