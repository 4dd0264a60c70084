"""Is it open at this hour? Only what the record says; where it says nothing, nobody guesses."""

from collections.abc import Iterable
from datetime import date, time, timedelta

from thangdee.referral_directory.model import OpeningTime

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = 24 * 60
_LOCAL_OFFSET = 7 * 60  # minutes; Vientiane and Bangkok share one clock, all year
_WHOLE_DAY = _DAY - 1  # many write the last minute of the day as its end


def is_open(times: Iterable[OpeningTime], today: date, at: time) -> bool | None:
    """Tell whether one of the rules covers this local time; None where no rule says hours."""
    readable = [(one, hours) for one in times if (hours := _hours(one))]
    if not readable:
        return None
    minute = at.hour * 60 + at.minute
    return any(_covers(one, hours, today, minute) for one, hours in readable)


def is_always_open(times: Iterable[OpeningTime]) -> bool:
    """Tell whether one rule means day and night, all week."""
    return any(
        hours[1] - hours[0] >= _WHOLE_DAY and _days(one) == frozenset(DAYS)
        for one in times
        if (hours := _hours(one)) and not one.valid_to
    )


def _covers(rule: OpeningTime, hours: tuple[int, int], today: date, minute: int) -> bool:
    # Hours that pass midnight, or are written in another zone, may belong to yesterday's or tomorrow's rule.
    for shift in (-1, 0, 1):
        day = today + timedelta(days=shift)
        start, end = (edge + shift * _DAY for edge in hours)
        if start <= minute < end and DAYS[day.weekday()] in _days(rule) and _is_valid(rule, day):
            return True
    return False


def _hours(rule: OpeningTime) -> tuple[int, int] | None:
    """Return the first and last minute, counted from local midnight of the day of the rule."""
    start, end = _minute(rule.opens_at), _minute(rule.closes_at)
    if start is None or end is None or not _days(rule):
        return None
    return start, end if end > start else end + _DAY


def _days(rule: OpeningTime) -> frozenset[str]:
    if rule.freq not in (None, "WEEKLY", "DAILY"):  # "each second Monday" cannot be told from one day
        return frozenset()
    if rule.freq == "DAILY" and not rule.days:
        return frozenset(DAYS)
    return frozenset(rule.days)


def _minute(text: str | None) -> int | None:
    if not text:
        return None
    if text.startswith("24:00"):
        return _DAY
    try:
        read = time.fromisoformat(text)
    except ValueError:  # an owner's own way to write it: shown as it stands, not computed with
        return None
    offset = read.utcoffset()
    shift = 0 if offset is None else _LOCAL_OFFSET - int(offset.total_seconds() // 60)
    return read.hour * 60 + read.minute + shift


def _is_valid(rule: OpeningTime, day: date) -> bool:
    written = day.isoformat()
    return (rule.valid_from or written) <= written <= (rule.valid_to or written)
