"""Sending a matter to who can help: from the wish to the yes."""

from thangdee.flows.asking import NO_ANSWER, Heard
from thangdee.flows.deciding import Proposal
from thangdee.flows.outward import Outward


async def obey(outward: Outward, value: str) -> Proposal | None:  # noqa: ARG001
    """Take the step of a pressed button `r:<value>`."""
    return {"do": "offer_person"}


async def hear(outward: Outward, asked: str, said: Heard) -> Proposal | None:  # noqa: ARG001
    """Take an answer in words or by voice."""
    return NO_ANSWER
