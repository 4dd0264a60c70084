"""Weighted letter runs of the several written forms of a message."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix

from nlu.components.sound import sound
from thangdee.core.script import fold, skeleton, to_thai

# Letters in the longest run looked at; the sound form needs one more to reach over its many vowels.
LONGEST_RUN = {"folded": 4, "thai": 4, "skeleton": 4, "sound": 5}
_WORD = re.compile(r"[a-z0-9']+")
_LONGEST = 400  # letters looked at: a message is a sentence or two, and nobody may make us slow


def terms(text: str, views: Sequence[str]) -> Counter[str]:
    """Letter runs (and, of ``words``, words and pairs) of each view, each marked with its view's initial."""
    text = text[:_LONGEST]
    found: Counter[str] = Counter()
    for view in views:
        if view == "words":
            found.update("w:" + word for word in _word_runs(fold(text)))
        else:
            form = _FORMS[view](text)
            found.update(f"{view[0]}:{run}" for run in _letter_runs(form, LONGEST_RUN[view]))
    return found


@dataclass
class NgramTable:
    """Which runs are known and how rare each is; turns messages into unit rows, one block for each view."""

    views: tuple[str, ...]
    column: dict[str, int]
    rarity: np.ndarray

    @classmethod
    def fit(cls, texts: Iterable[str], views: Sequence[str], fewest: int = 2) -> "NgramTable":
        """Learn the runs that stand in at least ``fewest`` of the texts."""
        counted = [terms(text, views) for text in texts]
        seen_in: Counter[str] = Counter()
        for runs in counted:
            seen_in.update(runs.keys())
        known = sorted(run for run, times in seen_in.items() if times >= fewest)
        rarity = np.log((1 + len(counted)) / (1 + np.array([seen_in[run] for run in known]))) + 1
        return cls(tuple(views), {run: i for i, run in enumerate(known)}, rarity.astype(np.float32))

    def rows(self, texts: Sequence[str]) -> csr_matrix:
        """One row for each text; every view present weighs the same, and the row has length 1."""
        data: list[float] = []
        columns: list[int] = []
        ends = [0]
        for text in texts:
            for column, weight in self._row(text):
                columns.append(column)
                data.append(weight)
            ends.append(len(data))
        return csr_matrix((data, columns, ends), shape=(len(texts), len(self.column)), dtype=np.float32)

    def _row(self, text: str) -> list[tuple[int, float]]:
        blocks: dict[str, list[tuple[int, float]]] = {}
        for run, times in terms(text, self.views).items():
            column = self.column.get(run)
            if column is not None:
                blocks.setdefault(run[0], []).append((column, (1 + np.log(times)) * float(self.rarity[column])))
        row: list[tuple[int, float]] = []
        for block in blocks.values():
            length = float(np.sqrt(sum(weight * weight for _, weight in block) * len(blocks)))
            row.extend((column, weight / length) for column, weight in block)
        return row


def _letter_runs(form: str, longest: int) -> Iterable[str]:
    for size in range(1, longest + 1):
        for start in range(len(form) - size + 1):
            yield form[start : start + size]


def _word_runs(form: str) -> Iterable[str]:
    """Words and pairs of words in Latin letters; Lao and Thai are written without gaps."""
    words = _WORD.findall(form)
    yield from words
    yield from (f"{first} {second}" for first, second in pairwise(words))


_FORMS = {"folded": fold, "thai": to_thai, "skeleton": skeleton, "sound": sound}
