"""Made-up matters for tests of the rules: who can be asked, what was said, and short ways to get there."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy
from thangdee.casework.referrals import deeds, facts, steps
from thangdee.casework.referrals.model import (
    REFERRAL_CONSENT_VERSION,
    BestInterest,
    Field,
    Matter,
    MatterState,
    Receiver,
    ReferralConsent,
    Said,
    Speed,
)
from thangdee.core.vault import Vault

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
A, B, C = Receiver("a", "org-a", "ngo", "LA"), Receiver("b", "org-b", "lwu", "LA"), Receiver("c", "org-c", None, "TH")
POLICE_POST = Receiver("p", "org-p", "police", "LA")
TOLD = frozenset({Field.NEED, Field.CALL_NAME, Field.HEALTH})
_numbers = itertools.count()


def a_matter(**changed) -> Matter:
    """A draft of a grown woman who writes for herself."""
    begun = Matter(
        id="m", code="BCDFGH", chat_id="c", state=MatterState.DRAFT, speed=Speed.ORDINARY, created_at=NOW,
        changed_at=NOW, age_band="18_59",
    )  # fmt: skip
    return replace(begun, **changed)


def a_yes(to: Receiver, at: datetime = NOW, **changed) -> ReferralConsent:
    """Her own yes to one receiver."""
    said = ReferralConsent(
        id=f"y{next(_numbers)}", receiver=to, rank=0, fields=TOLD, own_yes=frozenset({Field.HEALTH}),
        shown_hash="hash", language="lo", given_by=GivenBy.TAPPED, said_by=Said.PERSON, at=at,
        version=REFERRAL_CONSENT_VERSION,
    )  # fmt: skip
    return replace(said, **changed)


def asked(*receivers: Receiver, **changed) -> Matter:
    """A matter in which she said yes to these, in this order."""
    yeses = [a_yes(one, rank=rank) for rank, one in enumerate(receivers)]
    return steps.submit(a_matter(**changed), yeses, NOW)[0]


def accepted(*receivers: Receiver, **changed) -> Matter:
    """The same, and the first receiver took it on."""
    one = asked(*receivers, **changed)
    return steps.accept(one, one.current.id, NOW + HOUR, NOW)[0]


def helped(*receivers: Receiver) -> Matter:
    """The same, and the first receiver helped."""
    one = accepted(*receivers)
    return steps.help_(one, one.current.id, NOW)[0]


def a_decision(staff_id: str, about: Receiver = A, at: datetime = NOW, *, protects=True, is_yes=True) -> BestInterest:
    """What a member of staff decides for a child."""
    return BestInterest(f"d{next(_numbers)}", staff_id, protects, about.listing_id, is_yes, at)


def kinds(effects) -> list[str]:
    """What is to be done, in order."""
    return [one.kind for one in effects]


async def kept_draft(connection: AsyncConnection, vault: Vault, now: datetime, number: int = 7, **changed) -> Matter:
    """A draft in the database, with a need and what to be called."""
    who = await Chats(connection, vault).of(number, now)
    made = await deeds.begin(connection, vault, who, now)
    for field, value in ((Field.NEED, {"code": "shelter"}), (Field.CALL_NAME, {"text": "Noy"})):
        await facts.note(connection, vault, made.id, field, value, Said.PERSON, now)
    return await deeds.change_draft(connection, made.id, now, **({"age_band": "18_59"} | changed))


async def kept_yes(connection: AsyncConnection, vault: Vault, matter_id: str, *to: Receiver, now: datetime) -> Matter:
    """She is shown what would go to whom, and says yes."""
    await deeds.show(connection, vault, matter_id, to)
    return await deeds.say_yes(connection, vault, matter_id, to, given_by=GivenBy.TAPPED, now=now)
