"""The crisis word list: cries for help found without any model, before everything else (rule R52).

The words stand in `crisis_words.yml`, where a native speaker can read and change them. Here they
become one pattern per kind, on text whose spelling is folded: Lao letters as Thai ones, no tone
marks, no gaps between Lao or Thai letters, and one romanisation for Latin letters.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from thangdee.core.script import to_thai, without_tones

KINDS = ("danger_now", "self_harm", "medical_emergency")

_WORDS_FILE = Path(__file__).with_name("crisis_words.yml")
_NEAR, _FAR = "…", "……"
_Gaps = Mapping[tuple[str, bool], str]
# First letter and the letter after the last.
_Span = tuple[int, int]
# By sign and whether Latin letters stand before it. Lao and Thai write no spaces, so twelve letters are
# two or three words; Latin words are longer.
_GAPS: _Gaps = {
    (_NEAR, False): r".{0,12}?",
    (_NEAR, True): r".{0,22}?",
    (_FAR, False): r".{0,120}?",
    (_FAR, True): r".{0,120}?",
}
# An idiom or a denial may stand further from the word that it defuses.
_UNLESS_GAPS: _Gaps = {**_GAPS, (_NEAR, False): r".{0,24}?", (_NEAR, True): r".{0,24}?"}
# Stands after the last letter of every message, so that a phrase can ask for the end.
_END = "\n"
# What may remain of a message beside a bare cry: a slip, a letter or two.
_LEFTOVER = 2
# Letters between a cry and the words that say it is told calmly: a long sentence, so that one word about
# last year does not silence the rest of a long letter.
_HEARING = 160
# A wish to die is taken at its word, however it is told.
_TOLD_CALMLY = ("danger_now", "medical_emergency")

# Who laughs is not being hurt at this moment; about wishing to die people do write with a laugh.
_LAUGH = re.compile(
    r"(?<![\d])(?<!ห้อง )(?<!ห้อง)(?<!ຫ້ອງ )(?<!ຫ້ອງ)(?<!room )5{3,}(?!\d)|\b(?:ha){2,}|ฮ่าๆ|ຮ່າໆ|ຮາໆ|\blol\b|🤣|😂"
)
_JOKED_ABOUT = ("danger_now", "medical_emergency")
_RUN = re.compile(r"(\D)\1{2,}")
_APOSTROPHES = re.compile(r"['`´‘’]")
_NOT_A_LETTER = re.compile(r"[^a-z0-9\u0e01-\u0e5b]+")
_GAP_OF_THAI = re.compile(r"(?<![a-z0-9]) | (?![a-z0-9])")
_THAI_SLIPS = (("ร", "ล"), ("ใ", "ไ"), ("็", ""), ("ึ", "ื"), ("ๆ", ""), ("ฯ", ""))
_ROMANISATIONS = tuple(
    (written, folded)
    for folded, many in (
        ("dhai", ("thai",)),
        ("u", ("ueu", "uea", "eua", "eu", "ue", "oo", "ou")),
        ("i", ("ee", "y")),
        ("k", ("kh",)),
        ("p", ("ph",)),
        ("t", ("th",)),
        ("l", ("r",)),
        ("w", ("v",)),
    )
    for written in many
)
# A vowel sign after the last letter would make that letter the next syllable's.
_LAO_WORD_END = r"(?![ะ-ฺํ])"
# No word begins in the middle of a Latin one.
# A Lao or Thai consonant after a leading vowel belongs to it: ຂາ does not begin in ເຂົາ.
_WORD_START = r"(?<![a-z0-9](?=[a-z0-9]))(?<![เแโไ](?=[ก-ฮ]))"
_DOUBLED = re.compile(r"([a-z])\1")


@dataclass(frozen=True)
class KindWords:
    """The compiled words of one kind; all of them match on `squeezed` text."""

    phrases: re.Pattern[str]
    alone: re.Pattern[str]
    unless: re.Pattern[str]


@dataclass(frozen=True)
class CrisisWords:
    """The compiled word list. `kinds` keeps the order of KINDS, which is the order of precedence."""

    kinds: Mapping[str, KindWords]
    fillers: re.Pattern[str]
    signs: tuple[str, ...]
    calm: re.Pattern[str]
    moment: re.Pattern[str]

    def kind_of(self, text: str) -> str | None:
        """The first kind in KINDS that the text cries for, or None."""
        bare = squeezed(text) + _END
        laughs = _LAUGH.search(text) is not None
        for kind, words in self.kinds.items():
            if _is_bare_cry(words, self.fillers, bare):
                return kind
            cries = () if laughs and kind in _JOKED_ABOUT else _cries(words, bare)
            if any(kind not in _TOLD_CALMLY or not self._is_told_calmly(cry, bare) for cry in cries):
                return kind
        return KINDS[0] if any(sign in text for sign in self.signs) else None

    def _is_told_calmly(self, cry: _Span, bare: str) -> bool:
        """Whether words near the cry say that it is over, asked about or far away, and none says that it is now."""
        near = bare[max(0, cry[0] - _HEARING) : cry[1] + _HEARING]
        if self.calm.search(near) is None:
            return False
        return next(_unexcused(self.moment, self.calm, near), None) is None


def crisis_kind(text: str) -> str | None:
    """The kind of emergency (one of KINDS) that the text cries for, or None."""
    return load_crisis_words().kind_of(text)


@cache
def load_crisis_words(path: Path = _WORDS_FILE) -> CrisisWords:
    """Read and compile the word list; once per process and file."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    groups = {name: str(words).split() for name, words in document["words"].items()}
    kinds = {
        kind: KindWords(
            phrases=_pattern(_all_languages(document[kind]["phrases"]), groups, _GAPS),
            alone=_pattern(_all_languages(document[kind]["alone"]), groups, _GAPS),
            unless=_pattern(_all_languages(document[kind]["unless"]), groups, _UNLESS_GAPS),
        )
        for kind in KINDS
    }
    return CrisisWords(
        kinds=kinds,
        fillers=_pattern(document["fillers"], groups, _GAPS),
        signs=tuple(document["signs"]),
        calm=_pattern(_all_languages(document["calm"]), groups, _UNLESS_GAPS),
        moment=_pattern(document["moment"], groups, _GAPS),
    )


def squeezed(text: str) -> str:
    """The text as the patterns see it; both the list's words and people's messages pass through here.

    Thai letters without tones or gaps; Latin letters in one romanisation, words parted by one space.
    """
    text = _RUN.sub(r"\1", text)
    text = without_tones(to_thai(text))
    for written, folded in _THAI_SLIPS:
        text = text.replace(written, folded)
    text = _APOSTROPHES.sub("", text)
    text = _GAP_OF_THAI.sub("", _NOT_A_LETTER.sub(" ", text)).strip()
    for written, folded in _ROMANISATIONS:
        text = text.replace(written, folded)
    return _DOUBLED.sub(r"\1", text)


def _cries(words: KindWords, bare: str) -> Iterator[_Span]:
    """Where a phrase stands in the text that no `unless` phrase overlaps."""
    return _unexcused(words.phrases, words.unless, bare)


def _unexcused(pattern: re.Pattern[str], excuse: re.Pattern[str], bare: str) -> Iterator[_Span]:
    """Where the pattern stands in the text and the excuse does not touch it."""
    found = pattern.search(bare)
    if found is None:
        return
    excused = [match.span() for match in _overlapping(excuse, bare)]
    while found:
        start, end = found.span()
        if not any(begin < end and start < finish for begin, finish in excused):
            yield start, end
        found = pattern.search(bare, start + 1)


def _overlapping(pattern: re.Pattern[str], bare: str) -> Iterator[re.Match[str]]:
    match = pattern.search(bare)
    while match:
        yield match
        match = pattern.search(bare, match.start() + 1)


def _is_bare_cry(words: KindWords, fillers: re.Pattern[str], bare: str) -> bool:
    """Whether the message is nothing but a cry, a name to call and a polite word."""
    rest, cries = words.alone.subn("", bare)
    if not cries or len("".join(fillers.sub("", rest).split())) > _LEFTOVER:
        return False
    return words.unless.search(bare) is None


def _all_languages(phrases_by_language: Mapping[str, Sequence[str]]) -> list[str]:
    return [phrase for phrases in phrases_by_language.values() for phrase in phrases]


class _Token(NamedTuple):
    """A place in a phrase: the folded words that may stand there, and the gap that may come before."""

    words: tuple[str, ...]
    optional: bool
    gap: str


_Phrase = tuple[_Token, ...]


def _pattern(phrases: Iterable[str], groups: Mapping[str, Sequence[str]], gaps: _Gaps) -> re.Pattern[str]:
    """One pattern for many phrases. It branches by first letters, so that no letter is tried against them all."""
    variants = [variant for phrase in phrases for variant in _variants(_tokens(phrase, groups))]
    return re.compile(_branches(variants, gaps, starts_word=True) or r"(?!)")


def _tokens(phrase: str, groups: Mapping[str, Sequence[str]]) -> _Phrase:
    tokens: list[_Token] = []
    gap = ""
    for written in phrase.split():
        if written in (_NEAR, _FAR):
            gap = written
            continue
        spellings = [word for part in written.replace("?", "").split("/") for word in _spellings(part, groups)]
        words = tuple(dict.fromkeys(filter(None, spellings)))
        if words:
            tokens.append(_Token(words, optional="?" in written, gap=gap))
            gap = ""
    return tuple(tokens)


def _spellings(part: str, groups: Mapping[str, Sequence[str]]) -> list[str]:
    """The folded spellings of one alternative: a word, `two_words`, or a `{group}` of words."""
    if part.startswith("{"):
        return [spelling for word in groups[part.strip("{}")] for spelling in _spellings(word, groups)]
    return [_spelling(part)]


@cache
def _spelling(part: str) -> str:
    word = squeezed(part.removesuffix("END").replace("_", " "))
    return word + _END if part.endswith("END") else word


def _variants(phrase: _Phrase) -> Iterator[_Phrase]:
    """The phrase with and without each word that may be missing; never the empty phrase."""
    for index, token in enumerate(phrase):
        if token.optional:
            with_word = (*phrase[:index], token._replace(optional=False), *phrase[index + 1 :])
            yield from _variants(with_word)
            yield from _variants(_dropped(phrase, index))
            return
    if phrase:
        yield phrase


def _dropped(phrase: _Phrase, index: int) -> _Phrase:
    """The phrase without one word; a gap before the missing word is kept before the next."""
    before, missing, after = phrase[:index], phrase[index], phrase[index + 1 :]
    if missing.gap and after:
        after = (after[0]._replace(gap=missing.gap), *after[1:])
    return (*before, *after)


def _alternatives(phrases: Iterable[_Phrase], gaps: _Gaps) -> str:
    """Alternatives after the first word: last words in one tree, longer tails word by word to keep it small."""
    last = [phrase for phrase in phrases if len(phrase) == 1]
    tails: dict[tuple[str, ...], list[_Phrase]] = defaultdict(list)
    for phrase in phrases:
        if len(phrase) > 1:
            tails[phrase[0].words].append(phrase[1:])
    choices = [_branches(last, gaps, starts_word=False)] if last else []
    for words, rests in tails.items():
        for latin in (False, True):
            spelt = [re.escape(word) for word in words if word.isascii() is latin]
            if spelt:
                choices.append(_any(spelt) + _rest(rests, gaps, latin=latin))
    return "|".join(choices)


def _branches(phrases: Iterable[_Phrase], gaps: _Gaps, *, starts_word: bool) -> str:
    """Alternatives for the phrases: by first letter, then by words that go on alike, then by what follows."""
    ends_by_letter: dict[str, dict[_Phrase, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    for phrase in phrases:
        for word in phrase[0].words:
            ends_by_letter[word[0]][phrase[1:]][word[1:]] = None
    choices = []
    for letter, ends_by_rest in ends_by_letter.items():
        rests_by_ends: dict[tuple[str, ...], list[_Phrase]] = defaultdict(list)
        for rest, ends in ends_by_rest.items():
            rests_by_ends[tuple(sorted(ends))].append(rest)
        latin = letter.isascii()
        # The letter stands before its own boundary, because the matcher skips a branch fast only by a literal.
        before = "a-z0-9" if latin else "เแโไ"
        boundary = f"(?<![{before}]{letter})" if starts_word and (latin or "ก" <= letter <= "ฮ") else ""
        words = [_any(map(re.escape, ends)) + _rest(rests, gaps, latin=latin) for ends, rests in rests_by_ends.items()]
        choices.append(letter + boundary + _any(words))
    return "|".join(choices)


def _rest(rests: Sequence[_Phrase], gaps: _Gaps, *, latin: bool) -> str:
    """What may follow a Lao or a Latin word; Latin words end where their letters end."""
    word_end = r"(?![a-z0-9])" if latin else _LAO_WORD_END
    if () in rests:
        return word_end
    choices = []
    for gap in dict.fromkeys(rest[0].gap for rest in rests):
        going_on = _alternatives([rest for rest in rests if rest[0].gap == gap], gaps)
        joint = f"{word_end}{gaps[gap, latin]}{_WORD_START}" if gap else " ?"
        choices.append(f"{joint}(?:{going_on})")
    return _any(choices)


def _any(choices: Iterable[str]) -> str:
    choices = list(choices)
    return choices[0] if len(choices) == 1 else "(?:" + "|".join(choices) + ")"
