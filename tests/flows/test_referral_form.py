"""Sending a matter: nothing before a yes, nothing asked twice, exactly what was shown goes to exactly whom."""

from datetime import timedelta

import pytest

from tests.flows.referral_talk import A_WOMAN, Person, answers, data_of, matters, payload, somebody
from tests.flows.test_answers_by_button import DIGITS, _check_first_lines
from tests.hotline import Hotline
from thangdee.casework.consent import GivenBy
from thangdee.casework.referrals import field_words
from thangdee.casework.referrals.model import SENSITIVE, Field, MatterState, ReferralState, Said, Speed
from thangdee.core.words import LANGUAGES, text
from thangdee.flows.referral_questions import TABLE
from thangdee.flows.reply import MOST_BUTTONS

ME = "q:for_whom:me"


async def _at_the_summary(hotline: Hotline, *, language: str = "lo", others: str = "h:y") -> Person:
    person = await somebody(hotline, language)
    await person.to_the_form()
    await person.do(ME, *A_WOMAN)
    await person.press(others)
    return person


# --- before the yes to keep ---------------------------------------------------------------------------------------


async def test_no_case_row_before_consent(blind_hotline: Hotline) -> None:
    person = await somebody(blind_hotline)

    refused = await person.to_the_form(keep=False)

    assert await matters(blind_hotline) == []
    assert refused.text.startswith(text("referral.not_kept", "lo"))
    assert {"i:talk_to_human", "c:danger_now"} <= set(data_of(refused))
    await person.press_old("y:keep_chat")
    assert await matters(blind_hotline) == []  # an old yes is a yes, but nobody asked to send anything any more


async def test_a_yes_leads_back_to_where_the_person_was(blind_hotline: Hotline) -> None:
    person = await somebody(blind_hotline)

    asked = await person.to_the_form()

    [begun] = await matters(blind_hotline)
    assert (begun.state, begun.need) == (MatterState.DRAFT, "shelter")
    assert text("referral.ask.for_whom", "lo") in asked.text


# --- the questions ------------------------------------------------------------------------------------------------


async def test_no_question_asked_twice(blind_hotline: Hotline) -> None:
    """Also after another topic, and after a day in which the chat forgot what it knew."""
    person = await somebody(blind_hotline)
    await person.to_the_form()
    await person.do(ME, *A_WOMAN[:4])
    await person.press_old("m:root")
    blind_hotline.clock.advance(timedelta(hours=25))
    await person.press_old("i:info_passport") if person.find("i:info_passport") else None
    await person.press_old(next(one for one in _all_data(person) if one.startswith("f:s:")))
    await person.do(*A_WOMAN[4:])

    told = [one.text for one in blind_hotline.fake.sent_to(person.phone)]
    for question in TABLE:
        asked = [one for one in told if one.endswith(text(f"referral.ask.{question.name}", "lo"))]
        most = 2 if question.name == "call_name" else 1  # it was open when she left
        assert len(asked) <= most, question.name
    form = told[next(n for n, one in enumerate(told) if one.startswith(text("referral.begin", "lo"))) :]
    assert not any(one.endswith(text(f"referral.ask.{known}", "lo")) for known in ("place", "need") for one in form)


def _all_data(person: Person) -> list[str]:
    return [one for sent in person.hotline.fake.sent_to(person.phone) for one in data_of(sent)]


async def test_what_the_chat_knows_is_not_asked(hotline: Hotline) -> None:
    person = await somebody(hotline)
    await person.say("ຂ້ອຍອາຍຸ 16")
    await person.to_the_form()

    asked = await person.do(ME, "q:urgency:ordinary")

    assert text("referral.ask.gender", "lo") in asked.text
    [draft] = await matters(hotline)
    assert (draft.age_band, draft.place) == ("under_18", "LA1601")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_flows_without_typing(blind_hotline: Hotline, language: str) -> None:
    """By digits alone, from the menu to the answer that says whom we asked."""
    person = await somebody(blind_hotline, language)
    path = "312" + "1" + "1212" + "1"  # the menu, a place to stay, in Laos: the south, Champasak; details; send
    for digit in path:
        await person.say(DIGITS[language][int(digit)])
    while not (person.find("n:keep_chat") or person.find(ME)):
        await person.press(next(one for one in data_of(person.last) if one.startswith(("f:d:", "f:s:"))))
    if person.find("n:keep_chat"):
        await person.say(DIGITS[language][1])

    for _ in range(30):
        screen = data_of(person.last)
        if "u:w" in screen:
            break
        wanted = (":me", ":ordinary", ":18_59", ":woman", ":call", ":any", ":only_me", "s:more", "h:y", ":y:")
        chosen = next((n for n, one in enumerate(screen, 1) if one.endswith(wanted) or ":y:" in one), 1)
        await person.say(DIGITS[language][chosen])

    assert (await matters(blind_hotline))[0].state is MatterState.WITH_PROVIDER
    sent = blind_hotline.fake.sent_to(person.phone)
    assert [one.text for one in sent if len(data_of(one)) > MOST_BUTTONS] == []
    _check_first_lines(sent)


@pytest.mark.parametrize("word", ["ຂ້າມ", "ข้าม", "skip"])
async def test_each_question_may_be_skipped_by_a_word(blind_hotline: Hotline, word: str) -> None:
    person = await somebody(blind_hotline)
    await person.to_the_form()
    await person.press(ME)

    for _ in range(9):
        await person.say(word)

    assert {one.field for one in await answers(blind_hotline)} == {
        Field.NEED, Field.PROVINCE, Field.DISTRICT, Field.LANGUAGE
    }  # fmt: skip


async def test_a_changed_mind_is_said_by_going_back_or_by_an_older_button(blind_hotline: Hotline) -> None:
    person = await somebody(blind_hotline)
    await person.to_the_form()
    await person.do(ME, "q:urgency:ordinary", "q:age_band:18_59")
    urgent = next(one for one in _all_data(person) if one.endswith("q:urgency:urgent"))

    again = await person.say("ກັບຄືນ")
    await person.say("16")
    on = await person.press_old(urgent)

    [draft] = await matters(blind_hotline)
    assert text("referral.ask.age_band", "lo") in again.text
    assert (draft.age_band, draft.speed) == ("12_17", Speed.URGENT)
    assert text("referral.ask.gender", "lo") in on.text


async def test_an_unclear_number_is_asked_once_more_and_then_kept(blind_hotline: Hotline) -> None:
    person = await somebody(blind_hotline)
    await person.to_the_form()
    await person.do(ME, *A_WOMAN[:6])

    again = await person.say("12345")
    await person.say("ຖາມແມ່ຕູ້")

    assert again.text.startswith(text("referral.phone_again", "lo"))
    assert _value(await answers(blind_hotline), Field.PHONE) == {"text": "ຖາມແມ່ຕູ້"}


@pytest.mark.parametrize(
    ("typed", "kept"), [("020 55 512 345", "+856 20 55 512 345"), ("+66812345678", "+66 81 234 5678")]
)
async def test_a_number_is_kept_as_it_is_dialled_from_abroad(blind_hotline: Hotline, typed: str, kept: str) -> None:
    person = await somebody(blind_hotline)
    await person.to_the_form()
    await person.do(ME, *A_WOMAN[:6])

    await person.say(typed)

    assert _value(await answers(blind_hotline), Field.PHONE) == {"text": kept}


async def test_no_call_no_number(blind_hotline: Hotline) -> None:
    """Who said "call me" and then something else has not given a number to anybody."""
    person = await somebody(blind_hotline)
    await person.to_the_form()
    await person.do(ME, *A_WOMAN[:7])
    chat = next(one for one in _all_data(person) if one.endswith("q:reach_by:chat"))

    await person.press_old(chat)

    assert Field.PHONE not in {one.field for one in await answers(blind_hotline)}


async def test_a_recording_answers_where_words_do_and_a_person_listens(blind_hotline: Hotline) -> None:
    person = await somebody(blind_hotline)
    await person.to_the_form()
    await person.do(ME, *A_WOMAN[:4])

    following = await person.record()

    assert set(_value(await answers(blind_hotline), Field.CALL_NAME)) == {"media"}
    assert text("referral.ask.reach_by", "lo") in following.text
    assert [one.reason for one in await blind_hotline.alerts()] == ["voice"]


async def test_a_cry_instead_of_an_answer_is_a_cry_and_loses_nothing(blind_hotline: Hotline) -> None:
    person = await somebody(blind_hotline)
    await person.to_the_form()
    await person.do(ME, *A_WOMAN[:4])

    card = await person.say("ຊ່ວຍແດ່ ເຂົາຂັງຂ້ອຍໄວ້")
    await person.press_old(next(one for one in _all_data(person) if one.startswith("f:s:")))

    assert "x:hide" in data_of(card)
    assert text("referral.ask.call_name", "lo") in person.last.text
    assert Field.CALL_NAME not in {one.field for one in await answers(blind_hotline)}


async def test_another_question_instead_of_a_name_is_answered(hotline: Hotline) -> None:
    person = await somebody(hotline)
    await person.to_the_form()
    await person.do(ME, *A_WOMAN[:4])

    answer = await person.say("ເຮັດພາສປອດຢູ່ໃສ ຕ້ອງໃຊ້ເອກະສານຫຍັງແດ່")

    told = hotline.fake.sent_to(person.phone)[-2].text
    assert told.startswith(text("answers.info_passport", "lo").split("\n\n")[0])
    assert "r:on" in data_of(answer)
    assert Field.CALL_NAME not in {one.field for one in await answers(hotline)}


# --- something personal -------------------------------------------------------------------------------------------


async def test_something_personal_needs_a_yes_of_its_own(blind_hotline: Hotline) -> None:
    person = await somebody(blind_hotline)
    await person.to_the_form()
    await person.do(ME, *A_WOMAN[:-1], "t:", "o:health", "q:health:ill")
    promise = person.last.text
    await person.do("a:health", "t:", "t:1", "o:pregnancy", "q:pregnancy:pregnant", "d:pregnancy")
    await person.do("t:", "o:exploitation", "q:exploitation:held")  # neither yes nor no to this
    await person.press_old(next(one for one in _all_data(person) if one.endswith("s:more")))
    summary = await person.press("h:y")
    await person.press(person.find_start(f"r:{(await matters(blind_hotline))[0].code}:y:") or "")

    told = await payload(blind_hotline)
    assert text("referral.own_yes.promise", "lo") in promise
    assert set(told.fields) & SENSITIVE == {Field.HEALTH}
    assert told.fields[Field.HEALTH] == {"code": "ill", "tell_no_family": True}
    assert text("referral.tell_no_family", "lo") in summary.text
    assert text("field.exploitation.held", "lo") not in summary.text
    assert Field.PREGNANCY not in {one.field for one in await answers(blind_hotline)}


async def test_what_a_topic_tells_is_only_offered(hotline: Hotline) -> None:
    person = await somebody(hotline)
    await person.say("ນາຍຈ້າງບໍ່ຈ່າຍຄ່າແຮງໃຫ້ຂ້ອຍສອງເດືອນແລ້ວ")
    await person.press("i:request_referral")
    await person.say("ບາງກອກ")
    await person.press_old(person.find_start("f:d:") or "")
    await person.do("f:s:" + (person.find_start("f:s:") or "")[4:], "y:keep_chat")

    await person.do(ME, *A_WOMAN[:-1])

    assert person.find("q:exploitation:no_pay")
    assert Field.EXPLOITATION not in {one.field for one in await answers(hotline)}


# --- to whom, and the yes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
async def test_referral_payload_equals_shown(blind_hotline: Hotline, language: str) -> None:
    """The screen shows each value that goes, and no other; what is kept has the hash of what was shown."""
    person = await _at_the_summary(blind_hotline, language=language)
    summary = person.last.text
    await person.press(person.find_start("r:") or "")

    [sent] = await matters(blind_hotline)
    told = await payload(blind_hotline)
    lines = [line for line in summary.split("\n") if ": " in line]
    for field, value in told.fields.items():
        said = field_words.words_of(field, value, language)
        assert text(f"referral.line.{field}", language, said=said) in lines
    assert len([line for line in lines if line.startswith(_pictures(language))]) == len(told.fields)
    assert told.hash(blind_hotline.installation.vault.keyring) == sent.consents[0].shown_hash
    assert sent.consents[0].fields == frozenset(told.fields)
    assert {one.given_by for one in sent.consents} == {GivenBy.TAPPED}
    assert [one.rank for one in sent.consents] == list(range(len(told.receivers)))


def _pictures(language: str) -> tuple[str, ...]:
    return tuple(text(f"referral.line.{field}", language, said="").rstrip() for field in Field)


async def test_a_struck_out_answer_is_not_told(blind_hotline: Hotline) -> None:
    person = await _at_the_summary(blind_hotline)

    listed = await person.do("c:0", "c:1", "c:2")
    summary = await person.do("c:3", "e:phone", "u:phone")
    await person.press(person.find_start("r:") or "")

    told = await payload(blind_hotline)
    assert len(data_of(listed)) == MOST_BUTTONS
    assert "512 345" not in summary.text
    assert Field.PHONE not in told.fields
    assert Field.CALL_NAME in told.fields


async def test_a_yes_to_an_older_screen_shows_the_new_one(blind_hotline: Hotline) -> None:
    person = await _at_the_summary(blind_hotline)
    with_phone = person.find_start("r:") or ""
    await person.do("c:0", "c:1", "c:2", "c:3", "e:phone", "u:phone")

    shown = await person.press_old(with_phone)

    assert (await matters(blind_hotline))[0].state is MatterState.DRAFT
    assert text("referral.summary.ask", "lo") in shown.text
    assert "512 345" not in shown.text


async def test_a_second_yes_sends_nothing_twice(blind_hotline: Hotline) -> None:
    person = await _at_the_summary(blind_hotline)
    yes = person.find_start("r:") or ""
    received = await person.press_old(yes)

    await person.press_old(yes)
    await person.press_old(next(one for one in _all_data(person) if one.endswith("q:gender:man")))

    [sent] = await matters(blind_hotline)
    assert len(sent.referrals) == 1
    assert sent.referrals[0].state is ReferralState.OFFERED
    assert sent.referrals[0].code in received.text
    assert "u:w" in data_of(received)
    assert (await payload(blind_hotline)).fields[Field.GENDER] == {"code": "woman"}


async def test_not_now_on_an_old_screen_says_nothing_that_is_not_so(blind_hotline: Hotline) -> None:
    person = await _at_the_summary(blind_hotline)
    yes, not_now = person.find_start("r:") or "", person.find("z:") or ""
    await person.press_old(yes)

    after_the_yes = await person.press_old(not_now)
    await person.press_old("u:w")
    await person.press("u:wa:")
    after_taking_back = await person.press_old(not_now)

    [sent] = await matters(blind_hotline)
    assert after_the_yes.text.startswith(text("matter.status", "lo"))
    assert any(one.startswith("u:w") for one in data_of(after_the_yes))
    assert after_taking_back.text.startswith(text("matter.status", "lo"))
    assert sent.state is MatterState.WITHDRAWN


async def test_only_the_chosen_one_is_asked_where_she_says_so(blind_hotline: Hotline) -> None:
    person = await _at_the_summary(blind_hotline, others="h:n")

    await person.say("ໄດ້")

    [sent] = await matters(blind_hotline)
    assert len(sent.consents) == 1
    assert sent.consents[0].given_by is GivenBy.WRITTEN


async def test_a_place_that_does_not_fit_is_named_with_the_reason(blind_hotline: Hotline) -> None:
    person = await somebody(blind_hotline)
    await person.do("m:more", "m:help", "i:request_referral", "f:c:shelter", "=ປາກເຊ")
    men_only = next(one for one in data_of(person.last) if "cf87dc45" in one)
    await person.press(men_only)
    await person.do("f:s:" + men_only[4:], "y:keep_chat", ME, *A_WOMAN)

    listing = blind_hotline.installation.directory.by_id[men_only[4:]]
    assert text("referral.unfit.only_for", "lo", name=listing.names["lo"]) in person.last.text
    assert not any(one.endswith(listing.id) for one in data_of(person.last))
    assert person.find("f:")


async def test_a_person_of_ours_may_choose_and_nothing_goes_out(blind_hotline: Hotline) -> None:
    person = await somebody(blind_hotline)
    await person.to_the_form()
    await person.do(ME, *A_WOMAN, ":f:", "fy:")

    [sent] = await matters(blind_hotline)
    assert (sent.state, sent.why_staff) == (MatterState.WITH_STAFF, "asked_to_choose")
    assert sent.consents == ()
    assert text("referral.received.staff", "lo") in person.last.text


async def test_a_child_hears_that_two_people_look_first(blind_hotline: Hotline) -> None:
    person = await somebody(blind_hotline)
    await person.to_the_form()
    await person.do(ME, A_WOMAN[0], "q:age_band:under_18", *A_WOMAN[2:], "h:y")
    shown = person.last.text
    received = await person.press(person.find_start("r:") or "")

    [sent] = await matters(blind_hotline)
    assert text("referral.summary.two_look", "lo") in shown
    assert text("referral.received.two_look", "lo") in received.text
    assert (sent.why_staff, sent.referrals) == ("best_interest", ())


async def test_police_is_never_offered(blind_hotline: Hotline) -> None:
    for need in ("shelter", "labour_complaint", "medical"):
        person = await somebody(blind_hotline)
        await person.to_the_form(need=need)
        await person.do(ME, *A_WOMAN)
        offered = [one.rpartition(":")[2] for one in _all_data(person)]
        known = blind_hotline.installation.directory.by_id
        assert not any(known[one].kind == "police" for one in offered if one in known)


# --- for another person -------------------------------------------------------------------------------------------


async def test_a_helpers_words_are_never_in_a_payload(blind_hotline: Hotline) -> None:
    person = await somebody(blind_hotline)
    await person.to_the_form()
    await person.do("q:for_whom:other", "q:urgency:urgent", "q:age_band:under_18", "q:gender:woman", "=ລາວຢູ່ໃນຮ້ານ")

    end = person.last
    code = await person.press("hc:")
    [draft] = await matters(blind_hotline)

    assert text("referral.helper", "lo") in end.text
    assert {one.said_by for one in await answers(blind_hotline)} == {Said.HELPER}
    assert (draft.state, draft.consents, draft.is_for_other) == (MatterState.DRAFT, (), True)
    assert "🔑" in code.text
    assert not person.find_start(f"r:{draft.code}:y:")
    yes = f"r:{draft.code}:y:00000000"
    assert not any(one == yes for one in _all_data(person))


async def test_a_helper_may_let_a_person_look_and_hears_nothing_more(blind_hotline: Hotline) -> None:
    person = await somebody(blind_hotline)
    await person.to_the_form()
    await person.do("q:for_whom:other", "s:urgency", "s:age_band", "s:gender", "s:own_words", ":f:", "fy:")

    [sent] = await matters(blind_hotline)
    assert (sent.state, sent.why_staff) == (MatterState.WITH_STAFF, "for_other")
    assert text("referral.helper.staff", "lo") in person.last.text
    assert not any(one.startswith("u:s") for one in data_of(person.last))


# --- two whole talks, in words --------------------------------------------------------------------------------------


async def test_a_girl_tells_it_in_lao(hotline: Hotline) -> None:
    person = await somebody(hotline)
    await person.to_the_form()

    await person.do(ME, "=ບໍ່ຕ້ອງມື້ນີ້", "=ຂ້ອຍອາຍຸ 16 ປີ", "=ຜູ້ຍິງ", "=ບໍ່ມີ", "=ນາງນ້ອຍ", "=ຂຽນມາຫາຂ້ອຍຢູ່ນີ້")
    await person.do("=ຂ້າມ", "=ບໍ່ມີໃຜເຫັນ", "=ຢາກຮຽນຕັດຫຍິບ", "s:more", "h:y", "=ໄດ້")

    [sent] = await matters(hotline)
    said = {one.field: one.value for one in await answers(hotline)}
    assert said[Field.AGE_BAND] == {"code": "12_17"}
    assert said[Field.CALL_NAME] == {"text": "ນາງນ້ອຍ"}
    assert said[Field.OWN_WORDS] == {"text": "ຢາກຮຽນຕັດຫຍິບ"}
    assert sent.why_staff == "best_interest"


async def test_a_woman_tells_it_in_thai(hotline: Hotline) -> None:
    person = await somebody(hotline, "th")
    await person.to_the_form(need="labour_complaint", place="กรุงเทพ")

    await person.do(ME, "=วันนี้เลย", "=18 ถึง 59 ปี", "=ผู้หญิง", "=มี", "=ข้าม", "=โทรหาฉัน", "=0812345678")
    await person.do("=ข้าม", "=ไม่มีใครเห็น", "=มาเหมือนเพื่อน")
    await person.do("s:more")
    while not person.find_start(f"r:{(await matters(hotline))[0].code}:y:"):
        await person.press(next(one for one in data_of(person.last) if one.endswith("h:y") or ":w:" in one))
    await person.say("ตกลง")

    [sent] = await matters(hotline)
    assert sent.state is MatterState.WITH_PROVIDER
    assert sent.speed is Speed.URGENT
    assert (await payload(hotline)).fields[Field.PHONE] == {"text": "+66 81 234 5678"}


def _value(told: tuple[object, ...], field: Field) -> dict[str, object]:
    return next(one.value for one in told if one.field is field)  # type: ignore[attr-defined]
