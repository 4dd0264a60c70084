"""Have Rasa train a model and put it at the path given: the part of train.py that loads Rasa."""
# ruff: noqa: E402

import contextlib
import sys
import tempfile
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from nlu.settings import NLU, prepare

prepare()

# isort: split
from rasa.model_training import train

from nlu import logs


def main() -> None:
    """Train into a temporary folder; the model appears at its path when it is complete."""
    logs.configure()
    wanted = Path(sys.argv[1])
    # Rasa prints to stdout, where callers of train.py read the path.
    with tempfile.TemporaryDirectory(dir=wanted.parent) as folder, contextlib.redirect_stdout(sys.stderr):
        result = train(
            domain=str(NLU / "domain.yml"),
            config=str(NLU / "config.yml"),
            training_files=str(NLU / "data"),
            output=folder,
            force_training=True,
        )
        if not result.model:
            sys.exit(1)
        Path(result.model).rename(wanted)


if __name__ == "__main__":
    main()
