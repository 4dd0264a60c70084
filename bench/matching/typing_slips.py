"""Damage by hand: slips on the keyboard and letters taken one for another."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bench.matching.pen import Pen

# Thai letters which nobody puts by mistake where a syllable begins.
_LAST_ONLY = set("ษณฎฏฐญ")
_VOWELS_AFTER = set("ะาำัิีึืุูๅ")
_MARKS = set("່້໊໋໌ັິີຶືຸູົໍ่้๊๋์็ัิีึืฺุู")


def typed(text: str, pen: Pen) -> str:
    """The text as it came out of the fingers; each kind of slip happens at most once a field."""
    script = _script(text)
    for kind, probability, slip in _SLIPS:
        if len(text) < 2 or (kind == "silencer_lost" and "์" not in text):
            continue
        if pen.slips(f"typing:{kind}", probability * min(1.0, len(text) / 8)):
            text = slip(text, script, pen)
    return text


@cache
def _keyboards() -> dict[str, list[str]]:
    return {script: _tables()[script] for script in ("lao", "thai", "latin")}


@cache
def _groups() -> dict[str, list[str]]:
    return dict(_tables()["mixed_up"])


@cache
def _tables() -> dict[str, Any]:
    return dict(yaml.safe_load((Path(__file__).parent / "keyboards.yml").read_text(encoding="utf-8")))


def _script(text: str) -> str:
    if any("\u0e80" <= char <= "\u0eff" for char in text):
        return "lao"
    return "thai" if any("\u0e00" <= char <= "\u0e7f" for char in text) else "latin"


def _neighbour(text: str, script: str, pen: Pen) -> str:
    at = pen.chance.randrange(len(text))
    for row in _keyboards()[script]:
        place = row.find(text[at].lower())
        if place >= 0:
            near = row[max(0, place - 1) : place] + row[place + 1 : place + 2]
            return text[:at] + pen.chance.choice(near) + text[at + 1 :]
    return text


def _lost_mark(text: str, script: str, pen: Pen) -> str:
    marks = [at for at, char in enumerate(text) if char in _MARKS]
    return _without(text, pen.chance.choice(marks)) if marks else _lost_letter(text, script, pen)


def _lost_letter(text: str, _script: str, pen: Pen) -> str:
    return _without(text, pen.chance.randrange(1, len(text)))


def _twice(text: str, _script: str, pen: Pen) -> str:
    at = pen.chance.randrange(len(text))
    return text[: at + 1] + text[at:]


def _swapped(text: str, _script: str, pen: Pen) -> str:
    at = pen.chance.randrange(len(text) - 1)
    if at == 0 and not text[1].isalpha():
        return text
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _mixed_up(text: str, script: str, pen: Pen) -> str:
    groups = _groups().get(script, [])
    swaps = [
        (at, new) for at, old in enumerate(text) for group in groups if old in group for new in group if new != old
    ]
    swaps = [(at, new) for at, new in swaps if new not in _LAST_ONLY or _ends_a_syllable(text, at)]
    if not swaps:
        return text
    at, new = pen.chance.choice(swaps)
    return text[:at] + new + text[at + 1 :]


def _ends_a_syllable(text: str, at: int) -> bool:
    return at > 0 and (at + 1 == len(text) or text[at + 1] not in _VOWELS_AFTER)


def _other_code(text: str, _script: str, pen: Pen) -> str:
    for one, other in (("ຫຼ", "ຫລ"), ("ໜ", "ຫນ"), ("ໝ", "ຫມ"), ("ຳ", "ໍາ"), ("ำ", "ํา"), ("ແ", "ເເ"), ("แ", "เเ")):
        if one in text:
            return text.replace(one, other)
    return text + "\u200b" if pen.does(0.5) else text + " "


def _silencer_lost(text: str, _script: str, _pen: Pen) -> str:
    return text.replace("์", "", 1)


def _spaced(text: str, _script: str, pen: Pen) -> str:
    if " " in text and pen.does(0.5):
        return text.replace(" ", "", 1)
    at = pen.chance.randrange(1, len(text))
    return text if text[at] in _MARKS or text[at] in "ะาำະາຳຽ" else f"{text[:at]} {text[at:]}"


def _without(text: str, at: int) -> str:
    return text[:at] + text[at + 1 :]


_SLIPS = (
    ("letters_mixed_up", 0.09, _mixed_up),
    ("silencer_lost", 0.07, _silencer_lost),
    ("mark_lost", 0.055, _lost_mark),
    ("other_code", 0.06, _other_code),
    ("neighbour_key", 0.025, _neighbour),
    ("letter_lost", 0.02, _lost_letter),
    ("letter_twice", 0.02, _twice),
    ("letters_swapped", 0.02, _swapped),
    ("space", 0.012, _spaced),
)
