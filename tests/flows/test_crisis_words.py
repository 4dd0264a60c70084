"""The crisis words notice cries for help and stay quiet in everyday talk (rule R52)."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from thangdee.core.script import fold
from thangdee.flows.crisis import KINDS, crisis_kind, load_crisis_words, squeezed

MESSAGES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("crisis_messages.yml").read_text(encoding="utf-8"))
LANGUAGES = list(MESSAGES)
LONGEST_MESSAGE = 4096


def _cries(language: str, how: str) -> Iterator[tuple[str, str]]:
    for kind in KINDS:
        for message in MESSAGES[language][kind][how]:
            yield kind, message


@pytest.mark.parametrize("language", LANGUAGES)
def test_enough_messages_to_judge_by(language: str) -> None:
    cries = [*_cries(language, "direct"), *_cries(language, "indirect")]

    assert len(cries) >= 60
    assert len(MESSAGES[language]["harmless"]) >= 80


@pytest.mark.parametrize("language", LANGUAGES)
def test_direct_cries_are_noticed(language: str) -> None:
    missed = [message for _, message in _cries(language, "direct") if crisis_kind(message) is None]
    total = len(list(_cries(language, "direct")))

    print(f"{language}: {total - len(missed)} of {total} direct cries noticed; missed: {missed}")
    assert len(missed) <= total * 0.05


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_indirect_cries_are_noticed(language: str) -> None:
    missed = [message for _, message in _cries(language, "indirect") if crisis_kind(message) is None]
    total = len(list(_cries(language, "indirect")))

    print(f"{language}: {total - len(missed)} of {total} indirect cries noticed; missed: {missed}")
    assert len(missed) <= total * 0.25


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_kind_is_mostly_right(language: str) -> None:
    cries = [*_cries(language, "direct"), *_cries(language, "indirect")]
    right = sum(crisis_kind(message) == kind for kind, message in cries)

    print(f"{language}: {right} of {len(cries)} of the right kind")
    assert right >= len(cries) * 0.85


@pytest.mark.parametrize("language", LANGUAGES)
def test_calm_words_silence_no_cry(language: str) -> None:
    silenced = [message for message in MESSAGES[language]["beside_calm_words"] if crisis_kind(message) is None]

    assert silenced == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_harmless_messages_raise_no_alarm(language: str) -> None:
    harmless = MESSAGES[language]["harmless"]
    alarms = [(message, crisis_kind(message)) for message in harmless if crisis_kind(message)]

    print(f"{language}: {len(alarms)} false alarms in {len(harmless)}: {alarms}")
    assert len(alarms) <= len(harmless) * 0.013  # one message in eighty


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("🆘", "danger_now"),
        ("ช่ ว ย ด้ ว ย", "danger_now"),
        ("ชวยดวย", "danger_now"),
        ("ช่วยยยยด้วยยยย!!!", "danger_now"),
        ("ຊ່ວຍດ້ວຍ", "danger_now"),
        ("\u200bຖືກ\u200bຂັງ", "danger_now"),
        ("I AM LOCKED IN", "danger_now"),
        ("kooy tuk kang yu nai hong", "danger_now"),
        ("YAAK TAAI", "self_harm"),
        ("yaktai", "self_harm"),
        ("ເລືອດອອກບໍ່ເຊົາ", "medical_emergency"),
        ("เลือดออกไม่หยุด", "medical_emergency"),
    ],
)
def test_spelling_does_not_matter(message: str, kind: str) -> None:
    assert crisis_kind(message) == kind


@pytest.mark.parametrize(
    "message",
    [
        "",
        " ",
        "...",
        "555",
        "🙏",
        "ຊ່ວຍແດ່",  # an everyday "please", as much as a cry
        "help",  # the command that shows the menu
        "SOS Children's Village Pakse",
        "ขำจะตาย",
        "my phone is locked",
        "they are not locked in",
    ],
)
def test_small_talk_raises_no_alarm(message: str) -> None:
    assert crisis_kind(message) is None


def test_an_excuse_covers_only_the_phrase_it_touches() -> None:
    assert crisis_kind("ดูหนังเมื่อคืน พระเอกโดนขัง") is None
    assert crisis_kind("ดูหนังเมื่อคืน พระเอกโดนขัง แต่ตอนนี้หนูเองก็ถูกขังอยู่ในห้องจริงๆ ออกไม่ได้") == "danger_now"


@pytest.mark.parametrize(
    ("told", "now"),
    [
        ("ปีที่แล้วหนูโดนขัง", "ปีที่แล้วหนูโดนขัง ตอนนี้โดนขังอีก"),
        ("ปีกลายข่อยถืกขัง", "ปีกลายข่อยถืกขัง ตอนนี้ถืกขังอีก"),
        ("ປີກາຍຂ້ອຍຖືກຂັງ", "ປີກາຍຂ້ອຍຖືກຂັງ ດຽວນີ້ຖືກຂັງອີກ"),
        ("ข้างบ้านมีแม่บ้านลาว โดนนายตี", "ข้างบ้านมีแม่บ้านลาว โดนนายตี ยังร้องอยู่เลย ได้ยินเสียงกรี๊ด"),
        ("last year he beat me", "last year he beat me and today he beat me again"),
        ("last month the machine cut my finger", "the machine cut my finger just now, last month also"),
    ],
)
def test_what_is_over_or_far_away_is_no_cry_until_it_happens_now(told: str, now: str) -> None:
    assert crisis_kind(told) is None
    assert crisis_kind(now) is not None


def test_now_i_am_home_is_no_moment() -> None:
    assert crisis_kind("เคยโดนขัง ตอนนี้อยู่บ้านแล้ว") is None
    assert crisis_kind("ເຄີຍຖືກຂັງ ດຽວນີ້ຢູ່ບ້ານແລ້ວ") is None


def test_a_wish_to_die_counts_however_calmly_it_is_told() -> None:
    assert crisis_kind("เคยโดนขังที่ร้าน กลับบ้านแล้วแต่อยากตาย") == "self_harm"


def test_a_calm_word_far_from_the_cry_excuses_nothing() -> None:
    story = "ปีที่แล้วทำงานร้านอาหาร เงินเดือนดี เพื่อนเยอะ นายใจดี กินข้าวด้วยกันทุกวัน " * 4

    assert crisis_kind(story + "ถูกขังอยู่ในห้อง") is None
    assert crisis_kind(story + "แล้วย้ายมาที่นี่ " * 20 + "ถูกขังอยู่ในห้อง") == "danger_now"


def test_a_laugh_excuses_a_threat_but_not_the_wish_to_die() -> None:
    assert crisis_kind("แม่ตีหนูอีกแล้ว 555") is None
    assert crisis_kind("อยากตาย 555") == "self_harm"


def test_a_cry_at_the_end_of_a_long_message_counts() -> None:
    story = "ขอเล่าหน่อยนะคะ มาทำงานที่ร้านอาหารได้สามเดือน เงินเดือนยังไม่ได้เลย " * 60

    assert crisis_kind(story[:LONGEST_MESSAGE]) is None
    assert crisis_kind(story[: LONGEST_MESSAGE - 40] + " ตอนนี้หนูถูกขังอยู่ในห้อง") == "danger_now"


def test_danger_comes_before_illness() -> None:
    assert crisis_kind("ຖືກຂັງຢູ່ໃນຫ້ອງ ເລືອດອອກບໍ່ເຊົາ") == "danger_now"


def test_the_list_matches_its_own_folded_spelling() -> None:
    for language in LANGUAGES:
        for _, message in _cries(language, "direct"):
            assert squeezed(message) == squeezed(fold(message)), message


def test_words_are_compiled_once() -> None:
    assert load_crisis_words() is load_crisis_words()


@pytest.mark.parametrize(
    "piece",
    [
        "ก",
        "เขาจะถูก",
        "ถูกขังเพราะ",
        "เขา เอา มัน ",
        "they want to go he said ",
        "ຂ້ອຍ ຊິ ",
        "ช่วย",
        "\u0e48",
        "a b ",
        "เคยถูกขัง",
        "last year he beat me ",
    ],
)
def test_time_grows_with_length_only(piece: str) -> None:
    load_crisis_words()
    short, long = (piece * LONGEST_MESSAGE)[:LONGEST_MESSAGE], (piece * LONGEST_MESSAGE)[: 4 * LONGEST_MESSAGE]

    taken, taken_by_four = _seconds(short), _seconds(long)

    print(f"{piece!r}: {taken * 1000:.1f} ms for {LONGEST_MESSAGE} characters")
    assert taken < 0.05  # a few milliseconds, on a machine that does other work as well
    assert taken_by_four < taken * 8 + 0.005


def _seconds(text: str) -> float:
    def once() -> float:
        start = time.process_time()
        crisis_kind(text)
        return time.process_time() - start

    return min(once() for _ in range(3))
