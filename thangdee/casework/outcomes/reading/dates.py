"""Days, years of birth and ages as officers write them: Buddhist or common era, three scripts, Excel's own days."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from thangdee.casework.outcomes.reading.sheets import Cell
from thangdee.casework.outcomes.reading.words import WORDS
from thangdee.casework.outcomes.record import ABOUT
from thangdee.core.errors import ThangdeeError

_BUDDHIST = 543
_EXCEL_BEGINS = date(1899, 12, 30)
_EXCEL_DAYS = range(20_000, 80_000)
OLDEST = 110  # years
_MONTH_OF = {name.replace(".", ""): number for number, names in enumerate(WORDS["months"], start=1) for name in names}
_ERA = re.compile(
    r"(พ\.?\s*ศ\.?|ພ\.?\s*ສ\.?|b\.?\s*e\.?)(?=\s*\d)|(ค\.?\s*ศ\.?|ຄ\.?\s*ສ\.?|c\.?\s*e\.?|a\.?\s*d\.?)(?=\s*\d)"
)
_LEADING = re.compile(r"^(?:วันที่|ວັນທີ|วัน\S*ที่|on)\s*")
_TIME = re.compile(r"[\st]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*น\.?)?$")
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})")
_NAMED = re.compile(r"(\d{1,2})[\s.,/-]*(?:เดือน|ເດືອນ)?\s*([^\W\d][^\d,/\s-]*?)\.?[\s,/-]*(?:ปี|ປີ)?\s*(\d{4}|\d{2})")
_NAME_FIRST = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_MONTHS_OLD = re.compile(r"(\d{1,2})\s*(?:เดือน|ເດືອນ|months?\b)")
_AGE = re.compile(
    r"(\d{1,3})(?:[.,]0+|[.,]5|½)?\s*(?:ปี|ປີ|years?(?:\s*old)?|yrs?|y\.?o?\.?|ขวบ)?(?:\s*\d{1,2}\s*(?:เดือน|ເດືອນ|months?))?"
)
_ABOUT = re.compile(r"ประมาณ|ราว\S{0,3}|ປະມານ|about|approx(?:\.|imately)?|circa|[~≈]")
_CALLED = re.compile(r"อายุ|ອາຍຸ|^age\b")
# No day or age is longer; what is, may only be there to keep us busy.
_LONGEST = 80
_NOT_KNOWN = frozenset(["", *WORDS["not_known"]])


class UnclearError(ThangdeeError):
    """What was written may mean several things, or nothing; `why` is a code."""

    code = "unclear"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def plain(cell: Cell) -> str:
    """Return a cell as text: digits as 0-9, lower case, one space between words; 17.0 is 17."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = unicodedata.normalize("NFC", "" if cell is None else str(cell))
    text = "".join(str(unicodedata.digit(one)) if one.isdecimal() else one for one in text)
    return " ".join(text.lower().split())


def is_not_known(text: str) -> bool:
    """Tell whether it says that nobody knows, in one of many ways."""
    return text in _NOT_KNOWN


def read_day(cell: Cell, today: date, *, years_back: int) -> date | None:
    """Return a day within so many years before today; None where none is known. Raises UnclearError.

    The day stands before the month, as in Laos and Thailand. A year of two digits is taken where one era alone fits.
    """
    if isinstance(cell, date):
        day = cell.date() if isinstance(cell, datetime) else cell
        return _within(_made(day.year, day.month, day.day, None, today, years_back), today, years_back)
    text = _short(plain(cell))
    if is_not_known(text):
        return None
    if text.isdecimal() and int(text) in _EXCEL_DAYS:
        return _within(_EXCEL_BEGINS + timedelta(days=int(text)), today, years_back)
    era = _era(text)
    bare = _TIME.sub("", _LEADING.sub("", _ERA.sub(" ", text))).strip(" .")
    year, month, day_of = _parts(" ".join(bare.split()))
    return _within(_made(year, month, day_of, era, today, years_back), today, years_back)


def read_age(cell: Cell, today: date) -> str | None:
    """Return an age in years, "~18" where it is a guess, or the year of birth if somebody wrote that.

    Raises UnclearError.
    """
    if isinstance(cell, date):
        return str(_birth(read_day(cell, today, years_back=OLDEST)))
    whole = _short(plain(cell))
    about = ABOUT if _ABOUT.search(whole) else ""
    text = _CALLED.sub(" ", _ABOUT.sub(" ", whole)).strip(" .")
    if is_not_known(text):
        return None
    if _MONTHS_OLD.fullmatch(text):
        return "0"
    found = _AGE.fullmatch(text)
    if found and int(found[1]) <= OLDEST:
        return f"{about}{int(found[1])}"
    return _year(text, today)


def read_birth(cell: Cell, today: date) -> str | None:
    """Return the year of birth, from a day or a year of four digits. Raises UnclearError."""
    if not isinstance(cell, date):
        text = _short(plain(cell))
        if is_not_known(text):
            return None
        year = re.sub(r"ปี|ປີ|year", " ", text).strip()
        if len(_ERA.sub("", year).strip()) <= 4:
            return _year(year, today)
    return str(_birth(read_day(cell, today, years_back=OLDEST)))


def _short(text: str) -> str:
    if len(text) > _LONGEST:
        raise UnclearError("too_long")
    return text


def _birth(day: date | None) -> int:
    if day is None:
        raise UnclearError("not_a_day")
    return day.year


def _year(text: str, today: date) -> str:
    era, bare = _era(text), _ERA.sub(" ", text).strip()
    if re.search(r"\d\s*(?:-|–|/|ถึง|หรือ|ຫາ|ຫຼື|or|to)\s*\d", bare):
        raise UnclearError("age_range")
    if not re.fullmatch(r"\d{4}", bare):
        raise UnclearError("short_year" if re.fullmatch(r"\d{2}", bare) else "not_an_age")
    year = _common(int(bare), era)
    if not today.year - OLDEST <= year <= today.year:
        raise UnclearError("far_year")
    return str(year)


def _era(text: str) -> int | None:
    """Return what is to be taken off the year, where the era is written."""
    found = _ERA.search(text)
    if found is None:
        return None
    return _BUDDHIST if found[1] else 0


def _parts(text: str) -> tuple[int, int, int]:
    """Return year, month and day as they are written."""
    if found := _YEAR_FIRST.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DAY_FIRST.fullmatch(text):
        if 31 >= int(found[2]) > 12 >= int(found[1]):
            raise UnclearError("day_first")
        return _written(found[3]), int(found[2]), int(found[1])
    for pattern, day, name in ((_NAMED, 1, 2), (_NAME_FIRST, 2, 1)):
        if found := pattern.fullmatch(text):
            month = _MONTH_OF.get(found[name].replace(".", ""))
            if month is not None:
                return _written(found[3]), month, int(found[day])
    raise UnclearError("not_a_day")


def _written(year: str) -> int:
    """Return a year of four digits; one of two digits as a negative number, for it is yet to be understood."""
    return int(year) if len(year) == 4 else -1 - int(year)


def _made(year: int, month: int, day: int, era: int | None, today: date, years_back: int) -> date:
    try:
        return date(_full(year, era, today, years_back) if year < 0 else _common(year, era), month, day)
    except ValueError as error:
        raise UnclearError("not_a_day") from error


def _common(year: int, era: int | None) -> int:
    """Return the year in the common era. A year after 2400 is a Buddhist one."""
    if era is None:
        era = _BUDDHIST if year > 2400 else 0
    return year - era


def _full(negative: int, era: int | None, today: date, years_back: int) -> int:
    """Return the year meant by two digits, where one alone lies in the time that can be."""
    short = -1 - negative
    buddhist, common = {2500 + short - _BUDDHIST, 2400 + short - _BUDDHIST}, {2000 + short, 1900 + short}
    meant = common if era == 0 else buddhist if era else buddhist | common
    fitting = [one for one in meant if today.year - years_back <= one <= today.year]
    if len(fitting) != 1:
        raise UnclearError("short_year")
    return fitting[0]


def _within(day: date, today: date, years_back: int) -> date:
    if day > today:
        raise UnclearError("day_ahead")
    if day.year < today.year - years_back:
        raise UnclearError("far_year")
    return day
