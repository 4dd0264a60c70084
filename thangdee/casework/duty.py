"""Duty: whether a person sits at the desk, so that the bot never promises one who is not there."""

from datetime import datetime

from sqlalchemy import Column, String, Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core.columns import AwareDateTime, DataClass, about, metadata

duty = Table(
    "duty",
    metadata,
    Column("staff", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "who", "until it ends")),
    Column("until", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "till when", "until it ends")),
)


async def start(connection: AsyncConnection, staff: str, until: datetime) -> None:
    """Put a staff member on duty until then."""
    await end(connection, staff)
    await connection.execute(insert(duty).values(staff=staff, until=until))


async def end(connection: AsyncConnection, staff: str) -> None:
    """Take a staff member off duty."""
    await connection.execute(delete(duty).where(duty.c.staff == staff))


async def is_someone_there(connection: AsyncConnection, now: datetime) -> bool:
    """Tell whether anybody is on duty now."""
    query = select(duty.c.staff).where(duty.c.until > now).limit(1)
    return (await connection.execute(query)).scalar() is not None
