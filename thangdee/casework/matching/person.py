"""A person as a row describes her: a resident as an officer wrote her down, or one who is looked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from thangdee.casework.matching.homes import Home, home_of
from thangdee.casework.matching.names import Names, called, names_of
from thangdee.casework.matching.years import Span, births, years_in
from thangdee.core.script import fold

_SEXES = {
    "f": ("f", "female", "ຍິງ", "หญิง", "ญ", "ຍ", "woman", "girl", "w", "ຜູ້ຍິງ", "ผู้หญิง", "เพศหญิง", "ເພດຍິງ", "fem"),
    "m": ("m", "male", "ຊາຍ", "ชาย", "ช", "ຊ", "man", "boy", "ຜູ້ຊາຍ", "ผู้ชาย", "เพศชาย", "ເພດຊາຍ"),
}
_SEX_OF = {fold(word): sex for sex, words in _SEXES.items() for word in words}
_LONGEST = 2000  # letters of free words that are looked through


@dataclass(frozen=True, slots=True)
class Described:
    """What is known of a person, all readings kept, names as sound forms only.

    ``seen`` are the years in which a shelter took a resident in, ``left`` those in which one who is looked for left.
    """

    names: Names
    home: Home
    births: tuple[Span, ...] = ()
    sex: str = ""
    seen: tuple[Span, ...] = ()
    left: tuple[Span, ...] = ()


def described_resident(row: Mapping[str, Any]) -> Described:
    """Read a resident: the keys of a register's row; each value may be missing, a number or text."""
    entered = years_in(row.get("date_entered"))
    names = names_of(row.get("nickname"), row.get("given_name"), row.get("family_name"))
    return Described(
        names=names,
        home=home_of(row.get("village"), row.get("district"), row.get("province")),
        births=births([row.get("birth_year_or_age")], entered),
        sex=_sex(row.get("sex"), names),
        seen=entered,
    )


def described_enquiry(row: Mapping[str, Any]) -> Described:
    """Read an enquiry: the keys of design.md; its free words may name a nickname or an old village."""
    filed = years_in(row.get("date_filed"))
    left = years_in(row.get("year_left"), now=filed[0].last if filed else None)
    notes = " ; ".join(fold(str(row[key])[:_LONGEST]) for key in ("notes", "work") if row.get(key))
    names = names_of(row.get("nickname"), row.get("given_name"), row.get("family_name"))
    known = tuple(one for one in called(notes) if one not in names.nicknames)
    return Described(
        names=Names((*names.nicknames, *known), names.given, names.family, names.full, names.sex),
        home=home_of(row.get("village"), row.get("district"), row.get("province"), notes),
        births=_births(row, left, filed),
        sex=_sex(row.get("sex"), names),
        left=left,
    )


def _births(row: Mapping[str, Any], left: tuple[Span, ...], filed: tuple[Span, ...]) -> tuple[Span, ...]:
    """An age may be that of the day she left or of the day of the enquiry; either box may hold either."""
    return births([row.get("birth_year"), row.get("age")], (*left, *filed))


def _sex(value: object, names: Names) -> str:
    """As written; where nothing is, what the title tells."""
    return _SEX_OF.get(fold(str(value)).strip(" .") if value else "", "") or names.sex
