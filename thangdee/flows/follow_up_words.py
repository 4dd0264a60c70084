"""Which words a short message is made of: the vocabulary of follow-ups (context.yml) laid over it without a gap."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from thangdee.core.script import skeleton

# What stands in the text for a place that was found in it, and for a number.
PLACE = "qplaceq"
_NUMBER = re.compile(r"\d+")
_LATIN = re.compile(r"[a-z0-9]")


@dataclass(frozen=True)
class Tile:
    """One word of the vocabulary: the groups that list it."""

    groups: frozenset[str]
    start: int
    end: int


@dataclass(frozen=True)
class _Vocabulary:
    """`native`: groups by skeleton; `latin`: patterns of whole words with their group."""

    native: dict[str, frozenset[str]]
    longest: int
    latin: tuple[tuple[re.Pattern[str], str], ...]


@cache
def settings() -> dict[str, Any]:
    """Return context.yml."""
    read: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("context.yml").read_text(encoding="utf-8"))
    return read


def tiles(text: str) -> tuple[Tile, ...] | None:
    """Return the fewest words that make up the whole text (a skeleton); None if any letter is left over."""
    best: list[tuple[Tile, ...] | None] = [None] * (len(text) + 1)
    best[0] = ()
    for place in range(len(text)):
        so_far = best[place]
        if so_far is None:
            continue
        for tile in _tiles_at(text, place):
            rival = best[tile.end]
            if rival is None or len(so_far) + 1 < len(rival):
                best[tile.end] = (*so_far, tile) if tile.groups else so_far
    return best[-1]


def begins_with(text: str, group: str) -> bool:
    """Tell whether the first word of the text, its longest reading, is listed in a group."""
    at_start = _tiles_at(text, 0) if text else []
    return bool(at_start) and group in max(at_start, key=lambda tile: tile.end).groups


def groups_somewhere(text: str, least: int) -> frozenset[str]:
    """Return the groups of all words of at least `least` letters that occur anywhere in the text."""
    found = (tile for place in range(len(text)) for tile in _tiles_at(text, place) if tile.end - tile.start >= least)
    return frozenset(group for tile in found for group in tile.groups)


def _tiles_at(text: str, place: int) -> list[Tile]:
    if text[place] == " ":
        return [Tile(frozenset(), place, place + 1)]
    if _LATIN.match(text[place]):
        return _latin_at(text, place)
    words = _vocabulary()
    lengths = range(min(words.longest, len(text) - place), 0, -1)
    pieces = (text[place : place + length] for length in lengths)
    return [Tile(words.native[piece], place, place + len(piece)) for piece in pieces if piece in words.native]


def _latin_at(text: str, place: int) -> list[Tile]:
    if place and _LATIN.match(text[place - 1]):
        return []
    if text.startswith(PLACE, place):
        return [Tile(frozenset({PLACE}), place, place + len(PLACE))]
    number = _NUMBER.match(text, place)
    found = {number.end(): {"number"}} if number else {}
    for pattern, group in _vocabulary().latin:
        match = pattern.match(text, place)
        if match and match.end() > place:
            found.setdefault(match.end(), set()).add(group)
    return [Tile(frozenset(groups), place, end) for end, groups in found.items()]


@cache
def _vocabulary() -> _Vocabulary:
    native: dict[str, set[str]] = {}
    latin = []
    for group, lists in settings()["words"].items():
        for word in lists["native"]:
            native.setdefault(skeleton(word), set()).add(group)
        latin += [(re.compile(rf"(?:{pattern})(?![a-z0-9])"), group) for pattern in lists["latin"]]
    frozen = {word: frozenset(groups) for word, groups in native.items()}
    return _Vocabulary(frozen, max(map(len, frozen)), tuple(latin))
