"""How a text must be: kind, neutral on a lock screen, short, in its own script, honest (R18, R55, R60).

The same rules hold for what ships with the program (the tests ask them) and for what staff write.
"""

import re
import string
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from thangdee.core import words
from thangdee.core.words import LANGUAGES

LONGEST = 4096  # what one message of Telegram holds
FIRST_LINE = 60
SPOKEN_SECONDS = 35
LONGEST_LINE = {"lo": 140, "th": 140, "en": 170}
FEWEST_LINES, MOST_LINES = 2, 5
# Texts about a missing relative, which carry out R18, and texts that tell how to hide the chat.
TRACING = ("find_relative", "info_shelter_contact", "paid_finder", "tracing_status")
# What an enquiry is answered with, byte for byte the same for everybody (R14), says it as well.
TRACE_TEXTS = (
    "enquiry.first", "enquiry.always", "enquiry.receipt", "enquiry.day_3", "enquiry.day_14", "enquiry.day_30",
    "enquiry.same_for_all", "enquiry.closed",
)  # fmt: skip
NAME_HIDE = ("crisis.danger_now", "answers.privacy_question", "answers.delete_my_data")

BANNED = {
    "lo": ("ຜິດກົດໝາຍ", "ໂສເພນີ", "ຜູ້ຖືກເຄາະຮ້າຍ", "ເຄາະຮ້າຍ", "ຢ່າໄປໄທ", "ບໍ່ຄວນໄປໄທ", "ນະຄະ"),
    "th": ("ผิดกฎหมาย", "โสเภณี", "เหยื่อ", "ผู้เสียหาย", "อย่าไปไทย", "ไม่ควรไปไทย"),
    "en": ("illegal", "prostitut", "victim", "do not go to thailand", "don't go", "do not migrate", "your fault that"),
}
SENSITIVE = {
    "lo": ("ວຽກ", "ຄ່າແຮງ", "ເງິນ", "ໜີ້", "ຕຳຫຼວດ", "ເຮືອນພັກ", "ພັກພິງ", "ສານ", "ຄະດີ", "ຄ້າມະນຸດ", "ບັງຄັບ", "ຂູ່",
           "ຂັງ", "ຖືກຕີ", "ອັນຕະລາຍ", "ນາຍຈ້າງ", "ນາຍໜ້າ", "ຜ່ານແດນ", "ກົງສູນ", "ລຶບ", "ທະນາຍ", "ໝໍ", "ຕາຍ", "ດ່ວນ"),
    "th": ("งาน", "ค่าแรง", "เงิน", "หนี้", "ตำรวจ", "บ้านพัก", "ศาล", "คดี", "ค้ามนุษย์", "บังคับ", "ขู่", "ขัง", "ถูกตี",
           "อันตราย", "นายจ้าง", "นายหน้า", "พาสปอร์ต", "กงสุล", "ลบ", "ทนาย", "หมอ", "ตาย", "ด่วน"),
    "en": ("work", "job", "wage", "money", "debt", "police", "shelter", "court", "traffick", "force", "threat",
           "danger", "abuse", "boss", "broker", "passport", "consulate", "erase", "lawyer", "doctor", "urgent", "help",
           "staff"),
}  # fmt: skip
# Rule R18, compared without spaces and capitals.
TRACE_SAYS = {
    "lo": ("ບໍ່ເສຍເງິນ", "ຢ່າຈ່າຍ", "ເຮືອນພັກບໍ່ແມ່ນຄຸກ", "ໃນແຊັດພວກເຮົາຢືນຢັນຫຼືປະຕິເສດບໍ່ໄດ້ວ່າໃຜຢູ່ໃສ"),
    "th": ("ไม่เสียเงิน", "อย่าจ่าย", "บ้านพักไม่ใช่คุก", "ในแชตเรายืนยันหรือปฏิเสธไม่ได้ว่าใครอยู่ที่ไหน"),
    "en": ("free", "neverpay", "ashelterisnotajail", "neitherconfirmnordenybychatwhereapersonis"),
}
# What nobody can keep who only reads a chat (R52), compared without spaces and capitals.
PROMISES = {
    "lo": ("ເຮົາຈະໄປຫາ", "ເຮົາຈະໄປຮັບ", "ເຮົາຈະໄປຊ່ວຍ", "ກຳລັງໄປຫາເຈົ້າ", "ຕຳຫຼວດຈະໄປ", "ຕຳຫຼວດກຳລັງໄປ", "ຈະຊ່ວຍເຈົ້າອອກ",
           "ພວກເຮົາຮັບປະກັນ", "ພວກເຮົາສັນຍາ", "ເຈົ້າຈະປອດໄພ"),
    "th": ("เราจะไปหา", "เราจะไปรับ", "เราจะไปช่วย", "กำลังไปหาคุณ", "ตำรวจจะไป", "ตำรวจกำลังไป", "จะช่วยคุณออก", "เรารับประกัน",
           "เราสัญญา", "คุณจะปลอดภัย"),
    "en": ("wewillcome", "wearecoming", "ontheirway", "ontheway", "willrescue", "wewillsave", "wewillgetyouout",
           "policewillcome", "policearecoming", "weguarantee", "wepromise", "youwillbesafe"),
}  # fmt: skip
_LAO, _THAI = "\u0e80-\u0eff", "\u0e01-\u0e3a\u0e40-\u0e5b"
FOREIGN = {
    "lo": re.compile(f"[{_THAI}]"),
    "th": re.compile(f"[{_LAO}]"),
    "en": re.compile("[\u0e01-\u0eff]"),
}
MARKUP = re.compile(r"[<>*`]|\]\(|&\w+;|__")
NUMBER = re.compile(r"\d{3,}|\d[\d.,]* ?(baht|kip|ບາດ|ກີບ|บาท|กีบ)")
# Years of laws, days, and counting aloud in first aid: no phone number and no sum.
_NO_NUMBER = re.compile(r"\b(2015|2017|120|100|1000)\b")
_JOINERS = {"\u200d", "\ufe0f"}  # they hold emoji together
_LABELS = ("buttons.", "topic.", "hidden.button.")


@dataclass(frozen=True)
class Fault:
    """Why a text cannot be published: what is wrong, in which language, at which words or number."""

    code: str
    language: str = ""
    detail: str = ""


def faults(key: str, texts: Mapping[str, str]) -> list[Fault]:
    """Return what speaks against these three texts under this key."""
    found = [Fault("empty", language) for language in LANGUAGES if not texts.get(language, "").strip()]
    filled = [language for language in LANGUAGES if texts.get(language, "").strip()]
    return found + [fault for language in filled for fault in _faults(key, language, texts[language])]


def parameters(text: str) -> set[str]:
    """Return the names in {braces}. Raises ValueError for braces that do not fit together."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def first_line(text: str) -> str:
    """Return what a lock screen may show."""
    return text.split("\n", 1)[0]


def body_lines(text: str) -> list[str]:
    """Return the lines below the first that say something."""
    return [line for line in text.split("\n")[1:] if line]


def spoken_seconds(text: str, language: str) -> float:
    """Return how long the lines below the first take: 14 Lao or Thai letters, or 2.7 English words, a second."""
    body = " ".join(body_lines(text))
    return len(body.split()) / 2.7 if language == "en" else len(body) / 14


def is_label(key: str) -> bool:
    """Tell whether this is a text on a button."""
    return (key.startswith("menu.") and not key.endswith(".title")) or key.startswith(_LABELS)


def has_number(text: str) -> bool:
    """Tell whether a phone number or a sum stands there; those are records of their own, with a date."""
    return NUMBER.search(_NO_NUMBER.sub("", text)) is not None


def unknown_buttons(text: str, language: str) -> list[str]:
    """Return the buttons that the text tells to press and that do not exist."""
    labels = {label for key, label in words.catalogue(language).items() if is_label(key)}
    quoted = re.findall(r'"([^"]+)"', text)
    return [name for name in quoted if unicodedata.category(name[0]) == "So" and name not in labels]


def is_composed(text: str) -> bool:
    """Tell whether the letters are written in one way only, and none is invisible."""
    invisible = any(unicodedata.category(char) == "Cf" and char not in _JOINERS for char in text)
    return unicodedata.is_normalized("NFC", text) and not invisible


def _faults(key: str, language: str, text: str) -> Iterator[Fault]:
    yield from _as_any_text(key, language, text)
    yield from _on_a_lock_screen(key, language, text)
    room, _, name = key.partition(".")
    if room == "answers":
        yield from _as_an_answer(language, text)
    if room in ("answers", "crisis") and spoken_seconds(text, language) > SPOKEN_SECONDS:
        yield Fault("spoken", language, str(round(spoken_seconds(text, language))))
    bare = text.replace(" ", "").lower()
    is_tracing = key in TRACE_TEXTS or (room == "answers" and name in TRACING)
    if is_tracing and any(said not in bare for said in TRACE_SAYS[language]):
        yield Fault("trace", language)
    if room == "crisis":
        yield from (Fault("promise", language, one) for one in PROMISES[language] if one in bare)
    if key in NAME_HIDE and f'"{words.own("buttons.hide", language)}"' not in text:
        yield Fault("hide_button", language, words.own("buttons.hide", language))


def _as_any_text(key: str, language: str, text: str) -> Iterator[Fault]:
    try:
        is_same = parameters(text) == parameters(words.own(key, language))
    except ValueError:
        is_same = False
    if not is_same:
        yield Fault("parameters", language)
    yield from (Fault("banned", language, word) for word in BANNED[language] if word in text.lower())
    for code, pattern in (("markup", MARKUP), ("script", FOREIGN[language])):
        if found := pattern.search(text):
            yield Fault(code, language, found[0])
    if not is_composed(text):
        yield Fault("letters", language)
    if has_number(text):
        yield Fault("number", language)
    if len(text) > LONGEST:
        yield Fault("long", language, str(len(text)))
    yield from (Fault("button", language, name) for name in unknown_buttons(text, language))


def _on_a_lock_screen(key: str, language: str, text: str) -> Iterator[Fault]:
    first, room = first_line(text), key.partition(".")[0]
    if len(first) > FIRST_LINE:
        yield Fault("first_line_long", language, str(len(first)))
    yield from (Fault("first_line", language, word) for word in SENSITIVE[language] if word in first.lower())
    if room in ("answers", "crisis") and first not in openings(room, language):
        yield Fault("opening", language, " / ".join(openings(room, language)))


def openings(room: str, language: str) -> list[str]:
    """Return the first lines that answers, or crisis cards, have: too few to tell a topic."""
    keys = [f"crisis.{kind}" for kind in ("danger_now", "self_harm", "medical_emergency")]
    if room != "crisis":
        keys = [key for key in words.catalogue(language) if key.startswith(f"{room}.")]
    return sorted({first_line(words.own(key, language)) for key in keys})


def _as_an_answer(language: str, text: str) -> Iterator[Fault]:
    body = body_lines(text)
    if not FEWEST_LINES <= len(body) <= MOST_LINES or text.split("\n")[1:2] != [""]:
        yield Fault("lines", language, str(len(body)))
    longest = max((len(line) for line in body), default=0)
    if longest > LONGEST_LINE[language]:
        yield Fault("long_line", language, f"{longest} / {LONGEST_LINE[language]}")
