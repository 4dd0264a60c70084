"""Rows as officers and families write them: titles, brackets, one box for all, years of two eras, merged villages."""

from typing import Any

import pytest

from thangdee.casework.matching import described_enquiry, described_resident
from thangdee.casework.matching.homes import home_of
from thangdee.casework.matching.names import called, names_of
from thangdee.casework.matching.sound import sound_of
from thangdee.casework.matching.years import Span, births, gap, years_in

IN_2019 = (Span(2019, 2019),)


@pytest.mark.parametrize(
    ("nickname", "given", "family"),
    [
        (None, "ນາງ ແກ້ວ ວົງສາ (ນ້ອຍ)", None),
        ("ນ້ອຍ", "ນາງສາວແກ້ວ", "ວົງສາ"),
        ("น้องน้อย", "น.ส.แก้ว", "วงษา"),
        ("Noy", "Miss Keo", "Vongsa"),
        (None, "นส.แก้ว วงศา ชื่อเล่น น้อย", "-"),
        ("ชื่อเล่น น้อย", None, "แก้ว วงษา"),
    ],
)
def test_a_name_is_read_from_whatever_box_it_stands_in(
    nickname: str | None, given: str | None, family: str | None
) -> None:
    names = names_of(nickname, given, family)

    assert (names.nicknames[0], names.given[0]) == ("nOy", "kEw")
    assert names.family[0] in ("woqsa", "wOqsa")


def test_a_title_tells_the_sex_and_is_no_name() -> None:
    assert names_of(None, "ທ້າວ ຄຳ", None).sex == "m"
    assert names_of(None, "ด.ญ. ต่าย", None).sex == "f"
    assert names_of("ນ້ອງ", None, None).nicknames == (sound_of("ນ້ອງ"),)


@pytest.mark.parametrize("nothing", [None, "", "-", "ไม่ทราบ", "ບໍ່ຮູ້", "unknown", "N/A", True])
def test_words_for_not_known_are_no_name(nothing: object) -> None:
    assert names_of(nothing, nothing, nothing) == names_of(None, None, None)


def test_notes_name_her_and_not_those_she_left_with() -> None:
    assert called("ໝູ່ເອີ້ນວ່າ ຈອຍ, ໄປກັບ ຄຳ") == (sound_of("ຈອຍ"),)
    assert called("ไปกับเพื่อนชื่อเล่น น้อย") == ()


@pytest.mark.parametrize(
    "written", ["2549", 2549, "2006", "๒๕๔๙", "12/03/2549", "49", "06", "พ.ศ. 2549", 1463, "2049", 2549.0]
)
def test_a_birth_year_is_understood_in_both_eras(written: object) -> None:
    assert gap(births([written], IN_2019), (Span(2006, 2006),)) in (0, 1)


@pytest.mark.parametrize("written", ["13", 13, "13 ປີ", "໑໓ ປີ", "12-13", "ประมาณ 13"])
def test_an_age_is_understood_as_of_the_day_of_the_row(written: object) -> None:
    assert gap(births([written], IN_2019), (Span(2006, 2006),)) == 0


@pytest.mark.parametrize(
    "written", ["3/5/2562", "2019-05-03", "3 พ.ค. 62", "2019", "May 2019", "03.05.2019", "20190503"]
)
def test_dates_of_many_forms_tell_the_year(written: str) -> None:
    assert years_in(written)[0] == Span(2019, 2019)


def test_years_ago_are_counted_from_the_day_of_the_enquiry() -> None:
    row = {"date_filed": "2020-01-05", "year_left": "2 ປີກ່ອນ"}

    assert gap(described_enquiry(row).left, (Span(2018, 2018),)) == 0


@pytest.mark.parametrize(
    ("village", "district", "province"),
    [
        ("ນາຄຳ", "ສອງຄອນ", "ສະຫວັນນະເຂດ"),
        ("บ้านนาคำ", "สองคอน", "สุวรรณเขต"),
        ("Ban Nakham", "Songkhone", "Savannakhet"),
        ("ບ້ານ ນາຄຳ ເມືອງ ສອງຄອນ ແຂວງ ສະຫວັນນະເຂດ", None, None),
        ("บ้านนาคำ สองคอน สะหวันนะเขต", None, None),
        (None, "บ้านนาคำ, สองคอน", "สะหวันเขต"),
        ("ນາຄຳ", "ສະຫວັນນະເຂດ", "ສອງຄອນ"),
    ],
)
def test_a_home_is_read_from_whatever_box_it_stands_in(
    village: str | None, district: str | None, province: str | None
) -> None:
    home = home_of(village, district, province)

    assert home.villages[0] == "naKam"
    assert (home.districts[0][0], home.provinces[0][0]) == ("LA1308", "LA-SV")


def test_a_former_name_is_kept_beside_the_present_one() -> None:
    assert home_of("ໂພນສະຫວັນ (ເກົ່າ ນາຄຳ)", None, None).former == ("naKam",)
    assert home_of("ໂພນສະຫວັນ", None, None, "ບ້ານເກົ່າຊື່ ນາຄຳ, ມີລູກ 1 ຄົນ").former == ("naKam",)


def test_vientiane_is_both_until_it_is_said_which() -> None:
    assert {code for code, _ in home_of(None, None, "ວຽງຈັນ").provinces} == {"LA-VI", "LA-VT"}
    assert [code for code, _ in home_of(None, None, "แขวงเวียงจันทน์").provinces] == ["LA-VI"]


@pytest.mark.parametrize("value", [None, "", 0, -3, 10**30, 1.5, [], {}, "\u0000", "ກ" * 5000, "9" * 400, "((((", "ກ່່່້້້"])
def test_no_value_breaks_the_reading(value: Any) -> None:
    keys = ("given_name", "family_name", "nickname", "sex", "age", "birth_year", "birth_year_or_age", "year_left")
    more = ("village", "district", "province", "work", "notes", "date_filed", "date_entered", "shelter", "unknown")
    row = dict.fromkeys(keys + more, value)

    described_resident(row)
    described_enquiry(row)
