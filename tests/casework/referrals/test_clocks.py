"""How long a receiver has to answer (R41): never less than promised, never at night, at weekends or on holidays."""

import random
from datetime import date, datetime, timedelta

import pytest

from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy
from thangdee.casework.providers import organisations
from thangdee.casework.providers.organisations import Provider
from thangdee.casework.referrals import deeds
from thangdee.casework.referrals.clocks import LEAST_OPEN, answer_due, is_working_day, next_working_moment
from thangdee.casework.referrals.model import OFFICE, Hours, Receiver, Speed
from thangdee.core.time_words import LOCAL_TIME

_SHORT = Hours(opens=9 * 60, closes=12 * 60, days=frozenset({2, 4}))
_ALL_DAY = Hours(opens=0, closes=24 * 60, days=frozenset(range(1, 8)))


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL_TIME)


def _random_moments(count: int) -> list[datetime]:
    chance = random.Random(41)
    first = _local("2026-01-01T00:00")
    return [first + timedelta(minutes=chance.randrange(15 * 365 * 24 * 60)) for _ in range(count)]


def _minutes(moment: datetime) -> int:
    local = moment.astimezone(LOCAL_TIME)
    return local.hour * 60 + local.minute


def _open_minutes(since: datetime, until: datetime, country: str, hours: Hours) -> int:
    """Count, minute by minute, how long the office was open: slow, and not the way of the clock itself."""
    count, moment = 0, since
    while moment < until:
        is_day = is_working_day(moment.astimezone(LOCAL_TIME).date(), country, hours)
        count += is_day and hours.opens <= _minutes(moment) < hours.closes
        moment += timedelta(minutes=1)
    return count


@pytest.mark.parametrize("hours", [OFFICE, _SHORT, _ALL_DAY])
@pytest.mark.parametrize("country", ["LA", "TH"])
def test_an_ordinary_clock_never_ends_early_nor_while_the_office_is_closed(country: str, hours: Hours) -> None:
    for asked in _random_moments(1000):
        due = answer_due(asked, Speed.ORDINARY, country, hours)

        assert due - asked >= timedelta(hours=24)
        assert is_working_day(due.astimezone(LOCAL_TIME).date(), country, hours) or hours is _ALL_DAY
        assert hours.opens <= _minutes(due) <= hours.closes


def test_somebody_was_at_work_for_hours_before_the_next_is_asked() -> None:
    for asked in _random_moments(60):
        due = answer_due(asked, Speed.ORDINARY, "TH")

        assert timedelta(minutes=_open_minutes(asked, due, "TH", OFFICE)) >= LEAST_OPEN


def test_no_ordinary_clock_runs_longer_than_the_longest_holidays() -> None:
    longest = max(answer_due(asked, Speed.ORDINARY, "TH") - asked for asked in _random_moments(2000))

    assert longest <= timedelta(days=7)


@pytest.mark.parametrize("country", ["LA", "TH"])
def test_what_is_urgent_is_answered_within_the_hour_at_night_and_on_holidays_too(country: str) -> None:
    for asked in [*_random_moments(200), _local("2027-04-14T03:00")]:
        assert answer_due(asked, Speed.URGENT, country) == asked + timedelta(hours=1)


@pytest.mark.parametrize(
    ("asked", "country", "due"),
    [
        ("2026-11-24T10:00", "LA", "2026-11-25T10:00"),  # a Tuesday
        ("2026-11-22T15:00", "LA", "2026-11-23T15:00"),  # a Sunday
        ("2026-11-20T15:00", "LA", "2026-11-23T11:00"),  # a Friday: two hours then, two on Monday
        ("2026-11-20T20:00", "LA", "2026-11-23T12:00"),  # Friday night: nobody reads it before Monday
        ("2026-11-24T22:00", "LA", "2026-11-26T08:00"),  # at night: not in the next night, but the morning after
        ("2026-12-01T10:00", "LA", "2026-12-03T08:00"),  # 2 December is the national day of Laos
        ("2026-12-01T10:00", "TH", "2026-12-02T10:00"),  # and not of Thailand
        ("2027-04-13T10:00", "LA", "2027-04-19T08:00"),  # Lao New Year is from Wednesday to Friday
        ("2027-04-12T10:00", "TH", "2027-04-16T08:00"),  # Songkran is from Tuesday to Thursday
    ],
)
def test_weekends_nights_and_new_year_do_not_count(asked: str, country: str, due: str) -> None:
    assert answer_due(_local(asked), Speed.ORDINARY, country) == _local(due)


def test_the_new_years_of_both_countries_are_known_for_years_ahead() -> None:
    for year in range(2026, 2041):
        assert not any(is_working_day(date(year, 4, day), "LA") for day in (14, 15, 16))
        assert not any(is_working_day(date(year, 4, day), "TH") for day in (13, 14, 15))


def test_an_unknown_country_keeps_the_days_of_laos() -> None:
    assert not is_working_day(date(2026, 12, 2), "XX")


def test_an_office_that_never_opens_keeps_nobody_waiting_for_ever() -> None:
    asked = _local("2026-11-24T10:00")

    assert answer_due(asked, Speed.ORDINARY, "LA", Hours(days=frozenset())) == asked + timedelta(hours=24)


def test_a_reminder_by_night_waits_until_the_office_opens() -> None:
    assert next_working_moment(_local("2026-11-20T23:00"), "LA") == _local("2026-11-23T08:00")
    assert next_working_moment(_local("2026-11-20T11:00"), "LA") == _local("2026-11-20T11:00")


async def test_the_hours_of_the_receiver_decide_when_the_next_is_asked(database, vault) -> None:
    asked = _local("2026-11-23 09:00")  # a Monday
    receiver = Receiver("a", "org-a", "ngo", "LA")
    async with database.write() as connection:
        await organisations.save(connection, vault, Provider("org-a", days="15", opens=600, closes=960), asked)
        who = await Chats(connection, vault).of(7, asked)
        made = await deeds.begin(connection, vault, who, asked)
        await deeds.change_draft(connection, made.id, asked, age_band="18_59")
        await deeds.show(connection, vault, made.id, (receiver,))
        sent = await deeds.say_yes(connection, vault, made.id, (receiver,), given_by=GivenBy.TAPPED, now=asked)
    assert sent.current.answer_by == _local("2026-11-27 10:00")  # they work on Mondays and Fridays, from ten on
