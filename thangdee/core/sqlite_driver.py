"""SQLite's driver with one crossing of threads a statement.

aiosqlite runs each call in the connection's own thread, and SQLAlchemy makes four for a SELECT: cursor, execute,
fetchall, close. Each is two switches of threads, together a fifth of what a message costs. Here a statement crosses
once and brings its rows along. The rest touches memory alone: the connection must be opened with
`check_same_thread=False`, and SQLAlchemy lets nobody else use it meanwhile.
"""

import sqlite3
from collections.abc import Iterable
from typing import Any

import aiosqlite
from aiosqlite.context import Result


class _Cursor(aiosqlite.Cursor):
    _rows: list[Any]

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> aiosqlite.Cursor:
        self._rows = await self._execute(self._ask, sql, parameters or ())  # type: ignore[no-untyped-call]
        return self

    async def fetchall(self) -> Iterable[sqlite3.Row]:
        return self._rows

    async def close(self) -> None:
        self._cursor.close()

    def _ask(self, sql: str, parameters: Any) -> list[Any]:  # noqa: ANN401
        return self._cursor.execute(sql, parameters).fetchall()


class _Connection(aiosqlite.Connection):
    def cursor(self) -> Result[aiosqlite.Cursor]:
        return Result(self._cursor())

    async def rollback(self) -> None:
        # The pool asks for it each time a connection comes back, most often with nothing to undo. A connection whose
        # statement was cancelled, and which may yet begin something, does not come back: SQLAlchemy closes it.
        if self._conn.in_transaction:
            await super().rollback()

    async def _cursor(self) -> aiosqlite.Cursor:
        return _Cursor(self, self._conn.cursor())


def connect(*where: Any, **options: Any) -> aiosqlite.Connection:  # noqa: ANN401 - the driver's own
    """Return a connection to be awaited, for SQLAlchemy's `async_creator_fn`."""
    made = _Connection(lambda: sqlite3.connect(*where, **options), iter_chunk_size=64)
    made._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does with those it opens itself
    return made
