"""What a step brings about, in its transaction: jobs of the clock, a call for staff. Nothing leaves the house here.

Kinds of clock jobs, each with its handler in processes/clocks.py; the lane ends with the id it is about:
`answer_due`, `contact_due`, `progress_due`, `notify`, `notify_ended` (a referral), `knock` (a matter).
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import alerts, notices
from thangdee.casework.alerts import Urgency
from thangdee.casework.referrals.model import Effect, Matter, Speed
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Role
from thangdee.core.jobs import NewJob, Queue, enqueue, new_uid

# A child, a broken promise: these do not wait like a wish.
_PRESSING = frozenset({"best_interest", "contact_missed", "given_back", "pressure"})


async def carry_out(connection: AsyncConnection, whole: Matter, effect: Effect, now: datetime) -> None:
    """Carry one effect out."""
    if effect.kind == "call_staff":
        await call_staff(connection, whole, effect.facts["reason"], now)
        return
    about = effect.facts.get("referral", whole.id)
    await _put_on_clock(connection, effect.kind, about, effect.facts.get("news", ""), effect.at or now, now)


async def knock(connection: AsyncConnection, matter_id: str, news: str, now: datetime) -> None:
    """Have the person knocked for news that no step brought; `news` is a code."""
    await _put_on_clock(connection, "knock", matter_id, news, now, now)


async def call_staff(connection: AsyncConnection, whole: Matter, reason: str, now: datetime) -> None:
    """Raise the person's chat in the queue, with the ladder of its urgency."""
    is_pressing = whole.speed is Speed.URGENT or reason in _PRESSING
    urgency = Urgency.HIGH if is_pressing else Urgency.PERSON
    raised, is_new = await alerts.raise_alert(connection, whole.chat_id, urgency, f"referral_{reason}"[:32], now)
    if is_new:
        await alerts.start_ladder(connection, raised, now, tell_first=True)
    await _tell_colleagues(connection, whole, reason, now)


async def _tell_colleagues(connection: AsyncConnection, whole: Matter, reason: str, now: datetime) -> None:
    """Tell who cares for the matter, and for a child those who have to decide (R9)."""
    if whole.owner is not None:
        await notices.tell(connection, whole.owner, "matter_needs_you", whole.id, now)
    if reason == "best_interest":
        everybody = await accounts.all_staff(connection)
        protect = {one.id for one in everybody if Role.CHILD_PROTECTION in one.roles and one.ended_at is None}
        await notices.tell_all(connection, protect - {whole.owner}, "child_decision", whole.id, now)


async def _put_on_clock(
    connection: AsyncConnection, kind: str, about: str, detail: str, at: datetime, now: datetime
) -> None:
    dedupe = f"{kind}:{about}:{detail}:{int(at.timestamp())}"
    new = NewJob(
        queue=Queue.CLOCK, lane=f"{kind}-{about}"[:64], kind=kind, run_at=at, created_at=now, uid=new_uid(),
        dedupe=dedupe[:96],
        position=int(at.timestamp()),  # a promise for tomorrow rings before an older one for next week
    )  # fmt: skip
    await enqueue(connection, new)
