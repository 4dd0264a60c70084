"""A family's enquiry about a relative, in the chat: from the first words to the receipt.

    first words (R18) ─► may it be kept? ─► questions (enquiry_questions.py) ─► summary ─► yes = it is sent
                             │ no                   │ "that is all", from each of them
                             ▼                      ▼
                          a person               summary

Each answer is kept at once (enquiry_draft.py), so the form goes on where it was after a crash, a day or another topic.
Nothing here knows what staff find (R12); nothing that is typed is completed, guessed at or looked up. Buttons are
`e:<number of the enquiry>:<step>:<value>`; steps that begin with "a." belong to what comes after (enquiry_after.py).
"""

from collections.abc import Awaitable, Callable

from thangdee.casework import consent
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Session
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.enquiries import deeds, flags
from thangdee.casework.enquiries.model import Field, Flag
from thangdee.core.script import fold
from thangdee.flows import enquiry_after, enquiry_answers, enquiry_draft, enquiry_screens, enquiry_summary
from thangdee.flows.answers import MENU, PERSON
from thangdee.flows.asking import NO_ANSWER, Heard, ask_to_keep_first, form_of
from thangdee.flows.deciding import Proposal
from thangdee.flows.enquiry_answers import STATUS
from thangdee.flows.enquiry_draft import Draft
from thangdee.flows.enquiry_hearing import ENOUGH, NOT_KNOWN, Opening, opening_of, own_minor_age
from thangdee.flows.enquiry_questions import BY_NAME, before, next_question
from thangdee.flows.enquiry_screens import GO_ON, NEXT
from thangdee.flows.entities import entities_in
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.referral_hearing import BACK, SKIP
from thangdee.flows.reply import Button, Reply, say

LETTER, YES, AFTER = "e", "yes", "a"
# Open questions of what comes after, and the first words, below which people tell at once instead of pressing "begin".
_AFTER_SENDING, _AT_FIRST = f"{LETTER}_{AFTER}_", f"{LETTER}_first"
CHILD = "child_at_risk"
_YES_WORDS = frozenset(map(fold, ("ໄດ້", "ຕົກລົງ", "ສົ່ງ", "ສົ່ງໄດ້", "ส่งเลย", "ได้", "ตกลง", "ส่ง", "yes", "ok", "send")))
# Steps of the time before a draft: the first words, and starting.
_FIRST, _START = Button("buttons.enquiry_for_family", "e:f"), "e:go"

# A step takes the draft and gives it back to go on with the next question, or what else is to be done, or nothing.
Step = Callable[[Outward, Draft, str], Awaitable[Draft | Proposal | None]]


async def obey(outward: Outward, value: str) -> Proposal | None:
    """Take the step of a pressed button `e:<value>`."""
    head, _, rest = value.partition(":")
    if head.startswith(f"{AFTER}."):
        return await enquiry_after.obey(outward, head.removeprefix(f"{AFTER}."), rest)
    if head in _BEGINNINGS:
        return await _BEGINNINGS[head](outward)
    step, _, rest = rest.partition(":")
    draft = await enquiry_draft.called(outward, head)
    if draft is None or step not in _STEPS:
        return STATUS
    return await _finish(outward, await _STEPS[step](outward, draft, rest))


async def hear(outward: Outward, asked: str, said: Heard) -> Proposal | None:
    """Take an answer in words, by voice or as a shared place to the open question."""
    if asked.startswith(_AFTER_SENDING):
        return await enquiry_after.hear(outward, asked, said)
    name, draft = asked.removeprefix(f"{LETTER}_"), await enquiry_draft.present(outward)
    if asked == _AT_FIRST:
        begun = await _begin_by_telling(outward, said)
        if not isinstance(begun, Draft):
            return begun
        name, draft = Field.NICKNAME.value, begun
    if draft is None or (name != YES and name not in BY_NAME):
        return NO_ANSWER
    if await _is_told_by_child(outward, said):
        await enquiry_answers.add_own_words(outward, draft, said.text or "")
        outward.remember(asked="none")
        await outward.say(enquiry_screens.child(GO_ON))
        return None
    if name == YES:
        return await _hear_yes(outward, draft, said)
    return await _finish(outward, await _hear(outward, draft, name, said))


async def _hear(outward: Outward, draft: Draft, name: str, said: Heard) -> Draft | Proposal | None:
    words = _bare(said.text or "")
    if words in SKIP or words in NOT_KNOWN:
        return await enquiry_answers.skip(outward, draft, name)
    if words in ENOUGH:
        return await enquiry_answers.enough(outward, draft, "")
    if words in BACK:
        earlier = before(draft, name)
        return await enquiry_answers.ask(outward, draft, earlier.name if earlier else name)
    return await enquiry_answers.hear_answer(outward, draft, BY_NAME[name], said)


def is_own_word(session: Session, text: str) -> bool:
    """Tell whether this is a word by which people go through the form; the receiver saw no cry in it."""
    is_ours = form_of(session) == LETTER and session.asked.removeprefix(f"{LETTER}_") in BY_NAME
    return is_ours and _bare(text) in SKIP | NOT_KNOWN | ENOUGH | BACK


def waits(session: Session) -> bool:
    """Tell whether an enquiry that was begun waits behind the open question."""
    return form_of(session) == LETTER and not session.asked.startswith((_AFTER_SENDING, _AT_FIRST))


def to_go_on() -> Reply:
    """Return what is said below an answer to something else: the form waits."""
    return enquiry_screens.to_go_on()


async def begin(outward: Outward, _proposal: Proposal) -> None:
    """Begin with what everybody is told first; who began before may go on."""
    await _begin(outward)


async def _begin(outward: Outward) -> None:
    if await enquiry_draft.present(outward) is not None:
        await outward.say(enquiry_screens.half_way())
    elif outward.chat.session.is_child and await _is_first_time(outward):
        await _note_child(outward)
        await outward.say(enquiry_screens.child(_FIRST))
    else:
        await _first(outward)


async def _first(outward: Outward) -> None:
    await outward.say(enquiry_screens.first())
    outward.remember(asked=_AT_FIRST)
    _note_topic(outward)


async def _begin_by_telling(outward: Outward, said: Heard) -> Draft | Proposal | None:
    """Begin for who answers the first words at once; a name is left to be heard, a story is kept in their own words."""
    opening = opening_of(said)
    if opening is Opening.ELSEWHERE:
        return NO_ANSWER
    if opening is Opening.YES or not await _may_keep(outward):
        return await _start(outward)
    draft = await _open(outward)
    if opening is Opening.STORY:
        draft = await enquiry_answers.add_own_words(outward, draft, said.text or "")
        return await _finish(outward, draft)
    return draft


async def _start(outward: Outward) -> Proposal | None:
    """Ask the first question, once the chat may be kept (R1)."""
    if not await _may_keep(outward):
        return ask_to_keep_first(_START) | {"lead": "enquiry.keep_first"}
    is_new = await enquiry_draft.present(outward) is None
    await _go_on(outward, await _open(outward), say("enquiry.begin" if is_new else "referral.go_on"))
    return None


async def _may_keep(outward: Outward) -> bool:
    return await consent.allows(outward.connection, outward.chat.id, Purpose.KEEP_CHAT)


async def _open(outward: Outward) -> Draft:
    _note_topic(outward)
    return await enquiry_draft.open_(outward)


def _note_topic(outward: Outward) -> None:
    """Remember that this is a talk about a relative, however it began."""
    outward.remember(topic=deeds.ALERT, topic_at=outward.now.isoformat())


async def _not_kept(outward: Outward) -> None:
    await outward.say(enquiry_screens.not_kept())


async def _sure_to_start_again(outward: Outward) -> None:
    await outward.say(enquiry_screens.sure_to_start_again())


async def _start_again(outward: Outward) -> Proposal | None:
    draft = await enquiry_draft.present(outward)
    if draft is not None:
        await deeds.discard(outward.connection, draft.enquiry.id)
    return await _start(outward)


async def _finish(outward: Outward, done: Draft | Proposal | None) -> Proposal | None:
    if not isinstance(done, Draft):
        return done
    await _go_on(outward, done, say(NEXT))
    return None


async def _go_on(outward: Outward, draft: Draft, lead: Reply) -> None:
    """Ask what was neither answered nor left out, then show what would be sent."""
    question = next_question(draft)
    if question is None:
        await enquiry_summary.show(outward, draft)
    else:
        await enquiry_answers.put(outward, draft, question, lead)


# --- a child ------------------------------------------------------------------------------------------------


async def _is_told_by_child(outward: Outward, said: Heard) -> bool:
    """Tell whether who writes says now, for the first time, to be under 18; staff are called then."""
    text = said.text or ""
    is_child = own_minor_age(entities_in(text, outward.now.date()), text)
    if not is_child or not await _is_first_time(outward):
        return False
    await _note_child(outward)
    return True


async def _is_first_time(outward: Outward) -> bool:
    raised = await flags.flags_of(outward.connection, outward.vault, outward.chat.id)
    return all(one.kind is not Flag.CHILD_WRITES for one in raised)


async def _note_child(outward: Outward) -> None:
    await flags.note(outward.connection, outward.vault, outward.chat, Flag.CHILD_WRITES, outward.now)
    await outward.raise_alert(Urgency.HIGH, CHILD)


# --- the summary, and the yes ---------------------------------------------------------------------------------


async def _hear_yes(outward: Outward, draft: Draft, said: Heard) -> Proposal | None:
    """A written yes or no to the summary counts as a pressed one."""
    if _bare(said.text or "") in _YES_WORDS or said.intent == "affirm":
        await _send(outward, draft, outward.chat.session.about or "", GivenBy.WRITTEN)
    elif said.intent == "deny":
        await _not_now(outward, draft, "")
    else:
        return NO_ANSWER
    return None


def _bare(text: str) -> str:
    return fold(text).strip(" .!?")


async def _yes(outward: Outward, draft: Draft, mark: str) -> None:
    await _send(outward, draft, mark, GivenBy.TAPPED)


async def _send(outward: Outward, draft: Draft, mark: str, given_by: GivenBy) -> None:
    sent = await enquiry_summary.take_yes(outward, draft, mark, given_by)
    if sent is not None:
        await enquiry_after.receipt(outward, sent)
        return
    await outward.say(say("referral.changed"))
    await enquiry_summary.show(outward, draft)


async def _not_now(outward: Outward, _draft: Draft, _: str) -> None:
    """Nothing goes out; what was answered stays."""
    outward.remember(asked="none", about=None)
    await outward.say(say("enquiry.not_now", buttons=(GO_ON, PERSON, MENU, CRISIS)))


async def _show_summary(outward: Outward, draft: Draft, _: str) -> None:
    await enquiry_summary.show(outward, draft)


async def _list_changes(outward: Outward, draft: Draft, page: str) -> None:
    await outward.say(enquiry_screens.changes(draft, int(page) if page.isdecimal() else 0))


async def _show_field(outward: Outward, draft: Draft, name: str) -> Draft | None:
    if name not in BY_NAME or Field(name) not in draft.facts:
        return draft
    await outward.say(enquiry_screens.field_screen(draft, Field(name)))
    return None


async def _strike_out(outward: Outward, draft: Draft, name: str) -> Draft | Proposal:
    return STATUS if name not in BY_NAME else await enquiry_summary.strike_out(outward, draft, Field(name))


_BEGINNINGS: dict[str, Callable[[Outward], Awaitable[Proposal | None]]] = {
    "": _begin, "b": _begin, "f": _first, "go": _start, "on": _start, "no": _not_kept,
    "new": _sure_to_start_again, "new2": _start_again,
}  # fmt: skip
_STEPS: dict[str, Step] = {
    "q": enquiry_answers.answer, "s": enquiry_answers.skip, "o": enquiry_answers.ask, "m": enquiry_answers.ask_page,
    "p": enquiry_answers.ask_place, "k": enquiry_answers.keep_as_typed, "z": enquiry_answers.enough,
    "v": _show_summary, "c": _list_changes, "e": _show_field, "u": _strike_out, "y": _yes, "n": _not_now,
}  # fmt: skip
