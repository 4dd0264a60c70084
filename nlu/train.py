"""Train the model, unless one for exactly these inputs stands in nlu/models already.

    nlu/.venv/bin/python nlu/train.py               train if needed; progress to stderr, then the model's path
    nlu/.venv/bin/python nlu/train.py --print-path  print the path only, whether or not the model is there

Rasa itself is started only when there is something to train, so that asking costs a moment.
"""
# ruff: noqa: E402

import argparse
import fcntl
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from nlu.fingerprint import model_path
from nlu.settings import MODELS, NLU


def ensure_trained() -> Path:
    """Train if there is no model of the present inputs; a second caller waits for the first.

    Raises SystemExit when training fails.
    """
    MODELS.mkdir(exist_ok=True)
    with (MODELS / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = model_path()
        if not wanted.exists():
            _train(wanted)
    return wanted


def _train(wanted: Path) -> None:
    began = time.monotonic()
    for left_over in MODELS.glob("tmp*"):  # of a training that was stopped; nobody else trains while we hold the lock
        shutil.rmtree(left_over)
    _say(f"Training the language model on {_examples()} examples; a few minutes on two cores.")
    if subprocess.run([sys.executable, str(NLU / "fit.py"), str(wanted)], check=False).returncode:
        raise SystemExit(
            "The language model was not trained: `nlu/.venv/bin/python nlu/check.py validate` may say why."
        )
    for old in MODELS.glob("*.tar.gz"):
        if old != wanted:
            old.unlink()
    _say(f"Trained in {time.monotonic() - began:.0f} s.")


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
    options = parser.parse_args()
    print(model_path() if options.print_path else ensure_trained())


if __name__ == "__main__":
    main()
