"""Train Rasa's default pipeline, or have it read messages; runs in the full environment, with TensorFlow.

    nlu/.venv-full/bin/python nlu/benchmark/default_pipeline.py train EXAMPLES MODEL
    nlu/.venv-full/bin/python nlu/benchmark/default_pipeline.py read MESSAGES MODEL

EXAMPLES is JSON, a list of [text, intent]; MESSAGES a list of texts. Training writes its facts beside the model
(``.json``). Reading prints JSON: the ranking of each message, [[intent, confidence], ...], without the fallback that
the pipeline may set before it, the milliseconds that each took, and the most memory in MB.
"""
# ruff: noqa: E402

import asyncio
import contextlib
import json
import logging
import os
import resource
import sys
import tempfile
import time
import warnings
from pathlib import Path

# One core each for training and for reading, as for all others in the table.
os.environ.update(
    RASA_TELEMETRY_ENABLED="false",
    LOG_LEVEL="INFO",  # shows the epochs as they go by
    TF_CPP_MIN_LOG_LEVEL="3",
    TF_INTRA_OP_PARALLELISM_THREADS="1",
    TF_INTER_OP_PARALLELISM_THREADS="1",
    OMP_NUM_THREADS="1",
    RASA_MAX_CACHE_SIZE="0",
)
warnings.simplefilter("ignore")

# isort: split
import yaml
from rasa.core.agent import Agent
from rasa.model_training import train_nlu
from rasa.utils.log_utils import configure_structlog

_PIPELINE = Path(__file__).with_suffix(".yml")
_FALLBACK = "nlu_fallback"


def train(examples: list[tuple[str, str]], model: Path) -> None:
    """Train on the examples; the model appears at its path when it is complete."""
    by_intent: dict[str, list[str]] = {}
    for text, intent in examples:
        by_intent.setdefault(intent, []).append(f"- {text}\n")
    blocks = [{"intent": intent, "examples": "".join(lines)} for intent, lines in by_intent.items()]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=model.parent) as folder:
        data = Path(folder) / "nlu.yml"
        data.write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True), encoding="utf-8")
        made = train_nlu(config=str(_PIPELINE), nlu_data=str(data), output=folder)
        facts = {"examples": len(examples), "seconds": round(time.monotonic() - began)}
        model.with_suffix(".json").write_text(json.dumps(facts), encoding="utf-8")
        Path(str(made)).rename(model)


async def read(messages: list[str], model: Path) -> dict[str, object]:
    """The rankings, the milliseconds and the memory."""
    agent = Agent.load(str(model))
    await agent.parse_message("hello")
    rankings, milliseconds = [], []
    for text in messages:
        began = time.perf_counter()
        parsed = await agent.parse_message(text)
        milliseconds.append(1000 * (time.perf_counter() - began))
        ranked = [(one["name"], one["confidence"]) for one in parsed["intent_ranking"] if one["name"] != _FALLBACK]
        rankings.append(ranked)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"rankings": rankings, "milliseconds": milliseconds, "memory_mb": memory}


def main() -> None:
    """Do what the command line says."""
    configure_structlog(logging.ERROR)
    what, given, model = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    rows = json.loads(given.read_text(encoding="utf-8"))
    if what == "train":
        train(rows, model)
    else:
        # Rasa prints to stdout, which is for the answer.
        with contextlib.redirect_stdout(sys.stderr):
            answer = asyncio.run(read(rows, model))
        print(json.dumps(answer))


if __name__ == "__main__":
    main()
