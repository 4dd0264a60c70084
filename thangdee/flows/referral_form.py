"""Sending a matter to who can help: from the wish to the yes.

    begin ─► may it be kept? ─► questions (referral_questions.py) ─► whom? ─► the others too? ─► summary ─► yes
                 │ no              │ for another person                │ nobody, or a person chooses
                 ▼                 ▼                                   ▼
              numbers           a code to hand over, or staff        staff

Each answer is kept at once (referral_draft.py), so the form goes on where it was after a crash, a day or another topic.
Buttons are `r:<code of the matter>:<step>:<value>`: one of an older matter does nothing but tell where that one stands.
"""

from collections.abc import Awaitable, Callable

from thangdee.casework import consent
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.referrals import proposals, steps, store
from thangdee.casework.referrals.deeds import take_step
from thangdee.casework.referrals.model import ENDED, Field, MatterState
from thangdee.core import audit
from thangdee.core.script import fold
from thangdee.flows import (
    referral_answers,
    referral_draft,
    referral_helper,
    referral_screens,
    referral_summary,
    referral_whom,
)
from thangdee.flows.answers import MENU, NEAREST, PERSON, number_lines
from thangdee.flows.asking import NO_ANSWER, Heard, ask_to_keep_first
from thangdee.flows.deciding import Proposal
from thangdee.flows.help_screens import settings
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.referral_answers import STATUS
from thangdee.flows.referral_draft import Draft
from thangdee.flows.referral_hearing import BACK, SKIP
from thangdee.flows.referral_questions import BY_NAME, FOR_WHOM, before, next_question
from thangdee.flows.referral_screens import AGAIN, BEGIN, GO_ON, NEXT
from thangdee.flows.reply import Button, Part, Reply, say

LETTER, YES = "r", "yes"
_YES_WORDS = frozenset(map(fold, ("ໄດ້", "ຕົກລົງ", "ได้", "ตกลง", "yes", "ok")))

# A step takes the draft and gives it back to go on with the next question, or what else is to be done, or nothing.
Step = Callable[[Outward, Draft, str], Awaitable[Draft | Proposal | None]]


async def obey(outward: Outward, value: str) -> Proposal | None:
    """Take the step of a pressed button `r:<value>`."""
    head, _, rest = value.partition(":")
    if head in _BEGINNINGS:
        return await _BEGINNINGS[head](outward, rest)
    matter = await referral_draft.mine_called(outward, head)
    step, _, rest = rest.partition(":")
    is_open = matter is not None and (matter.state is MatterState.DRAFT or step in _AFTER_DRAFT)
    if matter is None or not is_open or step not in _STEPS:
        return STATUS
    return await _finish(outward, await _STEPS[step](outward, await referral_draft.of(outward, matter), rest))


async def hear(outward: Outward, asked: str, said: Heard) -> Proposal | None:
    """Take an answer in words, by voice or as a shared place to the open question."""
    name = asked.partition("_")[2]
    matter = await store.draft_of(outward.connection, outward.chat.id)
    if name == YES:
        return await _hear_yes(outward, said)
    question = BY_NAME.get(name)
    if matter is None or question is None:
        return NO_ANSWER
    draft = await referral_draft.of(outward, matter)
    words = fold(said.text or "")
    if words in SKIP:
        return await _finish(outward, await referral_answers.skip(outward, draft, name))
    if words in BACK:
        earlier = before(draft, name) or question
        return await _finish(outward, await referral_answers.ask(outward, draft, earlier.name))
    return await _finish(outward, await referral_answers.hear_answer(outward, draft, question, said))


async def begin(outward: Outward, listing_id: str = "") -> Proposal | None:
    """Begin, or go on where it was left. `listing_id`: the service whose card was pressed."""
    if listing_id:
        outward.remember(wished=listing_id, chosen=None, others=None)
    if not await consent.allows(outward.connection, outward.chat.id, Purpose.KEEP_CHAT):
        return ask_to_keep_first(f"r:s:{listing_id}" if listing_id else "r:on")
    is_new = await store.draft_of(outward.connection, outward.chat.id) is None
    draft = await referral_draft.open_(outward)
    return await _go_on(outward, draft, referral_screens.known(draft, BEGIN if is_new else GO_ON))


def to_go_on() -> Reply:
    """Return what is said below an answer to something else: the form waits."""
    return say("referral.in_between", buttons=(Button("buttons.referral_go_on", "r:on"), PERSON, MENU, CRISIS))


async def _finish(outward: Outward, done: Draft | Proposal | None) -> Proposal | None:
    return await _go_on(outward, done, say(NEXT)) if isinstance(done, Draft) else done


async def _go_on(outward: Outward, draft: Draft, lead: Reply) -> Proposal | None:
    """Ask what is not known yet, then whom, then show what would go."""
    if FOR_WHOM in draft.passed or draft.matter.is_for_other:
        draft = await referral_draft.take_over_what_was_said(outward, draft)
    question = next_question(draft)
    if question is not None:
        await referral_answers.put(outward, draft, question, lead)
    elif draft.matter.is_for_other:
        await outward.say(referral_helper.end(draft))
    elif draft.matter.state is not MatterState.DRAFT:
        return STATUS
    else:
        await _find_whom(outward, draft)
    return None


async def _find_whom(outward: Outward, draft: Draft) -> None:
    whom, session = referral_whom.look(outward, draft), outward.chat.session
    chosen = session.chosen or (session.wished if whom.wished and whom.unfit is None else None)
    if chosen is None or not whom.has(chosen):
        outward.remember(chosen=None, others=None)
        found = bool(whom.found.matches)
        await outward.say((referral_whom.choose if found else referral_whom.nobody)(outward, draft, whom))
        outward.remember(wished=None)
        return
    outward.remember(chosen=chosen)
    if session.others is None and referral_whom.others_of(whom, chosen):
        await outward.say(referral_whom.ask_others(outward, draft, whom, outward.directory.by_id[chosen]))
        return
    await referral_summary.show(outward, draft, referral_whom.receivers(outward, draft))


# --- beginnings --------------------------------------------------------------------------------------------


async def _begin(outward: Outward, listing_id: str) -> Proposal | None:
    return await begin(outward, listing_id)


async def _not_kept(outward: Outward, _: str) -> None:
    """Nothing may be kept, so nothing can be sent: numbers, and a person."""
    country = (outward.chat.session.place or "LA")[:2]
    listed = [key for key in settings().figures.get(country, ()) if key in outward.figures.values]
    numbers = number_lines(tuple(listed), outward.figures)
    await outward.say(Reply((Part("referral.not_kept"), *numbers), (NEAREST, PERSON, MENU, CRISIS)))


async def _show_proposed(outward: Outward, matter_id: str) -> Proposal | None:
    """Show whom staff propose, with what would go to them."""
    all_ = await store.matters_of(outward.connection, outward.chat.id)
    mine = {one.id: one for one in all_ if one.state not in ENDED}
    receivers = await proposals.proposed(outward.connection, matter_id) if matter_id in mine else ()
    if not receivers:
        return STATUS
    await referral_summary.show(outward, await referral_draft.of(outward, mine[matter_id]), receivers)
    return None


async def _hear_yes(outward: Outward, said: Heard) -> Proposal | None:
    """A written yes or no to the summary counts as a pressed one."""
    is_yes = fold(said.text or "") in _YES_WORDS or said.intent == "affirm"
    if not is_yes and said.intent != "deny":
        return NO_ANSWER
    for matter in await store.matters_of(outward.connection, outward.chat.id):
        draft = await referral_draft.of(outward, matter)
        if await referral_summary.receivers_of(outward, draft):
            outward.remember(asked="none")
            if not is_yes:
                return await _not_now(outward, draft, "")
            return await _say_yes(outward, draft, outward.chat.session.about or "", GivenBy.WRITTEN)
    return NO_ANSWER


# --- whom, and the yes ----------------------------------------------------------------------------------------


async def _choose(outward: Outward, draft: Draft, listing_id: str) -> Draft:
    outward.remember(chosen=listing_id, others=None)
    return draft


async def _choose_again(outward: Outward, draft: Draft, _: str) -> None:
    outward.remember(chosen=None, others=None, wished=None)
    await _find_whom(outward, draft)


async def _others(outward: Outward, draft: Draft, is_yes: str) -> Draft:
    outward.remember(others=is_yes if is_yes in ("y", "n") else "n")
    return draft


async def _person_chooses(outward: Outward, draft: Draft, _: str) -> None:
    """Ask whether a person of ours may read it: their words of consent, where she did not agree to them before (R2)."""
    agreed = await consent.allows(outward.connection, outward.chat.id, Purpose.TALK_TO_STAFF)
    text = "referral.helper.person" if draft.matter.is_for_other else "referral.person"
    yes, no = (referral_screens.button(f"person_{one}", draft, step) for one, step in (("yes", "fy:"), ("no", "on:")))
    await outward.say(say(NEXT if agreed else "consent.talk_to_staff", text, buttons=(yes, no, CRISIS)))


async def _person_chooses_indeed(outward: Outward, draft: Draft, _: str) -> None:
    if not await consent.allows(outward.connection, outward.chat.id, Purpose.TALK_TO_STAFF):
        await _allow_staff(outward)
    after = await referral_summary.ask_staff(outward, draft)
    _forget_choice(outward)
    if after.is_for_other:
        await outward.say(referral_helper.staff_care())
    else:
        await referral_summary.received(outward, after)


async def _show_summary(outward: Outward, draft: Draft, _: str) -> Draft | Proposal | None:
    if draft.matter.state is MatterState.DRAFT:
        return draft
    return await _show_proposed(outward, draft.matter.id)


async def _list_changes(outward: Outward, draft: Draft, page: str) -> None:
    await outward.say(referral_summary.changes(draft, int(page) if page.isdecimal() else 0))


async def _show_field(outward: Outward, draft: Draft, name: str) -> Draft | None:
    fact = next((fact for field, fact in draft.facts.items() if field == name), None)
    if fact is None:
        return draft
    await outward.say(referral_summary.field_screen(draft, fact))
    return None


async def _toggle(outward: Outward, draft: Draft, name: str) -> Draft | Proposal | None:
    if any(field == name for field in draft.facts):
        draft = await referral_summary.toggle(outward, draft, Field(name))
    return await _show_summary(outward, draft, "")


async def _yes(outward: Outward, draft: Draft, hashed: str) -> Proposal | None:
    return await _say_yes(outward, draft, hashed, GivenBy.TAPPED)


async def _say_yes(outward: Outward, draft: Draft, hashed: str, given_by: GivenBy) -> Proposal | None:
    after = await referral_summary.take_yes(outward, draft, hashed, given_by)
    if after is not None:
        _forget_choice(outward)
        await referral_summary.received(outward, after)
        return None
    if not await referral_summary.receivers_of(outward, draft):
        return await _go_on(outward, draft, say(AGAIN)) if draft.matter.state is MatterState.DRAFT else STATUS
    await outward.say(say("referral.changed"))
    await referral_summary.show(outward, draft, await referral_summary.receivers_of(outward, draft))
    return None


async def _not_now(outward: Outward, draft: Draft, _: str) -> Proposal | None:
    """Nothing goes out; what was answered stays. Those whom staff proposed are looked for once more.

    Pressed after the yes it is not true that nothing goes out: then how it stands, with the way to take it back.
    """
    matter = draft.matter
    if matter.state is not MatterState.DRAFT and not await referral_summary.receivers_of(outward, draft):
        return STATUS
    if matter.state is not MatterState.DRAFT:
        await proposals.end(outward.connection, matter.id, outward.now)
        await take_step(
            outward.connection, outward.vault, matter.id,
            lambda one: steps.call_staff(one, "asked_to_choose", outward.now),
            name="call_staff", actor=audit.PERSON, now=outward.now,
        )  # fmt: skip
    await outward.say(say("referral.not_now", buttons=(Button("buttons.referral_go_on", "r:on"), PERSON, MENU, CRISIS)))
    return None


def _forget_choice(outward: Outward) -> None:
    outward.remember(passed=(), wished=None, chosen=None, others=None, about=None, asked="none")


async def _allow_staff(outward: Outward) -> None:
    """Write down the yes to a person of ours, in its own right (R2)."""
    await consent.record(
        outward.connection, outward.chat, Purpose.TALK_TO_STAFF, is_yes=True, given_by=GivenBy.TAPPED, now=outward.now
    )
    await audit.record(
        outward.connection, outward.vault.keyring, actor=audit.PERSON, action="consent:change",
        subject=outward.chat.id, now=outward.now, purpose=Purpose.TALK_TO_STAFF.value, yes=True,
    )  # fmt: skip


# --- for another person -----------------------------------------------------------------------------------------


async def _hand_over(outward: Outward, draft: Draft, _: str) -> Draft | None:
    if not draft.matter.is_for_other:
        return draft
    await outward.say(await referral_helper.give_code(outward, draft))
    return None


async def _go_on_here(_outward: Outward, draft: Draft, _: str) -> Draft:
    return draft


_BEGINNINGS: dict[str, Callable[[Outward, str], Awaitable[Proposal | None]]] = {
    "": _begin, "on": _begin, "new": _begin, "s": _begin, "no": _not_kept, "pr": _show_proposed,
}  # fmt: skip
# What may still be done once it is no draft: staff proposed somebody.
_AFTER_DRAFT = frozenset({"y", "z", "c", "e", "u", "v"})
_STEPS: dict[str, Step] = {
    "on": _go_on_here, "q": referral_answers.answer, "s": referral_answers.skip, "o": referral_answers.ask,
    "m": referral_answers.ask_page, "n": referral_answers.ask_need, "p": referral_answers.ask_place,
    "t": referral_answers.offer_personal, "a": referral_answers.agree, "d": referral_answers.disagree,
    "w": _choose, "x": _choose_again, "h": _others, "f": _person_chooses, "fy": _person_chooses_indeed,
    "v": _show_summary, "c": _list_changes, "e": _show_field, "u": _toggle, "y": _yes, "z": _not_now, "hc": _hand_over,
}  # fmt: skip
