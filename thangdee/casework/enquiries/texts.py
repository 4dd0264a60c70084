"""The fixed texts of an enquiry: when they come, told by the filing and the family's hours alone (R14, R56)."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries.model import TEXT_DAYS, Enquiry, State
from thangdee.casework.enquiries.tables import enquiry
from thangdee.casework.referrals.knocks import ONLY_WHEN_I_WRITE, next_window
from thangdee.core.jobs import NewJob, Queue, enqueue, new_uid

# Kinds of clock jobs, with the day that each is for; all of an enquiry ring in one lane, one after the other.
KINDS = {f"enquiry_text_{day}": day for day in TEXT_DAYS}


def text_times(filed_at: datetime, hours: Collection[str]) -> tuple[datetime, ...]:
    """Return when the texts of the days 3, 14 and 30 come: at that time of day, or when the chosen hours begin next.

    `hours`: codes of Field.REACH_HOURS. For who hears us only when they write, it is when the text begins to wait.
    """
    codes = [one for one in hours if one != ONLY_WHEN_I_WRITE]
    exact = [filed_at + timedelta(days=day) for day in TEXT_DAYS]
    return tuple(next_window(at, codes) or at for at in exact)


async def queue(connection: AsyncConnection, enquiry: Enquiry) -> None:
    """Put the texts on the clock, in the transaction of the filing."""
    for kind, at in zip(KINDS, enquiry.texts_at, strict=True):
        second = int(at.timestamp())
        new = NewJob(
            queue=Queue.CLOCK, lane=lane_of(enquiry.id), kind=kind, run_at=at, created_at=enquiry.filed_at or at,
            uid=new_uid(), dedupe=f"{kind}:{enquiry.id}", position=second,
        )  # fmt: skip
        await enqueue(connection, new)


def lane_of(enquiry_id: str) -> str:
    """Return the lane of the clocks of an enquiry."""
    return f"enquiry_text-{enquiry_id}"


async def expire(connection: AsyncConnection, enquiry_id: str) -> None:
    """End what its maker sees of an enquiry; staff may go on with it (R13)."""
    is_open = (enquiry.c.id == enquiry_id) & (enquiry.c.state == State.OPEN)
    await connection.execute(update(enquiry).where(is_open).values(state=State.EXPIRED))


async def let_wait(connection: AsyncConnection, enquiry_id: str) -> None:
    """Note that a text waits for the next message of who wants to hear us only then (R56)."""
    await connection.execute(update(enquiry).where(enquiry.c.id == enquiry_id).values(text_waits=True))


async def take_waiting(connection: AsyncConnection, chat_id: str) -> bool:
    """Tell whether a text waits for this person, and count it as told."""
    waits = (enquiry.c.chat_id == chat_id) & enquiry.c.text_waits
    if (await connection.execute(select(enquiry.c.id).where(waits).limit(1))).scalar() is None:
        return False
    await connection.execute(update(enquiry).where(waits).values(text_waits=False))
    return True
