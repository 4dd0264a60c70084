"""Whose account works for which shelter; what an officer may enter or open hangs on this alone (R37)."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.outcomes.model import Shelter
from thangdee.casework.outcomes.tables import shelter_officer
from thangdee.casework.staff import accounts
from thangdee.casework.staff.accounts import Account
from thangdee.casework.staff.roles import Role
from thangdee.core import audit
from thangdee.core.database import insert_new
from thangdee.core.errors import ThangdeeError
from thangdee.core.vault import Vault


class NotAnOfficerError(ThangdeeError):
    """The account has ended, or it is not one of a shelter officer."""

    code = "not_an_officer"


class NotTheirShelterError(ThangdeeError):
    """The officer does not work for this shelter."""

    code = "not_their_shelter"


async def shelters_of(connection: AsyncConnection, staff_id: str) -> frozenset[Shelter]:
    """Return the shelters that an officer works for; none for an account that has ended or lost the role."""
    account = await accounts.by_id(connection, staff_id)
    if not _is_officer(account):
        return frozenset()
    query = select(shelter_officer.c.shelter).where(shelter_officer.c.staff_id == staff_id)
    return frozenset(Shelter(one) for one in (await connection.execute(query)).scalars())


async def need(connection: AsyncConnection, staff_id: str, shelter: str) -> Shelter:
    """Return the shelter where the officer works for it. Raises NotTheirShelterError."""
    mine = await shelters_of(connection, staff_id)
    if shelter not in mine:
        raise NotTheirShelterError("not a shelter of theirs")
    return Shelter(shelter)


async def add(
    connection: AsyncConnection, vault: Vault, staff_id: str, shelter: Shelter, by: str, now: datetime
) -> None:
    """Let an officer work for a shelter. Raises NotAnOfficerError."""
    if not _is_officer(await accounts.by_id(connection, staff_id)):
        raise NotAnOfficerError("not an officer of shelters")
    new = insert_new(connection, shelter_officer).values(staff_id=staff_id, shelter=shelter)
    await connection.execute(new.on_conflict_do_nothing(index_elements=["staff_id", "shelter"]))
    await _note(connection, vault, "resident:officer_add", staff_id, shelter, by, now)


async def take_away(
    connection: AsyncConnection, vault: Vault, staff_id: str, shelter: Shelter, by: str, now: datetime
) -> None:
    """An officer works there no more: from this instant on they open nothing of it."""
    theirs = (shelter_officer.c.staff_id == staff_id) & (shelter_officer.c.shelter == shelter)
    await connection.execute(delete(shelter_officer).where(theirs))
    await _note(connection, vault, "resident:officer_remove", staff_id, shelter, by, now)


async def by_shelter(connection: AsyncConnection) -> dict[Shelter, list[Account]]:
    """Return the officers of each shelter, by name."""
    officers = {one.id: one for one in await all_officers(connection)}
    rows = (await connection.execute(select(shelter_officer))).all()
    return {
        shelter: [one for one in officers.values() if any((r.staff_id, r.shelter) == (one.id, shelter) for r in rows)]
        for shelter in Shelter
    }


async def all_officers(connection: AsyncConnection) -> list[Account]:
    """Return all accounts of shelter officers that have not ended, by name."""
    return [one for one in await accounts.all_staff(connection) if _is_officer(one)]


def _is_officer(account: Account | None) -> bool:
    return account is not None and account.ended_at is None and Role.SHELTER_OFFICER in account.roles


async def _note(
    connection: AsyncConnection, vault: Vault, action: str, staff_id: str, shelter: Shelter, by: str, now: datetime
) -> None:
    await audit.record(
        connection, vault.keyring, actor=by, action=action, subject=staff_id, now=now, shelter=shelter.value
    )
