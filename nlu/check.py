"""Rasa's own checks.

    nlu/.venv/bin/python nlu/check.py validate   data, domain and rules fit together (`rasa data validate`)
    nlu/.venv/bin/python nlu/check.py test       the trained model tells nlu/tests/test_stories.yml (`rasa test core`)

Exits 1 and says what is wrong when a check fails.
"""
# ruff: noqa: E402

import argparse
import asyncio
import logging
import sys
import tempfile
import warnings
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from nlu.settings import NLU, prepare

prepare()

# isort: split
from rasa.core.agent import Agent
from rasa.core.test import test as tell_stories
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.utils.log_utils import configure_structlog
from rasa.validator import Validator

from nlu.train import ensure_trained


def validate() -> bool:
    """Whether data, domain and rules fit together, without a warning."""
    importer = TrainingDataImporter.load_from_config(
        str(NLU / "config.yml"), str(NLU / "domain.yml"), [str(NLU / "data")]
    )
    validator = Validator.from_importer(importer)
    return all(
        [
            validator.verify_domain_validity(),
            validator.verify_nlu(ignore_warnings=False),
            validator.verify_intents_in_stories(ignore_warnings=False),
            validator.verify_utterances_in_stories(ignore_warnings=False),
            validator.verify_actions_in_stories_rules(),
            validator.verify_slot_mappings(),
            validator.verify_story_structure(ignore_warnings=False),
        ]
    )


def stories_come_out() -> bool:
    """Whether the trained model tells every test story as written."""
    agent = Agent.load(str(ensure_trained()))
    with tempfile.TemporaryDirectory() as out:
        result = asyncio.run(
            tell_stories(
                str(NLU / "tests" / "test_stories.yml"),
                agent,
                out_directory=out,
                e2e=True,
                disable_plotting=True,
                fail_on_prediction_errors=False,
            )
        )
        failed = (Path(out) / "failed_test_stories.yml").read_text(encoding="utf-8")
    told = result["report"]["conversation_accuracy"]
    print(f"stories told as written: {told['correct']} of {told['total']}")
    if told["correct"] < told["total"]:
        print(failed)
    return bool(told["total"] and told["correct"] == told["total"])


def main() -> None:
    """Run the named check."""
    parser = argparse.ArgumentParser(description="Run Rasa's own checks.")
    parser.add_argument("check", choices=("validate", "test"))
    # Training data is nobody's message: here Rasa may say what it found.
    warnings.simplefilter("default", UserWarning)
    warnings.showwarning = lambda message, *_, **__: print(message)
    configure_structlog(logging.WARNING)
    fine = {"validate": validate, "test": stories_come_out}[parser.parse_args().check]()
    print("ok" if fine else "failed")
    sys.exit(not fine)


if __name__ == "__main__":
    main()
