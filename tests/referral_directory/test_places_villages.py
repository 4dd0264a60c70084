"""Lists of villages that operators bring. The villages here are made up."""

import io

import pytest

from thangdee.referral_directory.places import find_village, read_villages

HEADER = "id,district,name,name_th,name_en,former_names,merged_into\n"
GOOD = (
    HEADER
    + "v1,LA1601,ບ້ານຕົວຢ່າງໜຶ່ງ,บ้านตัวอย่างหนึ่ง,Ban Tuayang Neung,ບ້ານເກົ່າກ່ອນ;ບ້ານດົງຕົວຢ່າງ,\n"
    + "v2,LA1601,ບ້ານຕົວຢ່າງສອງ,,,,v1\n"
    + "v3,LA0101,ບ້ານຕົວຢ່າງໜຶ່ງ,,,,\n"
)


def read(text):
    return read_villages(io.StringIO(text, newline=""))


def test_a_good_list_is_read_whole():
    villages, errors = read(GOOD)
    assert errors == ()
    assert [village.id for village in villages] == ["v1", "v2", "v3"]
    assert villages[0].former_names == ("ບ້ານເກົ່າກ່ອນ", "ບ້ານດົງຕົວຢ່າງ")
    assert villages[0].merged_into is None
    assert villages[1].merged_into == "v1"


def test_a_list_from_a_spreadsheet_may_begin_with_a_byte_order_mark():
    assert read("\ufeff" + GOOD)[1] == ()


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (",LA1601,ບ້ານກ,,,,", "id"),
        ("v1,LA1601,ບ້ານກ,,,,", "id"),
        ("v9,,ບ້ານກ,,,,", "district"),
        ("v9,LA9999,ບ້ານກ,,,,", "district"),
        ("v9,LA-CH,ບ້ານກ,,,,", "district"),
        ("v9,LA1601, ,,,,", "name"),
        ("v9,LA1601,ບ້ານກ,,,,v8", "merged_into"),
        ("v9,LA1601,ບ້ານກ,,,,v9", "merged_into"),
        ("v9,LA1601,ບ້ານກ,,,,,too many", "merged_into"),
        ("v9,LA1601", "name"),
        ("v9,LA1601," + "ກ" * 200 + ",,,,", "name"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_taken(line, field):
    villages, errors = read(GOOD + line + "\n")
    assert villages == ()
    assert (5, field) in {(error.row, error.field) for error in errors}


def test_every_error_is_named():
    _, errors = read(GOOD + "v9,LA9999,,,,,\nv10,,,,,,\n")
    assert [(error.row, error.field) for error in errors] == [
        (5, "name"),
        (5, "district"),
        (6, "district"),
        (6, "name"),
    ]


def test_a_missing_or_unknown_column_is_named():
    assert [error.field for error in read("id,name\n")[1]] == ["district"]
    assert [error.field for error in read("id,district,name,population\n")[1]] == ["population"]
    assert [error.field for error in read("")[1]] == ["id", "district", "name"]


@pytest.mark.parametrize(
    "text", ["ບ້ານຕົວຢ່າງໜຶ່ງ", "ຕົວຢ່າງຫນຶ່ງ", "ตัวอย่างหนึ่ง", "tuayang neung", "ban tuayangneung", "ບ້ານເກົ່າກ່ອນ"]
)
def test_a_village_is_found_by_any_of_its_names(text):
    villages, _ = read(GOOD)
    assert find_village(text, "LA1601", villages)[0].id == "v1"


def test_a_merged_village_answers_with_the_one_it_became():
    villages, _ = read(GOOD)
    assert {village.id for village in find_village("ຕົວຢ່າງສອງ", "LA1601", villages)} == {"v1"}


def test_only_the_villages_of_the_district_are_searched():
    villages, _ = read(GOOD)
    assert [village.id for village in find_village("ຕົວຢ່າງໜຶ່ງ", "LA0101", villages)] == ["v3"]
    assert find_village("ບ່ອນອື່ນ", "LA0101", villages) == ()
