"""What the service makes of messages and rankings: its word list, its thresholds, its rule; not a copy of them.

    .venv/bin/python nlu/benchmark/by_service.py < LINES > ANSWERS

Runs in the service's environment. A line in is {"text", "ranking": [[intent, confidence], ...]}; a line out is
{"words": kind or null, "model": risk by the model alone, "both": risk by both, "intent": what both together decide}.
"""
# ruff: noqa: E402

import asyncio
import json
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])

from thangdee.flows.crisis import crisis_kind
from thangdee.flows.understanding import RasaParser, understand


class AlreadyRead(RasaParser):
    """Answers with a ranking that was worked out before."""

    def __init__(self, ranking: list[tuple[str, float]]) -> None:
        self._given = tuple((name, confidence) for name, confidence in ranking)

    async def ranking(self, text: str) -> tuple[tuple[str, float], ...]:
        """Give it, whatever the text."""
        del text
        return self._given


def _no_words(_: str) -> None:
    """Find nothing: the model alone."""


async def _answer(line: str) -> dict[str, object]:
    asked = json.loads(line)
    parser = AlreadyRead(asked["ranking"])
    alone = await understand(asked["text"], parser, _no_words)
    both = await understand(asked["text"], parser, crisis_kind)
    words = crisis_kind(asked["text"])
    return {"words": words, "model": alone.risk, "both": both.risk, "intent": both.intent, "sure": both.is_sure}


def main() -> None:
    """Answer line by line."""
    for line in sys.stdin:
        print(json.dumps(asyncio.run(_answer(line))))


if __name__ == "__main__":
    main()
