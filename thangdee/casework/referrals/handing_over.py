"""The code by which a person finds, in a chat of her own, what a helper wrote for her: 8 letters, 30 days, once."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.referrals.after_tables import hand_over_code
from thangdee.core.vault import Vault

_LETTERS, _LENGTH = "23456789BCDFGHJKMNPQRSTVWXYZ", 8
LASTS = timedelta(days=30)


async def make(connection: AsyncConnection, vault: Vault, matter_id: str, now: datetime) -> str:
    """Return a new code for what was written in this matter."""
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    hashed = vault.keyring.look_up("hand_over", code)
    row = {"code_hash": hashed, "matter_id": matter_id, "made_at": now, "until": now + LASTS}
    await connection.execute(insert(hand_over_code).values(row))
    return code
