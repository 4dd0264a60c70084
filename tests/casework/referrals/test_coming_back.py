"""From a lost phone to a new one: nothing is lost, and the former phone sees nothing any more (R57)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.canary import WORDS as CANARY
from tests.casework.talks import a_colleague
from thangdee.casework import alerts, complaints, consent, notices, transcripts
from thangdee.casework.alerts import Urgency, alert
from thangdee.casework.chats import Chats, chat, key_of
from thangdee.casework.complaint_rules import About
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.referrals import coming_back, deeds, facts, guardians, lost_number, matter_notes, store
from thangdee.casework.referrals.after_tables import second_contact
from thangdee.casework.referrals.coming_back import TwoMattersError
from thangdee.casework.referrals.guardians import Relation
from thangdee.casework.referrals.lost_number import Contact
from thangdee.casework.referrals.matter_notes import Occasion
from thangdee.casework.referrals.model import Field, Receiver, Said
from thangdee.casework.referrals.tables import matter_step
from thangdee.casework.staff.roles import Role
from thangdee.casework.transcripts import Direction, Line, phone_message
from thangdee.core import outbox
from thangdee.core.jobs import JobState, Queue, job
from thangdee.core.vault import Place

OLD, NEW = 7, 8
A = Receiver("a", "org-a", "ngo", "LA")
AUNT = Contact("Aunt", "made-up number", "aunt", "shop")


async def _chat(connection, vault, address: int, now):
    whose = await Chats(connection, vault).of(address, now)
    await consent.record(connection, whose, Purpose.KEEP_CHAT, is_yes=True, given_by=GivenBy.TAPPED, now=now)
    return whose


async def _matter(connection, vault, whose, now, words: str, *, is_sent: bool):
    made = await deeds.begin(connection, vault, whose, now)
    await deeds.change_draft(connection, made.id, now, need="shelter", age_band="18_59")
    await facts.note(connection, vault, made.id, Field.OWN_WORDS, {"text": words}, Said.PERSON, now)
    if is_sent:
        await deeds.show(connection, vault, made.id, (A,))
        await deeds.say_yes(connection, vault, made.id, (A,), given_by=GivenBy.TAPPED, now=now)
    return made.id


async def _world(connection, vault, now):
    """An old phone with a sent matter and messages, a new phone with a draft, words and a cry."""
    old, newer = await _chat(connection, vault, OLD, now), await _chat(connection, vault, NEW, now)
    await _matter(connection, vault, old, now, CANARY, is_sent=True)
    await consent.record(connection, old, Purpose.SECOND_CONTACT, is_yes=True, given_by=GivenBy.TAPPED, now=now)
    await lost_number.give_contact(connection, vault, old.id, AUNT, now)
    await transcripts.keep(connection, vault, old, Line(Direction.IN, now, {"text": "before"}))
    await transcripts.stands_on_phone(connection, old.id, 11, now)
    await _matter(connection, vault, newer, now, "from the new phone", is_sent=False)
    await transcripts.keep(connection, vault, newer, Line(Direction.IN, now, {"text": "after"}))
    await transcripts.stands_on_phone(connection, newer.id, 22, now)
    await alerts.raise_alert(connection, newer.id, Urgency.IMMEDIATE, "danger_now", now)
    body = {"to": OLD, "language": "lo", "parts": [["knock.line", {}, None]], "buttons": [], "sensitive": True}
    await outbox.post(
        connection, vault, lane=old.chat_key, key_id=old.key_id, kind="reply", body=body, now=now, dedupe="waits"
    )
    return old, newer, await coming_back.new_code(connection, vault, old.id, now)


async def test_nothing_is_lost_and_the_former_phone_sees_nothing(database, vault, clock) -> None:
    now = clock.now()
    async with database.write() as connection:
        old, newer, code = await _world(connection, vault, now)
    clock.advance(timedelta(minutes=1))
    async with database.write() as connection:
        back = await coming_back.come_back(connection, vault, newer, f" {code[:5].lower()} {code[5:]} ", clock.now())
    async with database.write() as connection:
        found = await Chats(connection, vault).of(NEW, clock.now())
        words = [
            fact.value["text"]
            for one in await store.matters_of(connection, found.id)
            for fact in await facts.facts_of(connection, vault, one.id)
        ]
        sent = next(one for one in await store.matters_of(connection, found.id) if one.referrals)
        shown = await deeds.what_was_shown(connection, vault, sent, sent.referrals[0])
        lines = [line.body["text"] for line in await transcripts.read(connection, vault, found)]
        crying = (
            (await connection.execute(select(alert.c.chat_id).where(alert.c.urgency == "immediate"))).scalars().all()
        )
        former = await Chats(connection, vault).of(OLD, clock.now())
        of_former = await store.matters_of(connection, former.id)
        lines_of_former = await transcripts.read(connection, vault, former)
        steps = (await connection.execute(select(matter_step.c.step))).scalars().all()

    assert back is not None
    assert (back.id, back.address, back.chat_key) == (old.id, NEW, newer.chat_key)
    assert (found.id, found.key_id, found.address) == (old.id, old.key_id, NEW)
    assert sorted(words) == sorted([CANARY, "from the new phone"])
    assert shown.fields[Field.OWN_WORDS] == {"text": CANARY}
    assert sorted(lines) == ["after", "before"]
    assert crying == [old.id]
    assert (of_former, lines_of_former) == ([], [])
    assert former.id not in (old.id, newer.id)
    assert steps.count("come_back") == 2


async def test_what_waited_for_the_former_phone_is_dropped_and_what_stands_there_is_taken_off(
    database, vault, clock
) -> None:
    async with database.write() as connection:
        old, newer, code = await _world(connection, vault, clock.now())
        await coming_back.come_back(connection, vault, newer, code, clock.now())
        former = (await connection.execute(select(chat.c.id).where(chat.c.chat_key == key_of(vault, OLD)))).scalar_one()
        on_phone = dict((await connection.execute(select(phone_message.c.message_id, phone_message.c.chat_id))).all())
        rows = (await connection.execute(select(job).where(job.c.queue == Queue.OUTBOX).order_by(job.c.id))).all()

    assert on_phone == {11: former, 22: old.id}
    assert [(one.kind, one.state) for one in rows] == [("reply", JobState.DONE), ("take_off", JobState.READY)]
    assert rows[0].sealed_body is None
    assert rows[1].lane == key_of(vault, OLD)


async def test_a_wrong_a_used_and_an_old_code_tell_nothing(database, vault, clock) -> None:
    async with database.write() as connection:
        old, newer, first = await _world(connection, vault, clock.now())
        code = await coming_back.new_code(connection, vault, old.id, clock.now())
        tries = [
            await coming_back.come_back(connection, vault, newer, one, clock.now()) for one in ("", "X" * 10, first)
        ]
        same_phone = await coming_back.come_back(connection, vault, old, code, clock.now())
        right = await coming_back.come_back(connection, vault, newer, code, clock.now())
        stranger = await _chat(connection, vault, 9, clock.now())
        again = await coming_back.come_back(connection, vault, stranger, code, clock.now())
        has_one = await coming_back.has_code(connection, old.id)

    assert (tries, same_phone, again, has_one) == ([None] * 3, None, None, False)
    assert right is not None
    assert len(code) == coming_back.LENGTH


async def test_where_she_has_sent_another_matter_from_the_new_phone_a_person_brings_them_together(
    database, vault, clock
) -> None:
    async with database.write() as connection:
        _, newer, code = await _world(connection, vault, clock.now())
        await _matter(connection, vault, newer, clock.now(), "sent too", is_sent=True)
        with pytest.raises(TwoMattersError):
            await coming_back.come_back(connection, vault, newer, code, clock.now())
        found = await Chats(connection, vault).of(NEW, clock.now())

    assert found.id == newer.id


async def test_a_complaint_made_on_the_new_phone_comes_along_hidden_from_who_talked_on_the_old_one(
    database, vault, clock
) -> None:
    now = clock.now()
    async with database.write() as connection:
        old, newer, code = await _world(connection, vault, now)
        talked = await a_colleague(connection, vault, now, "talked", Role.SUPERVISOR)
        free = await a_colleague(connection, vault, now, "free", Role.SUPERVISOR)
        line = Line(Direction.STAFF, now, {"text": "x"}, staff_id=talked.staff_id)
        await transcripts.keep(connection, vault, old, line)
        one = await complaints.begin(connection, newer, About.STAFF, now)
        await complaints.hear(connection, vault, one, "what", {"text": CANARY}, now)
        await complaints.make(connection, vault, one, now)
        await consent.record(connection, newer, Purpose.SECOND_CONTACT, is_yes=True, given_by=GivenBy.TAPPED, now=now)
        await lost_number.give_contact(connection, vault, newer.id, Contact("Friend", "made up", "friend", "shop"), now)
        await coming_back.come_back(connection, vault, newer, code, now)
        listed = [[each.id for each in await complaints.listed(connection, one)] for one in (talked, free)]
        told = [await notices.newest(connection, one.staff_id) for one in (talked, free)]
        [mine] = await complaints.of_person(connection, old.id)
        words = await complaints.words_of(connection, vault, mine)

    assert listed == [[], [one.id]]
    assert [len(each) for each in told] == [0, 1]
    assert [each.body["text"] for each in words] == [CANARY]
    async with database.read() as connection:
        sealed = (await connection.execute(select(second_contact))).one()
        key = (await connection.execute(select(chat.c.key_id).where(chat.c.id == old.id))).scalar_one()
        opened = await vault.open(
            connection, key, Place("second_contact", "sealed_contact", old.id), sealed.sealed_contact
        )
    assert (sealed.chat_id, b"Friend" in opened) == (old.id, True)


async def test_what_staff_wrote_of_the_new_phones_draft_can_be_read_afterwards(installation, clock) -> None:
    database, vault, now = installation.database, installation.vault, clock.now()
    async with database.write() as connection:
        _, newer, code = await _world(connection, vault, now)
        draft = await store.draft_of(connection, newer.id)
        await matter_notes.add(connection, vault, draft.id, Occasion.NOTE, "made up", "noy", now)
        await guardians.add(connection, vault, draft.id, Relation.MOTHER, "made up", "noy", now)
        await coming_back.come_back(connection, vault, newer, code, now)
        notes = await matter_notes.of_matter(connection, vault, draft.id)
        relatives = await guardians.of_matter(connection, vault, draft.id)

    assert [one.words for one in notes] + [one.note for one in relatives] == ["made up", "made up"]
