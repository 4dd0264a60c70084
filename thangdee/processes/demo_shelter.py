"""Made-up residents of the demo, marked as such, and a sample officer who works for their shelter."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.outcomes import officers, residents
from thangdee.casework.outcomes.model import Shelter
from thangdee.casework.outcomes.record import Consent, How, Record
from thangdee.console.sample_staff import sample_account
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.vault import Vault

SHELTER, _ASKED_BY = Shelter.KREDTAKARN, "Ratana (sample)"
_NUMBER = "ตัวอย่าง (sample) {number}"
# Nickname, given name, family name, sex, age or year of birth, village, district, province, ethnic group: nobody's.
_PEOPLE = (
    ("น้อย", "แก้ว", "วงสา", "female", "17", "นาไซ", "ไซทานี", "นครหลวงเวียงจันทน์", "ลาว"),
    ("แดง", "บุนมี", "พมมะจัน", "female", "2549", "โพนทัน", "ไกสอน", "สะหวันนะเขต", "ลาว"),
    ("ตุ๊กตา", "จันดา", None, "female", "16", "ห้วยเลา", "เชียงเงิน", "หลวงพระบาง", "ขมุ"),
    ("แอ๋ว", "คำปุ่น", "สีสุราช", "female", "21", "หนองบัว", "ปากเซ", "จำปาสัก", None),
    ("ดาว", "ดาวอน", "แก้วมะนี", "female", "19", "ดอนหมู", "คงเซโดน", "สาละวัน", "ส่วย"),
    (None, "ไมเยง", "ว่าง", "female", "18", "ผาแดง", "ไชสมบูน", "ไชสมบูน", "ม้ง"),
    ("นก", "สมใจ", "อินทะวง", "female", "2547", "ท่าเดื่อ", "หาดชายฟอง", "นครหลวงเวียงจันทน์", None),
    ("ปู", "บัวพัน", "ไชยะวง", "female", "15", "นากวง", "ท่าพะบาด", "บอลิคำไซ", "ลาว"),
    ("เล็ก", "สุกสะหวัน", "พิลาวง", "other", "22", "โพนสว่าง", "ปากลาย", "ไชยะบุลี", None),
    ("ส้ม", "มะนีวัน", "สีหาราช", "female", "17", "บ้านใหม่", "เฟือง", "แขวงเวียงจันทน์", "ขมุ"),
    ("ติ่ง", "วันนา", "แสงดารา", "female", "2551", "นาแก", "จำพอน", "สะหวันนะเขต", "กะตาง"),
    ("ใหม่", "พอนไช", None, "female", None, "หลักยี่สิบ", "วังเวียง", "แขวงเวียงจันทน์", None),
)
_FIELDS = (
    "nickname", "given_name", "family_name", "sex", "birth_year_or_age", "village", "district", "province",
    "ethnic_group",
)  # fmt: skip


async def plant_residents(connection: AsyncConnection, vault: Vault, now: datetime) -> list[str]:
    """Let the sample officer work for a shelter and enter the made-up residents; return the codes of their papers."""
    officer = await sample_account(connection, vault, "shelter_officer", "th", now)
    supervisor = await sample_account(connection, vault, "supervisor", "en", now)
    await officers.add(connection, vault, officer, SHELTER, supervisor, now)
    codes = []
    for number, one in enumerate(sample_residents(now), start=1):
        record = replace(one, shelter_number=_NUMBER.format(number=number))
        _, code = await residents.enter(connection, vault, SHELTER, record, officer, now)
        codes.append(code)
    return codes


def sample_residents(now: datetime) -> list[Record]:
    """Return the made-up records, as a Thai officer would have heard and written them."""
    today = now.astimezone(LOCAL_TIME).date()
    consent = Consent(
        is_yes=True, asked_by=_ASKED_BY, how=How.SPOKEN, on=today, found_by="แม่ (ตัวอย่าง)", assented_by=_ASKED_BY
    )  # fmt: skip
    return [
        Record(
            consent=consent,
            date_entered=(today - timedelta(days=30 + 17 * number)).isoformat(),
            is_sample=True,
            **dict(zip(_FIELDS, values, strict=True)),
        )
        for number, values in enumerate(_PEOPLE)
    ]
