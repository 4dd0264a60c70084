"""Figures that change (phone numbers, fees, wages): dated, with a source, shown only when verified."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Boolean, Column, Date, Row, String, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.database import insert_new

_KEEP = "while it is used"
COUNTRIES = ("th", "la")

figure = Table(
    "figure",
    metadata,
    Column("key", String(48), primary_key=True, info=about(DataClass.PUBLIC, "names the figure", _KEEP)),
    Column("country", String(2), nullable=False, info=about(DataClass.PUBLIC, "where it holds", _KEEP)),
    Column("kind", String(8), nullable=False, info=about(DataClass.PUBLIC, "phone, fee, wage", _KEEP)),
    Column("purpose", String(120), nullable=False, info=about(DataClass.PUBLIC, "what for", _KEEP)),
    Column("is_crisis", Boolean, nullable=False, info=about(DataClass.PUBLIC, "stands on crisis cards", _KEEP)),
    Column("value", String(80), info=about(DataClass.PUBLIC, "the figure; empty until somebody checked it", _KEEP)),
    Column("source", String(200), info=about(DataClass.PUBLIC, "who says so", _KEEP)),
    Column("verified_at", AwareDateTime, info=about(DataClass.PUBLIC, "when it was checked", _KEEP)),
    Column("verified_by", String(64), info=about(DataClass.TECHNICAL, "who checked it", _KEEP)),
    Column("review_by", Date, info=about(DataClass.PUBLIC, "after this day it is not shown", _KEEP)),
    Column(
        "sample",
        String(80),
        info=about(DataClass.PUBLIC, "what the demo shows instead; says that it is a sample", _KEEP),
    ),
)


@dataclass(frozen=True)
class Figure:
    """One dated figure."""

    key: str
    country: str
    kind: str
    purpose: str
    is_crisis: bool
    value: str | None
    source: str | None
    review_by: date | None
    verified_at: datetime | None
    sample: str | None

    def is_verified(self, now: datetime) -> bool:
        """Tell whether somebody checked it and the check is not stale."""
        return bool(self.value and self.verified_at and self.review_by and self.review_by >= now.date())

    def shown(self, now: datetime, *, demo: bool) -> str | None:
        """Return what the public may see: the verified value, in a demo the sample, else nothing."""
        if self.is_verified(now):
            return self.value
        return self.sample if demo else None


@dataclass(frozen=True)
class ShownFigures:
    """What the public may see now: values by key, which keys are phone numbers, which stand on crisis cards."""

    values: dict[str, str] = field(default_factory=dict)
    phones: frozenset[str] = frozenset()
    crisis: tuple[str, ...] = ()


def shown_figures(figures: list[Figure], now: datetime, *, demo: bool) -> ShownFigures:
    """Return the figures that may be shown."""
    values = {one.key: value for one in figures if (value := one.shown(now, demo=demo))}
    phones = frozenset(one.key for one in figures if one.kind == "phone")
    return ShownFigures(values, phones, tuple(one.key for one in figures if one.is_crisis))


def load_seed(path: Path) -> list[dict[str, Any]]:
    """Read the records that ship with the program."""
    records: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["records"]
    return records


async def seed(connection: AsyncConnection, records: list[dict[str, Any]]) -> None:
    """Add records that are not there yet, unverified; what an operator entered stays."""
    for record in records:
        values = {name: record.get(name) for name in ("key", "country", "kind", "purpose", "sample")}
        values["is_crisis"] = bool(record.get("crisis"))
        await connection.execute(insert_new(connection, figure).values(values).on_conflict_do_nothing())


async def all_figures(connection: AsyncConnection) -> list[Figure]:
    """Return all figures in the order of country and key."""
    rows = await connection.execute(select(figure).order_by(figure.c.country.desc(), figure.c.key))
    return [_figure(row) for row in rows.all()]


async def verify(
    connection: AsyncConnection, key: str, *, value: str, source: str, by: str, now: datetime, review_by: date
) -> None:
    """Enter a checked value; from now on it is shown until `review_by`."""
    values = {"value": value, "source": source, "verified_by": by, "verified_at": now, "review_by": review_by}
    await connection.execute(update(figure).where(figure.c.key == key).values(values))


def missing_for_service(figures: list[Figure], now: datetime) -> list[Figure]:
    """Return the crisis numbers without which a real bot does not start."""
    return [one for one in figures if one.is_crisis and not one.is_verified(now)]


def _figure(row: Row[Any]) -> Figure:
    return Figure(
        row.key, row.country, row.kind, row.purpose, row.is_crisis, row.value, row.source, row.review_by,
        row.verified_at, row.sample,
    )  # fmt: skip
