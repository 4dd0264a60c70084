"""What is counted: how often the intent is right, how honest the confidence, which cries are found."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import f1_score

from nlu.messages import Message

LANGUAGES = ("lo", "th", "isan", "latin", "en", "mixed")
_LEAST_CHANCE = 1e-6
_BINS = 10


@dataclass(frozen=True)
class Reading:
    """How one way of reading reads the messages: probabilities, a row for each message, a column for each intent."""

    name: str
    intents: Sequence[str]
    chances: np.ndarray
    seconds: float = 0.0
    note: str = ""

    def part(self, chosen: np.ndarray) -> "Reading":
        """The same of some messages."""
        return Reading(self.name, self.intents, self.chances[chosen], self.seconds, self.note)

    def ranking(self, number: int, length: int = 10) -> list[tuple[str, float]]:
        """The best intents of one message with their confidence, as the parser gives them."""
        best = np.argsort(-self.chances[number])[:length]
        return [(self.intents[i], float(self.chances[number, i])) for i in best]


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    found: int
    of: int

    def __str__(self) -> str:
        return f"{self.found} of {self.of} ({100 * self.found / self.of:.1f} %)" if self.of else "none there"


def is_post(message: Message) -> bool:
    """Whether it is an everyday post of somebody who does not write to the hotline."""
    return "posts" in message.writer


def is_near_miss(message: Message) -> bool:
    """Whether it is harmless and uses the words of the hotline."""
    return "near_misses" in message.writer


def is_to_hotline(message: Message) -> bool:
    """Whether a writer means it for the hotline; intents are judged on these alone."""
    return not is_post(message) and not is_near_miss(message)


def macro_f1(reading: Reading, truth: Sequence[str]) -> float:
    """The mean F1 of all intents that were meant or guessed."""
    guesses = [reading.intents[i] for i in reading.chances.argmax(axis=1)]
    return float(f1_score(list(truth), guesses, average="macro", zero_division=0))


def accuracy(reading: Reading, truth: Sequence[str], among: int = 1) -> float:
    """The share of messages whose intent is among the best ``among``."""
    best = np.argsort(-reading.chances, axis=1)[:, :among]
    hits = [intent in {reading.intents[i] for i in row} for intent, row in zip(truth, best, strict=True)]
    return float(np.mean(hits))


def log_loss(reading: Reading, truth: Sequence[str]) -> float:
    """The mean surprise at the truth; less is better."""
    column = {intent: i for i, intent in enumerate(reading.intents)}
    given = [reading.chances[n, column[intent]] if intent in column else 0.0 for n, intent in enumerate(truth)]
    return float(-np.log(np.maximum(given, _LEAST_CHANCE)).mean())


def calibration_error(reading: Reading, truth: Sequence[str]) -> float:
    """How far the confidence of the best intent is from how often it is right: the mean over ten bins of confidence."""
    sure = reading.chances.max(axis=1)
    guesses = reading.chances.argmax(axis=1)
    right = np.array([reading.intents[i] == intent for i, intent in zip(guesses, truth, strict=True)])
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    gaps = [
        (bins == number).mean() * abs(sure[bins == number].mean() - right[bins == number].mean())
        for number in np.unique(bins)
    ]
    return float(sum(gaps))


def by_language(messages: Sequence[Message]) -> Iterable[tuple[str, np.ndarray]]:
    """Each language with the numbers of its messages, then "all" with all; languages without messages are left out."""
    for language in LANGUAGES:
        numbers = np.array([n for n, message in enumerate(messages) if message.language == language], dtype=int)
        if len(numbers):
            yield language, numbers
    yield "all", np.arange(len(messages))


def where(messages: Sequence[Message], claim: Callable[[Message], bool]) -> np.ndarray:
    """The numbers of the messages for which the claim holds."""
    return np.array([n for n, message in enumerate(messages) if claim(message)], dtype=int)
