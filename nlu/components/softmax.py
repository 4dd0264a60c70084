"""Softmax regression on letter runs, beside one on sentence vectors, their votes weighed and calibrated.

Trained by scikit-learn, run by numpy alone, stored as plain arrays and JSON: a model file can hold no code.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from nlu.components.dense import SentenceVectors
from nlu.components.ngrams import NgramTable

VIEWS = ("folded", "thai", "skeleton", "sound", "words")
SPARSE_C = 20.0
DENSE_C = 20.0
DENSE_SHARE = 0.4
_FOLDS = 4
_FLOOR = 1e-9


@dataclass
class Linear:
    """One softmax regression: a column of weights for each intent."""

    weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def fit(cls, rows: csr_matrix | np.ndarray, labels: np.ndarray, strength: float) -> "Linear":
        """Train with balanced classes; ``labels`` are column numbers from 0, each present."""
        model = LogisticRegression(C=strength, class_weight="balanced", solver="lbfgs", max_iter=300, tol=1e-3)
        model.fit(rows, labels)
        return cls(model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32))

    def log_odds(self, rows: csr_matrix | np.ndarray) -> np.ndarray:
        """Log probabilities, one row for each message."""
        return log_softmax(np.asarray(rows @ self.weights) + self.bias)


@dataclass
class IntentModel:
    """Messages to calibrated probabilities of intents."""

    intents: list[str]
    table: NgramTable
    sparse: Linear
    dense: Linear | None
    temperature: float

    @classmethod
    def fit(
        cls, texts: Sequence[str], names: Sequence[str], vectors: SentenceVectors, groups: Sequence[int] | None = None
    ) -> "IntentModel":
        """Train on all, and learn from held-out folds how sure to be. ``groups`` keeps look-alikes in one fold."""
        intents = sorted(set(names))
        labels = np.array([intents.index(name) for name in names])
        table = NgramTable.fit(texts, VIEWS)
        rows, meanings = table.rows(texts), vectors.rows(texts)
        held_out = _held_out(rows, meanings, labels, groups)
        sparse = Linear.fit(rows, labels, SPARSE_C)
        dense = None if meanings is None else Linear.fit(meanings, labels, DENSE_C)
        return cls(intents, table, sparse, dense, best_temperature(held_out, labels))

    def probabilities(self, text: str, vectors: SentenceVectors) -> np.ndarray:
        """One probability for each of ``intents``, in their order."""
        scores = self.sparse.log_odds(self.table.rows([text]))
        meanings = vectors.rows([text]) if self.dense else None
        if self.dense and meanings is not None:
            scores = blend(scores, self.dense.log_odds(meanings))
        return np.exp(log_softmax(scores / self.temperature))[0]

    def save(self, folder: Path) -> None:
        """Write ``model.json`` and ``model.npz``."""
        known = sorted(self.table.column, key=self.table.column.__getitem__)
        facts = {
            "intents": self.intents,
            "views": self.table.views,
            "runs": known,
            "temperature": self.temperature,
        }
        (folder / "model.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        arrays = {"rarity": self.table.rarity, "weights": self.sparse.weights, "bias": self.sparse.bias}
        if self.dense:
            arrays |= {"dense_weights": self.dense.weights, "dense_bias": self.dense.bias}
        np.savez_compressed(folder / "model.npz", **arrays)

    @classmethod
    def load(cls, folder: Path) -> "IntentModel":
        """Read what ``save`` wrote."""
        facts = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "model.npz", allow_pickle=False) as arrays:
            table = NgramTable(
                tuple(facts["views"]), {run: i for i, run in enumerate(facts["runs"])}, arrays["rarity"]
            )
            sparse = Linear(arrays["weights"], arrays["bias"])
            dense = Linear(arrays["dense_weights"], arrays["dense_bias"]) if "dense_bias" in arrays else None
        return cls(facts["intents"], table, sparse, dense, facts["temperature"])


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """Rows of scores as log probabilities."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def blend(sparse: np.ndarray, dense: np.ndarray) -> np.ndarray:
    """Both votes as one: the weighed mean of their log probabilities."""
    return log_softmax((1 - DENSE_SHARE) * sparse + DENSE_SHARE * dense)


def best_temperature(scores: np.ndarray, labels: np.ndarray) -> float:
    """The divisor of the scores under which held-out confidence is most honest (least log loss)."""

    def loss(log_temperature: float) -> float:
        chances = log_softmax(scores / np.exp(log_temperature))
        return float(-chances[np.arange(len(labels)), labels].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def folds(labels: np.ndarray, groups: Sequence[int] | None, count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Training and held-out row numbers; look-alikes never stand on both sides."""
    if groups is None:
        return list(StratifiedKFold(count, shuffle=True, random_state=7).split(labels, labels))
    return list(StratifiedGroupKFold(count, shuffle=True, random_state=7).split(labels, labels, groups))


def _held_out(
    rows: csr_matrix, meanings: np.ndarray | None, labels: np.ndarray, groups: Sequence[int] | None
) -> np.ndarray:
    """Scores of every message by models that have not seen it."""
    scores = np.full((len(labels), int(labels.max()) + 1), np.log(_FLOOR), dtype=np.float32)
    for train, test in folds(labels, groups, _FOLDS):
        seen = np.unique(labels[train])
        place = np.searchsorted(seen, labels[train])
        voted = Linear.fit(rows[train], place, SPARSE_C).log_odds(rows[test])
        if meanings is not None:
            voted = blend(voted, Linear.fit(meanings[train], place, DENSE_C).log_odds(meanings[test]))
        scores[np.ix_(test, seen)] = voted
    return scores
