"""Where a shelter is: sealed, opened for staff alone, in no export, API, chat or snapshot."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core.database import insert_new
from thangdee.core.vault import Place, Vault
from thangdee.referral_directory.assurances import lapse
from thangdee.referral_directory.history import changes_of
from thangdee.referral_directory.tables import TABLES, confidential_address

# What the history says: that there is one, never what it is.
_SEALED: Mapping[str, str] = {"confidential_address": "sealed"}
_NONE: Mapping[str, str] = {"confidential_address": ""}


async def keep_secret(connection: AsyncConnection, vault: Vault, location_id: str, address: str) -> None:
    """Seal the address of a location. From now on its public address and point are shown nowhere either."""
    key_id = await _key(connection, location_id) or await vault.new_key(connection)
    sealed = await vault.seal(connection, key_id, _place(location_id), address.encode())
    values = {"location_id": location_id, "key_id": key_id, "sealed_address": sealed}
    statement = insert_new(connection, confidential_address).values(values)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["location_id"], set_={"key_id": key_id, "sealed_address": sealed}
        )
    )


async def open_secret(connection: AsyncConnection, vault: Vault, location_id: str) -> str | None:
    """Return the sealed address, None where there is none. The caller audits the reading (R31)."""
    query = select(confidential_address).where(confidential_address.c.location_id == location_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    return (await vault.open(connection, row.key_id, _place(location_id), row.sealed_address)).decode()


async def forget_secret(
    connection: AsyncConnection, vault: Vault, location_id: str, *, by: str, now: datetime
) -> bool:  # fmt: skip
    """Remove the sealed address with its key, so that no copy opens either. False: there is none.

    The public fields of the place are fields like others again. Their checks end: nothing becomes public by this alone.
    """
    key_id = await _key(connection, location_id)
    own = confidential_address.c.location_id == location_id
    if (await connection.execute(delete(confidential_address).where(own))).rowcount == 0:
        return False
    if key_id is not None:
        await vault.destroy_key(connection, key_id)
    address = TABLES["address"].c
    beside = (await connection.execute(select(address.id).where(address.location_id == location_id))).scalars().all()
    await lapse(connection, "location", [location_id], now)
    await lapse(connection, "address", beside, now)
    await _note(connection, location_id, _SEALED, _NONE, by=by, now=now)
    return True


async def note_secret(connection: AsyncConnection, location_id: str, *, by: str, now: datetime) -> None:
    """Enter in the history that the address was sealed; processes that hold the directory then read it again."""
    await _note(connection, location_id, _NONE, _SEALED, by=by, now=now)


async def _note(
    connection: AsyncConnection, location_id: str, before: Mapping[str, str], after: Mapping[str, str], *, by: str,
    now: datetime,
) -> None:  # fmt: skip
    rows = changes_of("location", location_id, before, after, by=by, now=now)
    await connection.execute(insert(TABLES["metadata"]), rows)


async def _key(connection: AsyncConnection, location_id: str) -> str | None:
    column = confidential_address.c
    found: str | None = (
        await connection.execute(select(column.key_id).where(column.location_id == location_id))
    ).scalar_one_or_none()
    return found


def _place(location_id: str) -> Place:
    return Place("confidential_address", "sealed_address", location_id)
