"""A receiver's question: answered by button, words or voice, told only with her yes, or not said."""

from tests.flows.matters_out import chat_of, data_of, directory_of, in_state, offer, receivers_in
from tests.flows.test_answers_by_button import _check_first_lines
from tests.hotline import Hotline
from thangdee.bot.simulator import Phone
from thangdee.casework.referrals import questions
from thangdee.casework.referrals.model import Matter
from thangdee.casework.referrals.questions import QUESTIONS, Question, QuestionState
from thangdee.core.words import LANGUAGES, text
from thangdee.referral_directory.model import text_in


async def _asked(
    hotline: Hotline, code: str, *, language: str = "lo", state: str = "accepted"
) -> tuple[Phone, Matter, str, str]:
    """Somebody whose receiver asks something: phone, matter, question, the receiver's name."""
    vault, now, directory = hotline.installation.vault, hotline.clock.now(), await directory_of(hotline)
    to, phone = receivers_in(directory), hotline.phone()
    await hotline.after(phone.start(), phone)
    async with hotline.installation.database.write() as connection:
        who = await chat_of(connection, vault, phone, language, now)
        matter = await in_state(connection, vault, who, state, to, now)
        asked = await questions.ask_person(connection, vault, matter.referrals[0].id, code, "s", now)
        await offer(connection, vault, who, now, "u:s", "u:q", f"u:qn:{asked}")
    await hotline.after(None, phone)
    return phone, matter, asked, text_in(directory.by_id[to[0].listing_id].names, language)


async def _told(hotline: Hotline, asked: str) -> tuple[Question, object]:
    async with hotline.installation.database.read() as connection:
        one = await questions.load(connection, asked)
        told = await questions.told_to_receiver(connection, hotline.installation.vault, one, hotline.clock.now())
    return one, told[1]


async def test_a_tapped_answer_is_shown_first_and_told_after_the_yes(clockless_hotline: Hotline) -> None:
    phone, _, asked, name = await _asked(clockless_hotline, "which_day")

    [status] = await clockless_hotline.press(phone, "u:s")
    [question] = await clockless_hotline.press(phone, data_of(status)[0])
    [check] = await clockless_hotline.say(phone, "2")
    before = await _told(clockless_hotline, asked)
    [done] = await clockless_hotline.say(phone, "1")
    after = await _told(clockless_hotline, asked)

    assert text("matter.line.question", "lo", name=name) in status.text
    assert text("matter.line.question_which_day", "lo", name=name) in question.text
    answer = text("buttons.matter_answer_tomorrow", "lo")
    assert text("matter.line.goes_to", "lo", name=name, answer=answer) in check.text
    assert before == (before[0], None)
    assert before[0].state is QuestionState.WAITS_PERSON
    assert after == (after[0], {"code": "tomorrow"})
    await clockless_hotline.press(phone, "u:s")
    [ask] = await clockless_hotline.press(phone, next(one for one in data_of(status) if one.startswith("u:w:")))
    [taken_back] = await clockless_hotline.press(phone, next(one for one in data_of(ask) if one.startswith("u:wa")))
    assert f"{text('provider.question.which_day', 'lo')} {answer}" in taken_back.text
    assert done.text.startswith(text("matter.question_told", "lo"))
    _check_first_lines(clockless_hotline.fake.sent)


async def test_own_words_are_an_answer_and_an_old_yes_does_not_tell_a_newer_one(clockless_hotline: Hotline) -> None:
    phone, _, asked, name = await _asked(clockless_hotline, "fetch")

    [_] = await clockless_hotline.press(phone, "u:q")
    [first] = await clockless_hotline.say(phone, "ຂ້ອຍມາເອງໄດ້")
    [_] = await clockless_hotline.press(phone, f"u:q:{asked}")
    [second] = await clockless_hotline.say(phone, "ບໍ່ແນ່ໃຈເທື່ອ")
    [again] = await clockless_hotline.press(phone, data_of(first)[0])
    untold = await _told(clockless_hotline, asked)
    [_] = await clockless_hotline.press(phone, data_of(second)[0])

    assert text("matter.line.goes_to", "lo", name=name, answer="ຂ້ອຍມາເອງໄດ້") in first.text
    assert again.text.startswith(text("matter.question", "lo"))
    assert untold[1] is None
    assert (await _told(clockless_hotline, asked))[1] == {"text": "ບໍ່ແນ່ໃຈເທື່ອ"}


async def test_a_recording_is_an_answer(clockless_hotline: Hotline) -> None:
    phone, _, asked, name = await _asked(clockless_hotline, "children", language="en")

    [_] = await clockless_hotline.press(phone, "u:q")
    sent = await clockless_hotline.after(phone.voice(), phone)
    check = next(one for one in sent if any(data.startswith("u:qy:") for data in data_of(one)))
    await clockless_hotline.press(phone, data_of(check)[0])

    assert text("matter.line.goes_to", "en", name=name, answer=text("field.recording", "en")) in check.text
    told = (await _told(clockless_hotline, asked))[1]
    assert isinstance(told, dict)
    assert set(told) == {"media"}


async def test_whoever_would_rather_not_say_need_not(clockless_hotline: Hotline) -> None:
    phone, _, asked, _ = await _asked(clockless_hotline, "safe_to_call")

    [done] = await clockless_hotline.press(phone, f"u:qn:{asked}")
    [again] = await clockless_hotline.press(phone, f"u:qn:{asked}")

    one, told = await _told(clockless_hotline, asked)
    assert (one.state, told) == (QuestionState.NOT_SAID, None)
    assert done.text.startswith(text("matter.question_not_said", "lo"))
    assert again.text.startswith(text("matter.status", "lo"))


async def test_own_words_before_the_receiver_said_yes_are_told_as_to_be_read_later(clockless_hotline: Hotline) -> None:
    phone, _, _, _ = await _asked(clockless_hotline, "which_day", state="offered")

    [_] = await clockless_hotline.press(phone, "u:q")
    [check] = await clockless_hotline.say(phone, "ຫຼັງບຸນ")

    assert text("matter.line.read_after_yes", "lo") in check.text


async def test_a_question_of_a_matter_that_was_taken_back_is_over(clockless_hotline: Hotline) -> None:
    phone, _, asked, _ = await _asked(clockless_hotline, "which_day")

    [_] = await clockless_hotline.press(phone, "u:q")
    [check] = await clockless_hotline.say(phone, "1")
    [_] = await clockless_hotline.say(phone, "ຖອນຄືນ")
    [_] = await clockless_hotline.press(phone, "u:wa:")
    [late] = await clockless_hotline.press(phone, data_of(check)[0])

    assert (await _told(clockless_hotline, asked))[1] is None
    assert text("matter.question_told", "lo") not in late.text


def test_each_question_and_answer_has_words() -> None:
    for language in LANGUAGES:
        assert all(text(f"matter.line.question_{code}", language) for code in QUESTIONS)
        assert all(text(f"buttons.matter_answer_{one}", language) for codes in QUESTIONS.values() for one in codes)
