"""One spelling, one script: what the folds promise to the crisis words and the language model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thangdee.core.script import fold, script_of, skeleton, to_thai, without_tones


@pytest.mark.parametrize(
    ("typed", "also_typed"),
    [
        ("ຫຼາຍ", "ຫລາຍ"),
        ("ໝູ່", "ຫມູ່"),
        ("ໜັງສື", "ຫນັງສື"),
        ("ນ້ຳ", "ນໍ້າ"),
        ("ນ້ຳ", "ນ້ໍາ"),
        ("ເເມ່", "ແມ່"),
        ("น้ำ", "นํ้า"),
        ("แม่", "เเม่"),
        ("ກີ່", "ກ່ີ"),
        ("ที่", "ท่ี"),
        ("Passport", "passport"),
        ("ປີ ໒໐໒໕", "ປີ 2025"),
        ("ปี ๒๕๖๘", "ปี 2568"),
        ("ຊ່ວຍ\u200bແດ່", "ຊ່ວຍແດ່"),
        ("ຊ່ວຍແດ່\u202e", "ຊ່ວຍແດ່"),
        ("ช่วยด้วยยยยยย", "ช่วยด้วยยย"),
        ("จริงๆ 5555", "จริงๆ"),
    ],
)
def test_one_spelling_for_what_phones_spell_in_several_ways(typed: str, also_typed: str) -> None:
    assert fold(typed) == fold(also_typed)


@pytest.mark.parametrize(("lao", "thai"), [("ກິນ", "กิน"), ("ໄປ", "ไป"), ("ຄົນ", "คน"), ("ມື", "มื"), ("ຢາກ", "ยาก")])
def test_lao_letters_have_thai_twins(lao: str, thai: str) -> None:
    assert to_thai(lao) == thai


def test_laughter_goes_but_numbers_stay() -> None:
    assert fold("ขำ 55555 โทร 02055512") == "ขำ โทร 02055512"


def test_tones_can_be_left_out() -> None:
    assert without_tones("ຂ້ອຍ ช่วย") == "ຂອຍ ชวย"


def test_skeleton_joins_sentences_that_differ_in_tones_and_gaps_only() -> None:
    assert skeleton("ຊ່ວຍ ຂ້ອຍ ແດ່!") == skeleton("ຊວຍຂອຍແດ") == skeleton("ซ่วยข้อยแด่")


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("ສະບາຍດີ", "lao"),
        ("สวัสดีค่ะ", "thai"),
        ("sabaidee", "latin"),
        ("ຢາກໄປ Thailand ກັບໝູ່", "mixed"),
        ("12345 🙏", "none"),
        ("", "none"),
    ],
)
def test_script_is_that_of_most_letters(text: str, script: str) -> None:
    assert script_of(text) == script


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(min_codepoint=0x0E00, max_codepoint=0x0EFF), max_size=40))
def test_any_lao_or_thai_can_be_folded_again(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert not any("\u0e80" <= char <= "\u0edd" and char.isalpha() for char in to_thai(text))
