"""Numbers in plain text, in figures and in words: 60,000 · ຫົກໝື່ນ · หกหมื่น · hok muen · 15k · sixty thousand."""

import re
from dataclasses import dataclass
from functools import cache

from thangdee.flows.word_lists import any_of, plain, word_lists

_FIGURES = r"\d{1,3}(?: \d{3})+(?!\d)|\d+(?:[.,]\d+)*"
_THOUSANDS = re.compile(r"\d{1,3}(?:[., ]\d{3})+")
_GAP = re.compile(r"[\s-]?| and ")
_MOST_DIGITS = 12


@dataclass(frozen=True)
class Number:
    """One number and where it stands in the plain text.

    `is_scaled`: it has a word like "thousand". `is_worded`: written in words alone. `is_headless`: only such a word.
    """

    value: int
    start: int
    end: int
    is_scaled: bool = False
    is_worded: bool = False
    is_headless: bool = False


@dataclass(frozen=True)
class _Token:
    kind: str  # figures, k, digit, one, ready, times
    value: float
    start: int
    end: int


def numbers_in(text: str) -> tuple[Number, ...]:
    """Return the numbers of a plain text (`word_lists.plain`), in order, without overlaps."""
    runs: list[list[_Token]] = []
    tokens = _tokens(text)
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if runs and _goes_on(text, runs[-1][-1], token, following):
            runs[-1].append(token)
        else:
            runs.append([token])
    return tuple(_number(run) for run in runs)


def _tokens(text: str) -> list[_Token]:
    pattern, values = _vocabulary()
    found = []
    for match in pattern.finditer(text):
        written = match[0]
        if match["figures"]:
            token = _figures(match)
        else:
            kind, value = values[re.sub(r"[\s-]", "", written)]
            token = _Token(kind, value, match.start(), match.end())
        if token is not None:
            found.append(token)
    return found


def _figures(match: re.Match[str]) -> _Token | None:
    written = match["figures"]
    if sum(char.isdecimal() for char in written) > _MOST_DIGITS:
        return None
    if _THOUSANDS.fullmatch(written):
        value = float(re.sub(r"[., ]", "", written))
    elif re.fullmatch(r"\d+[.,]\d+", written):
        value = float(written.replace(",", "."))
    else:
        value = float(re.split(r"[.,]", written)[0])
    thousands = 1000 if match["k"] else 1
    return _Token("k" if match["k"] else "figures", value * thousands, match.start(), match.end())


def _goes_on(text: str, last: _Token, token: _Token, following: _Token | None) -> bool:
    """Tell whether a token belongs to the number before it: "3 million 5 hundred", not "2 thousand 3 months"."""
    gap = text[last.end : token.start]
    if not _GAP.fullmatch(gap):
        return False
    if token.kind == "times":
        return True
    if last.kind == "ready":
        return token.kind in ("digit", "one") and last.value % 10 == 0 and last.value < 100
    if last.kind != "times":
        return False
    is_scaled = following is not None and following.kind == "times" and following.value < last.value
    is_close = following is not None and bool(_GAP.fullmatch(text[token.end : following.start]))
    if token.kind == "figures":
        return is_scaled and is_close
    return not gap or text[token.start].isascii() or (is_scaled and is_close)


def _number(run: list[_Token]) -> Number:
    section, waiting, last = 0.0, None, 0.0
    for token in run:
        if token.kind == "times":
            section, waiting = _times(section, waiting, token.value), None
            last = token.value
        elif token.kind in ("ready", "k"):
            section += token.value
        else:
            waiting = token
    section += _tail(waiting, last) if waiting else 0
    is_scaled = any(token.kind == "times" and token.value >= 100 for token in run) or run[0].kind == "k"
    figures = any(token.kind == "figures" for token in run)
    is_headless = run[0].kind == "times" and run[0].value > 10 and len(run) == 1
    return Number(round(section), run[0].start, run[-1].end, is_scaled, not figures, is_headless)


def _times(section: float, waiting: _Token | None, factor: float) -> float:
    """Lao says "fifty thousand" as 50 x 1000, and all say "two hundred thousand fifty thousand" as a sum."""
    head = waiting.value if waiting else 0.0
    if 0 < section < factor:
        return (section + head) * factor
    return section + (head or 1.0) * factor


def _tail(token: _Token, last: float) -> float:
    """What stands last: "สองหมื่นห้า" is 25,000, "สิบห้า" 15, "พันหนึ่ง" 1,000, "ร้อยเอ็ด" 101."""
    if token.kind in ("figures", "one") or last < 100:
        return token.value
    if token.value == 1:
        return 0.0
    return token.value if last == 100 else token.value * last / 10


@cache
def _vocabulary() -> tuple[re.Pattern[str], dict[str, tuple[str, float]]]:
    lists = word_lists()["numbers"]
    entries = [("digit", value, words) for value, words in lists["one_to_nine"].items()]
    entries += [("one", 1, lists["one_after_ten"])]
    entries += [("ready", value, [word]) for word, value in lists["ready"].items()]
    entries += [("times", value, words) for value, words in lists["times"].items()]
    values = {plain(word): (kind, float(value)) for kind, value, words in entries for word in words}
    # "ຊອກຫາ", "ค้นหา", "มาหา": to look for, not five.
    words = re.sub(r"(?<=[|:])หา(?=[|)])", r"(?<!ซอก)(?<!คน)(?<!มา)(?<!ไป)(?<!ปัน)หา", any_of(list(values)))
    return re.compile(rf"(?P<figures>{_FIGURES})(?P<k>\s?k(?![a-z]))?|{words}"), values
