"""Codes: back from another phone, and what somebody else wrote; wrong ones tell nothing (R57)."""

from datetime import timedelta

from tests.flows.matters_out import TOLD, chat_of, data_of, directory_of, in_state, offer, receivers_in
from tests.flows.test_answers_by_button import _check_first_lines
from tests.hotline import Hotline
from thangdee.bot.simulator import Phone
from thangdee.casework.chats import Chats
from thangdee.casework.referrals import deeds, facts, handing_over, store
from thangdee.casework.referrals.facts import Fact
from thangdee.casework.referrals.model import Field, Matter, MatterState, Said
from thangdee.core.words import text


async def _person(hotline: Hotline, label: str, *data: str, state: str | None = None) -> Phone:
    """Somebody in Lao with these buttons on the screen, and a matter in this state if one is named."""
    vault, now = hotline.installation.vault, hotline.clock.now()
    to, phone = receivers_in(await directory_of(hotline)), hotline.phone(label)
    await hotline.after(phone.start(), phone)
    async with hotline.installation.database.write() as connection:
        who = await chat_of(connection, vault, phone, "lo", now)
        if state is not None:
            await in_state(connection, vault, who, state, to, now)
        await offer(connection, vault, who, now, *data)
    await hotline.after(None, phone)
    return phone


async def _matters(hotline: Hotline, phone: Phone) -> list[Matter]:
    vault = hotline.installation.vault
    async with hotline.installation.database.write() as connection:
        who = await Chats(connection, vault).of(phone.chat_id, hotline.clock.now())
        return await store.matters_of(connection, who.id)


async def _facts(hotline: Hotline, matter: Matter) -> tuple[Fact, ...]:
    async with hotline.installation.database.read() as connection:
        return await facts.facts_of(connection, hotline.installation.vault, matter.id)


async def _coming_back_code(hotline: Hotline, phone: Phone) -> str:
    [shown] = await hotline.press(phone, "u:lc")
    [line] = [one for one in shown.text.splitlines() if one.startswith("🔑")]
    return line.removeprefix("🔑").strip()


async def test_the_code_finds_her_matters_from_another_phone_and_the_old_one_sees_nothing(
    clockless_hotline: Hotline,
) -> None:
    old = await _person(clockless_hotline, "old", "u:lc", "u:s", state="accepted")
    code = await _coming_back_code(clockless_hotline, old)
    [before] = await _matters(clockless_hotline, old)
    new = await _person(clockless_hotline, "new", "u:s")

    [back] = await clockless_hotline.say(new, code.lower())
    [status] = await clockless_hotline.press(new, "u:s")
    clockless_hotline.clock.advance(timedelta(minutes=1))
    clockless_hotline.fake.sent_to(old)
    former = await clockless_hotline.say(old, "ສະບາຍດີ")

    assert back.text.startswith(text("matter.welcome_back", "lo"))
    assert before.referrals[0].code in status.text
    assert [one.id for one in await _matters(clockless_hotline, new)] == [before.id]
    assert await _matters(clockless_hotline, old) == []
    assert all(before.referrals[0].code not in one.text for one in former)
    _check_first_lines(clockless_hotline.fake.sent)


async def test_a_code_is_shown_once_and_used_once(clockless_hotline: Hotline) -> None:
    old = await _person(clockless_hotline, "old", "u:lc", state="offered")
    code = await _coming_back_code(clockless_hotline, old)
    [there] = await clockless_hotline.press(old, "u:lc")
    first, second = [await _person(clockless_hotline, label) for label in ("first", "second")]

    await clockless_hotline.say(first, code)
    await clockless_hotline.say(second, code)

    assert code not in there.text
    assert len(await _matters(clockless_hotline, first)) == 1
    assert await _matters(clockless_hotline, second) == []


async def test_wrong_codes_tell_nothing_and_after_ten_the_right_one_does_not_work_either(
    clockless_hotline: Hotline,
) -> None:
    old = await _person(clockless_hotline, "old", "u:lc", state="offered")
    code = await _coming_back_code(clockless_hotline, old)
    guesser = await _person(clockless_hotline, "guesser", "u:hc")

    answers = []
    for number in range(12):
        await clockless_hotline.press(guesser, "u:hc")
        clockless_hotline.clock.advance(timedelta(seconds=30))
        answers += [one.text for one in await clockless_hotline.say(guesser, f"GUESS22{number:03d}")]
    await clockless_hotline.press(guesser, "u:hc")
    answers += [one.text for one in await clockless_hotline.say(guesser, code)]

    assert set(answers) == {text("matter.code_not_found", "lo")}
    assert await _matters(clockless_hotline, guesser) == []


async def _helpers_code(hotline: Hotline) -> tuple[str, Matter]:
    """The code of somebody who wrote for another person."""
    helper = await _person(hotline, "helper")
    vault, now = hotline.installation.vault, hotline.clock.now()
    async with hotline.installation.database.write() as connection:
        who = await Chats(connection, vault).of(helper.chat_id, now)
        made = await deeds.begin(connection, vault, who, now)
        made = await deeds.change_draft(connection, made.id, now, is_for_other=True, need="shelter")
        for field in (Field.NEED, Field.AGE_BAND, Field.PROVINCE, Field.HEALTH):
            await facts.note(connection, vault, made.id, field, TOLD[field], Said.HELPER, now)
        return await handing_over.make(connection, vault, made.id, now), made


async def test_what_a_helper_wrote_is_taken_over_or_struck_out_by_the_person_alone(clockless_hotline: Hotline) -> None:
    code, helpers = await _helpers_code(clockless_hotline)
    phone = await _person(clockless_hotline, "she", "u:hc")

    [asked] = await clockless_hotline.press(phone, "u:hc")
    [need] = await clockless_hotline.say(phone, f"{code[:4]} {code[4:]}")
    [age] = await clockless_hotline.say(phone, "1")
    [province] = await clockless_hotline.say(phone, "1")
    [health] = await clockless_hotline.say(phone, "2")
    [hers] = await _matters(clockless_hotline, phone)
    meanwhile = {(one.field, one.said_by) for one in await _facts(clockless_hotline, hers)}
    [done] = await clockless_hotline.say(phone, "1")

    assert asked.text == text("matter.which_code", "lo")
    for shown, field in ((need, "need"), (age, "age_band"), (province, "province"), (health, "health")):
        assert shown.text.startswith(text("matter.written", "lo"))
        assert text(f"field.{field}", "lo") in shown.text
    assert meanwhile == {
        (Field.NEED, Said.PERSON), (Field.AGE_BAND, Said.PERSON), (Field.HEALTH, Said.HELPER),
    }  # fmt: skip
    assert data_of(done)[0] == "r:"
    [hers] = await _matters(clockless_hotline, phone)
    assert (hers.state, hers.is_for_other, hers.need, hers.age_band) == (MatterState.DRAFT, False, "shelter", "18_59")
    told = await _facts(clockless_hotline, hers)
    assert {one.field for one in told if one.said_by is Said.PERSON} == {Field.NEED, Field.AGE_BAND, Field.HEALTH}
    assert all(one.own_yes_at is None for one in told)
    async with clockless_hotline.installation.database.read() as connection:
        assert await store.load(connection, helpers.id) == helpers
    _check_first_lines(clockless_hotline.fake.sent)


async def test_a_helpers_code_works_once_and_thirty_days(clockless_hotline: Hotline) -> None:
    code, _ = await _helpers_code(clockless_hotline)
    first, second = [await _person(clockless_hotline, label, "u:hc") for label in ("first", "second")]

    await clockless_hotline.say(first, code)
    await clockless_hotline.press(second, "u:hc")
    [again] = await clockless_hotline.say(second, code)
    vault, now = clockless_hotline.installation.vault, clockless_hotline.clock.now()
    async with clockless_hotline.installation.database.write() as connection:
        [hers] = await store.matters_of(connection, (await Chats(connection, vault).of(first.chat_id, now)).id)
        late = await handing_over.make(connection, vault, hers.id, now - timedelta(days=31))
    await clockless_hotline.press(second, "u:hc")
    [old] = await clockless_hotline.say(second, late)

    assert again.text == old.text == text("matter.code_not_found", "lo")
    assert await _matters(clockless_hotline, second) == []


async def test_a_word_in_capitals_is_no_guess_that_hides_an_answer(clockless_hotline: Hotline) -> None:
    phone = await _person(clockless_hotline, "loud")

    [answer] = await clockless_hotline.say(phone, "PASSPORT")

    assert answer.text != text("matter.code_not_found", "lo")


async def test_before_a_helpers_code_she_agrees_that_this_chat_is_kept(clockless_hotline: Hotline) -> None:
    code, _ = await _helpers_code(clockless_hotline)
    phone = clockless_hotline.phone("new")
    await clockless_hotline.choose(phone, "lo", keep=False)
    vault, now = clockless_hotline.installation.vault, clockless_hotline.clock.now()
    async with clockless_hotline.installation.database.write() as connection:
        who = await Chats(connection, vault).of(phone.chat_id, now)
        await offer(connection, vault, who, now, "u:hc", "u:lc")
    await clockless_hotline.after(None, phone)

    [no_code_yet] = await clockless_hotline.press(phone, "u:lc")
    unasked = await clockless_hotline.say(phone, code)
    clockless_hotline.clock.advance(timedelta(minutes=1))
    [keep] = await clockless_hotline.press(phone, "u:hc")
    [which] = await clockless_hotline.press(phone, "y:keep_chat")
    [written] = await clockless_hotline.say(phone, code)

    assert all(not one.text.startswith(text("matter.written", "lo")) for one in unasked)
    assert "y:keep_chat" in data_of(keep)
    assert "y:keep_chat" in data_of(no_code_yet)
    assert which.text == text("matter.which_code", "lo")
    assert written.text.startswith(text("matter.written", "lo"))
