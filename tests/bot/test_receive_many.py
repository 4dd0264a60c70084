"""A batch from Telegram: committed together, nobody's message held up by another's, staff's people first."""

from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select

from tests.bot.test_receive import edge, message  # noqa: F401 - a fixture
from thangdee.bot.polling import _take_all
from thangdee.casework import conversations
from thangdee.casework.chats import Chats, chat
from thangdee.core import jobs
from thangdee.core.errors import StoreAwayError
from thangdee.core.jobs import Queue, job


async def inbox(installation) -> list[str]:
    async with installation.database.read() as connection:
        rows = await connection.execute(select(job.c.dedupe).where(job.c.queue == Queue.INBOX).order_by(job.c.id))
        return [str(one).partition(":")[2] for one in rows.scalars()]


def counting(database):
    """The same database, which counts its transactions."""
    real, counted = database.write, []

    @asynccontextmanager
    async def write():
        counted.append(1)
        async with real() as connection:
            yield connection

    database.write = write
    return counted


async def test_a_batch_is_one_transaction_and_confirmed_to_its_end(edge) -> None:  # noqa: F811
    _, receiver, installation = edge
    transactions = counting(installation.database)

    confirmed = await _take_all(receiver, [message(number, "ສະບາຍດີ", chat_id=number) for number in range(50, 70)])

    assert confirmed == 70
    assert len(transactions) == 1
    assert await inbox(installation) == [str(number) for number in range(50, 70)]


async def test_what_cannot_be_read_or_stored_does_not_hold_up_the_rest(edge) -> None:  # noqa: F811
    _, receiver, installation = edge
    nested = message(3, "x")
    nested["message"]["text"] = "\ud800 half a letter"
    batch = [message(1, "ສະບາຍດີ"), "no update", {"update_id": 2, "strange": {}}, nested, message(4, "ສະບາຍດີ")]

    await receiver.take_all(batch)

    assert set(await inbox(installation)) >= {"1", "2", "3", "4"}


async def test_with_the_store_away_every_cry_of_a_batch_gets_its_card(edge) -> None:  # noqa: F811
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


async def test_who_talks_with_staff_does_not_wait_behind_the_bots_people(edge) -> None:  # noqa: F811
    _, receiver, installation = edge
    now = installation.clock.now()
    for number in range(5):
        await receiver.take(message(number, "ສະບາຍດີ", chat_id=100 + number))
    async with installation.database.write() as connection:
        held = await Chats(connection, installation.vault).of(104, now)
        await conversations.take_over(connection, installation.vault, held.id, "noy", now)
    await receiver.take(message(5, "ສະບາຍດີ", chat_id=104))

    taken = []
    for _ in range(6):  # one at a time: within a chat in the order in which it was written
        async with installation.database.write() as connection:
            [one] = await jobs.claim(connection, Queue.INBOX, now=now, taken_by="test", limit=1)
            number = select(job.c.position, chat.c.held_by).join(chat, chat.c.key_id == job.c.key_id)
            taken.append((await connection.execute(number.where(job.c.id == one.id))).one().position)
            await jobs.finish(connection, one, now)

    assert taken == [4, 5, 0, 1, 2, 3]
