"""How long a receiver has to answer: an hour where it is urgent, else a working day of their country (R41)."""

from datetime import date, datetime, timedelta
from functools import cache

import holidays

from thangdee.casework.referrals.model import Speed
from thangdee.core.time_words import LOCAL_TIME

URGENT_ANSWER, ORDINARY_ANSWER = timedelta(hours=1), timedelta(hours=24)
_WEEKEND = (5, 6)


def answer_due(asked_at: datetime, speed: Speed, country: str) -> datetime:
    """Return when the next is asked instead. `country`: LA or TH, whose weekends and holidays count.

    What is urgent waits for no office to open. Else it is the same time of the next working day.
    """
    if speed is Speed.URGENT:
        return asked_at + URGENT_ANSWER
    due = asked_at + ORDINARY_ANSWER
    while not is_working_day(due.astimezone(LOCAL_TIME).date(), country):
        due += timedelta(days=1)
    return due


def is_working_day(day: date, country: str) -> bool:
    """Tell whether offices of this country work on a day."""
    return day.weekday() not in _WEEKEND and day not in _holidays(country if country in ("LA", "TH") else "LA")


@cache
def _holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)
