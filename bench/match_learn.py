"""Learn the matcher's weights from made-up pairs, in plain Python.

    python bench/match_learn.py FOLDER... [--check FOLDER...] [--to thangdee/casework/matching/weights.json]

Each folder comes from `python -m bench.matching.make`. For every enquiry the candidates that the index gives and
"nobody" share one probability (a conditional logit); the weights that make the truth most probable are found by
AdaGrad, drawn towards nought. The threshold of an alert is the lowest at which at most 2.5 percent of the absent,
half of them namesakes, cousins and the like, raise one.
"""

import argparse
import json
import math
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thangdee.casework.matching import ResidentIndex, UnkeyedHashes, described_enquiry, described_resident
from thangdee.casework.matching.ranking import compared, features, log_odds

MOST_FALSE_ALERTS = 0.025
_KEPT = 30  # candidates of an enquiry from which is learned
_ROUNDS, _STEP, _DRAWN_TO_NOUGHT = 12, 0.2, 2e-4
_SEED = 7


@dataclass
class Choice:
    """An enquiry: what speaks for each candidate; the number of the right one, or none."""

    candidates: list[dict[str, float]]
    right: int | None
    log_size: float


def main() -> None:
    """Learn, choose the threshold, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--check", type=Path, nargs="*", default=[])
    parser.add_argument("--to", type=Path, default=Path("thangdee/casework/matching/weights.json"))
    chosen = parser.parse_args()
    choices = [one for folder in chosen.folders for one in choices_of(folder)]
    print(
        f"{len(choices)} enquiries, {sum(one.right is not None for one in choices)} with their person in the register"
    )
    weights = learned(choices)
    checked = [one for folder in chosen.check for one in choices_of(folder)] or choices
    alert = threshold(checked, weights)
    report(checked, weights, alert)
    made = f"bench/match_learn.py, {len(choices)} made-up enquiries of {len(chosen.folders)} registers (bench/matching)"
    content = {
        "made": made,
        "alert": round(alert, 3),
        "weights": {one: round(weights[one], 3) for one in sorted(weights)},
    }
    chosen.to.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def choices_of(folder: Path) -> list[Choice]:
    """Every enquiry of a folder with the candidates that its index gives."""
    index = ResidentIndex(UnkeyedHashes())
    for row in _rows(folder / "register.jsonl"):
        index.add(row["id"], described_resident(row))
    truth = {one["enquiry"]: one["resident"] for one in _rows(folder / "truth.jsonl")}
    return [_choice(index, row, truth[row["id"]]) for row in _rows(folder / "enquiries.jsonl")]


def _choice(index: ResidentIndex, row: dict[str, Any], right: str | None) -> Choice:
    enquiry = described_enquiry(row)
    candidates = index.candidates(enquiry)
    found = compared(enquiry, candidates, register_size=len(index), bucket_sizes=index.bucket_sizes(enquiry))
    order = sorted(range(len(found)), key=lambda at: -log_odds(found[at], len(index)))
    order = sorted(range(len(found)), key=lambda at: -log_odds(found[at], len(index)))
    kept = [at for place, at in enumerate(order) if place < _KEPT or candidates[at][0] == right]
    number = next((place for place, at in enumerate(kept) if candidates[at][0] == right), None)
    if right is not None and number is None:
        return Choice([], -1, math.log(len(index)))
    return Choice([features(found[at]) for at in kept], number, math.log(len(index)))


def learned(choices: list[Choice]) -> dict[str, float]:
    """The weights that make the truth most probable."""
    chance = random.Random(_SEED)
    weights: dict[str, float] = defaultdict(float)
    squares: dict[str, float] = defaultdict(lambda: 1e-3)
    usable = [one for one in choices if one.right != -1]
    for number in range(_ROUNDS):
        chance.shuffle(usable)
        loss = sum(_step(one, weights, squares) for one in usable)
        if number % 4 == 3:
            print(f"round {number + 1}: {loss / len(usable):.4f}")
    return dict(weights)


def _step(choice: Choice, weights: dict[str, float], squares: dict[str, float]) -> float:
    shares, nobody = probabilities(choice, weights)
    slopes: dict[str, float] = defaultdict(float)
    for at, (found, share) in enumerate(zip(choice.candidates, shares, strict=True)):
        much = (at == choice.right) - share
        if abs(much) > 1e-4:
            slopes["any"] += much
            for name, value in found.items():
                slopes[name] += much * value
    for name, gain in slopes.items():
        slope = gain - _DRAWN_TO_NOUGHT * weights[name]
        squares[name] += slope * slope
        weights[name] += _STEP * slope / math.sqrt(squares[name])
    return -math.log(max(1e-12, nobody if choice.right is None else shares[choice.right]))


def probabilities(choice: Choice, weights: dict[str, float]) -> tuple[list[float], float]:
    """Of each candidate, and that it is none of them."""
    sums = [
        weights.get("any", 0.0) - choice.log_size + sum(weights.get(name, 0.0) * value for name, value in found.items())
        for found in choice.candidates
    ]
    highest = max((*sums, 0.0))
    shares = [math.exp(one - highest) for one in sums]
    total = sum(shares) + math.exp(-highest)
    return [one / total for one in shares], math.exp(-highest) / total


def threshold(choices: list[Choice], weights: dict[str, float]) -> float:
    """The lowest probability at which few enough of the absent raise an alert."""
    best = sorted(
        (max(probabilities(one, weights)[0], default=0.0) for one in choices if one.right is None), reverse=True
    )
    return max(0.3, best[int(MOST_FALSE_ALERTS * len(best))] + 1e-3) if best else 0.5


def report(choices: list[Choice], weights: dict[str, float], alert: float) -> None:
    """Print what the weights achieve."""
    counts: dict[str, int] = defaultdict(int)
    for one in choices:
        shares, _ = probabilities(one, weights)
        order = sorted(range(len(shares)), key=lambda at: -shares[at])
        is_alert = bool(order) and shares[order[0]] >= alert
        if one.right is None:
            counts["absent"] += 1
            counts["false alerts"] += is_alert
            continue
        counts["present"] += 1
        for most in (1, 5, 10):
            counts[f"recall@{most}"] += one.right in order[:most]
        counts["alerts right"] += is_alert and order[0] == one.right
    present, absent = max(1, counts["present"]), max(1, counts["absent"])
    for name in ("recall@1", "recall@5", "recall@10", "alerts right"):
        print(f"{name:14} {counts[name] / present:.3f} of {present}")
    print(f"{'false alerts':14} {counts['false alerts'] / absent:.3f} of {absent}; threshold {alert:.3f}")


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
