"""Dialogues with people who should learn nothing, put together from phrases made by hand; and what no reply may do."""

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bench.enquiries.lives import HERS, Act, Life, Side, Twin, begins_by_deed, work_of
from bench.enquiries.staff import CANARY, ENDS
from bench.enquiries.world import Line

PHRASES = Path(__file__).parent.parent / "enquiry_dialogues.yml"
ROLES = ("mother_broker", "police", "embassy", "finder", "employer", "on_her_phone", "journalist", "child")
LANGUAGES = ("lo", "th", "latin_lo", "latin_th", "en")
# Groups of phrases whose reply must say what R18 demands.
TRACING = ("ask", "press")
_BUTTONS = ("i:tracing_status", "e:a.s", "e:a.h", "e:a.w", "e:a.wn", "e:a.f", "e:a.m", "e:a.v", "e:a.vr:central", "e:b")
# R18 in the three languages: free and never pay; no jail; neither confirm nor deny.
SAYS = {
    "lo": ("ບໍ່ເສຍເງິນ", "ບໍ່ແມ່ນຄຸກ", "ຢືນຢັນຫຼືປະຕິເສດບໍ່ໄດ້"),
    "th": ("ไม่เสียเงิน", "ไม่ใช่คุก", "ยืนยันหรือปฏิเสธไม่ได้"),
    "en": ("free", "notajail", "neitherconfirmnordeny"),
}
# Where shelters are spoken of as such: how a visit comes about, and who can be asked.
_OF_SHELTERS = ("enquiry.visits_in_region", "answers.info_shelter_contact", "answers.info_shelter_life")
_SHELTERS = (
    "ເກັດຕະການ", "ສອງແຄວ", "ນາລີສະຫວັດ", "ສີສຸລາດ", "เกร็ดตระการ", "สองแคว", "นารีสวัสดิ์", "ศรีสุราษฎร์", "kredtakarn",
    "kredtrakarn", "songkwae", "song khwae", "nareesawat", "narisawat", "sri surat",
)  # fmt: skip
_STAGES = (
    "matched", "vetting", "searching", "in the list", "not on the list", "was found", "not found", "have found",
    "candidate", "released", "refused", "ພົບແລ້ວ", "ບໍ່ພົບ", "ກົງກັນ", "ບໍ່ມີໃນລາຍຊື່",
    "พบแล้ว", "เจอแล้ว", "ไม่พบ", "ตรงกัน", "ไม่มีในรายชื่อ",
)  # fmt: skip
_GUESSES = ("chat.did_you_mean", "chat.not_understood_person")
# Answers to a wish that stands above the talk about a relative: for the writer's own safety, or for a person.
_ABOVE = (
    "crisis.",
    "consent.",
    "person.",
    "delete.",
    "chat.ask_language",
    "chat.language_set",
    "hidden.",
    "enquiry.child",
)


@cache
def phrases() -> dict[str, Any]:
    """Return the phrases by language and role, and those for the machine."""
    read: dict[str, Any] = yaml.safe_load(PHRASES.read_text(encoding="utf-8"))
    return read


def how_many() -> int:
    """Return how many phrases there are."""
    return sum(len(one) if isinstance(one, list) else sum(map(len, one.values())) for one in phrases().values())


def dialogue(number: int, seed: int) -> tuple[Life, tuple[str, ...]]:
    """Draw one dialogue; also its words, by which it differs from others."""
    chance = random.Random(f"dialogue {seed}-{number}")
    role, language = ROLES[number % len(ROLES)], LANGUAGES[number // len(ROLES) % len(LANGUAGES)]
    said = list(_words(chance, role, phrases()[language]))
    made = Life(number, chance.choice(ENDS))
    made.acts = list(begins_by_deed(chance))
    # Staff are at it before, between and after the words.
    made.acts += list(work_of(made, chance, timedelta(0), (chance.choice((1, 40, 300)),), at_once=4))
    at = timedelta(minutes=chance.choice((3, 20, 90)))
    for group, words in said:
        made.acts.append((at, _says(group, words)))
        at += timedelta(minutes=chance.choice((1, 2, 15, 400)))
    made.acts.sort(key=lambda one: one[0])
    return made, (role, language, *(words for _, words in said))


def _words(chance: random.Random, role: str, of: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    yield "opening", chance.choice(of[role])
    for _ in range(chance.choice((3, 4, 5))):
        group = chance.choice(("ask", "ask", "press", "press", "machine", "small", "button"))
        if group == "button":
            yield group, chance.choice(_BUTTONS)
        else:
            yield group, chance.choice(phrases()["machine"] if group == "machine" else of[group])


def _says(group: str, words: str) -> Act:
    async def act(side: Side) -> None:
        world, person = side.world, side.world.person(side.address)
        sent = await (world.presses if group == "button" else world.says)(side.address, words)
        person.asked.append((group, words, tuple(sent)))

    return act


def faults(twin: Twin) -> Iterator[tuple[str, str, Line | None]]:
    """Return what must not be, whatever the other world says: the rule, the words, the reply."""
    for line in (*twin.found, *twin.nobody):
        yield from _never(line)
    for group, words, replies in twin.asked:
        spoken = [one for one in replies if one.kind in ("reply", "crisis", "fixed")]
        keys = [key for one in spoken for key in one.keys]
        if group in ("ask", "press", "machine", "opening", "small") and set(keys) & set(_GUESSES):
            yield "did you mean", words, spoken[0]
        if group in TRACING and spoken and not any(key.startswith(_ABOVE) for key in keys) and not _says_all(spoken):
            yield "R18", words, spoken[0]
        if group != "button" and not spoken:
            yield "no reply", words, None
        if "delete.done" in keys:
            return  # who had all of it deleted is a stranger from here on


def _never(line: Line) -> Iterator[tuple[str, str, Line]]:
    plain = line.text.lower()
    if line.kind not in ("reply", "crisis", "fixed"):
        return
    for one in (*HERS.values(), CANARY.lower()):
        if one in plain:
            yield "register", one, line
    for one in _STAGES:
        if one in plain:
            yield "stage", one, line
    if not any(key.startswith(_OF_SHELTERS) for key in line.keys):
        for one in _SHELTERS:
            if one in plain:
                yield "shelter", one, line


def _says_all(replies: list[Line]) -> bool:
    bare = "".join("".join(one.text.split()) for one in replies).lower()
    return any(all(part in bare for part in parts) for parts in SAYS.values())
