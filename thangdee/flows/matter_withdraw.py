"""Taking back in the chat: one question, all or only one of those asked; the first clear yes works at once (R4).

Every button here begins with `w`: these work while staff hold the chat, too (turn.py).
"""

from thangdee.casework.referrals import withdrawing
from thangdee.casework.referrals.model import OPEN, Matter, ReferralConsent
from thangdee.flows import enquiry_after
from thangdee.flows.answers import MENU, NEAREST, PERSON
from thangdee.flows.deciding import Proposal
from thangdee.flows.matter_status import lines_of, show_status
from thangdee.flows.matter_told import told_lines
from thangdee.flows.matter_words import STATUS, line, may_still_be_told, mine, name_of, open_ones, short
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.reply import MOST_BUTTONS, Button, Part, Reply

_BESIDES = (NEAREST, PERSON, MENU, CRISIS)


async def ask(outward: Outward, matter_id: str) -> Proposal | None:
    """Ask what is to be taken back: everything, or only from one. Without an id: of all matters."""
    matters = await open_ones(outward, matter_id)
    if not matters and await enquiry_after.offer_to_close(outward):
        return None
    if not matters:
        await _say_nothing_is_open(outward)
        return None
    everything = Button("buttons.matter_back_all", f"u:wa:{matter_id}")
    leave = Button("buttons.matter_leave_it", "u:wn")
    receivers = _receivers(outward, matters)
    names = tuple(line("has_it_or_may", name=name_of(outward, one.receiver)) for one in receivers)
    parts = (Part("matter.take_back"), *names, *_if_only_one(outward, matters))
    await outward.say(Reply(parts, (everything, *_only(outward, matter_id, receivers), leave, CRISIS)))
    return None


async def list_receivers(outward: Outward, value: str) -> Proposal | None:
    """Show page by page who sees it or may yet be asked, each to be left out."""
    matter_id, _, page = value.partition(":")
    receivers = _receivers(outward, await open_ones(outward, matter_id))
    room = MOST_BUTTONS - 1
    start = room * int(page) if page.isdecimal() else 0
    if not receivers[start:]:
        return await ask(outward, matter_id)
    buttons = tuple(_not_to(outward, one) for one in receivers[start : start + room])
    has_more = len(receivers) > start + room
    last = Button("buttons.matter_more_names", f"u:wl:{matter_id}:{start // room + 1}") if has_more else CRISIS
    await outward.say(Reply((Part("matter.take_back_from"),), (*buttons, last)))
    return None


async def take_all(outward: Outward, matter_id: str) -> Proposal | None:
    """Take everything back: from this instant nobody is told anything."""
    before = await open_ones(outward, matter_id)
    if not before:
        await _say_nothing_is_open(outward)
        return None
    after = [await withdrawing.take_back(outward.connection, outward.vault, one.id, outward.now) for one in before]
    outward.remember(asked="none")
    was_open = any(one.state in OPEN for matter in before for one in matter.referrals)
    await _say_taken_back(outward, after, was_open=was_open)
    return None


async def take_one(outward: Outward, consent_id: str) -> Proposal | None:
    """Take back the yes to one receiver; the others go on."""
    found = [one for one in await mine(outward) if any(consent.id == consent_id for consent in one.consents)]
    still = [one for matter in found for one in may_still_be_told(matter, outward.now)]
    if not found or all(one.id != consent_id for one in still):
        return await show_status(outward)  # pressed before: what goes on with the others is said there
    before, consent = found[0], found[0].consent(consent_id)
    after = await withdrawing.take_back(
        outward.connection, outward.vault, before.id, outward.now, listing_id=consent.receiver.listing_id
    )
    outward.remember(asked="none")
    name = name_of(outward, consent.receiver)
    had_it = before.current is not None and before.current.receiver.listing_id == consent.receiver.listing_id
    told = await told_lines(outward, [after], consent.receiver.listing_id)
    stopped = (line("told_to_stop"),) if had_it else ()
    now_lines = await lines_of(outward, after)
    parts = (Part("matter.taken_back_from"), line("no_more_to", name=name), *told, *stopped, *now_lines)
    await outward.say(Reply(parts, (STATUS, PERSON, MENU, CRISIS)))
    return None


async def leave(outward: Outward, _: str) -> Proposal | None:
    """Say that nothing was changed."""
    await outward.say(Reply((Part("matter.left"),), (STATUS, PERSON, MENU, CRISIS)))
    return None


async def _say_taken_back(outward: Outward, after: list[Matter], *, was_open: bool) -> None:
    stopped = (line("told_to_stop"),) if was_open else ()
    parts = (Part("matter.taken_back"), *await told_lines(outward, after), *stopped, line("help_besides"))
    await outward.say(Reply(parts, _BESIDES))


async def _say_nothing_is_open(outward: Outward) -> None:
    """Say that nobody is told anything, and what was told before."""
    matters = await mine(outward)
    past = await told_lines(outward, matters) if matters else ()
    await outward.say(Reply((Part("matter.nothing_open"), *past, line("help_besides")), _BESIDES))


def _receivers(outward: Outward, matters: list[Matter]) -> list[ReferralConsent]:
    return [one for matter in matters for one in may_still_be_told(matter, outward.now)]


def _if_only_one(outward: Outward, matters: list[Matter]) -> tuple[Part, ...]:
    """Say who is asked at once where the one who has it is left out."""
    for matter in matters:
        receivers = may_still_be_told(matter, outward.now)
        if matter.current is not None and len(receivers) > 1:
            name, following = (name_of(outward, one.receiver) for one in receivers[:2])
            return (line("only_then_next", name=name, next=following),)
    return ()


def _only(outward: Outward, matter_id: str, receivers: list[ReferralConsent]) -> tuple[Button, ...]:
    if not receivers:
        return ()
    if len(receivers) == 1:
        return (_not_to(outward, receivers[0]),)
    return (Button("buttons.matter_back_one", f"u:wl:{matter_id}:0"),)


def _not_to(outward: Outward, consent: ReferralConsent) -> Button:
    values = {"name": short(name_of(outward, consent.receiver))}
    return Button("buttons.matter_not_to", f"u:wr:{consent.id}", values)
