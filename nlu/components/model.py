"""The whole reading of a message, from text to probabilities of intents, and its storage."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlu.components.alike import groups_of
from nlu.components.dense import SentenceVectors
from nlu.components.ngrams import NgramTable
from nlu.components.voters import SPARSE_VIEWS, Panel, Rows, Voter, kind_of, sample_of
from nlu.progress import say


@dataclass
class IntentModel:
    """Knows the intents, the letter runs of each view, and the panel that votes on them."""

    intents: list[str]
    tables: list[NgramTable]
    panel: Panel

    @classmethod
    def fit(cls, texts: Sequence[str], names: Sequence[str], vectors: SentenceVectors) -> "IntentModel":
        """Train on messages and the names of their intents."""
        intents = sorted(set(names))
        place = {name: i for i, name in enumerate(intents)}
        labels = np.array([place[name] for name in names])
        sample = sample_of(texts, labels)
        say(f"letter runs of {len(texts)} examples")
        tables = [NgramTable.fit(texts, (view,)) for view in SPARSE_VIEWS]
        rows: list[Rows] = [table.rows(texts) for table in tables]
        meanings = vectors.rows([texts[i] for i in sample])
        if meanings is not None:
            rows.append(meanings)
        kinds = np.array([kind_of(text) for text in texts])
        say("which examples look alike")
        groups = groups_of(texts)
        panel, _ = Panel.fit(rows, labels, kinds, groups, sample)
        return cls(intents, tables, panel)

    def probabilities(self, text: str, vectors: SentenceVectors) -> np.ndarray:
        """One probability for each of ``intents``, in their order."""
        rows: list[Rows] = [table.rows([text]) for table in self.tables]
        meaning = vectors.rows([text])
        if meaning is not None:
            rows.append(meaning)
        return np.exp(self.panel.log_chances(rows, np.array([kind_of(text)])))[0]

    def save(self, folder: Path) -> None:
        """Write ``model.json`` and ``model.npz``; weights in half precision, which changes no vote."""
        runs = [sorted(table.column, key=table.column.__getitem__) for table in self.tables]
        facts = {"intents": self.intents, "views": [table.views for table in self.tables], "runs": runs}
        (folder / "model.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        arrays = {f"rarity{i}": table.rarity for i, table in enumerate(self.tables)} | {"panel": self.panel.weights}
        for i, voter in enumerate(self.panel.voters):
            arrays |= {f"weights{i}": voter.weights.astype(np.float16), f"bias{i}": voter.bias}
        np.savez_compressed(folder / "model.npz", **arrays)

    @classmethod
    def load(cls, folder: Path) -> "IntentModel":
        """Read what ``save`` wrote."""
        facts = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "model.npz", allow_pickle=False) as arrays:
            tables = [
                NgramTable(tuple(views), {run: i for i, run in enumerate(runs)}, arrays[f"rarity{n}"])
                for n, (views, runs) in enumerate(zip(facts["views"], facts["runs"], strict=True))
            ]
            heard = sum(name.startswith("bias") for name in arrays.files)
            voters = [Voter(arrays[f"weights{i}"].astype(np.float32), arrays[f"bias{i}"]) for i in range(heard)]
            return cls(facts["intents"], tables, Panel(voters, arrays["panel"]))
