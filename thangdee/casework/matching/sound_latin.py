"""How a name in Latin letters sounds, written the French way (Xaysomboune) or the English (Chaisomboon)."""

import re

_VOWEL = "aeiouy"
_LETTERS = re.compile(r"[a-z]+")
_ONSETS = (
    ("tch", "c"), ("kh", "K"), ("gh", "k"), ("ng", "q"), ("nh", "Y"), ("ny", "Y"), ("gn", "Y"), ("ph", "P"),
    ("th", "T"), ("ch", "c"), ("tj", "c"), ("dj", "c"), ("sh", "s"), ("ck", "k"), ("qu", "kw"), ("kw", "kw"),
    ("kv", "kw"), ("b", "b"), ("c", "k"), ("d", "d"), ("f", "f"), ("g", "k"), ("h", "h"), ("j", "c"), ("k", "k"),
    ("l", "l"), ("m", "m"), ("n", "n"), ("p", "p"), ("q", "k"), ("r", "r"), ("s", "s"), ("t", "t"), ("v", "w"),
    ("w", "w"), ("x", "s"), ("y", "y"), ("z", "s"),
)  # fmt: skip
_CODAS = {
    "b": "p", "p": "p", "ph": "p", "f": "p", "k": "k", "g": "k", "c": "k", "ck": "k", "kh": "k", "q": "k", "gh": "k",
    "d": "t", "t": "t", "th": "t", "s": "t", "z": "t", "j": "t", "ch": "t", "tch": "t", "sh": "t", "x": "t", "n": "n",
    "nh": "n", "l": "n", "gn": "n", "ny": "n", "r": "", "m": "m", "ng": "q", "v": "w", "w": "w", "h": "", "y": "y",
}  # fmt: skip
# Longest first; what stands behind ! must not follow.
_VOWELS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ouai|ouay|ouei|ouey|uay|uai|oai|uoi|uoy|ouy", "uay"),
        (r"eua|uea|euea|uae|oeua", "Ma"),
        (r"euay|eauy|oeuay", "May"),
        (r"iao|ieo|iew|iau|iaw|eaw|iaow|ieow", "iaw"),
        (r"aeow?|(?:ae|e|ee)w(?![aeiouy])|eow|eo(?!u)", "Ew"),
        (r"oeuy|oeui|oei|oey|euy|eui|uei|uey", "Xy"),
        (r"oueu|oeu|oe|eur(?![aeiouy])|eu|er(?![aeiouyr])", "X"),
        (r"oua|ouo|uo", "ua"),
        (r"ue(?=[nkmt]g?$)|ue", "M"),
        (r"ua", "ua"),
        (r"iea|ia|ie(?!$)|ea(?=n|ng)", "ia"),
        (r"aow|ao(?!y)|au|aw(?![aeiouy])|ow(?=$)", "aw"),
        (r"aii?|ay|ei|ey|ae?y", "ay"),
        (r"aoy|oi|oy|ooy|ooi|oiy|ory|oye", "Oy"),
        (r"oui|uy|ui", "uy"),
        (r"iw(?![aeiouy])|iou|iu", "iw"),
        (r"io(?=ng)", "O"),
        (r"ou|oo|u+", "u"),
        (r"ae|aa?e", "E"),
        (r"ee|ii|ea|ie$|i|y", "i"),
        (r"ar(?![aeiouyr])|aa|ah(?![aeiouy])|a", "a"),
        (r"or(?![aeiouyr])|aur(?![aeiouy])|oh(?![aeiouy])|o", "O"),
        (r"eh(?![aeiouy])|e", "e"),
    )
)
_LETTER_NAMES = {
    "a": "e", "b": "bi", "c": "si", "d": "di", "e": "i", "g": "ci", "j": "ce", "k": "ke", "m": "em", "n": "en",
    "p": "pi", "t": "ti", "v": "wi", "x": "ek", "ae": "e", "ay": "e",
}  # fmt: skip
_SILENT_E = re.compile(r"(?<=[aeiouyw])(nh?|m|c?k|th?|l|p|ng|d|r|s|x)h?e$")
_DOUBLED = re.compile(r"([bcdfgjklmnpqrstvwxz])\1+")


def latin_sound(text: str) -> str:
    """The sounds of one name in small Latin letters without accents."""
    if text in _LETTER_NAMES:
        return _LETTER_NAMES[text]
    sounds = ""
    for word in _LETTERS.findall(text):
        sounds += _word(_without_silent_e(_DOUBLED.sub(r"\1", word)))
    return sounds


def _without_silent_e(word: str) -> str:
    """Phone, Savanhe and Mone end as Phon, Savan and Mon do."""
    return _SILENT_E.sub(r"\1", word) if len(word) > 2 else word


def _word(word: str) -> str:
    sounds, at, after_vowel = "", 0, False
    while at < len(word):
        if word[at] in _VOWEL and not (word[at] == "y" and at + 1 < len(word) and word[at + 1] in _VOWEL):
            sound, at = _vowel(word, at)
            sounds, after_vowel = sounds + sound, True
        else:
            sound, at = _consonant(word, at, after_vowel=after_vowel)
            sounds, after_vowel = sounds + sound, False
    return sounds


def _vowel(word: str, at: int) -> tuple[str, int]:
    for pattern, sound in _VOWELS:
        if match := pattern.match(word, at):
            return sound, match.end()
    return "", at + 1


def _consonant(word: str, at: int, *, after_vowel: bool) -> tuple[str, int]:
    letters, sound = next((one for one in _ONSETS if word.startswith(one[0], at)), (word[at], ""))
    if letters in ("ny", "gn") and not word[at + 2 : at + 3].strip("bcdfghjklmnpqrstvwxz"):
        letters, sound = letters[0], "n" if letters == "ny" else "k"
    end = at + len(letters)
    if letters == "ng" and after_vowel and end < len(word) and word[end] in _VOWEL and not _starts_syllable(word, end):
        return "q", end
    if letters in ("ny", "gn") and after_vowel and word[at - 1] not in "yi":
        return "nY", end
    if _is_onset(word, end):
        if letters == "c" and word[end : end + 1] in ("e", "i"):
            sound = "s"
        if word[end : end + 1] in ("l", "r") and sound in "kKpPtTbs":
            end += 1
        return sound, end
    return _CODAS.get(letters, sound) if after_vowel else sound, end


def _starts_syllable(word: str, at: int) -> bool:
    return word[at : at + 1] in _VOWEL


def _is_onset(word: str, end: int) -> bool:
    """Tell whether a vowel follows, or a second consonant of a cluster and then a vowel."""
    rest = word[end : end + 2]
    return bool(rest) and (rest[0] in _VOWEL or (len(rest) == 2 and rest[0] in "wvlr" and rest[1] in _VOWEL))
