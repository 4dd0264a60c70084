"""Where staff stand with each enquiry, in the database."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import store
from thangdee.casework.enquiries.model import KEPT, Enquiry, State
from thangdee.casework.outcomes import search_rules
from thangdee.casework.outcomes.model import Stage
from thangdee.casework.outcomes.tables import search
from thangdee.core import changes
from thangdee.core.database import insert_new
from thangdee.core.errors import ThangdeeError


class StageRefusedError(ThangdeeError):
    """The enquiry stands where this cannot be done, or its maker closed it."""

    code = "stage_refused"


class UnfitNoteError(ThangdeeError):
    """Nothing was written, too much, or a code that there is not."""

    code = "unfit_note"


@dataclass(frozen=True)
class Search:
    """Where staff stand with an enquiry; `Stage.NEW` and nobody's where nobody has begun."""

    enquiry_id: str
    stage: Stage = Stage.NEW
    owner: str | None = None
    due_at: datetime | None = None
    opened_at: datetime | None = None
    closed_why: str | None = None
    changed_at: datetime | None = None


def is_standing(whole: Enquiry, now: datetime) -> bool:
    """Tell whether staff still work on it: filed, not closed by its maker, not past its 180 days."""
    is_there = whole.state in (State.OPEN, State.EXPIRED) and whole.filed_at is not None
    return is_there and now < whole.filed_at + KEPT  # type: ignore[operator]


async def load(connection: AsyncConnection, enquiry_id: str, *, to_change: bool = False) -> Search:
    """Return where staff stand; `to_change` locks the row."""
    query = select(search).where(search.c.enquiry_id == enquiry_id)
    row = (await connection.execute(query.with_for_update() if to_change else query)).one_or_none()
    return Search(enquiry_id) if row is None else read(row)


def read(row: Row[Any]) -> Search:
    """Return a row of the table as what it says."""
    return Search(
        row.enquiry_id, Stage(row.stage), row.owner, row.due_at, row.opened_at, row.closed_why, row.changed_at
    )


async def standing(connection: AsyncConnection, enquiry_id: str, now: datetime, *, to_change: bool = True) -> Search:
    """Return the search of an enquiry that stands and is not put away. Raises StageRefusedError, EnquiryGoneError."""
    if not is_standing(await store.load(connection, enquiry_id), now):
        raise StageRefusedError("its maker closed it, or its time is over")
    whole = await load(connection, enquiry_id, to_change=to_change)
    if whole.stage is Stage.CLOSED:
        raise StageRefusedError("put away")
    return whole


async def in_work(connection: AsyncConnection, enquiry_id: str, now: datetime) -> Search:
    """Return the search, locked, of an enquiry that somebody cares for. Raises StageRefusedError."""
    whole = await standing(connection, enquiry_id, now)
    if whole.stage is Stage.NEW:
        raise StageRefusedError("nobody cares for it yet")
    return whole


def moved(whole: Search, to: Stage, now: datetime) -> Search:
    """Return the search one stage on, with its new due date. Raises StageRefusedError."""
    if not search_rules.may_follow(whole.stage, to):
        raise StageRefusedError(f"{to} does not follow {whole.stage}")
    return replace(whole, stage=to, due_at=search_rules.due_for(to, now), changed_at=now)


async def save(connection: AsyncConnection, whole: Search) -> None:
    """Write it down, and tell open boards."""
    values = vars(whole)
    statement = insert_new(connection, search).values(values)
    changed = {name: value for name, value in values.items() if name != "enquiry_id"}
    await connection.execute(statement.on_conflict_do_update(index_elements=["enquiry_id"], set_=changed))
    await changes.announce(connection, changes.ENQUIRIES)
