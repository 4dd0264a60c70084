"""How a Lao name sounds: Lao spelling is regular, a table of syllables reads it.

Sounds are single signs, shared by the three scripts (`sound.py` says what each stands for).
"""

import re

_CONSONANTS = "ກຂຄງຈສຊຍດຕຖທນບປຜຝພຟມຢຣລວຫອຮ"
_POST = "ະັາິີຶືຸູົຽໍຳ"  # signs that make the consonant before them an initial
_TONES = re.compile(r"[\u0ec8-\u0ecb]")
_SILENCED = re.compile(rf"[{_CONSONANTS}][ິຸ]?\u0ecc")

_ONSET = {
    "ກ": "k", "ຂ": "K", "ຄ": "K", "ງ": "q", "ຈ": "c", "ສ": "s", "ຊ": "s", "ຍ": "Y", "ດ": "d", "ຕ": "t", "ຖ": "T",
    "ທ": "T", "ນ": "n", "ບ": "b", "ປ": "p", "ຜ": "P", "ຝ": "f", "ພ": "P", "ຟ": "f", "ມ": "m", "ຢ": "y", "ຣ": "r",
    "ລ": "l", "ວ": "w", "ຫ": "h", "ອ": "", "ຮ": "h",
}  # fmt: skip
_CODA = {
    "ກ": "k", "ຂ": "k", "ຄ": "k", "ງ": "q", "ຍ": "y", "ຢ": "y", "ດ": "t", "ຕ": "t", "ຖ": "t", "ທ": "t", "ສ": "t",
    "ຊ": "t", "ຈ": "t", "ນ": "n", "ລ": "n", "ຣ": "n", "ບ": "p", "ປ": "p", "ພ": "p", "ຜ": "p", "ຟ": "p", "ມ": "m",
    "ວ": "w",
}  # fmt: skip

_C = rf"(?P<c>ຫ[ງຍນມລວຣ]|[ກຂຄສທ]ວ(?=[ະັາິີ])|[ກປພ]ລ(?=ະ)|[{_CONSONANTS}]ຼ?)"
_F = rf"(?P<f>[{''.join(_CODA)}](?![{_POST}]|ອ(?![{_POST}])|ວ[{''.join(_CODA)}](?![{_POST}])))"
_OF = {"C": _C, "F": _F}
_SYLLABLES = tuple(
    (re.compile(re.sub("[CF]", lambda one: _OF[one.group()], pattern)), vowel)
    for pattern, vowel in (
        ("ເC[ຶື]ອF?", "Ma"),
        ("ເCັ?[ຍຽ](?!ອ)F?", "ia"),
        ("ເCົາ", "aw"),
        ("ເCາະ", "O"),
        ("ເC[ິີ]F?", "X"),
        ("ເCັ?ະ?F?", "e"),
        ("ແCັ?ະ?F?", "E"),
        ("ໂCະ?F?", "o"),
        ("[ໄໃ]C(?:ຍ(?![ະັາິີຶືຸູົຽໍຳ]))?", "ay"),
        ("Cົວະ?F?", "ua"),
        ("Cັວ", "ua"),
        ("Cັ?ຽF?", "ia"),
        ("CັF?", "a"),
        ("CະF?(?<=ະ)", "a"),
        ("CາF?", "a"),
        ("C[ິີ]F?", "i"),
        ("C[ຶື]F?", "M"),
        ("C[ຸູ]F?", "u"),
        ("CົF?", "o"),
        ("CໍF?", "O"),
        ("Cຳ", "am"),
        ("CວF", "ua"),
        ("CອF?", "O"),
        ("CF$", "o"),
        ("C", "a"),
    )
)


def lao_sound(text: str) -> str:
    """The sounds of one Lao name, already folded (core.script.fold)."""
    text = _TONES.sub("", _SILENCED.sub("", text))
    sounds, at = "", 0
    while at < len(text):
        for pattern, vowel in _SYLLABLES:
            if match := pattern.match(text, at):
                found = match.groupdict()
                sounds += _onset(found["c"]) + vowel + _CODA.get(found.get("f") or "", "")
                at = match.end()
                break
        else:
            at += 1
    return sounds


def _onset(letters: str) -> str:
    letters = letters.rstrip("ຼ")
    if letters.startswith("ຫ") and len(letters) > 1:
        letters = letters[1:]
    if len(letters) > 1 and letters[1] == "ວ":
        return _ONSET[letters[0]] + "w"
    return _ONSET[letters[0]]
