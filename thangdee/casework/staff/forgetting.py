"""What is over is forgotten: sessions, tries, challenges, invitations, accounts of long ago (R25)."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.staff import accounts, invitations, passkey_challenges, sessions, throttle


async def forget_old(connection: AsyncConnection, now: datetime) -> None:
    """Remove what has lived its time."""
    await sessions.forget_old(connection, now)
    await throttle.forget_old(connection, now)
    await passkey_challenges.forget_old(connection, now)
    await invitations.forget_old(connection, now)
    await accounts.forget_old(connection, now)
