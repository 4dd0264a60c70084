"""Matters in the database: read whole and locked, written as the difference between before and after."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.consent import GivenBy
from thangdee.casework.providers.tables import provider
from thangdee.casework.referrals.model import (
    POLICE,
    BestInterest,
    Field,
    Hours,
    Matter,
    MatterState,
    Receiver,
    Referral,
    ReferralConsent,
    ReferralState,
    Said,
    Speed,
)
from thangdee.casework.referrals.tables import best_interest, matter, referral, referral_consent
from thangdee.core.errors import ThangdeeError
from thangdee.referral_directory.tables import TABLES
from thangdee.referral_directory.taxonomy import term

_attribute = TABLES["attribute"]
_PLAIN = (
    "state", "speed", "is_for_other", "need", "age_band", "place", "language", "owner", "why_staff", "changed_at",
)  # fmt: skip


class MatterGoneError(ThangdeeError):
    """There is no such matter any more."""

    code = "matter_gone"


async def load(connection: AsyncConnection, matter_id: str, *, to_change: bool = False) -> Matter:
    """Return a matter with all that hangs on it; `to_change` locks it. Raises MatterGoneError."""
    query = select(matter).where(matter.c.id == matter_id)
    row = (await connection.execute(query.with_for_update() if to_change else query)).one_or_none()
    if row is None:
        raise MatterGoneError("there is no such matter")
    bare = Matter(
        id=row.id, code=row.code, chat_id=row.chat_id, state=MatterState(row.state), speed=Speed(row.speed),
        created_at=row.created_at, changed_at=row.changed_at, is_for_other=row.is_for_other, need=row.need,
        age_band=row.age_band, place=row.place, language=row.language, owner=row.owner, why_staff=row.why_staff,
    )  # fmt: skip
    consents = await _consents(connection, matter_id)
    referrals = await _referrals(connection, matter_id, {one.id: one for one in consents})
    hours = await hours_of(connection, {one.receiver.organisation_id for one in consents})
    decisions = await _decisions(connection, matter_id)
    return replace(bare, consents=consents, referrals=referrals, decisions=decisions, hours=hours)


async def hours_of(connection: AsyncConnection, organisations: Collection[str]) -> dict[str, Hours]:
    """Return when these organisations work, those of which it is written down."""
    query = select(provider).where(provider.c.organisation_id.in_(organisations))
    rows = (await connection.execute(query)).all() if organisations else []
    return {
        row.organisation_id: Hours(row.opens, row.closes, frozenset(map(int, row.days)), row.country) for row in rows
    }


async def matters_of(connection: AsyncConnection, chat_id: str) -> list[Matter]:
    """Return the matters of a chat, newest first."""
    query = select(matter.c.id).where(matter.c.chat_id == chat_id).order_by(matter.c.created_at.desc(), matter.c.id)
    return [await load(connection, one) for one in (await connection.execute(query)).scalars()]


async def draft_of(connection: AsyncConnection, chat_id: str) -> Matter | None:
    """Return the matter that the person is still writing, None if there is none."""
    mine = (matter.c.chat_id == chat_id) & (matter.c.state == MatterState.DRAFT)
    query = select(matter.c.id).where(mine).order_by(matter.c.created_at.desc()).limit(1)
    found = (await connection.execute(query)).scalar()
    return None if found is None else await load(connection, found)


async def of_referral(connection: AsyncConnection, referral_id: str) -> str:
    """Return the id of a referral's matter. Raises MatterGoneError."""
    query = select(referral.c.matter_id).where(referral.c.id == referral_id)
    found = (await connection.execute(query)).scalar()
    if found is None:
        raise MatterGoneError("there is no such referral")
    return str(found)


async def add(connection: AsyncConnection, new: Matter) -> None:
    """Write a new matter."""
    values = {name: getattr(new, name) for name in ("id", "code", "chat_id", "created_at", *_PLAIN)}
    await connection.execute(insert(matter).values(values))


async def save(connection: AsyncConnection, before: Matter, after: Matter, shown: bytes | None = None) -> None:
    """Write what a step changed. `shown`: sealed, what new consents are to."""
    changed = {name: getattr(after, name) for name in _PLAIN if getattr(after, name) != getattr(before, name)}
    if changed:
        await connection.execute(update(matter).where(matter.c.id == after.id).values(changed))
    await _save_consents(connection, before, after, shown)
    await _save_referrals(connection, before, after)


async def _consents(connection: AsyncConnection, matter_id: str) -> tuple[ReferralConsent, ...]:
    mine = referral_consent.c.matter_id == matter_id
    query = select(referral_consent).where(mine).order_by(referral_consent.c.number)
    rows = (await connection.execute(query)).all()
    no_longer = await police(connection, [row.organisation_id for row in rows])
    return tuple(_consent(row, POLICE if row.organisation_id in no_longer else row.kind) for row in rows)


async def police(connection: AsyncConnection, organisation_ids: list[str]) -> set[str]:
    """Return which of these the directory knows as police today, whatever they were said to be when shown (R11)."""
    if not organisation_ids:
        return set()
    mine = _attribute.c.link_id.in_(organisation_ids) & (_attribute.c.taxonomy_term_id == term("kind", POLICE).id)
    return set((await connection.execute(select(_attribute.c.link_id).where(mine))).scalars())


def _consent(row: Row[Any], kind: str | None) -> ReferralConsent:
    return ReferralConsent(
        id=row.id, receiver=Receiver(row.listing_id, row.organisation_id, kind, row.country), rank=row.rank,
        fields=frozenset(map(Field, row.fields)), own_yes=frozenset(map(Field, row.own_yes)),
        shown_hash=row.shown_hash, language=row.language, given_by=GivenBy(row.given_by), said_by=Said(row.said_by),
        at=row.at, version=row.version, withdrawn_at=row.withdrawn_at,
    )  # fmt: skip


async def _referrals(
    connection: AsyncConnection, matter_id: str, consents: dict[str, ReferralConsent]
) -> tuple[Referral, ...]:
    query = select(referral).where(referral.c.matter_id == matter_id).order_by(referral.c.number)
    return tuple(
        Referral(
            id=row.id, code=row.code, receiver=consents[row.consent_id].receiver, consent_id=row.consent_id,
            state=ReferralState(row.state), offered_at=row.offered_at, answer_by=row.answer_by,
            changed_at=row.changed_at, contact_by=row.contact_by, reason=row.reason,
        )
        for row in (await connection.execute(query)).all()
    )  # fmt: skip


async def _decisions(connection: AsyncConnection, matter_id: str) -> tuple[BestInterest, ...]:
    mine = best_interest.c.matter_id == matter_id
    query = select(best_interest).where(mine).order_by(best_interest.c.at, best_interest.c.id)
    return tuple(
        BestInterest(row.id, row.staff_id, row.is_child_protection, row.listing_id, row.is_yes, row.at)
        for row in (await connection.execute(query)).all()
    )


async def _save_consents(connection: AsyncConnection, before: Matter, after: Matter, shown: bytes | None) -> None:
    known = {one.id: one for one in before.consents}
    for number, one in enumerate(after.consents):
        if one.id not in known:
            if shown is None:
                raise ValueError("no yes is kept without what it is to")
            await connection.execute(insert(referral_consent).values(_row_of(after.id, number, one, shown)))
        elif one != known[one.id]:
            mine = (referral_consent.c.id == one.id) & referral_consent.c.withdrawn_at.is_(None)
            await connection.execute(update(referral_consent).where(mine).values(withdrawn_at=one.withdrawn_at))


def _row_of(matter_id: str, number: int, one: ReferralConsent, shown: bytes) -> dict[str, Any]:
    plain = ("id", "rank", "shown_hash", "version", "language", "given_by", "said_by", "at", "withdrawn_at")
    values = {name: getattr(one, name) for name in plain} | vars(one.receiver)
    return values | {
        "matter_id": matter_id,
        "number": number,
        "fields": sorted(one.fields),
        "own_yes": sorted(one.own_yes),
        "sealed_shown": shown,
    }


async def _save_referrals(connection: AsyncConnection, before: Matter, after: Matter) -> None:
    known = {one.id: one for one in before.referrals}
    for number, one in enumerate(after.referrals):
        values = {
            name: getattr(one, name)
            for name in ("state", "reason", "offered_at", "answer_by", "contact_by", "changed_at")
        }
        if one.id not in known:
            names = {"id": one.id, "code": one.code, "matter_id": after.id, "consent_id": one.consent_id}
            row = values | names | {"organisation_id": one.receiver.organisation_id, "number": number}
            await connection.execute(insert(referral).values(row))
        elif one != known[one.id]:
            await connection.execute(update(referral).where(referral.c.id == one.id).values(values))
