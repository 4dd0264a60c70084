"""A yes or no to one purpose, written down as it was given (R2, R3, R31)."""

from thangdee.casework import consent
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.core import audit
from thangdee.flows.outward import Outward


async def note_yes(outward: Outward, purpose: Purpose, *, is_yes: bool, given_by: GivenBy = GivenBy.TAPPED) -> None:
    """Write an answer down and audit it; a fault of the audit keeps nobody from an answer, or from taking one back."""
    await consent.record(outward.connection, outward.chat, purpose, is_yes=is_yes, given_by=given_by, now=outward.now)
    await audit.record_in_crisis(
        outward.connection,
        outward.vault.keyring,
        actor=audit.PERSON,
        action="consent:change",
        subject=outward.chat.id,
        now=outward.now,
        purpose=purpose.value,
        yes=is_yes,
    )
