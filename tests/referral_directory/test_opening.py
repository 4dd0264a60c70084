"""Open or not at a local hour, from the rules of HSDS."""

from datetime import date, time

import pytest

from tests.referral_directory.listings import opening
from thangdee.referral_directory.opening import is_always_open, is_open

MONDAY, SATURDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 21), date(2026, 11, 22)
ALL_WEEK = "MO,TU,WE,TH,FR,SA,SU"


@pytest.mark.parametrize(
    ("rule", "day", "at", "expected"),
    [
        (opening(), MONDAY, time(8), True),
        (opening(), MONDAY, time(7, 59), False),
        (opening(), MONDAY, time(16), False),
        (opening(), SUNDAY, time(9), False),
        (opening("SA", "20:00", "02:00"), SUNDAY, time(1), True),  # Saturday's evening goes on
        (opening("SA", "20:00", "02:00"), SATURDAY, time(1), False),
        (opening("MO", "01:00Z", "09:00Z"), MONDAY, time(8, 30), True),
        (opening("MO", "01:00Z", "09:00Z"), MONDAY, time(7, 30), False),
        (opening("SU", "20:00Z", "22:00Z"), MONDAY, time(3, 30), True),
        (opening("MO", "08:00+07:00", "16:00+07:00"), MONDAY, time(15, 59), True),
        (opening("", "08:00", "16:00", freq="DAILY"), SUNDAY, time(9), True),
        (opening(valid_to="2026-11-01"), MONDAY, time(9), False),
        (opening(valid_from="2026-12-01"), MONDAY, time(9), False),
        (opening(ALL_WEEK, "00:00", "24:00"), SUNDAY, time(23, 59), True),
    ],
)
def test_hours_are_read_as_the_rule_says(rule, day, at, expected):
    assert is_open([rule], day, at) is expected


@pytest.mark.parametrize(
    "rule",
    [
        opening("", None, None, description="mornings"),
        opening("MO", "morning", "evening"),
        opening("2MO", "08:00", "16:00", freq="MONTHLY"),
        opening("MO", "08:00", None),
    ],
)
def test_what_cannot_be_computed_is_not_guessed(rule):
    assert is_open([rule], MONDAY, time(9)) is None


def test_day_and_night_means_every_day_whole():
    assert is_always_open([opening(ALL_WEEK, "00:00", "23:59")])
    assert is_always_open([opening(ALL_WEEK, "00:00", "00:00")])
    assert not is_always_open([opening("MO,TU,WE,TH,FR", "00:00", "24:00")])
    assert not is_always_open([opening(ALL_WEEK, "06:00", "22:00")])
    assert not is_always_open([opening(ALL_WEEK, "00:00", "24:00", valid_to="2026-12-31")])
