"""Telling staff of enquiries whose next step is late: their owner, or the supervisors where nobody cares for them.

Once for each due date. The notice says "look at the board" and names no enquiry: notices lie where the chat can read
them, and when a step of which enquiry was late would tell which step it is (R12).
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import notices
from thangdee.casework.notices import colleague_notice
from thangdee.casework.outcomes import enquiry_board
from thangdee.casework.outcomes.enquiry_board import Header
from thangdee.casework.staff import accounts
from thangdee.casework.staff.accounts import Account
from thangdee.casework.staff.roles import Role
from thangdee.core.database import Database

KIND = "enquiry_board"


async def tell_all(database: Database, now: datetime) -> None:
    """Look in a transaction that only reads, and write only where somebody is to be told."""
    async with database.read() as connection:
        if not await _untold(connection, now):
            return
    async with database.write() as connection:
        await tell(connection, now)


async def tell(connection: AsyncConnection, now: datetime) -> None:
    """Tell each who should know and was not told since the step was due."""
    for _, whom in await _untold(connection, now):
        await notices.tell_all(connection, whom, KIND, "", now)


async def _untold(connection: AsyncConnection, now: datetime) -> list[tuple[Header, Collection[str]]]:
    staff = [one for one in await accounts.all_staff(connection) if one.ended_at is None]
    late = [one for one in await enquiry_board.headers(connection, {one.id for one in staff}, now) if one.is_late(now)]
    return [(one, whom) for one in late if (whom := await _to_tell(connection, one, staff))]


async def _to_tell(connection: AsyncConnection, one: Header, staff: Collection[Account]) -> set[str]:
    whom = {one.owner} if one.owner else {each.id for each in staff if Role.SUPERVISOR in each.roles}
    lately = (colleague_notice.c.at >= one.due_at) | colleague_notice.c.seen_at.is_(None)
    query = select(colleague_notice.c.to_staff).where(colleague_notice.c.kind == KIND, lately)
    return whom - set((await connection.execute(query)).scalars())
