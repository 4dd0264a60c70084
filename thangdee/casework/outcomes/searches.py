"""What staff do with one enquiry: take it, open its search, judge candidates, put it away. Nothing of it is told.

Each deed changes tables of `outcomes` alone, never the enquiry that its maker sees (R13), and queues nothing (R14).
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.outcomes import search_rules
from thangdee.casework.outcomes.model import Stage
from thangdee.casework.outcomes.proofs import why_locked
from thangdee.casework.outcomes.search_rules import CLOSED_WHY
from thangdee.casework.outcomes.search_store import (
    Search,
    UnfitNoteError,
    in_work,
    load,
    moved,
    save,
    standing,
)
from thangdee.casework.outcomes.tables import candidate, search
from thangdee.core import changes
from thangdee.core.database import insert_new
from thangdee.core.errors import ThangdeeError

VERDICTS = ("same", "unsure", "other")


class SearchLockedError(ThangdeeError):
    """The proof does not let a search be open (R15). `reason`: what is missing, a code."""

    code = "search_locked"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TakenError(ThangdeeError):
    """Somebody else cares for it."""

    code = "taken"


async def take(
    connection: AsyncConnection, enquiry_id: str, staff_id: str, now: datetime, *, is_owner_free: bool
) -> None:
    """Care for an enquiry from now on; vetting is due within a working day. Raises TakenError, StageRefusedError.

    `is_owner_free`: it may be taken from who has it (a supervisor does, or their account has ended).
    """
    free = {"enquiry_id": enquiry_id, "stage": Stage.NEW, "changed_at": now}  # two at once: the second waits here
    await connection.execute(insert_new(connection, search).values(free).on_conflict_do_nothing())
    whole = await standing(connection, enquiry_id, now)
    if whole.owner not in (None, staff_id) and not is_owner_free:
        raise TakenError("somebody else's")
    begun = moved(whole, Stage.VETTING, now) if whole.stage is Stage.NEW else replace(whole, changed_at=now)
    await save(connection, replace(begun, owner=staff_id))


async def open_search(connection: AsyncConnection, enquiry_id: str, now: datetime) -> None:
    """Open the search where vetting and proof let it; raises SearchLockedError everywhere else (R15)."""
    whole = await in_work(connection, enquiry_id, now)
    reason = await why_locked(connection, enquiry_id, now)
    if reason is not None:
        raise SearchLockedError(reason)
    await save(connection, replace(moved(whole, Stage.SEARCHING, now), opened_at=now))


async def need_open(connection: AsyncConnection, enquiry_id: str, now: datetime, *, to_change: bool = False) -> Search:
    """Return the search where it is open now: opened, its proof still holds, the enquiry stands.

    Everything that shows anything of a resident asks here first. Raises SearchLockedError, StageRefusedError.
    """
    whole = await standing(connection, enquiry_id, now, to_change=to_change)
    if not search_rules.is_opened(whole.stage) or whole.opened_at is None:
        raise SearchLockedError("not_opened")
    reason = await why_locked(connection, enquiry_id, now)
    if reason is not None:
        raise SearchLockedError(reason)
    return whole


async def judge(
    connection: AsyncConnection, enquiry_id: str, resident_id: str, verdict: str, staff_id: str, now: datetime
) -> None:
    """Write down what a tracer thinks of a candidate; candidates.py asks before whether it is one."""
    if verdict not in VERDICTS:
        raise UnfitNoteError("no such verdict")
    await need_open(connection, enquiry_id, now)
    key = {"enquiry_id": enquiry_id, "resident_id": resident_id}
    values = {"verdict": verdict, "staff_id": staff_id, "at": now}
    statement = insert_new(connection, candidate).values(key | values)
    await connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
    await changes.announce(connection, changes.ENQUIRIES)


async def verdicts(connection: AsyncConnection, enquiry_id: str) -> dict[str, str]:
    """Return what was thought of each candidate, by the resident's id."""
    rows = await connection.execute(select(candidate).where(candidate.c.enquiry_id == enquiry_id))
    return {row.resident_id: row.verdict for row in rows}


async def move(connection: AsyncConnection, enquiry_id: str, to: Stage, now: datetime) -> None:
    """Step to asking her, releasing, told, or back to searching. Raises StageRefusedError, SearchLockedError."""
    whole = await need_open(connection, enquiry_id, now, to_change=True)
    await save(connection, moved(whole, to, now))


async def close(connection: AsyncConnection, enquiry_id: str, why: str, now: datetime) -> None:
    """End it for staff; the family sees no sign of it. Also one that its maker closed is put away so."""
    if why not in CLOSED_WHY:
        raise UnfitNoteError("no such end")
    whole = await load(connection, enquiry_id, to_change=True)
    await save(connection, replace(moved(whole, Stage.CLOSED, now), closed_why=why))
