"""A resident asks us to find her family: whom, and how they may be told; nothing of the shelter goes to anybody.

open ──staff tell what came of it──► found | closed
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.outcomes.residents import Entry
from thangdee.casework.outcomes.tables import family_wanted, resident
from thangdee.core import audit
from thangdee.core.codes import new_code
from thangdee.core.database import insert_new
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.vault import Place, Vault

DUE_AFTER = timedelta(days=3)
LONGEST = 500


class WantedState(StrEnum):
    """Where it stands."""

    OPEN = "open"
    FOUND = "found"
    CLOSED = "closed"


class WantedGoneError(ThangdeeError):
    """There is no such wish any more: her yes was taken back or lapsed."""

    code = "wanted_gone"


class NotYoursError(ThangdeeError):
    """Somebody else of staff looks for this family."""

    code = "not_yours"


class NothingSaidError(ThangdeeError):
    """It is not said whom she looks for, or what came of it."""

    code = "nothing_said"


class WantedOverError(ThangdeeError):
    """It was closed already."""

    code = "wanted_over"


@dataclass(frozen=True)
class Wanted:
    """What she tells. `known_as`: how her family calls her; `how_told`: how they may be told, and what not."""

    whom: str
    known_as: str = ""
    village: str = ""
    phone: str = ""
    how_told: str = ""


@dataclass(frozen=True)
class Header:
    """What may stand in a list: no content."""

    id: str
    code: str
    state: WantedState
    owner: str | None
    at: datetime
    due_at: datetime | None


@dataclass(frozen=True)
class Opened:
    """One wish with its content; `result` is what she may be told."""

    header: Header
    wanted: Wanted
    result: str


async def ask(
    connection: AsyncConnection,
    vault: Vault,
    entry: Entry,
    wanted: Wanted,
    staff_id: str,
    now: datetime,
    *,
    row_id: str | None = None,
) -> str:
    """Write her wish down, sealed under her own key; return its code. Raises NothingSaidError.

    `row_id`: one that the page chose, so that a form sent twice is one wish.
    """
    tidy = Wanted(**{name: " ".join(value.split())[:LONGEST] for name, value in asdict(wanted).items()})
    if not tidy.whom:
        raise NothingSaidError("whom?")
    row_id, code = row_id or new_uid(), new_code()
    plain = json.dumps(asdict(tidy), ensure_ascii=False).encode()
    values = {
        "id": row_id,
        "resident_id": entry.id,
        "code": code,
        "state": WantedState.OPEN,
        "sealed_body": await vault.seal(connection, entry.key_id, _place(row_id, "sealed_body"), plain),
        "at": now,
        "due_at": now + DUE_AFTER,
    }
    new = insert_new(connection, family_wanted).values(values).on_conflict_do_nothing(index_elements=["id"])
    if (await connection.execute(new.returning(family_wanted.c.id))).scalar() is None:  # the form came twice
        hers = (family_wanted.c.id == row_id) & (family_wanted.c.resident_id == entry.id)
        return str((await connection.execute(select(family_wanted.c.code).where(hers))).scalar() or "")
    await _note(connection, vault, "resident:family", row_id, staff_id, now)
    return code


async def listed(connection: AsyncConnection, now: datetime) -> list[Header]:
    """Return the headers of what is open, by due date."""
    alive = (family_wanted.c.state == WantedState.OPEN) & (resident.c.lapses_at > now)
    query = select(family_wanted).join(resident, resident.c.id == family_wanted.c.resident_id).where(alive)
    rows = (await connection.execute(query.order_by(family_wanted.c.due_at, family_wanted.c.id))).all()
    return [_header(row) for row in rows]


async def of_resident(connection: AsyncConnection, vault: Vault, entry: Entry) -> list[Opened]:
    """Return what she asked, newest first, for her shelter, which holds her paper."""
    query = select(family_wanted).where(family_wanted.c.resident_id == entry.id)
    rows = (await connection.execute(query.order_by(family_wanted.c.at.desc(), family_wanted.c.id))).all()
    return [await _opened(connection, vault, row, entry.key_id) for row in rows]


async def read(connection: AsyncConnection, vault: Vault, row_id: str, staff_id: str, now: datetime) -> Opened:
    """Open one for staff; audited. Raises WantedGoneError; NotYoursError while a colleague works on it."""
    row = await _load(connection, row_id, now)
    if row.owner not in (None, staff_id):
        raise NotYoursError("a colleague looks for them")
    found = await _opened(connection, vault, row, row.key_id)
    await _note(connection, vault, "resident:family_read", row_id, staff_id, now)
    return found


async def take(
    connection: AsyncConnection, vault: Vault, row_id: str, staff_id: str, now: datetime, *, is_supervisor: bool = False
) -> None:
    """Look for them oneself; a supervisor may take it from a colleague.

    Raises WantedGoneError, NotYoursError, WantedOverError.
    """
    row = await _load(connection, row_id, now)
    if row.state != WantedState.OPEN:
        raise WantedOverError("closed already")
    if row.owner not in (None, staff_id) and not is_supervisor:
        raise NotYoursError("a colleague looks for them")
    that = family_wanted.c.id == row_id
    await connection.execute(update(family_wanted).where(that).values(owner=staff_id, due_at=now + DUE_AFTER))
    await _note(connection, vault, "resident:family_take", row_id, staff_id, now)


async def close(
    connection: AsyncConnection,
    vault: Vault,
    row_id: str,
    state: WantedState,
    result: str,
    staff_id: str,
    now: datetime,
) -> None:
    """Write down what came of it, in words that she may be told by her shelter.

    Raises WantedGoneError, NotYoursError, WantedOverError, NothingSaidError.
    """
    row, words = await _load(connection, row_id, now), result.strip()[:LONGEST]
    if row.owner != staff_id:
        raise NotYoursError("take it first")
    if row.state != WantedState.OPEN:
        raise WantedOverError("closed already")
    if not words or state is WantedState.OPEN:
        raise NothingSaidError("what came of it?")
    sealed = await vault.seal(connection, row.key_id, _place(row_id, "sealed_result"), words.encode())
    news = {"state": state, "sealed_result": sealed, "due_at": None}
    await connection.execute(update(family_wanted).where(family_wanted.c.id == row_id).values(news))
    await _note(connection, vault, "resident:family_close", row_id, staff_id, now)


async def _load(connection: AsyncConnection, row_id: str, now: datetime) -> Row[Any]:
    query = select(family_wanted, resident.c.key_id).join(resident, resident.c.id == family_wanted.c.resident_id)
    that = (family_wanted.c.id == row_id) & (resident.c.lapses_at > now)
    row = (await connection.execute(query.where(that).with_for_update(of=family_wanted))).one_or_none()
    if row is None:
        raise WantedGoneError("there is no such wish")
    return row


async def _opened(connection: AsyncConnection, vault: Vault, row: Row[Any], key_id: str) -> Opened:
    plain = await vault.open(connection, key_id, _place(row.id, "sealed_body"), row.sealed_body)
    result = b""
    if row.sealed_result is not None:
        result = await vault.open(connection, key_id, _place(row.id, "sealed_result"), row.sealed_result)
    return Opened(_header(row), Wanted(**json.loads(plain)), result.decode())


def _header(row: Row[Any]) -> Header:
    return Header(row.id, row.code, WantedState(row.state), row.owner, row.at, row.due_at)


def _place(row_id: str, column: str) -> Place:
    return Place("family_wanted", column, row_id)


async def _note(
    connection: AsyncConnection, vault: Vault, action: str, row_id: str, staff_id: str, now: datetime
) -> None:
    await audit.record(connection, vault.keyring, actor=staff_id, action=action, subject=row_id, now=now)
