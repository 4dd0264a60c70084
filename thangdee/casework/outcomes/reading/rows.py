"""Rows of a register as records: who said yes, and what is wrong with the others, row by row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from thangdee.casework.outcomes.reading.columns import Column, Header, find_header
from thangdee.casework.outcomes.reading.dates import (
    OLDEST,
    UnclearError,
    is_not_known,
    plain,
    read_age,
    read_birth,
    read_day,
)
from thangdee.casework.outcomes.reading.sheets import Cell, read_sheet
from thangdee.casework.outcomes.reading.words import WORDS, meaning_of
from thangdee.casework.outcomes.record import ABOUT, LONGEST, LONGEST_WORDS, Consent, How, Record, filled, tidied
from thangdee.casework.outcomes.resident_rules import (
    NoAskerError,
    NoAssentError,
    NoNameError,
    ResidentRefusedError,
    UnfitDayError,
    YesLapsedError,
    check,
)
from thangdee.core.time_words import LOCAL_TIME

_YES, _NO = frozenset(WORDS["yes"]), frozenset(WORDS["no"])
_SEX_OF = meaning_of("sexes")
_HOW_OF = {word: How(way) for word, way in meaning_of("ways").items()}
_ENTERED_BACK, _ASKED_BACK = 20, 5
_ERRORS = ("#ref!", "#n/a", "#value!", "#name?", "#div/0!", "#num!", "#null!")
# Which column to look at when the rules refuse a record.
_ABOUT: dict[type[ResidentRefusedError], Column] = {
    NoAskerError: Column.ASKED_BY,
    UnfitDayError: Column.ASKED_ON,
    YesLapsedError: Column.ASKED_ON,
    NoAssentError: Column.ASSENTED_BY,
    NoNameError: Column.GIVEN_NAME,
}
_TEXTS = (
    Column.GIVEN_NAME, Column.FAMILY_NAME, Column.NICKNAME, Column.VILLAGE, Column.HOME, Column.OLD_VILLAGE,
    Column.DISTRICT, Column.PROVINCE, Column.ETHNIC_GROUP, Column.LANGUAGE, Column.SHELTER_NUMBER, Column.MARKS,
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What the officer says once for the whole file; a cell of the file goes before it."""

    asked_by: str = ""
    how: How | None = None
    on: date | None = None
    assented_by: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong in a row. `row`: as the spreadsheet counts, from 1; `column`: its title, or a Column's name.

    `why`: a code, `shelter.import.why.<code>`. What stood in the cell is not told again.
    """

    row: int
    column: str
    why: str


@dataclass(frozen=True)
class Reading:
    """What a file holds. `rows`: number and record of those that can be stored; `no_yes`: how many others were left.

    `unknown`: titles of columns nobody here knows; `private`: of columns that were deliberately not read.
    """

    rows: tuple[tuple[int, Record], ...]
    faults: tuple[Fault, ...]
    no_yes: int
    unknown: tuple[str, ...]
    private: tuple[str, ...]


@dataclass
class _Row:
    """One row while it is read: what is wrong with it is gathered, not raised."""

    number: int
    cells: Sequence[Cell]
    header: Header
    faults: list[Fault] = field(default_factory=list)

    def cell(self, column: Column) -> Cell:
        place = self.header.places.get(column)
        return self.cells[place] if place is not None and place < len(self.cells) else None

    def fault(self, column: Column, why: str) -> None:
        self.faults.append(Fault(self.number, self.header.titles.get(column, column.value), why))

    def read(self, column: Column, how: "Callable[[Cell], str | date | None]") -> "str | date | None":
        cell = self.cell(column)
        if is_formula(cell):
            self.fault(column, "formula")
            return None
        try:
            return how(cell)
        except UnclearError as unclear:
            self.fault(column, unclear.why)
            return None


def read_register(content: bytes, told: Told, now: datetime) -> Reading:
    """Read a file. Raises UnfitSheetError where it cannot be read as a whole."""
    sheet = read_sheet(content)
    header = find_header(sheet)
    rows: list[tuple[int, Record]] = []
    faults: list[Fault] = []
    seen: dict[Record, int] = {}
    no_yes = 0
    for number, cells in enumerate(sheet[header.row + 1 :], start=header.row + 2):
        row = _Row(number, cells, header)
        if _is_empty(row) or list(cells) == list(sheet[header.row]):
            continue
        if not _said_yes(row):
            no_yes += not row.faults
            faults += row.faults
            continue
        record = _record(row, told, now)
        if record is not None and record in seen:
            row.fault(Column.GIVEN_NAME, "twice")
        if record is None or row.faults:
            faults += row.faults
            continue
        seen[record] = number
        rows.append((number, record))
    return Reading(tuple(rows), tuple(faults), no_yes, header.unknown, header.private)


def is_formula(cell: Cell) -> bool:
    """Tell whether a cell holds what a spreadsheet would work out, or what came of it going wrong."""
    return isinstance(cell, str) and (cell.lstrip().startswith("=") or cell.strip().lower() in _ERRORS)


def _is_empty(row: _Row) -> bool:
    return all(not plain(row.cell(column)) for column in row.header.places)


def _said_yes(row: _Row) -> bool:
    """Look at her answer before anything else of hers: without a clear yes nothing is read (R20b)."""
    said = plain(row.cell(Column.CONSENT)).strip(" .!")
    if said in _YES:
        return True
    if said not in _NO and not is_not_known(said):
        row.fault(Column.CONSENT, "unclear_yes")
    return False


def _record(row: _Row, told: Told, now: datetime) -> Record | None:
    """Return the record of a row, None where something is wrong with it; then the row says what."""
    today = now.astimezone(LOCAL_TIME).date()
    texts = {column.value: _text(row, column) for column in _TEXTS}
    home = texts.pop(Column.HOME.value)
    texts["village"] = texts["village"] or home
    if not is_not_known(plain(row.cell(Column.RETURNED))):
        row.fault(Column.RETURNED, "went_home")
    entered = row.read(Column.DATE_ENTERED, lambda cell: read_day(cell, today, years_back=_ENTERED_BACK))
    consent = _consent(row, told, today)
    record = Record(
        consent=consent,
        birth_year_or_age=_age(row, today),
        sex=_sex(row),
        date_entered=entered.isoformat() if isinstance(entered, date) else None,
    )
    return _checked(row, tidied(filled(record, texts)), now)


def _checked(row: _Row, record: Record, now: datetime) -> Record | None:
    if row.faults:
        return None
    try:
        check(record, now)
    except ResidentRefusedError as refused:
        row.fault(_ABOUT.get(type(refused), Column.CONSENT), refused.code)
        return None
    return record


def _consent(row: _Row, told: Told, today: date) -> Consent:
    on = row.read(Column.ASKED_ON, lambda cell: read_day(cell, today, years_back=_ASKED_BACK)) or told.on
    how = _how(row) or told.how
    if on is None and not _has_fault(row, Column.ASKED_ON):
        row.fault(Column.ASKED_ON, "no_day")
    if how is None and not _has_fault(row, Column.ASKED_HOW):
        row.fault(Column.ASKED_HOW, "no_how")
    return Consent(
        is_yes=True,
        asked_by=_text(row, Column.ASKED_BY) or told.asked_by,
        how=how or How.SPOKEN,
        on=on if isinstance(on, date) else today,
        found_by=_text(row, Column.FOUND_BY, LONGEST_WORDS),
        not_found_by=_text(row, Column.NOT_FOUND_BY, LONGEST_WORDS),
        assented_by=_text(row, Column.ASSENTED_BY) or told.assented_by or None,
    )


def _has_fault(row: _Row, column: Column) -> bool:
    return any(one.column == row.header.titles.get(column, column.value) for one in row.faults)


def _age(row: _Row, today: date) -> str | None:
    """Return the year of birth where it is known, else the age; where the two are far apart, somebody must look."""
    born = row.read(Column.BIRTH, lambda cell: read_birth(cell, today))
    age = row.read(Column.AGE, lambda cell: read_age(cell, today))
    years = int(age.removeprefix(ABOUT)) if isinstance(age, str) else OLDEST + 1
    if isinstance(born, str) and years <= OLDEST:
        came = row.read(Column.DATE_ENTERED, lambda cell: read_day(cell, today, years_back=_ENTERED_BACK))
        oldest = today.year - int(born)
        youngest = (came.year if isinstance(came, date) else today.year - 1) - int(born) - 1
        if not youngest - 1 <= years <= oldest + 1:
            row.fault(Column.AGE, "age_and_birth")
    found = born or age
    return found if isinstance(found, str) else None


def _sex(row: _Row) -> str | None:
    said = plain(row.cell(Column.SEX))
    if is_not_known(said):
        return None
    found = _SEX_OF.get(said) or _SEX_OF.get(said.strip(" ."))
    if found is None:
        row.fault(Column.SEX, "sex")
    return found


def _how(row: _Row) -> How | None:
    said = plain(row.cell(Column.ASKED_HOW)).strip(" .")
    if is_not_known(said):
        return None
    if said not in _HOW_OF:
        row.fault(Column.ASKED_HOW, "no_how")
    return _HOW_OF.get(said)


def _text(row: _Row, column: Column, longest: int = LONGEST) -> str | None:
    cell = row.cell(column)
    if is_formula(cell):
        row.fault(column, "formula")
        return None
    if isinstance(cell, date):  # Excel makes days of numbers such as 3-5
        row.fault(column, "became_a_day")
        return None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = "" if cell is None else str(cell).strip()
    if len(text) > longest:
        row.fault(column, "too_long")
    return None if is_not_known(plain(text)) else text.removeprefix("'")
