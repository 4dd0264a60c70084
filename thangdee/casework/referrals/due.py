"""What happens when the clock of a referral rings; each does nothing where it is no longer so, or not yet.

    answer_due    nobody answered           the next whom the consent covers, else staff (steps.expire)
    contact_due   the promise was broken    the receiver is reminded once, staff are called each working day
    progress_due  two weeks without a word  staff are called, and again after two more
    lapse         90 days after the yes     nothing more is told (steps.lapse)

A draft that nobody finished has no clock: without a yes nobody is contacted; it waits for the person as long as her
chat is kept (R25). Each function is one use case, to be called inside one transaction of the caller's; a matter that is
gone is none of its business any more.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.referrals import clocks, deeds, effects, follow_up, steps, store
from thangdee.casework.referrals.model import (
    CONSENT_LASTS,
    ENDED,
    OPEN,
    REFERRAL_CONSENT_VERSION,
    Effect,
    Matter,
    MatterState,
    Referral,
    ReferralState,
)
from thangdee.casework.referrals.store import MatterGoneError
from thangdee.casework.referrals.tables import matter, referral, referral_consent
from thangdee.core import audit
from thangdee.core.vault import Vault

# Who was helped and wants no follow-up has so long to say that something is missing.
CLOSED_AFTER = timedelta(days=30)
_A_DAY = timedelta(days=1)
# The most that one round does at once; the next one follows in a minute.
_A_ROUND = 100


async def answer_is_due(connection: AsyncConnection, vault: Vault, referral_id: str, now: datetime) -> None:
    """Ask the next, or call staff, where a receiver has not answered in time (R41)."""
    with suppress(MatterGoneError):
        whole, one = await _of(connection, referral_id)
        if one.state is ReferralState.OFFERED and now >= one.answer_by and whole.state not in ENDED:
            await deeds.take_step(
                connection, vault, whole.id, lambda found: steps.expire(found, referral_id, now),
                name="expire", actor=audit.SYSTEM, now=now,
            )  # fmt: skip


async def contact_is_due(connection: AsyncConnection, vault: Vault, referral_id: str, now: datetime) -> None:
    """Remind a receiver who promised contact and call staff; again each working day until somebody acts."""
    with suppress(MatterGoneError):
        whole, one = await _of(connection, referral_id)
        if one.state is not ReferralState.ACCEPTED or one.contact_by is None or now < one.contact_by:
            return
        await call_staff(connection, vault, whole, "contact_missed", now)
        reminder = Effect("notify", {"referral": one.id, "news": "remind"}, one.contact_by)  # one instant: once
        await effects.carry_out(connection, whole, reminder, now)
        again = clocks.next_working_moment(now + _A_DAY, one.receiver.country)
        await effects.carry_out(connection, whole, Effect("contact_due", {"referral": one.id}, again), now)


async def progress_is_due(connection: AsyncConnection, vault: Vault, referral_id: str, now: datetime) -> None:
    """Call staff where nobody said for two weeks what came of it."""
    with suppress(MatterGoneError):
        whole, one = await _of(connection, referral_id)
        if one.state is not ReferralState.CONTACTED:
            return
        await call_staff(connection, vault, whole, "no_progress", now)
        again = Effect("progress_due", {"referral": one.id}, now + steps.PROGRESS)
        await effects.carry_out(connection, whole, again, now)


async def call_staff(connection: AsyncConnection, vault: Vault, whole: Matter, reason: str, now: datetime) -> None:
    """Call a person of ours for a matter that has not ended."""
    if whole.state not in ENDED:
        await deeds.take_step(
            connection, vault, whole.id, lambda found: steps.call_staff(found, reason, now),
            name="call_staff", actor=audit.SYSTEM, now=now,
        )  # fmt: skip


async def lapsed(connection: AsyncConnection, now: datetime) -> list[str]:
    """Return the matters in which a receiver sees what a yes no longer covers: older than 90 days, other words (R3)."""
    over = or_(referral_consent.c.at <= now - CONSENT_LASTS, referral_consent.c.version != REFERRAL_CONSENT_VERSION)
    query = (
        select(referral.c.matter_id)
        .join(referral_consent, referral_consent.c.id == referral.c.consent_id)
        .where(referral.c.state.in_(OPEN), over)
        .distinct()
        .limit(_A_ROUND)
    )
    return list((await connection.execute(query)).scalars())


async def lapse(connection: AsyncConnection, vault: Vault, matter_id: str, now: datetime) -> None:
    """End what a yes no longer covers."""
    await deeds.take_step(
        connection, vault, matter_id, lambda one: steps.lapse(one, now), name="lapse", actor=audit.SYSTEM, now=now
    )


async def helped_and_quiet(connection: AsyncConnection, now: datetime) -> list[str]:
    """Return the matters that were helped a month ago and have no follow-up that runs; they are closed."""
    quiet = (matter.c.state == MatterState.HELPED) & (matter.c.changed_at <= now - CLOSED_AFTER)
    query = select(matter.c.id).where(quiet, ~follow_up.runs_for(matter.c.id)).limit(_A_ROUND)
    return list((await connection.execute(query)).scalars())


async def _of(connection: AsyncConnection, referral_id: str) -> tuple[Matter, Referral]:
    whole = await store.load(connection, await store.of_referral(connection, referral_id), to_change=True)
    return whole, whole.referral(referral_id)
