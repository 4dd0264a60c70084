"""Checking the chain of the audit from its beginning to its end, and the heads that are stored apart (R30)."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core.audit import (
    APART,
    FIRST_PREVIOUS,
    audit,
    audit_detail,
    audit_start,
    deed_of,
    detail_mac,
    mac_of,
    start_mac,
)
from thangdee.core.database import Database
from thangdee.core.keyring import Keyring

HEADS = "audit-heads.jsonl"
_PAGE = 1000
_MOST_FAULTS = 20


class Fault(StrEnum):
    """In which way a chain is broken."""

    START = "start"  # the beginning is not where it was written to be
    MISSING = "missing"  # rows before this one are gone
    CHANGED = "changed"  # the row does not say what it said
    EXCHANGED = "exchanged"  # the row is whole, but does not follow the one before
    CUT_OFF = "cut_off"  # a head stored apart is newer than the end
    DETAIL = "detail"  # what was done lies apart, and is gone or says something else
    HEAD = "head"  # the row is another one than a head stored apart says


@dataclass(frozen=True)
class Break:
    """Where a chain is broken: the number of the row."""

    seq: int
    fault: Fault


@dataclass(frozen=True)
class Verdict:
    """What a check found: how many rows stand, from where to where, and the breaks in order."""

    rows: int
    first_seq: int
    last_seq: int
    breaks: tuple[Break, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.breaks


class _Walk:
    """Goes over the rows in order and remembers what did not fit."""

    def __init__(self, keyring: Keyring, heads: Mapping[int, str], begin: tuple[int, str] | None) -> None:
        self._keyring = keyring
        self._heads = heads
        self.first, self.previous = begin or (1, FIRST_PREVIOUS)
        self.next, self.rows, self.breaks = self.first, 0, list[Break]()

    def found(self, seq: int, fault: Fault) -> None:
        """Remember a break; a chain that is broken all over needs no longer list."""
        if len(self.breaks) < _MOST_FAULTS:
            self.breaks.append(Break(seq, fault))

    def take(self, row: Row[Any]) -> None:
        """Check the next row."""
        self.rows += 1
        if row.seq != self.next:
            self.found(row.seq, Fault.START if self.rows == 1 else Fault.MISSING)
        elif row.previous != self.previous:
            self.found(row.seq, Fault.START if self.rows == 1 else Fault.EXCHANGED)
        if row.mac != mac_of(self._keyring, row.seq, deed_of(row), row.previous):
            self.found(row.seq, Fault.CHANGED)
        elif self._heads.get(row.seq, row.mac) != row.mac:
            self.found(row.seq, Fault.HEAD)
        self.next, self.previous = row.seq + 1, row.mac

    def take_detail(self, row: Row[Any], detail: Row[Any] | None) -> None:
        """Check the deed of a row that lies apart."""
        if detail is None:
            self.found(row.seq, Fault.DETAIL)
            return
        mac = detail_mac(
            self._keyring, detail.id, actor=detail.actor, action=detail.action, subject=detail.subject,
            facts=detail.facts,
        )  # fmt: skip
        if json.loads(row.facts).get("mac") != mac:
            self.found(row.seq, Fault.DETAIL)

    def end(self) -> Verdict:
        """Return what was found."""
        newest = max(self._heads, default=0)
        if newest >= self.next:
            self.found(newest, Fault.CUT_OFF)
        return Verdict(self.rows, self.first, self.next - 1, tuple(self.breaks))


async def check(database: Database, keyring: Keyring, heads: Mapping[int, str]) -> Verdict:
    """Check the whole chain, a page at a time; `heads`: hashes stored apart, by the number of the row.

    Deeds that lie apart are checked, too, where the database was opened with them (R12).
    """
    async with database.read() as connection:
        begin, is_anchored = await _begin(connection, keyring)
    walk = _Walk(keyring, heads, begin)
    if not is_anchored:
        walk.found(walk.first, Fault.START)
    while page := await _page(database, walk.next if walk.rows else 0):
        details = await _details(database, page)
        for row in page:
            walk.take(row)
            if details is not None and row.action == APART:
                walk.take_detail(row, details.get(row.subject))
    return walk.end()


def read_heads(folder: Path) -> dict[int, str]:
    """Return the heads that were stored apart; a line that cannot be read counts as none."""
    path = folder / HEADS
    heads: dict[int, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            stored = json.loads(line)
            heads[int(stored["seq"])] = str(stored["mac"])
        except (ValueError, KeyError, TypeError):
            continue
    return heads


async def store_head(database: Database, folder: Path, now: datetime) -> int | None:
    """Append the newest row's number and hash to the file of heads (0600); return the number, None where nothing is."""
    async with database.read() as connection:
        query = select(audit.c.seq, audit.c.mac).order_by(audit.c.seq.desc()).limit(1)
        newest = (await connection.execute(query)).one_or_none()
    if newest is None or newest.seq in read_heads(folder):
        return None
    line = json.dumps({"seq": newest.seq, "mac": newest.mac, "at": now.isoformat()}) + "\n"
    descriptor = os.open(folder / HEADS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    return int(newest.seq)


def last_head_at(folder: Path) -> datetime | None:
    """Return when a head was last stored apart."""
    path = folder / HEADS
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    try:
        return datetime.fromisoformat(json.loads(lines[-1])["at"])
    except (IndexError, ValueError, KeyError, TypeError):
        return None


async def _page(database: Database, first: int) -> Sequence[Row[Any]]:
    # Each page by itself: nobody waits for the whole of it.
    async with database.read() as connection:
        query = select(audit).where(audit.c.seq >= first).order_by(audit.c.seq).limit(_PAGE)
        return (await connection.execute(query)).all()


async def _details(database: Database, page: Sequence[Row[Any]]) -> dict[str, Row[Any]] | None:
    if not database.with_outcomes:
        return None
    ids = [row.subject for row in page if row.action == APART]
    async with database.read() as connection:
        found = await connection.execute(select(audit_detail).where(audit_detail.c.id.in_(ids)))
        return {row.id: row for row in found.all()}


async def _begin(connection: AsyncConnection, keyring: Keyring) -> tuple[tuple[int, str] | None, bool]:
    """Return where the chain begins, if its oldest rows went, and whether that was written under the key."""
    query = select(audit_start).order_by(audit_start.c.first_seq.desc()).limit(1)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None, True
    is_ours = bool(row.mac == start_mac(keyring, row.first_seq, row.previous, row.at))
    return (row.first_seq, row.previous), is_ours
