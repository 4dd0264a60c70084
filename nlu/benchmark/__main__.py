"""Compare ways of reading a message on the development set, and print the tables of nlu/README.md: `make bench-nlu`.

    nlu/.venv/bin/python -m nlu.benchmark [--without-default-pipeline] [--without-speed] [--model MODEL]

Every candidate learns from nlu/data and is judged on nlu/dev, whose files are one writer (or one kind of writer) each.
Writers are in two halves: those by whom weights and thresholds may be chosen, and those who are only measured.
"""
# ruff: noqa: E402

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from nlu.settings import CACHE, NLU, prepare

prepare()

# isort: split
from nlu.benchmark import tables
from nlu.benchmark.candidates import Task, readings, whole
from nlu.benchmark.default_reading import default_reading, part_of
from nlu.benchmark.figures import Reading, by_language, is_to_hotline, macro_f1, where
from nlu.benchmark.speed import in_process, through_server
from nlu.benchmark.verdicts import IMMEDIATE, Verdict, alarms, verdicts
from nlu.components.dense import RememberedVectors
from nlu.examples import examples
from nlu.messages import Message, messages, risks
from nlu.progress import say
from nlu.recall import chances, load

_MESSAGES_FOR_SPEED = 300


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description="Compare ways of reading a message on the development set.")
    parser.add_argument("--without-default-pipeline", action="store_true", help="leave out Rasa's own: about an hour")
    parser.add_argument("--without-candidates", action="store_true", help="only the reader that is served")
    parser.add_argument("--without-speed", action="store_true", help="leave out times and memory")
    parser.add_argument("--model", type=Path, help="a trained model; default: train one now, and say how long it took")
    options = parser.parse_args()
    known = list(examples())
    asked = list(messages())
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        model, seconds = (options.model, 0.0) if options.model else _train(Path(folder) / "model.tar.gz")
        reader, remembered = load(model), RememberedVectors(CACHE / "dev_vectors.npz")
        served = Reading(
            "**all three, as served**", reader.intents, chances(reader, [m.text for m in asked], remembered), seconds
        )
        _print_head(len(known), asked)
        if not options.without_candidates:
            task = Task([(example.text, example.intent) for example in known], asked, CACHE / "example_vectors.npz")
            _print_compared(f"All {len(known)} examples", asked, [*readings(task), served])
        if not options.without_default_pipeline:
            _print_part(Task(part_of(known), asked, CACHE / "part_vectors.npz"))
        _print_served(asked, served)
        if not options.without_speed:
            _print_speed(model, seconds, [message.text for message in asked])


def _train(model: Path) -> tuple[Path, float]:
    began = time.monotonic()
    subprocess.run([sys.executable, str(NLU / "fit.py"), str(model)], check=True)
    return model, time.monotonic() - began


def _print_head(known: int, asked: Sequence[Message]) -> None:
    measured = sum(message.is_only_measured for message in asked)
    hard = sum(message.is_hard for message in asked)
    print(f"{known} examples to learn from; {len(asked)} messages to read, {measured} of them by writers who are")
    print(f"only measured; {hard} messages are marked as indirect or misspelt.")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start.")


def _print_compared(title: str, asked: Sequence[Message], read: Sequence[Reading]) -> None:
    for half, numbers in _halves(asked):
        print(f"\n### {title}; {half}\n")
        some = [asked[n] for n in numbers]
        print(tables.compared(some, [reading.part(numbers) for reading in read]), flush=True)


def _print_part(task: Task) -> None:
    """Rasa's default pipeline needs hours for all examples, so it is compared with the others on a part."""
    default = default_reading(task)
    if default is None:
        print("\nRasa's default pipeline was left out: nlu/.venv-full is not there (`make bench-nlu` makes it).")
        return
    title = f"A part of the examples ({len(task.examples)}), because of the time that DIET takes"
    read = [default, *readings(task, augmented=False), whole(task)]
    _print_compared(title, task.messages, read)
    print(f"\nRasa's default pipeline: {default.note}.")
    for half, numbers in _halves(task.messages):
        print(f"\n#### Emergencies by Rasa's default pipeline with the service's rule; {half}\n")
        some = [task.messages[n] for n in numbers]
        _print_risk(some, verdicts(some, default.part(numbers)))


def _print_served(asked: Sequence[Message], served: Reading) -> None:
    for half, numbers in _halves(asked):
        some, part = [asked[n] for n in numbers], served.part(numbers)
        decided = verdicts(some, part)
        print(f"\n### The reader as served; {half}\n")
        print(tables.served(some, part, decided))
        print()
        _print_risk(some, decided)
        print()
        print(_targets(some, part, decided), flush=True)


def _print_risk(some: Sequence[Message], decided: Sequence[Verdict]) -> None:
    risk_of = risks()
    print(tables.cries(some, decided, risk_of))
    print()
    print(tables.false_alarms(some, decided, risk_of), flush=True)


def _targets(some: Sequence[Message], part: Reading, decided: Sequence[Verdict]) -> str:
    """What was set as a goal, beside what is."""
    risk_of = risks()
    to_hotline = where(some, is_to_hotline)
    rows = []
    for name, numbers in by_language([some[n] for n in to_hotline]):
        if name in tables.F1_TARGETS:
            said = tables.decided_reading(decided, to_hotline[numbers], part.intents)
            f1 = macro_f1(said, [some[n].intent for n in to_hotline[numbers]])
            rows.append((f"macro F1, {name}", f"at least {tables.F1_TARGETS[name]:.2f}", f"{f1:.3f} of {len(numbers)}"))
    grave = where(some, lambda message: risk_of[message.intent] == IMMEDIATE)
    hard = [n for n in grave if some[n].is_hard]
    kinds = tables.harmless(some, risk_of)
    quiet = [n for name, found in kinds.items() for n in found if "posts" not in name and "high risk" not in name]
    posts = [n for name, found in kinds.items() for n in found if "posts, th" in name]
    rows += [
        ("immediate found", "at least 97 %", str(alarms(decided, grave, "both"))),
        ("immediate found, indirect or misspelt", "at least 90 %", str(alarms(decided, hard, "both"))),
        (
            "false immediate, harmless to the hotline and near misses",
            "at most 1 %",
            str(alarms(decided, quiet, "both")),
        ),
        ("false immediate, everyday Thai posts", "at most 0.3 %", str(alarms(decided, posts, "both"))),
    ]
    return tables.table(("figure (word list and model together)", "to reach", "is"), rows)


def _print_speed(model: Path, seconds: float, texts: Sequence[str]) -> None:
    some = list(texts[:: max(1, len(texts) // _MESSAGES_FOR_SPEED)])
    say("how fast: in process, then through the server")
    alone, server = in_process(model, some), through_server(model, some)
    took = f"{seconds:.0f} s, sentence vectors as far as remembered" if seconds else "not measured in this run"
    rows = [
        ("a message, reader in process: p50, p95", "", f"{alone['p50']} and {alone['p95']} ms ({len(some)} messages)"),
        ("a message through the server: p50, p95", "p95 under 60 ms", f"{server['p50']} and {server['p95']} ms"),
        ("memory of the server, at most", "under 1,500 MB", f"{server['memory_mb']} MB"),
        ("start until the port answers", "", f"{server['start_seconds']} s"),
        ("training", "under 600 s", took),
        ("size of the model", "", f"{model.stat().st_size / 1e6:.1f} MB"),
    ]
    print(f"\n### Speed and size; client and server on one core, load {os.getloadavg()[0]:.1f} before\n")
    print(tables.table(("figure", "to reach", "is"), rows))


def _halves(asked: Sequence[Message]) -> list[tuple[str, Sequence[int]]]:
    claims: dict[str, Callable[[Message], bool]] = {
        "writers who are only measured": lambda message: message.is_only_measured,
        "writers by whom something was chosen": lambda message: not message.is_only_measured,
    }
    return [(name, numbers) for name, claim in claims.items() if len(numbers := where(asked, claim))]


if __name__ == "__main__":
    main()
