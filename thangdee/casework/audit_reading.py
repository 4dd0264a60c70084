"""Reading the audit: pages for auditors, newest first; each look is a row of its own (R31)."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core import audit
from thangdee.core.audit import Fact
from thangdee.core.audit_actions import ACTIONS
from thangdee.core.audit_check import Verdict
from thangdee.core.keyring import Keyring
from thangdee.core.time_words import LOCAL_TIME

PAGE = 50
_CHECK = "audit:verify"
_table, _apart = audit.audit, audit.audit_detail


@dataclass(frozen=True)
class Asked:
    """What an auditor looks for; empty fields do not narrow. `day`: in local time. `before`: rows older than this."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    day: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class Entry:
    """One row as it is read."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    facts: dict[str, Fact]


@dataclass(frozen=True)
class Found:
    """A page of rows, newest first; `older`: what to ask for the next page, None at the end."""

    entries: tuple[Entry, ...]
    older: int | None


async def search(
    connection: AsyncConnection,
    keyring: Keyring,
    asked: Asked,
    reader: str,
    now: datetime,
    *,
    with_apart: bool = False,
) -> Found:
    """Return a page of rows, and write down who looked for what. Raises AuditAwayError.

    `with_apart`: also what the deeds were that tell what came of an enquiry; only where outcomes are open (R12).
    """
    query = _narrowed(asked, with_apart=with_apart).order_by(_table.c.seq.desc()).limit(PAGE + 1)
    rows = (await connection.execute(query)).all()
    facts: dict[str, Fact] = {"rows": min(len(rows), PAGE)}
    facts |= {"who": asked.actor} if asked.actor else {}
    facts |= {"deed": asked.action} if asked.action else {}
    facts |= {"day": asked.day.isoformat()} if asked.day else {}
    facts |= {"before": asked.before} if asked.before else {}
    await audit.record(
        connection, keyring, actor=reader, action="audit:search", subject=asked.subject, now=now, **facts
    )
    shown = tuple(_entry(row) for row in rows[:PAGE])
    if with_apart:
        shown = await _with_details(connection, shown)
    return Found(shown, shown[-1].seq if len(rows) > PAGE else None)


async def last_check(connection: AsyncConnection) -> Entry | None:
    """Return the row of the last nightly check; facts: rows, breaks, and of the first break its `row` and `fault`."""
    query = select(_table).where(_table.c.action == _CHECK).order_by(_table.c.seq.desc()).limit(1)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _entry(row)


async def note_check(connection: AsyncConnection, keyring: Keyring, verdict: Verdict, now: datetime) -> None:
    """Write down what a check found."""
    facts: dict[str, Fact] = {"rows": verdict.rows, "last": verdict.last_seq, "breaks": len(verdict.breaks)}
    for broken in verdict.breaks[:1]:
        facts |= {"row": broken.seq, "fault": str(broken.fault)}
    await audit.record(connection, keyring, actor=audit.SYSTEM, action=_CHECK, subject="", now=now, **facts)


def known_action(action: str) -> str:
    """Return the action if there is such a one, else nothing."""
    return action if action in ACTIONS else ""


def _narrowed(asked: Asked, *, with_apart: bool) -> Any:  # noqa: ANN401 - SQLAlchemy's query
    query = select(_table)
    for name, wanted in (("actor", asked.actor), ("action", asked.action), ("subject", asked.subject)):
        if wanted:
            is_it = _table.c[name] == wanted
            there = select(_apart.c.id).where(_apart.c[name] == wanted)
            query = query.where(or_(is_it, _table.c.subject.in_(there)) if with_apart else is_it)
    if asked.day:
        begin = datetime.combine(asked.day, time(), LOCAL_TIME)
        query = query.where(_table.c.at >= begin, _table.c.at < begin + timedelta(days=1))
    return query.where(_table.c.seq < asked.before) if asked.before else query


async def _with_details(connection: AsyncConnection, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Put what was done in the place of rows that only say that something was."""
    ids = [one.subject for one in entries if one.action == audit.APART]
    rows = (await connection.execute(select(_apart).where(_apart.c.id.in_(ids)))).all() if ids else []
    known = {row.id: row for row in rows}
    return tuple(
        replace(one, actor=row.actor, action=row.action, subject=row.subject, facts=json.loads(row.facts))
        if one.action == audit.APART and (row := known.get(one.subject))
        else one
        for one in entries
    )


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.seq, row.at, row.actor, row.action, row.subject, json.loads(row.facts))
