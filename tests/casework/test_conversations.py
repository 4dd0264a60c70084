"""Staff and people: the queue, taking over, answering, handing back, and that the bot is silent meanwhile."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import SetClock
from thangdee.bot.deliver import Deliverer
from thangdee.bot.pace import Unpaced
from thangdee.casework import alerts, consent, conversations, erasure, transcripts
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chat, Chats
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.conversations import NotHeldError, UnfitWordsError
from thangdee.casework.delivery import SendingState
from thangdee.casework.transcripts import Direction
from thangdee.core import dead_letters, jobs, outbox
from thangdee.core.database import Database
from thangdee.core.jobs import Job, NewJob, Queue
from thangdee.core.outbox import REPLY, STAFF_WORDS
from thangdee.core.vault import Place, Vault
from thangdee.core.words import text
from thangdee.flows import commands, help_near
from thangdee.flows.incoming import Deed, Incoming
from thangdee.flows.outward import Outward
from thangdee.flows.reply import say
from thangdee.flows.turn import Turns
from thangdee.referral_directory.figures import ShownFigures

ADDRESS = 4711
WORDS = "ສະບາຍດີ ຂ້ອຍຢູ່ນີ້"


class NoTelegram:
    """Stands for Telegram's servers; remembers what was sent."""

    def __init__(self) -> None:
        self.sent = []
        self.deleted = []

    async def send_message(self, to, words, **_rest):
        self.sent.append((to, words))
        return self

    async def delete_messages(self, _to, ids):
        self.deleted.append(ids)

    @property
    def message_id(self) -> int:
        return len(self.sent)


class NeverAsked:
    """Stands for Rasa where it must not be asked."""

    async def ranking(self, *_words):
        raise AssertionError("the person's words went to Rasa")

    async def propose(self, *_payload):
        raise AssertionError("Rasa was asked while a person holds the chat")


@pytest.fixture
async def talk(database: Database, vault: Vault, clock: SetClock) -> Chat:
    """A chat in Lao, without any consent."""
    async with database.write() as connection:
        return await _new_chat(connection, vault, clock, ADDRESS)


async def _new_chat(connection, vault, clock, address, language="lo") -> Chat:
    chats = Chats(connection, vault)
    made = await chats.of(address, clock.now())
    await chats.save(replace(made, language=language))
    return await chats.get(made.id)


async def _agree(connection, talk: Chat, clock) -> None:
    await consent.record(connection, talk, Purpose.TALK_TO_STAFF, is_yes=True, given_by=GivenBy.TAPPED, now=clock.now())


async def _outbox(database: Database, vault: Vault) -> list[tuple[str, dict]]:
    async with database.read() as connection:
        rows = (
            await connection.execute(select(jobs.job).where(jobs.job.c.queue == Queue.OUTBOX).order_by(jobs.job.c.id))
        ).all()
        return [(row.kind, await outbox.read_body(connection, vault, _as_job(row))) for row in rows if row.sealed_body]


def _as_job(row) -> Job:
    return Job(
        row.id, row.uid, Queue(row.queue), row.lane, row.kind, row.key_id, row.sealed_body, row.attempts, row.created_at
    )


async def _take(database, vault, clock, talk, staff="one") -> bool:
    async with database.write() as connection:
        return await conversations.take_over(connection, vault, talk.id, staff, clock.now())


# --- the queue --------------------------------------------------------------------------------------------


async def test_queue_shows_most_urgent_first_then_longest_waiting(database, vault, clock) -> None:
    raised = [(1, Urgency.PERSON), (2, Urgency.HIGH), (3, Urgency.IMMEDIATE), (4, Urgency.HIGH), (5, Urgency.IMMEDIATE)]
    async with database.write() as connection:
        for address, urgency in raised:
            one = await _new_chat(connection, vault, clock, address, "th")
            await alerts.raise_alert(connection, one.id, urgency, f"reason{address}", clock.now())
            clock.advance(timedelta(minutes=1))

    async with database.read() as connection:
        queue = await conversations.queue(connection, clock.now())

    assert [one.reason for one in queue] == ["reason3", "reason5", "reason2", "reason4", "reason1"]
    assert queue[0].waited == timedelta(minutes=3)
    assert {one.language for one in queue} == {"th"}
    assert {one.held_by for one in queue} == {None}


async def test_a_second_cry_in_a_held_chat_waits_again_and_says_who_holds_it(database, vault, clock, talk) -> None:
    await _take(database, vault, clock, talk)
    async with database.write() as connection:
        await alerts.raise_alert(connection, talk.id, Urgency.IMMEDIATE, "danger_now", clock.now())

    async with database.read() as connection:
        (waiting,) = await conversations.queue(connection, clock.now())
    assert waiting.held_by == "one"

    assert await _take(database, vault, clock, talk)
    async with database.read() as connection:
        assert await conversations.queue(connection, clock.now()) == []
    assert len(await _outbox(database, vault)) == 1  # greeted once


async def test_deleted_chats_are_neither_listed_nor_read_nor_taken(database, vault, clock, talk) -> None:
    async with database.write() as connection:
        await alerts.raise_alert(connection, talk.id, Urgency.HIGH, "paid_finder", clock.now())
        await erasure.close(connection, vault, talk, clock.now())

    async with database.read() as connection:
        assert await conversations.queue(connection, clock.now()) == []
        assert await conversations.read(connection, vault, talk.id) is None
    assert not await _take(database, vault, clock, talk)


# --- taking over ------------------------------------------------------------------------------------------


async def test_of_two_who_take_over_at_once_one_wins(database, vault, clock, talk) -> None:
    async with database.write() as connection:
        await alerts.raise_alert(connection, talk.id, Urgency.HIGH, "wages_withheld", clock.now())

    staff = [f"staff{number}" for number in range(6)]
    won = await asyncio.gather(*(_take(database, vault, clock, talk, one) for one in staff))

    assert sorted(won) == [False] * 5 + [True]
    async with database.read() as connection:
        held = await Chats(connection, vault).get(talk.id)
        assert await alerts.open_alerts(connection) == []
    assert held.held_by == staff[won.index(True)]
    told = [(kind, body["to"], body["text"]) for kind, body in await _outbox(database, vault)]
    assert told == [(STAFF_WORDS, ADDRESS, text("person.joined", "lo"))]


async def test_bot_silent_after_takeover(database, vault, clock, talk) -> None:
    """Whatever was under way, in whichever process: from the take-over on the bot says nothing here (R52)."""
    telegram = NoTelegram()
    deliverer = Deliverer(bot=telegram, database=database, vault=vault, clock=clock, pace=Unpaced())
    in_retry = await _everything_under_way(database, vault, clock, talk)
    thinking = await _received(database, vault, clock, talk, "ເຮັດພາສປອດແນວໃດ")
    turns = _turns(database, vault, clock, parser=(slow := TakenOverWhileThinking(database, vault, clock, talk)))

    await turns.take(thinking)  # the take-over comes while it thinks
    await deliverer.take(in_retry)
    for words, deed in (("ເຮັດພາສປອດແນວໃດ", Deed.TEXT), ("i:info_passport", Deed.PRESS), ("f:b:", Deed.PRESS)):
        await _receive(database, vault, clock, talk, words, deed)
    await _deliver_all(database, clock, deliverer)

    assert slow.was_asked
    assert telegram.sent == [(ADDRESS, text("person.joined", "lo"))]
    assert telegram.deleted == [[7]]  # the sweeper works on: what lies open on a phone is dangerous whoever talks
    async with database.read() as connection:
        read = await conversations.read(connection, vault, talk.id)
    unsent = [read.sendings[line.id].state for line in read.lines if line.direction is Direction.BOT]
    assert set(unsent) == {SendingState.DROPPED}  # and staff see that the person never read these


async def _everything_under_way(database, vault, clock, talk) -> Job:
    """A reply in its next try, one that waits, the crisis card, a half done form, the sweeper; the first is taken."""
    async with database.write() as connection:
        await _agree(connection, talk, clock)
        outward = Outward(connection, vault, talk, clock.now(), "test", ShownFigures(), ())
        await outward.say(say("answers.info_passport"))
        (tried,) = await jobs.claim(connection, Queue.OUTBOX, now=clock.now(), taken_by="test", limit=1)
        await jobs.retry(connection, tried, at=clock.now(), error_code="timedout")
        await outward.say(say("chat.greet"))
        await outward.answer_crisis("danger_now")
        await help_near.begin(outward, {"do": "help_near"})
        await outward.save()
        await transcripts.stands_on_phone(connection, talk.id, 7, clock.now() - timedelta(hours=13))
        await commands.take_off_phone(outward, older_than=timedelta(hours=12))
        (in_retry,) = await jobs.claim(connection, Queue.OUTBOX, now=clock.now(), taken_by="test", limit=1)
    return in_retry


class TakenOverWhileThinking:
    """Stands for Rasa: while it is asked, a colleague takes the chat over."""

    def __init__(self, database, vault, clock, talk) -> None:
        self._take = lambda: _take(database, vault, clock, talk)
        self.was_asked = False

    async def ranking(self, *_words):
        self.was_asked = True
        assert await self._take()


async def test_bot_silent_after_takeover_even_where_a_reply_already_waits_for_its_second(
    database, vault, clock, talk
) -> None:
    telegram = NoTelegram()
    async with database.write() as connection:
        outward = Outward(connection, vault, talk, clock.now(), "test", ShownFigures(), ())
        await outward.say(say("answers.info_passport"))

    class TakenOverWhileItWaits(Unpaced):
        async def wait(self, _lane: str) -> None:
            await _take(database, vault, clock, talk)

    pace = TakenOverWhileItWaits()
    await _deliver_all(database, clock, Deliverer(bot=telegram, database=database, vault=vault, clock=clock, pace=pace))

    assert telegram.sent == [(ADDRESS, text("person.joined", "lo"))]


async def _deliver_all(database, clock, deliverer) -> None:
    while True:
        async with database.write() as connection:
            taken = await jobs.claim(connection, Queue.OUTBOX, now=clock.now(), taken_by="test", limit=5)
        if not taken:
            return
        for job in taken:
            await deliverer.take(job)


async def _receive(database, vault, clock, talk, words, deed=Deed.TEXT) -> None:
    await _turns(database, vault, clock).take(await _received(database, vault, clock, talk, words, deed))


async def _received(database, vault, clock, talk, words, deed=Deed.TEXT) -> Job:
    uid = jobs.new_uid()
    incoming = Incoming(update_id=1, address=ADDRESS, deed=deed, text=words)
    async with database.write() as connection:
        sealed = await vault.seal(
            connection, talk.key_id, Place("job", "sealed_body", uid), json.dumps(incoming.to_json()).encode()
        )
        new = NewJob(Queue.INBOX, talk.chat_key, "update", clock.now(), clock.now(), uid, talk.key_id, sealed)
        await jobs.enqueue(connection, new)
    async with database.write() as connection:
        (job,) = await jobs.claim(connection, Queue.INBOX, now=clock.now(), taken_by="test", limit=1)
    return job


def _turns(database, vault, clock, parser=None) -> Turns:
    def outward(connection, chat, now, dedupe):
        return Outward(connection, vault, chat, now, dedupe, ShownFigures(), ())

    never = NeverAsked()
    return Turns(
        database=database, vault=vault, clock=clock, parser=parser or never, dialogue=never,
        crisis_kind=lambda _: None, outward=outward,
    )  # fmt: skip


# --- answering --------------------------------------------------------------------------------------------


async def test_reply_reaches_the_outbox_sealed(database, vault, clock, talk) -> None:
    await _take(database, vault, clock, talk)
    async with database.write() as connection:
        await _agree(connection, talk, clock)
        await conversations.reply(connection, vault, talk.id, "one", f"  {WORDS}\r\n ", clock.now())

    assert (await _outbox(database, vault))[-1] == (STAFF_WORDS, {"to": ADDRESS, "text": WORDS})
    async with database.read() as connection:
        rows = (await connection.execute(select(jobs.job.c.sealed_body))).scalars().all()
        said = await transcripts.read(connection, vault, talk)
    assert [row for row in rows if WORDS.encode() in row or json.dumps(WORDS)[1:-1].encode() in row] == []
    assert [(line.direction, line.body) for line in said] == [(Direction.STAFF, {"text": WORDS})]


async def test_reply_needs_the_chat_in_hand_and_words_that_fit(database, vault, clock, talk) -> None:
    async with database.write() as connection:
        with pytest.raises(NotHeldError):
            await conversations.reply(connection, vault, talk.id, "one", WORDS, clock.now())
    await _take(database, vault, clock, talk, "two")

    async with database.write() as connection:
        with pytest.raises(NotHeldError):
            await conversations.reply(connection, vault, talk.id, "one", WORDS, clock.now())
        for unfit in ("", " \n", "ກ" * 4097, "😀" * 2049):
            with pytest.raises(UnfitWordsError):
                await conversations.reply(connection, vault, talk.id, "two", unfit, clock.now())

    assert len(await _outbox(database, vault)) == 1


async def test_no_words_are_kept_without_a_yes(database, vault, clock, talk) -> None:
    async with database.write() as connection:
        await alerts.raise_alert(connection, talk.id, Urgency.HIGH, "wages_withheld", clock.now())
    await _take(database, vault, clock, talk)
    async with database.write() as connection:
        await conversations.reply(connection, vault, talk.id, "one", WORDS, clock.now())

    async with database.read() as connection:
        read = await conversations.read(connection, vault, talk.id)
    assert (read.keeps_words, read.lines) == (False, ())


async def test_words_of_a_cry_for_help_are_kept_until_the_chat_is_handed_back(database, vault, clock, talk) -> None:
    async with database.write() as connection:
        await alerts.raise_alert(connection, talk.id, Urgency.IMMEDIATE, "danger_now", clock.now())
        assert await conversations.may_keep(connection, talk.id, clock.now())
    await _take(database, vault, clock, talk)

    async with database.write() as connection:
        assert await conversations.may_keep(connection, talk.id, clock.now())
        assert not await conversations.may_keep(connection, talk.id, clock.now() + timedelta(hours=25))
        await conversations.hand_back(connection, vault, talk.id, "one", clock.now())
        assert not await conversations.may_keep(connection, talk.id, clock.now())


# --- handing back -----------------------------------------------------------------------------------------


async def test_hand_back_lets_the_bot_answer_again(database, vault, clock, talk) -> None:
    await _take(database, vault, clock, talk)

    async with database.write() as connection:
        assert not await conversations.hand_back(connection, vault, talk.id, "two", clock.now())
        assert await conversations.hand_back(connection, vault, talk.id, "one", clock.now())
        assert not await conversations.hand_back(connection, vault, talk.id, "one", clock.now())

    told = [body["text"] for _, body in await _outbox(database, vault)]
    assert told == [text("person.joined", "lo"), text("person.left", "lo")]
    await _receive(database, vault, clock, talk, "m:root", Deed.PRESS)
    assert REPLY in [kind for kind, _ in await _outbox(database, vault)]


# --- what did not go out ----------------------------------------------------------------------------------


async def test_dead_letters_and_backlogs_are_counted_with_their_age(database, vault, clock, talk) -> None:
    async with database.write() as connection:
        outward = Outward(connection, vault, talk, clock.now(), "test", ShownFigures(), ())
        await outward.say(say("chat.greet"))
        (given_up,) = await jobs.claim(connection, Queue.OUTBOX, now=clock.now(), taken_by="test", limit=1)
        await jobs.bury(connection, given_up, clock.now(), "blocked")
        await outward.say(say("chat.thanks"))
    clock.advance(timedelta(seconds=90))

    async with database.read() as connection:
        (dead,) = await dead_letters.newest(connection)
        backlogs = {one.queue: one for one in await conversations.backlogs(connection, clock.now())}

    assert (dead.queue, dead.kind, dead.why) == (Queue.OUTBOX, REPLY, "blocked")
    assert (backlogs[Queue.OUTBOX].waiting, backlogs[Queue.OUTBOX].oldest) == (1, timedelta(seconds=90))
    assert backlogs[Queue.INBOX].waiting == 0
