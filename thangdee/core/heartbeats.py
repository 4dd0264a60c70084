"""Signs of life: each process writes that it lives, every ten seconds; the worker and the console look (R51)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version

from sqlalchemy import Column, Integer, String, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core.clock import Clock
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.database import Database, insert_new
from thangdee.core.errors import StoreAwayError
from thangdee.core.logs import report

EVERY_SECONDS = 10.0
SILENT_AFTER = timedelta(seconds=60)
# A process that an operator took away for good is forgotten after a day.
FORGOTTEN_AFTER = timedelta(hours=24)
CHAT, WORKER, CONSOLE, RASA = KINDS = ("chat", "worker", "console", "rasa")
_KEEP = "a day after the last sign"

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("kind", String(12), primary_key=True, info=about(DataClass.TECHNICAL, "what the process does", _KEEP)),
    Column("name", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "which of them", _KEEP)),
    Column("version", String(32), nullable=False, info=about(DataClass.TECHNICAL, "of the program", _KEEP)),
    Column("started_at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "since when it runs", _KEEP)),
    Column("seen_at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "its last sign", _KEEP)),
    Column("beats", Integer, nullable=False, info=about(DataClass.TECHNICAL, "counts the signs", _KEEP)),
)


@dataclass(frozen=True)
class Heartbeat:
    """The last sign of life of a process; `beats` changes with each, whatever the clocks of two machines say."""

    kind: str
    name: str
    version: str
    started_at: datetime
    seen_at: datetime
    beats: int

    def is_silent(self, now: datetime) -> bool:
        """Tell whether its signs stopped."""
        return now - self.seen_at > SILENT_AFTER


async def beat(connection: AsyncConnection, kind: str, name: str, started_at: datetime, now: datetime) -> None:
    """Write that a process lives."""
    sign = {"version": _version()[:32], "started_at": started_at, "seen_at": now}
    first = insert_new(connection, heartbeat).values(kind=kind, name=name[:32], beats=1, **sign)
    again = first.on_conflict_do_update(index_elements=["kind", "name"], set_=sign | {"beats": heartbeat.c.beats + 1})
    await connection.execute(again)


async def all_signs(connection: AsyncConnection) -> list[Heartbeat]:
    """Return the last sign of each process that is known."""
    rows = await connection.execute(select(heartbeat).order_by(heartbeat.c.kind, heartbeat.c.name))
    return [Heartbeat(row.kind, row.name, row.version, row.started_at, row.seen_at, row.beats) for row in rows]


async def forget(connection: AsyncConnection, seen_before: datetime) -> None:
    """Remove processes that have been silent since before then."""
    await connection.execute(delete(heartbeat).where(heartbeat.c.seen_at < seen_before))


async def keep_beating(
    database: Database, clock: Clock, kind: str, name: str, is_up: Callable[[], Awaitable[bool]] | None = None
) -> None:
    """Write signs of life until cancelled; with `is_up` for somebody else, as long as that says yes."""
    started_at = clock.now()
    while True:
        try:
            if is_up is None or await is_up():
                async with database.write() as connection:
                    await beat(connection, kind, name, started_at, clock.now())
        except StoreAwayError as error:
            report("store_away", error)
        except Exception as error:  # noqa: BLE001 - a sign that cannot be given must not end the process
            report("heartbeat_failed", error)
        await asyncio.sleep(EVERY_SECONDS)


def _version() -> str:
    try:
        return version("thangdee")
    except PackageNotFoundError:  # run from its folder
        return ""
