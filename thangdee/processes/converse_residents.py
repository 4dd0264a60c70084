"""`thangdee converse --residents`: the rows of a register as residents who said yes, in the trial's own outcomes."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from thangdee.casework.outcomes import residents
from thangdee.casework.outcomes.model import Shelter
from thangdee.casework.outcomes.record import FIELDS, Consent, How, Record, filled
from thangdee.casework.outcomes.resident_rules import ResidentRefusedError
from thangdee.core import words
from thangdee.core.audit import OPERATOR
from thangdee.core.script import skeleton
from thangdee.core.settings import Settings
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.words import LANGUAGES
from thangdee.processes.wiring import Installation, open_installation

_ASKED_BY = "the register"
_AT_ONCE = 250
_LEAST_LETTERS = 5


async def store_residents(settings: Settings, file: Path) -> int:
    """Store each row (the keys of `thangdee match`) as if she had said yes today; return how many were stored.

    The outcomes are open for this alone, and closed again before anybody talks. A row that cannot be taken is named.
    """
    installation = open_installation(settings, with_outcomes=True)
    stored, rows = 0, _rows(file)
    try:
        while some := list(islice(rows, _AT_ONCE)):
            stored += await _store(installation, some)
    finally:
        await installation.database.close()
    return stored


def record_of(row: dict[str, Any], now: datetime) -> Record:
    """Return a row as the record of somebody who said yes today; numbers count as typed."""
    today = now.astimezone(LOCAL_TIME).date()
    consent = Consent(is_yes=True, asked_by=_ASKED_BY, how=How.SPOKEN, on=today, assented_by=_ASKED_BY)
    about = {name: str(row[name]) for name in FIELDS if row.get(name) is not None}
    return filled(Record(consent=consent, is_sample=True), about)


@cache
def shelter_of(named: str) -> Shelter:
    """Return which of the eight is named, in whatever language; the first one where that is not to be seen."""
    written = skeleton(named.replace("_", " "))
    return next((one for one in Shelter for name in _names_of(one) if _is_same(name, written)), next(iter(Shelter)))


def _is_same(name: str, written: str) -> bool:
    return name in written or (len(written) >= _LEAST_LETTERS and written in name)


def _names_of(shelter: Shelter) -> list[str]:
    said = [words.text(f"shelter.name.{shelter}", language) for language in LANGUAGES]
    return [skeleton(one) for one in (shelter.value.replace("_", " "), *said)]


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with file.open(encoding="utf-8-sig", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            if isinstance(row, dict):
                yield number, row
            else:
                _name(number, "is no JSON object")


async def _store(installation: Installation, rows: list[tuple[int, dict[str, Any]]]) -> int:
    stored, now = 0, installation.clock.now()
    async with installation.database.write() as connection:
        for number, row in rows:
            shelter, record = shelter_of(str(row.get("shelter") or "")), record_of(row, now)
            try:
                await residents.enter(connection, installation.vault, shelter, record, OPERATOR, now)
                stored += 1
            except ResidentRefusedError as refused:
                _name(number, refused.code)
    return stored


def _name(number: int, why: str) -> None:
    print(f"converse: row {number} of the residents is not stored: {why}", file=sys.stderr)
