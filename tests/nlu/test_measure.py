"""The development set and what is counted on it are what they claim to be."""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.nlu.conftest import NLU, PYTHON, ROOT
from thangdee.core.script import fold

DEV = sorted((NLU / "dev").glob("*.yml"))
LANGUAGES = {"lo", "th", "isan", "latin", "en", "mixed"}
BY_SERVICE = NLU / "benchmark" / "by_service.py"


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What tiny_figures.py prints."""
    folder = tmp_path_factory.mktemp("dev")
    row = '- {intent: greet, language: lo, text: "ສະບາຍດີ"'
    (folder / "chosen_by.yml").write_text(f"# somebody. Made up.\n{row}}}\n", encoding="utf-8")
    (folder / "fresh.yml").write_text(
        f"# somebody else: made up; measured only.\n{row}, hard: true}}\n", encoding="utf-8"
    )
    script = Path(__file__).with_name("tiny_figures.py")
    done = subprocess.run([PYTHON, script, ROOT, folder], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("path", DEV, ids=lambda path: path.stem)
def test_messages_of_the_development_set_are_well_formed(path: Path, intents: list[str]) -> None:
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))

    assert {row["intent"] for row in rows} <= set(intents)
    assert {row["language"] for row in rows} <= LANGUAGES
    assert all(set(row) <= {"intent", "language", "text", "hard"} and str(row["text"]).strip() for row in rows)


def test_no_message_of_the_development_set_is_a_training_example() -> None:
    learnt = {
        fold(line.strip()[2:]).strip(" ?!.")
        for path in NLU.glob("data/nlu/*/*.yml")
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        for line in block["examples"].splitlines()
    }
    judged = [row for path in DEV for row in yaml.safe_load(path.read_text(encoding="utf-8"))]

    known = [row["text"] for row in judged if fold(str(row["text"])).strip(" ?!.") in learnt]

    # Two people may greet or thank with the same word; a sentence of several words is nobody's coincidence.
    assert [text for text in known if len(text) > 25] == []
    assert len(known) <= len(judged) / 50, known


def test_a_writers_file_says_whether_it_is_only_measured(figures: dict[str, Any]) -> None:
    assert figures["only_measured"] == {"chosen_by": False, "fresh": True}
    assert figures["hard"] == [False, True]


def test_shares_of_right_guesses_are_counted(figures: dict[str, Any]) -> None:
    assert figures["accuracy"] == 0.75
    assert figures["among_two"] == 1.0


def test_macro_f1_counts_every_intent_alike(figures: dict[str, Any]) -> None:
    greet, thanks, affirm = 0.8, 1.0, 0.0

    assert math.isclose(figures["macro_f1"], (greet + thanks + affirm) / 3)


def test_log_loss_is_the_mean_surprise_at_the_truth(figures: dict[str, Any]) -> None:
    assert math.isclose(figures["log_loss"], -(3 * math.log(0.7) + math.log(0.2)) / 4)


def test_calibration_error_is_the_gap_between_claim_and_truth(figures: dict[str, Any]) -> None:
    assert math.isclose(figures["calibration_error"], 0.05, abs_tol=1e-9)


def test_a_higher_threshold_answers_less_and_errs_less(figures: dict[str, Any]) -> None:
    assert figures["curve"] == [[4, 1, 4], [3, 1, 3], [2, 0, 2]]
    assert figures["stops"] == [0.1, 0.5, 0.1]


def test_the_part_for_slow_training_is_stratified_and_the_same_each_time(figures: dict[str, Any]) -> None:
    assert figures["part"] == {"lo": 12, "th": 6, "en": 2}
    assert figures["same_part_twice"]


def test_slips_keep_the_message_and_add_what_phones_make_of_it(figures: dict[str, Any]) -> None:
    assert figures["slips"] == ["ຢູ່ ບ້ານ", "ຢູ ບານ", "ຢູ່ບ້ານ", "ยู บาน"]


def test_word_list_and_thresholds_are_asked_of_the_service_itself() -> None:
    asked = [
        {"text": "ช่วยด้วย หนูถูกขังอยู่ในห้อง", "ranking": [["greet", 0.9], ["thanks", 0.1]]},
        {"text": "สวัสดีค่ะ", "ranking": [["danger_now", 0.9], ["greet", 0.1]]},
        {"text": "สวัสดีค่ะ", "ranking": [["greet", 0.9], ["danger_now", 0.1]]},
    ]

    done = subprocess.run(
        [sys.executable, BY_SERVICE],
        check=True,
        capture_output=True,
        text=True,
        input="\n".join(map(json.dumps, asked)),
    )

    decided = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["words"], one["model"], one["both"]) for one in decided] == [
        ("danger_now", "none", "immediate"),
        (None, "immediate", "immediate"),
        (None, "none", "none"),
    ]
