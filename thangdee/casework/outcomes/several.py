"""Several enquirers for one person, or one telephone for several enquiries: a warning to staff alone (R20).

Enquiries are found by keyed hashes as residents are (R24); only those who share some are opened and compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import store
from thangdee.casework.enquiries.model import Enquiry, Field
from thangdee.casework.enquiries.store import EnquiryGoneError
from thangdee.casework.matching import Described, blocks, score
from thangdee.casework.outcomes import described as descriptions
from thangdee.casework.outcomes.described import Told
from thangdee.casework.outcomes.phones import numbers_in
from thangdee.casework.outcomes.tables import enquiry_block
from thangdee.core.database import insert_new
from thangdee.core.errors import SealBrokenError
from thangdee.core.keyring import Keyring
from thangdee.core.vault import Vault

# The same person, rather than not; staff decide.
LIKELY = 0.5
# So many are opened at most, those that share most.
_MOST_OPENED = 40
_LEAST_SHARED = 2
# A look takes no longer than a second, however many came meanwhile.
_MOST_AT_ONCE = 50
# Among a handful of enquiries any two would look alike.
_LEAST_SIZE = 100
# A hash has 16 bits, a number all of it; the prefix tells them apart.
_SOUND, _PHONE = "s", "p"


@dataclass(frozen=True)
class Other:
    """Another enquiry. `score`: how probably for the same person, from 0 to 1; `has_same_phone`: of who asks."""

    enquiry_id: str
    code: str
    score: float
    has_same_phone: bool

    @property
    def is_same_person(self) -> bool:
        """Whether they probably look for the same person."""
        return self.score >= LIKELY


async def others(connection: AsyncConnection, vault: Vault, whole: Enquiry, what: Told, now: datetime) -> list[Other]:
    """Return the other enquiries that staff should look at beside this one, the likeliest first.

    Writes the hashes of enquiries that have none yet: the chat, which took them, has no way here (R12).
    """
    standing = {one.id: one for one in await store.filed(connection, now)} | {whole.id: whole}
    await index(connection, vault, standing.values())
    mine = _hashes(vault.keyring, descriptions.described(whole, what), what)
    query = select(enquiry_block.c.enquiry_id, enquiry_block.c.block).where(enquiry_block.c.block.in_(mine))
    shared: dict[str, set[str]] = {}
    for row in await connection.execute(query):
        if row.enquiry_id != whole.id and row.enquiry_id in standing:
            shared.setdefault(row.enquiry_id, set()).add(row.block)
    phoned = {one for one, common in shared.items() if any(hash_.startswith(_PHONE) for hash_ in common)}
    nearest = sorted(shared, key=lambda one: (-len(shared[one]), one))
    to_open = [one for one in nearest if len(shared[one]) >= _LEAST_SHARED][:_MOST_OPENED]
    people = await _opened(connection, vault, [standing[one] for one in to_open])
    # Each is compared by itself: two others for the same person must not lower each other.
    sought, size = descriptions.described(whole, what), max(len(standing), _LEAST_SIZE)
    scores = {id_: score(sought, [(id_, who)], register_size=size)[0].score for id_, who in people}
    listed = [
        Other(one, standing[one].code, scores.get(one, 0.0), one in phoned)
        for one in {*scores, *phoned}
        if one in phoned or scores[one] >= LIKELY
    ]
    return sorted(listed, key=lambda one: (-one.score, one.code))


async def index(connection: AsyncConnection, vault: Vault, enquiries: Iterable[Enquiry]) -> None:
    """Write the hashes of enquiries that have none, the newest first; who is left over comes with the next look."""
    known = set((await connection.execute(select(enquiry_block.c.enquiry_id).distinct())).scalars())
    unknown = [one for one in enquiries if one.id not in known]
    for one in sorted(unknown, key=lambda one: one.filed_at or one.created_at, reverse=True)[:_MOST_AT_ONCE]:
        await _index(connection, vault, one)


async def forget(connection: AsyncConnection, enquiry_id: str) -> None:
    """Remove the hashes of an enquiry."""
    await connection.execute(delete(enquiry_block).where(enquiry_block.c.enquiry_id == enquiry_id))


async def _index(connection: AsyncConnection, vault: Vault, one: Enquiry) -> None:
    try:
        what = await descriptions.told(connection, vault, one.id)
    except (EnquiryGoneError, SealBrokenError):  # erased while we looked
        return
    found = _hashes(vault.keyring, descriptions.described(one, what), what) or {_SOUND}
    rows = [{"block": hash_, "enquiry_id": one.id} for hash_ in sorted(found)]
    await connection.execute(insert_new(connection, enquiry_block).values(rows).on_conflict_do_nothing())


def _hashes(keyring: Keyring, who: Described, what: Told) -> set[str]:
    """Return the hashes of whom they look for, and of the telephone of who asks."""
    sounds = {_SOUND + keyring.look_up("enquiry", block)[:4] for block in blocks(who)}
    return sounds | {
        _PHONE + keyring.look_up("enquiry_phone", form)[:40] for form in numbers_in(what.words(Field.PHONE))
    }


async def _opened(connection: AsyncConnection, vault: Vault, some: Iterable[Enquiry]) -> list[tuple[str, Described]]:
    people = []
    for one in some:
        try:
            what = await descriptions.told(connection, vault, one.id)
        except (EnquiryGoneError, SealBrokenError):
            continue
        people.append((one.id, descriptions.described(one, what)))
    return people
