"""What is looked at and heard before a search: the vetting list and the proof-of-relationship talk (R15)."""

import uuid
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import store
from thangdee.casework.outcomes import search_rules
from thangdee.casework.outcomes.model import ProofKind, Stage, VettingItem
from thangdee.casework.outcomes.search_rules import MUST_BE_GOOD, Heard, Proof, Vetted
from thangdee.casework.outcomes.search_store import Search, StageRefusedError, UnfitNoteError, in_work, moved, save
from thangdee.casework.outcomes.tables import proof, vetting
from thangdee.core.database import insert_new
from thangdee.core.errors import ThangdeeError
from thangdee.core.vault import Place, Vault

LONGEST_NOTE = 4000


class NeedsSupervisorError(ThangdeeError):
    """What one of us found bad, only a supervisor who does not own the enquiry finds otherwise."""

    code = "needs_supervisor"


async def vet(
    connection: AsyncConnection,
    enquiry_id: str,
    item: VettingItem,
    staff_id: str,
    now: datetime,
    *,
    is_good: bool,
    is_supervisor: bool,
) -> None:
    """Write down what was found; when all is looked at the talk is next. Raises NeedsSupervisorError."""
    whole = await in_work(connection, enquiry_id, now)
    before = {one.item: one for one in await vetted(connection, enquiry_id)}
    known = before.get(item)
    if item in MUST_BE_GOOD and known and is_good and not known.is_good:
        _need_supervisor(whole, staff_id, is_supervisor=is_supervisor)
    key = {"enquiry_id": enquiry_id, "item": item}
    values = {"is_good": is_good, "staff_id": staff_id, "at": now}
    statement = insert_new(connection, vetting).values(key | values)
    await connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
    is_done = before.keys() | {item} == set(VettingItem)
    await save(connection, moved(whole, Stage.PROOF, now) if is_done and whole.stage is Stage.VETTING else whole)


async def prove(
    connection: AsyncConnection,
    vault: Vault,
    enquiry_id: str,
    kind: ProofKind,
    how: Heard,
    note: str,
    staff_id: str,
    now: datetime,
    *,
    is_good: bool,
) -> str:
    """Write down one item of the talk, and return its id. Rows only grow. Raises UnfitNoteError."""
    words = note.strip()
    if not 0 < len(words) <= LONGEST_NOTE:
        raise UnfitNoteError(f"{len(words)} letters")
    whole = await in_work(connection, enquiry_id, now)
    key_id, made = await store.key_of(connection, enquiry_id), uuid.uuid4().hex
    sealed = await vault.seal(connection, key_id, _place(made), words.encode())
    values = {"id": made, "enquiry_id": enquiry_id, "kind": kind, "how": how, "is_good": is_good}
    values |= {"sealed_note": sealed, "staff_id": staff_id, "at": now}
    await connection.execute(insert(proof).values(values))
    await save(connection, whole)
    return made


async def set_aside(
    connection: AsyncConnection, enquiry_id: str, proof_id: str, staff_id: str, now: datetime, *, is_supervisor: bool
) -> None:
    """Say as a supervisor that a bad item does not speak against them. Raises NeedsSupervisorError."""
    whole = await in_work(connection, enquiry_id, now)
    one = next((one for one in await proofs(connection, enquiry_id) if one.id == proof_id and one.blocks), None)
    if one is None:
        raise StageRefusedError("there is no bad item to set aside")
    if one.staff_id == staff_id:
        raise NeedsSupervisorError("who heard it does not set it aside")
    _need_supervisor(whole, staff_id, is_supervisor=is_supervisor)
    values = {"set_aside_by": staff_id, "set_aside_at": now}
    await connection.execute(update(proof).where(proof.c.id == proof_id).values(values))
    await save(connection, whole)


async def why_locked(connection: AsyncConnection, enquiry_id: str, now: datetime) -> str | None:
    """Return what vetting and proof lack at this moment, None if nothing."""
    looked_at, heard = await vetted(connection, enquiry_id), await proofs(connection, enquiry_id)
    return search_rules.why_locked(looked_at, heard, now)


async def vetted(connection: AsyncConnection, enquiry_id: str) -> list[Vetted]:
    """Return what was looked at, in the order of the list."""
    rows = await connection.execute(select(vetting).where(vetting.c.enquiry_id == enquiry_id))
    found = [Vetted(VettingItem(row.item), row.is_good, row.staff_id, row.at) for row in rows]
    return sorted(found, key=lambda one: list(VettingItem).index(one.item))


async def proofs(connection: AsyncConnection, enquiry_id: str) -> list[Proof]:
    """Return the items of the talk, newest first, without what was said."""
    query = select(proof).where(proof.c.enquiry_id == enquiry_id).order_by(proof.c.at.desc(), proof.c.id)
    return [
        Proof(ProofKind(row.kind), row.is_good, Heard(row.how), row.staff_id, row.at, row.set_aside_by, row.id)
        for row in (await connection.execute(query)).all()
    ]


async def proof_notes(connection: AsyncConnection, vault: Vault, enquiry_id: str) -> dict[str, str]:
    """Return what was said at each item, by its id."""
    key_id = await store.key_of(connection, enquiry_id)
    rows = (await connection.execute(select(proof).where(proof.c.enquiry_id == enquiry_id))).all()
    return {row.id: (await vault.open(connection, key_id, _place(row.id), row.sealed_note)).decode() for row in rows}


def _need_supervisor(whole: Search, staff_id: str, *, is_supervisor: bool) -> None:
    if not is_supervisor or whole.owner == staff_id:
        raise NeedsSupervisorError("for a supervisor who does not own it")


def _place(proof_id: str) -> Place:
    return Place("proof", "sealed_note", proof_id)
