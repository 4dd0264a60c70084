"""Context: a follow-up is understood with the topic before it; all else keeps its own meaning. Real Rasa throughout."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from tests.hotline import Hotline
from thangdee.casework.chats import Session, chat
from thangdee.core.words import LANGUAGES, text
from thangdee.flows import context, told
from thangdee.flows.answers import answers
from thangdee.flows.crisis import crisis_kind
from thangdee.flows.entities import entities_in
from thangdee.flows.intents import Risk, risk_of, risks
from thangdee.flows.reply import MOST_BUTTONS
from thangdee.flows.understanding import RasaParser, Understanding, understand
from thangdee.processes.wiring import rasa_client
from thangdee.referral_directory.figures import ShownFigures

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
MESSAGES = yaml.safe_load(Path(__file__).with_name("context_messages.yml").read_text(encoding="utf-8"))
FOLLOW_UPS = [one for one in MESSAGES["follow_ups"] if one["facet"]]
OWN_MATTERS = MESSAGES["own_matters"] + [one for one in MESSAGES["follow_ups"] if not one["facet"]]


def _session(topic: str, **changes) -> Session:
    return replace(Session(topic=topic, topic_at=(NOW - timedelta(minutes=5)).isoformat()), **changes)


def _resolved(meaning: Understanding, words: str, session: Session, now: datetime = NOW) -> Understanding:
    return context.resolve(meaning, words, entities_in(words, TODAY), session, now)


def _misread(intent: str = "info_wages_hours", confidence: float = 0.97) -> Understanding:
    """What the model may say of a message whose topic it does not know."""
    return Understanding(intent, confidence, risk_of(intent), "lo", "lao", ((intent, confidence),))


async def _read(rasa_server: tuple[str, str], message: dict) -> tuple[Understanding, Understanding]:
    """What the model and the word list say, and what it becomes with the topic."""
    url, token = rasa_server
    async with rasa_client() as client:
        meaning = await understand(message["text"], RasaParser(client, url, token), crisis_kind)
    return meaning, _resolved(meaning, message["text"], _session(message["topic"]))


# --- what is a follow-up ------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", FOLLOW_UPS, ids=[f"{one['topic']}-{one['text']}" for one in FOLLOW_UPS])
def test_a_follow_up_is_about_the_topic_however_sure_the_model_is(message: dict) -> None:
    found = _resolved(_misread(), message["text"], _session(message["topic"]))

    assert found.follow_up is not None
    assert found.follow_up.facet == message["facet"]
    assert (found.follow_up.way == context.UNKNOWN) == ("say" in message)
    assert found.intent == message.get("intent", message["topic"])
    assert found.is_sure


@pytest.mark.parametrize("message", OWN_MATTERS, ids=[f"{one['topic']}-{one['text']}" for one in OWN_MATTERS])
async def test_a_matter_of_its_own_keeps_its_meaning(message: dict, rasa_server: tuple[str, str]) -> None:
    meaning, found = await _read(rasa_server, message)

    assert found == meaning


async def test_the_real_model_rarely_keeps_a_follow_up_for_itself(rasa_server: tuple[str, str]) -> None:
    kept = []
    for message in FOLLOW_UPS:
        _, found = await _read(rasa_server, message)
        if found.follow_up is None and found.intent != message.get("intent", message["topic"]):
            kept.append((message["topic"], message["text"], found.intent, round(found.confidence, 2)))

    assert len(kept) <= len(FOLLOW_UPS) // 10, kept


def test_there_are_enough_of_both_kinds() -> None:
    assert len(FOLLOW_UPS) >= 60
    assert len(OWN_MATTERS) >= 60


@pytest.mark.parametrize("minutes", [31, 60, 60 * 24])
def test_an_old_topic_is_forgotten(minutes: int) -> None:
    meaning = _misread()

    assert _resolved(meaning, "ລາຄາເທົ່າໃດ", _session("info_passport"), NOW + timedelta(minutes=minutes)) == meaning


def test_without_a_topic_or_while_hidden_there_is_no_follow_up() -> None:
    meaning = _misread()

    assert _resolved(meaning, "ລາຄາເທົ່າໃດ", Session()) == meaning
    assert _resolved(meaning, "ລາຄາເທົ່າໃດ", _session("info_passport", hidden=True)) == meaning
    assert _resolved(meaning, "ລາຄາເທົ່າໃດ", _session("no_such_topic")) == meaning


@pytest.mark.parametrize("intent", [name for name, risk in risks().items() if risk is not Risk.NONE])
def test_risk_is_never_lowered(intent: str) -> None:
    meaning = _misread(intent, 0.5)

    for words in ("ລາຄາເທົ່າໃດ", "ແລ້ວຢູ່ສະຫວັນເດ້", "ບໍ່ເຂົ້າໃຈ"):
        assert _resolved(meaning, words, _session("info_training")) == meaning


def test_without_rasa_a_follow_up_is_understood_all_the_same() -> None:
    blind = Understanding("out_of_scope", 0.0, Risk.NONE, "lo", "lao", is_blind=True)

    found = _resolved(blind, "ໃຊ້ເວລາດົນປານໃດ", _session("info_court"))

    assert (found.intent, found.is_blind, found.is_sure) == ("info_court", False, True)


def test_an_unsure_message_that_begins_as_a_follow_up_is_one_and_a_worrying_one_is_not() -> None:
    words = "ແລ້ວໄປຂຶ້ນລົດແບບນັ້ນ ໃຊ້ເວລາດົນປານໃດ"
    unsure = replace(_misread("info_court", 0.3), ranking=(("info_court", 0.3), ("info_training", 0.2)))
    worried = replace(unsure, ranking=(("info_court", 0.3), ("danger_now", 0.2)))

    assert _resolved(unsure, words, _session("info_return_home")).follow_up is not None
    assert _resolved(worried, words, _session("info_return_home")) == worried
    assert _resolved(_misread("info_court", 0.9), words, _session("info_return_home")).follow_up is None


# --- where it leads -----------------------------------------------------------------------------------------


def test_every_way_leads_to_an_answer_or_an_honest_text() -> None:
    table = context.settings()
    ways = {way for facets in table["topics"].values() for way in facets.values()} | set(table["default"].values())

    assert ways - {context.AGAIN, context.UNKNOWN} <= set(answers())
    assert set(table["topics"]) == set(answers())
    assert {facet for facets in table["topics"].values() for facet in facets} <= set(table["default"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reply_to_a_follow_up_has_its_texts_and_four_buttons(language: str) -> None:
    for about in answers():
        for proposal in (
            *(
                {"say": f"context.no_checked.{kind}", "topic": about}
                for kind in ("cost", "duration", "documents", "other")
            ),
            *(
                {"say": f"answers.{about}", "lead": f"context.{lead}", "topic": about}
                for lead in ("again", "once_more")
            ),
        ):
            made = context.reply(proposal, ShownFigures(), language)
            assert all(text(part.key, language, **part.values) for part in made.parts)
            assert 2 <= len(made.buttons) <= MOST_BUTTONS


@pytest.mark.parametrize("topic", ["find_relative", "info_shelter_contact", "paid_finder", "tracing_status"])
def test_questions_about_tracing_get_the_fixed_text_whatever_they_ask(topic: str) -> None:
    for words in ("ລາຄາເທົ່າໃດ", "ດົນປານໃດ", "ໄປໃສ", "ແລ້ວຢູ່ສະຫວັນເດ້", "ແລ້ວຜູ້ຊາຍເດ້", "ໃຊ້ເອກະສານຫຍັງ"):
        found = _resolved(_misread(), words, _session(topic))
        [proposal] = context.proposals(found, [{"say": f"answers.{topic}"}])

        assert proposal == {"say": f"answers.{topic}", "lead": "context.again", "topic": topic}


def test_a_checked_fee_is_shown_and_an_unchecked_one_is_not_invented() -> None:
    proposal = {"say": "context.no_checked.cost", "topic": "info_passport"}

    without = context.reply(proposal, ShownFigures(), "lo")
    checked = context.reply(proposal, ShownFigures({"la_passport_fee": "1 kip (made up)"}), "lo")

    assert [part.key for part in without.parts] == ["context.no_checked.cost"]
    assert [part.key for part in checked.parts] == ["context.checked_price", "numbers.la_passport_fee"]


# --- in the chat --------------------------------------------------------------------------------------------


async def _stored(hotline: Hotline) -> Session:
    async with hotline.installation.database.read() as connection:
        row = (await connection.execute(select(chat).where(chat.c.closed_at.is_(None)))).one()
    return Session.read(row.session)


async def test_a_conversation_goes_on_about_its_topic(hotline: Hotline) -> None:
    phone = hotline.phone()
    await hotline.choose(phone, "lo", keep=False)

    await hotline.say(phone, "ຢາກເຮັດໜັງສືຜ່ານແດນ ເຮັດຢູ່ໃສ")
    [price] = await hotline.say(phone, "ແລ້ວດົນປານໃດ")
    [papers] = await hotline.say(phone, "ໃຊ້ເອກະສານຫຍັງແດ່")

    label = text("topic.info_passport", "lo")
    assert price.text == text("context.no_checked.duration", "lo", topic=label)
    assert papers.text.startswith(text("context.again", "lo", topic=label))
    assert text("answers.info_passport", "lo") in papers.text


async def test_a_topic_chosen_by_button_counts_too(hotline: Hotline) -> None:
    phone = hotline.phone()
    await hotline.choose(phone, "th", keep=False)

    await hotline.after(phone.text("/menu"), phone)
    for button in ("m:more", "m:home", "m:livelihood", "i:info_training"):
        await hotline.press(phone, button)
    [answer] = await hotline.say(phone, "นานไหมคะ")

    assert answer.text.startswith(text("context.again", "th", topic=text("topic.info_training", "th")))


async def test_a_cry_right_after_a_question_is_a_cry(hotline: Hotline) -> None:
    phone = hotline.phone()
    await hotline.choose(phone, "lo", keep=False)
    await hotline.say(phone, "ຢາກເຮັດໜັງສືຜ່ານແດນ ເຮັດຢູ່ໃສ")

    [card] = await hotline.say(phone, "ແລ້ວເຂົາຂັງຂ້ອຍໄວ້ໃນຫ້ອງເດ້ ຊ່ວຍແດ່")

    assert card.text.startswith(text("crisis.danger_now", "lo"))


async def test_a_hidden_chat_knows_no_topic(hotline: Hotline) -> None:
    phone = hotline.phone()
    await hotline.choose(phone, "lo", keep=False)
    await hotline.say(phone, "ຢາກເຮັດໜັງສືຜ່ານແດນ ເຮັດຢູ່ໃສ")
    await hotline.after(phone.text("/hide"), phone)

    [told_then] = await hotline.say(phone, "ລາຄາເທົ່າໃດ")

    assert told_then.text == text("hidden.menu", "lo")
    assert (await _stored(hotline)).topic is None


async def test_place_and_age_are_remembered_as_codes_for_a_day_and_gone_with_a_deletion(hotline: Hotline) -> None:
    phone = hotline.phone()
    await hotline.choose(phone, "lo", keep=True)

    await hotline.say(phone, "ຂ້ອຍຢູ່ປາກເຊ ອາຍຸ 25 ຢາກຮຽນຕັດຫຍິບ")
    told_now = await _stored(hotline)
    hotline.clock.advance(timedelta(hours=25))
    await hotline.say(phone, "ສະບາຍດີ")
    a_day_later = await _stored(hotline)
    await hotline.say(phone, "ຂ້ອຍຢູ່ປາກເຊ ຢາກຮຽນຕັດຫຍິບ")
    await hotline.after(phone.text("/delete"), phone)
    await hotline.press(phone, "y:delete")

    assert (told_now.place, told_now.age_band) == ("LA1601", told.ADULT)
    assert (a_day_later.place, a_day_later.age_band) == (None, told.UNKNOWN)
    assert (await _stored(hotline)).place is None


async def test_a_shared_location_becomes_a_code_and_the_point_is_not_kept(hotline: Hotline) -> None:
    phone = hotline.phone()
    await hotline.choose(phone, "lo", keep=False)

    await hotline.after(phone.location(15.12, 105.80), phone)

    session = await _stored(hotline)
    assert session.place == "LA1601"
    assert "105" not in str(vars(session))


async def test_a_minor_in_work_is_raised_as_a_child_at_risk_and_answered_as_asked(hotline: Hotline) -> None:
    phone = hotline.phone()
    await hotline.choose(phone, "lo", keep=False)

    answer, *_ = await hotline.say(phone, "ຂ້ອຍອາຍຸ 15 ປີ ນາຍຈ້າງບໍ່ຈ່າຍຄ່າແຮງໃຫ້ 3 ເດືອນແລ້ວ")

    assert answer.text.startswith(text("answers.wages_withheld", "lo"))
    assert [(one.urgency, one.reason, one.times) for one in await hotline.alerts()] == [("high", "child_at_risk", 1)]


# --- what was told ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "band"),
    [
        ("ຂ້ອຍອາຍຸ 17", told.UNDER_18), ("ຂ້ອຍອາຍຸ 18", told.ADULT), ("ລູກສາວ 14", told.UNDER_18), ("ລູກອາຍຸ 3 ປີ", told.UNKNOWN),
        ("ລູກສາວອາຍຸ 25", told.UNKNOWN), ("ເຮັດວຽກ 3 ປີ", told.UNKNOWN), ("ສະບາຍດີ", told.UNKNOWN), ("ຍັງບໍ່ຮອດ 18", told.UNDER_18),
    ],
)  # fmt: skip
def test_age_is_a_band_and_unknown_stays_unknown(words: str, band: str) -> None:
    assert told.band_of(entities_in(words, TODAY).ages) == band


@pytest.mark.parametrize(
    ("intent", "band", "reason"),
    [
        ("wages_withheld", told.UNDER_18, "child_at_risk"), ("check_offer", told.UNDER_18, "child_at_risk"),
        ("wages_withheld", told.UNKNOWN, "wages_withheld"), ("check_offer", told.ADULT, None),
        ("info_passport", told.UNDER_18, None), ("find_relative", told.UNDER_18, "find_relative"),
    ],
)  # fmt: skip
def test_what_staff_are_told(intent: str, band: str, reason: str | None) -> None:
    assert told.reason_to_raise(Session(age_band=band), intent) == reason


@pytest.mark.parametrize(
    ("words", "intent", "place"),
    [
        ("ຂ້ອຍຢູ່ປາກເຊ", "info_training", "LA1601"),
        ("ຢູ່ແຂວງສະຫວັນນະເຂດ", "info_training", "LA-SV"),
        ("ปากเซ", "out_of_scope", "LA1601"),
        ("ຊ່ວຍຢູ່ອຸດອນມີບໍ່", "request_referral", "TH-41"),
        ("I am in Udon", "info_health", "TH-41"),
        ("ຢາກໄປເຮັດວຽກຢູ່ບາງກອກ", "check_offer", None),
        ("ລູກສາວຢູ່ບາງກອກ ຕິດຕໍ່ບໍ່ໄດ້", "find_relative", None),
        ("ຂ້ອຍຢູ່ວຽງຈັນ", "info_training", None),
        ("ຂ້ອຍຢູ່ລາວ", "info_training", None),
        ("ນາຍຈ້າງມາຈາກຂອນແກ່ນ", "wages_withheld", None),
    ],
)
def test_the_place_is_where_the_writer_is_and_only_if_it_is_sure(words: str, intent: str, place: str | None) -> None:
    assert told._where(words, entities_in(words, TODAY), _misread(intent)) == place
