"""Run ``thangdee match`` on a folder of made-up people and print how many were found.

    python -m bench.matching.measure FOLDER [--kinds 12]

Prints recall at 1, 5 and 10 of those who are there, alerts with the right person first, alerts for those who are not
there (by likeness), each with its number, and recall at 1 by kind of damage (the kinds that cost most first).
"""

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """One enquiry's answer beside its truth. ``rank`` counts from 1; 0 where the right person is not among the ten."""

    rank: int
    is_there: bool
    alert: bool
    damage: tuple[str, ...]
    likeness: str | None


def main() -> None:
    """Match, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kinds", type=int, default=12, help="how many kinds of damage to print")
    chosen = parser.parse_args()
    answers = compared(matched(chosen.folder), _lines(chosen.folder / "truth.jsonl"), _damage(chosen.folder))
    for line in (*overall(answers), *by_damage(answers, chosen.kinds)):
        print(line)


def matched(folder: Path) -> list[dict[str, Any]]:
    """What ``thangdee match`` prints for the folder, one object an enquiry."""
    files = ["--register", str(folder / "register.jsonl"), "--enquiries", str(folder / "enquiries.jsonl")]
    command = [str(Path(sys.executable).parent / "thangdee"), "match", *files]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]


def compared(
    results: Iterable[dict[str, Any]], truth: Iterable[dict[str, Any]], damage: dict[str, dict[str, Any]]
) -> list[Answer]:
    """Put each result beside its truth, in order of the truth."""
    found = {result["enquiry"]: result for result in results}
    answers = []
    for row in truth:
        result, mark = found[row["enquiry"]], damage.get(row["enquiry"], {})
        ids = [candidate["id"] for candidate in result["candidates"]]
        rank = ids.index(row["resident"]) + 1 if row["resident"] in ids else 0
        kinds = tuple(mark.get("damage", ()))
        answers.append(Answer(rank, row["resident"] is not None, bool(result["alert"]), kinds, mark.get("likeness")))
    return answers


def overall(answers: list[Answer]) -> list[str]:
    """The figures that count, each with its number."""
    there = [one for one in answers if one.is_there]
    absent = [one for one in answers if not one.is_there]
    lines = [_share(f"recall@{top}", (0 < one.rank <= top for one in there)) for top in (1, 5, 10)]
    lines.append(_share("alert, right person first", (one.alert and one.rank == 1 for one in there)))
    lines.append(_share("alert, wrong person first", (one.alert and one.rank != 1 for one in there)))
    lines.append(_share("alert for absent people", (one.alert for one in absent)))
    for likeness in sorted({one.likeness for one in absent if one.likeness}):
        alike = [one for one in absent if one.likeness == likeness]
        lines += [_share(f"  of these {likeness}", (one.alert for one in alike))]
    return lines


def by_damage(answers: list[Answer], kinds: int) -> list[str]:
    """Recall at 1 for pairs with a kind of damage; those kinds first that stand beside the most misses."""
    missed: defaultdict[str, list[bool]] = defaultdict(list)
    for one in answers:
        for kind in one.damage if one.is_there else ():
            missed[kind].append(one.rank == 1)
    worst = sorted(missed, key=lambda kind: (-missed[kind].count(False), kind))
    return [_share(f"recall@1 with {kind}", missed[kind]) for kind in worst[:kinds]]


def _share(label: str, hits: Iterable[bool]) -> str:
    counted = list(hits)
    share = f"{sum(counted) / len(counted):6.3f}" if counted else "     -"
    return f"{label:58} {share}  ({sum(counted)} of {len(counted)})"


def _damage(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / "damage.jsonl"
    return {row["enquiry"]: row for row in _lines(path)} if path.exists() else {}


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    main()
