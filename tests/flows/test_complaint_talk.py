"""A complaint in the chat: by buttons alone, by words or by voice; nothing of it where the ones it is about look."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.casework.talks import a_colleague
from tests.hotline import Hotline
from thangdee.bot.simulator import Phone, Sent
from thangdee.casework import complaints, notices, transcripts
from thangdee.casework.chats import Chats, key_of
from thangdee.casework.complaint_rules import ANSWER_WITHIN, About, Complaint, HearsBy, State
from thangdee.casework.complaint_tables import complaint, complaint_count
from thangdee.casework.staff.roles import Role
from thangdee.core.words import LANGUAGES, text
from thangdee.flows.complaint_screens import day
from thangdee.processes.console import knock_for

WORDS = "ຄົນໃນທີມເວົ້າບໍ່ດີໃສ່ຂ້ອຍ ບໍ່ຟັງຂ້ອຍ"


def _data(sent: Sent) -> list[str]:
    return [str(button.data) for row in sent.buttons for button in row]


async def _open(hotline: Hotline, phone: Phone) -> list[Sent]:
    """Down the menu to "I was treated badly"."""
    await hotline.say(phone, "/menu")
    for data in ("m:more", "m:about", "m:service"):
        await hotline.press(phone, data)
    return await hotline.press(phone, "i:complaint")


def _beginning(sent: Sent, start: str) -> str:
    return next(one for one in _data(sent) if one.startswith(start))


async def _mine(hotline: Hotline, phone: Phone) -> list[Complaint]:
    here = hotline.installation
    async with here.database.read() as connection:
        who = await Chats(connection, here.vault).find(key_of(here.vault, phone.chat_id))
        assert who is not None
        return await complaints.of_person(connection, who.id)


async def _transcript(hotline: Hotline, phone: Phone) -> str:
    here = hotline.installation
    async with here.database.read() as connection:
        who = await Chats(connection, here.vault).find(key_of(here.vault, phone.chat_id))
        assert who is not None
        lines = await transcripts.read(connection, here.vault, who)
    return json.dumps([(line.body, line.intent) for line in lines], ensure_ascii=False)


async def _supervisor(hotline: Hotline, name: str = "free"):
    here, now = hotline.installation, hotline.clock.now()
    async with here.database.write() as connection:
        return await a_colleague(connection, here.vault, now, name, Role.SUPERVISOR)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_is_made_without_typing_and_the_day_is_told(blind_hotline: Hotline, language: str) -> None:
    supervisor = await _supervisor(blind_hotline)
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, language, keep=True)

    [whom] = await _open(blind_hotline, phone)
    [who] = await blind_hotline.press(phone, "k:a:authority")
    [what] = await blind_hotline.press(phone, _beginning(who, "k:f:"))
    [tell] = await blind_hotline.press(phone, _beginning(what, "k:m:"))
    [how] = await blind_hotline.press(phone, _beginning(tell, "k:x:"))
    [receipt] = await blind_hotline.press(phone, next(one for one in _data(how) if one.endswith(":chat")))

    [one] = await _mine(blind_hotline, phone)
    assert all("c:danger_now" in _data(screen) for screen in (whom, who, what, tell, how, receipt))
    assert all(len(_data(screen)) <= 4 for screen in (whom, who, what, tell, how, receipt))
    assert (one.about, one.state, one.may_tell, one.hears_by) == (About.AUTHORITY, State.NEW, False, HearsBy.CHAT)
    assert one.code in receipt.text
    assert day(one.created_at + ANSWER_WITHIN, language) in receipt.text
    assert text("complaints.line.not_told", language) in receipt.text
    async with blind_hotline.installation.database.read() as connection:
        assert [each.kind for each in await notices.newest(connection, supervisor.staff_id)] == ["complaint_new"]


async def test_a_complaint_about_one_of_us_stands_in_no_transcript_and_in_no_queue(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)
    await _open(blind_hotline, phone)
    await blind_hotline.press(phone, "k:u")
    before = await _transcript(blind_hotline, phone)

    await blind_hotline.press(phone, "k:a:staff")
    await blind_hotline.say(phone, "Noy")
    [got] = await blind_hotline.say(phone, WORDS)
    await blind_hotline.after(phone.voice(), phone)
    [how] = await blind_hotline.press(phone, _beginning(got, "k:t:"))
    await blind_hotline.press(phone, next(one for one in _data(how) if one.endswith(":none")))

    assert "complain" not in before
    assert await _transcript(blind_hotline, phone) == before
    assert await blind_hotline.alerts() == []
    [one] = await _mine(blind_hotline, phone)
    here = blind_hotline.installation
    async with here.database.read() as connection:
        said = await complaints.words_of(connection, here.vault, one)
    assert [(each.kind, each.body.get("text")) for each in said] == [("who", "Noy"), ("what", WORDS), ("what", None)]
    assert said[2].body["media"]


async def test_who_stops_halfway_is_heard_all_the_same(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)
    await _open(blind_hotline, phone)
    for data in ("k:u", "k:a:hotline"):
        await blind_hotline.press(phone, data)
    await blind_hotline.say(phone, WORDS)
    await blind_hotline.say(phone, "/menu")

    [one] = await _mine(blind_hotline, phone)
    assert one.state is State.NEW


async def test_without_a_yes_to_keep_it_only_counts(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=False)
    await _open(blind_hotline, phone)

    [question] = await blind_hotline.press(phone, "k:a:provider")
    [counted] = await blind_hotline.press(phone, "n:keep_chat")

    assert text("consent.keep_chat", "lo") in question.text
    assert counted.text == text("complaints.counted", "lo")
    async with blind_hotline.installation.database.read() as connection:
        assert (await connection.execute(select(complaint.c.id))).all() == []
        assert (await connection.execute(select(complaint_count.c.about))).scalars().all() == ["provider"]


async def test_a_yes_to_keep_goes_on_where_it_was(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "th", keep=False)
    await _open(blind_hotline, phone)
    await blind_hotline.press(phone, "k:a:provider")
    blind_hotline.clock.advance(timedelta(seconds=1))  # of two answers at one instant the no counts

    *_, who = await blind_hotline.press(phone, "y:keep_chat")

    assert who.text == text("complaints.who_provider", "th")


async def test_a_cry_wins_over_an_open_question(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "th", keep=True)
    await _open(blind_hotline, phone)
    for data in ("k:u", "k:a:hotline"):
        await blind_hotline.press(phone, data)

    [card] = await blind_hotline.say(phone, "ช่วยด้วย มีคนขังฉันไว้ในห้อง")

    assert card.text.startswith(text("crisis.danger_now", "th"))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_answer_reaches_the_person_in_her_language_behind_a_neutral_line(
    blind_hotline: Hotline, language: str
) -> None:
    here = blind_hotline.installation
    supervisor = await _supervisor(blind_hotline)
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, language, keep=True)
    await _open(blind_hotline, phone)
    for data in ("k:u", "k:a:hotline"):
        await blind_hotline.press(phone, data)
    await blind_hotline.say(phone, WORDS)
    [one] = await _mine(blind_hotline, phone)
    now = blind_hotline.clock.now()
    async with here.database.write() as connection:
        await complaints.take(connection, here.vault, one.id, supervisor, now)
        made = await complaints.answer(
            connection, here.vault, one.id, supervisor, "made up answer", now, how=HearsBy.CHAT
        )
        who = await Chats(connection, here.vault).get(one.chat_id)
        assert who is not None
        await knock_for(here)(connection, who, made, now)

    [knock] = await blind_hotline.after(None, phone)
    [answer] = await blind_hotline.press(phone, _beginning(knock, "k:v:"))

    assert knock.text == text("complaints.knock", language)
    assert answer.text == f"{text('complaints.answer', language)}\n\nmade up answer"
    [one] = await _mine(blind_hotline, phone)
    assert one.heard_at is not None
    await _open(blind_hotline, phone)
    [standing] = await blind_hotline.press(phone, "k:s")
    assert one.code in standing.text
    assert "made up answer" not in await _transcript(blind_hotline, phone)


async def test_an_answer_that_waits_for_the_morning_keeps_nobody_waiting_who_writes_at_night(
    blind_hotline: Hotline,
) -> None:
    here = blind_hotline.installation
    supervisor = await _supervisor(blind_hotline)
    phone = blind_hotline.phone()
    blind_hotline.clock.time = blind_hotline.clock.time.replace(hour=16)  # eleven at night in Laos
    await blind_hotline.choose(phone, "lo", keep=True)
    await _open(blind_hotline, phone)
    for data in ("k:u", "k:a:hotline"):
        await blind_hotline.press(phone, data)
    await blind_hotline.say(phone, WORDS)
    [one] = await _mine(blind_hotline, phone)
    async with here.database.write() as connection:
        now = blind_hotline.clock.now()
        await complaints.take(connection, here.vault, one.id, supervisor, now)
        made = await complaints.answer(connection, here.vault, one.id, supervisor, "made up", now, how=HearsBy.CHAT)
        who = await Chats(connection, here.vault).get(one.chat_id)
        assert who is not None
        await knock_for(here)(connection, who, made, now)

    at_night = await blind_hotline.say(phone, "/menu")
    blind_hotline.clock.advance(timedelta(hours=10))
    in_the_morning = await blind_hotline.after(None, phone)

    assert len(at_night) == 1
    assert at_night[0].text != text("complaints.knock", "lo")
    assert [one.text for one in in_the_morning] == [text("complaints.knock", "lo")]
