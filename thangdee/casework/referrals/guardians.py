"""Relatives who speak for a child: written down, never believed by themselves (R10).

Every relative starts "not cleared". What one says is recorded and opens nothing: gate.py does not know this table.
A broker may pose as a mother, and a mother may be the trafficker.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.referrals import store
from thangdee.casework.referrals.guardian_tables import guardian
from thangdee.casework.referrals.matter_notes import fit, key_of
from thangdee.core import changes
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.vault import Place, Vault


class GuardianUnsafeError(ThangdeeError):
    """A relative flagged unsafe is not asked, and not told that anything happens."""

    code = "guardian_unsafe"


class GuardianGoneError(ThangdeeError):
    """There is no such relative in this matter."""

    code = "guardian_gone"


class Relation(StrEnum):
    """Who they say they are."""

    MOTHER = "mother"
    FATHER = "father"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    AUNT_UNCLE = "aunt_uncle"
    PARTNER = "partner"
    OTHER = "other"


@dataclass(frozen=True)
class Guardian:
    """One relative. `said_yes`: what they answered, None where they were not asked or did not answer."""

    id: str
    relation: Relation
    is_cleared: bool
    is_unsafe: bool
    sought_at: datetime | None
    said_yes: bool | None
    staff_id: str
    note: str
    at: datetime


async def add(
    connection: AsyncConnection,
    vault: Vault,
    matter_id: str,
    relation: Relation,
    note: str,
    staff_id: str,
    now: datetime,
    *,
    is_unsafe: bool = False,
) -> str:
    """Write a relative down, not cleared whatever they say, and return their id. Raises UnfitWordsError."""
    whole, written, new = await store.load(connection, matter_id, to_change=True), fit(note), new_uid()
    sealed = await vault.seal(connection, await key_of(connection, matter_id), _place(new), written.encode())
    row = {"id": new, "matter_id": matter_id, "relation": relation, "staff_id": staff_id, "at": now}
    flags = {"is_cleared": False, "is_unsafe": is_unsafe, "sealed_note": sealed}
    await connection.execute(insert(guardian).values(row | flags))
    await changes.announce(connection, changes.MATTERS, changes.about_chat(whole.chat_id))
    return new


async def flag_unsafe(connection: AsyncConnection, matter_id: str, guardian_id: str, now: datetime) -> None:
    """Flag a relative: they are not asked any more, and are not cleared."""
    await _change(connection, matter_id, guardian_id, now, is_unsafe=True, is_cleared=False)


async def seek(connection: AsyncConnection, matter_id: str, guardian_id: str, now: datetime) -> None:
    """Write down that a relative is asked. Raises GuardianUnsafeError, GuardianGoneError."""
    query = select(guardian.c.is_unsafe).where(guardian.c.id == guardian_id, guardian.c.matter_id == matter_id)
    if (await connection.execute(query.with_for_update())).scalar():
        raise GuardianUnsafeError("their word is not sought")
    await _change(connection, matter_id, guardian_id, now, sought_at=now)


async def answer(
    connection: AsyncConnection, matter_id: str, guardian_id: str, now: datetime, *, said_yes: bool
) -> None:
    """Write down what a relative said, asked or not. It changes nothing of what may be told."""
    await _change(connection, matter_id, guardian_id, now, said_yes=said_yes)


async def of_matter(connection: AsyncConnection, vault: Vault, matter_id: str) -> list[Guardian]:
    """Return the relatives of a matter, what changed last at the end."""
    key_id = await key_of(connection, matter_id)
    query = select(guardian).where(guardian.c.matter_id == matter_id).order_by(guardian.c.at, guardian.c.id)
    found = []
    for row in (await connection.execute(query)).all():
        note = (await vault.open(connection, key_id, _place(row.id), row.sealed_note)).decode()
        found.append(
            Guardian(
                row.id, Relation(row.relation), row.is_cleared, row.is_unsafe, row.sought_at, row.said_yes,
                row.staff_id, note, row.at,
            )
        )  # fmt: skip
    return found


async def _change(
    connection: AsyncConnection, matter_id: str, guardian_id: str, now: datetime, **changed: object
) -> None:
    mine = (guardian.c.id == guardian_id) & (guardian.c.matter_id == matter_id)
    result = await connection.execute(update(guardian).where(mine).values(changed | {"at": now}))
    if result.rowcount != 1:
        raise GuardianGoneError("there is no such relative")
    await changes.announce(connection, changes.MATTERS)


def _place(guardian_id: str) -> Place:
    return Place("guardian", "sealed_note", guardian_id)
