"""What is decided for a person who is, or may be, under 18: two of staff, one of child protection, each with reasons.

The gate counts the latest decision of each member of staff (gate.is_in_best_interest, R9); this is who may decide.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.referrals import board, deeds, gate, store
from thangdee.casework.referrals.matter_notes import fit, key_of
from thangdee.casework.referrals.model import BestInterest, Matter, Receiver
from thangdee.casework.referrals.tables import best_interest
from thangdee.casework.staff.roles import Role
from thangdee.casework.staff.sessions import SignedIn
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.vault import Place, Vault


class NotAskedToDecideError(ThangdeeError):
    """No decision of theirs is asked for: the person said no yes yet, is of age, or it is somebody else's to decide."""

    code = "not_asked_to_decide"


def waiting(whole: Matter, now: datetime) -> tuple[Receiver, ...]:
    """Return the receivers that the person agreed to and that wait for a decision, each once."""
    found = {one.receiver for one in whole.consents if gate.why_not(whole, one, now) == "best_interest"}
    in_order = dict.fromkeys(one.receiver for one in whole.consents)
    return tuple(one for one in in_order if one in found)


async def decide(
    connection: AsyncConnection,
    vault: Vault,
    matter_id: str,
    viewer: SignedIn,
    listing_id: str,
    reasons: str,
    now: datetime,
    *,
    is_yes: bool,
) -> Matter:
    """Write down what this viewer decides for one receiver. The caller saw a fresh second factor.

    A no may come at any time and closes the gate. Raises NotAskedToDecideError, UnfitWordsError, StepRefusedError.
    """
    whole = await store.load(connection, matter_id, to_change=True)
    agreed = {one.receiver.listing_id for one in whole.consents}
    is_asked = listing_id in {one.listing_id for one in waiting(whole, now)} and board.may_decide(whole, viewer, now)
    takes_back = not is_yes and any(one.staff_id == viewer.staff_id for one in whole.decisions)
    if not whole.may_be_minor or listing_id not in agreed or not (is_asked or takes_back):
        raise NotAskedToDecideError("nothing to decide")
    is_protection = Role.CHILD_PROTECTION in viewer.roles
    decision = BestInterest(new_uid(), viewer.staff_id, is_protection, listing_id, is_yes, now)
    return await deeds.record_decision(connection, vault, matter_id, decision, fit(reasons), now)


async def reasons_of(connection: AsyncConnection, vault: Vault, matter_id: str) -> dict[str, str]:
    """Return the reasons of each decision, by its id."""
    key_id = await key_of(connection, matter_id)
    query = select(best_interest.c.id, best_interest.c.sealed_reasons).where(best_interest.c.matter_id == matter_id)
    return {
        row.id: (await vault.open(connection, key_id, _place(row.id), row.sealed_reasons)).decode()
        for row in (await connection.execute(query)).all()
    }


def _place(decision_id: str) -> Place:
    return Place("best_interest", "sealed_reasons", decision_id)
