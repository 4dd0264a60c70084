"""The letter for an office without login: only what may be told, whole marks, lines that end where they may."""

import logging
from datetime import timedelta

import pytest

from tests.casework.providers.letters_read import words_in
from tests.casework.referrals.matters import HOUR, NOW, A, a_matter, a_yes
from thangdee.casework.providers.letter import letter_pdf
from thangdee.casework.providers.printing import Lines, letters, pieces, printable
from thangdee.casework.referrals import gate, steps
from thangdee.casework.referrals.model import OUTLINE, Field
from thangdee.core.words import LANGUAGES, text

CANARIES = {field: f"CANARY{number:02d}" for number, field in enumerate(Field)}
LAO = "ຂ້ອຍຢາກກັບບ້ານແຕ່ບໍ່ມີເງິນ ແລະ ເຂົາເອົາບັດປະຈຳຕົວໄປແລ້ວ ນ້ຳຖ້ວມບ້ານໝົດທຸກໆຫຼັງ ຊ່ວຍແດ່!"
THAI = "ฉันอยากกลับบ้านแต่ไม่มีเงิน และ เขาเอาบัตรประจำตัวไปแล้ว น้ำท่วมหมดทุกๆ หลัง ช่วยด้วย!"


def a_letter(fields, language="lo", **more) -> bytes:
    return letter_pdf("BCDF23", fields, "Office (sample)", language, NOW, **more)


def words(field: Field) -> dict:
    return {"text": CANARIES[field]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_holds_what_may_be_told_and_nothing_else(language: str) -> None:
    """Before accepting the outline, then what was agreed to; a field without a yes is nowhere in the bytes."""
    agreed = frozenset(Field) - {Field.OWN_WORDS, Field.HEALTH}
    offered = steps.submit(a_matter(), [a_yes(A, fields=agreed, own_yes=agreed)], NOW)[0]
    accepted = steps.accept(offered, offered.current.id, NOW + HOUR, NOW)[0]

    for matter, expected in ((offered, OUTLINE), (accepted, agreed)):
        told = gate.told(matter, matter.current, NOW)
        read = words_in(a_letter({field: words(field) for field in Field if field in told}, language))
        assert {field for field in Field if CANARIES[field] in read} == expected
        assert "BCDF23" in read
        assert "Office (sample)" in read


def test_what_is_sensitive_says_not_to_tell_the_family_and_the_rest_does_not() -> None:
    warning = text("letter.not_the_family", "en")

    assert warning in words_in(a_letter({Field.PREGNANCY: {"code": "yes", "tell_no_family": True}}, "en"))
    assert warning not in words_in(a_letter({Field.NEED: {"code": "shelter"}}, "en"))


def test_a_number_stands_only_where_there_is_one() -> None:
    with_number = words_in(a_letter({}, "en", phone="021 000 000 (sample)", answer_by=NOW + timedelta(hours=1)))
    without = words_in(a_letter({}, "en"))

    assert "021 000 000 (sample)" in with_number
    assert "02/03/2026 11:00" in with_number
    assert "Call" not in without


def test_the_same_letter_is_the_same_bytes() -> None:
    fields = {Field.OWN_WORDS: {"text": LAO + THAI}, Field.NEED: {"code": "shelter"}}

    assert a_letter(fields) == a_letter(fields)


def test_words_of_both_scripts_are_there_in_a_letter_of_any_language() -> None:
    for language in LANGUAGES:
        read = words_in(a_letter({Field.OWN_WORDS: {"text": LAO + "\n" + THAI}}, language))
        assert set(LAO + THAI) - {" "} <= set(read)


def test_what_no_font_has_is_marked_and_not_written_to_a_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        read = words_in(a_letter({Field.OWN_WORDS: {"text": "မြန်မာ \u202eSECRET😀 \x07ok"}}, "en"))

    assert "?????? SECRET? ok (some letters cannot be printed: ask us)" in read
    assert not any("SECRET" in one or "😀" in one or "မ" in one for one in caplog.messages)


def test_a_long_answer_goes_on_overleaf() -> None:
    long = a_letter({Field.OWN_WORDS: {"text": (LAO + " ") * 60 + "LASTWORD"}, Field.HEALTH: {"text": "AFTER"}})

    assert long.count(b"/Type /Page\n") >= 2
    assert "LASTWORD" in words_in(long)
    assert "AFTER" in words_in(long)


@pytest.mark.parametrize("words", [LAO, THAI, "Please call, (sample) 020-555", "ກ" * 40, "x" * 90, "", " ", "ເ", "້ມ"])
@pytest.mark.parametrize("width", [1, 4, 9, 30])
def test_no_line_breaks_a_letter_from_its_marks_and_no_letter_is_lost(words: str, width: int) -> None:
    lines = list(Lines(words, width, lambda some: float(len(letters(some)))))

    assert "".join("".join(lines).split()) == "".join(words.split())
    whole = letters(words)
    assert all(letter in whole for line in lines for letter in letters(line))
    assert all(len(letters(line)) <= width for line in lines)


def test_a_line_ends_between_syllables() -> None:
    assert pieces("ແລະເຂົາເອົາບັດ") == ["ແລະ", "ເຂົາ", "ເອົາບັດ"]
    assert pieces("ທຸກໆ ຄົນ (ລາວ).") == ["ທຸກໆ ", "ຄົນ ", "(ລາວ)."]
    assert pieces("ไปแล้วเขา") == ["ไป", "แล้ว", "เขา"]
    assert pieces("call me") == ["call ", "me"]


def test_control_letters_do_not_get_onto_paper() -> None:
    assert printable("a\u200bb\u202ec\r\nd\te", {*map(ord, "abcde")}) == ("abc\nd e", True)
