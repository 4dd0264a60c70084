"""How registers call their columns and what stands in them, from register_words.yml."""

from pathlib import Path
from typing import Any

import yaml

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("register_words.yml").read_text(encoding="utf-8"))


def meaning_of(section: str) -> dict[str, str]:
    """Return what each word of a section means, such as "ญ" the sex "female"."""
    return {word: meaning for meaning, words in WORDS[section].items() for word in words}
