"""Ages, years and dates as people write them: two eras, two ends of a year, and what a girl was told to say."""

from datetime import date, timedelta

from bench.matching.pen import Pen
from bench.matching.people import TODAY, Person

_ERAS_APART = 543
_THAI_MONTHS = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."]
_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_LAO_DIGITS = str.maketrans("0123456789", "໐໑໒໓໔໕໖໗໘໙")

Written = int | str | None


def age_on(born: date, day: date) -> int:
    """Whole years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def birth_in_register(person: Person, pen: Pen) -> Written:
    """Age when she came, or year of birth, as the officer wrote it; None where it was not asked."""
    if pen.lacks("birth", 0.12):
        return None
    age = _told(age_on(person.born, person.entered), pen, in_shelter=True)
    born = person.entered.year - age - (age_on(person.born, date(person.entered.year, 12, 31)) > age)
    kind = pen.pick([("age", 0.55), ("buddhist", 0.27), ("common", 0.14), ("date", 0.04)])
    if kind == "age":
        return _age(age, pen)
    if kind == "date":
        day = person.born.replace(year=born, day=min(person.born.day, 28))
        return f"{day.day}/{day.month}/{born + _ERAS_APART}"
    return _year(born, pen, buddhist=kind == "buddhist")


def birth_in_enquiry(person: Person, filed: date, pen: Pen) -> tuple[Written, Written]:
    """(age, year of birth) as the family wrote them; the age may be the one at which she left."""
    if pen.lacks("birth", 0.11):
        return None, None
    then = person.left if pen.slips("age:when_she_left", 0.35) else filed
    age = _told(age_on(person.born, then), pen, in_shelter=False)
    born = person.born.year + pen.pick([(0, 0.85), (1, 0.06), (-1, 0.06), (2, 0.03)])
    kind = pen.pick([("age", 0.6), ("year", 0.22), ("both", 0.18)])
    year = _year(born, pen, buddhist=pen.script == "thai" and pen.does(0.6)) if kind != "age" else None
    return (_age(age, pen) if kind != "year" else None), year


def year_left(person: Person, pen: Pen) -> Written:
    """When she left, as the family remembers it."""
    if pen.lacks("year_left", 0.3):
        return None
    year = person.left.year
    if pen.slips("year_left:off_by_1", 0.12):
        year += pen.chance.choice((-1, -1, 1))
    plain = _year(year, pen, buddhist=pen.script == "thai" and pen.does(0.6))
    return pen.pick(
        [(plain, 0.8), (f"ປີ {year}", 0.1), (f"{year}-{year + 1}", 0.05), (f"{person.left.month}/{year}", 0.05)]
    )


def day_filed(person: Person, pen: Pen) -> date:
    """A day after she left on which somebody asked; seldom long after she was found."""
    waited = int(pen.chance.lognormvariate(5.6, 0.9)) + 10
    until_now = (TODAY - person.left).days
    return person.left + timedelta(days=waited if waited < until_now else pen.chance.randrange(until_now))


def as_date(day: date, pen: Pen, *, thai: bool) -> str | None:
    """The day as typed: ISO from a computer, else day first, in Thai often with the Buddhist year."""
    if pen.lacks("date", 0.04):
        return None
    buddhist = day.year + _ERAS_APART
    common = [
        (day.isoformat(), 0.8),
        (f"{day.day:02}/{day.month:02}/{day.year}", 0.15),
        (f"{day.day}-{day.month}-{day.year}", 0.05),
    ]
    if not thai:
        return pen.pick(common)
    return pen.pick(
        [
            (pen.pick(common), 0.45),
            (f"{day.day}/{day.month}/{buddhist}", 0.27),
            (f"{day.day} {_THAI_MONTHS[day.month - 1]} {buddhist}", 0.1),
            (f"{day.day} {_THAI_MONTHS[day.month - 1]} {buddhist % 100}", 0.06),
            (f"{day.day}/{day.month}/{buddhist % 100}", 0.05),
            (f"{buddhist}-{day.month:02}-{day.day:02}", 0.04),
            (str(buddhist), 0.03),
        ]
    )


def _told(age: int, pen: Pen, *, in_shelter: bool) -> int:
    if in_shelter and age < 18 and pen.slips("age:made_older", 0.06):
        return pen.chance.choice((18, 18, 19, 20))
    if in_shelter and 18 <= age < 23 and pen.slips("age:made_younger", 0.05):
        return pen.chance.choice((16, 17, 17))
    for off, probability in ((1, 0.2), (2, 0.06), (3, 0.025), (4, 0.012)):
        if pen.slips(f"age:off_by_{off}", probability):
            return max(9, age + pen.chance.choice((-off, off)))
    return age


def _age(age: int, pen: Pen) -> Written:
    local = {"thai": f"{age} ปี", "lao": f"{age} ປີ", "latin": f"{age} pi"}[pen.script]
    digits = str(age).translate(_LAO_DIGITS if pen.script == "lao" else _THAI_DIGITS)
    about = pen.pick(
        [(f"{age - 1}-{age}", 1), (f"{age}-{age + 1}", 1), (f"ປະມານ {age}" if pen.script == "lao" else f"~{age}", 1)]
    )
    ways: list[tuple[Written, float]] = [(age, 0.5), (str(age), 0.24), (local, 0.15), (digits, 0.05), (about, 0.06)]
    return pen.pick(ways)


def _year(year: int, pen: Pen, *, buddhist: bool) -> Written:
    shown = year + _ERAS_APART if buddhist else year
    if pen.slips("era:converted_twice", 0.012):
        shown += _ERAS_APART if buddhist else -_ERAS_APART
    elif pen.slips("era:two_digits", 0.04):
        return f"{shown % 100:02}"
    prefix = "พ.ศ. " if buddhist else "ปี " if pen.script == "thai" else ""
    digits = str(shown).translate(_LAO_DIGITS if pen.script == "lao" else _THAI_DIGITS)
    ways: list[tuple[Written, float]] = [(shown, 0.55), (str(shown), 0.32), (f"{prefix}{shown}", 0.08), (digits, 0.05)]
    return pen.pick(ways)
