"""One-time links to a referral: 256 bits, hashed at rest, single use, 72 hours (R40).

A link opens nothing by itself: who follows it signs in with a second factor and must work for the receiver. Using it up
does no harm, since everything lies in the inbox as well.
"""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, ForeignKey, String, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.referrals.tables import referral
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata

VALID = timedelta(hours=72)
_TOKEN_BYTES = 32
_KEEP = "72 hours"

referral_link = Table(
    "referral_link",
    metadata,
    Column(
        "token_hash", String(64), primary_key=True, info=about(DataClass.SESSION, "hash of what the link holds", _KEEP)
    ),
    Column(
        "referral_id",
        String(32),
        ForeignKey(referral.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "where it leads", _KEEP),
    ),
    Column("made_at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "when", _KEEP)),
    Column("expires_at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "valid until", _KEEP)),
    Column("used_at", AwareDateTime, info=about(DataClass.TECHNICAL, "when it was used", _KEEP)),
)


async def make(connection: AsyncConnection, referral_id: str, now: datetime) -> str:
    """Return the token of a new link; the address is `{origin}/r/{token}`."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    row = {"token_hash": _hashed(token), "referral_id": referral_id, "made_at": now, "expires_at": now + VALID}
    await connection.execute(insert(referral_link).values(row))
    return token


async def use(connection: AsyncConnection, token: str, organisations: Collection[str], now: datetime) -> str | None:
    """Use a link up and return the id of its referral; None where it leads nowhere for people of these organisations.

    Nobody else's try uses it up, and nothing tells a stranger whether it was right.
    """
    query = select(referral_link.c.referral_id, referral.c.organisation_id).join(referral)
    row = (await connection.execute(query.where(_is_live(token, now)))).one_or_none()
    if row is None or row.organisation_id not in organisations:
        return None
    used = update(referral_link).where(_is_live(token, now)).values(used_at=now)
    return str(row.referral_id) if (await connection.execute(used)).rowcount == 1 else None


async def forget(connection: AsyncConnection, now: datetime) -> None:
    """Sweep the links that are too old, used or not (R25)."""
    await connection.execute(delete(referral_link).where(referral_link.c.expires_at <= now))


def _is_live(token: str, now: datetime) -> ColumnElement[bool]:
    link = referral_link.c
    return (link.token_hash == _hashed(token)) & link.used_at.is_(None) & (link.expires_at > now)


def _hashed(token: str) -> str:
    """Return a plain hash: nobody guesses 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
