"""What the console's sweep removes and when, and that nothing of it is left on the disk (R25-R27); counts (R28)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import canary
from tests.casework.outcomes.release_worlds import a_world, approved, requested, wished
from thangdee.casework import erasure
from thangdee.casework.chats import Chats
from thangdee.casework.enquiries import deeds
from thangdee.casework.enquiries.store import EnquiryGoneError
from thangdee.casework.outcomes import (
    counts,
    forgetting,
    given,
    release_store,
    releases,
    residents,
    wish_store,
    wishes,
)
from thangdee.casework.outcomes.model import ReleaseState, ToldHow
from thangdee.casework.outcomes.residents import NoSuchEntryError
from thangdee.casework.outcomes.tables import enquiry_count, flagged_person, release, resident, wish
from thangdee.core.columns import outcomes_metadata
from thangdee.core.errors import SealBrokenError
from thangdee.core.vault import Place, data_key

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
# What is not of one enquiry or one resident.
OTHERS = {"enquiry_count", "enquiry_counted", "audit_detail", "shelter_officer", "flagged_person"}


async def _rows(database) -> dict[str, int]:
    """How many rows each table has that is about an enquiry or a resident; empty ones are left out."""
    async with database.read() as connection:
        found = {}
        for table in outcomes_metadata.sorted_tables:
            if table.name not in OTHERS:
                found[table.name] = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
    return {name: number for name, number in found.items() if number}


async def _sweep(world, now) -> None:
    await forgetting.sweep_all(world.database, world.vault, now)


async def _live(world, now) -> str:
    """Something in each table: a wish, a message passed on, a release with approvals."""
    await wished(world, now)
    async with world.write() as connection:
        where = (world.enquiry.id, world.message_id, world.resident_id, world.id_of("noy"), now)
        await given.pass_on(connection, world.vault, *where)
    release_id = await requested(world, now)
    await approved(world, release_id, now)
    return release_id


async def test_retention_clock(console_database, vault, clock) -> None:
    """A release lapses in 72 hours, a yes and an enquiry in 180 days; then the rows go, and her key (R16, R20b, R25)."""
    now, world = clock.now(), await a_world(console_database, vault, clock.now())
    release_id = await _live(world, now)
    async with world.write() as connection:
        warned = {"id": "g", "kind": "phone", "look_up": "h", "key_id": await vault.new_key(connection)}
        sealed = await vault.seal(connection, warned["key_id"], Place("flagged_person", "sealed_note", "g"), b"made up")
        values = warned | {"sealed_note": sealed, "staff_id": "noy", "at": now}
        await connection.execute(flagged_person.insert().values(values))
        her_key = (await connection.execute(select(resident.c.key_id))).scalar_one()

    await _sweep(world, now + 3 * DAY - MINUTE)
    early = await _release(world, release_id, now + 3 * DAY - MINUTE)
    await _sweep(world, now + 3 * DAY)
    lapsed = await _release(world, release_id, now + 3 * DAY)
    before = await _rows(world.database)
    await _sweep(world, now + 178 * DAY)
    still = await _rows(world.database)
    await _sweep(world, now + 179 * DAY + MINUTE)  # she said yes the day before
    without_her = await _rows(world.database)
    await _sweep(world, now + 180 * DAY)

    assert (early.state, lapsed.state) == (ReleaseState.APPROVED, ReleaseState.LAPSED)
    assert before == still
    assert {"wish", "release", "release_approval", "message_given", "candidate", "resident"} <= set(still)
    assert not {"wish", "release", "message_given", "candidate", "resident", "resident_block"} & set(without_her)
    assert await _rows(world.database) == {}
    async with world.database.read() as connection:
        kept = set((await connection.execute(select(data_key.c.id))).scalars())
        assert (await connection.execute(select(func.count()).select_from(flagged_person))).scalar_one() == 0
    assert not {her_key, warned["key_id"]} & kept


async def _release(world, release_id, now):
    async with world.database.read() as connection:
        return await release_store.load(connection, world.vault, release_id, now)


async def test_what_its_maker_closed_goes_with_the_next_sweep(installation, clock) -> None:
    now, world = clock.now(), await a_world(installation.database, installation.vault, clock.now())
    await _live(world, now)
    async with world.write() as connection:
        await deeds.close(connection, world.enquiry.id, now)

    await _sweep(world, now)

    assert set(await _rows(world.database)) == {"resident", "resident_block"}


async def test_erasure_leaves_nothing_readable(installation, clock) -> None:
    """A deleted chat: nothing of its enquiry opens from that moment; three days later rows and key are gone (R26)."""
    now, vault = clock.now(), installation.vault
    world = await a_world(installation.database, vault, now)
    release_id = await _live(world, now)
    async with world.write() as connection:
        asked = await wish_store.newest(connection, world.enquiry.id, world.resident_id)
        whose = await Chats(connection, vault).get(world.chat.id)
        await deeds.withdraw_all(connection, world.chat.id, now)
        await erasure.close(connection, vault, whose, now)

    await _sweep(world, now)
    async with world.database.read() as connection:
        with pytest.raises((EnquiryGoneError, SealBrokenError)):
            await wish_store.said_of(connection, vault, asked)
        assert await wishes.waiting(connection, world.id_of("officer"), now) == []
        assert await given.waiting(connection, vault, world.id_of("officer"), now) == []
    assert (await _release(world, release_id, now)).state is ReleaseState.REFUSED
    async with world.write() as connection:
        await erasure.shred(connection, vault, world.chat.id)
    await _sweep(world, now + 4 * DAY)

    assert set(await _rows(world.database)) == {"resident", "resident_block"}


async def test_disk_grep_finds_no_canary_of_the_outcomes(installation, clock) -> None:
    """Her record, her words, the family's words: nowhere in clear on the disk, and their sealed form goes, too."""
    now, vault, folder = clock.now(), installation.vault, installation.settings.data_dir
    world = await a_world(installation.database, vault, now, words=canary.WORDS)
    await _live(world, now)
    async with world.write() as connection:
        entry = await residents.opened(connection, vault, world.resident_id, now)
        sealed = [
            (await connection.execute(select(column))).scalars().first()
            for column in (resident.c.sealed_record, wish.c.sealed_words)
        ]
        there = {path.name for path in canary.files(folder) if any(one in path.read_bytes() for one in sealed)}

    clear = canary.found_in(folder)
    async with world.write() as connection:
        await residents.withdraw(connection, vault, entry, world.id_of("officer"), now)
    await _sweep(world, now)

    assert entry.record.given_name == canary.WORDS
    assert there & {"outcomes.db", "outcomes.db-wal"}
    assert clear == canary.found_in(folder) == {}
    assert [path.name for path in canary.files(folder) if any(one in path.read_bytes() for one in sealed)] == []
    async with world.database.read() as connection:
        with pytest.raises(NoSuchEntryError):
            await residents.opened(connection, vault, world.resident_id, now)


async def test_counts_outlive_enquiries_and_hide_what_could_tell_of_one_person(console_database, vault, clock) -> None:
    now, world = clock.now(), await a_world(console_database, vault, clock.now())
    month = counts.month_of(now)
    release_id = await _live(world, now)
    async with world.write() as connection:
        await releases.tell(connection, vault, release_id, world.id_of("noy"), ToldHow.VOICE, now)
    for _ in range(2):  # each thing once, however often it is looked at
        await _sweep(world, now + MINUTE)
    async with world.database.read() as connection:
        query = select(enquiry_count.c.what, enquiry_count.c["count"]).where(enquiry_count.c.month == month)
        counted = dict((await connection.execute(query)).all())
    async with world.write() as connection:
        for _ in range(4):
            await counts.note(connection, counts.TOLD, now)
    async with world.write() as connection:
        shown = await counts.by_month(connection)
        await erasure.shred(connection, vault, world.chat.id)
    await _sweep(world, now + 200 * DAY)

    assert counted == {"filed": 1, "searched": 1, "same": 1, "wish.yes": 1, "released.told": 1}
    assert shown[month][counts.TOLD] == 5
    assert [what for what, number in shown[month].items() if number is not None] == [counts.TOLD]
    async with world.write() as connection:
        assert month in await counts.by_month(connection)
        await counts.forget(connection, now + 800 * DAY)
        assert await counts.by_month(connection) == {}


async def test_a_resident_who_leaves_takes_her_releases_with_her(installation, clock) -> None:
    now, world = clock.now(), await a_world(installation.database, installation.vault, clock.now())
    await _live(world, now)
    async with world.write() as connection:
        entry = await residents.opened(connection, world.vault, world.resident_id, now)
        await residents.withdraw(connection, world.vault, entry, world.id_of("officer"), now)

    await _sweep(world, now)

    async with world.database.read() as connection:
        assert (await connection.execute(select(release.c.id))).all() == []
        assert await wish_store.newest(connection, world.enquiry.id, world.resident_id) is None
