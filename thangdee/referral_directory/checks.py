"""What a record must be before it may stand in the directory; the rules are those of the HSDS schemas."""

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from thangdee.core.errors import ThangdeeError
from thangdee.referral_directory.hsds import Field, Kind, Record
from thangdee.referral_directory.taxonomy import BY_ID

Row = Mapping[str, Any]
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+$")
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")  # no database and no UTF-8 takes these
_ENDLESS = 1e300
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+$")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. `row`: line of a CSV file (the header is 1) or path in a JSON file."""

    file: str
    row: str
    field: str
    problem: str

    def __str__(self) -> str:
        """As an operator reads it."""
        return f"{self.file}, {self.row}, {self.field}: {self.problem}"


class WrongRecordError(ThangdeeError):
    """Records were refused and nothing was changed; `faults` says which and why."""

    code = "wrong_record"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"{len(faults)} faults; nothing was changed")
        self.faults = faults


def check(record: Record, row: Row, *, as_table: bool) -> Iterator[tuple[str, str]]:
    """Yield (field, problem) of a record. `as_table`: with the fields that only CSV files must have."""
    for field in record.fields:
        value = row.get(field.name)
        if value is None or value == "":
            # An empty text is a value in JSON; a table cannot tell it from none.
            if (field.in_tables if as_table else field.in_json) and not (value == "" and field.kind is Kind.TEXT):
                yield field.name, "is needed"
        elif problem := _problem(field, value):
            yield field.name, problem
    if record.name == "attribute" and (problem := _state_problem(row)):
        yield "value", problem


def remarks(record: Record, row: Row) -> Iterator[tuple[str, str]]:
    """Yield what is allowed and yet looks wrong."""
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = row.get(name)
        if record.name == "location" and isinstance(value, (int, float)) and abs(value) > most:
            yield name, f"is not between -{most} and {most}"


def _problem(field: Field, value: object) -> str | None:
    if field.kind is Kind.NUMBER:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _ENDLESS
        return None if is_number else "is not a number"
    if not isinstance(value, str):
        return "is not a text"
    if _NO_TEXT.search(value):
        return "holds a character that no text has"
    if field.one_of and value not in field.one_of:
        return f"must be one of: {', '.join(field.one_of)}"
    test = _TESTS.get(field.kind)
    return None if test is None or test[0](value) else test[1]


def _parses(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def test(value: str) -> bool:
        try:
            parse(value)
        except ValueError:
            return False
        return True

    return test


def _uuid(value: str) -> None:
    if str(uuid.UUID(value)) != value.lower():
        raise ValueError


def _moment(value: str) -> None:
    if datetime.fromisoformat(value).tzinfo is None or "T" not in value.upper():
        raise ValueError


def _day(value: str) -> None:
    if len(value) != len("2026-11-22"):
        raise ValueError
    date.fromisoformat(value)


_TESTS: dict[Kind, tuple[Callable[[str], object], str]] = {
    Kind.UUID: (_parses(_uuid), "is not a UUID"),
    Kind.URI: (_URI.match, "is not a web address"),
    Kind.EMAIL: (_EMAIL.match, "is not an email address"),
    Kind.DATE: (_parses(_day), "is not a date like 2026-11-22"),
    Kind.TIME: (_parses(time.fromisoformat), "is not a time like 08:30"),
    Kind.MOMENT: (_parses(_moment), "is not a time like 2026-11-22T08:30:00Z"),
}


def _state_problem(row: Row) -> str | None:
    """Our states carry their days in the value; the snapshot reads them."""
    term = BY_ID.get(str(row.get("taxonomy_term_id")))
    if term is None or term.taxonomy != "state":
        return None
    since, _, until = str(row.get("value") or "").partition("/")
    is_right = all(not one or _parses(_day)(one) for one in (since, until))
    return None if is_right else "a state needs days like 2026-11-01/2026-12-31; each may be left out"
