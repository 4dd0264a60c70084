"""The code by which a person finds, in a chat of her own, what a helper wrote for her: 8 letters, 30 days, once.

What was written goes over as the helper's words, into a draft of hers; only what she takes over becomes her own. The
helper learns nothing of it: their matter stays as it was.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.chats import Chat
from thangdee.casework.referrals import deeds, facts, store
from thangdee.casework.referrals.after_tables import hand_over_code
from thangdee.casework.referrals.facts import Fact
from thangdee.casework.referrals.model import ENDED, Field, Matter, Said, Speed
from thangdee.core.codes import new_code
from thangdee.core.vault import Vault

LENGTH = 8
LASTS = timedelta(days=30)
# What stands open in a draft beside the sealed answer.
_OPEN = {Field.NEED: "need", Field.AGE_BAND: "age_band", Field.PROVINCE: "place", Field.DISTRICT: "place"}


async def make(connection: AsyncConnection, vault: Vault, matter_id: str, now: datetime) -> str:
    """Return a new code for what was written in this matter."""
    code = new_code(LENGTH)
    hashed = vault.keyring.look_up("hand_over", code)
    row = {"code_hash": hashed, "matter_id": matter_id, "made_at": now, "until": now + LASTS}
    await connection.execute(insert(hand_over_code).values(row))
    return code


async def forget_old(connection: AsyncConnection, now: datetime) -> None:
    """Sweep codes that count no more."""
    await connection.execute(delete(hand_over_code).where(hand_over_code.c.until < now))


async def take(connection: AsyncConnection, vault: Vault, whose: Chat, code: str, now: datetime) -> Matter | None:
    """Bring what a helper wrote into this person's draft, as the helper's words; None for a code that does not count.

    The caller has the yes to keep (R1). A recording stays with the helper: it is sealed for them alone.
    """
    written = await _use_up(connection, vault, code, now)
    if written is None:
        return None
    theirs = await store.load(connection, written)
    if theirs.chat_id == whose.id or theirs.state in ENDED:
        return None
    hers = await deeds.begin(connection, vault, whose, now)
    for one in await facts.facts_of(connection, vault, theirs.id):
        if one.said_by is Said.HELPER and "media" not in one.value:
            await facts.note(connection, vault, hers.id, one.field, one.value, Said.HELPER, now)
    return hers


async def waiting(connection: AsyncConnection, vault: Vault, matter: Matter) -> list[Fact]:
    """Return what a helper wrote that she has neither taken over nor struck out, in the order of the screens."""
    if matter.is_for_other:
        return []
    return [one for one in await facts.facts_of(connection, vault, matter.id) if one.said_by is Said.HELPER]


async def take_over(connection: AsyncConnection, vault: Vault, matter: Matter, one: Fact, now: datetime) -> None:
    """She says it is so: it is her own word from now on. What needs a yes of its own still needs it (R42)."""
    await facts.note(connection, vault, matter.id, one.field, one.value, Said.PERSON, now)
    await strike(connection, matter, one.field)
    code = one.value.get("code")
    changed: dict[str, Any] = {_OPEN[one.field]: code} if one.field in _OPEN and code else {}
    if one.field is Field.URGENCY and code in list(Speed):
        changed = {"speed": Speed(code)}
    if changed:
        await deeds.change_draft(connection, matter.id, now, **changed)


async def strike(connection: AsyncConnection, matter: Matter, field: Field) -> None:
    """She does not want it: it is gone from her matter."""
    await facts.forget(connection, matter.id, field, Said.HELPER)


async def _use_up(connection: AsyncConnection, vault: Vault, code: str, now: datetime) -> str | None:
    hashed = vault.keyring.look_up("hand_over", "".join(code.split()).upper())
    mine = hand_over_code.c
    counts = (mine.code_hash == hashed) & mine.used_at.is_(None) & (mine.until > now)
    used = update(hand_over_code).where(counts).values(used_at=now).returning(mine.matter_id)
    found: str | None = (await connection.execute(used)).scalar()
    return found
