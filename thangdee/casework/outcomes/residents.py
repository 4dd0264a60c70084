"""Residents of shelters who said yes to being looked for: entered, renewed, corrected, withdrawn, by code (R20b).

There is no list of them and no search: a shelter finds an entry by the code on her paper, and the search of a tracer
opens only those who resemble whom a family described.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.matching import Described, blocks, described_resident, hashed
from thangdee.casework.outcomes.model import Shelter
from thangdee.casework.outcomes.record import (
    Consent,
    Record,
    asked_at,
    lapses_at,
    packed,
    register_row,
    tidied,
    unpacked,
)
from thangdee.casework.outcomes.resident_rules import check
from thangdee.casework.outcomes.tables import candidate, resident, resident_block, wish
from thangdee.core import audit
from thangdee.core.codes import new_code
from thangdee.core.database import insert_new
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.script import fold
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.vault import Place, Vault

# Two groups of a resident's code; 10 of 25 signs are 46 bits.
_GROUP = 5
# A smaller number could tell of one person (R28).
FEWEST = 5
_AT_ONCE = 500


class NoSuchEntryError(ThangdeeError):
    """No entry of this shelter has this code: wrong, of elsewhere, lapsed or withdrawn look the same."""

    code = "no_such_entry"


class AlreadyEnteredError(ThangdeeError):
    """The same form came twice; the code was shown the first time."""

    code = "already_entered"


@dataclass(frozen=True)
class Entry:
    """One entry, opened."""

    id: str
    shelter: Shelter
    record: Record
    entered_at: datetime
    lapses_at: datetime
    key_id: str


async def enter(
    connection: AsyncConnection,
    vault: Vault,
    shelter: Shelter,
    record: Record,
    staff_id: str,
    now: datetime,
    *,
    row_id: str | None = None,
) -> tuple[str, str]:
    """Store her record sealed under a key of her own; return her row's id, and the code for her paper.

    `row_id`: one that the page chose, so that a form sent twice enters nobody twice.
    Raises ResidentRefusedError, and stores nothing, where the rules say no; AlreadyEnteredError.
    """
    tidy = tidied(record)
    check(tidy, now)
    resident_id, code = row_id or new_uid(), _new_code()
    key_id = await vault.new_key(connection)
    values = {
        "id": resident_id,
        "shelter": shelter,
        "code_hash": _code_hash(vault, code),
        "number_hash": _number_hash(vault, shelter, tidy.shelter_number),
        "key_id": key_id,
        "sealed_record": await _sealed(connection, vault, key_id, resident_id, tidy),
        "entered_by": staff_id,
        "entered_at": now,
        "consent_at": asked_at(tidy.consent),
        "lapses_at": lapses_at(tidy.consent),
    }
    new = insert_new(connection, resident).values(values).on_conflict_do_nothing(index_elements=["id"])
    if (
        await connection.execute(new.returning(resident.c.id))
    ).scalar() is None:  # two at once, too: the second waits here for the first
        raise AlreadyEnteredError("the form came twice")
    await _write_blocks(connection, vault, resident_id, register_row(tidy, shelter))
    await _note(connection, vault, "resident:enter", resident_id, staff_id, now)
    return resident_id, code


async def by_code(
    connection: AsyncConnection, vault: Vault, shelters: frozenset[Shelter], code: str, staff_id: str, now: datetime
) -> Entry:
    """Open the entry with this code, where it is of one of these shelters; audited. Raises NoSuchEntryError."""
    found = await _find(connection, vault, shelters, code, now)
    await _note(connection, vault, "resident:read", found.id, staff_id, now)
    return found


async def renew(
    connection: AsyncConnection, vault: Vault, entry: Entry, consent: Consent, staff_id: str, now: datetime
) -> None:
    """She was asked again and said yes: another 180 days. Raises ResidentRefusedError."""
    kept = replace(entry.record, consent=consent)
    await _rewrite(connection, vault, entry, kept, now)
    await _note(connection, vault, "resident:renew", entry.id, staff_id, now)


async def correct(
    connection: AsyncConnection, vault: Vault, entry: Entry, record: Record, staff_id: str, now: datetime
) -> None:
    """Put what is written of her right; her yes stays the one she gave. Raises ResidentRefusedError."""
    await _rewrite(connection, vault, entry, record, now)
    await _note(connection, vault, "resident:correct", entry.id, staff_id, now)


async def withdraw(connection: AsyncConnection, vault: Vault, entry: Entry, staff_id: str, now: datetime) -> None:
    """She takes her yes back: at once nothing of her is left, and nobody is asked why."""
    await forget(connection, vault, entry.id)
    await _note(connection, vault, "resident:withdraw", entry.id, staff_id, now)


async def withdraw_by_number(
    connection: AsyncConnection, vault: Vault, shelter: Shelter, number: str, staff_id: str, now: datetime
) -> None:
    """She takes her yes back, and her paper is lost: erase what her shelter entered under its own number of her.

    Whether there was anything is told to nobody: it would be a way to look somebody up.
    """
    found: list[str] = []
    # Without a number nobody is meant; certainly not all those who have none.
    if (number_hash := _number_hash(vault, shelter, number)) is not None:
        mine = (resident.c.shelter == shelter) & (resident.c.number_hash == number_hash)
        found = list((await connection.execute(select(resident.c.id).where(mine))).scalars())
    for one in found:
        await forget(connection, vault, one)
    for subject in found or [""]:
        await _note(connection, vault, "resident:withdraw", subject, staff_id, now)


async def forget(connection: AsyncConnection, vault: Vault, resident_id: str) -> None:
    """Destroy her key, her row, her blocks, her wishes and what tracers thought of her; for a lapsed yes, too."""
    # Locked first, as whoever opens it by its code does.
    hers = select(resident.c.key_id).where(resident.c.id == resident_id).with_for_update()
    key_id = (await connection.execute(hers)).scalar()
    if key_id is not None:
        await vault.destroy_key(connection, key_id)
    for table in (candidate, wish):
        await connection.execute(delete(table).where(table.c.resident_id == resident_id))
    await connection.execute(delete(resident_block).where(resident_block.c.resident_id == resident_id))
    await connection.execute(delete(resident).where(resident.c.id == resident_id))


async def opened(connection: AsyncConnection, vault: Vault, resident_id: str, now: datetime) -> Entry:
    """Open an entry by its row's id, for a step that already knows of whom it is; the caller writes it down.

    Raises NoSuchEntryError once it was withdrawn or lapsed.
    """
    query = select(resident).where(resident.c.id == resident_id, resident.c.lapses_at > now)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NoSuchEntryError("there is no such entry")
    return await _opened(connection, vault, row)


async def entries_this_month(connection: AsyncConnection, shelter: Shelter, now: datetime) -> int | None:
    """Return how many entries a shelter made in this month; None where so few could tell of one person."""
    begins = now.astimezone(LOCAL_TIME).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    mine = (resident.c.shelter == shelter) & (resident.c.entered_at >= begins) & (resident.c.lapses_at > now)
    number = (await connection.execute(select(func.count()).select_from(resident).where(mine))).scalar_one()
    return number if number >= FEWEST else None


async def described(connection: AsyncConnection, vault: Vault, rows: Sequence[Row[Any]]) -> list[tuple[str, Described]]:
    """Open rows and describe each as the comparison needs it; one that was withdrawn meanwhile is left out."""
    sealed = [(row.key_id, _place(row.id), row.sealed_record) for row in rows]
    plain = await vault.open_each(connection, sealed)
    return [
        (row.id, described_resident(register_row(unpacked(json.loads(one)), Shelter(row.shelter))))
        for row, one in zip(rows, plain, strict=True)
        if one is not None
    ]


async def _find(
    connection: AsyncConnection, vault: Vault, shelters: frozenset[Shelter], code: str, now: datetime
) -> Entry:
    that = (resident.c.code_hash == _code_hash(vault, code)) & (resident.c.lapses_at > now)
    query = select(resident).where(that, resident.c.shelter.in_(sorted(shelters))).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NoSuchEntryError("there is no such entry")
    return await _opened(connection, vault, row)


async def _opened(connection: AsyncConnection, vault: Vault, row: Row[Any]) -> Entry:
    plain = await vault.open(connection, row.key_id, _place(row.id), row.sealed_record)
    record = unpacked(json.loads(plain))
    return Entry(row.id, Shelter(row.shelter), record, row.entered_at, row.lapses_at, row.key_id)


async def _rewrite(connection: AsyncConnection, vault: Vault, entry: Entry, record: Record, now: datetime) -> None:
    tidy = tidied(record)
    check(tidy, now)
    sealed = await _sealed(connection, vault, entry.key_id, entry.id, tidy)
    news = {
        "number_hash": _number_hash(vault, entry.shelter, tidy.shelter_number),
        "sealed_record": sealed,
        "consent_at": asked_at(tidy.consent),
        "lapses_at": lapses_at(tidy.consent),
    }
    await connection.execute(update(resident).where(resident.c.id == entry.id).values(news))
    await connection.execute(delete(resident_block).where(resident_block.c.resident_id == entry.id))
    await _write_blocks(connection, vault, entry.id, register_row(tidy, entry.shelter))


async def _write_blocks(connection: AsyncConnection, vault: Vault, resident_id: str, row: dict[str, Any]) -> None:
    found = hashed(vault.keyring, blocks(described_resident(row)))
    rows = [{"block": one, "resident_id": resident_id} for one in sorted(found)]
    for start in range(0, len(rows), _AT_ONCE):
        await connection.execute(insert(resident_block), rows[start : start + _AT_ONCE])


async def _sealed(connection: AsyncConnection, vault: Vault, key_id: str, resident_id: str, record: Record) -> bytes:
    plain = json.dumps(packed(record), ensure_ascii=False).encode()
    return await vault.seal(connection, key_id, _place(resident_id), plain)


async def _note(
    connection: AsyncConnection, vault: Vault, action: str, resident_id: str, staff_id: str, now: datetime
) -> None:
    await audit.record(connection, vault.keyring, actor=staff_id, action=action, subject=resident_id, now=now)


def _place(resident_id: str) -> Place:
    return Place("resident", "sealed_record", resident_id)


def _new_code() -> str:
    signs = new_code(2 * _GROUP)
    return f"{signs[:_GROUP]}-{signs[_GROUP:]}"


def _code_hash(vault: Vault, code: str) -> str:
    plain = "".join(one for one in code.upper() if one.isalnum())
    return vault.keyring.look_up("resident_code", plain)


def _number_hash(vault: Vault, shelter: Shelter, number: str | None) -> str | None:
    plain = "".join(one for one in fold(number or "") if one.isalnum())
    return vault.keyring.look_up("resident_number", f"{shelter}|{plain}") if plain else None
