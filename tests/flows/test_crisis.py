"""A cry for help: from every state, in every language, whatever is down (R52)."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.hotline import Hotline
from thangdee.casework import duty, roster
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chats, chat
from thangdee.casework.roster import Rank, Wanted
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Role
from thangdee.casework.transcripts import read
from thangdee.core.words import text

CRIES = {
    "lo": "ຂ້ອຍຖືກຂັງຢູ່ໃນຫ້ອງ ຊ່ວຍແດ່",
    "th": "ถูกขังอยู่ในห้อง ช่วยด้วย",
    "isan": "เขาขังข่อยไว้ในห้อง ซ่อยแหน่",
    "latin": "khoy thuk khang yu nai hong suay dae",
    "en": "I am locked in a room please help",
}
LANGUAGE = {"lo": "lo", "th": "th", "isan": "th", "latin": "lo", "en": "en"}
STATES = {
    "nothing yet": [],
    "start": ["/start"],
    "language asked": ["/start", "/language"],
    "consent asked": ["/start", ("l:lo",)],
    "no to keeping": ["/start", ("l:lo",), ("n:keep_chat",)],
    "deep in the menu": ["/start", ("l:lo",), ("y:keep_chat",), ("m:work",), ("m:trouble",)],
    "delete asked": ["/start", ("l:lo",), "/delete"],
    "deleted": ["/start", ("l:lo",), "/delete", ("y:delete",)],
    "hidden": ["/start", ("l:lo",), "/hide"],
    "person asked for": ["/start", ("l:lo",), "/menu", ("m:more",), ("m:help",), ("i:talk_to_human",)],
    "person called": [
        "/start",
        ("l:lo",),
        "/menu",
        ("m:more",),
        ("m:help",),
        ("i:talk_to_human",),
        ("y:talk_to_staff",),
    ],
}


def _is_card(sent) -> bool:
    return sent.text.split("\n")[0] in {text("crisis.danger_now", one).split("\n")[0] for one in ("lo", "th", "en")}


async def _bring_to(hotline: Hotline, state: str):
    phone = hotline.phone(state)
    for step in STATES[state]:
        await (hotline.press(phone, step[0]) if isinstance(step, tuple) else hotline.say(phone, step))
    return phone


@pytest.mark.parametrize("state", STATES)
async def test_crisis_from_every_state(blind_hotline: Hotline, state: str) -> None:
    phone = await _bring_to(blind_hotline, state)

    for cry in CRIES.values():
        sent = await blind_hotline.say(phone, cry)
        assert any(_is_card(one) for one in sent), (state, cry)

    assert (await blind_hotline.alerts())[0].urgency is Urgency.IMMEDIATE


@pytest.mark.parametrize("spoken", CRIES)
async def test_the_card_is_in_the_language_of_the_cry(blind_hotline: Hotline, spoken: str) -> None:
    phone = blind_hotline.phone()

    [card] = await blind_hotline.say(phone, CRIES[spoken])

    assert card.text.startswith(text("crisis.danger_now", LANGUAGE[spoken]))


@pytest.mark.parametrize(
    ("kind", "words"),
    [("self_harm", "ບໍ່ຢາກມີຊີວິດຢູ່ແລ້ວ ຢາກຕາຍ"), ("medical_emergency", "ลูกไม่หายใจแล้ว เลือดออกเยอะมาก")],
)
async def test_each_kind_has_its_own_card(blind_hotline: Hotline, kind: str, words: str) -> None:
    phone = blind_hotline.phone()

    [card] = await blind_hotline.say(phone, words)

    assert any(card.text.startswith(text(f"crisis.{kind}", one)) for one in ("lo", "th"))


async def test_the_button_and_the_number_of_the_button_bring_the_card(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=False)

    [by_button] = await blind_hotline.press(phone, "c:danger_now")
    await blind_hotline.say(phone, "/menu")
    [by_number] = await blind_hotline.say(phone, "4")
    await blind_hotline.say(phone, "/menu")
    [by_lao_number] = await blind_hotline.say(phone, "໔")

    assert _is_card(by_button)
    assert _is_card(by_number)
    assert _is_card(by_lao_number)


async def test_the_card_tells_truthfully_whether_a_person_is_there(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    [nobody] = await blind_hotline.say(phone, CRIES["lo"])
    async with blind_hotline.installation.database.write() as connection:
        await duty.start(connection, "noy", blind_hotline.clock.now() + timedelta(hours=1))
    [somebody] = await blind_hotline.say(phone, CRIES["lo"])

    assert text("crisis.duty_off", "lo") in nobody.text
    assert text("crisis.duty_on", "lo") in somebody.text


async def test_out_of_hours_every_text_that_names_a_person_says_when_one_is_planned(blind_hotline: Hotline) -> None:
    installation, now = blind_hotline.installation, blind_hotline.clock.now()
    async with installation.database.write() as connection:
        noy = await accounts.add(
            connection, installation.vault, name="noy", roles={Role.COUNSELLOR}, language="lo", now=now
        )
        wanted = Wanted(noy, now + timedelta(hours=17), now + timedelta(hours=25), Rank.FIRST)
        await roster.plan(connection, wanted, noy, now)
    said = {"lo": "ມື້ອື່ນ ວັນຈັນ ຕອນເຊົ້າ 8 ໂມງ (08:00)", "th": "พรุ่งนี้ วันจันทร์ 8 โมงเช้า (08:00 น.)"}
    lao, thai = blind_hotline.phone("lao"), blind_hotline.phone("thai")
    await blind_hotline.choose(lao, "lo", keep=True)
    await blind_hotline.choose(thai, "th", keep=True)

    [card] = await blind_hotline.say(lao, CRIES["lo"])
    [called] = await blind_hotline.press(lao, "i:talk_to_human")
    [voice] = await blind_hotline.after(thai.voice(), thai)

    assert text("crisis.duty_off_until", "lo", when=said["lo"]) in card.text
    assert text("crisis.duty_off", "lo") not in card.text
    assert called.text.endswith(text("person.planned", "lo", when=said["lo"]))
    assert voice.text.endswith(text("person.planned", "th", when=said["th"]))


async def test_staff_get_a_code_and_an_urgency_and_a_ladder(blind_hotline: Hotline) -> None:
    first, second = blind_hotline.fake.new_phone("first on call"), blind_hotline.fake.new_phone("supervisor")
    for staff in (first, second):
        await blind_hotline.after(staff.start(), staff)
    groups = (first.chat_id, second.chat_id)
    blind_hotline.installation.settings.__dict__["on_call_chats"] = groups
    phone = blind_hotline.phone()

    await blind_hotline.say(phone, CRIES["lo"])
    [alert] = await blind_hotline.alerts()
    told = [[sent.text for sent in await blind_hotline.after(None, first)]]
    for wait in (timedelta(seconds=61), timedelta(minutes=2), timedelta(minutes=8)):
        blind_hotline.clock.advance(wait)
        told.append([sent.text for one in (first, second) for sent in await blind_hotline.after(None, one)])

    notice = text("staff.alert", "en", code=alert.code, urgency=text("staff.urgency.immediate", "en"))
    assert told == [[notice], [notice], [notice], [notice, notice]]
    assert [len(blind_hotline.fake.sent_to(one)) for one in (first, second)] == [4, 3]


async def test_many_cries_of_one_chat_are_one_alert_that_counts(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()

    for cry in CRIES.values():
        await blind_hotline.say(phone, cry)

    [alert] = await blind_hotline.alerts()
    assert alert.times == len(CRIES)


async def test_the_words_of_a_cry_are_kept_for_staff_without_a_consent(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.say(phone, CRIES["lo"])
    await blind_hotline.after(phone.location(13.7, 100.5), phone)

    installation = blind_hotline.installation
    [alert] = await blind_hotline.alerts()
    async with installation.database.read() as connection:
        who = await Chats(connection, installation.vault).get(alert.chat_id)
        lines = await read(connection, installation.vault, who)
    assert [line.body.get("text") for line in lines if line.direction == "in"] == [CRIES["lo"], None]
    assert any(line.body.get("latitude") == 13.7 for line in lines)


async def test_bot_silent_while_a_person_holds_the_chat_even_in_a_crisis(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.say(phone, CRIES["lo"])
    async with blind_hotline.installation.database.write() as connection:
        await connection.execute(update(chat).values(held_by="noy"))

    silent = [await blind_hotline.say(phone, words) for words in (*CRIES.values(), "ສະບາຍດີ", "1", "/menu")]

    assert silent == [[]] * 8
    assert (await blind_hotline.alerts())[0].times == 6


async def test_flood_does_not_delay_crisis(blind_hotline: Hotline) -> None:
    noisy, girl = blind_hotline.phone("noisy"), blind_hotline.phone("girl")
    for number in range(300):
        noisy.text(f"ສະບາຍດີ {number}")
    girl.text(CRIES["lo"])

    card = await blind_hotline.fake.wait_for(lambda sent: sent.chat_id == girl.chat_id, timeout=20)
    done_before = len(blind_hotline.fake.sent_to(noisy))
    await blind_hotline.settle(60)

    assert _is_card(card)
    told = [sent.text for sent in blind_hotline.fake.sent_to(noisy)]
    assert told.count(text("chat.flood", "lo")) == 1
    assert done_before <= len(told) <= 22


async def test_flooder_in_danger_gets_the_card_first(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    for number in range(60):
        phone.text(f"ສະບາຍດີ {number}")
    phone.text(CRIES["th"])

    card = await blind_hotline.fake.wait_for(_is_card, timeout=20)

    assert len([sent for sent in blind_hotline.fake.sent_to(phone) if sent.at <= card.at]) <= 62
    await asyncio.wait_for(blind_hotline.settle(40), 45)


async def test_own_data_language_and_consent_are_obeyed_while_a_person_holds_the_chat(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=False)
    async with blind_hotline.installation.database.write() as connection:
        await connection.execute(update(chat).values(held_by="noy"))

    [question] = await blind_hotline.say(phone, "ລຶບ")
    kept = await blind_hotline.press(phone, "n:delete")
    [languages] = await blind_hotline.say(phone, "/language")
    digit = await blind_hotline.say(phone, "1")

    assert text("delete.ask", "lo") in question.text
    assert len(kept) == 1
    assert text("chat.ask_language", "lo") in languages.text
    assert digit == []


async def test_the_typed_number_of_the_button_brings_the_card_in_a_flood_too(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    for number in range(30):
        phone.text(f"ສະບາຍດີ {number}")
    await blind_hotline.after(None, phone)
    await blind_hotline.say(phone, "/menu")

    told = await blind_hotline.say(phone, "2")

    assert any(_is_card(sent) for sent in told)
