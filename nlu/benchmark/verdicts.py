"""What the service decides on each message: asked of the service itself (by_service.py), never computed here."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from nlu.benchmark.figures import Reading, Share
from nlu.messages import Message
from nlu.settings import NLU, ROOT

_SERVICE = ROOT / ".venv" / "bin" / "python"
_SCRIPT = NLU / "benchmark" / "by_service.py"
IMMEDIATE = "immediate"


@dataclass(frozen=True)
class Verdict:
    """The word list's finding, the risk by the model alone and by both, the intent by both, and whether it is sure."""

    words: str | None
    model: str
    both: str
    intent: str
    sure: bool

    def alarms(self, by: str) -> bool:
        """Whether it is taken for an emergency by "model", "words" or "both"."""
        return self.words is not None if by == "words" else getattr(self, by) == IMMEDIATE


def verdicts(messages: Sequence[Message], reading: Reading) -> list[Verdict]:
    """One for each message, in order. Raises CalledProcessError when the service's environment is missing."""
    lines = [
        json.dumps({"text": message.text, "ranking": reading.ranking(number)})
        for number, message in enumerate(messages)
    ]
    done = subprocess.run(
        [str(_SERVICE), str(_SCRIPT)], check=True, input="\n".join(lines), stdout=subprocess.PIPE, text=True
    )
    return [Verdict(**json.loads(line)) for line in done.stdout.splitlines()]


def alarms(decided: Sequence[Verdict], chosen: Sequence[int], by: str) -> Share:
    """How many of the chosen messages are taken for an emergency."""
    return Share(sum(decided[number].alarms(by) for number in chosen), len(chosen))
