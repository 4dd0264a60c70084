"""The board of matters: a header of each for who works on referrals, and who may read more than that (R37)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import shares
from thangdee.casework.chats import chat
from thangdee.casework.referrals import gate
from thangdee.casework.referrals.guardian_tables import matter_look
from thangdee.casework.referrals.model import ENDED, OPEN, Matter, MatterState, ReferralState, Speed
from thangdee.casework.referrals.tables import matter, matter_step, referral
from thangdee.casework.shares import ONE_LOOK
from thangdee.casework.staff.roles import Permission, Role
from thangdee.casework.staff.sessions import SignedIn
from thangdee.core.database import insert_new

# How long a matter may wait for staff: what is urgent a quarter of an hour, all else a working day.
_MAY_WAIT = {Speed.URGENT: timedelta(minutes=15), Speed.ORDINARY: timedelta(hours=24)}
ADULTS = ("18_59", "60_up")


@dataclass(frozen=True)
class Header:
    """One matter without anything that was said. `since`: when it came to stand as it does; taking it on is no change.

    `answer_by`, `contact_by`: of the referral that is open. `owner`: None, too, where their account has ended.
    """

    id: str
    code: str
    state: MatterState
    why: str | None
    speed: Speed
    since: datetime
    owner: str | None
    may_be_minor: bool
    is_for_other: bool
    referral_state: ReferralState | None
    organisation_id: str | None
    answer_by: datetime | None
    contact_by: datetime | None

    def is_late(self, now: datetime) -> bool:
        """Tell whether somebody should have answered, called, or cared by now."""
        if self.state is MatterState.WITH_STAFF:
            return now >= self.since + _MAY_WAIT[self.speed]
        due = self.answer_by if self.referral_state is ReferralState.OFFERED else self.contact_by
        waits = self.referral_state in (ReferralState.OFFERED, ReferralState.ACCEPTED)
        return waits and due is not None and now >= due

    @property
    def needs_owner(self) -> bool:
        """Whether it waits for staff and nobody of them cares for it (R43)."""
        return self.owner is None and self.state is MatterState.WITH_STAFF


async def headers(connection: AsyncConnection, active: Collection[str], now: datetime) -> list[Header]:
    """Return all open matters: without an owner first, then late ones, urgent ones, the longest as they are.

    `active`: the ids of the staff whose account has not ended. A draft is the person's own until staff write it.
    """
    found = [_header(row, active) for row in (await connection.execute(_open_matters())).all()]
    return sorted(
        found,
        key=lambda one: (not one.needs_owner, not one.is_late(now), one.speed is not Speed.URGENT, one.since, one.id),
    )


async def may_read(connection: AsyncConnection, whole: Matter, viewer: SignedIn, now: datetime) -> bool:
    """Tell whether this viewer may read what was said: the owner, who reads the chat, who decides for a child."""
    if Permission.WORK_REFERRALS not in viewer.permissions or not await _is_there(connection, whole):
        return False
    if whole.owner == viewer.staff_id or _decides(whole, viewer, now):
        return True
    return await shares.may_read(connection, whole.chat_id, viewer, now)


async def may_work(connection: AsyncConnection, whole: Matter, viewer: SignedIn, now: datetime) -> bool:
    """Tell whether this viewer may act in the matter: the owner, and who may write to the person."""
    if Permission.WORK_REFERRALS not in viewer.permissions or not await _is_there(connection, whole):
        return False
    return whole.owner == viewer.staff_id or await shares.may_write(connection, whole.chat_id, viewer, now)


def may_decide(whole: Matter, viewer: SignedIn, now: datetime) -> bool:
    """Tell whether a decision of this viewer is asked for: child protection, and the owner (R9)."""
    return _waits_for_decision(whole, now) and (
        Role.CHILD_PROTECTION in viewer.roles or whole.owner == viewer.staff_id or Role.SUPERVISOR in viewer.roles
    )


async def note_view(connection: AsyncConnection, matter_id: str, staff_id: str, now: datetime) -> bool:
    """Tell whether this look must be audited: the first one, and one more every 15 minutes (R31)."""
    values = {"matter_id": matter_id, "staff_id": staff_id, "at": now}
    added = insert_new(connection, matter_look).values(values).on_conflict_do_nothing().returning(matter_look.c.at)
    if (await connection.execute(added)).scalar() is not None:
        return True
    mine = and_(matter_look.c.matter_id == matter_id, matter_look.c.staff_id == staff_id)
    old = matter_look.c.at <= now - ONE_LOOK
    return (await connection.execute(update(matter_look).where(mine, old).values(at=now))).rowcount == 1


async def is_looked_at(connection: AsyncConnection, matter_id: str, staff_id: str, now: datetime) -> bool:
    """Tell, without the write lock, whether the look that is going on was audited already."""
    mine = and_(matter_look.c.matter_id == matter_id, matter_look.c.staff_id == staff_id)
    query = select(matter_look.c.at).where(mine, matter_look.c.at > now - ONE_LOOK)
    return (await connection.execute(query)).scalar() is not None


async def history(connection: AsyncConnection, matter_id: str) -> list[Row[Any]]:
    """Return the steps of a matter, newest first: step, detail, referral_id, actor, at."""
    query = select(matter_step).where(matter_step.c.matter_id == matter_id).order_by(matter_step.c.number.desc())
    return list((await connection.execute(query)).all())


def _open_matters() -> Select[Any]:
    since = (
        select(matter_step.c.matter_id, func.max(matter_step.c.at).label("since"))
        .where(matter_step.c.step != "take_on")
        .group_by(matter_step.c.matter_id)
        .subquery()
    )
    opened = and_(referral.c.matter_id == matter.c.id, referral.c.state.in_(OPEN))
    is_shown = or_(matter.c.state != MatterState.DRAFT, matter.c.owner.is_not(None))
    columns = (
        referral.c.state.label("referral_state"), referral.c.organisation_id, referral.c.answer_by,
        referral.c.contact_by, since.c.since,
    )  # fmt: skip
    return (
        select(matter, *columns)
        .join(chat, chat.c.id == matter.c.chat_id)
        .outerjoin(referral, opened)
        .outerjoin(since, since.c.matter_id == matter.c.id)
        .where(matter.c.state.not_in(ENDED), is_shown, chat.c.closed_at.is_(None))
    )


def _header(row: Row[Any], active: Collection[str]) -> Header:
    return Header(
        id=row.id, code=row.code, state=MatterState(row.state), why=row.why_staff, speed=Speed(row.speed),
        since=row.since or row.created_at, owner=row.owner if row.owner in active else None,
        may_be_minor=row.age_band not in ADULTS, is_for_other=row.is_for_other,
        referral_state=ReferralState(row.referral_state) if row.referral_state else None,
        organisation_id=row.organisation_id, answer_by=row.answer_by, contact_by=row.contact_by,
    )  # fmt: skip


def _decides(whole: Matter, viewer: SignedIn, now: datetime) -> bool:
    """Who is asked to decide for a child must know the matter; who decided may look at it again."""
    if any(one.staff_id == viewer.staff_id for one in whole.decisions):
        return True
    return Role.CHILD_PROTECTION in viewer.roles and _waits_for_decision(whole, now)


def _waits_for_decision(whole: Matter, now: datetime) -> bool:
    return any(gate.why_not(whole, one, now) == "best_interest" for one in whole.consents)


async def _is_there(connection: AsyncConnection, whole: Matter) -> bool:
    query = select(chat.c.id).where(chat.c.id == whole.chat_id, chat.c.closed_at.is_(None))
    return (await connection.execute(query)).scalar() is not None
