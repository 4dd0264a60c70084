"""A shelter's file: columns in three languages, only rows with a yes, each bad row named, nothing that hurts."""

import contextlib
import io
import random
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest

from thangdee.casework.outcomes.reading.columns import Column, find_header
from thangdee.casework.outcomes.reading.rows import Fault, Told, read_register
from thangdee.casework.outcomes.reading.sheets import MOST_ROWS, UnfitSheetError, read_sheet
from thangdee.casework.outcomes.record import How

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
TOLD = Told(asked_by="Somjai", how=How.SPOKEN, on=date(2026, 11, 20), assented_by="Khru Noi")
THAI = """ทะเบียนผู้รับการคุ้มครอง,,,,,,,,,
ลำดับ,ชื่อ-สกุล,ชื่อเล่น,เพศ,อายุ (ปี),หมู่บ้าน,เมือง/อำเภอ,แขวง/จังหวัด,วันที่เข้า,ความยินยอม
๑,แก้ว วงสา,น้อย,หญิง,๑๗ ปี,นาไซ,ไชยธานี,นครหลวงเวียงจันทน์,๑๒ มี.ค. ๒๕๖๗,ยินยอม
2,ดวง,,ญ,2545,โพนทัน,,สะหวันนะเขต,12/03/67,ใช่
3,คำ,,หญิง,20,,,จำปาสัก,13/03/2567,ไม่
4,บัว,,หญิง,16-17,,,จำปาสัก,03/25/2567,ยินยอม
"""


def read(text: str | bytes, told: Told = TOLD):
    return read_register(text.encode() if isinstance(text, str) else text, told, NOW)


def excel(rows: list[list], **cells) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place, value in cells.items():
        book.active[place] = value
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_a_thai_register_is_read_and_what_is_unclear_is_named_with_row_and_column() -> None:
    found = read(THAI)

    [(row, kaew), (_, duang)] = found.rows
    assert row == 3
    assert (kaew.given_name, kaew.nickname, kaew.sex, kaew.birth_year_or_age) == ("แก้ว วงสา", "น้อย", "female", "17")
    assert (kaew.district, kaew.date_entered) == ("ไชยธานี", "2024-03-12")
    assert (duang.birth_year_or_age, duang.date_entered) == ("2002", "2024-03-12")
    assert kaew.consent.asked_by == "Somjai"
    assert found.no_yes == 1
    assert set(found.faults) == {Fault(6, "วันที่เข้า", "day_first"), Fault(6, "อายุ (ปี)", "age_range")}
    assert found.unknown == ("ลำดับ",)


def test_the_columns_of_the_ministry_are_known_and_the_private_ones_are_left_alone() -> None:
    header = (
        "code number,name,age,sex,ethnic group,village,district,province,telephone,members in family,marital status,"
        "number of children,family status,economic conditions,education level,health status,wants to return home,"
        "type of exploitation,date entered shelter,times entering shelter,training received,group return number,"
        "date returned home,responsible entity,consent"
    )
    row = "7,Keo,19,F,Khmu,Nasai,Xay,Oudomxay,020,5,single,0,poor,canary,none,canary,yes,canary,2026-01-05,1,sewing,,,LWU,yes"
    found = read(f"{header}\n{row}\n")

    [(_, keo)] = found.rows
    assert (keo.shelter_number, keo.ethnic_group, keo.province) == ("7", "Khmu", "Oudomxay")
    assert "canary" not in repr(found.rows)
    assert {"type of exploitation", "health status", "economic conditions", "telephone"} <= set(found.private)
    assert found.unknown == ()


def test_lao_titles_are_known() -> None:
    header = find_header([["ລະຫັດ", "ຊື່ ແລະ ນາມສະກຸນ", "ອາຍຸ", "ເພດ", "ຊົນເຜົ່າ", "ບ້ານ", "ເມືອງ", "ແຂວງ", "ວັນທີ່ເຂົ້າ", "ຍິນຍອມ"]])

    assert list(header.places) == [
        Column.SHELTER_NUMBER, Column.GIVEN_NAME, Column.AGE, Column.SEX, Column.ETHNIC_GROUP, Column.VILLAGE,
        Column.DISTRICT, Column.PROVINCE, Column.DATE_ENTERED, Column.CONSENT,
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_and_encoding_of_thailand_is_read(encoding: str, delimiter: str) -> None:
    found = read(THAI.replace(",", delimiter).encode(encoding))

    assert [record.given_name for _, record in found.rows] == ["แก้ว วงสา", "ดวง"]


def test_without_her_clear_yes_nothing_of_a_row_is_read() -> None:
    rows = "".join(
        f"made up {said},20,,{said}\n" for said in ("no", "", "-", "0", "ไม่ยินยอม", "ບໍ່", "perhaps", "x", "=1")
    )
    found = read(f"name,age,province,consent\n{rows}")

    assert found.rows == ()
    assert found.no_yes == 6
    assert [fault.why for fault in found.faults] == ["unclear_yes"] * 3
    assert "made up" not in repr(found)


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("name,age,province", "no_consent_column"),
        ("age,province,village,consent", "no_name_column"),
        ("a,b,c,d", "no_header"),
        ("name,age,consent,ยินยอม", "two_consents"),
        ("name,age,province,consent (medical)", "no_consent_column"),
        ("name (father),age,province,consent", "no_name_column"),
    ],
)
def test_a_file_without_what_is_needed_is_refused_as_a_whole(header: str, why: str) -> None:
    with pytest.raises(UnfitSheetError) as error:
        read(f"{header}\nx,20,y,yes\n")
    assert error.value.why == why


@pytest.mark.parametrize(
    ("row", "column", "why"),
    [
        ("Keo,20,F,,,yes,,,", None, None),
        ("Keo,15,F,,,yes,,,", None, None),  # who decided it with her is said for the whole file
        (",20,F,,,yes,,,", "name", "no_name"),
        ("=cmd|' /C calc'!A0,20,F,,,yes,,,", "name", "formula"),
        ("#REF!,20,F,,,yes,,,", "name", "formula"),
        ("Keo,20,robot,,,yes,,,", "sex", "sex"),
        ("Keo,20,F,12/03/2545,,yes,,,", "age", "age_and_birth"),
        ("Keo,20,F,,,yes,31/12/2569,,", "asked on", "day_ahead"),
        ("Keo,20,F,,,yes,01/01/2569,,", "asked on", "yes_lapsed"),
        ("Keo,20,F,,,yes,,by post,", "asked how", "no_how"),
        ("Keo,20,F,,,yes,,,1/1/2569", "date returned home", "went_home"),
        (f"{'K' * 300},20,F,,,yes,,,", "name", "too_long"),
    ],
)
def test_a_row_that_cannot_be_taken_says_what_to_do(row: str, column: str | None, why: str | None) -> None:
    found = read(f"name,age,sex,born,village,consent,asked on,asked how,date returned home\n{row}\n")

    assert [(one.row, one.column, one.why) for one in found.faults] == ([(2, column, why)] if why else [])
    assert len(found.rows) == (0 if why else 1)


def test_a_child_is_entered_only_with_the_adult_who_decided_it_with_her() -> None:
    told = Told(asked_by="Somjai", how=How.SPOKEN, on=date(2026, 11, 20))
    found = read("name,age,province,consent\nKeo,15,,yes\nDuang,,,yes\nBua,20,,yes\n", told)

    assert [record.given_name for _, record in found.rows] == ["Bua"]
    assert [(fault.row, fault.why) for fault in found.faults] == [(2, "no_assent"), (3, "no_assent")]


def test_the_same_row_twice_is_named() -> None:
    found = read("name,age,province,consent\nKeo,20,Bokeo,yes\nKeo,20,Bokeo,yes\n")

    assert [(fault.row, fault.why) for fault in found.faults] == [(3, "twice")]


def test_excel_gives_days_numbers_and_never_works_a_formula_out() -> None:
    rows = [["name", "age", "date entered", "code", "consent"], ["Keo", 20.0, datetime(2567, 3, 12), 7, "yes"]]  # noqa: DTZ001
    rows += [["Bua", 21, None, datetime(2026, 5, 3), "yes"], ["x", 22, None, None, "yes"]]  # noqa: DTZ001
    found = read(excel(rows, A4='=WEBSERVICE("http://x.test")'))

    [(_, keo)] = found.rows
    assert (keo.birth_year_or_age, keo.date_entered, keo.shelter_number) == ("20", "2024-03-12", "7")
    assert [(one.row, one.why) for one in found.faults] == [(3, "became_a_day"), (4, "formula")]


def test_a_file_that_is_too_large_unpacks_to_too_much_or_is_no_sheet_is_refused() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(50):
            packed.writestr(f"xl/worksheets/sheet{number}.xml", b"0" * 1_000_000)
    liar = bytearray(bomb.getvalue())
    for place in [at for at in range(len(liar)) if liar.startswith(b"PK\x01\x02", at)]:
        liar[place + 24 : place + 28] = (9).to_bytes(4, "little")  # says that it unpacks to nine bytes
    entity = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(excel([["name"]]))) as good, zipfile.ZipFile(entity, "w") as packed:
        for one in good.infolist():
            laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
            packed.writestr(one, laughs if "sheet1" in one.filename else good.read(one))
    cases = {
        b"": "empty", b" \n ,": "empty", b"\xd0\xcf\x11\xe0 old": "old_excel", b"PK\x03\x04 broken": "not_a_sheet",
        b"%PDF-1.7\0": "not_a_sheet", bomb.getvalue(): "too_large", bytes(liar): "too_large", entity.getvalue(): "not_a_sheet",
        b"name,age,consent\n" + b"Keo,20,yes\n" * (MOST_ROWS + 1): "too_many_rows", b"x" * 2_000_001: "too_large",
    }  # fmt: skip

    for content, why in cases.items():
        with pytest.raises(UnfitSheetError) as error:
            read(content)
        assert error.value.why == why


def test_whatever_is_sent_is_read_or_refused_with_a_reason() -> None:
    chance, good = random.Random(7), excel([["name", "age", "consent"], ["Keo", 20, "yes"]])
    letters = "name,age,consent\nแก้ว๑๒/;\t\"'=ຍິນຍອມyes-\0\u202e\u0e33\ufeff\r|#"
    for _ in range(400):
        content = bytearray(good) if chance.random() < 0.5 else "".join(chance.choices(letters, k=200)).encode()
        if isinstance(content, bytearray):
            for _ in range(chance.randrange(1, 30)):
                content[chance.randrange(len(content))] = chance.randrange(256)
        with contextlib.suppress(UnfitSheetError):
            read(bytes(content))


def test_an_empty_row_keeps_the_count_of_rows() -> None:
    found = read("name,age,consent\n\nKeo,300,yes\n")

    assert found.faults == (Fault(3, "age", "not_an_age"),)
    assert read_sheet(b"a\n\nb")[1] == []
