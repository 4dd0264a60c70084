"""How many, by month, without a person: rows that outlive enquiries (R28). Counted once, when it happens."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries.tables import enquiry
from thangdee.casework.outcomes.model import Wish
from thangdee.casework.outcomes.search_rules import CLOSED_WHY
from thangdee.casework.outcomes.tables import candidate, enquiry_count, enquiry_counted, search
from thangdee.core.database import at_the_end, insert_new
from thangdee.core.time_words import LOCAL_TIME

FILED, SEARCHED, SAME = "filed", "searched", "same"
WISHES = tuple(f"wish.{one}" for one in Wish)
TOLD, REFUSED, LAPSED = "released.told", "released.refused", "released.lapsed"
CLOSED = tuple(f"closed.{why}" for why in CLOSED_WHY)
# In the order of the page.
WHAT = (FILED, SEARCHED, SAME, *WISHES, TOLD, REFUSED, LAPSED, *CLOSED)
# A smaller number could tell of one person (R28).
FEWEST = 5
_KEPT_MONTHS = 24


async def note(connection: AsyncConnection, what: str, now: datetime) -> None:
    """Count one more in this month, as the last of the transaction: all deeds of a month wait for the same row."""
    key = {"month": month_of(now), "what": what}
    statement = insert_new(connection, enquiry_count).values(key | {"count": 1})
    more = {"count": enquiry_count.c.count + 1}

    async def count() -> None:
        await connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=more))

    await at_the_end(connection, count)


async def note_new(connection: AsyncConnection) -> None:
    """Count what the chat and the tracers did since the last look, each once for an enquiry."""
    filed = select(enquiry.c.id, enquiry.c.filed_at).where(enquiry.c.filed_at.is_not(None))
    await _note_each(connection, FILED, [tuple(row) for row in (await connection.execute(filed)).all()])
    opened = select(search.c.enquiry_id, search.c.opened_at).where(search.c.opened_at.is_not(None))
    await _note_each(connection, SEARCHED, [tuple(row) for row in (await connection.execute(opened)).all()])
    same = select(candidate.c.enquiry_id, candidate.c.at).where(candidate.c.verdict == "same").order_by(candidate.c.at)
    await _note_each(connection, SAME, [tuple(row) for row in (await connection.execute(same)).all()])
    closed = select(search.c.enquiry_id, search.c.changed_at, search.c.closed_why)
    for row in (await connection.execute(closed.where(search.c.closed_why.is_not(None)))).all():
        await _note_each(connection, f"closed.{row.closed_why}", [(row.enquiry_id, row.changed_at)])


async def by_month(connection: AsyncConnection) -> dict[str, dict[str, int | None]]:
    """Return the counts of each month, newest first; None where it is so few that it could tell of one person."""
    query = select(enquiry_count.c.month, enquiry_count.c.what, enquiry_count.c["count"].label("number"))
    rows = (await connection.execute(query.order_by(enquiry_count.c.month.desc()))).all()
    months: dict[str, dict[str, int | None]] = {row.month: dict.fromkeys(WHAT) for row in rows}
    for row in rows:
        months[row.month][row.what] = row.number if row.number >= FEWEST else None
    return months


async def forget(connection: AsyncConnection, now: datetime) -> None:
    """Remove what is older than 24 months."""
    local = now.astimezone(LOCAL_TIME)
    oldest = f"{local.year - _KEPT_MONTHS // 12:04d}-{local.month:02d}"
    await connection.execute(delete(enquiry_count).where(enquiry_count.c.month < oldest))


def month_of(at: datetime) -> str:
    """Return the month in Laos and Thailand, such as 2026-11."""
    return at.astimezone(LOCAL_TIME).strftime("%Y-%m")


async def _note_each(connection: AsyncConnection, what: str, found: Iterable[tuple[str, datetime]]) -> None:
    query = select(enquiry_counted.c.enquiry_id).where(enquiry_counted.c.what == what)
    known = set((await connection.execute(query)).scalars())
    for enquiry_id, at in found:
        if enquiry_id not in known:
            known.add(enquiry_id)
            mark = insert_new(connection, enquiry_counted).values(enquiry_id=enquiry_id, what=what)
            is_new = mark.on_conflict_do_nothing().returning(enquiry_counted.c.enquiry_id)
            if (await connection.execute(is_new)).scalar() is not None:
                await note(connection, what, at)
