"""Whose chat it is: passed to a colleague at once, taken from who went home, closed; the person hears what is theirs."""

from datetime import timedelta

import pytest

from tests.casework.talks import a_chat, a_colleague, cry, queued, take
from thangdee.casework import alerts, conversations, duty, hand_over, notes, notices, shares
from thangdee.casework.chats import Chats
from thangdee.casework.conversations import NotHeldError
from thangdee.casework.hand_over import HolderThereError, NoColleagueError
from thangdee.casework.notes import NoteKind, UnfitNoteError
from thangdee.casework.shares import Reach
from thangdee.casework.staff.roles import Role
from thangdee.core.outbox import STAFF_WORDS
from thangdee.core.words import text

SUMMARY = "She is safe for tonight; she wants to hear about her wages."


@pytest.fixture
async def talk(database, vault, clock):
    async with database.write() as connection:
        return await a_chat(connection, vault, clock.now())


@pytest.fixture
async def people(database, vault, clock):
    """Two counsellors, a supervisor, an auditor; the first holds nothing yet."""
    roles = {"noy": Role.COUNSELLOR, "dao": Role.COUNSELLOR, "boss": Role.SUPERVISOR, "eyes": Role.AUDITOR}
    async with database.write() as connection:
        return [await a_colleague(connection, vault, clock.now(), name, role) for name, role in roles.items()]


async def _told(database, vault) -> list[str]:
    return [body["text"] for _, body in await queued(database, vault, [STAFF_WORDS])]


@pytest.mark.parametrize("is_told", [True, False])
async def test_a_transfer_needs_a_summary_and_tells_the_person_only_if_wished(
    database, vault, clock, talk, people, is_told
) -> None:
    noy, dao, *_ = people
    await take(database, vault, talk.id, noy.staff_id, clock.now())
    args = (vault, talk.id, noy.staff_id, dao.staff_id)
    with pytest.raises(UnfitNoteError):
        async with database.write() as connection:
            await hand_over.transfer(connection, *args, "  ", clock.now(), tell_person=is_told)

    async with database.write() as connection:
        await hand_over.transfer(connection, *args, SUMMARY, clock.now(), tell_person=is_told)

    async with database.read() as connection:
        whose = await Chats(connection, vault).get(talk.id)
        (note,) = await notes.of_chat(connection, vault, talk.id)
        (told,) = await notices.newest(connection, dao.staff_id)
        former = await shares.reach(connection, talk.id, noy, clock.now())
    assert whose.held_by == dao.staff_id
    assert (note.words, note.kind, note.staff_id) == (SUMMARY, NoteKind.TRANSFER, noy.staff_id)
    assert (told.kind, told.reference, former) == ("transferred", talk.id, Reach.HELD_LAST)
    expected = [text("person.joined", "lo"), *([text("person.passed_on", "lo")] if is_told else [])]
    assert await _told(database, vault) == expected


async def test_only_the_holder_passes_a_chat_on_and_only_to_who_talks_with_people(
    database, vault, clock, talk, people
) -> None:
    noy, dao, _, eyes = people
    await take(database, vault, talk.id, noy.staff_id, clock.now())

    async def pass_on(who, to: str) -> None:
        async with database.write() as connection:
            await hand_over.transfer(
                connection, vault, talk.id, who.staff_id, to, SUMMARY, clock.now(), tell_person=False
            )

    with pytest.raises(NotHeldError):
        await pass_on(dao, noy.staff_id)
    for to in (eyes.staff_id, noy.staff_id, "nobody"):
        with pytest.raises(NoColleagueError):
            await pass_on(noy, to)
    async with database.read() as connection:
        assert [one.name for one in await hand_over.colleagues(connection, noy.staff_id)] == ["boss", "dao"]


async def test_words_of_a_cry_are_kept_on_after_a_transfer(database, vault, clock, people) -> None:
    noy, dao, *_ = people
    async with database.write() as connection:
        silent = await Chats(connection, vault).of(99, clock.now())  # no consent at all
        await cry(connection, silent.id, clock.now())
    await take(database, vault, silent.id, noy.staff_id, clock.now())

    async with database.write() as connection:
        await hand_over.transfer(
            connection, vault, silent.id, noy.staff_id, dao.staff_id, SUMMARY, clock.now(), tell_person=False
        )
        assert await conversations.may_keep(connection, silent.id, clock.now())


async def test_a_supervisor_takes_a_chat_from_who_went_off_duty_only_and_tells_them(
    database, vault, clock, talk, people
) -> None:
    boss = people[2]
    await take(database, vault, talk.id, "gone", clock.now())
    async with database.write() as connection:
        await duty.start(connection, "gone", clock.now() + timedelta(hours=1))  # by command line, without an account
        with pytest.raises(HolderThereError):
            await hand_over.take_from(connection, vault, talk.id, boss.staff_id, clock.now())
        await duty.end(connection, "gone")
        assert await hand_over.take_from(connection, vault, talk.id, boss.staff_id, clock.now()) == "gone"
        with pytest.raises(NotHeldError):
            await hand_over.take_from(connection, vault, talk.id, boss.staff_id, clock.now())

    async with database.read() as connection:
        assert (await Chats(connection, vault).get(talk.id)).held_by == boss.staff_id
        assert [one.kind for one in await notices.newest(connection, "gone")] == ["taken_from_you"]


async def test_closing_ends_the_calls_and_says_nothing_to_the_person(database, vault, clock, talk, people) -> None:
    noy, dao, *_ = people
    await take(database, vault, talk.id, noy.staff_id, clock.now())
    async with database.write() as connection:
        await cry(connection, talk.id, clock.now())
        with pytest.raises(NotHeldError):
            await hand_over.close(connection, vault, talk.id, dao.staff_id, clock.now())
        await hand_over.close(connection, vault, talk.id, noy.staff_id, clock.now(), "A child pressed by mistake.")

    async with database.read() as connection:
        assert await alerts.open_alerts(connection) == []
        assert (await Chats(connection, vault).get(talk.id)).held_by is None
        assert [one.kind for one in await notes.of_chat(connection, vault, talk.id)] == [NoteKind.CLOSE]
    assert await _told(database, vault) == [text("person.joined", "lo")]


async def test_who_was_asked_in_writes_may_leave_and_may_be_seen_out(database, vault, clock, talk, people) -> None:
    noy, dao, boss, _ = people
    await take(database, vault, talk.id, noy.staff_id, clock.now())
    async with database.write() as connection:
        for one in (dao, boss):
            await hand_over.ask_in(
                connection, vault, talk.id, noy.staff_id, one.staff_id, clock.now(), "Do you know this market?"
            )
        await conversations.reply(connection, vault, talk.id, dao.staff_id, "ສະບາຍດີ", clock.now())
        read = await conversations.read(connection, vault, talk.id)
        assert await shares.in_it(connection, talk.id) == sorted([dao.staff_id, boss.staff_id])
        await hand_over.leave(connection, talk.id, dao.staff_id)
        await hand_over.see_out(connection, vault, talk.id, noy.staff_id, boss.staff_id)
        with pytest.raises(NotHeldError):
            await hand_over.leave(connection, talk.id, dao.staff_id)
        with pytest.raises(NotHeldError):
            await conversations.reply(connection, vault, talk.id, dao.staff_id, "ສະບາຍດີ", clock.now())

    assert [line.staff_id for line in read.lines] == [noy.staff_id, dao.staff_id]
