"""Months, years and lengths of time in a message; years always of the common era, whatever was written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from thangdee.flows.date_patterns import pattern
from thangdee.flows.number_words import Number, numbers_in
from thangdee.flows.word_lists import any_of, plain, word_lists

Unit = Literal["day", "week", "month", "year"]
BUDDHIST = 543
_BUDDHIST_YEARS, _COMMON_YEARS = range(2480, 2600), range(1930, 2051)
# Years that people speak of so often that the figure alone is enough; "2500" alone may be a price.
_LIKELY_YEARS = (*range(1985, 2041), *range(2535, 2580))
_NEAR = 24
_MOST_NUMBERS = 60  # nobody tells more; a message of nothing but numbers must not cost time


@dataclass(frozen=True)
class Month:
    """A month, 1 to 12, and its year where it was said or follows from "last month"."""

    number: int
    year: int | None = None


@dataclass(frozen=True)
class Duration:
    """A length of time: "3 ເດືອນບໍ່ໄດ້ເງິນ" is (3, "month"), no date."""

    count: int
    unit: Unit


@dataclass
class Reading:
    """One message while it is read: `taken` are the numbers (by place in the text) whose meaning is found."""

    text: str
    today: date
    numbers: tuple[Number, ...]
    taken: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, text: str, today: date) -> "Reading":
        """Begin to read a message."""
        bare = plain(text)
        return cls(bare, today, numbers_in(bare)[:_MOST_NUMBERS])

    def free(self) -> Iterator[Number]:
        """Go through the numbers that mean nothing yet."""
        return (number for number in self.numbers if number.start not in self.taken)

    def before(self, place: int) -> str:
        """Return the words just before a place."""
        return self.text[max(0, place - _NEAR) : place]

    def take(self, start: int, end: int) -> None:
        """Mark the numbers of a stretch as understood."""
        self.taken |= {number.start for number in self.numbers if start <= number.start < end}


def dates_in(reading: Reading) -> tuple[tuple[Month, ...], tuple[int, ...]]:
    """Return months and years, each once, in no promised order; the years of the months are among the years."""
    months = [
        *_written_dates(reading),
        *_named_months(reading),
        *_numbered_months(reading),
        *_months_ago(reading),
        *_relative_months(reading),
    ]
    years = [month.year for month in months if month.year]
    years += [*_marked_years(reading), *_bare_years(reading), *_years_ago(reading), *_relative_years(reading)]
    return tuple(dict.fromkeys(months)), tuple(dict.fromkeys(years))


def durations_in(reading: Reading) -> tuple[Duration, ...]:
    """Return lengths of time made of numbers that nothing else claimed; call it after dates and ages."""
    found = []
    for number in reading.free():
        unit = unit_after(reading, number)
        if unit and 0 < number.value < 1000:
            found.append(Duration(number.value, unit))
            reading.taken.add(number.start)
    lone = pattern("one_unit").finditer(reading.text)
    found += [Duration(1, "year" if match["year"] else "month") for match in lone]
    return tuple(found)


def unit_after(reading: Reading, number: Number) -> Unit | None:
    """Return the unit of time that follows a number."""
    match = pattern("unit").match(reading.text, number.end)
    return None if match is None else match.lastgroup  # type: ignore[return-value]


def common_era(year: int, today: date, *, era: str | None = None) -> int | None:
    """Return a year of two or four digits as common era; None if it cannot be one.

    Two digits may be Buddhist (66 is 2566), common (23 is 2023) or of the last century (98): the latest that
    is not in the future by more than a year.
    """
    if year < 100:
        centuries = {"buddhist": (2500 - BUDDHIST,), "common": (2000, 1900), None: (2000, 2500 - BUDDHIST, 1900)}[era]
        past = [century + year for century in centuries if century + year <= today.year + 1]
        return max(past, default=None)
    if year in _BUDDHIST_YEARS and era != "common":
        return year - BUDDHIST
    return year if year in _COMMON_YEARS and era != "buddhist" else None


def _written_dates(reading: Reading) -> Iterator[Month]:
    """Read 15/3/2566, 3/2023 and 2023-03-15: the day comes first, as in Laos and Thailand."""
    for match in pattern("date").finditer(reading.text):
        month = int(match["month"] or match["month_only"] or match["month_iso"])
        written = match["year"] or match["year_only"] or match["year_iso"]
        year = common_era(int(written), reading.today)
        if 1 <= month <= 12 and year:
            reading.take(match.start(), match.end())
            yield Month(month, year)


def _named_months(reading: Reading) -> Iterator[Month]:
    for match in pattern("named").finditer(reading.text):
        name, start = match.lastgroup, match.start()
        is_weak = str(name).startswith("weak")
        before = reading.before(start)
        if pattern("person_end").search(before):
            continue
        year = _year_behind(reading, match.end(), has_day=bool(re.search(r"\d\s*$", before)))
        if is_weak and not (year or pattern("month_end").search(before) or re.search(r"\b\d{1,2}\s*$", before)):
            continue
        day = re.search(r"\b\d{1,2}\s*$", before)
        reading.take(start - len(day[0]) if day else start, match.end())
        yield Month(int(str(name).split("_")[1]), year)


def _year_behind(reading: Reading, place: int, *, has_day: bool) -> int | None:
    """Return the year that follows a month. After a Thai or Lao name two low digits may be a day: then None."""
    match = pattern("year_behind").match(reading.text, place)
    if match is None:
        return None
    written, marked = match["digits"], bool(match["mark"])
    if len(written) == 2 and not (marked or has_day or int(written) > 31):
        return None
    reading.take(match.start(), match.end())
    return common_era(int(written), reading.today, era=_era_of(match["mark"]))


def _numbered_months(reading: Reading) -> Iterator[Month]:
    """Read "ເດືອນ 3", "เดือนห้า", but not "ເງິນເດືອນ 9" nor "3 ເດືອນ 5 ມື້" as months."""
    for number in reading.free():
        before = reading.before(number.start)
        is_month = 1 <= number.value <= 12 and not number.is_scaled and pattern("month_end").search(before)
        if not is_month or pattern("pay_month_end").search(before):
            continue
        if number.is_worded and number.value == 1:
            continue  # "ເດືອນໜຶ່ງ" is mostly "one month"
        year = _year_behind(reading, number.end, has_day=True)
        if year or not (pattern("counted").match(reading.text, number.end)):
            reading.taken.add(number.start)
            _take_day(reading, before, number.start)
            yield Month(number.value, year)


def _take_day(reading: Reading, before: str, place: int) -> None:
    """Take the day along: "15 ເດືອນ 3" is a day of March, not fifteen months."""
    match = re.search(r"\d{1,2}\s*\D{4,8}$", before)
    if match:
        reading.take(place - len(match[0]), place)


def _months_ago(reading: Reading) -> Iterator[Month]:
    for number in reading.free():
        if unit_after(reading, number) == "month" and number.value < 600 and _is_ago(reading, number):
            reading.taken.add(number.start)
            yield _shifted(reading.today, -number.value)


def _years_ago(reading: Reading) -> Iterator[int]:
    for number in reading.free():
        if unit_after(reading, number) == "year" and number.value < 80 and _is_ago(reading, number):
            reading.taken.add(number.start)
            yield reading.today.year - number.value


def _is_ago(reading: Reading, number: Number) -> bool:
    unit = pattern("unit").match(reading.text, number.end)
    return unit is not None and pattern("ago").match(reading.text, unit.end()) is not None


def _relative_months(reading: Reading) -> Iterator[Month]:
    yield from (_shifted(reading.today, step) for step in _relative(reading, "relative_month"))


def _relative_years(reading: Reading) -> Iterator[int]:
    yield from (reading.today.year + step for step in _relative(reading, "relative_year"))


def _relative(reading: Reading, which: str) -> Iterator[int]:
    ends = {number.end for number in reading.numbers}
    for match in pattern(which).finditer(reading.text):
        stretch = {match.start(), match.start() - 1}
        if not ends & stretch:
            yield {"last": -1, "this": 0, "next": 1}[str(match.lastgroup).removeprefix("en_")]


def _marked_years(reading: Reading) -> Iterator[int]:
    """Read "ປີ 66", "พ.ศ. 2566" and "'66" as years."""
    for match in pattern("marked_year").finditer(reading.text):
        starts_number = any(number.start == match.start("digits") for number in reading.free())
        if not starts_number or pattern("counted").match(reading.text, match.end()) or _follows_number(reading, match):
            continue
        year = common_era(int(match["digits"]), reading.today, era=_era_of(match["mark"]))
        if year:
            reading.take(match.start(), match.end())
            yield year


def _follows_number(reading: Reading, match: re.Match[str]) -> bool:
    return any(number.end in (match.start(), match.start() - 1) for number in reading.numbers)


def _bare_years(reading: Reading) -> Iterator[int]:
    for number in reading.free():
        if number.end - number.start != 4 or number.is_scaled or number.is_worded:
            continue
        if pattern("counted").match(reading.text, number.end):
            continue
        before = reading.before(number.start)
        is_time = bool(pattern("in_time_end").search(before))
        is_likely = number.value in _LIKELY_YEARS and not pattern("money_end").search(before)
        year = common_era(number.value, reading.today) if is_time or is_likely else None
        if year:
            reading.taken.add(number.start)
            yield year


def _era_of(mark: str | None) -> str | None:
    for era in ("buddhist", "common"):
        if mark and re.fullmatch(any_of(word_lists()[era]), mark.strip()):
            return era
    return None


def _shifted(today: date, months: int) -> Month:
    years, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return Month(month + 1, years)
