"""Train the model, unless one for exactly these inputs stands in nlu/models already.

    nlu/.venv/bin/python nlu/train.py               train if needed, print progress, then the path of the model
    nlu/.venv/bin/python nlu/train.py --print-path  print the path only, whether or not the model is there
"""
# ruff: noqa: E402

import argparse
import fcntl
import hashlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from nlu import logs
from nlu.settings import MODELS, NLU, ROOT
from rasa.model_training import train as rasa_train

_INPUTS = ("config.yml", "domain.yml", "slim.py", "components/*.py", "data/**/*.yml")
_SHARED = ("thangdee/core/script.py", "requirements/nlu.txt")


def inputs() -> Iterator[Path]:
    """Every file that decides what the model will be, in a fixed order."""
    for pattern in _INPUTS:
        yield from sorted(NLU.glob(pattern))
    for name in _SHARED:
        yield ROOT / name


def model_path() -> Path:
    """Where the model of the present inputs is, or will be."""
    digest = hashlib.sha256(f"{sys.version_info.major}.{sys.version_info.minor}".encode())
    for path in inputs():
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return MODELS / f"{digest.hexdigest()[:16]}.tar.gz"


def ensure_trained() -> Path:
    """Train if there is no model of the present inputs; a second caller waits for the first."""
    MODELS.mkdir(exist_ok=True)
    with (MODELS / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = model_path()
        if not wanted.exists():
            _train(wanted)
    return wanted


def _train(wanted: Path) -> None:
    began = time.monotonic()
    examples = sum(line.lstrip().startswith("- ") for p in NLU.glob("data/nlu/**/*.yml") for line in p.open())
    print(f"Training the language model on about {examples} examples; this takes a minute or two.", flush=True)
    result = rasa_train(
        domain=str(NLU / "domain.yml"),
        config=str(NLU / "config.yml"),
        training_files=str(NLU / "data"),
        output=str(MODELS),
        fixed_model_name=f"new-{wanted.name.removesuffix('.tar.gz')}",
        force_training=True,
    )
    if not result.model:
        raise SystemExit("The language model was not trained: `nlu/.venv/bin/python nlu/check.py validate` says why.")
    # Renamed when complete, so that a half-written model is never served.
    Path(result.model).rename(wanted)
    for old in MODELS.glob("*.tar.gz"):
        if old != wanted:
            old.unlink()
    print(f"Trained in {time.monotonic() - began:.0f} s.", flush=True)


def main() -> None:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(description="Train the language model if its inputs changed.")
    parser.add_argument("--print-path", action="store_true", help="only say where the model is or will be")
    options = parser.parse_args()
    logs.configure()
    print(model_path() if options.print_path else ensure_trained())


if __name__ == "__main__":
    main()
