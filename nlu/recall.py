"""How many messages of each intent of risk high or immediate a model reads as that intent, as JSON on stdout.

    nlu/.venv/bin/python nlu/recall.py MODEL

Uses the development set; the sentence vectors of its messages are remembered in nlu/.cache. Rasa is not loaded.
"""
# ruff: noqa: E402

import json
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from nlu.settings import CACHE, prepare

prepare()

# isort: split
import numpy as np

from nlu.components.dense import RememberedVectors, SentenceVectors
from nlu.components.model import IntentModel
from nlu.messages import Message, messages, risks

_READER = "IntentReader"


class VectorsAtHand(SentenceVectors):
    """Sentence vectors worked out beforehand, so that a message costs no look into a file."""

    def __init__(self, texts: Sequence[str], rows: np.ndarray | None) -> None:
        self._rows = None if rows is None else dict(zip(texts, rows, strict=True))

    def rows(self, texts: Sequence[str]) -> np.ndarray | None:
        """The rows of texts that were named at the start."""
        return None if self._rows is None else np.array([self._rows[text] for text in texts])


def load(model: Path) -> IntentModel:
    """The reader of messages in a model file that Rasa packed."""
    with tarfile.open(model) as packed, tempfile.TemporaryDirectory() as folder:
        for member in packed.getmembers():
            if _READER in member.name and (file := packed.extractfile(member)):
                (Path(folder) / Path(member.name).name).write_bytes(file.read())
        return IntentModel.load(Path(folder))


def chances(model: IntentModel, texts: Sequence[str], vectors: SentenceVectors) -> np.ndarray:
    """Probabilities, one row for each text, one column for each of the model's intents."""
    at_hand = VectorsAtHand(texts, vectors.rows(texts))
    return np.array([model.probabilities(text, at_hand) for text in texts])


def recall(model: IntentModel, asked: Sequence[Message], vectors: SentenceVectors) -> dict[str, tuple[int, int]]:
    """For each intent in the messages: how many were read as it, and of how many."""
    guesses = chances(model, [message.text for message in asked], vectors).argmax(axis=1)
    counted: dict[str, tuple[int, int]] = {}
    for message, guess in zip(asked, guesses, strict=True):
        found, of = counted.get(message.intent, (0, 0))
        counted[message.intent] = (found + (model.intents[guess] == message.intent), of + 1)
    return counted


def main() -> None:
    """Measure the model named on the command line."""
    risk_of = risks()
    grave = [message for message in messages() if risk_of.get(message.intent) in {"high", "immediate"}]
    # A file of its own: it keeps the vectors of the messages it was last asked for, and no others.
    remembered = RememberedVectors(CACHE / "grave_vectors.npz")
    print(json.dumps(recall(load(Path(sys.argv[1])), grave, remembered)))


if __name__ == "__main__":
    main()
