"""Somebody in a chat said that an entry is wrong: which one and when, no words and nobody's name."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, String, Table, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.referral_directory.tables import TABLES

_KEEP = "while the directory is kept; it does not tell who said it"
_UUID = String(36)

directory_report = Table(
    "directory_report",
    metadata,
    Column("id", _UUID, primary_key=True, info=about(DataClass.TECHNICAL, "names the report", _KEEP)),
    Column(
        "service_id",
        _UUID,
        ForeignKey(TABLES["service"].c.id),
        nullable=False,
        info=about(DataClass.TECHNICAL, "which service is said to be wrong", _KEEP),
    ),
    Column(
        "listing_id",
        _UUID,
        nullable=False,
        info=about(DataClass.TECHNICAL, "which card was shown: the service at one place", _KEEP),
    ),
    Column(
        "at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "staff look at the oldest first", _KEEP)
    ),
    Column("handled_at", AwareDateTime, info=about(DataClass.TECHNICAL, "empty: nobody looked yet", _KEEP)),
    Column("handled_by", String(64), info=about(DataClass.TECHNICAL, "who looked", _KEEP)),
    Index(None, "service_id"),
)


@dataclass(frozen=True)
class Report:
    """One report that nobody has looked at yet."""

    id: str
    service_id: str
    listing_id: str
    at: datetime


async def report(connection: AsyncConnection, listing_id: str, now: datetime) -> bool:
    """Note that somebody says this entry is wrong. False: there is no such entry (an old button)."""
    service_id = await _service_of(connection, listing_id)
    if service_id is None:
        return False
    row = {"id": str(uuid.uuid4()), "service_id": service_id, "listing_id": listing_id, "at": now}
    await connection.execute(insert(directory_report).values(row))
    return True


async def open_reports(connection: AsyncConnection) -> tuple[Report, ...]:
    """Return what nobody has looked at yet, oldest first."""
    columns = directory_report.c
    query = select(columns.id, columns.service_id, columns.listing_id, columns.at)
    rows = await connection.execute(query.where(columns.handled_at.is_(None)).order_by(columns.at, columns.id))
    return tuple(Report(*row) for row in rows.all())


async def handle(connection: AsyncConnection, report_id: str, by: str, now: datetime) -> bool:
    """Note that somebody looked at it. False: somebody already had."""
    columns = directory_report.c
    statement = update(directory_report).where(columns.id == report_id, columns.handled_at.is_(None))
    done = await connection.execute(statement.values(handled_at=now, handled_by=by))
    return done.rowcount == 1


async def _service_of(connection: AsyncConnection, listing_id: str) -> str | None:
    at_place, service = TABLES["service_at_location"].c, TABLES["service"].c
    at = select(at_place.service_id).where(at_place.id == listing_id)
    itself = select(service.id).where(service.id == listing_id)
    found: str | None = (await connection.execute(at.union_all(itself))).scalars().first()
    return found
