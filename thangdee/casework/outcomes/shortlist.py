"""Whom of the register a description may mean: found by keyed hashes, and only these are opened (R24)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.matching import Described, block_weights, blocks, hashed_each, most_sharing
from thangdee.casework.outcomes import residents
from thangdee.casework.outcomes.tables import resident, resident_block
from thangdee.core.vault import Vault


@dataclass(frozen=True)
class Shortlist:
    """Who was opened, and what the comparison needs besides: the size of the register and of each block in it."""

    people: list[tuple[str, Described]]
    register_size: int
    bucket_sizes: Mapping[str, int]


async def shortlist(connection: AsyncConnection, vault: Vault, enquiry: Described, now: datetime) -> Shortlist:
    """Return those who share rare sounds and places with the description; their number has an upper limit."""
    size = await register_size(connection, now)
    each = hashed_each(vault.keyring, blocks(enquiry))
    sizes = await _sizes(connection, frozenset(each.values()))
    weights = block_weights(sizes, size)
    query = select(resident_block.c.resident_id, resident_block.c.block).where(resident_block.c.block.in_(weights))
    rows = [(row.resident_id, row.block) for row in await connection.execute(query)] if weights else []
    people = await _opened(connection, vault, most_sharing(rows, weights), now)
    return Shortlist(people, size, {block: sizes.get(hash_, 0) for block, hash_ in each.items()})


async def candidates_for(
    connection: AsyncConnection, vault: Vault, enquiry: Described, now: datetime
) -> list[tuple[str, Described]]:
    """Return the ids and descriptions of those who may be meant."""
    return (await shortlist(connection, vault, enquiry, now)).people


async def register_size(connection: AsyncConnection, now: datetime) -> int:
    """Return how many residents wish to be found; a number for the comparison, shown to nobody."""
    query = select(func.count()).select_from(resident).where(resident.c.lapses_at > now)
    return (await connection.execute(query)).scalar_one()


async def _sizes(connection: AsyncConnection, hashes: frozenset[str]) -> dict[str, int]:
    if not hashes:
        return {}
    query = select(resident_block.c.block, func.count().label("size")).where(resident_block.c.block.in_(hashes))
    return {row.block: row.size for row in await connection.execute(query.group_by(resident_block.c.block))}


async def _opened(
    connection: AsyncConnection, vault: Vault, ids: list[str], now: datetime
) -> list[tuple[str, Described]]:
    query = select(resident).where(resident.c.id.in_(ids), resident.c.lapses_at > now)
    found = {row.id: row for row in await connection.execute(query)}
    return await residents.described(connection, vault, [found[one] for one in ids if one in found])
