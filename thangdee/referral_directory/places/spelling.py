"""Forms in which spellings of one name come out alike."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from thangdee.core.script import skeleton, to_thai

BREAK = "\n"
_SPLIT = {"ํา": "ำ", "เเ": "แ"}
_PARTS_NOTHING = "-.·ฯ'"  # inside กทม., กรุงเทพฯ, Su-ngai Kolok
_TONE_MARKS = frozenset("่้๊๋")
_LONG_ENOUGH = 8  # letters of a name whose tone marks need not be looked at
_LAO_OR_THAI = re.compile(r"[\u0e00-\u0eff]")
_LATIN = re.compile(r"[a-z0-9]+")
_ASCII_ONLY = str.maketrans({"ł": "l", "đ": "d", "ı": "i", "’": "'"})

_DOUBLED = re.compile(r"(.)\1+")
_FRAME = str.maketrans(
    dict.fromkeys("aeiouyhwvrlg", "")
    | dict.fromkeys("ckqsxjz", "s")
    | dict.fromkeys("pb", "p")
    | dict.fromkeys("td", "t")
)

# In turn: consonants that romanisations mix up, then vowels without length, then letters nobody hears.
_BY_EAR = tuple(
    (re.compile(pattern), letter)
    for pattern, letter in (
        (r"nh(?![aeiou])", "n"),
        (r"gn|nh|ny(?=[aeou])", "y"),
        (r"ng", "q"),
        (r"ch|sh|[jxz]|c(?=[eiy])", "s"),
        (r"kh|[gc]", "k"),
        (r"ph|b", "p"),
        (r"th|d", "t"),
        (r"v", "w"),
        (r"(?<=[aeiou])r(?![aeiou])", ""),
        (r"r", "l"),
        (r"(?<=[kptsfhlmnqy])ou?(?=[aei]{2}|ay)", "w"),
        (r"h(?![aeiouyw])", ""),
        (r"ou|oo", "u"),
        (r"(?:eu|ue|u|w)a", "wa"),
        (r"oe|eu|ue|u(?=e$)", "u"),
        (r"ie|ia|ea|iy?a", "ia"),
        (r"e[iy]|a[iy]", "ai"),
        (r"a?eo|aew", "eo"),
        (r"au|aw(?![aeiou])", "ao"),
        (r"ae|ee(?=k)", "e"),
        (r"ee|y(?![aeiou])", "i"),
        (r"(?<=[kptsmnlqf])e$", ""),
        (r"ne(?=[tskpmh])", "n"),
        (r"ow|oo", "o"),
        (r"(.)\1+", r"\1"),
    )
)


def has_lao_or_thai(text: str) -> bool:
    """Tell whether a letter of either script is in the text."""
    return bool(_LAO_OR_THAI.search(text))


def latin(text: str) -> str:
    """Small Latin letters and digits of the text, accents gone, one space between words."""
    bare = unicodedata.normalize("NFKD", text.lower().translate(_ASCII_ONLY)).replace("'", "")
    return " ".join(_LATIN.findall("".join(char for char in bare if not unicodedata.combining(char))))


@lru_cache(maxsize=8192)
def by_ear(text: str) -> str:
    """How a Lao or Thai name in Latin letters sounds, roughly: Xaignabouli and Sayaboury come out alike."""
    text = latin(text).replace(" ", "")
    for pattern, letter in _BY_EAR:
        text = pattern.sub(letter, text)
    return text


def frame(word: str) -> str:
    """The few letters of a Latin word that no spelling changes: much faster than `by_ear`, and asked before it."""
    return _DOUBLED.sub(r"\1", word.translate(_FRAME))


@dataclass(frozen=True, slots=True)
class Traced:
    """The bare Lao and Thai letters of a text, each with the place it came from.

    ``letters`` is one string in Thai letters without tones and gaps; what is neither Lao nor Thai is ``BREAK``.
    ``origins[i]`` is the index in the text of the sign that gave letter i, ``ends[i]`` the index after it and the
    signs without a letter of their own that belong to it. ``gaps`` has each i before which something parted words.
    """

    letters: str
    origins: tuple[int, ...]
    ends: tuple[int, ...]
    gaps: frozenset[int]


@lru_cache(maxsize=1024)
def _bare(char: str) -> str:
    return skeleton(char) if _LAO_OR_THAI.match(char) or char.isdigit() else ""


def traced(text: str) -> Traced:
    """Bring the text to the form in which names are compared."""
    letters: list[str] = []
    origins: list[int] = []
    ends: list[int] = []
    gaps: set[int] = {0}
    for index, char in enumerate(text):
        bare = _bare(char)
        if letters and (joined := _SPLIT.get(letters[-1] + bare)):
            letters[-1], ends[-1] = joined, index + 1
        elif bare and len(ends) > 1 and text[max(0, index - 2) : index] == char * 2:
            ends[-1] = index + 1  # ບາງກອກກກກ
        elif bare:
            letters.extend(bare)
            origins.extend([index] * len(bare))
            ends.extend([index + 1] * len(bare))
        elif _belongs_to_a_letter(char):
            if ends:
                ends[-1] = index + 1
        else:
            gaps.add(len(letters))
            if not char.isspace() and char not in _PARTS_NOTHING:
                letters.append(BREAK)
                origins.append(index)
                ends.append(index + 1)
                gaps.add(len(letters))
    gaps.add(len(letters))
    return Traced("".join(letters), tuple(origins), tuple(ends), frozenset(gaps))


def key(text: str) -> str:
    """The form of one name: its bare Lao and Thai letters, without gaps."""
    return traced(text).letters.replace(BREAK, "")


@lru_cache(maxsize=4096)
def with_tones(text: str) -> str:
    """The text in Thai letters with its tones, without spaces."""
    return to_thai(text).replace(" ", "")


@lru_cache(maxsize=4096)
def _marks(text: str) -> frozenset[tuple[int, str]]:
    """The tone marks of a text, each with the number of the letter that it stands on."""
    found, number = set(), 0
    for char in with_tones(text):
        if char in _TONE_MARKS:
            found.add((number, char))
        else:
            number += 1
    return frozenset(found)


def has_its_tones(written: str, name: str) -> bool:
    """Tell whether a short name has no tone mark that it should not have: ส่งข่า is not สงขา. Missing ones are usual."""
    return len(with_tones(written)) > _LONG_ENOUGH or _marks(written) <= _marks(name)


def _belongs_to_a_letter(char: str) -> bool:
    """Tell whether the sign stands on a letter (a tone, ົ) or cannot be seen."""
    return unicodedata.category(char) in ("Mn", "Cf")
