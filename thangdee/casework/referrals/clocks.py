"""How long a receiver has to answer: an hour where it is urgent, else a working day of their country (R41).

What is urgent waits for no office to open. All else:

- never ends before 24 hours are over, and never at night, at the weekend or on a holiday of the receiver's country: it
  ends at the first moment after those 24 hours at which the office is open,
- and in which the office was open for at least four hours since it was asked: what comes on a Friday night is not lost
  on Monday at eight, before anybody could read it.

Holidays are those of the library `holidays`, looked through for 2026, 2027, 2035 and 2045: for Laos New Year, 8 March,
Lao New Year (14 to 16 April), 1 May and 2 December; for Thailand all public ones, Songkran and the Buddhist days among
them; both with the days taken off in lieu. Days on which one town alone is closed (the boat race, That Luang) are not
known: the receiver then answers late, the next is asked, nobody is harmed. Both countries keep the same time.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

from thangdee.casework.referrals.model import OFFICE, Hours, Speed
from thangdee.core.time_words import LOCAL_TIME

URGENT_ANSWER, ORDINARY_ANSWER = timedelta(hours=1), timedelta(hours=24)
# So much of the 24 hours at least somebody at the receiver's must have been at work.
LEAST_OPEN = timedelta(hours=4)
_COUNTRIES = ("LA", "TH")
_A_DAY = timedelta(days=1)
# No office of the world rests so long; an office that never opens must not keep a matter for ever.
_LONGEST = 60


def answer_due(asked_at: datetime, speed: Speed, country: str, hours: Hours = OFFICE) -> datetime:
    """Return when the next is asked instead. `country`: LA or TH, whose weekends and holidays count."""
    if speed is Speed.URGENT:
        return asked_at + URGENT_ANSWER
    earliest, was_open = asked_at + ORDINARY_ANSWER, timedelta(0)
    for opens, closes in _days_open(asked_at, country, hours):
        begins = max(opens, asked_at)
        due = max(earliest, begins + LEAST_OPEN - was_open, opens)
        if due <= closes:
            return due.astimezone(asked_at.tzinfo)
        was_open += max(closes - begins, timedelta(0))
    return earliest


def next_working_moment(moment: datetime, country: str, hours: Hours = OFFICE) -> datetime:
    """Return the moment itself where the office is open then, else when it opens next."""
    for opens, closes in _days_open(moment, country, hours):
        if moment <= closes:
            return max(opens, moment).astimezone(moment.tzinfo)
    return moment


def is_working_day(day: date, country: str, hours: Hours = OFFICE) -> bool:
    """Tell whether offices of this country work on a day."""
    return day.isoweekday() in hours.days and day not in _holidays(country if country in _COUNTRIES else "LA")


def _days_open(since: datetime, country: str, hours: Hours) -> Iterator[tuple[datetime, datetime]]:
    """Yield from when to when the office is open on each working day from this day on."""
    first = since.astimezone(LOCAL_TIME).date()
    for day in (first + _A_DAY * number for number in range(_LONGEST)):
        if is_working_day(day, country, hours):
            midnight = datetime.combine(day, time(), LOCAL_TIME)
            yield midnight + timedelta(minutes=hours.opens), midnight + timedelta(minutes=hours.closes)


@cache
def _holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)
