"""What became of a message of staff: sent, failed with why, blocked; sent again once; never twice by a double click."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from telegram.error import BadRequest, Forbidden, TimedOut

from tests.casework.talks import a_chat, queued, take
from thangdee.bot.deliver import Deliverer
from thangdee.bot.pace import Unpaced
from thangdee.casework import conversations, delivery, typing_shown
from thangdee.casework.chats import Chats
from thangdee.casework.conversations import Outcome
from thangdee.casework.delivery import NothingToResendError, SendingState
from thangdee.core import changes, dead_letters, jobs
from thangdee.core.jobs import Queue
from thangdee.core.outbox import STAFF_WORDS
from thangdee.core.words import text

WORDS = "ສະບາຍດີ ຂ້ອຍຢູ່ນີ້"


class Telegram:
    """Stands for Telegram's servers: refuses with what it is told to, else remembers what was sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.typing: list[int] = []
        self.refusal: Exception | None = None

    async def send_message(self, _to, words, **_rest):
        if self.refusal is not None:
            raise self.refusal
        self.sent.append(words)
        return self

    async def send_chat_action(self, to, _action):
        if self.refusal is not None:
            raise self.refusal
        self.typing.append(to)

    @property
    def message_id(self) -> int:
        return len(self.sent)


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
async def talk(database, vault, clock, telegram):
    """A chat that "noy" holds; the greeting went out."""
    async with database.write() as connection:
        made = await a_chat(connection, vault, clock.now())
    await take(database, vault, made.id, "noy", clock.now())
    await _deliver(database, vault, clock, telegram)
    return made


async def _deliver(database, vault, clock, telegram) -> None:
    """Everything that is due."""
    deliverer = Deliverer(bot=telegram, database=database, vault=vault, clock=clock, pace=Unpaced())
    while True:
        async with database.write() as connection:
            taken = await jobs.claim(connection, Queue.OUTBOX, now=clock.now(), taken_by="test", limit=5)
        if not taken:
            return
        for job in taken:
            await deliverer.take(job)


async def _say(database, vault, clock, talk, words=WORDS, token="") -> Outcome:
    async with database.write() as connection:
        return await conversations.reply(connection, vault, talk.id, "noy", words, clock.now(), token=token)


async def _last(database, vault, talk) -> delivery.Sending:
    async with database.read() as connection:
        read = await conversations.read(connection, vault, talk.id)
    return read.sendings[read.lines[-1].id]


async def test_a_message_is_under_way_then_sent(database, vault, clock, talk, telegram) -> None:
    await _say(database, vault, clock, talk)
    before = await _last(database, vault, talk)
    await _deliver(database, vault, clock, telegram)

    assert (before.state, (await _last(database, vault, talk)).state) == (SendingState.WAITING, SendingState.SENT)


@pytest.mark.parametrize(
    ("refusal", "state", "why"),
    [
        (Forbidden("blocked by the user"), SendingState.BLOCKED, None),
        (BadRequest("chat not found"), SendingState.FAILED, "badrequest"),
        (TimedOut(), SendingState.WAITING, "timedout"),
    ],
)
async def test_what_did_not_go_out_says_why(database, vault, clock, talk, telegram, refusal, state, why) -> None:
    telegram.refusal = refusal
    await _say(database, vault, clock, talk)
    await _deliver(database, vault, clock, telegram)

    failed = await _last(database, vault, talk)
    assert (failed.state, failed.error_code, failed.tries) == (state, why, 1)


async def test_a_failed_message_is_sent_again_once_however_often_it_is_asked(
    database, vault, clock, talk, telegram
) -> None:
    telegram.refusal = BadRequest("no")
    await _say(database, vault, clock, talk)
    await _deliver(database, vault, clock, telegram)
    failed, telegram.refusal = await _last(database, vault, talk), None

    async def again() -> bool:
        try:
            async with database.write() as connection:
                whose = await Chats(connection, vault).get(talk.id)
                await delivery.resend(connection, vault, whose, failed.job_uid, clock.now())
        except NothingToResendError:
            return False
        return True

    assert sorted(await asyncio.gather(*(again() for _ in range(4)))) == [False, False, False, True]
    await _deliver(database, vault, clock, telegram)

    assert telegram.sent == [text("person.joined", "lo"), WORDS]
    assert (await _last(database, vault, talk)).state is SendingState.SENT
    async with database.read() as connection:
        assert await dead_letters.newest(connection) == []
    assert not await again()


async def test_a_form_that_is_sent_twice_sends_once(database, vault, clock, talk, telegram) -> None:
    outcomes = await asyncio.gather(*(_say(database, vault, clock, talk, token="one-form") for _ in range(3)))
    assert await _say(database, vault, clock, talk, token="next-form") is Outcome.SENT
    await _deliver(database, vault, clock, telegram)

    assert sorted(outcomes) == [Outcome.REPEATED, Outcome.REPEATED, Outcome.SENT]
    assert telegram.sent.count(WORDS) == 2
    async with database.read() as connection:
        read = await conversations.read(connection, vault, talk.id)
    assert [line.body for line in read.lines].count({"text": WORDS}) == 2


async def test_without_a_yes_a_failure_is_shown_beside_the_transcript(database, vault, clock, telegram) -> None:
    async with database.write() as connection:
        silent = await Chats(connection, vault).of(99, clock.now())
    await take(database, vault, silent.id, "noy", clock.now())
    telegram.refusal = BadRequest("no")
    await _deliver(database, vault, clock, telegram)

    async with database.read() as connection:
        read = await conversations.read(connection, vault, silent.id)
    assert (read.lines, [one.state for one in read.not_kept]) == ((), [SendingState.FAILED])


async def test_open_pages_hear_at_once_what_became_of_a_message(installation, clock, telegram) -> None:
    database, vault = installation.database, installation.vault  # SQLite, where hints are rows
    async with database.write() as connection:
        made = await a_chat(connection, vault, clock.now())
    await take(database, vault, made.id, "noy", clock.now())
    telegram.refusal = BadRequest("no")
    async with database.write() as connection:
        await connection.execute(changes.change.delete())
    await _deliver(database, vault, clock, telegram)

    async with database.read() as connection:
        told = set((await connection.execute(select(changes.change.c.topic))).scalars())
    assert told == {changes.QUEUE, changes.about_chat(made.id)}


async def test_typing_is_shown_at_once_or_never(database, vault, clock, talk, telegram) -> None:
    async def type_keys() -> None:
        async with database.write() as connection:
            await typing_shown.show(connection, vault, talk.id, clock.now())

    await type_keys()
    await type_keys()  # the same three seconds
    await _deliver(database, vault, clock, telegram)
    assert telegram.typing == [talk.address]

    clock.advance(timedelta(seconds=10))
    await type_keys()
    clock.advance(timedelta(seconds=6))
    await _deliver(database, vault, clock, telegram)
    assert telegram.typing == [talk.address]

    telegram.refusal = TimedOut()
    await type_keys()
    await _deliver(database, vault, clock, telegram)
    assert await queued(database, vault) == []


async def test_typing_waits_behind_nothing(database, vault, clock, talk, telegram) -> None:
    telegram.refusal = TimedOut()
    await _say(database, vault, clock, talk)
    await _deliver(database, vault, clock, telegram)
    telegram.refusal = None
    async with database.write() as connection:
        await typing_shown.show(connection, vault, talk.id, clock.now())
    await _deliver(database, vault, clock, telegram)

    assert telegram.typing == [talk.address]
    assert [kind for kind, _ in await queued(database, vault)] == [STAFF_WORDS]
