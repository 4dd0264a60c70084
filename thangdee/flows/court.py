"""What became of my case: the truth from the record, in plain words (issue 6, point 7)."""

from thangdee.flows.deciding import Proposal
from thangdee.flows.outward import Outward

OLD_BUTTON: Proposal = {"say": "chat.old_button"}


async def show(outward: Outward) -> None:
    """Tell where the person's case stands."""
    await obey(outward, "")


async def obey(outward: Outward, value: str) -> Proposal | None:  # noqa: ARG001 - the same shape for all forms
    """Take the step of a pressed button."""
    return OLD_BUTTON


async def hear(outward: Outward, asked: str, said: object) -> Proposal | None:  # noqa: ARG001 - as above
    """Take the words or the recording that answer an open question."""
    return OLD_BUTTON
