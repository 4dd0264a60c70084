"""The hold on replies (R19): what could tell where somebody is sheltered waits for a second person."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.casework.talks import a_chat, a_colleague, queued, take
from thangdee.casework import alerts, conversations, hand_over, held_replies, notices, transcripts
from thangdee.casework.alerts import Urgency
from thangdee.casework.conversations import NotHeldError, Outcome
from thangdee.casework.held_replies import (
    HeldState,
    NothingHeldError,
    OwnReplyError,
    ReplyWatch,
    UnfitWordError,
    held_reply,
)
from thangdee.casework.hold_rules import HoldReason, HoldRules
from thangdee.casework.staff.roles import Role
from thangdee.casework.transcripts import Direction, Line
from thangdee.core.outbox import STAFF_WORDS
from thangdee.referral_directory.seed import seed_directory

# Of the directory that ships with the program: names of shelters as they stand there and as people write them.
NAMES_SHELTER = (
    "Your sister is in Kredtakarn.",
    "she stays at Kret Trakan now",
    "ນ້ອງຢູ່ບ້ານເກັດຕະການ",
    "น้องอยู่ที่บ้านเกร็ดตระการ",
    "น้องอยู่ เกร็ดตะการ",
    "ຢູ່ ບ້ານ ນາລີສະຫວັດ",
    "baan nari sawat",
    "k r e d t a k a r n",
    "ບ້ານ\u200bນາລີ\u200bສະຫວັດ",
    "There is a shelter in Songkhla.",
    "ເຮືອນພັກສົງຂາ",
    "the VFI shelter",
)
NAMES_NONE = (
    "I am here. Are you safe now? Can you write?",
    "ຂ້ອຍຢູ່ນີ້ ບໍ່ຕ້ອງຟ້າວ",
    "ตอนนี้ปลอดภัยไหม อยู่คนเดียวไหม",
    "We can ask VFI about the training.",
    "ສະຫະພັນແມ່ຍິງລາວ ໂທຫາໄດ້",
    "We could find you a safe place to stay.",
    "ພວກເຮົາຫາເຮືອນພັກໃຫ້ໄດ້",
    "เราหาที่พักที่ปลอดภัยให้ได้",
    "Can you go to the police in Songkhla?",
    "ເດັກຍິງອາຍຸ 16 ປີ ຢູ່ໂຮງງານ",
)
NAMES_THAI_PLACE = ("ลาวอยู่ตาก", "ນ້ອງຢູ່ຊຽງຮາຍ", "He is at Tak.", "she was seen in hat yai", "ຢູ່ ຈ.ຕາກ")
SECRET = "ນ້ອງຢູ່ບ້ານເກັດຕະການ"


@pytest.fixture
async def people(database, vault, clock):
    """A counsellor who writes, a tracer and a supervisor who decide."""
    roles = {"noy": Role.COUNSELLOR, "dao": Role.TRACER, "boss": Role.SUPERVISOR}
    async with database.write() as connection:
        await seed_directory(connection, "test", clock.now(), demo=True)
        return [await a_colleague(connection, vault, clock.now(), name, role) for name, role in roles.items()]


@pytest.fixture
async def talk(database, vault, clock, people):
    """A chat that the counsellor holds."""
    async with database.write() as connection:
        made = await a_chat(connection, vault, clock.now())
    await take(database, vault, made.id, people[0].staff_id, clock.now())
    return made


async def _why(database, talk, words, rules=None) -> HoldReason | None:
    async with database.read() as connection:
        return await (rules or HoldRules()).why_held(connection, talk, words)


async def _write(database, vault, clock, talk, writer, words=SECRET, token="") -> Outcome:
    async with database.write() as connection:
        return await conversations.reply(
            connection, vault, talk.id, writer.staff_id, words, clock.now(), token=token,
            watch=ReplyWatch(vault, HoldRules()),
        )  # fmt: skip


async def _held(database, vault, clock, talk):
    async with database.read() as connection:
        return await held_replies.of_chat(connection, vault, talk.id, clock.now())


async def _sent(database, vault) -> list[str]:
    return [body["text"] for _, body in await queued(database, vault, [STAFF_WORDS])][1:]  # without the greeting


async def test_outbound_hold_on_case_terms(database, vault, clock, talk, people) -> None:
    """A reply that names a shelter, a place in a talk about a missing person, or a term of a linked case waits."""
    rules = HoldRules()
    found = {words: await _why(database, talk, words, rules) for words in NAMES_SHELTER}
    assert {words for words, why in found.items() if why is not HoldReason.SHELTER} == set()
    found = {words: await _why(database, talk, words, rules) for words in (*NAMES_NONE, *NAMES_THAI_PLACE)}
    assert {words: why for words, why in found.items() if why} == {}

    async with database.write() as connection:
        await alerts.raise_alert(connection, talk.id, Urgency.HIGH, "find_relative", clock.now())
    found = {words: await _why(database, talk, words, rules) for words in NAMES_THAI_PLACE}
    assert set(found.values()) == {HoldReason.PROVINCE}
    assert await _why(database, talk, "ລາວສະບາຍດີ ຢູ່ໄທ", rules) is None

    async def terms(_connection, chat_id):
        return ["ນາງ ຄຳຫຼ້າ"] if chat_id == talk.id else []

    assert await _why(database, talk, "นางคำหล้า สบายดี", HoldRules(terms)) is HoldReason.CASE


@pytest.mark.parametrize("where", ["topic", "said"])
async def test_a_talk_is_about_a_missing_person_by_its_topic_or_by_what_was_heard(
    database, vault, clock, people, where
) -> None:
    async with database.write() as connection:
        topic = "find_relative" if where == "topic" else "info_passport"
        whose = await a_chat(connection, vault, clock.now(), topic=topic)
        if where == "said":
            line = Line(Direction.IN, clock.now(), {"text": "?"}, intent="info_shelter_contact")
            await transcripts.keep(connection, vault, whose, line)

    assert await _why(database, whose, NAMES_THAI_PLACE[0]) is HoldReason.PROVINCE


async def test_a_held_reply_is_sealed_not_sent_and_two_kinds_of_colleagues_are_told(
    database, vault, clock, talk, people
) -> None:
    noy, dao, boss = people
    outcomes = [await _write(database, vault, clock, talk, noy, token="form") for _ in range(2)]

    (held,) = await _held(database, vault, clock, talk)
    assert outcomes == [Outcome.HELD, Outcome.HELD]
    assert (held.state, held.reason, held.words) == (HeldState.WAITING, HoldReason.SHELTER, SECRET)
    assert await _sent(database, vault) == []
    async with database.read() as connection:
        sealed = (await connection.execute(select(held_reply.c.sealed_body))).scalar_one()
        told = [[one.kind for one in await notices.newest(connection, who.staff_id)] for who in (noy, dao, boss)]
        kept = await transcripts.read(connection, vault, talk)
    assert SECRET.encode() not in sealed
    assert told == [[], ["held_reply"], ["held_reply"]]
    assert [line.body for line in kept] == [{"say": ["person.joined"]}]


@pytest.mark.parametrize(
    ("minutes", "first", "second", "outcome"),
    [
        (1, "she is in Kredta", "karn now", Outcome.HELD),
        (1, "ນ້ອງຢູ່ບ້ານເກັດ", "ຕະການ", Outcome.HELD),
        (11, "she is in Kredta", "karn now", Outcome.SENT),
        (1, "Are you safe?", "I am here.", Outcome.SENT),
    ],
)
async def test_a_name_in_two_halves_waits_too(
    database, vault, clock, talk, people, minutes, first, second, outcome
) -> None:
    before = await _write(database, vault, clock, talk, people[0], first, token="a")
    clock.advance(timedelta(minutes=minutes))

    assert before is Outcome.SENT
    assert await _write(database, vault, clock, talk, people[0], second, token="b") is outcome


async def test_a_second_person_lets_it_go_word_for_word_and_once(database, vault, clock, talk, people) -> None:
    noy, dao, boss = people
    await _write(database, vault, clock, talk, noy, words=f"  {SECRET}\r\nໂທຫາ")
    (held,) = await _held(database, vault, clock, talk)

    async with database.write() as connection:
        with pytest.raises(OwnReplyError):
            await held_replies.approve(connection, vault, held.id, noy.staff_id, clock.now())
        await held_replies.approve(connection, vault, held.id, dao.staff_id, clock.now())
    async with database.write() as connection:
        with pytest.raises(NothingHeldError):
            await held_replies.approve(connection, vault, held.id, boss.staff_id, clock.now())

    assert await _sent(database, vault) == [held.words] == [f"{SECRET}\nໂທຫາ"]
    async with database.read() as connection:
        line = (await transcripts.read(connection, vault, talk))[-1]
        (header,) = await held_replies.headers_of(connection, talk.id, clock.now())
        assert await held_replies.waiting(connection, clock.now()) == []
    assert (line.body, line.staff_id) == ({"text": held.words}, noy.staff_id)
    assert (header.state, header.decided_by) == (HeldState.APPROVED, dao.staff_id)


async def test_a_refusal_says_why_and_the_writer_reads_it(database, vault, clock, talk, people) -> None:
    noy, dao, _ = people
    await _write(database, vault, clock, talk, noy)
    (held,) = await _held(database, vault, clock, talk)

    async with database.write() as connection:
        with pytest.raises(UnfitWordError):
            await held_replies.refuse(connection, vault, held.id, dao.staff_id, " ", clock.now())
        await held_replies.refuse(connection, vault, held.id, dao.staff_id, "Ask her first.", clock.now())

    (held,) = await _held(database, vault, clock, talk)
    assert (held.state, held.word) == (HeldState.REFUSED, "Ask her first.")
    assert await _sent(database, vault) == []


async def test_nothing_is_let_go_after_a_day_or_after_the_chat_was_handed_back(
    database, vault, clock, talk, people
) -> None:
    noy, dao, _ = people
    await _write(database, vault, clock, talk, noy)
    clock.advance(timedelta(hours=24))
    (late,) = await _held(database, vault, clock, talk)
    await _write(database, vault, clock, talk, noy)
    async with database.read() as connection:
        (waits,) = await held_replies.waiting(connection, clock.now())
    async with database.write() as connection:
        await hand_over.hand_back(connection, vault, talk.id, noy.staff_id, clock.now())

    for held_id in (late.id, waits.id):
        with pytest.raises((NothingHeldError, NotHeldError)):
            async with database.write() as connection:
                await held_replies.approve(connection, vault, held_id, dao.staff_id, clock.now())
    async with database.read() as connection:
        states = [one.state for one in await held_replies.headers_of(connection, talk.id, clock.now())]
    assert states == [HeldState.WITHDRAWN, HeldState.LAPSED]
    assert len(await _sent(database, vault)) == 1  # that the bot is back


async def test_the_writer_takes_a_reply_back_and_old_ones_are_forgotten(database, vault, clock, talk, people) -> None:
    noy, dao, _ = people
    await _write(database, vault, clock, talk, noy)
    await _write(database, vault, clock, talk, noy)
    first, _ = await _held(database, vault, clock, talk)
    async with database.write() as connection:
        with pytest.raises(NothingHeldError):
            await held_replies.withdraw(connection, first.id, talk.id, dao.staff_id, clock.now())
        await held_replies.withdraw(connection, first.id, talk.id, noy.staff_id, clock.now())

    assert len(await _held(database, vault, clock, talk)) == 1
    clock.advance(timedelta(hours=48))
    async with database.write() as connection:
        await held_replies.forget(connection, clock.now())
    assert await _held(database, vault, clock, talk) == []
    clock.advance(timedelta(days=6))
    async with database.write() as connection:
        await held_replies.forget(connection, clock.now())
        assert await held_replies.headers_of(connection, talk.id, clock.now()) == []
