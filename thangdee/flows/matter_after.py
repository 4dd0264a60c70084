"""The chat after the yes: where a matter stands, taking it back, questions of a receiver, what comes after help.

Steps are the data of buttons, `u:<step>:<value>`; each does the same however old the button is. What a button names by
an id is looked for among the person's own matters only.
"""

from collections.abc import Awaitable, Callable

from thangdee.flows import matter_status, matter_told, matter_withdraw
from thangdee.flows.asking import NO_ANSWER, Heard
from thangdee.flows.deciding import Proposal
from thangdee.flows.outward import Outward

OLD_BUTTON: Proposal = {"say": "chat.old_button"}

Step = Callable[[Outward, str], Awaitable[Proposal | None]]
Answer = Callable[[Outward, Heard], Awaitable[Proposal | None]]


async def show_status(outward: Outward, _proposal: Proposal) -> None:
    """Say where each matter stands."""
    await matter_status.show_status(outward)


async def obey(outward: Outward, value: str) -> Proposal | None:
    """Take the step of a pressed button `u:<value>`."""
    step, _, rest = value.partition(":")
    return await _STEPS[step](outward, rest) if step in _STEPS else OLD_BUTTON


async def hear(outward: Outward, asked: str, said: Heard) -> Proposal | None:
    """Take an answer in words or by voice to the open question `asked`."""
    answer = _ANSWERS.get(asked)
    return await answer(outward, said) if answer else NO_ANSWER


_STEPS: dict[str, Step] = {
    "s": matter_status.show_status,
    "t": matter_told.show_told,
    "w": matter_withdraw.ask,
    "wl": matter_withdraw.list_receivers,
    "wa": matter_withdraw.take_all,
    "wr": matter_withdraw.take_one,
    "wn": matter_withdraw.leave,
}
_ANSWERS: dict[str, Answer] = {}
