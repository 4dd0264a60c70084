"""Days, years and ages as officers write them: read where they are clear, named where they are not."""

from datetime import date, datetime

import pytest

from thangdee.casework.outcomes.reading.dates import UnclearError, read_age, read_birth, read_day

TODAY = date(2026, 11, 22)
MARCH = date(2024, 3, 12)
LEAP = date(2024, 2, 29)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12/03/2567", MARCH), ("12-3-2567", MARCH), ("12.03.2024", MARCH), ("12 03 2024", MARCH), ("2024-03-12", MARCH),
        ("2567-03-12", MARCH), ("2024-03-12 00:00:00", MARCH), ("2024-03-12T00:00:00", MARCH), ("12/03/67", MARCH),
        ("12/3/24", MARCH), ("๑๒ มีนาคม ๒๕๖๗", MARCH), ("12 มี.ค. 67", MARCH), ("12 มี.ค. 2567", MARCH),
        ("วันที่ 12 มีนาคม พ.ศ. 2567", MARCH), ("12 มีนาคม ค.ศ. 2024", MARCH), ("12 เดือน มีนาคม ปี 2567", MARCH),
        ("໑໒ ມີນາ ໒໐໒໔", MARCH), ("ວັນທີ 12 ມີນາ 2024", MARCH), ("12 Mar 2024", MARCH), ("March 12, 2024", MARCH),
        ("12-Mar-24", MARCH), ("12/03/2567 10:30 น.", MARCH), ("45363", MARCH), (45363, MARCH), (45363.0, MARCH),
        (datetime(2024, 3, 12, 9, 0), MARCH), (date(2024, 3, 12), MARCH),  # noqa: DTZ001 - Excel knows no zone
        (datetime(2567, 3, 12), MARCH),  # noqa: DTZ001 - a Buddhist year typed into an English Excel
        ("29/02/2567", LEAP),  # a leap year, though the year 2567 of the common era will be none
        ("", None), ("-", None), ("ไม่ทราบ", None), ("ບໍ່ຮູ້", None), (None, None), ("N/A", None),
    ],
)  # fmt: skip
def test_a_day_is_read_in_both_eras_and_three_scripts(written, meant) -> None:
    assert read_day(written, TODAY, years_back=20) == meant


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("03/25/2024", "day_first"), ("31/02/2567", "not_a_day"), ("29/02/2566", "not_a_day"), ("soon", "not_a_day"),
        ("12/13/14/15", "not_a_day"), ("12/03/2569", "far"), ("01/01/2027", "day_ahead"), ("12/03/1924", "far_year"),
        ("2567", "not_a_day"), ("= TODAY()", "not_a_day"), ("12/03/", "not_a_day"), ("0/0/2567", "not_a_day"),
        ("12/03/99999", "not_a_day"), ("-1", "not_a_day"), ("１２/99/2567", "not_a_day"), ("12 มกร 2567", "not_a_day"),
    ],
)  # fmt: skip
def test_an_unclear_day_is_named(written: str, why: str) -> None:
    if why == "far":
        assert read_day(written, TODAY, years_back=20) == date(2026, 3, 12)
        return
    with pytest.raises(UnclearError) as error:
        read_day(written, TODAY, years_back=20)
    assert error.value.why == why


def test_two_digits_of_a_year_of_birth_are_not_guessed() -> None:
    with pytest.raises(UnclearError) as error:
        read_birth("12/03/45", TODAY)

    assert error.value.why == "short_year"
    assert read_birth("12/03/พ.ศ. 2545", TODAY) == "2002"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("17", "17"), (17, "17"), (17.0, "17"), ("17 ปี", "17"), ("17ปี", "17"), ("๑๗", "17"), ("໑໗ ປີ", "17"), ("17 years old", "17"),
        ("17 ปี 6 เดือน", "17"), ("ประมาณ 17 ปี", "~17"), ("~17", "~17"), ("about 18", "~18"), ("อายุ 17 ปี", "17"), ("6 เดือน", "0"), ("17.5", "17"),
        ("2545", "2002"), ("พ.ศ. 2545", "2002"), ("2002", "2002"), ("-", None), ("ไม่ทราบ", None), (None, None),
    ],
)  # fmt: skip
def test_an_age_is_read(written, meant) -> None:
    assert read_age(written, TODAY) == meant


@pytest.mark.parametrize(
    ("written", "why"),
    [("16-17", "age_range"), ("16 หรือ 17", "age_range"), ("170", "not_an_age"), ("เด็ก", "not_an_age"), ("1745", "far_year"),
     ("2600", "far_year"), ("seventeen", "not_an_age"), ("1e3", "not_an_age"), ("-17", "not_an_age")],
)  # fmt: skip
def test_an_unclear_age_is_named(written: str, why: str) -> None:
    with pytest.raises(UnclearError) as error:
        read_age(written, TODAY)
    assert error.value.why == why


@pytest.mark.parametrize(
    ("written", "meant"),
    [("2545", "2002"), ("ปี 2545", "2002"), ("12/03/2545", "2002"), ("12 มี.ค. 2002", "2002"), ("?", None)],
)
def test_a_year_of_birth_is_read(written: str, meant: str | None) -> None:
    assert read_birth(written, TODAY) == meant
