"""Receiving: commit first, acknowledge after; dedupe as a set; a card from memory when the database is away."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from tests.clock import SetClock
from tests.hotline import TOKEN, Hotline
from thangdee.bot.polling import _take_all
from thangdee.bot.receive import Receiver
from thangdee.bot.simulator import FakeTelegram, create_app, serve
from thangdee.bot.webhook import PATH, webhook_app
from thangdee.casework import conversations
from thangdee.casework.chats import Chats
from thangdee.core import jobs
from thangdee.core.database import Database
from thangdee.core.errors import StoreAwayError
from thangdee.core.jobs import Queue, job
from thangdee.core.words import text
from thangdee.flows.crisis import crisis_kind
from thangdee.processes.wiring import Installation, make_bot

SECRET = "s" * 32


class AwayDatabase(Database):
    """A database that can be switched off like a server that died."""

    is_away = False

    def write(self):
        if self.is_away:
            raise StoreAwayError("switched off")
        return super().write()


def message(update_id: object, words: str, chat_id: int = 5) -> dict:
    return {
        "update_id": update_id,
        "message": {
            "message_id": 1,
            "date": 1,
            "chat": {"id": chat_id, "type": "private"},
            "from": {"id": chat_id, "first_name": "Sample", "is_bot": False},
            "text": words,
        },
    }


@pytest.fixture
async def edge(installation: Installation, clock: SetClock):
    """Receiver, its webhook, its database and the fake Telegram behind it."""
    fake = FakeTelegram(now=clock.now, seed=3)
    async with serve(create_app(fake)) as url:
        settings = installation.settings.model_copy(
            update={"telegram_token": SecretStr(TOKEN), "telegram_api": url, "on_call_chats": ()}
        )
        installation = replace(installation, settings=settings, database=AwayDatabase(settings.database))
        bot, bot_id = make_bot(settings)
        receiver = Receiver(
            bot=bot, bot_id=bot_id, database=installation.database, vault=installation.vault, clock=clock,
            crisis_kind=crisis_kind, outward=installation.outward(), figures=lambda: installation.shown, on_call=(),
        )  # fmt: skip
        yield fake, receiver, installation
        await installation.database.close()


async def _inbox(installation: Installation) -> list[str]:
    async with installation.database.read() as connection:
        rows = await connection.execute(select(job.c.dedupe).where(job.c.queue == Queue.INBOX).order_by(job.c.id))
        return [str(one).partition(":")[2] for one in rows.scalars()]


async def _post(receiver: Receiver, body: bytes, secret: str = SECRET) -> int:
    app = webhook_app(receiver, SECRET, lambda: None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hotline") as client:
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        return (await client.post(PATH, content=body, headers=headers)).status_code


async def test_ack_only_after_commit(edge) -> None:
    _, receiver, installation = edge

    installation.database.is_away = True
    refused = await _post(receiver, json.dumps(message(1, "ສະບາຍດີ")).encode())
    installation.database.is_away = False
    taken = await _post(receiver, json.dumps(message(1, "ສະບາຍດີ")).encode())

    assert (refused, taken) == (503, 200)
    assert await _inbox(installation) == ["1"]


async def test_a_wrong_secret_is_refused_and_nothing_stored(edge) -> None:
    _, receiver, installation = edge

    status = await _post(receiver, json.dumps(message(1, "ສະບາຍດີ")).encode(), secret="wrong")

    assert status == 403
    assert await _inbox(installation) == []


@pytest.mark.parametrize(("body", "status"), [(b"x" * 1_000_001, 413), (b"{", 400), (b"[" * 100_000, 400)])
async def test_a_body_that_is_no_update_is_refused(edge, body: bytes, status: int) -> None:
    _, receiver, _ = edge

    assert await _post(receiver, body) == status


async def test_update_id_dedupe_and_random_jump(edge) -> None:
    _, receiver, installation = edge

    for number in (900, 901, 12, 901, 13, 900, 2**31, 12):
        await receiver.take(message(number, "ສະບາຍດີ"))

    assert await _inbox(installation) == ["900", "901", "12", "13", str(2**31)]


async def test_db_down_never_returns_200(edge) -> None:
    fake, receiver, installation = edge
    girl = fake.new_phone("girl", token=TOKEN)
    girl.text("ສະບາຍດີ")
    installation.database.is_away = True
    cry = json.dumps(message(77, "ถูกขังอยู่ในห้อง ช่วยด้วย", girl.chat_id)).encode()

    statuses = [await _post(receiver, cry) for _ in range(3)]

    assert statuses == [503, 503, 503]
    assert [sent.text.split("\n")[0] for sent in fake.sent_to(girl)] == [text("crisis.danger_now", "th").split("\n")[0]]
    assert text("crisis.duty_on", "th") not in fake.sent_to(girl)[0].text


async def test_after_an_outage_the_cry_is_stored_and_alerted_and_the_card_not_repeated(edge) -> None:
    fake, receiver, installation = edge
    girl = fake.new_phone("girl", token=TOKEN)
    girl.text("ສະບາຍດີ")
    cry = message(77, "ถูกขังอยู่ในห้อง ช่วยด้วย", girl.chat_id)
    installation.database.is_away = True
    with pytest.raises(StoreAwayError):
        await receiver.take(cry)
    installation.database.is_away = False
    await receiver.take(cry)

    async with installation.database.read() as connection:
        kinds = (await connection.execute(select(job.c.queue, func.count()).group_by(job.c.queue))).all()

    assert await _inbox(installation) == ["77"]
    assert dict(kinds).get(Queue.OUTBOX, 0) == 0
    assert dict(kinds)[Queue.CLOCK] == 3


async def test_groups_and_channels_are_acknowledged_and_left_alone(edge) -> None:
    fake, receiver, installation = edge
    update = message(5, "ถูกขังอยู่ในห้อง ช่วยด้วย")
    update["message"]["chat"]["type"] = "supergroup"

    await receiver.take(update)

    assert await _inbox(installation) == ["5"]
    assert fake.sent == []


async def test_polling_goes_on_in_order_after_the_ids_jumped(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    told = []
    for down in (False, True, False):
        told += await blind_hotline.say(phone, "/menu")
        blind_hotline.fake.jump_update_id(down=down)
        await asyncio.sleep(0)

    assert len(told) == 3
    assert blind_hotline.fake.pending() == 0


def _counting(database):
    """The same database, which counts its transactions."""
    real, counted = database.write, []

    @asynccontextmanager
    async def write():
        counted.append(1)
        async with real() as connection:
            yield connection

    database.write = write
    return counted


async def test_a_batch_is_one_transaction_and_confirmed_to_its_end(edge) -> None:
    _, receiver, installation = edge
    transactions = _counting(installation.database)

    confirmed = await _take_all(receiver, [message(number, "ສະບາຍດີ", chat_id=number) for number in range(50, 70)])

    assert confirmed == 70
    assert len(transactions) == 1
    assert await _inbox(installation) == [str(number) for number in range(50, 70)]


async def test_what_cannot_be_read_or_stored_does_not_hold_up_the_rest(edge) -> None:
    _, receiver, installation = edge
    nested = message(3, "x")
    nested["message"]["text"] = "\ud800 half a letter"
    batch = [message(1, "ສະບາຍດີ"), "no update", {"update_id": 2, "strange": {}}, nested, message(4, "ສະບາຍດີ")]

    await receiver.take_all(batch)

    assert set(await _inbox(installation)) >= {"1", "2", "3", "4"}


async def test_with_the_store_away_every_cry_of_a_batch_gets_its_card(edge) -> None:
    fake, receiver, installation = edge
    phones = [fake.new_phone(f"sample {number}") for number in range(3)]
    for phone in phones:
        phone.chat.opened = True
    words = ["ສະບາຍດີ", "/sos", "/sos"]
    batch = [
        message(number, said, phone.chat_id) for number, (phone, said) in enumerate(zip(phones, words, strict=True))
    ]

    installation.database.is_away = True
    with pytest.raises(StoreAwayError):
        await receiver.take_all(batch)

    assert [sent.chat_id for sent in fake.sent] == [phone.chat_id for phone in phones[1:]]


async def test_who_talks_with_staff_does_not_wait_behind_the_bots_people(edge) -> None:
    _, receiver, installation = edge
    now = installation.clock.now()
    await receiver.take(message(1, "ສະບາຍດີ", chat_id=101))
    async with installation.database.write() as connection:
        held = await Chats(connection, installation.vault).of(101, now)
        await conversations.take_over(connection, installation.vault, held.id, "noy", now)
    await receiver.take_all([message(2, "ສະບາຍດີ", chat_id=102), message(3, "ສະບາຍດີ", chat_id=103)])
    await receiver.take(message(4, "ສະບາຍດີ", chat_id=101))

    taken = []
    for _ in range(4):  # one at a time: within a chat in the order in which it was written
        async with installation.database.write() as connection:
            [one] = await jobs.claim(connection, Queue.INBOX, now=now, taken_by="test", limit=1)
            number = select(job.c.position).where(job.c.id == one.id)
            taken.append((await connection.execute(number)).scalar_one())
            await jobs.finish(connection, one, now)

    assert taken == [1, 4, 2, 3]
