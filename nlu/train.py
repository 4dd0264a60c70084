"""Train the model if its inputs changed, and let it serve if no grave intent loses recall by it (nlu/gate.py).

    nlu/.venv/bin/python nlu/train.py                  train if needed; progress to stderr, then the served model's path
    nlu/.venv/bin/python nlu/train.py --strictly       the same; exit status 1 when a new model was refused
    nlu/.venv/bin/python nlu/train.py --accept-losses  serve the new model though it lost: somebody has looked
    nlu/.venv/bin/python nlu/train.py --print-path     print the path only, whether or not the model is there

Rasa itself is started only when there is something to train, so that asking costs a moment.
"""
# ruff: noqa: E402

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from nlu.fingerprint import inputs, serving_path
from nlu.gate import Gate
from nlu.promotion import Recall
from nlu.settings import MODELS, NLU


def ensure_trained() -> Path:
    """Train if the inputs changed; the path of the model to serve. Raises SystemExit when training fails."""
    return _gate().bring_up_to_date(inputs()).path


def _gate() -> Gate:
    return Gate(MODELS, _train, _recall)


def _train(wanted: Path) -> None:
    began = time.monotonic()
    for left_over in MODELS.glob("tmp*"):  # of a training that was stopped; nobody else trains while we hold the lock
        shutil.rmtree(left_over)
    _say(f"Training the language model on {_examples()} examples; a few minutes on two cores.")
    if subprocess.run([sys.executable, str(NLU / "fit.py"), str(wanted)], check=False).returncode:
        raise SystemExit(
            "The language model was not trained: `nlu/.venv/bin/python nlu/check.py validate` may say why."
        )
    _say(f"Trained in {time.monotonic() - began:.0f} s.")


def _recall(model: Path) -> dict[str, Recall]:
    """How many messages of each intent of risk high or immediate the model finds in the development set."""
    _say("Counting what the model finds in the development set.")
    counting = [sys.executable, str(NLU / "recall.py"), str(model)]
    done = subprocess.run(counting, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit("The language model could not be measured on nlu/dev; the lines above say why.")
    return {intent: Recall(*counts) for intent, counts in json.loads(done.stdout).items()}


def _examples() -> int:
    return sum(
        line.lstrip().startswith("- ") and "intent:" not in line
        for path in NLU.glob("data/nlu/**/*.yml")
        for line in path.read_text(encoding="utf-8").splitlines()
    )


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(description="Train the language model if its inputs changed.")
    parser.add_argument("--print-path", action="store_true", help="only say where the model is or will be")
    parser.add_argument("--strictly", action="store_true", help="exit status 1 when a new model was refused")
    parser.add_argument("--accept-losses", action="store_true", help="serve the new model though it lost recall")
    options = parser.parse_args()
    if options.print_path:
        print(serving_path())
        return
    outcome = _gate().bring_up_to_date(inputs(), accept_losses=options.accept_losses)
    print(outcome.path)
    sys.exit(options.strictly and outcome.is_refused)


if __name__ == "__main__":
    main()
