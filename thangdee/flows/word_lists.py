"""Word lists of entity_words.yml as patterns over plain text: one spelling for Lao, Thai, Isan and Latin letters."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from thangdee.core.script import to_thai, without_tones


def plain(text: str) -> str:
    """Return the text folded, Lao letters as their Thai twins, no tones: what all patterns here are matched with."""
    return without_tones(to_thai(text))


@cache
def word_lists() -> dict[str, Any]:
    """Return the file as it is."""
    path = Path(__file__).with_name("entity_words.yml")
    read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read


def any_of(words: list[str]) -> str:
    """Return a pattern for any of the words, longest first; a Latin word must stand alone, its spaces are optional."""
    spellings = sorted({plain(word) for word in words}, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(_one(word) for word in spellings) + ")"


def _one(word: str) -> str:
    escaped = r"[\s-]*".join(re.escape(piece) for piece in word.split())
    before = r"(?<![a-z])" if word[:1].isascii() and word[:1].isalpha() else ""
    after = r"(?![a-z])" if word[-1:].isascii() and word[-1:].isalpha() else ""
    return f"{before}{escaped}{after}"
