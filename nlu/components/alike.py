"""Which training messages are near copies of one another."""

from collections.abc import Sequence

import numpy as np

from nlu.components.ngrams import NgramTable

_ALIKE = 0.7


def groups_of(texts: Sequence[str], alike: float = _ALIKE) -> list[int]:
    """A group number for each text; texts whose shared-script letter runs are ``alike`` (cosine) share one."""
    rows = NgramTable.fit(texts, ("skeleton",), fewest=1).rows(texts)
    parent = list(range(len(texts)))
    for start in range(0, len(texts), 500):
        close = (rows[start : start + 500] @ rows[start:].T).tocoo()  # with those before, they were compared already
        for i, j in zip(close.row[close.data >= alike], close.col[close.data >= alike], strict=True):
            first, second = sorted((_root(parent, start + int(i)), _root(parent, start + int(j))))
            parent[second] = first
    roots = [_root(parent, i) for i in range(len(texts))]
    return [int(n) for n in np.unique(roots, return_inverse=True)[1]]


def _root(parent: list[int], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i
