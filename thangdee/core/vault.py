"""Sealing: AES-GCM under one key per person, bound to the place of the value (R22, R23)."""

import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, LargeBinary, Row, String, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core.columns import DataClass, about, metadata
from thangdee.core.database import OPENED_KEYS
from thangdee.core.errors import SealBrokenError
from thangdee.core.keyring import Keyring

_VERSION = b"\x01"
_NONCE_BYTES = 12

data_key = Table(
    "data_key",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the key", "until erasure")),
    Column("kek_id", String(16), nullable=False, info=about(DataClass.TECHNICAL, "who wraps it", "until erasure")),
    Column(
        "wrapped", LargeBinary, nullable=False, info=about(DataClass.SEALED, "opens a person's data", "until erasure")
    ),
)


@dataclass(frozen=True)
class Place:
    """Where a sealed value lives; a value moved elsewhere does not open."""

    table: str
    column: str
    row: str


class Vault:
    """Makes, opens and destroys case keys, and seals values under them.

    A sealed value is: version byte, 12 bytes nonce, ciphertext with tag.
    """

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring

    async def new_key(self, connection: AsyncConnection) -> str:
        """Make a case key, store it wrapped, return its id."""
        key_id, key = uuid.uuid4().hex, AESGCM.generate_key(256)
        kek_id, wrapped = self.keyring.wrap(key, key_id)
        await connection.execute(insert(data_key).values(id=key_id, kek_id=kek_id, wrapped=wrapped))
        return key_id

    async def seal(self, connection: AsyncConnection, key_id: str, place: Place, value: bytes) -> bytes:
        """Seal a value for its place. Raises SealBrokenError when the key was destroyed."""
        nonce = os.urandom(_NONCE_BYTES)
        cipher = AESGCM(await self._key(connection, key_id))
        return _VERSION + nonce + cipher.encrypt(nonce, value, _bound(place, key_id))

    async def open(self, connection: AsyncConnection, key_id: str, place: Place, sealed: bytes) -> bytes:
        """Open a value. Raises SealBrokenError if it was moved, changed, or its key destroyed."""
        return _opened(await self._key(connection, key_id), key_id, place, sealed)

    async def open_each(
        self, connection: AsyncConnection, sealed: Sequence[tuple[str, Place, bytes]]
    ) -> list[bytes | None]:
        """Open many values, each (key, place, sealed), their keys read at once; None for one that does not open."""
        ids = {key_id for key_id, _, _ in sealed}
        rows = (await connection.execute(select(data_key).where(data_key.c.id.in_(ids)))).all() if ids else []
        keys = {row.id: row for row in rows}
        return [self._try_open(keys.get(key_id), place, value) for key_id, place, value in sealed]

    async def destroy_key(self, connection: AsyncConnection, key_id: str) -> None:
        """Make everything sealed under the key unreadable for good (R26)."""
        await connection.execute(delete(data_key).where(data_key.c.id == key_id))
        connection.info.get(OPENED_KEYS, {}).pop(key_id, None)

    async def rotate(self, connection: AsyncConnection) -> int:
        """Add a key-encryption key and wrap every case key with it; return how many were changed.

        The former one stays until the next rotation: another process may just be using it.
        """
        used = await connection.execute(select(data_key.c.kek_id).distinct())
        self.keyring.drop_unused(set(used.scalars()))
        self.keyring.add_current()
        return await self._rewrap_all(connection)

    async def _rewrap_all(self, connection: AsyncConnection) -> int:
        rows = await connection.execute(select(data_key).where(data_key.c.kek_id != self.keyring.current))
        changed = 0
        for row in rows.all():
            kek_id, wrapped = self.keyring.wrap(self.keyring.unwrap(row.kek_id, row.wrapped, row.id), row.id)
            await connection.execute(
                update(data_key).where(data_key.c.id == row.id).values(kek_id=kek_id, wrapped=wrapped)
            )
            changed += 1
        return changed

    def _try_open(self, row: Row[Any] | None, place: Place, sealed: bytes) -> bytes | None:
        if row is None:
            return None
        try:
            return _opened(self.keyring.unwrap(row.kek_id, row.wrapped, row.id), row.id, place, sealed)
        except SealBrokenError:
            return None

    async def _key(self, connection: AsyncConnection, key_id: str) -> bytes:
        # Kept for this transaction only: another process may destroy the key.
        opened: dict[str, bytes] = connection.info.get(OPENED_KEYS, {})
        if key_id in opened:
            return opened[key_id]
        row = (await connection.execute(select(data_key).where(data_key.c.id == key_id))).one_or_none()
        if row is None:
            raise SealBrokenError("the key is gone")
        opened[key_id] = self.keyring.unwrap(row.kek_id, row.wrapped, row.id)
        return opened[key_id]


def _opened(key: bytes, key_id: str, place: Place, sealed: bytes) -> bytes:
    nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, _bound(place, key_id))
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError("a sealed value does not open here") from error


def _bound(place: Place, key_id: str) -> bytes:
    return f"{place.table}|{place.column}|{place.row}|{key_id}".encode()
