"""Which language a message is in: by script, and for Latin letters by the words people type."""

import re
from pathlib import Path
from typing import Literal, NamedTuple

import yaml

from thangdee.core.script import Script, fold, script_of

Language = Literal["lo", "th", "en"]


class Written(NamedTuple):
    """Language and script of one message."""

    language: Language
    script: Script


_WORD = re.compile(r"[a-z']+")
_LISTS = yaml.safe_load(Path(__file__).with_name("latin_words.yml").read_text(encoding="utf-8"))
_LAO, _THAI, _ENGLISH = (frozenset(_LISTS[name].split()) for name in ("lo", "th", "en"))
_ONLY_LAO, _ONLY_THAI = _LAO - _THAI - _ENGLISH, _THAI - _LAO - _ENGLISH


def language_of(text: str, otherwise: Language = "lo") -> Written:
    """Return language and script; `otherwise` where the letters do not tell (a number, an emoji)."""
    script = script_of(text)
    if script == "lao":
        return Written("lo", script)
    if script == "thai":
        return Written("th", script)
    if script == "none":
        return Written(otherwise, script)
    if script == "mixed":
        return Written(_of_mixed(text), script)
    return Written(_of_latin(text, otherwise), script)


def _of_mixed(text: str) -> Language:
    lao = sum("\u0e80" <= char <= "\u0eff" for char in text)
    thai = sum("\u0e00" <= char <= "\u0e7f" for char in text)
    if lao or thai:
        return "lo" if lao >= thai else "th"
    return "en"


def _of_latin(text: str, otherwise: Language) -> Language:
    words = _WORD.findall(fold(text))
    english = sum(word in _ENGLISH for word in words)
    lao = sum(word in _ONLY_LAO for word in words)
    thai = sum(word in _ONLY_THAI for word in words)
    if english > max(lao, thai) and english * 3 >= len(words):
        return "en"
    if lao == thai:
        shared = sum(word in _LAO and word in _THAI for word in words)
        if not shared and not lao and words:
            return "en"
        return otherwise if otherwise != "en" else "lo"
    return "lo" if lao > thai else "th"
