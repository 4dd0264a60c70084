"""What a reply holds: a button that its text names stands below it; a cry is not answered by a guess."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.hotline import Hotline
from thangdee.casework.chats import chat
from thangdee.core.words import LANGUAGES, catalogue, text
from thangdee.flows.answers import answers, crisis_cards, reply_with
from thangdee.flows.outward import crisis_card
from thangdee.flows.reply import Part
from thangdee.referral_directory.figures import ShownFigures

_QUOTED = re.compile(r'"([^"]+)"')


def _replies():
    for intent in answers():
        yield f"answers.{intent}", reply_with(f"answers.{intent}", ShownFigures())
    for kind in crisis_cards():
        yield f"crisis.{kind}", crisis_card(kind, ShownFigures(), Part("crisis.duty_off"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_that_an_answer_or_card_names_stands_below_it(language: str) -> None:
    labels = {label for key, label in catalogue(language).items() if key.startswith("buttons.")}
    missing = []
    for key, reply in _replies():
        words = "\n".join(text(part.key, language) for part in reply.parts)
        named = set(_QUOTED.findall(words)) & labels
        missing += [(key, name) for name in named - {text(button.label, language) for button in reply.buttons}]

    assert missing == []


def test_no_reply_has_more_than_four_buttons() -> None:
    assert [key for key, reply in _replies() if len(reply.buttons) > 4] == []


async def test_what_follows_a_cry_is_not_taken_for_a_small_question(hotline: Hotline) -> None:
    phone = hotline.phone()
    await hotline.say(phone, "ຂ້ອຍຖືກຂັງຢູ່ໃນຫ້ອງ ຊ່ວຍແດ່")

    [afterwards] = await hotline.say(phone, "ຢ້ານ")
    [place] = await hotline.after(phone.location(13.7, 100.5), phone)
    hotline.clock.advance(timedelta(hours=2))
    later = await hotline.say(phone, "ຢ້ານ")

    assert afterwards.text == text("crisis.go_on", "lo")
    assert place.text == text("crisis.place_received", "lo")
    assert text("crisis.go_on", "lo") not in [sent.text for sent in later]


async def test_the_card_speaks_the_language_of_the_cry_unless_one_was_chosen(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.say(phone, "สวัสดี")
    [in_lao] = await blind_hotline.say(phone, "ຂ້ອຍຖືກຂັງຢູ່ໃນຫ້ອງ")
    async with blind_hotline.installation.database.write() as connection:
        tapped = {"language_tapped": True}
        await connection.execute(update(chat).values(language="th", session=tapped))

    [in_thai] = await blind_hotline.say(phone, "ຂ້ອຍຖືກຂັງຢູ່ໃນຫ້ອງ")

    assert in_lao.text.startswith(text("crisis.danger_now", "lo"))
    assert in_thai.text.startswith(text("crisis.danger_now", "th"))
