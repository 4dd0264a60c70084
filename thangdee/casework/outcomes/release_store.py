"""Releases in the database, each loaded with all that it rests on as it is at that moment (R16)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import store
from thangdee.casework.enquiries.store import EnquiryGoneError
from thangdee.casework.outcomes import proofs, residents, search_store, wish_store
from thangdee.casework.outcomes.model import Approval, BestInterest, Release, ReleaseState, Stage, ToldHow
from thangdee.casework.outcomes.record import is_minor
from thangdee.casework.outcomes.release_rules import LIVE
from thangdee.casework.outcomes.residents import NoSuchEntryError
from thangdee.casework.outcomes.tables import candidate, release, release_approval, release_decision
from thangdee.core.errors import SealBrokenError, ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.vault import Vault

SAME = "same"


class ReleaseGoneError(ThangdeeError):
    """There is no such release any more."""

    code = "release_gone"


async def load(
    connection: AsyncConnection, vault: Vault, release_id: str, now: datetime, *, to_change: bool = False
) -> Release:
    """Return a release; `to_change` locks it. Raises ReleaseGoneError."""
    query = select(release).where(release.c.id == release_id)
    row = (await connection.execute(query.with_for_update() if to_change else query)).one_or_none()
    if row is None:
        raise ReleaseGoneError("there is no such release")
    approvals, decisions = await _approvals(connection, row.id), await _decisions(connection, row.id)
    return await around(connection, vault, replace(_read(row), approvals=approvals, decisions=decisions), now)


async def around(connection: AsyncConnection, vault: Vault, one: Release, now: datetime) -> Release:
    """Return a release with what stands around it now: her wish, her age, who she is, the enquiry, who asks."""
    asked = await wish_store.newest(connection, one.enquiry_id, one.resident_id)
    pair = (candidate.c.enquiry_id == one.enquiry_id) & (candidate.c.resident_id == one.resident_id)
    same = (await connection.execute(select(candidate.c.at).where(pair, candidate.c.verdict == SAME))).scalar()
    until, is_child = await _resident(connection, vault, one.resident_id, now)
    return replace(
        one,
        wish=asked.answer if asked else None,
        wish_asked_at=asked.requested_at if asked else None,
        wish_at=asked.answered_at if asked else None,
        is_minor=one.is_minor or is_child,
        same_since=same,
        findable_until=until,
        is_enquiry_open=await _is_open(connection, one.enquiry_id, now),
        is_enquirer_unsafe=await proofs.why_locked(connection, one.enquiry_id, now) is not None,
    )


async def add(connection: AsyncConnection, one: Release, wish_id: str) -> None:
    """Write a new release down."""
    values: dict[str, Any] = {"id": one.id, "enquiry_id": one.enquiry_id, "resident_id": one.resident_id}
    values |= {"wish_id": wish_id}
    values |= {"requested_by": one.requested_by, "requested_at": one.requested_at}
    await connection.execute(insert(release).values(values | {"state": one.state, "is_minor": one.is_minor}))


async def save(connection: AsyncConnection, one: Release) -> None:
    """Write down where a release stands; approvals and decisions are rows of their own."""
    values: dict[str, Any] = {"state": one.state, "is_minor": one.is_minor}
    values |= {"told_by": one.told_by, "told_at": one.told_at}
    values |= {"told_how": one.told_how, "ended_why": one.ended_why, "ended_by": one.ended_by, "ended_at": one.ended_at}
    await connection.execute(update(release).where(release.c.id == one.id).values(values))


async def add_approval(connection: AsyncConnection, release_id: str, one: Approval) -> None:
    """Write an approval down."""
    await connection.execute(insert(release_approval).values(vars(one) | {"id": new_uid(), "release_id": release_id}))


async def live(
    connection: AsyncConnection, *, enquiry_id: str | None = None, resident_id: str | None = None
) -> list[str]:
    """Return the ids of releases that are neither told nor over, the oldest first."""
    which: list[ColumnElement[bool]] = [release.c.state.in_(sorted(LIVE))]
    which += [release.c.enquiry_id == enquiry_id] if enquiry_id else []
    which += [release.c.resident_id == resident_id] if resident_id else []
    query = select(release.c.id).where(*which).order_by(release.c.requested_at, release.c.id)
    return list((await connection.execute(query)).scalars())


async def enquiry_of(connection: AsyncConnection, release_id: str) -> str:
    """Return whose release it is. Raises ReleaseGoneError."""
    found = (await connection.execute(select(release.c.enquiry_id).where(release.c.id == release_id))).scalar()
    if found is None:
        raise ReleaseGoneError("there is no such release")
    return str(found)


async def by_enquiry(connection: AsyncConnection, ids: Iterable[str]) -> list[str]:
    """Return these releases in the order in which they are locked."""
    query = select(release.c.id).where(release.c.id.in_(list(ids))).order_by(release.c.enquiry_id, release.c.id)
    return list((await connection.execute(query)).scalars())


async def of_enquiry(connection: AsyncConnection, vault: Vault, enquiry_id: str, now: datetime) -> list[Release]:
    """Return all releases of an enquiry, the latest first."""
    query = select(release.c.id).where(release.c.enquiry_id == enquiry_id)
    ids = (await connection.execute(query.order_by(release.c.requested_at.desc(), release.c.id))).scalars().all()
    return [await load(connection, vault, one, now) for one in ids]


async def _resident(
    connection: AsyncConnection, vault: Vault, resident_id: str, now: datetime
) -> tuple[datetime | None, bool]:
    """Return until when she may be found and whether she may be a child; who is gone counts as one (R8)."""
    try:
        entry = await residents.opened(connection, vault, resident_id, now)
    except (NoSuchEntryError, SealBrokenError):  # also where her key is gone: a sweep must not stop at one row
        return None, True
    return entry.lapses_at, is_minor(entry.record, now.astimezone(LOCAL_TIME).date())


async def _is_open(connection: AsyncConnection, enquiry_id: str, now: datetime) -> bool:
    try:
        whole = await store.load(connection, enquiry_id)
    except EnquiryGoneError:
        return False
    where = await search_store.load(connection, enquiry_id)
    return search_store.is_standing(whole, now) and where.stage is not Stage.CLOSED


async def _approvals(connection: AsyncConnection, release_id: str) -> tuple[Approval, ...]:
    query = select(release_approval).where(release_approval.c.release_id == release_id)
    rows = (await connection.execute(query.order_by(release_approval.c.at, release_approval.c.id))).all()
    return tuple(Approval(row.staff_id, row.session, row.is_supervisor, row.factor_at, row.at) for row in rows)


async def _decisions(connection: AsyncConnection, release_id: str) -> tuple[BestInterest, ...]:
    query = select(release_decision).where(release_decision.c.release_id == release_id)
    rows = (await connection.execute(query.order_by(release_decision.c.at, release_decision.c.id))).all()
    return tuple(BestInterest(row.staff_id, row.is_child_protection, row.is_yes, row.at) for row in rows)


def _read(row: Row[Any]) -> Release:
    return Release(
        row.id,
        row.enquiry_id,
        row.resident_id,
        row.requested_by,
        row.requested_at,
        ReleaseState(row.state),
        wish=None,
        wish_at=None,
        is_minor=row.is_minor,
        told_by=row.told_by,
        told_at=row.told_at,
        told_how=ToldHow(row.told_how) if row.told_how else None,
        ended_why=row.ended_why,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
    )
