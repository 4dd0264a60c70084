"""Where a shelter is: sealed, opened for staff alone, in no export, API, chat or snapshot."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core.database import insert_new
from thangdee.core.vault import Place, Vault
from thangdee.referral_directory.tables import confidential_address


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


async def _key(connection: AsyncConnection, location_id: str) -> str | None:
    column = confidential_address.c
    found: str | None = (
        await connection.execute(select(column.key_id).where(column.location_id == location_id))
    ).scalar_one_or_none()
    return found


def _place(location_id: str) -> Place:
    return Place("confidential_address", "sealed_address", location_id)
