"""A moment in words, as people in Laos and Thailand say it: "tomorrow, Monday, at 8 in the morning (08:00)"."""

from bisect import bisect_right
from datetime import datetime, timedelta, timezone

from thangdee.core.words import text

# Laos and Thailand keep the same time the whole year.
LOCAL_TIME = timezone(timedelta(hours=7))
# Further ahead a weekday alone would be mistaken.
SAYABLE = timedelta(days=6)
# From which hour on each part of the day has its name.
_PARTS = ((0, "midnight"), (1, "night"), (6, "morning"), (12, "noon"), (13, "afternoon"), (16, "evening"), (19, "late"))
_DAWN, _HALF_DAY, _FIRST_THUM = 6, 12, 18


def when(moment: datetime, now: datetime, language: str) -> str:
    """Return the moment as it is said now; it should lie within the next six days."""
    kind = _day(moment.astimezone(LOCAL_TIME), now.astimezone(LOCAL_TIME))
    values = {"clock": clock(moment, language)}
    if kind not in {"today", "tonight"}:
        values["weekday"] = weekday(moment, language)
    return text(f"time.{kind}", language, **values)


def _day(local: datetime, now: datetime) -> str:
    """Return how the day is named. The hours before dawn are, for who speaks the day before, those of that night."""
    days = (local.date() - now.date()).days
    if days == 0:
        return "today"
    if local.hour < _DAWN:
        return "tonight" if days == 1 and now.hour >= _DAWN else "night_to"
    return "tomorrow" if days == 1 else "weekday"


def weekday(moment: datetime, language: str) -> str:
    """Return the name of the day in Laos and Thailand."""
    return text(f"time.weekday.{moment.astimezone(LOCAL_TIME).isoweekday()}", language)


def clock(moment: datetime, language: str) -> str:
    """Return the time of day in words and in digits: the Thai evening counts from six, Lao and English from twelve."""
    local = moment.astimezone(LOCAL_TIME)
    _, part = _PARTS[bisect_right([hour for hour, _ in _PARTS], local.hour) - 1]
    values = {}
    if part not in {"midnight", "noon"}:
        values["hour"] = str(_counted(local.hour, part, language))
    if local.minute:
        values["minutes"] = f"{local.minute:02d}" if language == "en" else str(local.minute)
    said = text(f"time.{part}{'.minutes' if local.minute else ''}", language, **values)
    return text("time.clock", language, said=said, digits=f"{local:%H:%M}")


def _counted(hour: int, part: str, language: str) -> int:
    if part == "late" and language == "th":
        return hour - _FIRST_THUM
    return hour if hour <= _HALF_DAY else hour - _HALF_DAY
