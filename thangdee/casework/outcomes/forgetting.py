"""What is over goes: the console's own sweep, for no other process opens the outcomes (R12, R25, R26)."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.chats import chat
from thangdee.casework.enquiries.model import KEPT, State
from thangdee.casework.enquiries.tables import enquiry
from thangdee.casework.outcomes import counts, releases, residents
from thangdee.casework.outcomes.tables import enquiry_counted, flagged_person, resident
from thangdee.core import audit
from thangdee.core.columns import outcomes_metadata
from thangdee.core.database import Database
from thangdee.core.vault import Vault

EVERY_SECONDS = 60
# After these the worker lets go the rows of the chain; what lies apart can only be let go here.
_AUDIT_KEPT = timedelta(days=730)


async def sweep(connection: AsyncConnection, vault: Vault, now: datetime) -> int:
    """Count what is new, end releases that are over, remove what may not be kept; return how many rows went."""
    await counts.note_new(connection)
    await releases.settle_all(connection, vault, now)
    gone = await _lapsed_residents(connection, vault, now)
    gone += await _of_enquiries_that_are_over(connection, now)
    gone += await _of_residents_who_are_gone(connection)
    gone += await _flagged(connection, vault, now)
    await counts.forget(connection, now)
    await audit.forget_details(connection, before=now - _AUDIT_KEPT)
    return gone


async def sweep_all(database: Database, vault: Vault, now: datetime) -> None:
    """Sweep in transactions of its own; what went, now or since the last sweep, is gone from the files, too (R27)."""
    async with database.write() as connection:  # by itself: it locks releases, the rest locks what leads to them
        await releases.settle_all(connection, vault, now)
    async with database.write() as connection:
        await sweep(connection, vault, now)
    await database.forget_old_pages()


async def _lapsed_residents(connection: AsyncConnection, vault: Vault, now: datetime) -> int:
    query = select(resident.c.id).where(resident.c.lapses_at <= now)
    lapsed = (await connection.execute(query)).scalars().all()
    for resident_id in lapsed:
        await residents.forget(connection, vault, resident_id)
    return len(lapsed)


async def _of_enquiries_that_are_over(connection: AsyncConnection, now: datetime) -> int:
    """Remove all that came of an enquiry that was closed by its maker, is gone, or is past its 180 days.

    A chat that was deleted, and may be brought back for three days, keeps its rows; nobody can read them meanwhile.
    """
    standing = (enquiry.c.filed_at > now - KEPT) & ((enquiry.c.state != State.CLOSED) | chat.c.closed_at.is_not(None))
    gone = 0
    for table in outcomes_metadata.sorted_tables:
        if "enquiry_id" in table.c:
            # What was counted stays known for as long as the enquiry does: else it would be counted again.
            stays = true() if table is enquiry_counted else standing
            kept = exists().where(enquiry.c.id == table.c.enquiry_id, chat.c.id == enquiry.c.chat_id, stays)
            gone += (await connection.execute(delete(table).where(~kept))).rowcount
    return gone


async def _of_residents_who_are_gone(connection: AsyncConnection) -> int:
    gone = 0
    for table in outcomes_metadata.sorted_tables:
        if "resident_id" in table.c:
            there = exists().where(resident.c.id == table.c.resident_id)
            gone += (await connection.execute(delete(table).where(~there))).rowcount
    return gone


async def _flagged(connection: AsyncConnection, vault: Vault, now: datetime) -> int:
    """Remove warnings after 180 days, each with its key, unless that is a chat's."""
    old = flagged_person.c.at <= now - KEPT
    rows = (await connection.execute(select(flagged_person.c.id, flagged_person.c.key_id).where(old))).all()
    for row in rows:
        await connection.execute(delete(flagged_person).where(flagged_person.c.id == row.id))
        used = or_(exists().where(chat.c.key_id == row.key_id), exists().where(flagged_person.c.key_id == row.key_id))
        if not (await connection.execute(select(used))).scalar():
            await vault.destroy_key(connection, row.key_id)
    return len(rows)
