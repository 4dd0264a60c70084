"""Cutting: a machine's proposal of what in a person's words could tell who they are.

It proposes, people decide: names without a title and villages it does not know stay for staff to see.
Sums of money stay: they tell nothing about a person and much about a topic.
"""

import re
from collections.abc import Callable, Iterable

CUT = "…"

# Where place names stand in a text: begin and end of each.
PlaceSpans = Callable[[str], Iterable[tuple[int, int]]]

_MONEY = r"(?:บาท|ບາດ|กีบ|ກີບ|baht|bath|kip|thb|lak|฿|₭|ພັນ|พัน|ໝື່ນ|ຫມື່ນ|หมื่น|ແສນ|แสน|ລ້ານ|ล้าน)"
_YEARS = r"(?:ປີ|ปี|ຂວບ|ขวบ|years?(?: old)?|yo\b)"
_MONTHS = (
    "ມັງກອນ|ກຸມພາ|ມີນາ|ເມສາ|ພຶດສະພາ|ມິຖຸນາ|ກໍລະກົດ|ສິງຫາ|ກັນຍາ|ຕຸລາ|ພະຈິກ|ທັນວາ|"
    "มกรา|กุมภา|มีนา|เมษา|พฤษภา|มิถุนา|กรกฎา|สิงหา|กันยา|ตุลา|พฤศจิกา|ธันวา|"
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
)
_LETTERS = r"[a-zA-Z\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf]"
# What leads to a person or to somewhere: never in a lesson, whatever staff say.
_CONTACTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[^\s@]+@[^\s@]+\.\w+",
        r"(?:https?://|www\.)\S+",
        r"\b[\w-]+\.(?:com|net|org|me|la|th|co|ly|gg|link|app|io|info)\b(?:/\S*)?",
        r"@\w{2,}",
        r"\b(?:line|ไลน์|ລາຍ|whatsapp|facebook|fb|tiktok)(?:\s*id)?\s*[:=]\s*\S+",
        # Six digits or more, with gaps or without, unless money is counted.
        rf"\+?\(?\d(?:[\s().–-]{{0,2}}\d){{5,}}+(?![.,]?\d|\s*{_MONEY})",
    )
)
# Each cuts its group; the words around it stay.
_NUMBERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4})(?!\d)",
        rf"(\d{{1,2}}\s*(?:{_MONTHS})\w*(?:\s*\d{{2,4}})?)",
        rf"((?:{_MONTHS})\w*\s+\d{{1,4}})(?!\d)",
        r"(?:ວັນທີ|วันที่|ພ\.ສ\.|ຄ\.ສ\.|พ\.ศ\.|ค\.ศ\.)\s*(\d{1,4})",
        rf"(?<!\d)((?:19|20|24|25)\d\d)(?!\d|\s*{_MONEY}|[.,]\d)",
        r"(?:ອາຍຸ|อายุ|aged?)\s*(?:ໄດ້|ได้|is)?\s*(\d{1,2})(?!\d)",
        rf"(?<!\d)(\d{{1,2}})\s*{_YEARS}",
    )
)
# "boss", "broker", "my house", "what is your name": the word after these is no name.
_NO_NAME = (
    r"(?:ຈ້າງ|จ้าง|ໜ້າ|ຫນ້າ|หน้า|ທຶນ|ทุน|ບໍ|ไม่|ໃຫ້|ให้|ຍຶດ|ยึด|ເອົາ|เอา|ຕີ|ตี|ຈະ|จะ|ຊິ|ສິ|ຂອງ|ของ|ເຂົາ|เขา|ວ່າ|ว่า|"
    r"ບອກ|บอก|ໂກງ|โกง|ຄົນ|คน|ກໍ|ก็|ຢູ່|อยู่|ຫຍັງ|ຍັງ|อะไร|ຈິງ|จริง|ຂ້ອຍ|ฉัน|ผม|ຜູ້|ໄທ|ไทย|ລາວ|ลาว|ເຮົາ|เรา|ເກີດ|เกิด|"
    r"ແມ່|แม่|ພໍ່|พ่อ|ແບບ|แบบ|ຟ້າ|ฟ้า|ງາມ|งาม|ທີ່|ที่|ໄດ້|ได้|ມາ|มา|ໄປ|ไป|is\b|the\b|a\b|of\b|who\b|what\b|and\b|to\b)"
)
_TITLES = (
    r"ທ້າວ|ນາງສາວ|ນາງ|ນາຍ|ท้าว|นางสาว|น\.ส\.|นาง|นาย|คุณ|ด\.ช\.|ด\.ญ\.|เด็กหญิง|เด็กชาย|"
    r"ຊື່ວ່າ|ຊື່|ชื่อว่า|ชื่อ|\b(?:mr|mrs|ms|miss|nang|thao|khun|named|called|name is|seu|sue)\b\.?"
)
_PLACES = r"ແຂວງ|ເມືອງ|ຕາແສງ|ໝູ່ບ້ານ|ບ້ານ|แขวง|เมือง|จังหวัด|อำเภอ|ตำบล|หมู่บ้าน|บ้าน(?=\s)|ซอย|\b(?:village|district|province)\b"
_NAMED = re.compile(rf"(?:{_TITLES}|{_PLACES})\s?(?!\s*{_NO_NAME})({_LETTERS}{{2,}})", re.IGNORECASE)


def cut(text: str, place_spans: PlaceSpans | None = None) -> str:
    """Return the text in one line with dots for what could tell who it is."""
    for found in _CONTACTS:
        text = found.sub(CUT, text)
    for found in (*_NUMBERS, _NAMED):
        text = found.sub(_dots_for_group, text)
    spans = sorted(place_spans(text), reverse=True) if place_spans else ()
    for begin, end in spans:
        text = text[:begin] + CUT + text[end:]
    return one_line(re.sub(rf"{CUT}(?:\s*{CUT})+", CUT, text))


def has_contact(text: str) -> bool:
    """Tell whether a phone number, address, account name or link still stands in there."""
    return any(found.search(text) for found in _CONTACTS)


def one_line(text: str) -> str:
    """Return the text with single spaces."""
    return " ".join(text.split())


def _dots_for_group(match: re.Match[str]) -> str:
    begin, end = (place - match.start() for place in match.span(1))
    return match[0][:begin] + CUT + match[0][end:]
