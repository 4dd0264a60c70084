"""Lao and Thai on paper: which fonts, which letters they have, and where a line may end.

Neither script has spaces between words, and no dictionary of words is at hand. A line ends at a space, before a vowel
that is written in front of its consonant (always the first of a syllable), or after a vowel that ends one; never
between a letter and its marks.
"""

import unicodedata
from collections.abc import Callable, Container, Iterator, Mapping
from pathlib import Path

from thangdee.core.words import LOCALES

FONTS = LOCALES / "fonts"
_FILES = {"lao": "noto-sans-lao-lao", "latin": "noto-sans-lao-latin", "thai": "noto-sans-thai-thai"}
# A vowel in front of its consonant begins a syllable; these end one, or a word.
_FRONT = frozenset("ເແໂໃໄเแโใไ")
_ENDS = frozenset("ະຳໆຯะำๆฯ")
_NEVER_FIRST = frozenset(".,;:!?)]}»”’%/") | _ENDS
_UNKNOWN = "?"


def font_files(language: str) -> list[tuple[str, str, Path]]:
    """Return name, style and file of the fonts for a letter, the one of its language first.

    All scripts are there in every language: what a person said may be in another.
    """
    order = {"lo": ("lao", "latin", "thai"), "th": ("thai", "latin", "lao")}.get(language, ("latin", "lao", "thai"))
    return [
        (name, style, FONTS / f"{_FILES[name]}-{weight}-normal.woff2")
        for name in order
        for style, weight in (("", 400), ("B", 700))
    ]


def runs(words: str, fonts: Mapping[str, Container[int]]) -> list[tuple[str, str]]:
    """Cut words into runs of one font each; a font that has a letter keeps it, so that spaces do not cut."""
    found: list[tuple[str, str]] = []
    for one in words:
        if found and (ord(one) in fonts[found[-1][1]] and one == " "):
            found[-1] = (found[-1][0] + one, found[-1][1])
            continue
        name = next((name for name, known in fonts.items() if ord(one) in known), next(iter(fonts)))
        if found and found[-1][1] == name:
            found[-1] = (found[-1][0] + one, name)
        else:
            found.append((one, name))
    return found


def printable(words: str, known: Container[int]) -> tuple[str, bool]:
    """Return the words with a question mark for what no font has, and whether they are whole."""
    plain = "".join(one for one in words.replace("\r", "") if one in "\n\t" or unicodedata.category(one)[0] != "C")
    clean = "".join(one if one in "\n\t" or ord(one) in known else _UNKNOWN for one in plain)
    return clean.replace("\t", " "), clean == plain


class Lines:
    """Words broken into lines of at most a width; `measure` tells how wide some words are."""

    def __init__(self, words: str, width: float, measure: Callable[[str], float]) -> None:
        self._words, self._width, self._measure = words, width, measure

    def __iter__(self) -> Iterator[str]:
        for paragraph in self._words.split("\n"):
            yield from self._broken(paragraph)

    def _broken(self, paragraph: str) -> Iterator[str]:
        line = ""
        for piece in pieces(paragraph):
            if line and self._measure((line + piece).rstrip()) > self._width:
                yield line.rstrip()
                line = ""
            line = line + piece if line else piece.lstrip()
            while self._measure(line.rstrip()) > self._width:
                head = self._head(line)
                yield head
                line = line[len(head) :]
        yield line.rstrip()

    def _head(self, line: str) -> str:
        """As much of a piece as fits, cut between letters."""
        head = ""
        for letter in letters(line):
            if head and self._measure(head + letter) > self._width:
                break
            head += letter
        return head


def pieces(words: str) -> list[str]:
    """Cut words where a line may end; together they are the words."""
    found: list[str] = []
    for letter in letters(words):
        if found and not _may_end_between(found[-1], letter):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def letters(words: str) -> list[str]:
    """Cut words into letters with their marks; a vowel in front stays with its consonant."""
    found: list[str] = []
    for one in words:
        is_joined = found and (_is_mark(one) or found[-1][-1] in _FRONT)
        if is_joined:
            found[-1] += one
        else:
            found.append(one)
    return found


def _is_mark(one: str) -> bool:
    # The two "am" vowels count as letters in Unicode, but a part of them stands above the consonant.
    return unicodedata.category(one) in ("Mn", "Mc") or one in "ຳำ"


def _may_end_between(before: str, letter: str) -> bool:
    if before[-1] == " ":
        return letter != " "
    if letter[0] == " " or letter[0] in _NEVER_FIRST or not _is_of_them(letter[0]):
        return False
    if not _is_of_them(before[-1]):
        return before[-1] == "-"
    return letter[0] in _FRONT or before[-1] in _ENDS


def _is_of_them(one: str) -> bool:
    return "\u0e01" <= one <= "\u0edf"
