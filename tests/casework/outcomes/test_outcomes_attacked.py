"""Outcomes against two at once, a corrupt tracer, a torn commit and a file made to harm (R8, R16, R20b)."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import text as sql

from tests.casework.outcomes.made_up_residents import resident, today
from tests.casework.outcomes.release_worlds import SHELTER, a_record, a_world, approved, asked, requested, wished
from thangdee.casework.enquiries.model import Field
from thangdee.casework.outcomes import (
    case_terms,
    described,
    family_wanted,
    release_store,
    releases,
    residents,
    search_store,
    searches,
    wish_store,
    wishes,
)
from thangdee.casework.outcomes.family_wanted import Wanted, WantedOverError, WantedState
from thangdee.casework.outcomes.model import ReleaseState, ToldHow, Wish
from thangdee.casework.outcomes.reading.dates import UnclearError, read_age, read_birth, read_day
from thangdee.casework.outcomes.release_rules import MayNotReleaseError
from thangdee.casework.outcomes.residents import AlreadyEnteredError
from thangdee.casework.outcomes.search_store import UnfitNoteError

TOKEN = "a" * 32


async def _somebody_waits(connection) -> None:
    for _ in range(200):
        if (await connection.execute(sql("SELECT count(*) FROM pg_locks WHERE NOT granted"))).scalar_one():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nobody waited")


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)  # SQLite lets one write at a time
@pytest.mark.parametrize("deed", ["approve", "refuse", "take_back"])
async def test_a_deed_on_a_release_and_one_on_its_search_wait_in_line_not_for_each_other(
    deed, console_database, vault, clock
) -> None:
    """All lock the enquiry's search before its release: the other way round PostgreSQL kills one of them."""
    now, world = clock.now(), await a_world(console_database, vault, clock.now())
    await wished(world, now)
    release_id = await requested(world, now)

    async def other() -> None:
        async with world.write() as connection:
            if deed == "approve":
                await releases.approve(connection, vault, release_id, world.fresh("dao", now), now)
            elif deed == "refuse":
                await releases.refuse(connection, vault, release_id, world.id_of("dao"), now)
            else:
                await wishes.take_back(connection, vault, world.resident_id, world.id_of("officer"), now)

    async with world.write() as connection:
        await searches.need_open(connection, world.enquiry.id, now, to_change=True)
        waits = asyncio.create_task(other())
        async with console_database.read() as watching:
            await _somebody_waits(watching)
        await release_store.load(connection, vault, release_id, now, to_change=True)
    await waits


async def test_the_same_form_at_the_same_moment_enters_nobody_twice(console_database, vault, clock) -> None:
    async def enter() -> str:
        async with console_database.write() as connection:
            one, now = resident(clock), clock.now()
            _, code = await residents.enter(connection, vault, SHELTER, one, "officer", now, row_id=TOKEN)
        return code

    came = await asyncio.gather(enter(), enter(), return_exceptions=True)

    assert sorted(type(one) for one in came if not isinstance(one, str)) == [AlreadyEnteredError]
    [code] = [one for one in came if isinstance(one, str)]

    async def wanted() -> str:
        async with console_database.write() as connection:
            shelters, now = frozenset([SHELTER]), clock.now()
            entry = await residents.by_code(connection, vault, shelters, code, "officer", now)
            return await family_wanted.ask(connection, vault, entry, Wanted("her mother"), "officer", now, row_id=TOKEN)

    assert len(set(await asyncio.gather(wanted(), wanted()))) == 1


async def test_a_family_that_was_closed_is_taken_by_nobody_again(installation, clock) -> None:
    vault, now = installation.vault, clock.now()
    async with installation.database.write() as connection:
        _, code = await residents.enter(connection, vault, SHELTER, resident(clock), "officer", now)
        entry = await residents.by_code(connection, vault, frozenset([SHELTER]), code, "officer", now)
        await family_wanted.ask(connection, vault, entry, Wanted("her mother"), "officer", now, row_id=TOKEN)
        await family_wanted.take(connection, vault, TOKEN, "noy", now)
        await family_wanted.close(connection, vault, TOKEN, WantedState.CLOSED, "made up", "noy", now)
        with pytest.raises(WantedOverError):
            await family_wanted.take(connection, vault, TOKEN, "dao", now, is_supervisor=True)


async def test_words_are_written_down_only_beside_a_recording(installation, clock) -> None:
    """R20b: any name in any field would make the search a way to look residents up."""
    now, world = clock.now(), await a_world(installation.database, installation.vault, clock.now())
    async with world.write() as connection:
        for field in (Field.FULL_NAME, Field.NICKNAME, Field.VILLAGE):
            with pytest.raises(UnfitNoteError):
                await described.write_down(connection, world.vault, world.enquiry.id, field, "ແກ້ວ", "noy", now)


@pytest.mark.parametrize("said", [Wish.YES, Wish.MESSAGE_ONLY])
async def test_of_two_words_at_one_moment_the_one_that_opens_less_counts(said, installation, clock) -> None:
    now, world = clock.now(), await a_world(installation.database, installation.vault, clock.now())
    await wished(world, now, said)
    async with world.write() as connection:
        # Her clock was set back meanwhile: what she said last counts all the same.
        await wishes.take_back(
            connection, world.vault, world.resident_id, world.id_of("officer"), now - timedelta(minutes=5)
        )
        newest = await wish_store.newest(connection, world.enquiry.id, world.resident_id)

    assert newest.answer is Wish.NO


async def test_asking_a_second_resident_does_not_stop_the_telling_of_a_first(installation, clock) -> None:
    now, world = clock.now(), await a_world(installation.database, installation.vault, clock.now())
    vault, noy = world.vault, world.id_of("noy")
    await wished(world, now)
    release_id = await requested(world, now)
    await approved(world, release_id, now)
    async with world.write() as connection:
        second, _ = await residents.enter(connection, vault, SHELTER, a_record(now), "officer", now)
        await searches.judge(connection, world.enquiry.id, second, "same", noy, now)
        await wishes.ask(connection, vault, world.enquiry.id, second, noy, now)
    async with world.write() as connection:
        told = await releases.tell(connection, vault, release_id, noy, ToldHow.VOICE, now)

    assert told.state is ReleaseState.TOLD


async def test_a_resident_whose_key_is_gone_stops_neither_a_reply_nor_an_end(installation, clock) -> None:
    """A power cut may keep one of the two files' commits: her row without her key."""
    now, world = clock.now(), await a_world(installation.database, installation.vault, clock.now())
    await wished(world, now)
    release_id = await requested(world, now)
    async with world.write() as connection:
        entry = await residents.opened(connection, world.vault, world.resident_id, now)
        await world.vault.destroy_key(connection, entry.key_id)
    async with world.write() as connection:
        await case_terms.terms_of(connection, world.vault, world.chat.id, now)
        await releases.settle_all(connection, world.vault, now)
        ended = await release_store.load(connection, world.vault, release_id, now)

    assert (ended.state, ended.ended_why) == (ReleaseState.REFUSED, "resident_gone")


async def test_a_rotation_of_keys_leaves_outcomes_readable(installation, clock) -> None:
    now, world = clock.now(), await a_world(installation.database, installation.vault, clock.now())
    wish_id = await asked(world, now, relation="parent", told="MADEUP words")
    for _ in range(2):
        async with world.write() as connection:
            await world.vault.rotate(connection)
    async with world.write() as connection:
        shelters, officer = frozenset([SHELTER]), world.id_of("officer")
        assert (await residents.by_code(connection, world.vault, shelters, world.code, officer, now)).record.nickname
        _, _, told = await wishes.to_ask(connection, world.vault, wish_id, officer, now)
        assert told == "MADEUP words"
        assert (await search_store.load(connection, world.enquiry.id)).owner


@pytest.mark.parametrize("cell", ["²", "²⁵", "①", "t" * 2000, "12 " * 600])
def test_a_cell_made_to_harm_is_named_and_nothing_more(cell, clock) -> None:
    for read in (read_age, read_birth):
        with pytest.raises(UnclearError):
            read(cell, today(clock))
    with pytest.raises(UnclearError):
        read_day(cell, date(2026, 11, 22), years_back=5)


async def test_an_approval_at_the_instant_of_the_lapse_counts_no_more(installation, clock) -> None:
    now, world = clock.now(), await a_world(installation.database, installation.vault, clock.now())
    await wished(world, now)
    release_id = await requested(world, now)
    at = now + timedelta(hours=72)
    async with world.write() as connection:
        with pytest.raises(MayNotReleaseError):
            await releases.approve(connection, world.vault, release_id, world.fresh("dao", at), at)
