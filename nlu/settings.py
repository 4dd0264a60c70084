"""Where things are, and the process settings that must stand before Rasa is imported."""

import os
import warnings
from pathlib import Path

import numpy as np
from numpy.exceptions import VisibleDeprecationWarning

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
        LOG_LEVEL="WARNING",
    )
    # Two threads for a message, and none that spins while it waits: on a busy machine that takes ten times as long.
    os.environ.setdefault("OMP_NUM_THREADS", str(min(2, os.cpu_count() or 1)))
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    CACHE.mkdir(exist_ok=True)
    warnings.simplefilter("ignore")
    slim.install()
    # NumPy 2 (Python 3.13) moved a name that Rasa still looks for in the old place.
    vars(np).setdefault("VisibleDeprecationWarning", VisibleDeprecationWarning)
    warnings.showwarning = lambda *_, **__: None
