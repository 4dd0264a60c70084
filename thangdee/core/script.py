"""How Lao and Thai are written: spelling folds, one shared script, script detection.

Standard library only, because the service and Rasa's environment both import it: a message
must be folded the same way by the crisis words and by the language model.

The Lao and Thai blocks of Unicode run in parallel (U+0E80 and U+0E00), so most Lao letters have
a Thai twin 0x80 below; the exceptions follow the sound (ຍ is ย, ຊ is ซ, ົ is unwritten in Thai).
"""

import re
import unicodedata
from typing import Literal

Script = Literal["lao", "thai", "latin", "mixed", "none"]

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f]")
_DIGITS = {ord(c): str(i % 10) for i, c in enumerate("໐໑໒໓໔໕໖໗໘໙๐๑๒๓๔๕๖๗๘๙")}
_TONES = re.compile(r"[\u0e48-\u0e4c\u0ec8-\u0ecc]")
_MANY = re.compile(r"([^\d\s])\1{2,}")
_LAUGH = re.compile(r"(?:(?<!\d)5{3,}(?!\d)|\b(?:ha){2,}h?\b|ໆ{2,}|ๆ{2,})")
_SPACE = re.compile(r"\s+")

# Same word, several key sequences: digraphs for the ligatures, split vowels, doubled เ.
_SPELLINGS = (
    ("ຫຼ", "ຫລ"),
    ("ໝ", "ຫມ"),
    ("ໜ", "ຫນ"),
    ("ໍາ", "ຳ"),
    ("ເເ", "ແ"),
    ("ํา", "ำ"),
    ("เเ", "แ"),
    ("ຣ", "ລ"),
)
_SPLIT_AM = (
    (re.compile(r"ໍ([\u0ec8-\u0ecb])າ"), r"\1ຳ"),
    (re.compile(r"ํ([\u0e48-\u0e4b])า"), r"\1ำ"),
    (re.compile(r"([\u0ec8-\u0ecb])([\u0eb1\u0eb4-\u0ebb\u0ecd])"), r"\2\1"),
    (re.compile(r"([\u0e48-\u0e4b])([\u0e31\u0e34-\u0e39\u0e4d])"), r"\2\1"),
)

_TO_THAI = {code: code - 0x80 for code in range(0x0E81, 0x0EDA)} | {
    ord("ຍ"): "ย",
    ord("ຢ"): "ย",
    ord("ຊ"): "ซ",
    ord("ົ"): None,
    ord("ຼ"): "ล",
    ord("ຽ"): "ีย",
    ord("ໜ"): "หน",
    ord("ໝ"): "หม",
}
# Thai keeps several letters for one sound; people mix them up, and Lao has one of each.
_SAME_SOUND = str.maketrans("ฃฅฆญฎฏฐฑฒณธภศษฬชใร", "ขคคยดตถททนทพสสลซไล")


def fold(text: str) -> str:
    """One spelling for what phones spell in several ways; the words stay readable.

    Lower case, invisible and bidi characters gone, Lao and Thai digits as 0-9, ligatures
    and digraphs unified, runs of a letter cut to two, laughter (555, haha) dropped, one space between words.
    """
    text = unicodedata.normalize("NFC", text)
    text = _INVISIBLE.sub("", text).translate(_DIGITS).lower()
    for written, folded in _SPELLINGS:
        text = text.replace(written, folded)
    for pattern, replacement in _SPLIT_AM:
        text = pattern.sub(replacement, text)
    text = _LAUGH.sub(" ", text)
    text = _MANY.sub(r"\1\1", text)
    return _SPACE.sub(" ", text).strip()


def to_thai(text: str) -> str:
    """The folded text with Lao letters written as their Thai twins; other letters unchanged."""
    return fold(text).translate(_TO_THAI)


def without_tones(text: str) -> str:
    """The text without tone marks and silencers, which phones and hurried people leave out."""
    return _TONES.sub("", text)


def skeleton(text: str) -> str:
    """The barest common form of Lao and Thai: Thai letters, no tones, one letter a sound, no gaps.

    Spaces stay only between Latin letters, where they part words.
    """
    bare = without_tones(to_thai(text)).translate(_SAME_SOUND)
    return re.sub(r"(?<![a-z0-9]) | (?![a-z0-9])", "", re.sub(r"[^\w\s\u0e00-\u0e7f]", " ", bare)).strip()


def script_of(text: str) -> Script:
    """The script that carries the text: one that has at least four in five of its letters, else mixed."""
    counts = {"lao": 0, "thai": 0, "latin": 0}
    for char in text:
        if "\u0e80" <= char <= "\u0eff":
            counts["lao"] += 1
        elif "\u0e00" <= char <= "\u0e7f":
            counts["thai"] += 1
        elif char.isalpha() and "LATIN" in unicodedata.name(char, ""):
            counts["latin"] += 1
    total = sum(counts.values())
    if not total:
        return "none"
    name, most = max(counts.items(), key=lambda item: item[1])
    return name if most * 5 >= total * 4 else "mixed"  # type: ignore[return-value]
