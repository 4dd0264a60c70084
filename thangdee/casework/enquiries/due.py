"""Enquiries whose time is over: 180 days after the filing they are gone, even if the chat stays (R25)."""

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import notices
from thangdee.casework.enquiries.model import KEPT
from thangdee.casework.enquiries.tables import enquiry, enquiry_flag
from thangdee.core import changes


async def forget_old(connection: AsyncConnection, now: datetime) -> None:
    """Remove enquiries, drafts and flags that are too old; facts and messages cascade."""
    never_sent = enquiry.c.filed_at.is_(None) & (enquiry.c.created_at <= now - KEPT)
    over = or_(enquiry.c.filed_at <= now - KEPT, never_sent)
    gone = (await connection.execute(select(enquiry.c.id).where(over))).scalars().all()
    for enquiry_id in gone:
        await notices.forget_about(connection, enquiry_id)
    if gone:
        await connection.execute(delete(enquiry).where(enquiry.c.id.in_(gone)))
        await changes.announce(connection, changes.ENQUIRIES)
    await connection.execute(delete(enquiry_flag).where(enquiry_flag.c.at <= now - KEPT))
