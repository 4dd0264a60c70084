"""The chat after the yes: where a matter stands, taking it back, questions of a receiver, what comes after help.

Steps are the data of buttons, `u:<step>:<value>`; each does the same however old the button is. What a button names by
an id is looked for among the person's own matters only.
"""

from collections.abc import Awaitable, Callable

from thangdee.flows import (
    matter_codes,
    matter_contact,
    matter_follow_up,
    matter_more,
    matter_questions,
    matter_status,
    matter_told,
    matter_wishes,
    matter_withdraw,
)
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
    "m": matter_more.show_more,
    "v": matter_wishes.show_wishes,
    # taking back: everything that begins with w works while staff hold the chat
    "w": matter_withdraw.ask,
    "wl": matter_withdraw.list_receivers,
    "wa": matter_withdraw.take_all,
    "wr": matter_withdraw.take_one,
    "wn": matter_withdraw.leave,
    # questions of a receiver
    "q": matter_questions.show,
    "qa": matter_questions.choose,
    "qy": matter_questions.tell,
    "qn": matter_questions.not_say,
    # the plan of being asked after, and a check-in
    "f": matter_follow_up.show_plan,
    "fy": matter_follow_up.say_yes,
    "fn": matter_follow_up.say_no,
    "fr": matter_follow_up.change_rhythm,
    "fh": matter_follow_up.change_hours,
    "fw": matter_follow_up.change_words,
    "fs": matter_follow_up.stop,
    "ci": matter_follow_up.check_in,
    "cg": matter_follow_up.good,
    "cm": matter_follow_up.missing,
    "cn": matter_follow_up.lead_on,
    "cp": matter_follow_up.want_person,
    "cl": matter_follow_up.later,
    "lt": matter_follow_up.not_now,
    # a lost phone, codes
    "l": matter_codes.show_lost,
    "lc": matter_codes.offer_code,
    "ln": matter_codes.give_code,
    "p": matter_contact.show,
    "hc": matter_codes.ask,
    "hs": matter_codes.show_next,
    "ht": matter_codes.take_over,
    "hx": matter_codes.strike,
    "no": matter_codes.not_kept,
}
_ANSWERS: dict[str, Answer] = {
    matter_questions.ASKED: matter_questions.hear,
    matter_codes.ASKED: matter_codes.hear,
    matter_contact.ASKED: matter_contact.hear,
}
