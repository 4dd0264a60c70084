"""Use cases of a matter: load it locked, ask the rules, save, write down, carry out the effects; one transaction."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.chats import Chat, chat
from thangdee.casework.consent import GivenBy
from thangdee.casework.referrals import effects, steps, store
from thangdee.casework.referrals.facts import Fact, facts_of
from thangdee.casework.referrals.model import (
    ADULTS,
    AGE_BANDS,
    ENDED,
    POLICE,
    BestInterest,
    Field,
    Matter,
    MatterState,
    Receiver,
    Referral,
    ReferralConsent,
    Said,
    Speed,
)
from thangdee.casework.referrals.shown import Shown, shown
from thangdee.casework.referrals.steps import Stepped, StepRefusedError, decide, submit
from thangdee.casework.referrals.tables import best_interest, matter, matter_step, referral_consent
from thangdee.core import audit, changes
from thangdee.core.codes import new_code
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.vault import Place, Vault

Step = Callable[[Matter], Stepped]


_OF_A_DRAFT = frozenset({"speed", "is_for_other", "need", "age_band", "place", "language"})
# What may still be put right after she said yes: who she is to us may not, see `learn_age`.
_LATER_TOO = _OF_A_DRAFT - {"is_for_other", "age_band"}


class NotAsShownError(ThangdeeError):
    """What would go is not what was shown last: it must be shown again (R7)."""

    code = "not_as_shown"


async def begin(connection: AsyncConnection, vault: Vault, whose: Chat, now: datetime) -> Matter:
    """Return the matter that the person is writing, or a new one. The caller has the yes to keep (R1)."""
    # Locked: she and a colleague who writes for her begin one matter, not two.
    await connection.execute(select(chat.c.id).where(chat.c.id == whose.id).with_for_update(key_share=True))
    draft = await store.draft_of(connection, whose.id)
    if draft is not None:
        return draft
    made = Matter(
        id=new_uid(), code=new_code(), chat_id=whose.id, state=MatterState.DRAFT, speed=Speed.ORDINARY,
        created_at=now, changed_at=now, language=whose.language or "lo",
    )  # fmt: skip
    await store.add(connection, made)
    await _write_down(connection, vault, made, made, "begin", audit.PERSON, now)
    return made


async def change_draft(connection: AsyncConnection, matter_id: str, now: datetime, **changed: object) -> Matter:
    """Change what stands open in a draft: speed, is_for_other, need, age_band, place, language.

    Raises StepRefusedError for age and helper once she said yes, and for everything once the matter has ended.
    """
    before = await store.load(connection, matter_id, to_change=True)
    if before.is_for_other and changed.get("is_for_other") is False:
        changed = {"age_band": None} | changed  # what a helper said of an age makes nobody grown (R8)
    allowed = _OF_A_DRAFT if before.state is MatterState.DRAFT else _LATER_TOO
    unlike = {name for name, value in changed.items() if getattr(before, name) != value}
    if before.state in ENDED or unlike - allowed:
        raise StepRefusedError("this cannot be changed any more")
    values = changed | {"changed_at": now}
    await connection.execute(update(matter).where(matter.c.id == matter_id).values(values))
    return await store.load(connection, matter_id)


async def show(connection: AsyncConnection, vault: Vault, matter_id: str, receivers: Iterable[Receiver]) -> Shown:
    """Return exactly what would go to exactly whom, and remember that this was shown."""
    before = await store.load(connection, matter_id, to_change=True)
    seen = shown(await facts_of(connection, vault, matter_id), receivers, before.language)
    values = {"shown_hash": seen.hash(vault.keyring)}
    await connection.execute(update(matter).where(matter.c.id == matter_id).values(values))
    return seen


async def say_yes(
    connection: AsyncConnection,
    vault: Vault,
    matter_id: str,
    receivers: Iterable[Receiver],
    *,
    given_by: GivenBy,
    said_by: Said = Said.PERSON,
    now: datetime,
) -> Matter:
    """Take the yes to what was shown last, and send the matter on. Raises NotAsShownError, StepRefusedError."""
    before = await store.load(connection, matter_id, to_change=True)
    facts = await facts_of(connection, vault, matter_id)
    seen = shown(facts, receivers, before.language)
    query = select(matter.c.shown_hash).where(matter.c.id == matter_id)
    hashed = seen.hash(vault.keyring)
    if not seen.receivers or (await connection.execute(query)).scalar_one() != hashed:
        raise NotAsShownError("this is not what was shown")
    police = await store.police(connection, [one.organisation_id for one in seen.receivers])
    to = [replace(one, kind=POLICE) if one.organisation_id in police else one for one in seen.receivers]
    consents = [_consent(rank, one, seen, hashed, given_by, said_by, now) for rank, one in enumerate(to)]
    sealed = await vault.seal(
        connection, await _key_of(connection, before), _shown_at(matter_id, hashed), seen.to_bytes()
    )
    hours = await store.hours_of(connection, {one.organisation_id for one in to})
    stepped = submit(replace(_as_young_as_said(before, facts), hours=hours), consents, now)
    return await _carry_through(connection, vault, before, stepped, "consent", audit.PERSON, now, sealed)


async def learn_age(
    connection: AsyncConnection, vault: Vault, chat_id: str, age_band: str | None, *, actor: str, now: datetime
) -> None:
    """Tell all open matters of a chat that the person's age is another than was thought (R8): see steps.learn_age."""
    for one in await store.matters_of(connection, chat_id):
        if one.state not in ENDED and one.age_band != age_band and not one.is_for_other:
            await take_step(
                connection, vault, one.id, lambda it: steps.learn_age(it, age_band, now),
                name="learn_age", actor=actor, now=now,
            )  # fmt: skip


async def take_step(
    connection: AsyncConnection, vault: Vault, matter_id: str, step: Step, *, name: str, actor: str, now: datetime
) -> Matter:
    """Take one step of steps.py: `take_step(c, v, id, lambda one: steps.decline(one, ref, "full", now), ...)`.

    `name` is the audit's `referral:<name>`. Raises StepRefusedError, MatterGoneError.
    """
    before = await store.load(connection, matter_id, to_change=True)
    return await _carry_through(connection, vault, before, step(before), name, actor, now, None)


async def record_decision(
    connection: AsyncConnection, vault: Vault, matter_id: str, decision: BestInterest, reasons: str, now: datetime
) -> Matter:
    """Write down what a member of staff decided for a minor, and why (R9). Raises StepRefusedError."""
    before = await store.load(connection, matter_id, to_change=True)
    stepped = decide(before, decision, now)
    place = Place("best_interest", "sealed_reasons", decision.id)
    sealed = await vault.seal(connection, await _key_of(connection, before), place, reasons.encode())
    row = vars(decision) | {"matter_id": matter_id, "sealed_reasons": sealed}
    await connection.execute(insert(best_interest).values(row))
    return await _carry_through(connection, vault, before, stepped, "decide", decision.staff_id, now, None)


async def what_was_shown(connection: AsyncConnection, vault: Vault, whole: Matter, one: Referral) -> Shown:
    """Open what the person saw when she said yes to this referral's receiver. The caller asks the gate first."""
    mine = referral_consent.c.id == one.consent_id
    row = (await connection.execute(select(referral_consent).where(mine))).one()
    place = _shown_at(whole.id, row.shown_hash)
    opened = await vault.open(connection, await _key_of(connection, whole), place, row.sealed_shown)
    seen = Shown.read(opened)
    if seen.hash(vault.keyring) != row.shown_hash:
        raise NotAsShownError("what is kept is not what was shown")
    return seen


def _as_young_as_said(whole: Matter, facts: Iterable[Fact]) -> Matter:
    """A child by anybody's word counts as one, whatever was noted beside it (R8)."""
    said = [str(one.value.get("code")) for one in facts if one.field is Field.AGE_BAND]
    young = next((one for one in said if one not in ADULTS), whole.age_band)
    return replace(whole, age_band=young if young in AGE_BANDS else None)


def _consent(
    rank: int, receiver: Receiver, seen: Shown, hashed: str, given_by: GivenBy, said_by: Said, now: datetime
) -> ReferralConsent:
    sensitive = frozenset(field for field, value in seen.fields.items() if value.get("tell_no_family"))
    return ReferralConsent(
        id=uuid.uuid4().hex, receiver=receiver, rank=rank, fields=frozenset(seen.fields), own_yes=sensitive,
        shown_hash=hashed, language=seen.language, given_by=given_by, said_by=said_by, at=now,
    )  # fmt: skip


async def _carry_through(
    connection: AsyncConnection,
    vault: Vault,
    before: Matter,
    stepped: Stepped,
    name: str,
    actor: str,
    now: datetime,
    sealed: bytes | None,
) -> Matter:
    after, to_do = stepped
    await store.save(connection, before, after, sealed)
    if after.consents != before.consents:  # a yes is to a screen: the next needs a screen of its own (R7)
        await connection.execute(update(matter).where(matter.c.id == after.id).values(shown_hash=None))
    await _write_down(connection, vault, before, after, name, actor, now)
    for effect in to_do:
        await effects.carry_out(connection, after, effect, now)
    return after


async def _write_down(
    connection: AsyncConnection, vault: Vault, before: Matter, after: Matter, name: str, actor: str, now: datetime
) -> None:
    """Add the step and each change of a referral to the history, audit it (R31), and tell open pages."""
    was = {one.id: one.state for one in before.referrals}
    moved = [one for one in after.referrals if was.get(one.id) is not one.state]
    steps = [(None, name, after.why_staff), *((one.id, one.state.value, one.reason) for one in moved)]
    count = select(func.count()).where(matter_step.c.matter_id == after.id)
    first = int((await connection.execute(count)).scalar_one())
    for number, (referral_id, step, detail) in enumerate(steps, start=first):
        row = {"id": new_uid(), "matter_id": after.id, "referral_id": referral_id, "step": step, "detail": detail}
        await connection.execute(insert(matter_step).values(row | {"actor": actor, "number": number, "at": now}))
    # No fault of the audit keeps a yes that was taken back (R4).
    record = audit.record_in_crisis if name == "withdraw" else audit.record
    await record(
        connection, vault.keyring, actor=actor, action=f"referral:{name}", subject=after.id, now=now,
        code=after.code, state=after.state.value, referrals=len(after.referrals),
    )  # fmt: skip
    topics = [changes.about_referral(one.id) for one in after.referrals]
    await changes.announce(connection, changes.QUEUE, changes.MATTERS, changes.about_chat(after.chat_id), *topics)


async def _key_of(connection: AsyncConnection, whole: Matter) -> str:
    return str((await connection.execute(select(chat.c.key_id).where(chat.c.id == whole.chat_id))).scalar_one())


def _shown_at(matter_id: str, hashed: str) -> Place:
    return Place("referral_consent", "sealed_shown", f"{matter_id}|{hashed}")
