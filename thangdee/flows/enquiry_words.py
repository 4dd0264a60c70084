"""Words by which people press for news, in four ways of writing (enquiry_words.yml)."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from thangdee.casework.enquiries.model import Flag
from thangdee.flows.word_lists import any_of, plain

# Between the two words of a pair: some letters of Lao or Thai, a few words of Latin.
_WHEREABOUTS = "whereabouts"
_SOON = r".{0,25}?"


def flags_in(text: str) -> frozenset[Flag]:
    """Return what staff should see in these words; nothing of it changes an answer (R14)."""
    bare = plain(text)
    return frozenset(Flag(kind) for kind, one in _patterns().items() if kind != _WHEREABOUTS and one.search(bare))


def asks_where(text: str) -> bool:
    """Tell whether it may be asked where somebody is, or who is in a shelter."""
    return bool(_patterns()[_WHEREABOUTS].search(plain(text)))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    read = yaml.safe_load(Path(__file__).with_name("enquiry_words.yml").read_text(encoding="utf-8"))
    return {kind: re.compile(_pattern(words)) for kind, words in read.items()}


def _pattern(words: dict[str, Any]) -> str:
    pairs = [any_of(first) + _SOON + any_of(second) for first, second in words.get("pairs", ())]
    return "|".join([any_of(words["phrases"]), *pairs])
