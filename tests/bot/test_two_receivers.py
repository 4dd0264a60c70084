"""Two processes that were handed the same updates do not wait for each other, nor for a turn under way (R45)."""

import asyncio
from dataclasses import replace

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from tests.bot.test_receive import message
from tests.hotline import TOKEN
from thangdee.bot.receive import Receiver
from thangdee.casework.chats import Chats
from thangdee.core import jobs
from thangdee.core.database import Database
from thangdee.core.jobs import Queue, job
from thangdee.flows.crisis import crisis_kind
from thangdee.processes.wiring import Installation, make_bot

_SOON = 10  # seconds; who waits for a lock waits for ever here
_A_CHAT, _ANOTHER = 5, 6
pytestmark = pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)  # SQLite has one writer


def _receiver(installation: Installation, database: Database) -> Receiver:
    settings = installation.settings.model_copy(update={"telegram_token": SecretStr(TOKEN)})
    here = replace(installation, settings=settings, database=database)
    bot, bot_id = make_bot(settings)
    return Receiver(
        bot=bot, bot_id=bot_id, database=database, vault=here.vault, clock=here.clock, crisis_kind=crisis_kind,
        outward=here.outward(), figures=lambda: here.shown, on_call=(),
    )  # fmt: skip


async def test_updates_that_come_again_do_not_wait_for_the_turn_that_handles_them(
    installation: Installation, database: Database
) -> None:
    receiver, now = _receiver(installation, database), installation.clock.now()
    await receiver.take_all([message(1, "ສະບາຍດີ", _A_CHAT)])

    async with database.write() as turn:
        [taken] = await jobs.claim(turn, Queue.INBOX, now=now, taken_by="test", limit=1)
        await jobs.finish(turn, taken, now)
        batch = [message(2, "ສະບາຍດີ", _ANOTHER), message(1, "ສະບາຍດີ", _A_CHAT)]
        await asyncio.wait_for(receiver.take_all(batch), _SOON)
        await asyncio.wait_for(Chats(turn, installation.vault).of(_ANOTHER, now), _SOON)

    assert await _numbers(database) == [1, 2]


async def test_two_receivers_with_the_same_updates_in_another_order_store_each_once(
    installation: Installation, database: Database
) -> None:
    one, other = (_receiver(installation, database) for _ in range(2))
    chats = [(number, 100 + number % 20) for number in range(200)]
    await one.take_all([message(1000 + chat, "ສະບາຍດີ", 100 + chat) for chat in range(20)])

    for start in range(0, 200, 20):
        batch = [message(number, "ສະບາຍດີ", chat) for number, chat in chats[start : start + 20]]
        both = asyncio.gather(one.take_all(batch), other.take_all(batch[10:] + batch[:10]))
        await asyncio.wait_for(both, _SOON)

    assert await _numbers(database) == [*range(200), *range(1000, 1020)]


async def _numbers(database: Database) -> list[int]:
    async with database.read() as connection:
        rows = await connection.execute(select(job.c.position).where(job.c.queue == Queue.INBOX))
        assert (await connection.execute(select(func.count()).where(job.c.attempts > 1))).scalar() == 0
        return sorted(rows.scalars())
