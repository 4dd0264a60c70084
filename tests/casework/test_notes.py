"""Notes of staff: sealed with the chat, gone with it, never sent."""

import pytest
from sqlalchemy import func, select

from tests.casework.talks import a_chat, queued
from thangdee.casework import erasure, notes
from thangdee.casework.notes import ChatGoneError, UnfitNoteError, note

WORDS = "Her aunt in Pakse knows; do not call the number on the card."


@pytest.fixture
async def talk(database, vault, clock):
    async with database.write() as connection:
        return await a_chat(connection, vault, clock.now())


async def test_a_note_is_sealed_read_by_staff_and_never_sent(database, vault, clock, talk) -> None:
    async with database.write() as connection:
        await notes.add(connection, vault, talk.id, "noy", f"  {WORDS}\r\n", clock.now())

    async with database.read() as connection:
        sealed = (await connection.execute(select(note.c.sealed_words))).scalar_one()
        (read,) = await notes.of_chat(connection, vault, talk.id)
    assert WORDS.encode() not in sealed
    assert (read.words, read.staff_id, read.at) == (WORDS, "noy", clock.now())
    assert await queued(database, vault) == []


async def test_the_same_form_sent_twice_is_one_note_and_an_empty_one_is_none(database, vault, clock, talk) -> None:
    async with database.write() as connection:
        for _ in range(2):
            await notes.add(connection, vault, talk.id, "noy", WORDS, clock.now(), token="once")
        await notes.add(connection, vault, talk.id, "dao", WORDS, clock.now(), token="once")
        for unfit in ("", " \n", "x" * 4001):
            with pytest.raises(UnfitNoteError):
                await notes.add(connection, vault, talk.id, "noy", unfit, clock.now())

        assert [one.staff_id for one in await notes.of_chat(connection, vault, talk.id)].count("noy") == 1


async def test_notes_are_closed_with_a_deleted_chat_and_shredded_with_it(database, vault, clock, talk) -> None:
    async with database.write() as connection:
        await notes.add(connection, vault, talk.id, "noy", WORDS, clock.now())
        await erasure.close(connection, vault, talk, clock.now())
        assert await notes.of_chat(connection, vault, talk.id) == []
        with pytest.raises(ChatGoneError):
            await notes.add(connection, vault, talk.id, "noy", WORDS, clock.now())
        await erasure.shred(connection, vault, talk.id)

    async with database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(note))).scalar_one() == 0
