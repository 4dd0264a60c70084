"""Where things are, and the process settings that must stand before Rasa is imported."""

import os
import warnings
from pathlib import Path

from nlu import slim

NLU = Path(__file__).resolve().parent
ROOT = NLU.parent
CACHE = NLU / ".cache"
MODELS = NLU / "models"


def prepare() -> None:
    """Before Rasa is imported: no telemetry, no files in the home folder, no TensorFlow, no warnings."""
    os.environ.update(
        RASA_TELEMETRY_ENABLED="false",
        RASA_CACHE_DIRECTORY=str(CACHE / "rasa"),
        RASA_MAX_CACHE_SIZE="0",
        HOME=str(CACHE),
        XDG_CONFIG_HOME=str(CACHE),
        SANIC_WORKERS="1",
        SQLALCHEMY_SILENCE_UBER_WARNING="1",
        TQDM_DISABLE="1",
    )
    # One message at a time on few cores: more threads only wait for each other.
    os.environ.setdefault("OMP_NUM_THREADS", "2")
    CACHE.mkdir(exist_ok=True)
    warnings.simplefilter("ignore")
    slim.install()
    warnings.showwarning = lambda *_, **__: None
