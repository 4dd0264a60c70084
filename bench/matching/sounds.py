"""Lao syllables as sounds, and how each of the three scripts may write one of them by ear."""

import re
from dataclasses import dataclass, replace
from random import Random

_VOWEL_MARKS = "ະັາຳິີຶືຸູົຼຽໍ"
_TONE_MARKS = "່້໊໋"
_START = r"(?P<onset>ຫ[ງຍນມລວຼຣ]|ໜ|ໝ|[ກຂຄ]ວ(?=[T]*[ັາິີະ])|[ກ-ຮ]ຼ|[ກ-ຮ])"
_TONE = "(?P<tone>[່້໊໋]?)"
_END = "(?P<coda>[ກງດຕບນມຍວ](?![T]*(?:[V]|[ວອ](?![T]*[Vອ]))))"
# Each way of writing a vowel: {C} onset, {T} tone mark, {F} final consonant. The first that fits is taken.
_WRITTEN = (
    ("ເ{C}ື{T}ອ{F}?", "uea"),
    ("ເ{C}ຶ{T}ອ{F}?", "uea"),
    ("ເ{C}ົ{T}າ", "ao"),
    ("ເ{C}ິ{T}{F}?", "oe"),
    ("ເ{C}ີ{T}{F}?", "oee"),
    ("ເ{C}ັ{T}{F}", "e"),
    ("ເ{C}{T}ະ", "e"),
    ("ເ{C}{T}ຍ", "ia"),
    ("ເ{C}{T}{F}?", "ee"),
    ("ແ{C}ັ{T}{F}", "ae"),
    ("ແ{C}{T}ະ", "ae"),
    ("ແ{C}{T}{F}?", "aae"),
    ("ໂ{C}{T}ະ", "o"),
    ("ໂ{C}{T}{F}?", "oo"),
    ("ໃ{C}{T}", "ay"),
    ("ໄ{C}{T}", "ai"),
    ("{C}ົ{T}ວ", "ua"),
    ("{C}ົ{T}{F}", "o"),
    ("{C}ັ{T}ອ{F}", "aw"),
    ("{C}ັ{T}{F}", "a"),
    ("{C}{T}ຳ", "am"),
    ("{C}ໍ{T}າ", "am"),
    ("{C}ໍ{T}{F}?", "aaw"),
    ("{C}{T}ະ", "a"),
    ("{C}{T}າ{F}?", "aa"),
    ("{C}ິ{T}{F}?", "i"),
    ("{C}ີ{T}{F}?", "ii"),
    ("{C}ຶ{T}{F}?", "ue"),
    ("{C}ື{T}{F}?", "uee"),
    ("{C}ຸ{T}{F}?", "u"),
    ("{C}ູ{T}{F}?", "uu"),
    ("{C}{T}ຽ{F}?", "ia"),
    ("{C}{T}ວ{F}", "ua"),
    ("{C}{T}ອ{F}?", "aaw"),
    ("{C}{T}", "a"),
)


@dataclass(frozen=True, slots=True)
class Syllable:
    """One syllable: the Lao letters of its onset (which tell its tone class), vowel, final consonant and tone mark."""

    onset: str
    vowel: str
    coda: str
    tone: str


Sounds = tuple[Syllable, ...]


def _pattern(written: str) -> re.Pattern[str]:
    text = written.replace("{C}", _START).replace("{T}", _TONE).replace("{F}", _END)
    text = text.replace("[T]", f"[{_TONE_MARKS}]").replace("[V]", f"[{_VOWEL_MARKS}]")
    return re.compile(text.replace("[Vອ]", f"[{_VOWEL_MARKS}ອ]"))


_PATTERNS = tuple((_pattern(written), vowel) for written, vowel in _WRITTEN)


def sounds_of(lao: str) -> Sounds:
    """Read Lao letters; what is no Lao syllable is passed over."""
    found: list[Syllable] = []
    at = 0
    while at < len(lao):
        syllable, at = _syllable(lao, at)
        if syllable:
            found.append(syllable)
    return tuple(found)


def _syllable(lao: str, at: int) -> tuple[Syllable | None, int]:
    for pattern, vowel in _PATTERNS:
        fits = pattern.match(lao, at)
        if fits:
            parts = fits.groupdict()
            coda = {"ຕ": "ດ"}.get(parts.get("coda") or "", parts.get("coda") or "")
            return Syllable(parts["onset"], vowel, coda, parts["tone"] or ""), fits.end()
    return None, at + 1


_LONG = {"a": "aa", "i": "ii", "ue": "uee", "u": "uu", "e": "ee", "ae": "aae", "o": "oo", "aw": "aaw", "oe": "oee"}
_SHORT = {long: short for short, long in _LONG.items()}


def other_length(syllable: Syllable) -> Syllable:
    """The syllable with its vowel short for long or long for short; diphthongs stay."""
    vowel = _LONG.get(syllable.vowel) or _SHORT.get(syllable.vowel) or syllable.vowel
    return replace(syllable, vowel=vowel)


# Thai: letters for the onset, the commoner first. High class letters and clusters keep their class where they can.
_THAI_ONSETS = {
    "ກ": "ก", "ຂ": "ข", "ຄ": "ค", "ງ": "ง", "ຈ": "จ", "ສ": "ส", "ຊ": "ซช", "ຍ": "ยยยญ", "ດ": "ด", "ຕ": "ต", "ຖ": "ถ",
    "ທ": "ท", "ນ": "น", "ບ": "บ", "ປ": "ป", "ຜ": "ผ", "ຝ": "ฝ", "ພ": "พ", "ຟ": "ฟ", "ມ": "ม", "ຢ": "ย", "ຣ": "ร",
    "ລ": "ล", "ວ": "ว", "ຫ": "ห", "ອ": "อ", "ຮ": "ฮ",
}  # fmt: skip
# Finals sound alike in Thai where the letters differ; who writes by ear guesses at an origin now and then.
_THAI_ENDS = {"": "", "ກ": "กกข", "ງ": "ง", "ດ": "ดตทสช", "ບ": "บบปพ", "ນ": "นนณรล", "ມ": "ม", "ຍ": "ย", "ວ": "ว"}
_GUESSES_AN_ORIGIN = 0.08
_THAI_TONES = {"": "", "່": "่", "້": "้", "໊": "๊", "໋": "๋"}
# (open, closed): {C} onset, {T} tone, {F} final.
_THAI_VOWELS = {
    "a": ("{C}ะ", "{C}ั{T}{F}"), "aa": ("{C}{T}า", "{C}{T}า{F}"), "i": ("{C}ิ{T}", "{C}ิ{T}{F}"),
    "ii": ("{C}ี{T}", "{C}ี{T}{F}"), "ue": ("{C}ึ{T}", "{C}ึ{T}{F}"), "uee": ("{C}ื{T}อ", "{C}ื{T}{F}"),
    "u": ("{C}ุ{T}", "{C}ุ{T}{F}"), "uu": ("{C}ู{T}", "{C}ู{T}{F}"), "e": ("เ{C}{T}ะ", "เ{C}็{F}"),
    "ee": ("เ{C}{T}", "เ{C}{T}{F}"), "ae": ("แ{C}{T}ะ", "แ{C}็{F}"), "aae": ("แ{C}{T}", "แ{C}{T}{F}"),
    "o": ("โ{C}{T}ะ", "{C}{T}{F}"), "oo": ("โ{C}{T}", "โ{C}{T}{F}"), "aw": ("เ{C}{T}าะ", "{C}็อ{F}"),
    "aaw": ("{C}{T}อ", "{C}{T}อ{F}"), "oe": ("เ{C}{T}อะ", "เ{C}ิ{T}{F}"), "oee": ("เ{C}{T}อ", "เ{C}ิ{T}{F}"),
    "ia": ("เ{C}ี{T}ย", "เ{C}ี{T}ย{F}"), "ua": ("{C}ั{T}ว", "{C}{T}ว{F}"), "uea": ("เ{C}ื{T}อ", "เ{C}ื{T}อ{F}"),
    "ay": ("ใ{C}{T}", "ใ{C}{T}"), "ai": ("ไ{C}{T}", "ไ{C}{T}"), "ao": ("เ{C}{T}า", "เ{C}{T}า"),
    "am": ("{C}{T}ำ", "{C}{T}ำ"),
}  # fmt: skip


def in_thai(sounds: Sounds, chance: Random) -> str:
    """Thai letters for the sounds, as somebody writes who never saw the name written."""
    return "".join(_thai_syllable(one, chance) for one in sounds)


def _thai_syllable(one: Syllable, chance: Random) -> str:
    if one.vowel == "oee" and one.coda == "ຍ":
        return f"เ{_thai_onset(one.onset, chance)}{_THAI_TONES[one.tone]}ย"
    unwritten = one.vowel == "a" and not one.coda and chance.random() < 0.3
    template = "{C}" if unwritten else _THAI_VOWELS[one.vowel][bool(one.coda)]
    parts = {"C": _thai_onset(one.onset, chance), "T": _THAI_TONES[one.tone], "F": _thai_end(one.coda, chance)}
    return template.format(**parts)


def _thai_end(coda: str, chance: Random) -> str:
    letters = _THAI_ENDS[coda]
    return chance.choice(letters) if letters and chance.random() < _GUESSES_AN_ORIGIN else letters[:1]


def _thai_onset(letters: str, chance: Random) -> str:
    letters = {"ໜ": "ຫນ", "ໝ": "ຫມ"}.get(letters, letters).replace("ຼ", "ລ")
    return "".join(_mostly_first(_THAI_ONSETS[letter], chance) for letter in letters)


def _mostly_first(choices: str, chance: Random) -> str:
    return choices[0] if len(choices) == 1 or chance.random() < 0.65 else chance.choice(choices[1:])


_LAO_VOWELS = {
    "a": ("{C}ະ", "{C}ັ{T}{F}"), "aa": ("{C}{T}າ", "{C}{T}າ{F}"), "i": ("{C}ິ{T}", "{C}ິ{T}{F}"),
    "ii": ("{C}ີ{T}", "{C}ີ{T}{F}"), "ue": ("{C}ຶ{T}", "{C}ຶ{T}{F}"), "uee": ("{C}ື{T}", "{C}ື{T}{F}"),
    "u": ("{C}ຸ{T}", "{C}ຸ{T}{F}"), "uu": ("{C}ູ{T}", "{C}ູ{T}{F}"), "e": ("ເ{C}{T}ະ", "ເ{C}ັ{T}{F}"),
    "ee": ("ເ{C}{T}", "ເ{C}{T}{F}"), "ae": ("ແ{C}{T}ະ", "ແ{C}ັ{T}{F}"), "aae": ("ແ{C}{T}", "ແ{C}{T}{F}"),
    "o": ("ໂ{C}{T}ະ", "{C}ົ{T}{F}"), "oo": ("ໂ{C}{T}", "ໂ{C}{T}{F}"), "aw": ("ເ{C}{T}າະ", "{C}ັ{T}ອ{F}"),
    "aaw": ("{C}ໍ{T}", "{C}{T}ອ{F}"), "oe": ("ເ{C}ິ{T}", "ເ{C}ິ{T}{F}"), "oee": ("ເ{C}ີ{T}", "ເ{C}ີ{T}{F}"),
    "ia": ("ເ{C}{T}ຍ", "{C}{T}ຽ{F}"), "ua": ("{C}ົ{T}ວ", "{C}{T}ວ{F}"), "uea": ("ເ{C}ື{T}ອ", "ເ{C}ື{T}ອ{F}"),
    "ay": ("ໃ{C}{T}", "ໃ{C}{T}"), "ai": ("ໄ{C}{T}", "ໄ{C}{T}"), "ao": ("ເ{C}ົ{T}າ", "ເ{C}ົ{T}າ"),
    "am": ("{C}{T}ຳ", "{C}{T}ຳ"),
}  # fmt: skip


def in_lao(sounds: Sounds) -> str:
    """Lao letters for the sounds, one way only: Lao is written as it is heard."""
    return "".join(_LAO_VOWELS[one.vowel][bool(one.coda)].format(C=one.onset, T=one.tone, F=one.coda) for one in sounds)


# Latin letters: (as the French taught, as in English), each with the commoner first.
_LATIN_ONSETS = {
    "ກ": ("k", "k g"), "ຂ": ("kh", "kh k"), "ຄ": ("kh", "kh k"), "ງ": ("ng", "ng"), "ຈ": ("ch tj", "j ch"),
    "ສ": ("s", "s"), "ຊ": ("x s", "s x ch"), "ຍ": ("nh gn y", "y ny"), "ດ": ("d", "d"), "ຕ": ("t", "t"),
    "ຖ": ("th", "th t"), "ທ": ("th", "th t"), "ນ": ("n", "n"), "ບ": ("b", "b"), "ປ": ("p", "p b"), "ຜ": ("ph", "ph p"),
    "ຝ": ("f", "f"), "ພ": ("ph", "ph p"), "ຟ": ("f", "f"), "ມ": ("m", "m"), "ຢ": ("y", "y"), "ຣ": ("r l", "r"),
    "ລ": ("l", "l"), "ວ": ("v", "v w"), "ຫ": ("h", "h"), "ອ": ("", ""), "ຮ": ("h", "h"), "ໜ": ("n", "n"),
    "ໝ": ("m", "m"),
}  # fmt: skip
_LATIN_VOWELS = {
    "a": ("a", "a u"), "aa": ("a", "a ar aa"), "i": ("i", "i"), "ii": ("i y", "ee i"), "ue": ("eu u", "ue u"),
    "uee": ("eu", "ue eu"), "u": ("ou", "u oo ou"), "uu": ("ou", "oo u"), "e": ("e é", "e"), "ee": ("e é", "e ay"),
    "ae": ("e è a", "ae a"), "aae": ("e è ê", "ae e a"), "o": ("o", "o"), "oo": ("o ô", "o oh"), "aw": ("o", "o aw"),
    "aaw": ("o", "o or aw"), "oe": ("eu e", "oe er"), "oee": ("eu e", "oe er"), "ia": ("ie ia", "ia ie"),
    "ua": ("oua ua", "ua"), "uea": ("eua ua", "uea ua"), "ai": ("ay ai", "ai ay"),
    "ay": ("ay ai", "ai ay"), "ao": ("ao", "ao ow"),
    "am": ("am", "am um"),
}  # fmt: skip
_LATIN_ENDS = {
    "": ("", ""), "ກ": ("k c ck", "k"), "ງ": ("ng", "ng"), "ດ": ("t th d", "t d"), "ບ": ("p b", "p b"),
    "ນ": ("n ne nh", "n"), "ມ": ("m me", "m"), "ຍ": ("y i", "i y"), "ວ": ("o w", "w o"),
}  # fmt: skip


def in_latin(sounds: Sounds, chance: Random, *, french: bool) -> str:
    """Latin letters in small print, French-style (ou, x, v, ph, -ne) or English-style (oo, s, w, p)."""
    side = 0 if french else 1
    written = []
    for one in sounds:
        letters = one.onset.replace("ຼ", "ລ")
        letters = letters[1:] if len(letters) > 1 and letters[0] == "ຫ" else letters
        onset = "".join(_pick(_LATIN_ONSETS[letter][side], chance) for letter in letters)
        written.append(
            onset + _pick(_LATIN_VOWELS[one.vowel][side], chance) + _pick(_LATIN_ENDS[one.coda][side], chance)
        )
    return "".join(written)


def _pick(choices: str, chance: Random) -> str:
    ways = choices.split(" ")
    return ways[0] if len(ways) == 1 or chance.random() < 0.6 else chance.choice(ways[1:])
