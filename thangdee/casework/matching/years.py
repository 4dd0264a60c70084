"""Years as people write them: Buddhist or common era, two digits, an age for a birth year and the reverse."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from thangdee.core.script import fold

ERA = 543
_FIRST, _LAST = 1925, 2045  # no year that is meant lies outside
_YOUNGEST, _OLDEST = 4, 75
_NUMBER = re.compile(r"\d+")
_YEARS_OLD = re.compile(r"ປີ|ปี|ขวบ|ຂວບ|year|yrs?\b|y/?o\b|ອາຍຸ|อายุ|age")
_BORN = re.compile(r"ເກີດ|เกิด|born|พ\.?ศ|ຄ\.?ສ|ค\.?ศ|b\.?e\.?\b|c\.?e\.?\b|ພ\.?ສ")
_AGO = re.compile(r"(\d+) *(?:ປີ|ปี|years?) *(?:ກ່ອນ|ແລ້ວ|ก่อน|ที่แล้ว|มาแล้ว|ago)")
_LAST_YEAR = re.compile(r"ປີ ?(?:ກາຍ|ກ່ອນ|ແລ້ວ)|ปี ?(?:ที่แล้ว|ก่อน|กลาย)|last year")
_THIS_YEAR = re.compile(r"ປີ ?ນີ້|ปี ?นี้|this year")


@dataclass(frozen=True, slots=True)
class Span:
    """Years from ``first`` to ``last``; ``doubt`` 0 as written, 1 or 2 by assuming a usual mistake."""

    first: int
    last: int
    doubt: int = 0


def gap(some: Iterable[Span], others: Iterable[Span], *, price_of_doubt: float = 1.0) -> float | None:
    """The years between the nearest two readings, doubt counted as years; none where a side knows nothing."""
    others = tuple(others)
    best: float | None = None
    for one in some:
        for other in others:
            apart = max(0, one.first - other.last, other.first - one.last) + price_of_doubt * (one.doubt + other.doubt)
            best = apart if best is None or apart < best else best
    return best


def years_in(value: object, *, now: int | None = None) -> tuple[Span, ...]:
    """The years that a date or a year may mean, in any form; "2 years ago" needs ``now``."""
    text = _text(value)
    if now and (match := _AGO.search(text)):
        return (Span(now - int(match[1]) - 1, now - int(match[1]) + 1),) if len(match[1]) < 3 else ()
    if now and _LAST_YEAR.search(text):
        return (Span(now - 1, now - 1),)
    if now and _THIS_YEAR.search(text):
        return (Span(now, now),)
    numbers = _NUMBER.findall(re.split(r"t\d\d:|\d\d?:\d\d", text)[0])
    long = [one for one in numbers if len(one) == 4]
    if long:
        spans = [span for one in long for span in _long_year(int(one))]
        return _merged(spans)
    if numbers and len(numbers[0]) == 8:
        return years_in(numbers[0][:4]) or years_in(numbers[0][4:])
    return tuple(_short_year(int(numbers[-1]))) if numbers and len(numbers[-1]) <= 2 else ()


def births(values: Iterable[object], asked: Iterable[Span]) -> tuple[Span, ...]:
    """The years in which somebody may be born, from boxes with an age or a year; ``asked``: when the age was so."""
    when = tuple(asked)
    found: dict[tuple[int, int], int] = {}
    for value in values:
        for span in _births_of(_text(value), when):
            known = found.get((span.first, span.last), 9)
            found[span.first, span.last] = min(known, span.doubt)
    return tuple(Span(first, last, doubt) for (first, last), doubt in found.items())[:12]


def _births_of(text: str, when: tuple[Span, ...]) -> list[Span]:
    numbers = [one for one in _NUMBER.findall(text) if len(one) <= 4]
    long = [int(one) for one in numbers if len(one) == 4]
    if long:
        return [span for one in long[:2] for span in _long_year(one, when)]
    short = [one for one in numbers if len(one) == 3]
    if short:  # an age reckoned from years of two eras
        return [span for one in short[:1] for span in _ages(abs(int(one) - ERA), abs(int(one) - ERA), when, 1)]
    if not numbers:
        return []
    if len(numbers) == 3:  # a date of birth with a short year
        return _short_birth(numbers[-1], when, is_year=True)
    if len(numbers) == 2 and int(numbers[0]) < int(numbers[1]) <= int(numbers[0]) + 6:
        return _ages(int(numbers[0]), int(numbers[1]), when, 0)
    return _short_birth(
        numbers[0], when, is_year=bool(_BORN.search(text)) and not _YEARS_OLD.sub("", text).strip(" 0123456789.")
    )


def _short_birth(digits: str, when: tuple[Span, ...], *, is_year: bool) -> list[Span]:
    """Two digits: 17 is an age, 49 rather the Buddhist year 2549, 06 the year 2006; the other reading is doubted."""
    number = int(digits)
    latest = _latest(when)
    years = [_weighed(one.first, latest) for one in _short_year(number, latest)] if when else _short_year(number)
    if is_year:
        return years
    if digits.startswith("0") and len(digits) == 2:
        return years
    ages = _ages(number, number, when, 0 if number <= 38 else 1)
    return ages + [Span(one.first, one.last, one.doubt + (2 if number <= 38 else 0)) for one in years]


def _weighed(year: int, latest: int) -> Span:
    """A birth year, doubted for who would be very young or rather old."""
    return Span(year, year, 0 if 8 <= latest - year <= 45 else 2)


def _ages(youngest: int, oldest: int, when: tuple[Span, ...], doubt: int) -> list[Span]:
    """Who is 17 in 2019 was born in 2001 or 2002."""
    if not _YOUNGEST <= youngest <= oldest <= _OLDEST:
        return []
    if not when:
        return [Span(2012 - oldest, 2026 - youngest, doubt)]
    return [Span(one.first - oldest - 1, one.last - youngest, doubt + min(one.doubt, 1)) for one in when]


def _long_year(number: int, when: tuple[Span, ...] = ()) -> list[Span]:
    """A year of four digits; a birth year that makes a baby or a very old person was written in the other era."""
    latest = _latest(when)
    if _FIRST + ERA <= number <= _LAST + ERA:
        found = [Span(number - ERA, number - ERA)]
    elif _FIRST <= number < 2100:
        found = [Span(number, number)]
    elif _FIRST - ERA <= number <= _LAST - ERA:
        return [Span(number + ERA, number + ERA, 1)]
    elif _FIRST + 2 * ERA <= number <= _LAST + 2 * ERA:
        return [Span(number - 2 * ERA, number - 2 * ERA, 1)]
    else:
        return []
    if when and not latest - 60 <= found[0].first <= latest - _YOUNGEST:
        other = 2500 + number % 100 - ERA  # 2049 or 1949 for the Buddhist year 49
        found = [Span(one.first, one.last, 2) for one in found]
        if number < 2400 and latest - 60 <= other <= latest - _YOUNGEST:
            found.append(Span(other, other, 1))
    return found


def _short_year(number: int, latest: int = _LAST) -> list[Span]:
    """Both eras, those that can be: 49 is 2006, 06 is 2006, 61 is 2018."""
    readings = (2500 + number - ERA, 2000 + number, 1900 + number)
    found = [one for one in readings if 1950 <= one <= min(latest, 2035)]
    return [
        Span(one, one, 0 if number_is_first else 1)
        for number_is_first, one in zip((True, False, False), found, strict=False)
    ]


def _latest(when: tuple[Span, ...]) -> int:
    return max((one.last for one in when if one.doubt == 0), default=max((one.last for one in when), default=2035))


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    """Two years close together are a span: 2018-2019."""
    if len(spans) == 2 and 0 <= spans[1].first - spans[0].first <= 3:
        return (Span(spans[0].first, spans[1].last, spans[0].doubt),)
    return tuple(spans[-2:] if len(spans) > 2 else spans)


def _text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return fold(str(value)[:60])
