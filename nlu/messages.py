"""The development set as a list: made-up messages by which models are judged, never trained on (nlu/dev/README.md)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from nlu.settings import NLU, ROOT

DEV = NLU / "dev"
INTENTS = ROOT / "thangdee" / "flows" / "intents.yml"
OUT_OF_SCOPE = "out_of_scope"
_ONLY_MEASURED = "measured only"


@dataclass(frozen=True)
class Message:
    """One message, what it means, and who writes it.

    ``is_hard``: indirect or misspelt. ``is_only_measured``: nothing may be chosen by it, no weight and no threshold.
    """

    text: str
    intent: str
    language: str
    writer: str
    is_hard: bool
    is_only_measured: bool


def messages(folder: Path = DEV) -> Iterator[Message]:
    """Yield every message in a fixed order; each file is one writer, whose first line says who writes."""
    for path in sorted(folder.glob("*.yml")):
        content = path.read_text(encoding="utf-8")
        only_measured = _ONLY_MEASURED in content.partition("\n")[0]
        for row in yaml.safe_load(content) or ():
            yield Message(
                str(row["text"]), row["intent"], row["language"], path.stem, bool(row.get("hard")), only_measured
            )


def risks(file: Path = INTENTS) -> dict[str, str]:
    """The risk of each intent (none, high, immediate), in the order of the service's own list."""
    listed = yaml.safe_load(file.read_text(encoding="utf-8"))["intents"]
    return {name: facts["risk"] for name, facts in listed.items()}


def dev_fingerprint(folder: Path = DEV) -> str:
    """A name for the present development set: figures that bear the same one may be compared."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.yml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
