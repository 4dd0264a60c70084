"""What people of a receiver may see of a referral: what the person was shown, as far as the gate tells it (R7, R41).

Whose referral it is hangs on the organisation of who looks and nothing else. A referral that has ended shows its code.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.providers.members import organisations_of
from thangdee.casework.referrals import deeds, gate, questions, store
from thangdee.casework.referrals.facts import Value
from thangdee.casework.referrals.model import OPEN, TAKEN_ON, Field, Matter, Referral, ReferralState, Speed
from thangdee.casework.referrals.questions import Question
from thangdee.casework.referrals.store import MatterGoneError
from thangdee.casework.referrals.tables import referral
from thangdee.core.errors import ThangdeeError
from thangdee.core.vault import Vault

# So many that have ended are listed, by their codes.
MOST_ENDED = 30


class NotTheirsError(ThangdeeError):
    """There is no such referral for people of this organisation."""

    code = "not_theirs"


@dataclass(frozen=True)
class Received:
    """A referral to an organisation of who looks. `is_open`: something of it may be told now."""

    matter: Matter
    referral: Referral
    is_open: bool

    @property
    def is_taken_on(self) -> bool:
        """Whether they accepted it and it has not ended."""
        return self.is_open and self.referral.state in TAKEN_ON

    @property
    def speed(self) -> Speed:
        """How soon they are asked to answer, as far as they may know it."""
        return gate.speed_told(self.matter, self.matter.consent(self.referral.consent_id))

    @property
    def agreed(self) -> frozenset[Field]:
        """The fields of the consent, told already or only after accepting."""
        return self.matter.consent(self.referral.consent_id).fields


@dataclass(frozen=True)
class InboxLine:
    """One referral in the list: codes and times. `answers`: how many of their questions were answered."""

    id: str
    code: str
    state: ReferralState
    reason: str | None
    offered_at: datetime
    answer_by: datetime
    contact_by: datetime | None
    changed_at: datetime
    answers: int


@dataclass(frozen=True)
class Asked:
    """A question of theirs. `words`: their own, to staff. `answer`: what may be told of it now."""

    question: Question
    words: str | None
    answer: Value | None


async def inbox(connection: AsyncConnection, staff_id: str) -> list[InboxLine]:
    """Return what was sent to the organisations of who looks: what is open, most pressing first, then what ended."""
    mine = referral.c.organisation_id.in_(await organisations_of(connection, staff_id))
    is_open = referral.c.state.in_(OPEN)
    pressing = select(referral).where(mine, is_open).order_by(referral.c.answer_by, referral.c.id)
    ended = select(referral).where(mine, ~is_open).order_by(referral.c.changed_at.desc(), referral.c.id)
    rows = [row for query in (pressing, ended.limit(MOST_ENDED)) for row in (await connection.execute(query)).all()]
    answers = await questions.answers_to(connection, [row.id for row in rows])
    return [_line(row, answers.get(row.id, 0)) for row in rows]


async def find(connection: AsyncConnection, referral_id: str, staff_id: str, now: datetime) -> Received:
    """Return a referral to an organisation of who looks. Raises NotTheirsError."""
    try:
        whole = await store.load(connection, await store.of_referral(connection, referral_id))
        one = whole.referral(referral_id)
    except (MatterGoneError, KeyError) as error:
        raise NotTheirsError("no such referral") from error
    if one.receiver.organisation_id not in await organisations_of(connection, staff_id):
        raise NotTheirsError("it went to somebody else")
    is_open = one.state in OPEN and gate.why_not(whole, whole.consent(one.consent_id), now) is None
    return Received(whole, one, is_open)


async def told(connection: AsyncConnection, vault: Vault, received: Received, now: datetime) -> dict[Field, Value]:
    """Open what may be told now, in the order of the screens. The caller audits the look. Raises SealBrokenError."""
    fields = gate.told(received.matter, received.referral, now)
    if not fields:
        return {}
    seen = await deeds.what_was_shown(connection, vault, received.matter, received.referral)
    return {field: value for field, value in seen.fields.items() if field in fields}


async def asked(connection: AsyncConnection, vault: Vault, received: Received, now: datetime) -> list[Asked]:
    """Open their questions with the answers that may be told now, oldest first; none once it has ended."""
    if not received.is_open:
        return []
    found = await questions.of_referral(connection, received.referral.id)
    return [Asked(one, *await questions.told_to_receiver(connection, vault, one, now)) for one in found]


async def may_open_file(
    connection: AsyncConnection, vault: Vault, received: Received, media_id: str, now: datetime
) -> bool:
    """Tell whether a recording is part of what is told to them now: of a field, or of an answer to them."""
    values = [*(await told(connection, vault, received, now)).values()]
    values += [one.answer for one in await asked(connection, vault, received, now) if one.answer]
    return media_id in set(recordings(values))


def recordings(values: list[Value]) -> Iterator[str]:
    """Return the ids of the files that these answers name."""
    return (str(value["media"]) for value in values if "media" in value)


def _line(row: Row[Any], answers: int) -> InboxLine:
    return InboxLine(
        id=row.id, code=row.code, state=ReferralState(row.state), reason=row.reason, offered_at=row.offered_at,
        answer_by=row.answer_by, contact_by=row.contact_by, changed_at=row.changed_at,
        answers=answers,
    )  # fmt: skip
