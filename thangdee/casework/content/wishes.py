"""Wishes: what staff want written, in their own words, as a line of the work list."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.content.tables import content_wish
from thangdee.casework.cutting import has_contact, one_line
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid

LONGEST = 200


class UnfitWishError(ThangdeeError):
    """No words, too many, or a number, address or link in them: a person's details do not belong there."""

    code = "unfit_wish"


class WishGoneError(ThangdeeError):
    """A colleague saw to it meanwhile."""

    code = "wish_gone"


@dataclass(frozen=True)
class Wish:
    """One wish."""

    id: str
    wanted: str
    asked_by: str
    asked_at: datetime


async def wish(connection: AsyncConnection, wanted: str, by: str, now: datetime) -> str:
    """Put a wish on the work list and return its id. Raises UnfitWishError."""
    words = one_line(wanted)
    if not 0 < len(words) <= LONGEST or has_contact(words):
        raise UnfitWishError("this cannot be a wish")
    wish_id = new_uid()
    values = {"id": wish_id, "wanted": words, "asked_by": by, "asked_at": now}
    await connection.execute(insert(content_wish).values(values))
    return wish_id


async def done(connection: AsyncConnection, wish_id: str, by: str, now: datetime) -> None:
    """Take a wish off the list. Raises WishGoneError."""
    mine = (content_wish.c.id == wish_id) & content_wish.c.done_at.is_(None)
    changed = update(content_wish).where(mine).values(done_by=by, done_at=now).returning(content_wish.c.id)
    if (await connection.execute(changed)).scalar() is None:
        raise WishGoneError("it is off the list")


async def open_wishes(connection: AsyncConnection) -> list[Wish]:
    """Return the wishes, oldest first."""
    query = select(content_wish).where(content_wish.c.done_at.is_(None)).order_by(content_wish.c.asked_at)
    return [Wish(row.id, row.wanted, row.asked_by, row.asked_at) for row in await connection.execute(query)]
