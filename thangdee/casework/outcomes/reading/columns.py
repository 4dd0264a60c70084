"""What the columns of a shelter's register are called, in English, Lao and Thai; which of them are never read."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from thangdee.casework.outcomes.reading.sheets import Cell, UnfitSheetError
from thangdee.casework.outcomes.reading.words import WORDS, meaning_of
from thangdee.core.script import fold

_HEADER_WITHIN = 10
_LEAST_KNOWN = 3
_IN_BRACKETS = re.compile(r"[(\[（]([^)\]）]*)[)\]）]")
_PARTS = re.compile(r"[/\n|,]")
_RUNS = re.compile(r"[\u0e00-\u0e7f\s]+|[\u0e80-\u0eff\s]+|[^\u0e00-\u0eff]+")


class Column(StrEnum):
    """A column that is read; the first ones fill the field of that name."""

    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    NICKNAME = "nickname"
    SEX = "sex"
    VILLAGE = "village"
    HOME = "home"
    OLD_VILLAGE = "old_village"
    DISTRICT = "district"
    PROVINCE = "province"
    ETHNIC_GROUP = "ethnic_group"
    LANGUAGE = "language"
    SHELTER_NUMBER = "shelter_number"
    MARKS = "marks"
    AGE = "age"
    BIRTH = "birth"
    DATE_ENTERED = "date_entered"
    RETURNED = "returned"
    CONSENT = "consent"
    ASKED_BY = "asked_by"
    ASKED_HOW = "asked_how"
    ASKED_ON = "asked_on"
    FOUND_BY = "found_by"
    NOT_FOUND_BY = "not_found_by"
    ASSENTED_BY = "assented_by"


# One of these must be there.
NAMES = frozenset({Column.GIVEN_NAME, Column.FAMILY_NAME, Column.NICKNAME})


@dataclass(frozen=True)
class Header:
    """Where the header stands (counted from 0), which column is which, and what the file calls it.

    `unknown`: columns nobody here knows; `private`: known, and left alone.
    """

    row: int
    places: dict[Column, int]
    titles: dict[Column, str]
    unknown: tuple[str, ...]
    private: tuple[str, ...]


def find_header(rows: Sequence[Sequence[Cell]]) -> Header:
    """Return the header: of the first ten rows the one with most columns that are known. Raises UnfitSheetError."""
    known = [
        (sum(_column(cell) is not None for cell in row), -number) for number, row in enumerate(rows[:_HEADER_WITHIN])
    ]
    count, negative = max(known, default=(0, 0))
    if count < _LEAST_KNOWN:
        raise UnfitSheetError("no_header")
    header = _read(-negative, rows[-negative])
    if not header.places.keys() & NAMES:
        raise UnfitSheetError("no_name_column")
    if Column.CONSENT not in header.places:
        raise UnfitSheetError("no_consent_column")
    return header


def _read(number: int, row: Sequence[Cell]) -> Header:
    places: dict[Column, int] = {}
    titles: dict[Column, str] = {}
    unknown: list[str] = []
    private: list[str] = []
    for place, cell in enumerate(row):
        title, column = _title(cell), _column(cell)
        if column is Column.CONSENT and column in places:
            raise UnfitSheetError("two_consents", title)  # which of them is meant, nobody may guess
        if column is Column.GIVEN_NAME in places and _key(title) == _EITHER:
            column = Column.FAMILY_NAME
        if column is not None and column not in places:
            places[column], titles[column] = place, title
        elif title:
            (private if _is_private(cell) else unknown).append(title)
    return Header(number, places, titles, tuple(unknown), tuple(private))


def _column(cell: Cell) -> Column | None:
    """Return which column a title means: each part of it, in whatever language, must mean the same one.

    "Name (ชื่อ)" is the name; "Name (father)" is not hers, nor is "consent (medical)" hers to being looked for.
    """
    title = cell if isinstance(cell, str) else ""
    whole = _BY_NAME.get(_key(title))
    if whole is not None:
        return whole
    found = {_BY_NAME.get(key) for key in _parts(title)}
    return found.pop() if len(found) == 1 else None


def _is_private(cell: Cell) -> bool:
    title = cell if isinstance(cell, str) else ""
    return any(key in _PRIVATE for key in (_key(title), *_parts(title)))


def _title(cell: Cell) -> str:
    return " ".join(cell.split())[:80] if isinstance(cell, str) else ""


def _parts(title: str) -> list[str]:
    """Return the parts of a title: what a stroke, a line, a bracket or another script sets apart, without asides."""
    apart = [*_PARTS.split(_IN_BRACKETS.sub("/", title)), *_IN_BRACKETS.findall(title)]
    keys = []
    for part in apart:
        known = _key(part) in _BY_NAME or _key(part) in _ASIDE
        keys += [_key(part)] if known else [_key(run) for run in _RUNS.findall(part)]
    return [key for key in keys if key and key not in _ASIDE]


def _key(title: str) -> str:
    """Return a title without case, spaces, points and dashes."""
    return "".join(one for one in fold(title) if unicodedata.category(one)[0] in "LMN")


def _keys(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(_key, names))


_BY_NAME = {_key(name): Column(column) for name, column in meaning_of("columns").items()}
_PRIVATE = _keys(WORDS["private"])
_ASIDE = _keys(WORDS["aside"])
# Beside a column with the name, this is the family name; alone it is both in one.
_EITHER = _key("ชื่อสกุล")
