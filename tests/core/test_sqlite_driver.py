"""The driver of SQLite: few crossings of threads, and nothing left behind by who was cancelled."""

import asyncio
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import aiosqlite
import pytest
from sqlalchemy import text

from thangdee.core import sqlite_driver
from thangdee.core.database import Database


@pytest.fixture
async def file(tmp_path: Path):
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'driver.db'}")
    async with made.write() as connection:
        await connection.execute(text("CREATE TABLE word (it TEXT)"))
    yield made
    await made.close()


async def test_a_statement_crosses_threads_once(file: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    crossed = []
    really = aiosqlite.Connection._execute

    async def counted(self, fn, *args, **kwargs):
        crossed.append(fn)
        return await really(self, fn, *args, **kwargs)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    async with file.read() as connection:
        assert (await connection.execute(text("SELECT 1 UNION SELECT 2"))).scalars().all() == [1, 2]

    assert len(crossed) == 3, "begin, the statement, rollback"


async def test_who_is_cancelled_in_mid_statement_leaves_no_row_and_no_lock(file: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> int:
        begun.set()
        return go_on.wait(30)

    async def write_slowly() -> None:
        async with file.write() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            await raw.create_function("slow", 0, slow)
            await connection.execute(text("INSERT INTO word VALUES ('lost')"))
            await connection.execute(text("SELECT slow()"))

    writing = asyncio.create_task(write_slowly())
    assert await asyncio.to_thread(begun.wait, 30)
    writing.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await writing

    async with file.write() as connection:
        await connection.execute(text("INSERT INTO word VALUES ('kept')"))
    async with file.read() as connection:
        assert (await connection.execute(text("SELECT it FROM word"))).scalars().all() == ["kept"]


async def test_who_is_cancelled_while_another_process_writes_takes_no_lock_later(
    file: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()
    really = sqlite_driver._Cursor._ask

    def asked(self, sql, parameters):
        begun.set()
        return really(self, sql, parameters)

    async def write() -> None:
        async with file.write():
            pass

    with closing(sqlite3.connect(tmp_path / "driver.db", timeout=0, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(sqlite_driver._Cursor, "_ask", asked)
        writing = asyncio.create_task(write())
        assert await asyncio.to_thread(begun.wait, 30)
        writing.cancel()
        await asyncio.sleep(0)
        other.execute("ROLLBACK")
        with pytest.raises(asyncio.CancelledError):
            await writing

        other.execute("BEGIN IMMEDIATE")  # raises at once when somebody holds the lock
        other.execute("ROLLBACK")
