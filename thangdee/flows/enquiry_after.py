"""After an enquiry was sent: the receipt, the fixed texts, how it stands, closing it; the same words for everybody.

All that is said here comes from the filing, the clock, and what the person did. Nothing here can know what staff found
(R12, R13, R14). Steps are the data of buttons, `e:a.<step>:<value>`; those of closing begin with w and work while staff
hold the chat (R4).
"""

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress

from thangdee.casework.enquiries import deeds, store, texts
from thangdee.casework.enquiries.model import Enquiry, State, visible_state
from thangdee.casework.enquiries.store import EnquiryGoneError
from thangdee.core.outbox import FIXED_TEXT
from thangdee.flows import enquiry_finder, enquiry_help, enquiry_letters, enquiry_message, matter_words
from thangdee.flows.answers import MENU, PERSON, number_lines
from thangdee.flows.asking import NO_ANSWER, Heard
from thangdee.flows.deciding import Proposal
from thangdee.flows.enquiry_buttons import BEGIN, CLOSE, FINDER, HELP, MESSAGE, READ, day
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Button, Part, Reply

OLD_BUTTON: Proposal = {"say": "chat.old_button"}
LAST_DAY = 30
_MOST_SHOWN = 3
# A number of ours, alone or with a word or two.
_NUMBER = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{8}(?![0-9A-Z])")
_LONGEST_WITH_NUMBER = 30
_NUMBERS_AT_THE_END = ("la_anti_trafficking", "la_women_children", "th_lao_consulate", "th_social_help")

Step = Callable[[Outward, str], Awaitable[Proposal | None]]
Answer = Callable[[Outward, Heard], Awaitable[Proposal | None]]


async def obey(outward: Outward, step: str, rest: str) -> Proposal | None:
    """Take the step of a pressed button, `e:a.<step>:<rest>`."""
    return await _STEPS[step](outward, rest) if step in _STEPS else OLD_BUTTON


async def hear(outward: Outward, asked: str, said: Heard) -> Proposal | None:
    """Take what answers an open question `e_a_<name>`."""
    answer = _ANSWERS.get(asked)
    return await answer(outward, said) if answer else NO_ANSWER


async def receipt(outward: Outward, enquiry: Enquiry) -> None:
    """Say that it was received, its number and when the next texts come (R14)."""
    await outward.say(Reply((Part("enquiry.receipt", _values(enquiry)),), (HELP, MESSAGE, FINDER, CRISIS)))


async def say_text(outward: Outward, enquiry: Enquiry, number: int, *, is_seen_by_others: bool = False) -> None:
    """Say the fixed text of a day, whoever holds the chat (R14).

    A line that tells nothing stays on the phone, for the text is swept like others; on a hidden phone, or one that
    others look at, only the line.
    """
    session = outward.chat.session
    await outward.say(Reply((Part("enquiry.knock"),), (READ,), stays=True), kind=FIXED_TEXT)
    if not (session.hidden or is_seen_by_others):
        await outward.say(fixed_text(outward, enquiry, number), kind=FIXED_TEXT)
    if session.hidden or session.asked != "none":
        outward.remember(screen=session.screen)  # typed digits still answer what was asked


def fixed_text(outward: Outward, enquiry: Enquiry, number: int) -> Reply:
    """Return the text of day 3, 14 or 30: the very same for everybody but for the number of the enquiry."""
    text = Part(f"enquiry.day_{number}", {"code": enquiry.code})
    if number == LAST_DAY:
        numbers = number_lines(_NUMBERS_AT_THE_END, outward.figures)
        return Reply((text, *numbers), (BEGIN, HELP, PERSON, CRISIS))
    return Reply((text,), (HELP, MESSAGE, FINDER, CRISIS))


async def say_waiting(outward: Outward) -> None:
    """Say to who hears us only when they write that a text came (R56)."""
    if await texts.take_waiting(outward.connection, outward.chat.id):
        before = outward.chat.session.screen
        await outward.say(Reply((Part("enquiry.knock"),), (READ,), stays=True))
        outward.remember(screen=before)


async def show_status(outward: Outward, proposal: Proposal) -> None:  # noqa: ARG001 - as every command
    """Say how the enquiries stand, in the words that are the same for everybody (R13)."""
    filed = await _filed(outward)
    lines = tuple(_line(outward, one) for one in filed[:_MOST_SHOWN])
    await outward.say(Reply((Part("answers.tracing_status"), *lines), await _ways_on(outward, filed)))


async def is_own_number(outward: Outward, text: str) -> bool:
    """Say how the enquiries stand to who types the number of one; somebody else's number tells nothing (R14)."""
    typed = set(_NUMBER.findall(text.upper())) if len(text) <= _LONGEST_WITH_NUMBER else set()
    if not typed & {one.code for one in (await _filed(outward) if typed else ())}:
        return False
    await show_status(outward, {})
    return True


async def has_any(outward: Outward) -> bool:
    """Tell whether this person ever sent an enquiry that is still there."""
    return bool(await _filed(outward))


async def has_open(outward: Outward) -> bool:
    """Tell whether an enquiry of theirs could be closed."""
    return bool(await _open(outward))


async def offer_to_close(outward: Outward) -> bool:
    """Ask whether an open enquiry is to be closed; False where there is none."""
    open_ones = await _open(outward)
    if open_ones:
        await _ask_to_close(outward, "")
    return bool(open_ones)


async def _show(outward: Outward, _: str) -> None:
    await show_status(outward, {})


async def _ask_to_close(outward: Outward, enquiry_id: str) -> None:
    found = [one for one in await _open(outward) if enquiry_id in ("", one.id)]
    if not found:
        await show_status(outward, {})
        return
    if len(found) > 1:
        each = tuple(
            Button("buttons.enquiry_close_one", f"e:a.w:{one.id}", {"code": one.code}) for one in found[:_MOST_SHOWN]
        )
        await outward.say(Reply((Part("enquiry.close_which"),), (*each, CRISIS)))
        return
    yes = Button("buttons.enquiry_close_yes", f"e:a.wy:{found[0].id}")
    keep = Button("buttons.enquiry_keep", "e:a.wn")
    await outward.say(Reply((Part("enquiry.close_ask", {"code": found[0].code}),), (yes, keep, PERSON, CRISIS)))


async def _close(outward: Outward, enquiry_id: str) -> Proposal | None:
    mine = [one for one in await _filed(outward) if one.id == enquiry_id]
    if not mine:
        return OLD_BUTTON
    with suppress(EnquiryGoneError):
        await deeds.close(outward.connection, enquiry_id, outward.now)
    await outward.say(Reply((Part("enquiry.closed", {"code": mine[0].code}),), (BEGIN, PERSON, MENU, CRISIS)))
    return None


async def _filed(outward: Outward) -> list[Enquiry]:
    return [one for one in await store.of_chat(outward.connection, outward.chat.id) if one.filed_at is not None]


async def _open(outward: Outward) -> list[Enquiry]:
    return [one for one in await _filed(outward) if visible_state(one, outward.now) is State.OPEN]


def _line(outward: Outward, one: Enquiry) -> Part:
    """Return what is seen of one: received, closed by you, or ended, with number and dates; never anything else."""
    values = _values(one) | {"received": day(one.filed_at or one.created_at)}
    state = visible_state(one, outward.now)
    if state is State.CLOSED and one.closed_at is not None:
        return Part("enquiry.line.closed", {"code": one.code, "day": day(one.closed_at)})
    if state is State.EXPIRED:
        return Part("enquiry.line.expired", {"code": one.code, "day": values["third"]})
    return Part("enquiry.line.received", values)


async def _ways_on(outward: Outward, filed: list[Enquiry]) -> tuple[Button, ...]:
    states = {visible_state(one, outward.now) for one in filed}
    if State.OPEN in states:
        return (MESSAGE, CLOSE, PERSON, CRISIS)  # the text tells to press "talk to a person"
    if not filed and await matter_words.mine(outward):
        return (matter_words.STATUS, BEGIN, PERSON, CRISIS)
    return (BEGIN, HELP, PERSON, CRISIS)


def _values(one: Enquiry) -> dict[str, str]:
    first, second, third = (day(at) for at in one.texts_at)
    return {"code": one.code, "first": first, "second": second, "third": third}


_STEPS: dict[str, Step] = {
    "s": _show,
    "w": _ask_to_close,
    "wy": _close,
    "wn": _show,
    "h": enquiry_help.show,
    "v": enquiry_help.show_visits,
    "vr": enquiry_help.show_region,
    "o": enquiry_help.show_offices,
    "f": enquiry_finder.report,
    "fq": enquiry_finder.ask_first,
    "fn": enquiry_finder.go_on,
    "l": enquiry_letters.offer,
    "lp": enquiry_letters.send,
    "m": enquiry_message.ask,
}
_ANSWERS: dict[str, Answer] = {
    enquiry_message.ASKED: enquiry_message.hear,
    **{asked: enquiry_finder.hear_as(name) for name, asked in enquiry_finder.QUESTIONS.items()},
}
