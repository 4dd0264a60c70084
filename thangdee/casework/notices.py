"""Notices to colleagues: what one of us should know when the console is next looked at. A kind and a reference."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Row, String, Table, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core import changes
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid

_KEEP = "30 days"
# One line each; the text is `notices.kind.<kind>`, with {reference} where it helps.
KINDS = frozenset(
    {
        "break_glass",
        "audit_broken",
        "held_reply",
        "asked_in",
        "transferred",
        "taken_from_you",
        "ladder_missed",
        "canary_late",
        "dead_letters",
        "process_silent",
        "content_waiting",
        "alert_waits",
        "canary_back",
        "account_made",
        "account_reset",
        "referral_news",
        "court_late",
        "complaint_new",
        "complaint_late",
        "complaint_nobody",
        "matter_handed",
        "matter_needs_you",
        "child_decision",
        "enquiry_board",
        # --- add yours here
    }
)

colleague_notice = Table(
    "colleague_notice",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the notice", _KEEP)),
    Column("to_staff", String(64), nullable=False, index=True, info=about(DataClass.TECHNICAL, "for whom", _KEEP)),
    Column("kind", String(32), nullable=False, info=about(DataClass.TECHNICAL, "what happened", _KEEP)),
    Column("reference", String(64), nullable=False, info=about(DataClass.PSEUDONYM, "to what: its id", _KEEP)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "when", _KEEP)),
    Column("seen_at", AwareDateTime, info=about(DataClass.TECHNICAL, "marked as seen", _KEEP)),
)


class UnknownKindError(ThangdeeError):
    """A notice of a kind that has no text; a fault of ours, found by the tests."""

    code = "unknown_kind"


@dataclass(frozen=True)
class Notice:
    """One notice. `reference`: an id or a code, never a name or words."""

    id: str
    kind: str
    reference: str
    at: datetime
    seen_at: datetime | None


async def tell(connection: AsyncConnection, to_staff_id: str, kind: str, reference: str, now: datetime) -> None:
    """Tell a colleague; what is told already and not yet seen is not told twice."""
    if kind not in KINDS:
        raise UnknownKindError(kind)
    same = (colleague_notice.c.kind == kind) & (colleague_notice.c.reference == reference)
    query = select(colleague_notice.c.id).where(_unseen(to_staff_id), same).limit(1)
    if (await connection.execute(query)).scalar() is not None:
        return
    values = {"id": new_uid(), "to_staff": to_staff_id, "kind": kind, "reference": reference, "at": now}
    await connection.execute(insert(colleague_notice).values(values))
    await changes.announce(connection, changes.QUEUE)  # the count at the top of open pages


async def tell_all(
    connection: AsyncConnection, staff_ids: Collection[str], kind: str, reference: str, now: datetime
) -> None:
    """Tell several colleagues the same."""
    for staff_id in sorted(staff_ids):
        await tell(connection, staff_id, kind, reference, now)


async def count_unseen(connection: AsyncConnection, staff_id: str) -> int:
    """Return how many notices wait for a colleague."""
    query = select(func.count()).select_from(colleague_notice).where(_unseen(staff_id))
    return int((await connection.execute(query)).scalar_one())


async def newest(connection: AsyncConnection, staff_id: str, limit: int = 50) -> list[Notice]:
    """Return a colleague's notices: unseen ones first, then newest first."""
    query = select(colleague_notice).where(colleague_notice.c.to_staff == staff_id)
    in_order = query.order_by(colleague_notice.c.seen_at.is_not(None), colleague_notice.c.at.desc()).limit(limit)
    return [_notice(row) for row in (await connection.execute(in_order)).all()]


async def mark_seen(connection: AsyncConnection, staff_id: str, notice_id: str | None, now: datetime) -> None:
    """Mark one notice of a colleague as seen, or all of them."""
    mine = _unseen(staff_id)
    if notice_id is not None:
        mine = mine & (colleague_notice.c.id == notice_id)
    await connection.execute(update(colleague_notice).where(mine).values(seen_at=now))


async def forget(connection: AsyncConnection, before: datetime) -> None:
    """Remove notices from before a day."""
    await connection.execute(delete(colleague_notice).where(colleague_notice.c.at < before))


async def forget_about(connection: AsyncConnection, reference: str) -> None:
    """Remove all notices that name a chat: it is erased (R26)."""
    await connection.execute(delete(colleague_notice).where(colleague_notice.c.reference == reference))


async def take_back(connection: AsyncConnection, staff_ids: Collection[str], reference: str) -> None:
    """Remove what these colleagues were told about something that is not theirs to know any more."""
    theirs = colleague_notice.c.to_staff.in_(staff_ids) & (colleague_notice.c.reference == reference)
    await connection.execute(delete(colleague_notice).where(theirs))


def _unseen(staff_id: str) -> Any:  # noqa: ANN401 - SQLAlchemy's condition
    return (colleague_notice.c.to_staff == staff_id) & colleague_notice.c.seen_at.is_(None)


def _notice(row: Row[Any]) -> Notice:
    return Notice(row.id, row.kind, row.reference, row.at, row.seen_at)
