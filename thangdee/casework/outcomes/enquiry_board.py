"""The board of enquiries: a header of each, and who may read more than that (R37)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import shares
from thangdee.casework.enquiries import store
from thangdee.casework.enquiries.model import Enquiry, Flag
from thangdee.casework.enquiries.tables import enquiry_flag
from thangdee.casework.outcomes import search_rules, search_store
from thangdee.casework.outcomes.model import Stage
from thangdee.casework.outcomes.search_store import Search
from thangdee.casework.outcomes.tables import search
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn


@dataclass(frozen=True)
class Header:
    """One enquiry without anything that was said. `owner`: None, too, where their account has ended."""

    id: str
    code: str
    stage: Stage
    owner: str | None
    due_at: datetime | None
    filed_at: datetime
    lapses_at: datetime
    flags: tuple[Flag, ...]

    def is_late(self, now: datetime) -> bool:
        """Tell whether the next step should have been taken by now."""
        return self.due_at is not None and now >= self.due_at


async def headers(connection: AsyncConnection, active: Collection[str], now: datetime) -> list[Header]:
    """Return all that staff have open: late ones first, then nobody's, then by when they are due.

    `active`: the ids of the staff whose account has not ended.
    """
    standing = await store.filed(connection, now)
    begun = {row.enquiry_id: search_store.read(row) for row in (await connection.execute(select(search))).all()}
    flags = await flag_kinds(connection, {one.chat_id for one in standing})
    found = [_header(one, begun.get(one.id, Search(one.id)), active, flags.get(one.chat_id, ())) for one in standing]
    return sorted(
        (one for one in found if one.stage is not Stage.CLOSED),
        key=lambda one: (not one.is_late(now), one.owner is not None, one.due_at or one.filed_at, one.id),
    )


async def flag_kinds(connection: AsyncConnection, chats: Collection[str]) -> dict[str, tuple[Flag, ...]]:
    """Return which flags each chat has, in the order of `Flag`."""
    query = select(enquiry_flag.c.chat_id, enquiry_flag.c.kind).distinct()
    found: dict[str, set[str]] = {}
    for row in await connection.execute(query):
        if row.chat_id in chats:
            found.setdefault(row.chat_id, set()).add(row.kind)
    return {chat_id: tuple(one for one in Flag if one in kinds) for chat_id, kinds in found.items()}


async def may_read(
    connection: AsyncConnection, whole: Enquiry, standing: Search, viewer: SignedIn, now: datetime
) -> bool:
    """Tell whether this viewer may read what the family told: the owner, and who may read their chat."""
    if Permission.TRACE not in viewer.permissions:
        return False
    return standing.owner == viewer.staff_id or await shares.may_read(connection, whole.chat_id, viewer, now)


async def may_work(
    connection: AsyncConnection, whole: Enquiry, standing: Search, viewer: SignedIn, now: datetime
) -> bool:
    """Tell whether this viewer may act in it: the owner, a supervisor, and a tracer who writes to the family."""
    if Permission.TRACE not in viewer.permissions:
        return False
    if standing.owner == viewer.staff_id or Permission.SEE_TEAM in viewer.permissions:
        return True
    return await shares.may_write(connection, whole.chat_id, viewer, now)


def may_search(standing: Search, viewer: SignedIn) -> bool:
    """Tell whether this viewer may look at candidates: the owner, and a supervisor."""
    is_tracer = Permission.TRACE in viewer.permissions
    return is_tracer and (standing.owner == viewer.staff_id or Permission.SEE_TEAM in viewer.permissions)


def _header(one: Enquiry, standing: Search, active: Collection[str], flags: tuple[Flag, ...]) -> Header:
    filed_at = one.filed_at or one.created_at
    # Nobody has begun: what is due is that somebody does.
    due = standing.due_at if standing.stage is not Stage.NEW else search_rules.due_for(Stage.NEW, filed_at)
    owner = standing.owner if standing.owner in active else None
    return Header(one.id, one.code, standing.stage, owner, due, filed_at, one.lapses_at or filed_at, flags)
