"""Nobody is left without an owner: open matters for which neither a clock ticks nor anybody of ours cares (R41, R43).

There should be none. Whichever fault makes one, the next round finds it, winds the clock up again and calls staff.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.alerts import alert
from thangdee.casework.chats import chat
from thangdee.casework.referrals import due, effects, steps, store
from thangdee.casework.referrals.model import IN_WORK, Effect, MatterState, Referral, ReferralState
from thangdee.casework.referrals.on_the_clock import ticks
from thangdee.casework.referrals.tables import matter, referral
from thangdee.casework.staff.tables import staff
from thangdee.core.vault import Vault

REASON = "orphan"
# A step and what follows from it are one transaction; this is for clocks that ring just now, and for their retries.
_PATIENCE = timedelta(minutes=15)
# Whoever took the call has so long to take the matter on, and staff are called no more often than that.
_A_DAY = timedelta(days=1)
_A_ROUND = 100
_CLOCKS = {
    ReferralState.OFFERED: "answer_due",
    ReferralState.ACCEPTED: "contact_due",
    ReferralState.CONTACTED: "progress_due",
}


async def find(connection: AsyncConnection, now: datetime) -> list[str]:
    """Return the ids of matters that nobody would come back to, oldest change first."""
    lost = or_(_waits_for_nobody(), _has_no_clock(), _has_no_receiver())
    is_new = matter.c.changed_at > now - _PATIENCE
    query = (
        select(matter.c.id)
        .join(chat, chat.c.id == matter.c.chat_id)
        .where(lost, ~is_new, ~_was_called(now), chat.c.closed_at.is_(None))
        .order_by(matter.c.changed_at, matter.c.id)
        .limit(_A_ROUND)
    )
    return list((await connection.execute(query)).scalars())


async def bring_back(connection: AsyncConnection, vault: Vault, matter_id: str, now: datetime) -> None:
    """Wind up the clock of a matter that was found, and call staff."""
    whole = await store.load(connection, matter_id, to_change=True)
    current = whole.current
    if current is not None and current.state in _CLOCKS:
        again = Effect(_CLOCKS[current.state], {"referral": current.id}, _due_at(current, now))
        await effects.carry_out(connection, whole, again, now)
    await due.call_staff(connection, vault, whole, REASON, now)


def _due_at(one: Referral, now: datetime) -> datetime:
    at = {ReferralState.OFFERED: one.answer_by, ReferralState.ACCEPTED: one.contact_by}
    return max(at.get(one.state) or one.changed_at + steps.PROGRESS, now)


def _waits_for_nobody() -> ColumnElement[bool]:
    """Staff should act, and nobody has taken it on, or who did works here no more."""
    has_left = exists().where(staff.c.id == matter.c.owner, staff.c.ended_at.is_not(None))
    return and_(matter.c.state == MatterState.WITH_STAFF, or_(matter.c.owner.is_(None), has_left))


def _has_no_clock() -> ColumnElement[bool]:
    """A receiver should act, and nothing rings if they do not."""
    return exists().where(
        referral.c.matter_id == matter.c.id,
        referral.c.state.in_(IN_WORK),
        matter.c.state == MatterState.WITH_PROVIDER,
        *(~ticks(literal(f"{kind}-") + referral.c.id) for kind in _CLOCKS.values()),
    )


def _has_no_receiver() -> ColumnElement[bool]:
    works = exists().where(referral.c.matter_id == matter.c.id, referral.c.state.in_(IN_WORK))
    return and_(matter.c.state == MatterState.WITH_PROVIDER, ~works)


def _was_called(now: datetime) -> ColumnElement[bool]:
    """A call for the person waits, or one was taken or repeated in the last day."""
    recent = or_(alert.c.taken_at.is_(None), alert.c.taken_at > now - _A_DAY)
    return exists().where(alert.c.chat_id == matter.c.chat_id, recent)
