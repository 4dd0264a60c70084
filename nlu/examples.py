"""The training examples as a list: read from nlu/data/nlu/<language>/<group>.yml."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from nlu.settings import NLU


@dataclass(frozen=True)
class Example:
    """One message, its intent, and the folder (language) and file it stands in."""

    text: str
    intent: str
    language: str
    file: str


def examples(folder: Path = NLU / "data" / "nlu") -> Iterator[Example]:
    """Yield every example in a fixed order."""
    for path in sorted(folder.glob("*/*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"] or ():
            for line in (block.get("examples") or "").splitlines():
                if line.strip().startswith("- "):
                    yield Example(line.strip()[2:].strip(), block["intent"], path.parent.name, path.name)
