"""Compare ways of reading a message on held-out training examples: `make bench-nlu`.

Five folds; near copies of one another (components/alike.py) are always in the same fold, so that nothing is
recognised because its twin was learnt. Prints a table in Markdown: accuracy in % over all and by folder of the
data, share with the right intent among the first three, macro F1, and log loss of the final probabilities.
The examples were written by the same hands as the training data: real messages will score lower.
"""
# ruff: noqa: E402

import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np
from sklearn.metrics import f1_score

from nlu.components.alike import groups_of
from nlu.components.dense import RememberedVectors
from nlu.components.ngrams import NgramTable
from nlu.components.voters import Panel, Rows, kind_of, log_softmax, sample_of
from nlu.examples import examples
from nlu.settings import CACHE

LANGUAGES = ("lo", "th", "isan", "latin", "en", "mixed")
# Each line of the table: what votes, and the views that every sparse voter sees; "meaning" is the sentence vectors.
VARIANTS: dict[str, Sequence[tuple[str, ...] | str]] = {
    "letters as written": [("folded",)],
    "letters as written + words": [("folded", "words")],
    "letters in one script": [("thai",)],
    "skeleton": [("skeleton",)],
    "sound": [("sound",)],
    "one script + sound in one table": [("thai", "sound")],
    "one script, sound (two voters)": [("thai",), ("sound",)],
    "meaning": ["meaning"],
    "one script, meaning": [("thai",), "meaning"],
    "**one script, sound, meaning**": [("thai",), ("sound",), "meaning"],
    "one script, sound, words, meaning": [("thai",), ("sound",), ("words",), "meaning"],
}


def main() -> None:
    """Measure every variant and print the table."""
    CACHE.mkdir(exist_ok=True)
    known = list(examples())
    texts = [example.text for example in known]
    intents = sorted({example.intent for example in known})
    labels = np.array([intents.index(example.intent) for example in known])
    languages = np.array([example.language for example in known])
    kinds = np.array([kind_of(text) for text in texts])
    groups = groups_of(texts)
    sample = sample_of(texts, labels)
    meanings = RememberedVectors(CACHE / "example_vectors.npz").rows([texts[i] for i in sample])
    print(f"{len(texts)} examples, {len(intents)} intents, {len(set(groups))} groups of look-alikes;")
    print(f"the table is about {len(sample)} of them, as many of each intent and script as can be\n")
    print("| variant | all | " + " | ".join(LANGUAGES) + " | top 3 | macro F1 | log loss | s |")
    print("| --- |" + " ---: |" * (len(LANGUAGES) + 5))
    for name, voters in VARIANTS.items():
        if meanings is None and "meaning" in voters:
            continue
        began = time.monotonic()
        rows: list[Rows] = [
            meanings if views == "meaning" else NgramTable.fit(texts, views).rows(texts) for views in voters
        ]
        _, held_out = Panel.fit(rows, labels, kinds, groups, sample)
        print(
            f"| {name} | {_line(held_out, labels[sample], languages[sample])} | {time.monotonic() - began:.0f} |",
            flush=True,
        )


def _line(log_chances: np.ndarray, labels: np.ndarray, languages: np.ndarray) -> str:
    guessed = log_chances.argmax(axis=1)
    right = guessed == labels
    top = (np.argsort(-log_chances, axis=1)[:, :3] == labels[:, None]).any(axis=1)
    loss = -log_softmax(log_chances)[np.arange(len(labels)), labels].mean()
    shares = [right, *(right[languages == language] for language in LANGUAGES), top]
    cells = [f"{100 * share.mean():.1f}" for share in shares]
    return " | ".join([*cells, f"{100 * f1_score(labels, guessed, average='macro'):.1f}", f"{loss:.2f}"])


if __name__ == "__main__":
    main()
