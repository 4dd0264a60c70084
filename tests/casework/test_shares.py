"""Who may read a chat (R37, R38): the holder, who was asked in, who held it last, a supervisor; nobody else."""

from datetime import timedelta

import pytest

from tests.casework.talks import a_chat, a_colleague, cry, take, viewer
from thangdee.casework import break_glass, conversations, erasure, hand_over, shares, transcripts
from thangdee.casework.shares import Reach
from thangdee.casework.staff.roles import Role
from thangdee.casework.transcripts import Direction, Line


@pytest.fixture
async def talk(database, vault, clock):
    async with database.write() as connection:
        return await a_chat(connection, vault, clock.now())


@pytest.fixture
async def people(database, vault, clock):
    """Three counsellors, a supervisor."""
    async with database.write() as connection:
        made = [await a_colleague(connection, vault, clock.now(), name) for name in ("noy", "dao", "kham")]
        return [*made, await a_colleague(connection, vault, clock.now(), "boss", Role.SUPERVISOR)]


async def _reach(database, chat_id, who, clock) -> Reach | None:
    async with database.read() as connection:
        return await shares.reach(connection, chat_id, who, clock.now())


async def test_a_chat_that_nobody_shares_is_read_by_the_supervisor_alone(database, clock, talk, people) -> None:
    noy, _, _, boss = people
    others = (Role.ADMINISTRATOR, Role.AUDITOR, Role.DIRECTORY_EDITOR, Role.PROVIDER, Role.SHELTER_OFFICER)

    assert await _reach(database, talk.id, noy, clock) is None
    assert await _reach(database, talk.id, boss, clock) is Reach.SUPERVISOR
    assert [role for role in others if await _reach(database, talk.id, viewer("x", role, now=clock.now()), clock)] == []


async def test_holder_and_who_was_asked_in_write_until_the_chat_is_handed_back(
    database, vault, clock, talk, people
) -> None:
    noy, dao, kham, _ = people
    await take(database, vault, talk.id, noy.staff_id, clock.now())
    async with database.write() as connection:
        await hand_over.ask_in(connection, vault, talk.id, noy.staff_id, dao.staff_id, clock.now())
        assert [await shares.may_write(connection, talk.id, one, clock.now()) for one in (noy, dao, kham)] == [
            True, True, False,
        ]  # fmt: skip

    async with database.write() as connection:
        await hand_over.hand_back(connection, vault, talk.id, noy.staff_id, clock.now())

    assert await _reach(database, talk.id, dao, clock) is None
    assert await _reach(database, talk.id, noy, clock) is Reach.HELD_LAST
    async with database.read() as connection:
        assert not await shares.may_write(connection, talk.id, noy, clock.now())


async def test_who_held_a_chat_reads_it_for_a_day_and_only_the_last_one(database, vault, clock, talk, people) -> None:
    noy, dao, _, _ = people
    for one in (noy, dao):
        await take(database, vault, talk.id, one.staff_id, clock.now())
        async with database.write() as connection:
            await conversations.hand_back(connection, vault, talk.id, one.staff_id, clock.now())

    assert await _reach(database, talk.id, noy, clock) is None
    clock.advance(timedelta(hours=23, minutes=59))
    assert await _reach(database, talk.id, dao, clock) is Reach.HELD_LAST
    clock.advance(timedelta(minutes=1))
    assert await _reach(database, talk.id, dao, clock) is None


async def test_broken_glass_opens_for_reading_and_a_deleted_chat_opens_for_nobody(
    database, vault, clock, talk, people
) -> None:
    noy, dao, _, boss = people
    async with database.write() as connection:
        await a_colleague(connection, vault, clock.now(), "eyes", Role.AUDITOR)
        await break_glass.open_chat(
            connection, vault, staff_id=noy.staff_id, chat_id=talk.id, groups=(), now=clock.now(), everybody_counts=True,
            reason="Her sister called the office and fears for her life.",
        )  # fmt: skip

    assert await _reach(database, talk.id, noy, clock) is Reach.BREAK_GLASS
    assert await _reach(database, talk.id, dao, clock) is None
    async with database.write() as connection:
        assert not await shares.may_write(connection, talk.id, noy, clock.now())
        await erasure.close(connection, vault, talk, clock.now())
    assert [await _reach(database, talk.id, one, clock) for one in (noy, boss)] == [None, None]


async def test_own_chats_are_those_alone_and_who_waits_longest_comes_first(
    database, vault, clock, talk, people
) -> None:
    noy, dao, _, boss = people
    async with database.write() as connection:
        later = await a_chat(connection, vault, clock.now(), address=2)
        other = await a_chat(connection, vault, clock.now(), address=3)
        await cry(connection, other.id, clock.now())
    for one in (talk, later):
        await take(database, vault, one.id, noy.staff_id, clock.now())
    async with database.write() as connection:
        await transcripts.keep(connection, vault, later, Line(Direction.IN, clock.now(), {"text": "?"}))
    clock.advance(timedelta(minutes=5))

    async with database.read() as connection:
        mine = await shares.own_chats(connection, noy, clock.now())
        assert await shares.own_chats(connection, dao, clock.now()) == []
        assert await shares.own_chats(connection, boss, clock.now()) == []

    assert [(one.chat_id, one.reach, one.waits_for) for one in mine] == [
        (later.id, Reach.HOLDER, timedelta(minutes=5)), (talk.id, Reach.HOLDER, None),
    ]  # fmt: skip


async def test_a_look_is_noted_once_in_fifteen_minutes_for_each_who_looks(database, clock, talk) -> None:
    async def noted(who: str) -> bool:
        async with database.write() as connection:
            return await shares.note_view(connection, talk.id, who, clock.now())

    assert [await noted("noy"), await noted("noy"), await noted("dao")] == [True, False, True]
    clock.advance(timedelta(minutes=15))
    assert await noted("noy")
