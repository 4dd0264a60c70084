"""Sealed values: bound to their place (R22), keys that rotate while everybody works (R23)."""

import contextlib
import dataclasses
from pathlib import Path

import pytest
from sqlalchemy import select, update

from thangdee.core.database import OPENED_KEYS, Database
from thangdee.core.errors import SealBrokenError
from thangdee.core.keyring import Keyring
from thangdee.core.vault import Place, Vault, data_key

HERE = Place("said", "sealed_body", "row1")


async def _new_key(database: Database, vault: Vault) -> str:
    async with database.write() as connection:
        return await vault.new_key(connection)


async def _seal(database: Database, vault: Vault, key_id: str, value: bytes = b"words", place: Place = HERE) -> bytes:
    async with database.read() as connection:
        return await vault.seal(connection, key_id, place, value)


async def _open(database: Database, vault: Vault, key_id: str, sealed: bytes, place: Place = HERE) -> bytes:
    async with database.read() as connection:
        return await vault.open(connection, key_id, place, sealed)


async def test_a_sealed_value_opens_at_its_place(database: Database, vault: Vault) -> None:
    key_id = await _new_key(database, vault)

    sealed = await _seal(database, vault, key_id, "ຄຳລັບ".encode())

    assert "ຄຳລັບ".encode() not in sealed
    assert await _open(database, vault, key_id, sealed) == "ຄຳລັບ".encode()


@pytest.mark.parametrize("moved", ["table", "column", "row"])
async def test_ciphertext_moved_between_rows_fails(database: Database, vault: Vault, moved: str) -> None:
    key_id = await _new_key(database, vault)
    sealed = await _seal(database, vault, key_id)

    with pytest.raises(SealBrokenError):
        await _open(database, vault, key_id, sealed, dataclasses.replace(HERE, **{moved: "elsewhere"}))


async def test_ciphertext_moved_between_rows_fails_for_another_key_even_with_the_same_bytes(
    database: Database, vault: Vault
) -> None:
    own, other = await _new_key(database, vault), await _new_key(database, vault)
    sealed = await _seal(database, vault, own)
    async with database.write() as connection:
        mine = (await connection.execute(select(data_key).where(data_key.c.id == own))).one()
        raw = vault.keyring.unwrap(mine.kek_id, mine.wrapped, own)
        kek_id, wrapped = vault.keyring.wrap(raw, other)
        await connection.execute(update(data_key).where(data_key.c.id == other).values(kek_id=kek_id, wrapped=wrapped))

    with pytest.raises(SealBrokenError):
        await _open(database, vault, other, sealed)


async def test_a_wrapped_key_moved_to_another_row_does_not_open(database: Database, vault: Vault) -> None:
    own, other = await _new_key(database, vault), await _new_key(database, vault)
    sealed = await _seal(database, vault, other)
    async with database.write() as connection:
        mine = (await connection.execute(select(data_key).where(data_key.c.id == own))).one()
        await connection.execute(update(data_key).where(data_key.c.id == other).values(wrapped=mine.wrapped))

    with pytest.raises(SealBrokenError):
        await _open(database, vault, other, sealed)


async def test_a_changed_or_cut_value_does_not_open(database: Database, vault: Vault) -> None:
    key_id = await _new_key(database, vault)
    sealed = await _seal(database, vault, key_id)
    for broken in (sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:20], b"", sealed + b"x"):
        with pytest.raises(SealBrokenError):
            await _open(database, vault, key_id, broken)


async def test_the_same_words_are_sealed_differently_each_time(database: Database, vault: Vault) -> None:
    key_id = await _new_key(database, vault)

    assert len({await _seal(database, vault, key_id) for _ in range(20)}) == 20


async def test_nothing_opens_or_seals_once_the_key_is_destroyed(database: Database, vault: Vault) -> None:
    key_id = await _new_key(database, vault)
    sealed = await _seal(database, vault, key_id)
    async with database.write() as connection:
        await vault.destroy_key(connection, key_id)

    with pytest.raises(SealBrokenError):
        await _open(database, vault, key_id, sealed)
    with pytest.raises(SealBrokenError):
        await _seal(database, vault, key_id)


async def test_an_opened_key_is_forgotten_where_it_is_destroyed_and_with_the_transaction(
    database: Database, vault: Vault
) -> None:
    key_id = await _new_key(database, vault)
    async with database.write() as connection:
        sealed = await vault.seal(connection, key_id, HERE, b"words")
        assert await vault.open(connection, key_id, HERE, sealed) == b"words"
        opened = connection.info[OPENED_KEYS]
        assert list(opened) == [key_id]
    assert opened == {}

    async with database.write() as connection:
        await vault.open(connection, key_id, HERE, sealed)
        await vault.destroy_key(connection, key_id)
        with pytest.raises(SealBrokenError):
            await vault.open(connection, key_id, HERE, sealed)


async def test_kek_rotation_online(database: Database, vault: Vault, tmp_path: Path) -> None:
    """A process that read the keyring before each rotation goes on sealing and opening."""
    stale = Vault(Keyring(tmp_path / "keyring.json"))
    before = await _new_key(database, stale)
    sealed = await _seal(database, stale, before)

    for _ in range(4):
        async with database.write() as connection:
            open_before = await stale.open(connection, before, HERE, sealed)
            changed = await vault.rotate(connection)
            open_meanwhile = await stale.open(connection, before, HERE, sealed)
            meanwhile = await stale.new_key(connection)
            sealed_meanwhile = await stale.seal(connection, meanwhile, HERE, b"meanwhile")
        after = await _new_key(database, stale)

        assert (open_before, open_meanwhile) == (b"words", b"words")
        assert changed >= 1
        assert await _open(database, vault, meanwhile, sealed_meanwhile) == b"meanwhile"
        assert await _open(database, vault, after, await _seal(database, stale, after)) == b"words"


async def test_rotation_wraps_every_key_anew_and_old_ones_go(database: Database, vault: Vault) -> None:
    for _ in range(3):
        await _new_key(database, vault)
    first = vault.keyring.current

    async with database.write() as connection:
        changed = await vault.rotate(connection)
    async with database.write() as connection:
        await vault.rotate(connection)
        used = set((await connection.execute(select(data_key.c.kek_id))).scalars())

    assert changed == 3
    assert used == {vault.keyring.current}
    with pytest.raises(SealBrokenError):
        vault.keyring.unwrap(first, b"x" * 60, "any")


async def test_a_rotation_undone_by_the_database_loses_nothing(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    key_id = await _new_key(database, vault)
    sealed = await _seal(database, vault, key_id)
    with contextlib.suppress(ZeroDivisionError):
        async with database.write() as connection:
            await vault.rotate(connection)
            raise ZeroDivisionError
    fresh = Vault(Keyring(tmp_path / "keyring.json"))

    for one in (vault, fresh):
        assert await _open(database, one, key_id, sealed) == b"words"
