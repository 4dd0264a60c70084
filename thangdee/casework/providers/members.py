"""Whose account belongs to which organisation; what a receiver sees hangs on this alone."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.providers.tables import provider_member
from thangdee.casework.staff.tables import staff
from thangdee.core.database import insert_new


async def organisations_of(connection: AsyncConnection, staff_id: str) -> frozenset[str]:
    """Return the organisations that a person works for; none for an account that has ended."""
    query = select(provider_member.c.organisation_id).join(staff, staff.c.id == provider_member.c.staff_id)
    mine = query.where(staff.c.id == staff_id, staff.c.ended_at.is_(None))
    return frozenset((await connection.execute(mine)).scalars())


async def people_of(connection: AsyncConnection, organisation_id: str) -> list[str]:
    """Return the accounts of an organisation's people that have not ended, longest there first."""
    query = select(staff.c.id).join(provider_member, staff.c.id == provider_member.c.staff_id)
    theirs = query.where(provider_member.c.organisation_id == organisation_id, staff.c.ended_at.is_(None))
    return list((await connection.execute(theirs.order_by(provider_member.c.added_at, staff.c.id))).scalars())


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """Return how many people with an account each organisation has; those that have none are left out."""
    query = select(provider_member.c.organisation_id, func.count().label("people"))
    theirs = query.join(staff, staff.c.id == provider_member.c.staff_id).where(staff.c.ended_at.is_(None))
    rows = await connection.execute(theirs.group_by(provider_member.c.organisation_id))
    return {row.organisation_id: row.people for row in rows}


async def add(connection: AsyncConnection, staff_id: str, organisation_id: str, by: str, now: datetime) -> None:
    """Let a person of theirs see what their organisation is asked; nothing happens if they may already."""
    values = {"staff_id": staff_id, "organisation_id": organisation_id, "added_by": by, "added_at": now}
    new = insert_new(connection, provider_member).values(values)
    await connection.execute(new.on_conflict_do_nothing(index_elements=["staff_id", "organisation_id"]))


async def take_away(connection: AsyncConnection, staff_id: str, organisation_id: str) -> bool:
    """A person works there no more. Return whether they did."""
    theirs = (provider_member.c.staff_id == staff_id) & (provider_member.c.organisation_id == organisation_id)
    return (await connection.execute(delete(provider_member).where(theirs))).rowcount > 0
