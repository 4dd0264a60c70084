"""Three readers of a message vote on its intent: letters in one script, sound, and meaning.

The first two are linear machines on letter runs, the third a softmax regression on sentence vectors.
Their votes are weighed, by weights that were learned on held-out folds, one set for messages in Latin letters and
one for all others; the same weights make the probabilities honest (the log loss is least). Trained by scikit-learn,
run by numpy, stored as arrays and JSON: a model file can hold no code.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.svm import LinearSVC

from nlu.progress import say
from thangdee.core.script import script_of

SPARSE_VIEWS = ("thai", "sound")
_SVM_COST = 1.0
_REGRESSION_COST = 0.01
_FOLDS = 5
SAMPLE = 80  # messages of each intent that get a sentence vector in training: 30 ms of processor time each
_UNSEEN = -20.0  # log probability of an intent that a fold had no example of
_MOST_WEIGHT = 20.0

Rows = csr_matrix | np.ndarray


@dataclass
class Voter:
    """A linear score for each intent."""

    weights: np.ndarray
    bias: np.ndarray

    def votes(self, rows: Rows) -> np.ndarray:
        """Log probabilities before weighing, one row for each message."""
        return log_softmax(np.asarray(rows @ self.weights) + self.bias)


def letters_voter(rows: Rows, labels: np.ndarray) -> Voter:
    """Train on letter runs; rare intents count as much as frequent ones. ``labels`` count from 0 without gaps."""
    machine = LinearSVC(C=_SVM_COST, class_weight="balanced", dual=True, tol=1e-2, random_state=7).fit(rows, labels)
    return Voter(machine.coef_.T.astype(np.float32), machine.intercept_.astype(np.float32))


def meaning_voter(rows: Rows, labels: np.ndarray) -> Voter:
    """Train on sentence vectors; their spread is evened out first, then folded into the weights."""
    mean, spread = np.mean(rows, axis=0), np.std(rows, axis=0) + 1e-6
    regression = LogisticRegression(C=_REGRESSION_COST, class_weight="balanced", max_iter=200, tol=1e-4)
    regression.fit((rows - mean) / spread, labels)
    weights = regression.coef_ / spread
    return Voter(weights.T.astype(np.float32), (regression.intercept_ - weights @ mean).astype(np.float32))


@dataclass
class Panel:
    """The weighed voters: ``weights[kind][i]`` belongs to voter ``i`` for messages of a kind of script."""

    voters: list[Voter]
    weights: np.ndarray

    @classmethod
    def fit(
        cls,
        rows: Sequence[Rows],
        labels: np.ndarray,
        kinds: np.ndarray,
        groups: Sequence[int],
        sample: np.ndarray,
    ) -> tuple["Panel", np.ndarray]:
        """Train voters and weights; also returns held-out log probabilities of the messages of ``sample``.

        ``rows`` holds one matrix for each voter. Letter runs are there for every message; sentence vectors, which
        cost much more, only for those whose numbers stand in ``sample``. ``groups`` keeps look-alikes in one fold.
        """
        heard = [sample if isinstance(matrix, np.ndarray) else np.arange(len(labels)) for matrix in rows]
        votes = []
        for number, (matrix, known) in enumerate(zip(rows, heard, strict=True), start=1):
            say(f"voter {number} of {len(rows)}: {_FOLDS} held-out folds of {len(known)} examples")
            held_out = held_out_votes(_trainer(matrix), matrix, labels[known], np.asarray(groups)[known])
            votes.append(held_out if len(known) == len(sample) else held_out[sample])
        weights = np.array([_best_weights(votes, labels[sample], kinds[sample] == kind) for kind in (0, 1)])
        say("the voters on all examples")
        voters = [_trainer(matrix)(matrix, labels[known]) for matrix, known in zip(rows, heard, strict=True)]
        return cls(voters, weights), weigh(votes, weights, kinds[sample])

    def log_chances(self, rows: Sequence[Rows], kinds: np.ndarray) -> np.ndarray:
        """Log probabilities of every intent for every message; a missing last voter is simply not heard."""
        votes = [voter.votes(matrix) for voter, matrix in zip(self.voters, rows, strict=False)]
        return weigh(votes, self.weights[:, : len(votes)], kinds)


def sample_of(texts: Sequence[str], labels: np.ndarray, most: int = SAMPLE) -> np.ndarray:
    """Numbers of at most ``most`` messages of each intent, the scripts taking turns; the same each time."""
    waiting: dict[tuple[int, str], int] = {}
    turns = []
    for number in np.random.default_rng(7).permutation(len(texts)):
        queue = (int(labels[number]), script_of(texts[number]))
        waiting[queue] = waiting.get(queue, 0) + 1
        turns.append((queue[0], waiting[queue], int(number)))
    taken: dict[int, int] = {}
    chosen = []
    for label, _, number in sorted(turns):
        taken[label] = taken.get(label, 0) + 1
        if taken[label] <= most:
            chosen.append(number)
    return np.array(sorted(chosen))


def kind_of(text: str) -> int:
    """0 for Latin letters, 1 for everything else: Latin spelling follows sound, so sound should say more there."""
    return int(script_of(text) != "latin")


def weigh(votes: Sequence[np.ndarray], weights: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """The votes as one, each with the weight it has for that kind of message."""
    return log_softmax(sum(vote * weights[kinds, i][:, None] for i, vote in enumerate(votes)))


def held_out_votes(
    train: Callable[[Rows, np.ndarray], Voter], rows: Rows, labels: np.ndarray, groups: np.ndarray
) -> np.ndarray:
    """Votes on every message by voters that saw neither it nor its look-alikes."""
    votes = np.full((len(labels), int(labels.max()) + 1), _UNSEEN)
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=7)
    for seen, unseen in folds.split(labels, labels, groups):
        known = np.unique(labels[seen])
        votes[np.ix_(unseen, known)] = train(rows[seen], np.searchsorted(known, labels[seen])).votes(rows[unseen])
    return votes


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """Rows of scores as log probabilities."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _trainer(matrix: Rows) -> Callable[[Rows, np.ndarray], Voter]:
    return meaning_voter if isinstance(matrix, np.ndarray) else letters_voter


def _best_weights(votes: Sequence[np.ndarray], labels: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """The weights under which the truth is least surprising on the chosen messages."""
    if not chosen.any():
        return np.ones(len(votes))
    of_chosen = [vote[chosen] for vote in votes]
    truth = labels[chosen]

    def surprise(weights: np.ndarray) -> float:
        chances = log_softmax(sum(weight * vote for weight, vote in zip(weights, of_chosen, strict=True)))
        return float(-chances[np.arange(len(truth)), truth].mean())

    bounds = [(0.0, _MOST_WEIGHT)] * len(votes)
    return np.asarray(minimize(surprise, np.ones(len(votes)), method="L-BFGS-B", bounds=bounds).x)
