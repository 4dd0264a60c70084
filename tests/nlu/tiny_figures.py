"""Work out figures of a handful of made-up guesses, in Rasa's environment: python tiny_figures.py ROOT DEV_FOLDER."""

import json
import sys
from pathlib import Path

ROOT, FOLDER = (Path(name) for name in sys.argv[1:3])
sys.path[0] = str(ROOT)

import numpy as np  # noqa: E402

from nlu.benchmark.augment import with_slips  # noqa: E402
from nlu.benchmark.default_reading import part_of  # noqa: E402
from nlu.benchmark.figures import Reading, accuracy, calibration_error, log_loss, macro_f1  # noqa: E402
from nlu.examples import Example  # noqa: E402
from nlu.measure import curve, stopping_point  # noqa: E402
from nlu.messages import messages  # noqa: E402

INTENTS = ("greet", "thanks", "deny", "affirm")
# Three right with 0.7, one wrong with 0.7: a gap of 0.05 between what is claimed and what is.
CHANCES = np.array([[0.7, 0.2, 0.1, 0.0], [0.7, 0.1, 0.2, 0.0], [0.1, 0.7, 0.2, 0.0], [0.7, 0.0, 0.1, 0.2]])
TRUTH = ["greet", "greet", "thanks", "affirm"]
KNOWN = [
    Example(f"{language} {number}", "greet", language, "file")
    for language, many in (("lo", 60), ("th", 30), ("en", 10))
    for number in range(many)
]


def main() -> None:
    """Print them all."""
    reading = Reading("", INTENTS, CHANCES)
    points = curve([0.9, 0.8, 0.4, 0.3], [True, True, False, True], (0.1, 0.4, 0.5))
    part = [text.split()[0] for text, _ in part_of(KNOWN, 20)]
    print(
        json.dumps(
            {
                "accuracy": accuracy(reading, TRUTH),
                "among_two": accuracy(reading, TRUTH, 2),
                "macro_f1": macro_f1(reading, TRUTH),
                "log_loss": log_loss(reading, TRUTH),
                "calibration_error": calibration_error(reading, TRUTH),
                "curve": [[point.answered.found, point.wrong.found, point.wrong.of] for point in points],
                "stops": [stopping_point(points, most).threshold for most in (0.25, 0.1, 0.34)],
                "part": {language: part.count(language) for language in ("lo", "th", "en")},
                "same_part_twice": part_of(KNOWN, 20) == part_of(KNOWN, 20),
                "slips": [text for text, _ in with_slips([("ຢູ່ ບ້ານ", "greet")])],
                "only_measured": {message.writer: message.is_only_measured for message in messages(FOLDER)},
                "hard": [message.is_hard for message in messages(FOLDER)],
            },
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main()
