"""Taking back: what the person agreed to ends at once, in whatever state it stands (R4)."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.referrals import deeds, steps, store
from thangdee.casework.referrals.model import ENDED, OPEN, OUTLINE, SENSITIVE, Field, Matter, Referral
from thangdee.core import audit
from thangdee.core.vault import Vault


async def take_all_back(
    connection: AsyncConnection, vault: Vault, chat_id: str, now: datetime, *, actor: str = audit.PERSON
) -> list[Matter]:
    """Take back every yes of a chat; return the matters that this ended, as they stand now."""
    open_ones = [one for one in await store.matters_of(connection, chat_id) if one.state not in ENDED]
    return [await take_back(connection, vault, one.id, now, actor=actor) for one in open_ones]


async def take_back(
    connection: AsyncConnection,
    vault: Vault,
    matter_id: str,
    now: datetime,
    *,
    listing_id: str | None = None,
    actor: str = audit.PERSON,
) -> Matter:
    """Take back the yes to one receiver, or to all. Raises StepRefusedError where the matter has ended."""
    return await deeds.take_step(
        connection,
        vault,
        matter_id,
        lambda one: steps.withdraw(one, now, listing_id=listing_id),
        name="withdraw",
        actor=actor,
        now=now,
    )


def could_be_read(matter: Matter, one: Referral) -> frozenset[Field]:
    """Return what the receiver of a referral could read at some time: the outline, or all that was agreed to (R41).

    A referral that was ever taken on has a promised time of contact.
    """
    consent = matter.consent(one.consent_id)
    agreed = frozenset(field for field in consent.fields if field not in SENSITIVE or field in consent.own_yes)
    return agreed if one.contact_by is not None else agreed & OUTLINE


def read_until(one: Referral) -> datetime | None:
    """Return when a receiver stopped seeing anything, None where they still see it."""
    return None if one.state in OPEN else one.changed_at
