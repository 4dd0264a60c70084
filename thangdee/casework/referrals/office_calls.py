"""Offices that have no login here: a member of staff phones them, or hands them a letter, and writes down what came.

A call tells no more than the gate lets any receiver know (gate.told): the outline before they say yes, all that was
agreed to after. What they answer becomes the same steps as if they had answered themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.providers import reasons
from thangdee.casework.referrals import deeds, gate, steps, store
from thangdee.casework.referrals.facts import Value
from thangdee.casework.referrals.guardian_tables import office_call
from thangdee.casework.referrals.matter_notes import fit, key_of
from thangdee.casework.referrals.model import TAKEN_ON, Field, Matter, Referral, ReferralState
from thangdee.casework.referrals.steps import Stepped, StepRefusedError
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.vault import Place, Vault


class UnfitCallError(ThangdeeError):
    """What came of the call is missing something: until when they make contact, or why they cannot."""

    code = "unfit_call"


class NothingToTellError(ThangdeeError):
    """The gate is shut: nothing may be said or printed about this matter."""

    code = "nothing_to_tell"


class Way(StrEnum):
    """How the office was reached."""

    PHONE = "phone"
    LETTER = "letter"


class Result(StrEnum):
    """What came of it. The first four change nothing; the others are steps of a receiver."""

    NOT_REACHED = "not_reached"
    CALLS_BACK = "calls_back"
    PRINTED = "printed"
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CONTACTED = "contacted"
    TRY_AGAIN = "try_again"
    GAVE_BACK = "gave_back"
    HELPED = "helped"
    CLOSED = "closed"


# Why, how, with what outcome: the same codes as where receivers answer themselves.
REASONS: dict[Result, tuple[str, ...]] = {
    Result.DECLINED: reasons.DECLINE, Result.CONTACTED: reasons.CONTACTED, Result.GAVE_BACK: reasons.GIVE_BACK,
    Result.CLOSED: reasons.OUTCOMES,
}  # fmt: skip
# With these they say until when they make contact.
PROMISING = frozenset({Result.ACCEPTED, Result.TRY_AGAIN})
# What can come of a call, as the referral stands.
POSSIBLE: dict[ReferralState, tuple[Result, ...]] = {
    ReferralState.OFFERED: (Result.ACCEPTED, Result.DECLINED, Result.CALLS_BACK, Result.NOT_REACHED),
    ReferralState.ACCEPTED: (
        Result.CONTACTED, Result.TRY_AGAIN, Result.HELPED, Result.GAVE_BACK, Result.CALLS_BACK, Result.NOT_REACHED,
        Result.HANDED_OVER,
    ),
    ReferralState.CONTACTED: (
        Result.HELPED, Result.GAVE_BACK, Result.CALLS_BACK, Result.NOT_REACHED, Result.HANDED_OVER,
    ),
    ReferralState.HELPED: (Result.CLOSED, Result.CALLS_BACK, Result.NOT_REACHED, Result.HANDED_OVER),
}  # fmt: skip
# The audit's name of each step.
_NAMES = {
    Result.ACCEPTED: "accept", Result.DECLINED: "decline", Result.CONTACTED: "contact",
    Result.TRY_AGAIN: "try_again", Result.GAVE_BACK: "give_back", Result.HELPED: "help", Result.CLOSED: "close",
}  # fmt: skip


@dataclass(frozen=True)
class Call:
    """One call or letter. `contact_by` with PROMISING; `reason`, a code, with what stands in REASONS."""

    way: Way
    result: Result
    note: str
    contact_by: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Logged:
    """One call or letter as it was written down."""

    referral_id: str
    way: Way
    result: Result
    staff_id: str
    note: str
    at: datetime


async def may_be_said(
    connection: AsyncConnection, vault: Vault, whole: Matter, one: Referral, now: datetime
) -> dict[Field, Value]:
    """Return what may be told to this receiver now, exactly as it was shown; nothing where the gate is shut (R7)."""
    told = gate.told(whole, one, now)
    if not told:
        return {}
    seen = await deeds.what_was_shown(connection, vault, whole, one)
    return {field: value for field, value in seen.fields.items() if field in told}


async def for_letter(
    connection: AsyncConnection, vault: Vault, matter_id: str, referral_id: str, now: datetime
) -> dict[Field, Value]:
    """Return what a letter may hold: only once they accepted. Raises NothingToTellError."""
    whole = await store.load(connection, matter_id)
    one = next((one for one in whole.referrals if one.id == referral_id and one.state in TAKEN_ON), None)
    fields = await may_be_said(connection, vault, whole, one, now) if one else {}
    if not fields:
        raise NothingToTellError("no letter without a yes of the person and of the office")
    return fields


async def log(
    connection: AsyncConnection,
    vault: Vault,
    matter_id: str,
    referral_id: str,
    call: Call,
    staff_id: str,
    now: datetime,
) -> None:
    """Write a call down and take the step that it means. Raises UnfitCallError, UnfitWordsError, StepRefusedError."""
    step = _step(call, referral_id, now)
    whole = await store.load(connection, matter_id, to_change=True)
    if referral_id not in {one.id for one in whole.referrals}:
        raise StepRefusedError("not a referral of this matter")
    await _write(connection, vault, matter_id, referral_id, call, staff_id, now)
    if step is not None:
        name = _NAMES[call.result]
        await deeds.take_step(connection, vault, matter_id, step, name=name, actor=staff_id, now=now)


async def of_matter(connection: AsyncConnection, vault: Vault, matter_id: str) -> list[Logged]:
    """Return the calls and letters of a matter, newest first."""
    key_id = await key_of(connection, matter_id)
    query = select(office_call).where(office_call.c.matter_id == matter_id)
    found = []
    for row in (await connection.execute(query.order_by(office_call.c.at.desc(), office_call.c.id))).all():
        note = (await vault.open(connection, key_id, _place(row.id), row.sealed_note)).decode()
        found.append(Logged(row.referral_id, Way(row.way), Result(row.result), row.staff_id, note, row.at))
    return found


def _step(call: Call, referral_id: str, now: datetime) -> Callable[[Matter], Stepped] | None:
    due, reason = call.contact_by, call.reason or ""
    if call.result in REASONS and reason not in REASONS[call.result]:
        raise UnfitCallError("say why")
    if call.result in PROMISING and (due is None or due < now):
        raise UnfitCallError("say until when they make contact")
    known: dict[Result, Callable[[Matter], Stepped]] = {
        Result.ACCEPTED: lambda one: steps.accept(one, referral_id, due or now, now),
        Result.TRY_AGAIN: lambda one: steps.try_again(one, referral_id, due or now, now),
        Result.DECLINED: lambda one: steps.decline(one, referral_id, reason, now),
        Result.CONTACTED: lambda one: steps.contact(one, referral_id, now, reason),
        Result.GAVE_BACK: lambda one: steps.give_back(one, referral_id, reason, now),
        Result.HELPED: lambda one: steps.help_(one, referral_id, now),
        Result.CLOSED: lambda one: steps.close_referral(one, referral_id, reason, now),
    }
    return known.get(call.result)


async def _write(
    connection: AsyncConnection,
    vault: Vault,
    matter_id: str,
    referral_id: str,
    call: Call,
    staff_id: str,
    now: datetime,
) -> None:
    new = new_uid()
    sealed = await vault.seal(connection, await key_of(connection, matter_id), _place(new), fit(call.note).encode())
    row = {"id": new, "matter_id": matter_id, "referral_id": referral_id, "staff_id": staff_id, "at": now}
    said = {"way": call.way, "result": call.result, "sealed_note": sealed}
    await connection.execute(insert(office_call).values(row | said))


def _place(call_id: str) -> Place:
    return Place("office_call", "sealed_note", call_id)
