"""The training examples are what they claim to be."""

import subprocess
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml

from tests.nlu.conftest import NLU, PYTHON, ROOT
from thangdee.core.script import fold, script_of
from thangdee.flows.intents import Risk, risk_of

DATA = NLU / "data" / "nlu"
FILES = sorted(DATA.glob("*/*.yml"))
FEWEST = {"lo": 120, "th": 67, "isan": 33, "latin": 40, "en": 15, "mixed": 15}
MORE_OF_RISKY = 1.5
MOST_ALIKE = 0.05
SAID_ALIKE = 20

_COUNT_ALIKE = """
import sys; sys.path[:0] = [sys.argv[1]]
from nlu.examples import examples
from nlu.components.alike import groups_of
texts = [example.text for example in examples()]
print(1 - len(set(groups_of(texts))) / len(texts))
"""


def _examples(path: Path) -> list[tuple[str, str]]:
    blocks = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    return [
        (block["intent"], line.strip()[2:].strip())
        for block in blocks
        for line in block["examples"].splitlines()
        if line.strip()
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_files_hold_only_examples_of_known_intents(path: Path, intents: list[str]) -> None:
    blocks = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]

    assert {block["intent"] for block in blocks} <= set(intents)
    lines = [line for block in blocks for line in block["examples"].splitlines() if line.strip()]
    assert all(line.strip().startswith("- ") and len(line.strip()) > 2 for line in lines)


def test_every_intent_has_enough_examples_in_every_language(intents: list[str]) -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for path in FILES:
        counts[path.parent.name].update(intent for intent, _ in _examples(path))

    few = {
        (language, intent): counts[language][intent]
        for language, fewest in FEWEST.items()
        for intent in intents
        if counts[language][intent] < fewest * (1 if risk_of(intent) is Risk.NONE else MORE_OF_RISKY)
    }

    assert few == {}


def test_no_message_is_an_example_of_two_intents() -> None:
    meant: dict[str, set[str]] = defaultdict(set)
    for path in FILES:
        for intent, text in _examples(path):
            meant[fold(text).strip(" ?!.")].add(intent)

    assert {text: intents for text, intents in meant.items() if len(intents) > 1} == {}


def test_nothing_by_which_the_model_is_judged_was_trained_on() -> None:
    judged = {
        fold(row["text"]): path.stem
        for path in (NLU / "dev").glob("*.yml")
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))
    }

    learnt = {fold(text) for path in FILES for _, text in _examples(path)}

    # Two people may greet or thank in the same words; nothing longer may be the same.
    assert {text: judged[text] for text in judged.keys() & learnt if len(text) > SAID_ALIKE} == {}


@pytest.mark.parametrize(("language", "script"), [("lo", "lao"), ("th", "thai"), ("isan", "thai"), ("latin", "latin")])
def test_examples_stand_in_the_folder_of_their_script(language: str, script: str) -> None:
    texts = [text for path in FILES if path.parent.name == language for _, text in _examples(path)]

    strange = [text for text in texts if script_of(text) not in {script, "none", "mixed"}]

    # One in a hundred may be a loan such as LGBT or MOU.
    assert len(strange) <= len(texts) / 100, strange


def test_few_examples_are_near_copies_of_one_another() -> None:
    done = subprocess.run([PYTHON, "-c", _COUNT_ALIKE, str(ROOT)], check=True, capture_output=True, text=True)
    share = float(done.stdout)

    print(f"near copies among the training examples: {share:.1%}")
    assert share < MOST_ALIKE
