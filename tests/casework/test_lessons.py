"""Lessons: a person's words teach the bot only with their own yes, without details, after a second look (R2, R4, R26)."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests import canary
from tests.clock import SetClock
from tests.hotline import Hotline
from thangdee.casework import alerts, consent, corrections, cutting, erasure, lessons, transcripts
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chat, Chats, chat, key_of, with_session
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.corrections import NotNowError, Standing
from thangdee.casework.lessons import (
    LessonGoneError,
    LessonState,
    LineGoneError,
    NoYesError,
    OwnLessonError,
    UnfitLessonError,
    Vouched,
    lesson,
)
from thangdee.casework.transcripts import Direction, Line
from thangdee.core.database import Database
from thangdee.core.jobs import job
from thangdee.core.outbox import OWN_CONTROL
from thangdee.core.vault import Vault
from thangdee.core.words import text
from thangdee.processes.worker import make_round

LAO = "ນາຍຍຶດບັດຂ້ອຍໄວ້"
DAY = timedelta(days=1)


@dataclass
class Desk:
    """One made-up person who wrote one message, and the staff's side of it."""

    database: Database
    vault: Vault
    clock: SetClock
    who: Chat
    line: str

    async def answer(self, *, is_yes: bool) -> None:
        self.clock.advance(timedelta(seconds=1))
        async with self.database.write() as connection:
            await consent.record(
                connection, self.who, Purpose.RESEARCH, is_yes=is_yes, given_by=GivenBy.TAPPED, now=self.clock.now()
            )

    async def correct(self, intent: str = "documents_held") -> None:
        async with self.database.write() as connection:
            await corrections.correct(connection, self.line, intent, "noy", self.clock.now())

    async def propose(self, words: str = LAO, *, is_clean: bool = True, by: str = "noy") -> str:
        async with self.database.write() as connection:
            vouched = Vouched(words, is_clean, by)
            await lessons.propose(connection, self.vault, self.line, "documents_held", vouched, self.clock.now())
            return (await connection.execute(select(lesson.c.id))).scalar_one()

    async def approve(self, lesson_id: str, by: str = "dao") -> None:
        async with self.database.write() as connection:
            await lessons.approve(connection, lesson_id, by)

    async def approved(self) -> list[str]:
        async with self.database.write() as connection:
            return [one.text for one in await lessons.approved(connection, self.vault)]

    async def rows(self) -> list:
        async with self.database.read() as connection:
            return (await connection.execute(select(lesson))).all()

    async def standing(self) -> Standing:
        async with self.database.read() as connection:
            return await corrections.standing(connection, self.who.id)

    async def ask(self) -> bool:
        async with self.database.write() as connection:
            return await corrections.ask(connection, self.vault, self.who.id, "noy", self.clock.now())

    async def questions(self) -> int:
        async with self.database.read() as connection:
            query = select(func.count()).select_from(job).where(job.c.kind == OWN_CONTROL)
            return (await connection.execute(query)).scalar_one()


@pytest.fixture
async def desk(database: Database, vault: Vault, clock: SetClock) -> Desk:
    async with database.write() as connection:
        who = await Chats(connection, vault).of(5, clock.now())
        who = replace(who, language="lo")
        await Chats(connection, vault).save(who)
        await transcripts.keep(
            connection, vault, who, Line(Direction.IN, clock.now(), {"text": LAO, "deed": "text"}, "check_offer")
        )
        [line] = await transcripts.read(connection, vault, who)
    return Desk(database, vault, clock, who, line.id)


# --- the label ----------------------------------------------------------------------------------------------


async def test_a_correction_needs_no_yes_and_copies_no_words(desk: Desk) -> None:
    await desk.correct("documents_held")
    await desk.correct("wages_withheld")

    async with desk.database.read() as connection:
        assert await corrections.corrections(connection, desk.who.id) == {desk.line: "wages_withheld"}
        columns = {column.name for column in corrections.correction.columns}
    assert columns == {"said_id", "chat_id", "intent", "corrected_by", "at"}
    assert await desk.rows() == []


async def test_what_the_bot_said_or_a_closed_chat_cannot_be_corrected(desk: Desk) -> None:
    async with desk.database.write() as connection:
        await transcripts.keep(
            connection, desk.vault, desk.who, Line(Direction.BOT, desk.clock.now(), {"say": ["chat.greet"]})
        )
        bots = (await transcripts.read(connection, desk.vault, desk.who))[-1].id
        with pytest.raises(LineGoneError):
            await corrections.correct(connection, bots, "greet", "noy", desk.clock.now())
        await erasure.close(connection, desk.vault, desk.who, desk.clock.now())
        with pytest.raises(LineGoneError):
            await corrections.correct(connection, desk.line, "greet", "noy", desk.clock.now())


async def test_another_meaning_drops_the_lesson_of_the_former(desk: Desk) -> None:
    await desk.answer(is_yes=True)
    await desk.correct("documents_held")
    await desk.propose()

    await desk.correct("documents_held")
    kept = len(await desk.rows())
    await desk.correct("wages_withheld")

    assert kept == 1
    assert await desk.rows() == []


# --- the question -------------------------------------------------------------------------------------------


async def test_the_question_is_asked_once_per_version(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await desk.standing()
    asked = [await desk.ask(), await desk.ask()]
    standing, sent = await desk.standing(), await desk.questions()
    monkeypatch.setattr(consent, "CONSENT_VERSION", consent.CONSENT_VERSION + 1)

    assert before is Standing.NOT_ASKED
    assert asked == [True, False]
    assert standing is Standing.ASKED
    assert sent == 1
    assert await desk.standing() is Standing.NOT_ASKED
    assert await desk.ask()
    assert await desk.questions() == 2


@pytest.mark.parametrize("is_yes", [True, False])
async def test_whoever_answered_is_not_asked_again(desk: Desk, is_yes: bool) -> None:
    await desk.answer(is_yes=is_yes)

    assert await desk.standing() is (Standing.YES if is_yes else Standing.NO)
    assert not await desk.ask()
    assert await desk.questions() == 0


async def test_nobody_who_cries_for_help_or_hid_the_chat_is_asked(desk: Desk) -> None:
    async with desk.database.write() as connection:
        await Chats(connection, desk.vault).save(with_session(desk.who, hidden=True))
    with pytest.raises(NotNowError):
        await desk.ask()
    async with desk.database.write() as connection:
        await Chats(connection, desk.vault).save(desk.who)
        await alerts.raise_alert(connection, desk.who.id, Urgency.IMMEDIATE, "danger_now", desk.clock.now())
    with pytest.raises(NotNowError):
        await desk.ask()
    assert await desk.questions() == 0


# --- no lesson without a live yes ---------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [[], [False], [True, False]])
async def test_without_a_live_yes_there_is_no_lesson(desk: Desk, answers: list[bool]) -> None:
    for is_yes in answers:
        await desk.answer(is_yes=is_yes)

    with pytest.raises(NoYesError):
        await desk.propose()
    assert await desk.rows() == []


@pytest.mark.parametrize("other", [Purpose.KEEP_CHAT, Purpose.TALK_TO_STAFF])
async def test_a_yes_to_another_purpose_makes_no_lesson(desk: Desk, other: Purpose) -> None:
    async with desk.database.write() as connection:
        await consent.record(connection, desk.who, other, is_yes=True, given_by=GivenBy.TAPPED, now=desk.clock.now())

    with pytest.raises(NoYesError):
        await desk.propose()


async def test_new_words_of_the_question_stop_a_lesson_until_they_are_answered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.answer(is_yes=True)
    await desk.approve(await desk.propose())
    before = await desk.approved()
    monkeypatch.setattr(consent, "CONSENT_VERSION", consent.CONSENT_VERSION + 1)

    assert before == [LAO]
    assert await desk.approved() == []


async def test_a_yes_taken_back_before_the_second_look_is_respected(desk: Desk) -> None:
    await desk.answer(is_yes=True)
    waiting = await desk.propose()
    await desk.answer(is_yes=False)  # as if the removal had not run yet

    with pytest.raises(NoYesError):
        await desk.approve(waiting)


@pytest.mark.parametrize("is_approved", [True, False])
async def test_deleting_the_chat_removes_its_lessons_at_once_and_undoing_brings_none_back(
    desk: Desk, is_approved: bool
) -> None:
    await desk.answer(is_yes=True)
    waiting = await desk.propose()
    if is_approved:
        await desk.approve(waiting)
    async with desk.database.write() as connection:
        code = await erasure.close(connection, desk.vault, desk.who, desk.clock.now())
        gone = (await connection.execute(select(func.count()).select_from(lesson))).scalar_one()
        newer = await Chats(connection, desk.vault).of(5, desk.clock.now())
        assert await erasure.reopen(connection, desk.vault, newer, code, desk.clock.now())

    assert gone == 0
    assert await desk.rows() == []


async def test_a_yes_to_learning_alone_keeps_no_session_longer(desk: Desk) -> None:
    await desk.answer(is_yes=True)
    async with desk.database.read() as connection:
        assert await erasure.due(connection, desk.clock.now() + timedelta(hours=25)) == [desk.who.id]


# --- details and the second look ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "",
        "   ",
        "…",
        "12",
        "ໂທ 020 0000 0001",
        "ໂທ ໐໒໐໐໐໐໐໐໐໐໑",
        "a@example.com ຊ່ວຍແດ່",
        "ເບິ່ງ t.me/example",
        "ທັກ @example99",
        "ກ" * 401,
    ],
)
async def test_words_with_a_contact_or_without_sense_are_refused(desk: Desk, words: str) -> None:
    await desk.answer(is_yes=True)

    with pytest.raises(UnfitLessonError):
        await desk.propose(words)
    assert await desk.rows() == []


async def test_nobody_vouched_no_lesson(desk: Desk) -> None:
    await desk.answer(is_yes=True)

    with pytest.raises(UnfitLessonError):
        await desk.propose(is_clean=False)


async def test_the_proposer_cannot_approve(desk: Desk) -> None:
    await desk.answer(is_yes=True)
    waiting = await desk.propose(by="noy")

    with pytest.raises(OwnLessonError):
        await desk.approve(waiting, by="noy")
    assert await desk.approved() == []
    await desk.approve(waiting, by="dao")
    assert await desk.approved() == [LAO]


async def test_a_lesson_is_decided_once(desk: Desk) -> None:
    await desk.answer(is_yes=True)
    waiting = await desk.propose()
    await desk.approve(waiting)

    async with desk.database.write() as connection:
        with pytest.raises(LessonGoneError):
            await lessons.refuse(connection, waiting, "dao")
    with pytest.raises(LessonGoneError):
        await desk.approve(waiting)
    with pytest.raises(LessonGoneError):
        await desk.propose()


async def test_what_is_refused_loses_its_words_at_once(desk: Desk) -> None:
    await desk.answer(is_yes=True)
    waiting = await desk.propose()
    async with desk.database.write() as connection:
        await lessons.refuse(connection, waiting, "dao")

    [row] = await desk.rows()
    assert (row.state, row.sealed_text) == (LessonState.REFUSED, None)


async def test_what_was_exported_names_nobody_and_holds_no_words(desk: Desk) -> None:
    await desk.answer(is_yes=True)
    waiting = await desk.propose()
    await desk.approve(waiting)
    async with desk.database.write() as connection:
        await lessons.mark_exported(connection, [waiting], desk.clock.now())

    [row] = await desk.rows()
    assert (row.state, row.chat_id, row.said_id, row.sealed_text) == (LessonState.EXPORTED, None, None, None)
    assert await desk.approved() == []


@pytest.mark.parametrize("is_exported", [True, False])
async def test_lessons_end_after_90_days(desk: Desk, installation, is_exported: bool) -> None:
    await desk.answer(is_yes=True)
    waiting = await desk.propose()
    async with desk.database.write() as connection:
        if is_exported:
            await lessons.mark_exported(connection, [waiting], desk.clock.now())
        # The person goes on writing, so that the chat itself stays.
        await connection.execute(update(chat).values(seen_at=desk.clock.now() + 91 * DAY))
        await consent.record(
            connection, desk.who, Purpose.KEEP_CHAT, is_yes=True, given_by=GivenBy.TAPPED, now=desk.clock.now()
        )
    service = replace(installation, database=desk.database, vault=desk.vault)

    kept = []
    for wait in (89 * DAY, 2 * DAY):
        desk.clock.advance(wait)
        await make_round(service)
        kept.append(len(await desk.rows()))

    assert kept == [1, 0]


# --- cutting ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("ໂທຫາຂ້ອຍ 020 0000 0001 ແດ່", "ໂທຫາຂ້ອຍ … ແດ່"),
        ("โทร 081-000-0001 นะ", "โทร … นะ"),
        ("ໂທ ໐໒໐໐໐໐໐໐໐໐໑", "ໂທ …"),
        ("บัตรเลขที่ 0 0000 00000 00 1 หาย", "บัตรเลขที่ … หาย"),
        ("mail a@example.com or @example88, https://t.me/example", "mail … or …, …"),
        ("line id: example99 facebook.com/example", "…"),
        ("ນາງ ສົມມຸດ ຖືກຂັງ", "ນາງ … ຖືກຂັງ"),
        ("นางสาวสมมติ หายไป", "นางสาว… หายไป"),
        ("ລູກສາວຊື່ ນ້ອຍ ອາຍຸ 15 ປີ", "ລູກສາວຊື່ … ອາຍຸ … ປີ"),
        ("ຢູ່ບ້ານໂພນທັນ ເມືອງໄຊເສດຖາ", "ຢູ່ບ້ານ… ເມືອງ…"),
        ("my name is Noy from village Phonthan", "my name is … from village …"),
        ("ວັນທີ 12/5/2025 ລາວໄປ", "ວັນທີ … ລາວໄປ"),
        ("ไปเมื่อ 3 มกราคม 2567 แล้วหาย", "ไปเมื่อ … แล้วหาย"),
    ],
)
def test_the_machine_proposes_to_cut_what_tells_who_it_is(words: str, left: str) -> None:
    assert cutting.cut(words) == left


@pytest.mark.parametrize(
    "words",
    [
        "ນາຍບໍ່ໃຫ້ເງິນ 3 ເດືອນ",
        "ນາຍຈ້າງຍຶດໜັງສືຜ່ານແດນ",
        "นายจ้างหัก 300000 บาท",
        "ຈ່າຍໄປ 5.000.000 ກີບແລ້ວ",
        "they asked for 20,000 baht",
        "ชื่ออะไร",
        "ຢາກກັບບ້ານ ຢູ່ເມືອງລາວ",
    ],
)
def test_the_machine_leaves_what_a_topic_is_made_of(words: str) -> None:
    assert cutting.cut(words) == words


def test_place_names_are_cut_where_somebody_knows_them() -> None:
    known = "Pakse"

    def spans(words: str) -> list[tuple[int, int]]:
        return [(at, at + len(known)) for at in range(len(words)) if words.startswith(known, at)]

    assert cutting.cut("Pakse or near Pakse, or Pakse Pakse", spans) == "… or near …, or …"


# --- the person's side --------------------------------------------------------------------------------------


async def _lesson_of(hotline: Hotline, phone) -> None:
    """Staff ask, and make a lesson of the newest words, once the person said yes."""
    installation, now = hotline.installation, hotline.clock.now()
    async with installation.database.write() as connection:
        who = await Chats(connection, installation.vault).find(key_of(installation.vault, phone.chat_id))
        lines = await transcripts.read(connection, installation.vault, who)
        line = [one for one in lines if one.body.get("deed") == "text"][-1]
        await corrections.correct(connection, line.id, "wages_withheld", "noy", now)
        vouched = Vouched(line.body["text"].replace(canary.NUMBER, "…"), is_clean=True, by="noy")
        await lessons.propose(connection, installation.vault, line.id, "wages_withheld", vouched, now)


async def _ask(hotline: Hotline, phone) -> list:
    installation = hotline.installation
    async with installation.database.write() as connection:
        who = await Chats(connection, installation.vault).find(key_of(installation.vault, phone.chat_id))
        await corrections.ask(connection, installation.vault, who.id, "noy", hotline.clock.now())
    return await hotline.after(None, phone)


async def _lessons(hotline: Hotline) -> int:
    async with hotline.installation.database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(lesson))).scalar_one()


async def _talker(hotline: Hotline):
    phone = hotline.phone()
    await hotline.choose(phone, "lo", keep=True)
    await hotline.say(phone, canary.WORDS)
    hotline.clock.advance(timedelta(minutes=2))
    return phone


@pytest.mark.parametrize("way", ["n:research", "ບໍ່ໃຫ້ຮຽນຮູ້", "ไม่ให้เรียนรู้", "Stop learning"])
async def test_a_yes_makes_a_lesson_possible_and_a_no_removes_it_at_once(blind_hotline: Hotline, way: str) -> None:
    phone = await _talker(blind_hotline)
    [question] = await _ask(blind_hotline, phone)
    [thanks] = await blind_hotline.press(phone, "y:research")
    await _lesson_of(blind_hotline, phone)
    made = await _lessons(blind_hotline)
    blind_hotline.clock.advance(timedelta(seconds=20))
    act = blind_hotline.press if ":" in way else blind_hotline.say

    [told] = await act(phone, way)

    assert question.text == text("consent.research", "lo")
    assert thanks.text == text("consent.research.yes", "lo")
    assert made == 1
    assert told.text == text("consent.research.no", "lo")
    assert await _lessons(blind_hotline) == 0


async def test_the_person_can_open_the_question_again(blind_hotline: Hotline) -> None:
    phone = await _talker(blind_hotline)
    await _ask(blind_hotline, phone)
    await blind_hotline.press(phone, "n:research")
    blind_hotline.clock.advance(timedelta(seconds=20))

    asked = await _ask(blind_hotline, phone)
    [again] = await blind_hotline.say(phone, "ໃຫ້ຮຽນຮູ້")
    [thanks] = await blind_hotline.say(phone, "1")

    assert asked == []
    assert again.text == text("consent.research", "lo")
    assert thanks.text == text("consent.research.yes", "lo")


async def test_a_digit_typed_for_another_screen_is_no_yes(blind_hotline: Hotline) -> None:
    phone = await _talker(blind_hotline)
    await blind_hotline.say(phone, "/menu")
    await _ask(blind_hotline, phone)

    await blind_hotline.say(phone, "1")

    async with blind_hotline.installation.database.read() as connection:
        query = select(consent.consent.c.purpose).where(consent.consent.c.purpose == Purpose.RESEARCH)
        assert (await connection.execute(query)).all() == []


async def test_the_question_and_its_answer_work_while_staff_hold_the_chat(blind_hotline: Hotline) -> None:
    phone = await _talker(blind_hotline)
    async with blind_hotline.installation.database.write() as connection:
        await connection.execute(update(chat).values(held_by="noy"))

    [question] = await _ask(blind_hotline, phone)
    [thanks] = await blind_hotline.press(phone, "y:research")

    assert question.text == text("consent.research", "lo")
    assert thanks.text == text("consent.research.yes", "lo")


async def test_with_rasa_the_buttons_mean_the_same(hotline: Hotline) -> None:
    phone = await _talker(hotline)
    await _ask(hotline, phone)

    [thanks] = await hotline.press(phone, "y:research")
    hotline.clock.advance(timedelta(seconds=20))
    [told] = await hotline.press(phone, "n:research")

    assert thanks.text == text("consent.research.yes", "lo")
    assert told.text == text("consent.research.no", "lo")


async def test_a_lesson_lies_sealed_on_the_disk_and_in_no_log(blind_hotline: Hotline, capfd) -> None:
    phone = await _talker(blind_hotline)
    await _ask(blind_hotline, phone)
    await blind_hotline.press(phone, "y:research")
    await _lesson_of(blind_hotline, phone)
    before = canary.found_in(blind_hotline.installation.settings.data_dir)
    await blind_hotline.say(phone, "/delete")
    await blind_hotline.press(phone, "y:delete")
    left = await _lessons(blind_hotline)
    blind_hotline.clock.advance(timedelta(hours=73))
    await blind_hotline.round()

    assert before == {}
    assert left == 0
    assert canary.found_in(blind_hotline.installation.settings.data_dir) == {}
    assert canary.found("".join(capfd.readouterr()).encode()) == []
