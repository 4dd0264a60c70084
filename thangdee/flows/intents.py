"""The intents of the hotline and what each means for the person (intents.yml)."""

from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml


class Risk(StrEnum):
    """What a message means for the person before anything else is known."""

    NONE = "none"
    HIGH = "high"
    IMMEDIATE = "immediate"


OUT_OF_SCOPE = "out_of_scope"


@cache
def risks() -> dict[str, Risk]:
    """Return every intent with its risk, in the order of the file."""
    path = Path(__file__).with_name("intents.yml")
    listed = yaml.safe_load(path.read_text(encoding="utf-8"))["intents"]
    return {name: Risk(facts["risk"]) for name, facts in listed.items()}


def risk_of(intent: str) -> Risk:
    """Return the risk of an intent, NONE for a name that is none."""
    return risks().get(intent, Risk.NONE)
