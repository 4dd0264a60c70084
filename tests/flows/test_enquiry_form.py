"""An enquiry in the chat: what is told first, each question may stay unanswered, what is shown is what is sent."""

from datetime import timedelta

import pytest

from tests.flows.enquiries_out import chat_of, flags_of
from tests.flows.referral_talk import Person, data_of, somebody
from tests.flows.test_answers_by_button import DIGITS, _check_first_lines
from tests.hotline import Hotline
from thangdee.casework import consent
from thangdee.casework.consent import Purpose
from thangdee.casework.enquiries import facts, store
from thangdee.casework.enquiries.model import Enquiry, Field, Flag, State
from thangdee.casework.referrals.facts import Value
from thangdee.core.words import LANGUAGES, text
from thangdee.flows.enquiry_questions import TABLE
from thangdee.flows.reply import MOST_BUTTONS

A_DAUGHTER = (
    "=ນ້ອຍ", "=ແກ້ວ ວົງສາ", "q:sex:female", "=16", "=ບ້ານໂພນສິມ", "=ບໍ່ມີ", "=ເມືອງໄກສອນ ສະຫວັນນະເຂດ", "=ປີກາຍ ເດືອນ 5",
    "=ນາຍໜ້າມາພາໄປ", "q:work:food_shop", "=ບໍ່ມີຂ່າວເລີຍ", "=081 234 5678", "=ນາງຄຳ", "q:languages:lo", "=ມີໄຝຢູ່ແກ້ມ",
    "=ຢາກໃຫ້ລູກກັບບ້ານ", "=ແມ່", "q:reach_by:call", "=020 55 512 345", "q:reach_hours:any", "q:phone_seen:only_me",
)  # fmt: skip


_TO_BEGIN = ("m:family", "m:missing", "i:find_relative", "e:b")


async def _at_the_questions(hotline: Hotline, language: str = "lo") -> Person:
    person = await somebody(hotline, language)
    await person.do(*_TO_BEGIN, "e:go", "y:keep_chat")
    return person


async def _all(person: Person) -> list[Enquiry]:
    whose = await chat_of(person.hotline, person.phone)
    async with person.hotline.installation.database.read() as connection:
        return await store.of_chat(connection, whose.id)


async def _told(person: Person) -> dict[Field, Value]:
    one = (await _all(person))[0]
    async with person.hotline.installation.database.read() as connection:
        return dict(await facts.facts_of(connection, person.hotline.installation.vault, one.id))


def _texts(person: Person) -> list[str]:
    return [one.text for one in person.hotline.fake.sent_to(person.phone)]


def _asks(sent: object, field: Field, language: str = "lo") -> bool:
    return text(f"enquiry.ask.{field}", language) in sent.text  # type: ignore[attr-defined]


# --- before a yes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        ("i:find_relative",),
        ("i:paid_finder",),
        ("m:contact", "i:info_shelter_contact"),
        ("m:contact", "i:tracing_status"),
    ],
)
async def test_every_talk_about_a_relative_leads_to_the_first_words(
    blind_hotline: Hotline, path: tuple[str, ...]
) -> None:
    person = await somebody(blind_hotline)
    await person.do("m:family", "m:missing", *path)

    first = await person.press("e:b")

    assert first.text == text("enquiry.first", "lo")
    assert data_of(first) == ["e:go", "i:talk_to_human", "m:root", "c:danger_now"]


async def test_nothing_of_an_enquiry_is_kept_before_a_yes(blind_hotline: Hotline) -> None:
    person = await somebody(blind_hotline)
    asked = await person.do(*_TO_BEGIN, "e:go")

    refused = await person.press("n:keep_chat")

    assert asked.text.startswith(text("enquiry.keep_first", "lo"))
    assert refused.text.startswith(text("enquiry.not_kept", "lo"))
    assert text("enquiry.always", "lo") in refused.text
    assert await _all(person) == []


# --- the questions --------------------------------------------------------------------------------------------


async def test_all_of_it_is_told_in_words_and_sent_as_it_was_shown(blind_hotline: Hotline) -> None:
    person = await _at_the_questions(blind_hotline)

    summary = await person.do(*A_DAUGHTER)
    receipt = await person.press(person.find_start(f"e:{(await _all(person))[0].code}:y:") or "")

    [sent] = await _all(person)
    told = await _told(person)
    assert sent.state is State.OPEN
    assert len(sent.code) == 8
    assert sent.code in receipt.text
    assert set(told) == set(Field) - {Field.OLD_VILLAGE}
    assert told[Field.NICKNAME] == {"text": "ນ້ອຍ"}
    assert told[Field.PLACE] == {"code": "LA1301", "text": "ເມືອງໄກສອນ ສະຫວັນນະເຂດ"}
    assert told[Field.CALLED_FROM] == {"text": "+66 81 234 5678"}
    assert told[Field.PHONE] == {"text": "+856 20 55 512 345"}
    assert [str(one["text"]) for one in told.values() if "text" in one and str(one["text"]) not in summary.text] == []
    whose = await chat_of(blind_hotline, person.phone)
    async with blind_hotline.installation.database.read() as connection:
        assert await consent.allows(connection, whose.id, Purpose.ENQUIRY)
    assert "find_relative" in [one.reason for one in await blind_hotline.alerts()]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_enquiry_without_typing(blind_hotline: Hotline, language: str) -> None:
    """By digits alone from the first words to the receipt; what has no buttons is left out or spoken."""
    person = await somebody(blind_hotline, language)
    await person.do(*_TO_BEGIN)
    for _ in range(40):
        screen = data_of(person.last)
        if any(one.startswith("e:a.h") for one in screen):
            break
        if text("enquiry.ask.nickname", language) in person.last.text:
            await person.record()
            continue
        chosen = next((n for n, one in enumerate(screen, 1) if ":y:" in one or one.endswith(":call")), 1)
        await person.say(DIGITS[language][chosen])

    [sent] = await _all(person)
    assert sent.state is State.OPEN
    assert {Field.SEX, Field.AGE, Field.PLACE, Field.LEFT_WHEN, Field.RELATION, Field.REACH_BY} <= set(
        await _told(person)
    )
    shown = blind_hotline.fake.sent_to(person.phone)
    assert [one.text for one in shown if len(data_of(one)) > MOST_BUTTONS] == []
    _check_first_lines(shown)


async def test_each_question_of_an_enquiry_may_be_answered_by_voice(blind_hotline: Hotline) -> None:
    person = await _at_the_questions(blind_hotline)

    for _ in range(len(TABLE) - 1):  # nobody asks for a number where "by call" was not pressed
        await person.record()

    told = await _told(person)
    assert set(told) == set(Field) - {Field.PHONE}
    assert all(set(value) == {"media"} for value in told.values())
    assert text("enquiry.summary", "lo") in person.last.text
    assert "voice" in [one.reason for one in await blind_hotline.alerts()]


@pytest.mark.parametrize("word", ["ຂ້າມ", "ไม่รู้", "skip"])
async def test_each_question_of_an_enquiry_may_be_left_out(blind_hotline: Hotline, word: str) -> None:
    person = await _at_the_questions(blind_hotline)

    for _ in range(len(TABLE) - 2):  # neither an old village nor a number is asked for
        await person.say(word)

    assert await _told(person) == {}
    assert person.last.text == text("enquiry.nothing_told", "lo")
    assert _asks(await person.press("o:nickname"), Field.NICKNAME)


@pytest.mark.parametrize(("steps", "word"), [(1, "ພໍແລ້ວ"), (4, "หมดแล้ว"), (8, "that is all"), (11, "z:")])
async def test_that_is_all_leads_from_each_question_to_the_summary(
    blind_hotline: Hotline, steps: int, word: str
) -> None:
    person = await _at_the_questions(blind_hotline)
    await person.do(*A_DAUGHTER[:steps])

    shown = await (person.press(word) if word.endswith(":") else person.say(word))

    assert shown.text.startswith(text("enquiry.summary", "lo"))
    assert text("enquiry.summary.ask", "lo") in shown.text


async def test_what_was_typed_is_never_completed_or_put_right(blind_hotline: Hotline) -> None:
    """Names stay as they are; only for the home in Laos may it be asked which of several, and the words stay, too."""
    person = await _at_the_questions(blind_hotline)

    await person.do("=ນ້ອຍ ຕຸກຕາ", "=Keo Vongsaa", "=ຍິງ", "=ປະມານ 15-16", "=ban phonsimm", "s:old_village")
    which = await person.say("ເມືອງຊະນະ")
    await person.do("k:place")

    told = await _told(person)
    assert told[Field.NICKNAME] == {"text": "ນ້ອຍ ຕຸກຕາ"}
    assert told[Field.FULL_NAME] == {"text": "Keo Vongsaa"}
    assert told[Field.SEX] == {"code": "female"}
    assert told[Field.AGE] == {"text": "ປະມານ 15-16"}
    assert told[Field.VILLAGE] == {"text": "ban phonsimm"}
    assert text("enquiry.ask.place_which", "lo") in which.text
    assert told[Field.PLACE] == {"text": "ເມືອງຊະນະ"}


async def test_a_small_childs_age_is_a_digit_and_no_menu(blind_hotline: Hotline) -> None:
    person = await _at_the_questions(blind_hotline)
    await person.do("s:nickname", "s:full_name", "s:sex")

    following = await person.say("໗")

    assert (await _told(person))[Field.AGE] == {"text": "໗"}
    assert _asks(following, Field.VILLAGE)


async def test_an_unclear_number_of_a_family_is_asked_once_more_and_then_kept(blind_hotline: Hotline) -> None:
    person = await _at_the_questions(blind_hotline)
    await person.do(*A_DAUGHTER[:-4], "q:reach_by:call")

    again = await person.say("12345")
    await person.say("ຖາມນາຍບ້ານ")

    assert again.text.startswith(text("referral.phone_again", "lo"))
    assert (await _told(person))[Field.PHONE] == {"text": "ຖາມນາຍບ້ານ"}


async def test_a_number_where_the_way_is_asked_answers_both(blind_hotline: Hotline) -> None:
    person = await _at_the_questions(blind_hotline)
    await person.do(*A_DAUGHTER[:-4])

    following = await person.say("020 55 512 345")

    told = await _told(person)
    assert (told[Field.REACH_BY], told[Field.PHONE]) == ({"code": "call"}, {"text": "+856 20 55 512 345"})
    assert _asks(following, Field.REACH_HOURS)


async def test_words_that_nobody_understands_get_the_choices_once_more(blind_hotline: Hotline) -> None:
    person = await _at_the_questions(blind_hotline)
    await person.do("=ນ້ອຍ", "s:full_name")

    again = await person.say("ອີ່ຫຼີ")

    assert again.text.startswith(text("referral.choose", "lo"))
    assert _asks(again, Field.SEX)


async def test_no_question_of_an_enquiry_is_asked_twice(blind_hotline: Hotline) -> None:
    """Also after another topic, hiding, and days later."""
    person = await _at_the_questions(blind_hotline)
    await person.do(*A_DAUGHTER[:3], "s:age")
    await person.say("ຊ່ອນ")
    blind_hotline.clock.advance(timedelta(days=4))
    await person.say("/menu")

    half = await person.do(*_TO_BEGIN)
    await person.press("e:on")
    await person.do(*A_DAUGHTER[4:])

    assert half.text == text("enquiry.half_way", "lo")
    told = _texts(person)
    often = {one.name: sum(1 for said in told if said.endswith(text(f"enquiry.ask.{one.name}", "lo"))) for one in TABLE}
    assert {name: count for name, count in often.items() if count > (2 if name == "village" else 1)} == {}


async def test_who_begins_again_is_asked_before_anything_is_thrown_away(blind_hotline: Hotline) -> None:
    person = await _at_the_questions(blind_hotline)
    await person.do("=ນ້ອຍ")
    await person.press_old("e:b")

    sure = await person.press("e:new")
    kept = await _told(person)
    first = await person.press("e:new2")

    assert sure.text == text("enquiry.start_again", "lo")
    assert set(kept) == {Field.NICKNAME}
    assert _asks(first, Field.NICKNAME)
    assert await _told(person) == {}


async def test_a_cry_in_the_middle_is_a_cry_and_loses_nothing(blind_hotline: Hotline) -> None:
    person = await _at_the_questions(blind_hotline)
    await person.do("=ນ້ອຍ")

    card = await person.say("ຊ່ວຍແດ່ ເຂົາຂັງຂ້ອຍໄວ້")
    await person.press_old("e:b")
    await person.press("e:on")

    assert "x:hide" in data_of(card)
    assert _asks(person.last, Field.FULL_NAME)
    assert set(await _told(person)) == {Field.NICKNAME}


# --- the summary ----------------------------------------------------------------------------------------------


async def test_a_line_can_be_struck_out_or_changed_before_it_is_sent(blind_hotline: Hotline) -> None:
    person = await _at_the_questions(blind_hotline)
    await person.do(*A_DAUGHTER[:3], "=ພໍແລ້ວ")
    old_yes = next(one for one in data_of(person.last) if ":y:" in one)

    await person.do("c:0", "e:full_name", "u:full_name", "c:0", "e:nickname", "o:nickname", "=ຕຸກຕາ")
    shown_again = await person.press_old(old_yes)

    assert set(await _told(person)) == {Field.NICKNAME, Field.SEX}
    assert "ຕຸກຕາ" in shown_again.text
    assert (await _all(person))[0].state is State.DRAFT  # the old yes was to something else
    await person.say("ຕົກລົງ")
    assert (await _all(person))[0].state is State.OPEN


async def test_not_now_sends_nothing_and_loses_nothing(blind_hotline: Hotline) -> None:
    person = await _at_the_questions(blind_hotline)
    await person.do("=ນ້ອຍ", "=ພໍແລ້ວ")

    later = await person.press("n:")
    again = await person.press("e:on")

    assert later.text == text("enquiry.not_now", "lo")
    assert again.text.startswith(text("enquiry.summary", "lo"))
    assert (await _all(person))[0].state is State.DRAFT


async def test_a_button_of_what_was_sent_tells_how_it_stands(blind_hotline: Hotline) -> None:
    person = await _at_the_questions(blind_hotline)
    await person.do("=ນ້ອຍ")
    old = next(one for one in data_of(person.last) if one.endswith("s:full_name"))
    await person.do("=ພໍແລ້ວ")
    await person.press(next(one for one in data_of(person.last) if ":y:" in one))

    status = await person.press_old(old)

    assert status.text.startswith(text("answers.tracing_status", "lo"))


# --- R20, children, taking back -------------------------------------------------------------------------------


async def _send(person: Person) -> list[str]:
    """Send a short enquiry by the same steps; return all that was said, with its own number taken out."""
    await person.say("/menu")
    before = len(_texts(person))
    await person.do(*_TO_BEGIN, "e:go", "=ນ້ອຍ", "=ພໍແລ້ວ")
    await person.press(next(one for one in data_of(person.last) if ":y:" in one))
    code = (await _all(person))[0].code
    return [one.replace(code, "#") for one in _texts(person)[before:]]


async def test_trace_quota_is_silent(blind_hotline: Hotline) -> None:
    """One open, three in 30 days: the next is answered in the same words, at the same times; staff see a flag."""
    few, many = (Person(blind_hotline, blind_hotline.phone(name)) for name in ("few", "many"))
    for person in (few, many):
        await blind_hotline.choose(person.phone, keep=True)
    for _ in range(3):
        await _send(many)

    first, fourth = await _send(few), await _send(many)

    one, other = (await _all(few))[0], (await _all(many))[0]
    assert [_without_dates(said, one) for said in first] == [_without_dates(said, other) for said in fourth]
    assert _waits(one) == _waits(other)
    assert [one.is_over_quota for one in await _all(many)] == [True, True, True, False]
    assert not one.is_over_quota
    assert [flag.kind for flag in await flags_of(blind_hotline, few.phone)] == []
    assert {flag.kind for flag in await flags_of(blind_hotline, many.phone)} == {Flag.OVER_QUOTA}


async def test_a_second_enquiry_does_not_ask_again_how_the_family_is_reached(blind_hotline: Hotline) -> None:
    person = await _at_the_questions(blind_hotline)
    await person.do(*A_DAUGHTER)
    await person.press(next(one for one in data_of(person.last) if ":y:" in one))
    await person.say("/menu")

    await person.do(*_TO_BEGIN, "e:go", "=ຄຳ", "=ພໍແລ້ວ")

    reached = {Field.REACH_BY, Field.PHONE, Field.REACH_HOURS, Field.PHONE_SEEN}
    assert set(await _told(person)) == {Field.NICKNAME} | reached
    assert (await _told(person))[Field.NICKNAME] == {"text": "ຄຳ"}


def _waits(one: Enquiry) -> list[int]:
    return [round((at - (one.filed_at or at)) / timedelta(days=1)) for at in one.texts_at]


def _without_dates(said: str, one: Enquiry) -> str:
    for at in one.texts_at:
        said = said.replace(f"{at:%d/%m/%Y}", "@")
    return said


async def test_help_for_a_child_who_writes_comes_first(blind_hotline: Hotline) -> None:
    person = await somebody(blind_hotline)
    await person.say("ຂ້ອຍອາຍຸ 15 ຊອກຫາແມ່")

    first = await person.do(*_TO_BEGIN)
    on = await person.press("e:f")

    assert first.text == text("enquiry.child", "lo")
    assert "i:talk_to_human" in data_of(first)
    assert on.text == text("enquiry.first", "lo")
    assert [flag.kind for flag in await flags_of(blind_hotline, person.phone)] == [Flag.CHILD_WRITES]
    assert "child_at_risk" in [one.reason for one in await blind_hotline.alerts()]


async def test_a_child_who_says_so_in_the_form_is_helped_and_nothing_is_lost(blind_hotline: Hotline) -> None:
    person = await _at_the_questions(blind_hotline)

    helped = await person.say("ຂ້ອຍອາຍຸ 15 ຊອກຫາເອື້ອຍ")
    on = await person.press("e:on")

    assert helped.text == text("enquiry.child", "lo")
    assert _asks(on, Field.NICKNAME)
    assert (await _told(person))[Field.OWN_WORDS] == {"text": "ຂ້ອຍອາຍຸ 15 ຊອກຫາເອື້ອຍ"}


@pytest.mark.parametrize("words", ["15", "ລາວອາຍຸ 15 ປີ", "ເກີດປີ 2011", "ลูกสาวอายุ 15"])
async def test_the_age_of_who_is_looked_for_is_not_that_of_who_writes(blind_hotline: Hotline, words: str) -> None:
    person = await _at_the_questions(blind_hotline)
    await person.do("s:nickname", "s:full_name", "s:sex")

    following = await person.say(words)

    assert _asks(following, Field.VILLAGE)
    assert (await flags_of(blind_hotline, person.phone)) == []
    session = (await chat_of(blind_hotline, person.phone)).session
    assert (session.is_child, session.age_band, session.place) == (False, "unknown", None)


@pytest.mark.parametrize("word", ["ຖອນຄືນ", "withdraw"])
async def test_the_word_for_taking_back_closes_an_enquiry(blind_hotline: Hotline, word: str) -> None:
    person = await _at_the_questions(blind_hotline)
    await person.do("=ນ້ອຍ", "=ພໍແລ້ວ")
    await person.press(next(one for one in data_of(person.last) if ":y:" in one))

    await person.say(word)
    await person.press(person.find_start("e:a.wy:") or "")

    assert (await _all(person))[0].state is State.CLOSED


# --- with Rasa: what is an answer and what is another topic ---------------------------------------------------


async def test_names_are_answers_whatever_they_sound_like_and_questions_are_answered(hotline: Hotline) -> None:
    person = await _at_the_questions(hotline)
    await person.do("=ນ້ອຍ", "=ແກ້ວ ວົງສາ")
    names = await _told(person)

    waiting = await person.say("ເຮັດພາສປອດຢູ່ໃສ ຕ້ອງໃຊ້ເອກະສານຫຍັງແດ່")
    answer = hotline.fake.sent_to(person.phone)[-2].text
    on = await person.press("e:on")
    await person.do("q:sex:female", "=ພໍແລ້ວ")

    assert (names[Field.NICKNAME], names[Field.FULL_NAME]) == ({"text": "ນ້ອຍ"}, {"text": "ແກ້ວ ວົງສາ"})
    assert answer.startswith(text("answers.info_passport", "lo").split("\n\n")[0])
    assert waiting.text.startswith(text("referral.in_between", "lo"))
    assert _asks(on, Field.SEX)
    assert person.last.text.startswith(text("enquiry.summary", "lo"))


async def test_a_bare_number_where_choices_are_asked_is_no_topic(hotline: Hotline) -> None:
    person = await _at_the_questions(hotline)
    await person.do("=ນ້ອຍ", "=ແກ້ວ ວົງສາ")

    again = await person.say("16")

    assert again.text.startswith(text("referral.choose", "lo"))
    assert _asks(again, Field.SEX)


async def test_who_is_asked_for_money_is_told_at_once_not_to_pay(hotline: Hotline) -> None:
    person = await _at_the_questions(hotline)
    await person.do("=ນ້ອຍ", *(f"s:{one.name}" for one in TABLE[1:5]), "s:place")

    following = await person.say("ມີຄົນໂທມາຂໍເງິນ 60000 ບາດ ບອກວ່າຮູ້ບ່ອນຢູ່ຂອງລູກ")

    warned = hotline.fake.sent_to(person.phone)[-2]
    assert warned.text.startswith(text("answers.paid_finder", "lo"))
    assert _asks(following, Field.LEFT_HOW)
    assert "paid_finder" in [one.reason for one in await hotline.alerts()]


async def test_the_enough_of_a_form_is_no_cry(hotline: Hotline) -> None:
    person = await _at_the_questions(hotline, "th")
    await person.do("=น้อย")

    shown = await person.say("พอแล้ว")

    assert shown.text.startswith(text("enquiry.summary", "th"))
    assert "immediate" not in [one.urgency.value for one in await hotline.alerts()]


# --- who tells at once, below the first words -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "field", "following"),
    [
        ("ນ້ອຍ", Field.NICKNAME, Field.FULL_NAME),
        ("ລູກສາວຂ້ອຍຊື່ແກ້ວ ໄປເຮັດວຽກຮ້ານອາຫານຢູ່ອຸດອນ ຕັ້ງແຕ່ປີກາຍ ບໍ່ໂທມາເລີຍ", Field.OWN_WORDS, Field.NICKNAME),
    ],
)
async def test_who_tells_at_once_has_begun_and_nothing_is_lost(
    blind_hotline: Hotline, said: str, field: Field, following: Field
) -> None:
    person = await _below_the_first_words(blind_hotline, keep=True)

    asked = await person.say(said)

    assert _asks(asked, following)
    assert (await _told(person))[field]["text"] == said


@pytest.mark.parametrize("words", ["ຈ່າຍເງິນໃຫ້ເຈົ້າ ບອກມາວ່າລາວຢູ່ໃສ", "nong yu baan kredtrakarn chai mai"])
async def test_a_yes_begins_and_what_presses_for_news_begins_nothing(blind_hotline: Hotline, words: str) -> None:
    person = await _below_the_first_words(blind_hotline, keep=True)

    await person.say(words)
    assert await _all(person) == []
    await person.say("/menu")
    await person.do(*_TO_BEGIN)
    asked = await person.say("ເລີ່ມ")

    assert _asks(asked, Field.NICKNAME)


async def test_telling_at_once_keeps_nothing_before_a_yes(blind_hotline: Hotline) -> None:
    person = await _below_the_first_words(blind_hotline, keep=False)

    asked = await person.say("ນ້ອຍ")

    assert await _all(person) == []
    assert text("enquiry.keep_first", "lo") in asked.text
    assert _asks(await person.do("y:keep_chat"), Field.NICKNAME)


async def _below_the_first_words(hotline: Hotline, *, keep: bool) -> Person:
    person = Person(hotline, hotline.phone())
    await hotline.choose(person.phone, "lo", keep=keep)
    await person.do(*_TO_BEGIN)
    return person
