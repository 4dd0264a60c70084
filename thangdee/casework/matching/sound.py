"""One sound form for a name in Lao, Thai or Latin letters.

A string of signs, one for each sound. Consonants: k K(kh) q(ng) c(ຈ) C(ช) s d t T(th) n b p P(ph) f m y Y(ny) r l w h;
at the end of a syllable only k t p n m q y w. Vowels, long and short alike: a i u e E(ແ) o O(ໍ) M(ຶ) X(ເິ); diphthongs are
two signs. Tones are not kept: the ear of another language does not hear them.
"""

import re
import unicodedata
from functools import lru_cache

from thangdee.casework.matching.sound_lao import lao_sound
from thangdee.casework.matching.sound_latin import latin_sound
from thangdee.casework.matching.sound_thai import thai_sound
from thangdee.core.script import fold

_PARTS = re.compile(r"[\u0e80-\u0eff]+|[\u0e00-\u0e7f]+|[a-z]+")
_DOUBLE = re.compile(r"(.)\1+|(?<=y)Y|t(?=[dT])|p(?=[bPf])|k(?=K)")
_COARSE = str.maketrans(
    {"K": "k", "C": "s", "c": "s", "d": "t", "T": "t", "b": "p", "P": "p", "f": "p", "q": "n", "Y": "y", "r": "l",
     "h": "l", **dict.fromkeys("aiueEoOMX", "")}
)  # fmt: skip
_NO_GLIDES = str.maketrans("", "", "wy")
_VOWELLED = str.maketrans(
    {"K": "k", "C": "s", "c": "s", "d": "t", "T": "t", "b": "p", "P": "p", "f": "p", "q": "n", "Y": "y", "r": "l",
     "h": "l", "E": "e", "i": "i", "O": "o", "u": "u", "M": "u", "X": "e"}
)  # fmt: skip


@lru_cache(maxsize=1 << 17)
def sound_of(name: str) -> str:
    """The sound form of a name; empty for what has no letters of the three scripts."""
    sounds = "".join(_sound_of_part(part) for part in _PARTS.findall(_bare(fold(name))))
    return _DOUBLE.sub(_once, sounds)


@lru_cache(maxsize=1 << 17)
def coarse(sound: str) -> str:
    """The consonants of a sound form, those that are easily mixed up as one, without glides: a block of names."""
    consonants = sound.translate(_COARSE)
    return _DOUBLE.sub(_once, consonants[:1] + consonants[1:].translate(_NO_GLIDES))


@lru_cache(maxsize=1 << 17)
def vowelled(sound: str) -> str:
    """As `coarse`, with rough vowels: what is compared quickly before sounds are compared in full."""
    return _DOUBLE.sub(_once, sound.translate(_VOWELLED))


def _once(match: re.Match[str]) -> str:
    return match.group(1) or ""


def _sound_of_part(part: str) -> str:
    if part[0] >= "\u0e80":
        return lao_sound(part)
    return thai_sound(part) if part[0] >= "\u0e00" else latin_sound(part)


def _bare(text: str) -> str:
    """The text with the accents of Latin letters gone: é is e."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text) if re.search(r"[\u00c0-\u024f\u1e00-\u1eff]", text) else text
    return "".join(one for one in apart if not "\u0300" <= one <= "\u036f")
