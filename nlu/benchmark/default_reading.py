"""Rasa's default pipeline as a candidate: trained once in its own environment, on a part of the examples.

Training on all examples takes many hours on one core, and up to an hour on this part. So the model is kept in
nlu/.cache/bench under a name made of the examples and the pipeline, and the part is drawn the same way each time.
"""

import hashlib
import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlu.benchmark.candidates import Task
from nlu.benchmark.figures import Reading
from nlu.examples import Example
from nlu.settings import CACHE, NLU

PYTHON = NLU / ".venv-full" / "bin" / "python"
EXAMPLES_OF_EACH = 50
_SCRIPT = NLU / "benchmark" / "default_pipeline.py"


def part_of(known: Sequence[Example], most: int = EXAMPLES_OF_EACH) -> list[tuple[str, str]]:
    """At most ``most`` examples (text, intent) of each intent, languages as in the whole; the same ones each time."""
    waiting: dict[str, list[tuple[float, str]]] = {}
    of_language: dict[tuple[str, str], list[str]] = {}
    for number in np.random.default_rng(7).permutation(len(known)):
        example = known[number]
        of_language.setdefault((example.intent, example.language), []).append(example.text)
    for (intent, _), texts in of_language.items():
        # By its place in its language, so that any beginning of the queue holds the languages in proportion.
        waiting.setdefault(intent, []).extend((place / len(texts), text) for place, text in enumerate(texts, start=1))
    return [(text, intent) for intent, queue in sorted(waiting.items()) for _, text in sorted(queue)[:most]]


def default_reading(task: Task) -> Reading | None:
    """Train, unless that was done before, and read; None without the full environment."""
    if not PYTHON.exists():
        return None
    model = _model_of(task)
    if not model.exists():
        _run("train", task.examples, model)
    answers = json.loads(_run("read", task.asked, model))
    trained = json.loads(model.with_suffix(".json").read_text(encoding="utf-8"))
    p50, p95 = np.percentile(answers["milliseconds"], (50, 95))
    note = (
        f"model {model.stat().st_size / 1e6:.0f} MB, {answers['memory_mb']} MB of memory, "
        f"a message within {p50:.0f} ms (p95 {p95:.0f})"
    )
    table = _table(answers["rankings"], task.intents)
    return Reading("Rasa's default pipeline (DIET, 100 epochs)", task.intents, table, trained["seconds"], note)


def _run(what: str, rows: Sequence[object], model: Path) -> str:
    """Run the script in the full environment; in a folder of its own, because Rasa leaves files where it is."""
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "rows.json"
        given.write_text(json.dumps(rows), encoding="utf-8")
        command = [str(PYTHON), str(_SCRIPT), what, str(given), str(model)]
        return subprocess.run(command, check=True, cwd=folder, stdout=subprocess.PIPE, text=True).stdout


def _model_of(task: Task) -> Path:
    digest = hashlib.sha256(_SCRIPT.with_suffix(".yml").read_bytes() + json.dumps(task.examples).encode())
    folder = CACHE / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{digest.hexdigest()[:16]}.tar.gz"


def _table(rankings: Sequence[Sequence[tuple[str, float]]], intents: Sequence[str]) -> np.ndarray:
    """Rankings of ten as rows of chances; what is left is spread evenly over the intents that are not ranked."""
    column = {intent: i for i, intent in enumerate(intents)}
    rows = np.zeros((len(rankings), len(intents)))
    for row, ranking in zip(rows, rankings, strict=True):
        named = {column[name]: confidence for name, confidence in ranking}
        row[:] = max(0.0, 1.0 - sum(named.values())) / max(1, len(intents) - len(named))
        for place, confidence in named.items():
            row[place] = confidence
    return rows
