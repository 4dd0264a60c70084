"""Answers to the questions of an enquiry, by button, words, recording or shared place: kept at once."""

from thangdee.casework.alerts import Urgency
from thangdee.casework.enquiries import flags
from thangdee.casework.enquiries.field_words import SEVERAL
from thangdee.casework.enquiries.model import Field
from thangdee.casework.referrals.facts import Value
from thangdee.flows import enquiry_draft, enquiry_screens
from thangdee.flows.answers import reply_with
from thangdee.flows.asking import NO_ANSWER, Heard
from thangdee.flows.deciding import Proposal
from thangdee.flows.enquiry_draft import Draft
from thangdee.flows.enquiry_hearing import (
    LONGEST_WORDS,
    home_in,
    is_elsewhere,
    is_home,
    is_pressure,
    number_in,
    value_of,
)
from thangdee.flows.enquiry_questions import BY_NAME, Question, asked_of, is_choice
from thangdee.flows.enquiry_screens import NEXT
from thangdee.flows.enquiry_words import flags_in
from thangdee.flows.intents import OUT_OF_SCOPE, Risk, risk_of
from thangdee.flows.outward import Outward
from thangdee.flows.referral_hearing import has_digits, has_letters, phone_in
from thangdee.flows.reply import Reply, say
from thangdee.referral_directory.places import by_code

STATUS: Proposal = {"do": "tracing_status"}
_FINDER = "paid_finder"
_SHORTEST_STORY = 15
_ADDED = frozenset({Field.OWN_WORDS})


async def put(outward: Outward, draft: Draft, question: Question, lead: Reply, page: int = 0) -> None:
    """Ask one question; words or a recording may answer it, too."""
    await outward.say(enquiry_screens.question(draft, question, lead, outward.now, page))
    outward.remember(asked=f"e_{question.name}")


async def answer(outward: Outward, draft: Draft, rest: str) -> Draft | Proposal | None:
    """Take the choice that a button names, `<question>:<code>`."""
    name, _, code = rest.partition(":")
    question = BY_NAME.get(name)
    if question is not None and question.field is Field.PLACE:
        return await _answer_home(outward, draft, question, code)
    if question is None or not is_choice(question, code):
        return STATUS
    value: Value = {"codes": [code]} if question.field in SEVERAL else {"code": code}
    return await _keep(outward, draft, question, value)


async def _answer_home(outward: Outward, draft: Draft, question: Question, code: str) -> Draft | Proposal:
    if code == "LA":  # "somewhere else in Laos": nothing that is known
        return await enquiry_draft.pass_by(outward, draft, question.name)
    if not is_home(code):
        return STATUS
    typed = draft.facts.get(Field.PLACE, {})
    as_typed = {name: typed[name] for name in ("text", "media") if name in typed}
    return await _keep(outward, draft, question, {"code": code} | as_typed)


async def keep_as_typed(_outward: Outward, draft: Draft, name: str) -> Draft | Proposal:
    """Go on with what was typed."""
    return STATUS if name not in BY_NAME else draft


async def skip(outward: Outward, draft: Draft, name: str) -> Draft | Proposal | None:
    """Leave a question out. What was said to it before is taken out, too."""
    question = BY_NAME.get(name)
    if question is None:
        return STATUS
    if question.field in draft.facts:
        draft = await enquiry_draft.forget(outward, draft, question.field)
    return await enquiry_draft.pass_by(outward, draft, name)


async def enough(outward: Outward, draft: Draft, _: str) -> Draft:
    """Ask nothing more: all that was not answered is left out."""
    left = [one.name for one in asked_of(draft) if one.field not in draft.facts]
    return await enquiry_draft.pass_by(outward, draft, *left)


async def ask(outward: Outward, draft: Draft, name: str) -> Proposal | None:
    """Ask this question, answered or not."""
    question = BY_NAME.get(name)
    if question is None:
        return STATUS
    await put(outward, draft, question, say(NEXT))
    return None


async def ask_page(outward: Outward, draft: Draft, rest: str) -> Proposal | None:
    """Show another page of the choices, `<question>:<page>`."""
    name, _, page = rest.partition(":")
    question = BY_NAME.get(name)
    if question is None or not page.isdecimal():
        return STATUS
    await put(outward, draft, question, say(NEXT), int(page))
    return None


async def ask_place(outward: Outward, draft: Draft, rest: str) -> Proposal | None:
    """Show one screen of places, `<node>:<page>`."""
    node, _, page = rest.partition(":")
    reply = enquiry_screens.places(draft, node, page)
    if reply is None:
        return STATUS
    await outward.say(reply)
    outward.remember(asked=f"e_{Field.PLACE}")
    return None


# --- words and voice ----------------------------------------------------------------------------------------


async def hear_answer(outward: Outward, draft: Draft, question: Question, said: Heard) -> Draft | Proposal | None:
    """Take words, a recording or a place as the answer; `NO_ANSWER` where they are about something else."""
    if is_elsewhere(question, said):
        return NO_ANSWER
    found = flags_in(said.text or "")
    if found and is_pressure(question, said):
        return NO_ANSWER  # "I am from the police": told what everybody is told, with a flag (R14)
    if len(said.text or "") > LONGEST_WORDS:
        await outward.say(enquiry_screens.too_long(draft, question))
        return None
    after = await _hear_value(outward, draft, question, said)
    if after != NO_ANSWER:
        await _tell_staff(outward, question, said)
        for kind in sorted(found):
            await flags.note(
                outward.connection, outward.vault, outward.chat, kind, outward.now, {"text": said.text or ""}
            )
    return after


async def _hear_value(outward: Outward, draft: Draft, question: Question, said: Heard) -> Draft | Proposal | None:
    if question.field is Field.PLACE and said.text:
        return await _hear_home(outward, draft, question, said.text.strip())
    if question.field is Field.PHONE and said.text:
        return await _hear_phone(outward, draft, question, said)
    if question.field is Field.REACH_BY and said.text and (number := number_in(said.text)):
        draft = await enquiry_draft.answer(outward, draft, Field.PHONE, {"text": number})
        return await _keep(outward, draft, question, {"code": "call"})
    value = value_of(question, said, outward)
    if value is None:
        return await _ask_once_more(outward, draft, question, said)
    if question.field in _ADDED and (before := draft.facts.get(question.field)):
        words = [str(one["text"]) for one in (before, value) if one.get("text")]
        value = before | value | ({"text": "\n".join(words)} if words else {})
    return await _keep(outward, draft, question, value)


async def add_own_words(outward: Outward, draft: Draft, text: str) -> Draft:
    """Add to what they said in their own words: nothing that was said before goes."""
    before = draft.facts.get(Field.OWN_WORDS, {})
    words = [str(before["text"])] if before.get("text") else []
    value = before | {"text": "\n".join([*words, text.strip()])}
    return await enquiry_draft.answer(outward, draft, Field.OWN_WORDS, value)


async def _hear_home(outward: Outward, draft: Draft, question: Question, typed: str) -> Draft | None:
    """Keep the home place as it was typed; where several places have such a name, ask which."""
    value, like = home_in(typed)
    draft = await _keep(outward, draft, question, value)
    found = tuple(place for code in like if is_home(code) and (place := by_code(code)))
    if not found:
        return draft
    await outward.say(enquiry_screens.places_like(draft, found))
    outward.remember(asked=f"e_{Field.PLACE}")
    return None


async def _hear_phone(outward: Outward, draft: Draft, question: Question, said: Heard) -> Draft | Proposal | None:
    """Keep a number; one that cannot be called is asked for once more, then kept as it was typed."""
    number, is_number = phone_in(said.text or "", outward.chat.session.place)
    if not is_number and said.intent not in (None, OUT_OF_SCOPE) and not has_digits(number):
        return NO_ANSWER
    if is_number or outward.chat.session.about == question.name:
        outward.remember(about=None)
        return await _keep(outward, draft, question, {"text": number})
    await outward.say(enquiry_screens.phone_again(draft, question))
    outward.remember(about=question.name)
    return None


async def _ask_once_more(outward: Outward, draft: Draft, question: Question, said: Heard) -> Proposal | None:
    """Show the choices again, once, for words that nobody understands; what is about something else is answered."""
    is_topic = said.intent not in (None, OUT_OF_SCOPE) and has_letters(said.text or "")
    if not said.text or is_topic or outward.chat.session.misses:
        return NO_ANSWER
    await put(outward, draft, question, say("referral.choose"))
    outward.remember(misses=1)
    return None


async def _tell_staff(outward: Outward, question: Question, said: Heard) -> None:
    """What a story tells may need a person now; who is asked for money is told at once not to pay."""
    if not question.is_story or len((said.text or "").strip()) < _SHORTEST_STORY:
        return  # the model knows nothing of names
    if said.intent == _FINDER:
        await outward.say(reply_with(f"answers.{_FINDER}", outward.figures))
    if said.intent is not None and risk_of(said.intent) is Risk.HIGH:
        await outward.raise_alert(Urgency.HIGH, said.intent)


async def _keep(outward: Outward, draft: Draft, question: Question, value: Value) -> Draft:
    """Keep an answer. What hung on another answer goes with it."""
    outward.remember(misses=0)
    draft = await enquiry_draft.answer(outward, draft, question.field, value)
    draft = await enquiry_draft.ask_again(outward, draft, question.name)
    for other in BY_NAME.values():
        wanted = other.only_if
        if wanted and wanted[0] is question.field and wanted[1] not in (None, draft.code(question.field)):
            draft = await enquiry_draft.forget(outward, draft, other.field)
    return draft
