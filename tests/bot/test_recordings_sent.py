"""The recording of a text follows it on the phone, once, and never after somebody hid the chat."""

import pytest
from sqlalchemy import select, update

from tests.hotline import Hotline
from thangdee.casework.chats import chat
from thangdee.casework.content import recordings
from thangdee.casework.content.tables import recording
from thangdee.casework.transcripts import phone_message
from thangdee.core import outbox, words
from thangdee.core.recoded import Recoded

CARD = "crisis.danger_now"
CRY = "ช่วยด้วย มีคนขังฉันไว้ในห้อง"


@pytest.fixture(autouse=True)
def own_words():
    yield
    words.overlay({})


async def record(hotline: Hotline) -> None:
    async with hotline.installation.database.write() as connection:
        sound = Recoded(b"\xff\xf3 made up", seconds=4)
        one = await recordings.add(connection, CARD, "th", sound, "noy", hotline.clock.now())
        await recordings.publish(connection, one, "keo", hotline.clock.now())


def kinds(sent: list) -> list[str]:
    return ["voice" if one.media else "text" for one in sent]


async def test_the_recording_follows_its_text_and_is_sent_up_once(blind_hotline: Hotline) -> None:
    await record(blind_hotline)
    first, second = blind_hotline.phone("a"), blind_hotline.phone("b")

    assert kinds(await blind_hotline.say(first, CRY)) == ["text", "voice"]
    assert kinds(await blind_hotline.say(second, CRY)) == ["text", "voice"]

    async with blind_hotline.installation.database.read() as connection:
        file_id = (await connection.execute(select(recording.c.telegram_file_id))).scalar_one()
        standing = (await connection.execute(select(phone_message.c.message_id))).scalars().all()
    assert file_id
    assert len(standing) == 6  # so that hiding takes the voices off as well


async def test_who_hid_the_chat_hears_nothing_any_more(blind_hotline: Hotline) -> None:
    await record(blind_hotline)
    phone = blind_hotline.phone()
    await blind_hotline.say(phone, CRY)
    await blind_hotline.press(phone, "x:hide")
    async with blind_hotline.installation.database.write() as connection:
        body = {"to": phone.chat_id, "recording": (await connection.execute(select(recording.c.id))).scalar_one()}
        row = (await connection.execute(select(chat.c.id, chat.c.chat_key, chat.c.key_id))).one()
        vault, now = blind_hotline.installation.vault, blind_hotline.clock.now()
        late = {"lane": row.chat_key, "key_id": row.key_id, "kind": outbox.RECORDING, "body": body, "now": now}
        await outbox.post(connection, vault, **late)

    assert kinds(await blind_hotline.after(None, phone)) == []


async def test_a_name_that_telegram_forgot_is_replaced(blind_hotline: Hotline) -> None:
    await record(blind_hotline)
    async with blind_hotline.installation.database.write() as connection:
        await connection.execute(update(recording).values(telegram_file_id="forgotten"))

    assert kinds(await blind_hotline.say(blind_hotline.phone(), CRY)) == ["text", "voice"]
