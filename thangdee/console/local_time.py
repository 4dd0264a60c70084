"""Times as staff read them: in Laos and Thailand both it is seven hours later than UTC."""

from datetime import datetime

from thangdee.core.time_words import LOCAL_TIME


def to_the_minute(at: datetime) -> str:
    """Return day and time, such as "2026-11-22 15:04"."""
    return at.astimezone(LOCAL_TIME).strftime("%Y-%m-%d %H:%M")


def to_the_second(at: datetime) -> str:
    """Return day and time with seconds."""
    return at.astimezone(LOCAL_TIME).strftime("%Y-%m-%d %H:%M:%S")
