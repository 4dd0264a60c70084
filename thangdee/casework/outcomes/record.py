"""What a shelter tells of a resident who wishes to be looked for: the register's fields, and her yes (R20b)."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from thangdee.casework.outcomes.model import RESIDENT_KEPT, Shelter
from thangdee.core.time_words import LOCAL_TIME

LONGEST, LONGEST_WORDS = 120, 500
ADULT = 18
_BUDDHIST = 543
_NUMBER = re.compile(r"\d{1,4}")
_OLDEST = 110
# Before an age that nobody knows for certain; who may be two years younger than that may be a child (R8).
ABOUT, _LEEWAY = "~", 2


class How(StrEnum):
    """How she said yes."""

    SPOKEN = "spoken"
    SIGNED = "signed"
    INTERPRETER = "interpreter"


@dataclass(frozen=True)
class Consent:
    """Her answer, and how it came. `on`: the day of it; `asked_by`: who asked her.

    `found_by`, `not_found_by`: by whom she wishes to be found, or on no account, in her words.
    `assented_by`: for who is under 18 or whose age nobody knows, the adult who decided it with her (R8, R9).
    """

    is_yes: bool
    asked_by: str
    how: How
    on: date
    found_by: str | None = None
    not_found_by: str | None = None
    assented_by: str | None = None


@dataclass(frozen=True)
class Record:
    """One resident, as typed. The first nine are the register's (`thangdee match`); `shelter_number`: their own."""

    consent: Consent
    given_name: str | None = None
    family_name: str | None = None
    nickname: str | None = None
    sex: str | None = None
    birth_year_or_age: str | None = None
    village: str | None = None
    district: str | None = None
    province: str | None = None
    date_entered: str | None = None
    old_village: str | None = None
    ethnic_group: str | None = None
    language: str | None = None
    shelter_number: str | None = None
    marks: str | None = None
    is_sample: bool = False


# What a form or a file may fill, in the order of the form.
FIELDS = tuple(one.name for one in fields(Record) if one.name not in ("consent", "is_sample"))
NAMES = ("given_name", "family_name", "nickname")


def is_minor(record: Record, on: date) -> bool:
    """Tell whether she may be under 18 on that day; an age that cannot be read counts as under 18 (R8)."""
    found = _NUMBER.search(record.birth_year_or_age or "")
    if found is None:
        return True
    number = int(found[0])
    # An age: years go by, yet nobody knows whether it was hers when she came or when it was written (R8).
    if number <= _OLDEST:
        return number + _whole_years(record.consent.on, on) < (ADULT + _LEEWAY if _is_about(record) else ADULT)
    year = number - _BUDDHIST if number > on.year + 100 else number
    if not on.year - _OLDEST <= year <= on.year:
        return True
    return on.year - year - 1 < ADULT  # her birthday may be yet to come


def lapses_at(consent: Consent) -> datetime:
    """Return when her yes lapses: 180 days after the day she gave it."""
    return asked_at(consent) + RESIDENT_KEPT


def asked_at(consent: Consent) -> datetime:
    """Return the beginning of the day of her yes, where she is."""
    return datetime.combine(consent.on, time(), LOCAL_TIME)


def register_row(record: Record, shelter: Shelter) -> dict[str, Any]:
    """Return the row of the register that is compared with enquiries."""
    about = {name: getattr(record, name) for name in FIELDS if name != "shelter_number"}
    return about | {"shelter": shelter.value}


def packed(record: Record) -> dict[str, Any]:
    """Return what is sealed, as JSON takes it; what is empty is left out."""
    plain = asdict(record)
    consent = plain.pop("consent") | {"on": record.consent.on.isoformat()}
    return {name: value for name, value in plain.items() if value} | {"consent": consent}


def unpacked(plain: dict[str, Any]) -> Record:
    """Return the record that was packed."""
    given = plain["consent"]
    consent = Consent(**given | {"how": How(given["how"]), "on": date.fromisoformat(given["on"])})
    return Record(consent=consent, **{name: value for name, value in plain.items() if name != "consent"})


def filled(record: Record, texts: Mapping[str, str | None]) -> Record:
    """Return the record with these fields of `FIELDS`."""
    values: dict[str, Any] = {name: value for name, value in texts.items() if name in FIELDS}
    return replace(record, **values)


def tidied(record: Record) -> Record:
    """Return the record with spaces taken out at the ends, nothing too long, and nothing empty."""
    consent = record.consent
    tidy = replace(
        consent,
        asked_by=_tidy(consent.asked_by, LONGEST) or "",
        found_by=_tidy(consent.found_by, LONGEST_WORDS),
        not_found_by=_tidy(consent.not_found_by, LONGEST_WORDS),
        assented_by=_tidy(consent.assented_by, LONGEST),
    )
    own = {name: _tidy(getattr(record, name), LONGEST) for name in FIELDS}
    return filled(replace(record, consent=tidy), own)


def _tidy(value: str | None, longest: int) -> str | None:
    plain = " ".join((value or "").replace("\0", "").split())
    return plain[:longest] or None


def _is_about(record: Record) -> bool:
    return (record.birth_year_or_age or "").startswith(ABOUT)


def _whole_years(since: date, on: date) -> int:
    return max((on - since) // timedelta(days=366), 0)
