"""The audit: who did what, when; a keyed hash chain to which rows are only added (R30, R31).

Each row carries a keyed hash over itself and the hash of the row before. Who can write to the database but has no
keyring can neither change, exchange nor take out a row unseen; that the end was cut off is seen by the heads, which
are stored apart (core/audit_heads.py). The database itself refuses changes by triggers (migration 0007).

Which deed it was, where that tells what came of an enquiry about a relative, lies in the schema `outcomes`: the chain
then holds only that something was done, and the keyed hash of what (R12).
"""

import json
import re
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    Row,
    String,
    Table,
    Text,
    delete,
    exists,
    func,
    insert,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core.audit_actions import ACTIONS
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata, outcomes_metadata
from thangdee.core.database import at_the_end, one_at_a_time
from thangdee.core.errors import StoreAwayError, ThangdeeError
from thangdee.core.keyring import Keyring

SYSTEM, OPERATOR, PERSON = "system", "operator", "person"  # who acts, besides the ids of staff
FIRST_PREVIOUS = "0" * 64
# What a row of the chain says whose deed lies apart, and in whose stead, and of which rooms deeds do.
APART, SOMEBODY = "apart:deed", "staff"
_ROOMS_APART = ("enquiry:", "resident:", "release:")

Fact = str | int | bool
_KEEP = "24 months"
_LATE = "until the audit takes it"
_FACT = re.compile(r"[\w.:/-]{0,64}", re.ASCII)
_CHAIN = "audit"
_Number = BigInteger().with_variant(Integer, "sqlite")

audit = Table(
    "audit",
    metadata,
    Column("seq", _Number, primary_key=True, autoincrement=False, info=about(DataClass.TECHNICAL, "order", _KEEP)),
    Column("at", AwareDateTime, nullable=False, index=True, info=about(DataClass.TECHNICAL, "when", _KEEP)),
    Column("actor", String(64), nullable=False, index=True, info=about(DataClass.TECHNICAL, "who", _KEEP)),
    Column("action", String(40), nullable=False, info=about(DataClass.TECHNICAL, "did what", _KEEP)),
    Column(
        "subject", String(64), nullable=False, index=True, info=about(DataClass.PSEUDONYM, "to what: its id", _KEEP)
    ),
    Column("facts", Text, nullable=False, info=about(DataClass.TECHNICAL, "codes and numbers as JSON", _KEEP)),
    Column("previous", String(64), nullable=False, info=about(DataClass.TECHNICAL, "hash of the row before", _KEEP)),
    Column("mac", String(64), nullable=False, info=about(DataClass.TECHNICAL, "keyed hash of the row", _KEEP)),
)

# Where the chain begins after its oldest rows went; the triggers let go what lies before.
audit_start = Table(
    "audit_start",
    metadata,
    Column(
        "first_seq",
        _Number,
        primary_key=True,
        autoincrement=False,
        info=about(DataClass.TECHNICAL, "oldest row", _KEEP),
    ),
    Column("previous", String(64), nullable=False, info=about(DataClass.TECHNICAL, "hash of the last one gone", _KEEP)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "when it was shortened", _KEEP)),
    Column("mac", String(64), nullable=False, info=about(DataClass.TECHNICAL, "keyed hash of this row", _KEEP)),
)

# Deeds for a person in danger that were done while the chain took nothing.
audit_late = Table(
    "audit_late",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=True, info=about(DataClass.TECHNICAL, "order", _LATE)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "when", _LATE)),
    Column("actor", String(64), nullable=False, info=about(DataClass.TECHNICAL, "who", _LATE)),
    Column("action", String(40), nullable=False, info=about(DataClass.TECHNICAL, "did what", _LATE)),
    Column("subject", String(64), nullable=False, info=about(DataClass.PSEUDONYM, "to what: its id", _LATE)),
    Column("facts", Text, nullable=False, info=about(DataClass.TECHNICAL, "codes and numbers as JSON", _LATE)),
)


# What was done and by whom, of rows whose action is `APART`: their subject is the id here. Who it was lies here, too:
# an officer of a shelter a few minutes after a tracer would tell that somebody was asked.
audit_detail = Table(
    "audit_detail",
    outcomes_metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "what the row is about", _KEEP)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "when", _KEEP)),
    Column("actor", String(64), nullable=False, index=True, info=about(DataClass.TECHNICAL, "who", _KEEP)),
    Column("action", String(40), nullable=False, index=True, info=about(DataClass.TECHNICAL, "did what", _KEEP)),
    Column(
        "subject", String(64), nullable=False, index=True, info=about(DataClass.PSEUDONYM, "to what: its id", _KEEP)
    ),
    Column("facts", Text, nullable=False, info=about(DataClass.TECHNICAL, "codes and numbers as JSON", _KEEP)),
)


class AuditAwayError(StoreAwayError):
    """The audit did not take the row: the deed must be undone with it (R31)."""

    code = "audit_away"


class UnfitForAuditError(ThangdeeError):
    """An unknown action, or a fact that is no short code or number; a fault of ours, found by the tests."""

    code = "unfit_for_audit"


@dataclass(frozen=True)
class Deed:
    """One row, without its place in the chain."""

    at: datetime
    actor: str
    action: str
    subject: str
    facts: str


async def record(
    connection: AsyncConnection,
    keyring: Keyring,
    *,
    actor: str,
    action: str,
    subject: str = "",
    now: datetime,
    **facts: Fact,
) -> None:
    """Write down a deed in its own transaction, as the last thing there: writers of the chain wait for each other.

    Raises UnfitForAuditError; from the end of the transaction AuditAwayError, which undoes the deed.
    """
    deed = _deed(actor, action, subject, now, facts)

    async def write_down() -> None:
        try:
            await _append(connection, keyring, deed)
        except DBAPIError as error:
            raise AuditAwayError(type(error).__name__) from error

    await at_the_end(connection, write_down)


async def record_in_crisis(
    connection: AsyncConnection,
    keyring: Keyring,
    *,
    actor: str,
    action: str,
    subject: str = "",
    now: datetime,
    **facts: Fact,
) -> None:
    """Like `record`, for answering a cry for help, which no fault of the audit may stop (R31).

    What the chain does not take is written beside it in the same transaction and joins it later (`catch_up`).
    """
    deed = _deed(actor, action, subject, now, facts)

    async def write_down() -> None:
        try:
            async with connection.begin_nested():
                await _append(connection, keyring, deed)
        except DBAPIError:
            await connection.execute(insert(audit_late).values(vars(deed)))

    await at_the_end(connection, write_down)


async def catch_up(connection: AsyncConnection, keyring: Keyring) -> int:
    """Bring what could not be written in time into the chain; return how many rows. Raises AuditAwayError."""
    late = (await connection.execute(select(audit_late).order_by(audit_late.c.id))).all()
    for row in late:
        facts = json.loads(row.facts) | {"late": True}
        await record(connection, keyring, actor=row.actor, action=row.action, subject=row.subject, now=row.at, **facts)
        await connection.execute(delete(audit_late).where(audit_late.c.id == row.id))
    return len(late)


async def shorten(connection: AsyncConnection, keyring: Keyring, *, before: datetime, now: datetime) -> int:
    """Let go the rows before a day (R25): the one way in which rows leave. Return how many.

    The new beginning is anchored under the key, and that this was done is a row of its own.
    """
    kept = select(func.min(audit.c.seq)).where(audit.c.at >= before)
    first = (await connection.execute(kept)).scalar()
    newest = (await connection.execute(select(func.max(audit.c.seq)))).scalar()
    first = first if first is not None else newest  # the newest row always stays: the chain goes on from it
    gone = (await connection.execute(select(audit.c.mac).where(audit.c.seq == (first or 0) - 1))).scalar()
    if first is None or gone is None:
        return 0
    mac = start_mac(keyring, first, gone, now)
    await connection.execute(insert(audit_start).values(first_seq=first, previous=gone, at=now, mac=mac))
    removed = await connection.execute(delete(audit).where(audit.c.seq < first))
    await record(connection, keyring, actor=SYSTEM, action="audit:shorten", now=now, first=first, rows=removed.rowcount)
    return removed.rowcount


async def forget_details(connection: AsyncConnection, *, before: datetime) -> None:
    """Let go what lies apart and whose row has left the chain (R25); only where outcomes are open (R12)."""
    is_held = exists().where(audit.c.subject == audit_detail.c.id, audit.c.action == APART)
    await connection.execute(delete(audit_detail).where(audit_detail.c.at < before, ~is_held))


def mac_of(keyring: Keyring, seq: int, deed: Deed, previous: str) -> str:
    """Return the keyed hash of a row; two different rows never have the same form."""
    at = deed.at.astimezone(UTC).isoformat()
    form = json.dumps([seq, at, deed.actor, deed.action, deed.subject, deed.facts, previous])
    return keyring.look_up("audit", form)


def detail_mac(keyring: Keyring, detail_id: str, *, actor: str, action: str, subject: str, facts: str) -> str:
    """Return the keyed hash by which the chain holds a deed that lies apart."""
    return keyring.look_up("audit-detail", json.dumps([detail_id, actor, action, subject, facts]))


def lies_apart(action: str) -> bool:
    """Tell whether an action says what came of an enquiry."""
    return action.startswith(_ROOMS_APART)


def start_mac(keyring: Keyring, first_seq: int, previous: str, at: datetime) -> str:
    """Return the keyed hash of a new beginning."""
    return keyring.look_up("audit-start", json.dumps([first_seq, previous, at.astimezone(UTC).isoformat()]))


def deed_of(row: "Row[tuple[object, ...]]") -> Deed:
    """Return what a row of the table says."""
    return Deed(row.at, row.actor, row.action, row.subject, row.facts)


async def _append(connection: AsyncConnection, keyring: Keyring, deed: Deed) -> None:
    if lies_apart(deed.action):
        deed = await _put_apart(connection, keyring, deed)
    await one_at_a_time(connection, _CHAIN)
    query = select(audit.c.seq, audit.c.mac).order_by(audit.c.seq.desc()).limit(1)
    last = (await connection.execute(query)).one_or_none()
    seq, previous = (1, FIRST_PREVIOUS) if last is None else (last.seq + 1, last.mac)
    mac = mac_of(keyring, seq, deed, previous)
    await connection.execute(insert(audit).values(vars(deed) | {"seq": seq, "previous": previous, "mac": mac}))


async def _put_apart(connection: AsyncConnection, keyring: Keyring, deed: Deed) -> Deed:
    """Write down apart what was done and by whom; return what the chain may say of it."""
    detail_id = uuid.uuid4().hex
    detail = {"actor": deed.actor, "action": deed.action, "subject": deed.subject, "facts": deed.facts}
    await connection.execute(insert(audit_detail).values(detail | {"id": detail_id, "at": deed.at}))
    facts = {"mac": detail_mac(keyring, detail_id, **detail)}
    return replace(deed, actor=SOMEBODY, action=APART, subject=detail_id, facts=json.dumps(facts))


def _deed(actor: str, action: str, subject: str, now: datetime, facts: dict[str, Fact]) -> Deed:
    if action not in ACTIONS:
        raise UnfitForAuditError(f"core/audit_actions.py does not know {action}")
    for name, value in {"actor": actor, "subject": subject, **facts}.items():
        # No spaces, no letters beyond ASCII: what a person wrote does not fit through here.
        if not isinstance(value, (str, int)) or (isinstance(value, str) and not _FACT.fullmatch(value)):
            raise UnfitForAuditError(f"{action}: {name} is no short code or number")
    if not actor:
        raise UnfitForAuditError(f"{action}: by whom?")
    return Deed(now.astimezone(UTC), actor, action, subject, json.dumps(facts, sort_keys=True))
