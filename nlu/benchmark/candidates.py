"""The ways of reading that are compared, each trained on the same examples.

A single voter is made honest by one weight for each kind of script, and two voters are weighed, on the half of the
development set by which things may be chosen. The whole (``IntentModel``) has weights of its own, learned in training.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from nlu.benchmark.augment import with_slips
from nlu.benchmark.figures import Reading
from nlu.components.dense import RememberedVectors
from nlu.components.model import IntentModel
from nlu.components.ngrams import NgramTable
from nlu.components.voters import kind_of, letters_voter, log_softmax, meaning_voter, sample_of
from nlu.messages import Message
from nlu.progress import say
from nlu.recall import chances
from nlu.settings import CACHE

Rows = Sequence[tuple[str, str]]
Votes = np.ndarray
_COST_OF_REGRESSION = 10.0


@dataclass(frozen=True)
class Task:
    """Examples (text, intent) to learn from, messages to read, and the file that remembers the examples' vectors."""

    examples: Rows
    messages: Sequence[Message]
    vectors: Path

    @property
    def intents(self) -> list[str]:
        """All intents of the examples, sorted; columns of all votes."""
        return sorted({intent for _, intent in self.examples})

    @property
    def asked(self) -> list[str]:
        """The texts to read."""
        return [message.text for message in self.messages]


def single_voters(task: Task) -> Iterator[tuple[str, Callable[[], Votes]]]:
    """Each voter that is compared alone: its name and how to train it and have it vote."""
    yield "letter runs as written, SVM", lambda: _as_written(task, task.examples)
    yield "the same + augmented examples", lambda: _as_written(task, with_slips(task.examples))
    yield "letters in one script, SVM", lambda: _letters(task, task.examples, "thai")
    yield "letters in one script, logistic regression", lambda: _regression(task)
    yield "sound form, SVM", lambda: _letters(task, task.examples, "sound")
    yield "e5 alone", lambda: _meaning(task)


def readings(task: Task, *, augmented: bool = True) -> Iterator[Reading]:
    """All but the whole, in the order of the table."""
    votes: dict[str, tuple[Votes, float]] = {}
    for name, vote in single_voters(task):
        if "augmented" in name and not augmented:
            continue
        say(f"{name}, on {len(task.examples)} examples")
        began = time.monotonic()
        votes[name] = vote(), time.monotonic() - began
        yield _honest(task, name, [votes[name]])
    two = [votes["letters in one script, SVM"], votes["sound form, SVM"]]
    yield _honest(task, "one script + sound: two voters", two)
    if augmented:
        began = time.monotonic()
        rows = with_slips(task.examples)
        more = [(_letters(task, rows, view), 0.0) for view in ("thai", "sound")]
        yield _honest(task, "the same + augmented examples", [(more[0][0], time.monotonic() - began), more[1]])


def whole(task: Task) -> Reading:
    """The reader as it is served, trained here."""
    say(f"the whole, on {len(task.examples)} examples")
    began = time.monotonic()
    model = IntentModel.fit(
        [text for text, _ in task.examples], [intent for _, intent in task.examples], RememberedVectors(task.vectors)
    )
    seconds = time.monotonic() - began
    return Reading("**all three, as served**", model.intents, chances(model, task.asked, _of_dev()), seconds)


def _as_written(task: Task, rows: Rows) -> Votes:
    """The usual baseline: TF-IDF of letter runs within words, nothing folded, linear SVM."""
    runs = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), min_df=2, sublinear_tf=True, dtype=np.float32)
    machine = LinearSVC(dual=True, tol=1e-2, random_state=7)
    machine.fit(runs.fit_transform(text for text, _ in rows), _labels(task, rows))
    return log_softmax(machine.decision_function(runs.transform(task.asked)))


def _letters(task: Task, rows: Rows, view: str) -> Votes:
    texts = [text for text, _ in rows]
    table = NgramTable.fit(texts, (view,))
    return letters_voter(table.rows(texts), _labels(task, rows)).votes(table.rows(task.asked))


def _regression(task: Task) -> Votes:
    texts = [text for text, _ in task.examples]
    table = NgramTable.fit(texts, ("thai",))
    regression = LogisticRegression(C=_COST_OF_REGRESSION, class_weight="balanced", max_iter=60, tol=1e-3)
    regression.fit(table.rows(texts), _labels(task, task.examples))
    return log_softmax(regression.decision_function(table.rows(task.asked)))


def _meaning(task: Task) -> Votes:
    """Sentence vectors of the same part of the examples that the served reader hears."""
    texts = [text for text, _ in task.examples]
    labels = _labels(task, task.examples)
    sample = sample_of(texts, labels)
    heard = RememberedVectors(task.vectors).rows([texts[i] for i in sample])
    asked = _of_dev().rows(task.asked)
    if heard is None or asked is None:
        return np.zeros((len(task.messages), len(task.intents)))
    return meaning_voter(heard, labels[sample]).votes(asked)


def _of_dev() -> RememberedVectors:
    return RememberedVectors(CACHE / "dev_vectors.npz")


def _labels(task: Task, rows: Rows) -> np.ndarray:
    place = {intent: i for i, intent in enumerate(task.intents)}
    return np.array([place[intent] for _, intent in rows])


def _honest(task: Task, name: str, votes: Sequence[tuple[Votes, float]]) -> Reading:
    kinds = np.array([kind_of(text) for text in task.asked])
    truth = np.array([task.intents.index(message.intent) for message in task.messages])
    may_choose = np.array([not message.is_only_measured for message in task.messages])
    # In double precision: the search for the weights takes steps that are lost in single.
    said = [vote.astype(np.float64) for vote, _ in votes]
    scores = np.zeros_like(said[0])
    for kind in (0, 1):
        chosen, of_kind = may_choose & (kinds == kind), kinds == kind
        weights = _weights([vote[chosen] for vote in said], truth[chosen])
        scores[of_kind] = sum(weight * vote[of_kind] for weight, vote in zip(weights, said, strict=True))
    return Reading(name, task.intents, np.exp(log_softmax(scores)), sum(seconds for _, seconds in votes))


def _weights(votes: Sequence[Votes], truth: np.ndarray) -> np.ndarray:
    """The weights under which the truth is least surprising."""

    def surprise(weights: np.ndarray) -> float:
        said = log_softmax(sum(weight * vote for weight, vote in zip(weights, votes, strict=True)))
        return float(-said[np.arange(len(truth)), truth].mean())

    return np.asarray(minimize(surprise, np.ones(len(votes)), method="L-BFGS-B", bounds=[(0.0, 20.0)] * len(votes)).x)
