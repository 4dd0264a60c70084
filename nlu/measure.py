"""What the thresholds of thangdee/flows/understanding.py rest on, measured with the model that is served.

    nlu/.venv/bin/python nlu/measure.py [--model MODEL]

Only writers by whom something may be chosen are looked at. Prints, for each risk, how many messages are answered from
each confidence upwards, how many of these wrongly, and where to stop; how honest the confidence is, by language; and
for immediate danger what each pair of thresholds finds, and what it takes for a cry that is none.
"""
# ruff: noqa: E402

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from nlu.settings import CACHE, prepare

prepare()

# isort: split
import numpy as np

from nlu.benchmark.figures import (
    Reading,
    Share,
    accuracy,
    by_language,
    calibration_error,
    is_post,
    is_to_hotline,
    where,
)
from nlu.benchmark.tables import table
from nlu.benchmark.verdicts import IMMEDIATE, verdicts
from nlu.components.dense import RememberedVectors
from nlu.fingerprint import serving_path
from nlu.messages import OUT_OF_SCOPE, Message, messages, risks
from nlu.recall import chances, load

# Of the messages that are answered without asking back so many may be answered wrongly. For risk high a wrong guess
# costs an offer to talk to a person, and a missed one the offer: so more may be wrong.
MOST_WRONG = {"none": 0.06, "high": 0.10}
_STEPS = tuple(round(0.05 * n, 2) for n in range(2, 17))
_DANGER = (0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.50)
_OVER_CHATTER = (0.5, 1.0, 1.5, 2.0, 3.0)


@dataclass(frozen=True)
class Point:
    """What happens when messages are answered from a confidence upwards."""

    threshold: float
    answered: Share
    wrong: Share


def curve(sure: Sequence[float], right: Sequence[bool], steps: Sequence[float] = _STEPS) -> list[Point]:
    """Coverage and error from each threshold upwards."""
    points = []
    for step in steps:
        answered = [is_right for confidence, is_right in zip(sure, right, strict=True) if confidence >= step]
        wrong = Share(len(answered) - sum(answered), len(answered))
        points.append(Point(step, Share(len(answered), len(right)), wrong))
    return points


def stopping_point(points: Sequence[Point], most_wrong: float) -> Point:
    """The lowest threshold from which on at most that share of the answered is wrong; the highest if none is."""
    for point in points:
        if point.wrong.found <= most_wrong * point.wrong.of:
            return point
    return points[-1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what the thresholds of understanding rest on.")
    parser.add_argument("--model", type=Path, help="default: the one that is served")
    reader = load(parser.parse_args().model or serving_path())
    everybody = list(messages())
    remembered = RememberedVectors(CACHE / "dev_vectors.npz")
    chosen_by = where(everybody, lambda message: not message.is_only_measured)
    read = Reading("", reader.intents, chances(reader, [message.text for message in everybody], remembered))
    asked, reading = [everybody[n] for n in chosen_by], read.part(chosen_by)
    risk_of = risks()
    _print_curves(asked, reading, risk_of)
    _print_honesty(asked, reading)
    _print_danger(asked, reading, risk_of)


def _print_curves(asked: Sequence[Message], reading: Reading, risk_of: Mapping[str, str]) -> None:
    best = reading.chances.argmax(axis=1)
    sure = reading.chances.max(axis=1)
    for risk, most_wrong in MOST_WRONG.items():
        numbers = [n for n in range(len(asked)) if risk_of[reading.intents[best[n]]] == risk]
        right = [reading.intents[best[n]] == asked[n].intent for n in numbers]
        points = curve([float(sure[n]) for n in numbers], right)
        stop = stopping_point(points, most_wrong)
        print(f"\n### Best guess of risk {risk}: from which confidence to answer without asking back\n")
        rows = [(f"{point.threshold:.2f}", str(point.answered), str(point.wrong)) for point in points]
        print(table(("from", "answered", "of these wrongly"), rows))
        print(f"\nAt most {most_wrong:.0%} wrong: from {stop.threshold:.2f}.")


def _print_honesty(asked: Sequence[Message], reading: Reading) -> None:
    numbers = where(asked, is_to_hotline)
    some = [asked[n] for n in numbers]
    rows = []
    for name, within in by_language(some):
        part = reading.part(numbers[within])
        truth = [some[n].intent for n in within]
        mean = float(part.chances.max(axis=1).mean())
        cells = [mean, accuracy(part, truth), calibration_error(part, truth)]
        rows.append((name, str(len(within)), *(f"{cell:.3f}" for cell in cells)))
    print("\n### How honest the confidence is\n")
    print(table(("language", "messages", "mean confidence", "accuracy", "expected calibration error"), rows))


def _print_danger(asked: Sequence[Message], reading: Reading, risk_of: Mapping[str, str]) -> None:
    """Pairs of thresholds for the sum of all intents of immediate danger: found, and wrongly taken for one."""
    grave = [i for i, intent in enumerate(reading.intents) if risk_of[intent] == IMMEDIATE]
    fear = reading.chances[:, grave].sum(axis=1)
    chatter = reading.chances[:, reading.intents.index(OUT_OF_SCOPE)]
    words = np.array([verdict.words is not None for verdict in verdicts(asked, reading)])
    kinds: dict[str, Callable[[Message], bool]] = {
        "found": lambda message: risk_of[message.intent] == IMMEDIATE,
        "false, to the hotline": lambda message: risk_of[message.intent] == "none" and not is_post(message),
        "false, high risk": lambda message: risk_of[message.intent] == "high",
        "false, posts": is_post,
    }
    groups = {name: where(asked, claim) for name, claim in kinds.items()}
    rows = []
    for least in _DANGER:
        for over in _OVER_CHATTER:
            alarm = words | ((fear >= least) & (fear > over * chatter))
            cells = [str(Share(int(alarm[numbers].sum()), len(numbers))) for numbers in groups.values()]
            rows.append((f"{least:.2f}, {over:.1f} times", *cells))
    alone = [str(Share(int(words[numbers].sum()), len(numbers))) for numbers in groups.values()]
    print("\n### Immediate danger: least chance, and how many times that of chatter; with the word list\n")
    print(table(("thresholds", *groups), [("the word list alone", *alone), *rows]))


if __name__ == "__main__":
    main()
