"""The database: engine for SQLite or PostgreSQL, and the unit of work."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, event, func, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.sql import Insert
from sqlalchemy.sql.schema import Table

from thangdee.core import sqlite_driver
from thangdee.core.errors import StoreAwayError

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # an acknowledged update must survive a power cut
    "PRAGMA busy_timeout=10000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # R27
    "PRAGMA temp_store=MEMORY",
)

_MANY = 1000
_Deed = Callable[[], Awaitable[None]]
# Where a transaction of `write()` collects what it announces (core/changes.py), in its connection's `info`.
ANNOUNCED = "thangdee_announced"
# Likewise the case keys that it opened (core/vault.py), until it ends.
OPENED_KEYS = "thangdee_opened_keys"
# Likewise what it does last, before it commits (`at_the_end`).
_LAST_DEEDS = "thangdee_last_deeds"


class Publisher(Protocol):
    """Tells other processes what changed."""

    def __call__(self, announced: frozenset[str]) -> None:
        """Take what a transaction announced that was just committed; must neither wait nor fail."""

    async def close(self) -> None:
        """Tell what is yet to be told."""


class Database:
    """One engine; `write()` and `read()` are the only ways to a connection.

    `with_outcomes`: the console alone asks for it (R12). On SQLite the tables of the schema `outcomes` lie in a file of
    their own, which is then opened beside the other; on PostgreSQL the role of the address decides who may read them.
    """

    def __init__(self, url: str, *, with_outcomes: bool = False) -> None:
        self.with_outcomes = with_outcomes
        self.engine = _engine(url, with_outcomes=with_outcomes)
        # SQLite lets one write at a time and lets the others poll: ours queue up here instead, first come first served.
        self._writing = asyncio.Semaphore(1 if url.startswith("sqlite") else _MANY)
        self.after_commit: Publisher | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction; commits at the end, undoes everything on an error.

        Raises StoreAwayError when the database cannot be reached or does not commit.
        """
        with _outage_named():
            async with self._writing, self.engine.begin() as connection:
                announced = connection.info[ANNOUNCED] = set()  # `info` outlives the transaction: a fresh one each time
                last_deeds: list[_Deed] = []
                connection.info[_LAST_DEEDS] = last_deeds
                with _keys_forgotten(connection):
                    yield connection
                    for deed in last_deeds:
                        await deed()
        if announced and self.after_commit is not None:
            self.after_commit(frozenset(announced))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One snapshot without the write lock. Raises StoreAwayError when the database is away."""
        with _outage_named():
            async with self.engine.connect() as connection:
                connection.info[_LAST_DEEDS] = None
                reading = await connection.execution_options(thangdee_reads=True)
                async with reading.begin():
                    with _keys_forgotten(connection):
                        yield reading

    async def forget_old_pages(self) -> None:
        """Empty SQLite's write-ahead log: it still holds what was deleted or overwritten (R26, R27)."""
        if self.engine.dialect.name != "sqlite":
            return
        with _outage_named():
            async with self.engine.connect() as connection:
                # Past SQLAlchemy, which would begin a transaction: the log cannot be emptied inside one.
                raw = (await connection.get_raw_connection()).driver_connection
                await raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]

    async def close(self) -> None:
        """Give all connections back."""
        if self.after_commit is not None:
            await self.after_commit.close()
        await self.engine.dispose()


async def at_the_end(connection: AsyncConnection, deed: _Deed) -> None:
    """Do something as the last of a transaction of `write()`, so that a lock it takes is held for a moment only."""
    last_deeds: list[_Deed] | None = connection.info.get(_LAST_DEEDS)
    if last_deeds is None:
        await deed()
    else:
        last_deeds.append(deed)


async def one_at_a_time(connection: AsyncConnection, name: str) -> None:
    """Let transactions that give the same name pass one after another; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def insert_new(connection: AsyncConnection, table: Table) -> Any:  # noqa: ANN401
    """Return an INSERT of the connection's dialect, which knows ON CONFLICT."""
    maker: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement: Insert = maker(table)
    return statement


@contextmanager
def _keys_forgotten(connection: AsyncConnection) -> Iterator[None]:
    opened = connection.info[OPENED_KEYS] = {}
    try:
        yield
    finally:
        opened.clear()  # not through the connection, which may be lost by now


class _outage_named:  # noqa: N801 - reads as a statement
    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        away = isinstance(error, (OperationalError, InterfaceError, PoolTimeoutError, OSError))
        # A bare DatabaseError is what SQLite says of a file that is damaged or none of its own.
        away = away or type(error) is DatabaseError
        if away or (isinstance(error, DBAPIError) and error.connection_invalidated):
            raise StoreAwayError(type(error).__name__) from error


def _engine(url: str, *, with_outcomes: bool) -> AsyncEngine:
    # No overflow: such connections are opened and closed for each transaction, which costs more than the transaction.
    if url.startswith("sqlite"):
        engine = create_async_engine(
            url, connect_args={"async_creator_fn": sqlite_driver.connect, "check_same_thread": False},
            pool_size=8, max_overflow=0, pool_timeout=20, hide_parameters=True,
        )  # fmt: skip
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        if with_outcomes:
            event.listen(engine.sync_engine, "connect", partial(_attach_outcomes, outcomes_file(url)))
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    return create_async_engine(
        url, pool_size=10, max_overflow=0, pool_timeout=20, pool_pre_ping=True, hide_parameters=True
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    connection.isolation_level = None  # SQLAlchemy's begin event below says BEGIN, not the driver
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def outcomes_file(url: str) -> Path:
    """Return where the outcomes of enquiries lie on SQLite: beside the database, in a file of their own (R12)."""
    return Path(make_url(url).database or "").with_name("outcomes.db")


def _attach_outcomes(path: Path, connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    cursor = connection.cursor()
    cursor.execute("ATTACH DATABASE ? AS outcomes", (str(path),))
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        cursor.execute(f"PRAGMA outcomes.{pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("thangdee_reads")
    # A write lock from the first statement: an upgrade in mid-transaction may fail without waiting.
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
