"""Being asked after: with her own yes, as she likes it, and over with one tap (R56)."""

from datetime import timedelta

from tests.flows.matters_out import chat_of, data_of, directory_of, in_state, offer, receivers_in
from tests.flows.test_answers_by_button import _check_first_lines
from tests.hotline import Hotline
from thangdee.bot.simulator import Phone
from thangdee.casework import consent
from thangdee.casework.consent import Purpose
from thangdee.casework.referrals import follow_up, lost_number
from thangdee.casework.referrals.follow_up import Plan, Rhythm
from thangdee.core.words import text
from thangdee.flows.help_screens import need_name


async def _helped(hotline: Hotline, *data: str, language: str = "lo") -> tuple[Phone, str, str]:
    """Somebody who was helped: phone, chat, matter."""
    vault, now = hotline.installation.vault, hotline.clock.now()
    to, phone = receivers_in(await directory_of(hotline)), hotline.phone()
    await hotline.after(phone.start(), phone)
    async with hotline.installation.database.write() as connection:
        who = await chat_of(connection, vault, phone, language, now)
        matter = await in_state(connection, vault, who, "helped", to, now)
        await offer(connection, vault, who, now, "u:s", *(one.format(matter=matter.id) for one in data))
    await hotline.after(None, phone)
    return phone, who.id, matter.id


async def _plans(hotline: Hotline, chat_id: str) -> list[Plan]:
    async with hotline.installation.database.read() as connection:
        return await follow_up.of_chat(connection, chat_id)


async def _allows(hotline: Hotline, chat_id: str, purpose: Purpose) -> bool:
    async with hotline.installation.database.read() as connection:
        return await consent.allows(connection, chat_id, purpose)


async def test_nobody_writes_first_without_her_yes_and_she_chooses_how(clockless_hotline: Hotline) -> None:
    phone, chat_id, matter_id = await _helped(clockless_hotline)

    [status] = await clockless_hotline.press(phone, "u:s")
    [asked] = await clockless_hotline.press(phone, data_of(status)[0])
    before = await _plans(clockless_hotline, chat_id)
    [plan] = await clockless_hotline.say(phone, "1")
    for digits in (("1", "4"), ("2", "3"), ("3", "2")):  # how often: seldom; when: evening; the second first line
        for digit in digits:
            [plan] = await clockless_hotline.say(phone, digit)

    assert asked.text.startswith(text("consent.follow_up", "lo"))
    assert before == []
    [made] = await _plans(clockless_hotline, chat_id)
    assert (made.matter_id, made.rhythm, made.hours, made.words) == (matter_id, Rhythm.RARELY, "evening", 2)
    assert text("follow_up.line.2", "lo") in plan.text
    assert await _allows(clockless_hotline, chat_id, Purpose.FOLLOW_UP)
    _check_first_lines(clockless_hotline.fake.sent)


async def test_stop_writing_works_in_one_tap(clockless_hotline: Hotline) -> None:
    phone, chat_id, _ = await _helped(clockless_hotline, "u:fs")
    await clockless_hotline.press(phone, "u:s")
    await clockless_hotline.say(phone, "1")
    await clockless_hotline.say(phone, "1")
    assert len(await _plans(clockless_hotline, chat_id)) == 1

    clockless_hotline.clock.advance(timedelta(minutes=1))
    [stopped] = await clockless_hotline.press(phone, "u:fs")

    assert stopped.text.startswith(text("matter.stopped_writing", "lo"))
    assert await _plans(clockless_hotline, chat_id) == []
    assert not await _allows(clockless_hotline, chat_id, Purpose.FOLLOW_UP)


async def _checked_in(hotline: Hotline) -> tuple[Phone, str]:
    """Somebody whose check-in was just asked."""
    phone, chat_id, _ = await _helped(hotline, "u:ci", "u:cl")
    await hotline.press(phone, "u:s")
    await hotline.say(phone, "1")
    await hotline.say(phone, "1")
    [plan] = await _plans(hotline, chat_id)
    hotline.clock.advance(timedelta(days=31))
    async with hotline.installation.database.write() as connection:
        await follow_up.asked(connection, plan, hotline.clock.now())
    return phone, chat_id


async def test_a_check_in_is_answered_with_one_tap(clockless_hotline: Hotline) -> None:
    phone, chat_id = await _checked_in(clockless_hotline)

    [question] = await clockless_hotline.press(phone, "u:ci")
    [glad] = await clockless_hotline.say(phone, "1")
    [again] = await clockless_hotline.press(phone, "u:ci")

    assert data_of(question) == ["u:cg", "u:cm", "u:cp", "u:fs"]
    assert glad.text.startswith(text("matter.glad", "lo"))
    [plan] = await _plans(clockless_hotline, chat_id)
    assert plan.next_at is not None
    assert again.text.startswith(text("matter.status", "lo"))


async def test_what_is_missing_leads_to_services_again(clockless_hotline: Hotline) -> None:
    phone, chat_id = await _checked_in(clockless_hotline)

    [_] = await clockless_hotline.press(phone, "u:ci")
    [what] = await clockless_hotline.say(phone, "2")
    [where] = await clockless_hotline.say(phone, "1")

    assert what.text == text("matter.what_is_missing", "lo")
    assert where.text.startswith(text("help.where", "lo", need=need_name("work_business", "lo")))
    [plan] = await _plans(clockless_hotline, chat_id)
    assert plan.next_at is not None


async def test_a_person_is_called_and_later_means_later(clockless_hotline: Hotline) -> None:
    phone, chat_id = await _checked_in(clockless_hotline)

    [later] = await clockless_hotline.press(phone, "u:cl")
    [plan] = await _plans(clockless_hotline, chat_id)
    clockless_hotline.clock.advance(timedelta(days=1, hours=1))
    async with clockless_hotline.installation.database.write() as connection:
        await follow_up.asked(connection, plan, clockless_hotline.clock.now())
    [_] = await clockless_hotline.press(phone, "u:ci")
    await clockless_hotline.say(phone, "3")

    assert later.text == text("matter.later", "lo")
    assert [one.reason for one in await clockless_hotline.alerts()].count("referral_asked_person") == 1


async def test_somebody_to_call_is_kept_only_with_a_yes_and_never_shown_again(clockless_hotline: Hotline) -> None:
    phone, chat_id, _ = await _helped(clockless_hotline, "u:p")

    [asked] = await clockless_hotline.press(phone, "u:p")
    for digit in ("1", "3", "2"):  # yes; a friend; about the sewing
        [number] = await clockless_hotline.say(phone, digit)
    [unclear] = (await clockless_hotline.say(phone, "ນາງ ນ້ອຍ"))[-1:]
    for digit in ("u:p:y", "u:p:friend", "u:p:friend:sewing"):
        await clockless_hotline.press(phone, digit)
    [kept] = await clockless_hotline.say(phone, "020 5550 0000 ນ້ອຍ (ຕົວຢ່າງ)")
    [there] = await clockless_hotline.press(phone, "u:p")

    assert asked.text.startswith(text("consent.second_contact", "lo"))
    assert number.text == text("matter.which_number", "lo")
    assert unclear.text != kept.text
    assert text("matter.line.we_only_say", "lo", said=text("follow_up.may_say.sewing", "lo")) in kept.text
    assert "5550" not in kept.text + there.text
    async with clockless_hotline.installation.database.read() as connection:
        assert await lost_number.has_contact(connection, chat_id)
    assert await _allows(clockless_hotline, chat_id, Purpose.SECOND_CONTACT)

    [_] = await clockless_hotline.press(phone, "u:p:x")
    async with clockless_hotline.installation.database.read() as connection:
        assert not await lost_number.has_contact(connection, chat_id)
    assert not await _allows(clockless_hotline, chat_id, Purpose.SECOND_CONTACT)


async def test_wishes_for_a_visit_are_changed_by_tapping(clockless_hotline: Hotline) -> None:
    phone, _, matter_id = await _helped(clockless_hotline, "u:v:{matter}")

    [first] = await clockless_hotline.press(phone, f"u:v:{matter_id}")
    [chosen] = await clockless_hotline.say(phone, "1")
    [second] = await clockless_hotline.say(phone, "3")
    [both] = await clockless_hotline.say(phone, "2")
    [out] = await clockless_hotline.press(phone, data_of(first)[0])

    assert text("matter.line.no_wishes", "lo") in first.text
    assert text("field.visit_wish.no_uniform", "lo") in chosen.text
    assert text("matter.line.wishes_with_next_yes", "lo") in chosen.text
    assert len(data_of(second)) == 4
    assert text("field.visit_wish.meet_elsewhere", "lo") in both.text
    assert text("field.visit_wish.no_uniform", "lo") not in out.text
