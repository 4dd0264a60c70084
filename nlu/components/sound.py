"""A coarse sound form that Lao, Thai and their Latin-letter spellings share.

People without a Lao or Thai keyboard write by ear: ຂ້ອຍຢາກເຮັດວຽກ becomes "khoy yak het viek" or "koi yak hed wiak".
Both are brought here to one rough string: five vowels without length, one letter for each group of
consonants that spellings confuse (k/kh/g, t/th/d, p/ph/b, s/ch/j/x, l/r, w/v), no tones, no spaces.
"""

import re

from thangdee.core.script import to_thai, without_tones

_CONSONANTS = str.maketrans(
    dict.fromkeys("กขฃคฅฆ", "k")
    | dict.fromkeys("จฉชซฌศษสฑ", "s")
    | dict.fromkeys("ดตถทธฎฏฐฒ", "t")
    | dict.fromkeys("บปผพภ", "p")
    | dict.fromkeys("ฝฟ", "f")
    | dict.fromkeys("นณ", "n")
    | dict.fromkeys("ยญ", "y")
    | dict.fromkeys("ลรฬ", "l")
    | dict.fromkeys("หฮ", "h")
    | {"ง": "q", "ม": "m", "ว": "w"}
)
_VOWELS = str.maketrans(
    {
        "ะ": "a", "ั": "a", "า": "a", "ำ": "am", "ิ": "i", "ี": "i", "ึ": "u", "ื": "u", "ุ": "u", "ู": "u",
        "เ": "e", "แ": "e", "โ": "o", "ไ": "ai", "ใ": "ai", "อ": "o", "ํ": "o", "็": "", "ๆ": "", "ฤ": "lu",
    }
)  # fmt: skip
_LEADING = re.compile(r"([เแโไใ])([ก-ฮ])")
_SILENT_H = re.compile(r"ห(?=[งญนมยรลว])")
_CARRIER = re.compile(r"(?<![ก-ฮ])อ(?=[ยะ-ูเ-ไ])|(?<=[เแโไใ])อ(?=[ก-ฮะ-ู])")
# After the leading vowel went behind its consonant: what two or three vowel signs together stand for.
_COMPOUND = (
    (re.compile(r"เียว?|ีย"), "i"),
    (re.compile(r"เือ|ือ|เิ|เอ|เี|ัว"), "u"),
    (re.compile(r"เา|าว"), "ao"),
    (re.compile(r"เั|เะ|แะ|แั"), "e"),
    (re.compile(r"โะ"), "o"),
    (re.compile(r"(?<=[ก-ฮ])ว(?=[ก-ฮ])"), "u"),
)
_LATIN = (
    (re.compile(r"kh|[gcq]"), "k"),
    (re.compile(r"ph|b"), "p"),
    (re.compile(r"th|d"), "t"),
    (re.compile(r"v"), "w"),
    (re.compile(r"eua|uea|ue|eu|oe|er(?![aeiou])"), "u"),
    (re.compile(r"ia|ie|ea"), "i"),
    (re.compile(r"ua|uo"), "u"),
    (re.compile(r"ae|eh|ee(?=o)"), "e"),
    (re.compile(r"au"), "ao"),
    (re.compile(r"aw|or(?![aeiou])|oh|oa"), "o"),
    (re.compile(r"ar(?![aeiou])|ah(?![aeiou])"), "a"),
    (re.compile(r"r"), "l"),
    (re.compile(r"ee"), "i"),
    (re.compile(r"oo|ou"), "u"),
)
_HISS = re.compile(r"ch|sh|[jxz]")
_NASAL = re.compile(r"ng")
_GLIDE = re.compile(r"(?<=[aeiou])y(?![aeiou])")
_TWICE = re.compile(r"(.)\1+")
_KEEP = re.compile(r"[^a-z0-9]")


def sound(text: str) -> str:
    """The sound form: small Latin letters and digits, ``q`` for ng."""
    shared = without_tones(to_thai(text))
    letters = _KEEP.sub("", _from_script(_from_latin(shared)))
    return _TWICE.sub(r"\1", _GLIDE.sub("i", letters))


def _from_latin(text: str) -> str:
    text = _NASAL.sub("ง", _HISS.sub("s", text))
    for pattern, letter in _LATIN:
        text = pattern.sub(letter, text)
    return text


def _from_script(text: str) -> str:
    """Spell Thai letters by sound; the vowel written before its consonant goes behind it."""
    text = _CARRIER.sub("", _SILENT_H.sub("", text))
    text = _LEADING.sub(r"\2\1", text)
    for pattern, letter in _COMPOUND:
        text = pattern.sub(letter, text)
    return text.translate(_CONSONANTS).translate(_VOWELS)
