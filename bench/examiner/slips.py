"""How hands spoil a word, by script."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal

from bench.examiner.names import Name

Script = Literal["lao", "thai", "latin"]

_THAI_TONES, _LAO_TONES = "่้๊๋", "່້໊໋"
_THAI_HEARD_ALIKE = {"ณ": "น", "ศ": "ส", "ษ": "ส", "ญ": "ย", "ธ": "ท", "ภ": "พ", "ใ": "ไ", "ช": "ซ"}
_THAI_LENGTHS = {"ุ": "ู", "ู": "ุ", "ิ": "ี", "ี": "ิ", "ื": "ึ", "ึ": "ื"}
_LAO_HEARD_ALIKE = {"ໃ": "ໄ", "ຊ": "ສ", "ສ": "ຊ", "ຍ": "ຢ", "ຢ": "ຍ", "ຂ": "ຄ", "ຖ": "ທ", "ຜ": "ພ", "ຝ": "ຟ"}
_LAO_LENGTHS = {"ຸ": "ູ", "ູ": "ຸ", "ິ": "ີ", "ີ": "ິ"}
# What may stand for what in Latin letters, each at most once in a word; the first four seldom.
_SELDOM = {"l", "ng\\b", "s", "ph"}
_LATIN = [
    *[("ph", "p"), ("kh", "k"), ("th", "t"), ("nh\\b", "n"), ("ou", "u"), ("u(?!a)", "ou"), ("ee", "i"), ("y\\b", "i")],
    *[
        ("i\\b", "y"),
        ("v", "w"),
        ("w", "v"),
        ("x", "s"),
        ("s", "x"),
        ("ay\\b", "ai"),
        ("ai\\b", "ay"),
        ("one\\b", "on"),
    ],
    *[("mm", "m"), ("tt", "t"), ("nn", "n"), ("b\\b", "p"), ("d\\b", "t"), ("eu", "ue"), ("ae", "e"), ("ck\\b", "k")],
    *[("l", "r"), ("ch", "j"), ("ng\\b", "n"), ("gn", "ny"), ("th\\b", "t")],
]


@dataclass(frozen=True)
class Slips:
    """How likely one hand is to slip, each from 0 to 1.

    `steady`: keeps to one habit of spelling from part to part; `ear`: writes what sounds alike; `tones`: leaves tone
    marks out; `vowels`: long for short; `rl`: r for l; `old`: spellings from before the reform; `decomposed`,
    `double_e`: the same look from other characters; `apart`: a space between the parts; `typo`: a slip of a finger.
    """

    steady: float = 0.85
    ear: float = 0.0
    tones: float = 0.0
    vowels: float = 0.02
    rl: float = 0.0
    old: float = 0.0
    decomposed: float = 0.0
    double_e: float = 0.0
    apart: float = 0.0
    typo: float = 0.02


def write(name: Name, rng: Random, script: Script, style: int, slips: Slips) -> str:
    """A name as this hand would write it. `style`: which spelling it leans to, 0 official to 2 by ear."""
    out = []
    for part in name.parts:
        habit = style if rng.random() < slips.steady else rng.randrange(3)
        if script == "lao":
            out.append(part.lao)
        else:
            spellings = part.thai if script == "thai" else part.latin
            out.append(spellings[min(habit, len(spellings) - 1)])
    joint = " " if script == "latin" and rng.random() < slips.apart else ""
    return spoilt(joint.join(out), rng, script, slips)


def spoilt(text: str, rng: Random, script: Script, slips: Slips) -> str:
    """The text as this hand would write it."""
    by_script: dict[Script, Callable[[str, Random, Slips], str]] = {"thai": _thai, "lao": _lao, "latin": _latin}
    return _finger(by_script[script](text, rng, slips), rng, slips.typo)


def cased(text: str, how: str) -> str:
    """Latin letters as this hand writes them: `upper`, `title`, or `lower`: as the lists have them."""
    if how == "upper":
        return text.upper()
    return text if how == "lower" else text.title()


def _thai(text: str, rng: Random, slips: Slips) -> str:
    if rng.random() < slips.tones:
        text = _without(text, rng, _THAI_TONES, 0.8)
    text = _swapped(text, rng, {"ร": "ล", "ล": "ร"}, slips.rl)
    text = re.sub(r"[ก-ฮ][ิุ]?์", lambda m: "" if rng.random() < slips.ear else m.group(), text)
    text = _swapped(text, rng, _THAI_HEARD_ALIKE, slips.ear)
    text = re.sub(r"ห(?=[ลนมวยง])", lambda m: "" if rng.random() < slips.ear * 0.4 else m.group(), text)
    text = _swapped(text, rng, _THAI_LENGTHS, slips.vowels)
    text = re.sub(r"ะ(?=.)", lambda m: "" if rng.random() < slips.vowels * 2 else m.group(), text)
    return text.replace("แ", "เเ") if rng.random() < slips.double_e else text


def _lao(text: str, rng: Random, slips: Slips) -> str:
    if rng.random() < slips.tones:
        text = _without(text, rng, _LAO_TONES, 0.8)
    text = _before_the_reform(text, rng, slips.old)
    text = text.replace("ຫຼ", "ລ") if rng.random() < slips.ear else text
    text = _swapped(text, rng, _LAO_HEARD_ALIKE, slips.ear)
    text = re.sub(r"ຫ(?=[ວງຍ])", lambda m: "" if rng.random() < slips.ear else m.group(), text)
    text = _swapped(text, rng, _LAO_LENGTHS, slips.vowels)
    return text.replace("ຳ", "ໍາ").replace("ແ", "ເເ") if rng.random() < slips.decomposed else text


def _before_the_reform(text: str, rng: Random, chance: float) -> str:
    if rng.random() < chance:
        text = text.replace("ຫຼ", "ຫລ")
    if rng.random() < chance:
        text = text.replace("ໜ", "ຫນ").replace("ໝ", "ຫມ")
    if rng.random() < chance:
        text = _swapped(text, rng, {"ລ": "ຣ"}, 0.4)
        text = text.replace("ໄຊ", rng.choice(["ໄຊ", "ໄຊຍ໌", "ໄຊຍ"]))
    return text


def _latin(text: str, rng: Random, slips: Slips) -> str:
    for written, instead in rng.sample(_LATIN, len(_LATIN)):
        if rng.random() < slips.ear * (0.3 if written in _SELDOM else 1):
            text = re.sub(written, instead, text, count=1)
    return text


def _without(text: str, rng: Random, marks: str, chance: float) -> str:
    return "".join(mark for mark in text if mark not in marks or rng.random() >= chance)


def _swapped(text: str, rng: Random, alike: Mapping[str, str], chance: float) -> str:
    return "".join(alike[one] if one in alike and rng.random() < chance else one for one in text)


def _finger(text: str, rng: Random, chance: float) -> str:
    """One slip of a finger, in a word that is long enough: a letter lost, twice, or before its neighbour."""
    if len(text) < 6 or rng.random() >= chance:
        return text
    i = rng.randrange(1, len(text) - 2)
    lost, twice = text[:i] + text[i + 1 :], text[:i] + text[i] + text[i:]
    return rng.choice([lost, twice, text[:i] + text[i + 1] + text[i] + text[i + 2 :]])
