"""Which model is served: a new one only if no intent of risk high or immediate loses recall by it.

Recall is the share of the development set's messages of an intent that the model reads as that intent. The gate is a
pure function, ``judge``; the records, of the model that is served and of one that was refused, are JSON in nlu/models.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Recall:
    """How many messages of an intent were read as it, of how many."""

    found: int
    of: int

    @property
    def share(self) -> float:
        """Between 0 and 1; 1 when there is nothing to find."""
        return self.found / self.of if self.of else 1.0

    def __str__(self) -> str:
        return f"{self.found} of {self.of}"


@dataclass(frozen=True)
class Loss:
    """An intent that a new model reads worse than the one served until now."""

    intent: str
    before: Recall
    after: Recall

    def __str__(self) -> str:
        return f"{self.intent}: {self.before} → {self.after}"


@dataclass(frozen=True)
class Model:
    """A model and what is known about it.

    ``rest`` names all that made it except the examples, ``dev`` the development set of its ``recall``; ``lost`` says
    in words what was lost when it was promoted all the same.
    """

    file: str
    fingerprint: str
    rest: str
    dev: str
    recall: Mapping[str, Recall]
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """Whether the new model is served, and what is lost by it (or would be)."""

    is_promoted: bool
    losses: tuple[Loss, ...]


@dataclass(frozen=True)
class Refusal:
    """Why a model is not served: compared with the model ``before`` on the development set ``dev``."""

    before: str
    dev: str
    losses: tuple[str, ...]

    def holds(self, serving: Model, dev: str) -> bool:
        """Whether the same comparison would be made again."""
        return (self.before, self.dev) == (serving.fingerprint, dev)


def judge(before: Model | None, after: Model, *, accept_losses: bool = False) -> Verdict:
    """Compare a new model with the one served until now (None: this is the first).

    The new one is served whatever is lost if code, domain or rules changed, because the old model does not know the
    new rules, and if a person accepted the losses. Both must have been measured on the same development set.
    """
    if before is None:
        return Verdict(is_promoted=True, losses=())
    losses = tuple(
        Loss(intent, known, after.recall[intent])
        for intent, known in before.recall.items()
        if intent in after.recall and after.recall[intent].share < known.share
    )
    return Verdict(is_promoted=not losses or before.rest != after.rest or accept_losses, losses=losses)


def write_model(model: Model, path: Path) -> None:
    """Write the record of the model that is served."""
    recall = {name: [one.found, one.of] for name, one in model.recall.items()}
    _write(vars(model) | {"recall": recall}, path)


def read_model(path: Path) -> Model | None:
    """Read what ``write_model`` wrote; None if it is not there, is no such record, or its model is gone."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        recall = {name: Recall(*counts) for name, counts in facts["recall"].items()}
        model = Model(**facts | {"recall": recall, "lost": tuple(facts["lost"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return model if (path.parent / model.file).exists() else None


def write_refusal(refusal: Refusal, path: Path) -> None:
    """Write why a model is not served, so that it is not trained anew each time."""
    _write(vars(refusal), path)


def read_refusal(path: Path) -> Refusal | None:
    """Read what ``write_refusal`` wrote; None if there is no such record."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        return Refusal(**facts | {"losses": tuple(facts["losses"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(facts: Mapping[str, Any], path: Path) -> None:
    """A reader sees the old record or the new one, never half of it."""
    half = path.with_name(path.name + ".part")
    half.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    half.replace(path)
