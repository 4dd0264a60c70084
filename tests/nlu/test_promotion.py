"""A model is promoted only if no intent of risk high or immediate loses recall (nlu/gate.py, nlu/promotion.py)."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from nlu.gate import Gate, Inputs
from nlu.promotion import Model, Recall, judge, read_model
from tests.nlu.conftest import PYTHON, ROOT

GOOD = {"danger_now": Recall(9, 10), "self_harm": Recall(8, 10)}
WORSE = {"danger_now": Recall(10, 10), "self_harm": Recall(7, 10)}
BETTER = {"danger_now": Recall(9, 10), "self_harm": Recall(9, 10)}
FIRST = Inputs("first", "code", "dev")
NEXT = Inputs("next", "code", "dev")


@dataclass
class Workshop:
    """Makes empty model files, and finds in each what was said beforehand."""

    models: Path
    finds: dict[str, Mapping[str, Recall]]
    made: list[str] = field(default_factory=list)
    measured: list[str] = field(default_factory=list)

    @property
    def gate(self) -> Gate:
        return Gate(self.models, self._train, self._measure)

    def files(self) -> set[str]:
        return {path.name for path in self.models.iterdir()} - {".lock"}

    def _train(self, path: Path) -> None:
        self.made.append(path.name)
        path.touch()

    def _measure(self, path: Path) -> Mapping[str, Recall]:
        self.measured.append(path.name)
        return self.finds[path.name.partition(".")[0]]


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """One whose first model serves."""
    opened = Workshop(tmp_path / "models", {"first": GOOD, "next": WORSE})
    opened.gate.bring_up_to_date(FIRST)
    return opened


def _model(recall: Mapping[str, Recall], rest: str = "code") -> Model:
    return Model("m.tar.gz", "m", rest, "dev", recall)


def test_the_first_model_is_promoted_whatever_it_finds() -> None:
    assert judge(None, _model({"danger_now": Recall(0, 10)})).is_promoted


def test_equal_recall_is_no_loss() -> None:
    assert judge(_model(GOOD), _model(GOOD)).is_promoted


def test_one_message_lost_in_one_grave_intent_is_refused_whatever_the_others_gain() -> None:
    verdict = judge(_model(GOOD), _model(WORSE))

    assert not verdict.is_promoted
    assert [str(loss) for loss in verdict.losses] == ["self_harm: 8 of 10 → 7 of 10"]


def test_changed_rules_promote_and_name_the_losses() -> None:
    verdict = judge(_model(GOOD), _model(WORSE, rest="new rules"))

    assert verdict.is_promoted
    assert [loss.intent for loss in verdict.losses] == ["self_harm"]


def test_an_intent_that_is_not_there_any_more_is_no_loss() -> None:
    assert judge(_model(GOOD), _model({"danger_now": Recall(9, 10)})).is_promoted


def test_the_first_model_serves_and_its_figures_are_noted(workshop: Workshop) -> None:
    serving = read_model(workshop.models / "serving")

    assert serving == Model("first.tar.gz", "first", "code", "dev", GOOD)


def test_unchanged_inputs_cost_neither_training_nor_counting(workshop: Workshop) -> None:
    outcome = workshop.gate.bring_up_to_date(FIRST)

    assert outcome.path.name == "first.tar.gz"
    assert workshop.made == workshop.measured == ["first.tar.gz"]


def test_a_better_model_takes_over_and_the_old_one_goes(workshop: Workshop) -> None:
    workshop.finds["next"] = BETTER

    outcome = workshop.gate.bring_up_to_date(NEXT)

    assert (outcome.path.name, outcome.is_refused) == ("next.tar.gz", False)
    assert workshop.files() == {"serving", "next.tar.gz"}


def test_a_refused_model_leaves_the_old_one_serving(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = workshop.gate.bring_up_to_date(NEXT)

    assert (outcome.path.name, outcome.is_refused) == ("first.tar.gz", True)
    assert read_model(workshop.models / "serving") == Model("first.tar.gz", "first", "code", "dev", GOOD)
    told = capsys.readouterr().err
    assert "self_harm: 8 of 10 → 7 of 10" in told
    assert "make train" in told
    kept = json.loads((workshop.models / "next.refused.json").read_text(encoding="utf-8"))
    assert kept["losses"] == ["self_harm: 8 of 10 → 7 of 10"]


def test_a_refused_model_is_not_trained_anew_each_time(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    workshop.gate.bring_up_to_date(NEXT)
    capsys.readouterr()

    outcome = workshop.gate.bring_up_to_date(NEXT)

    assert outcome.is_refused
    assert workshop.made == workshop.measured == ["first.tar.gz", "next.tar.gz"]
    assert "self_harm" in capsys.readouterr().err


def test_changed_code_promotes_with_a_warning(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = workshop.gate.bring_up_to_date(Inputs("next", "new code", "dev"))

    assert (outcome.path.name, outcome.is_refused) == ("next.tar.gz", False)
    assert "self_harm: 8 of 10 → 7 of 10" in capsys.readouterr().err
    serving = read_model(workshop.models / "serving")
    assert serving
    assert serving.lost == ("self_harm: 8 of 10 → 7 of 10",)


def test_an_accepted_loss_promotes_the_refused_model_without_training(workshop: Workshop) -> None:
    workshop.gate.bring_up_to_date(NEXT)

    outcome = workshop.gate.bring_up_to_date(NEXT, accept_losses=True)

    assert (outcome.path.name, outcome.is_refused) == ("next.tar.gz", False)
    assert workshop.made == ["first.tar.gz", "next.tar.gz"]
    assert workshop.files() == {"serving", "next.tar.gz"}


def test_mended_examples_after_a_refusal_are_judged_against_the_model_that_serves(workshop: Workshop) -> None:
    workshop.gate.bring_up_to_date(NEXT)
    workshop.finds["mended"] = BETTER

    outcome = workshop.gate.bring_up_to_date(Inputs("mended", "code", "dev"))

    assert outcome.path.name == "mended.tar.gz"
    assert workshop.files() == {"serving", "mended.tar.gz"}


def test_both_models_are_counted_on_the_same_messages(workshop: Workshop) -> None:
    workshop.finds["first"] = WORSE

    outcome = workshop.gate.bring_up_to_date(Inputs("next", "code", "dev with more messages"))

    assert not outcome.is_refused
    assert workshop.measured == ["first.tar.gz", "next.tar.gz", "first.tar.gz"]


def test_a_served_model_that_was_deleted_is_made_again(workshop: Workshop) -> None:
    (workshop.models / "first.tar.gz").unlink()

    outcome = workshop.gate.bring_up_to_date(FIRST)

    assert outcome.path.exists()


def test_tiny_real_models_pass_the_gate_as_they_should(tmp_path: Path) -> None:
    script = Path(__file__).with_name("tiny_gate.py")

    done = subprocess.run([PYTHON, script, ROOT, tmp_path], check=True, capture_output=True, text=True)

    outcomes = [json.loads(line) for line in done.stdout.splitlines()]
    assert outcomes == [[False, "first.tar.gz"], [True, "first.tar.gz"], [False, "better.tar.gz"]]
