"""A phone that somebody else may pick up: hiding (R53), sweeping (R54)."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.hotline import Hotline
from thangdee.bot.simulator import Phone
from thangdee.casework.chats import chat
from thangdee.core.words import text

CRY = "ຂ້ອຍຖືກຂັງຢູ່ໃນຫ້ອງ ຊ່ວຍແດ່"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HIDING = [text("hidden.how_to_clear", "lo"), text("hidden.menu", "lo")]


def _screen(phone: Phone) -> list[str]:
    return phone.screen().texts


def _oldest(hotline: Hotline, phone: Phone) -> timedelta:
    messages = phone.screen().messages
    return max((hotline.clock.now() - one.at for one in messages), default=timedelta(0))


def _calls(hotline: Hotline) -> list[list[int]]:
    return [
        ids if isinstance(ids := call.payload["message_ids"], list) else json.loads(ids)
        for call in hotline.fake.calls
        if call.method == "deleteMessages"
    ]


async def test_hide_deletes_every_id_under_48h(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)
    await blind_hotline.say(phone, "too old to be deleted")
    old = _screen(phone)
    await blind_hotline.stop("worker")
    blind_hotline.clock.advance(48 * HOUR + MINUTE)
    await blind_hotline.say(phone, "47 hours old")
    blind_hotline.clock.advance(47 * HOUR)
    for number in range(250):
        phone.text(f"ສະບາຍດີ {number}")
    await blind_hotline.settle(60)
    young = {one.message_id for one in phone.screen().messages[len(old) :]}

    await blind_hotline.say(phone, "/hide")

    assert _screen(phone) == old + HIDING
    assert len(young) > 250
    assert {one for ids in _calls(blind_hotline) for one in ids} >= young
    assert [len(ids) for ids in _calls(blind_hotline)][:2] == [100, 100]
    assert max(len(ids) for ids in _calls(blind_hotline)) == 100


@pytest.mark.parametrize("way", ["/hide", "ຊ່ອນ", "ເຊື່ອງ", "ซ่อน", "HIDE", " hide ", ("x:hide",)])
async def test_hide_by_command_own_word_and_button(blind_hotline: Hotline, way: str | tuple[str]) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)
    await blind_hotline.say(phone, CRY)

    await (blind_hotline.press(phone, way[0]) if isinstance(way, tuple) else blind_hotline.say(phone, way))

    assert _screen(phone) == HIDING


async def test_replies_still_on_their_way_are_hidden_too(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)
    blind_hotline.fake.fail_next("sendMessage", phone.chat_id, retry_after=20)
    phone.text("/menu")
    phone.text("/delete")
    await blind_hotline.say(phone, "/hide")
    waiting = _screen(phone)

    blind_hotline.clock.advance(timedelta(seconds=21))
    await blind_hotline.settle()

    assert waiting[-1] == "/hide"
    assert _screen(phone) == HIDING


async def test_one_message_that_cannot_be_deleted_spoils_nothing(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)
    blind_hotline.fake.fail_next("deleteMessages", phone.chat_id, times=2, status=400)

    await blind_hotline.say(phone, "/hide")

    assert _screen(phone) == HIDING


async def test_hiding_waits_for_telegram_and_then_happens(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)
    blind_hotline.fake.fail_next("deleteMessages", phone.chat_id, times=3, status=502)
    await blind_hotline.say(phone, "/hide")

    for _ in range(4):
        blind_hotline.clock.advance(timedelta(seconds=10))
        await blind_hotline.settle()

    assert _screen(phone) == HIDING


async def test_what_was_said_before_a_deletion_can_still_be_hidden(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)
    await blind_hotline.say(phone, CRY)
    await blind_hotline.say(phone, "/delete")
    await blind_hotline.press(phone, "y:delete")

    [*_, last] = await blind_hotline.press(phone, "x:hide")

    assert _screen(phone) == HIDING
    assert last.text == HIDING[-1]


async def test_the_phrasebook_works_by_buttons_and_numbers(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "th", keep=True)
    await blind_hotline.say(phone, "/hide")

    by_button = [
        (await blind_hotline.press(phone, f"h:{page}"))[0] for page in ("greetings", "numbers", "food", "clear")
    ]
    by_number = [(await blind_hotline.say(phone, str(number)))[0] for number in (1, 2, 3, 4)]

    pages = [text(f"hidden.page.{page}", "th") for page in ("greetings", "numbers", "food")]
    assert [sent.text for sent in by_button] == [*pages, text("hidden.how_to_clear", "th")]
    assert [sent.text for sent in by_number] == [sent.text for sent in by_button]
    datas = {button.data for sent in by_button for row in sent.buttons for button in row}
    assert {data.partition(":")[0] for data in datas} == {"h"}


async def test_a_stranger_who_writes_sees_only_the_phrasebook(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)
    await blind_hotline.say(phone, "/hide")

    told = [await blind_hotline.say(phone, words) for words in ("ໃຜນີ້", "สวัสดี", "who is this?", "123456", "9", "🙂")]

    assert [[sent.text for sent in one] for one in told] == [[text("hidden.menu", "lo")]] * 6


async def test_a_cry_still_brings_the_card_and_staff(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)
    await blind_hotline.say(phone, "/hide")

    [card] = await blind_hotline.say(phone, CRY)

    assert card.text.startswith(text("crisis.danger_now", "lo"))
    assert [one.reason for one in await blind_hotline.alerts()] == ["danger_now"]


@pytest.mark.parametrize(
    ("words", "back"), [("/start", "chat.welcome"), ("/menu", "menu.root.title"), ("ເມນູ", "menu.root.title")]
)
async def test_who_knows_the_word_comes_back(blind_hotline: Hotline, words: str, back: str) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)
    await blind_hotline.say(phone, "/hide")

    [told] = await blind_hotline.say(phone, words)
    [after] = await blind_hotline.say(phone, "ສະບາຍດີ")

    assert text(back, "lo") in told.text
    assert after.text != text("hidden.menu", "lo")


async def test_hiding_one_phone_leaves_the_others(blind_hotline: Hotline) -> None:
    phone, other = blind_hotline.phone("one"), blind_hotline.phone("other")
    await blind_hotline.choose(phone, "lo", keep=True)
    await blind_hotline.choose(other, "lo", keep=True)
    before = _screen(other)

    await blind_hotline.say(phone, "/hide")

    assert _screen(other) == before


# --- R54 ----------------------------------------------------------------------------------------------------


async def test_nothing_sensitive_reaches_48h(blind_hotline: Hotline) -> None:
    """Days pass, people write now and then; nothing stands on a phone much longer than 12 hours."""
    talker, crying, deleter = (blind_hotline.phone(name) for name in ("talker", "crying", "deleter"))
    for phone in (talker, crying, deleter):
        await blind_hotline.choose(phone, "lo", keep=phone is talker)
    oldest = []
    for hours in range(0, 60, 4):
        if hours % 8 == 0:
            talker.text("/menu")
        if hours in (4, 36):
            crying.text(CRY)
        if hours == 8:
            await blind_hotline.say(deleter, "/delete")
            await blind_hotline.press(deleter, "y:delete")
        await blind_hotline.settle()
        blind_hotline.clock.advance(4 * HOUR)
        await blind_hotline.round()
        oldest += [_oldest(blind_hotline, phone) for phone in (talker, crying, deleter)]

    assert max(oldest) < 13 * HOUR
    assert max(oldest) >= 8 * HOUR
    assert _screen(deleter) == []


async def test_nothing_sensitive_reaches_48h_when_the_worker_was_away(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)
    await blind_hotline.stop("worker")
    blind_hotline.clock.advance(46 * HOUR)
    before = _screen(phone)

    await blind_hotline.round()

    assert len(before) > 3
    assert _screen(phone) == []


async def test_nothing_sensitive_reaches_48h_when_telegram_was_away_for_a_day(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)
    blind_hotline.fake.fail_next("deleteMessages", times=100_000, status=502)
    for _ in range(20):
        blind_hotline.clock.advance(2 * HOUR)
        await blind_hotline.round()
    before = _screen(phone)
    blind_hotline.fake.faults.waiting.clear()

    for _ in range(3):
        blind_hotline.clock.advance(11 * MINUTE)
        await blind_hotline.round()

    assert len(before) > 3
    assert _screen(phone) == []


async def test_hiding_works_while_a_person_of_the_desk_talks_and_the_bot_stays_silent(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)
    async with blind_hotline.installation.database.write() as connection:
        await connection.execute(update(chat).values(held_by="noy"))

    told = await blind_hotline.say(phone, "/hide")

    assert told == []
    assert _screen(phone) == []
