"""Answers to the questions of the form, by button, words, recording or shared place: kept at once."""

from thangdee.casework.referrals import facts, field_words
from thangdee.casework.referrals.facts import Value
from thangdee.casework.referrals.model import SENSITIVE, Field, Said
from thangdee.flows import referral_draft, referral_screens
from thangdee.flows.asking import NO_ANSWER, Heard
from thangdee.flows.deciding import Proposal
from thangdee.flows.entities import entities_in
from thangdee.flows.intents import OUT_OF_SCOPE
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.referral_draft import Draft
from thangdee.flows.referral_hearing import (
    LONGEST_WORDS,
    has_digits,
    has_letters,
    is_name,
    phone_in,
    places_like,
    value_of,
)
from thangdee.flows.referral_questions import (
    BY_NAME,
    FOR_WHOM,
    ME,
    MORE,
    NEED,
    OTHER,
    PERSONAL,
    PHONE,
    PLACE,
    TABLE,
    Question,
)
from thangdee.flows.referral_screens import NEXT
from thangdee.flows.reply import Reply, say
from thangdee.referral_directory.places import by_code

STATUS: Proposal = {"do": "referral_status"}


async def put(outward: Outward, draft: Draft, question: Question, lead: Reply, page: int = 0) -> None:
    """Ask one question; words may answer it, too."""
    if question.name == MORE:
        await outward.say(referral_screens.more(draft, lead, outward.chat.session.topic))
    else:
        await outward.say(referral_screens.question(draft, question, lead, page))
    outward.remember(asked=f"r_{question.name}")


async def answer(outward: Outward, draft: Draft, rest: str) -> Draft | Proposal | None:
    """Take the choice that a button names, `<question>:<code>`."""
    name, _, code = rest.partition(":")
    question = BY_NAME.get(name)
    if question is None or not _is_choice(question, code):
        return STATUS
    if name == FOR_WHOM:
        return await _answer_for_whom(outward, draft, code)
    value: Value = {"codes": [code]} if question.field in field_words.SEVERAL else {"code": code}
    return await _keep(outward, draft, question, value)


def _is_choice(question: Question, code: str) -> bool:
    if question.name == NEED:
        return code in field_words.CHOICES[Field.NEED]
    return by_code(code) is not None if question.name == PLACE else code in question.choices


async def _answer_for_whom(outward: Outward, draft: Draft, code: str) -> Draft:
    """From here on it is known whose words the answers are; what was said before is theirs who writes."""
    is_other = code == OTHER
    if is_other and not draft.matter.is_for_other:
        for fact in draft.facts.values():
            await facts.forget(outward.connection, draft.matter.id, fact.field, Said.PERSON)
    earlier = draft.facts
    draft = await referral_draft.change(outward, draft, is_for_other=is_other)
    if is_other:
        for field, fact in earlier.items():
            draft = await referral_draft.answer(outward, draft, field, fact.value)
    elif draft.matter.need and Field.NEED not in draft.facts:
        draft = await referral_draft.answer(outward, draft, Field.NEED, {"code": draft.matter.need})
    return referral_draft.pass_by(outward, draft, FOR_WHOM)


async def _keep(outward: Outward, draft: Draft, question: Question, value: Value) -> Draft | None:
    """Keep an answer; something personal then needs a yes of its own (R42)."""
    field = question.field
    if field is None:
        return draft
    draft = await referral_draft.answer(outward, draft, field, value)
    outward.remember(misses=0)
    _remember(outward, draft, field)
    for other in TABLE:
        if other.field and other.only_if and other.only_if[0] is field and draft.code(field) != other.only_if[1]:
            draft = await referral_draft.forget(outward, draft, other.field)
    if field in SENSITIVE:
        await outward.say(referral_screens.own_yes(draft, question))
        return None
    return referral_draft.ask_again(outward, draft, question.name)


def _remember(outward: Outward, draft: Draft, field: Field) -> None:
    """Let the rest of the chat know it, too (R44)."""
    told_at = outward.now.isoformat()
    if field is Field.NEED:
        outward.remember(need=draft.matter.need, told_at=told_at)
    elif field is Field.PROVINCE:
        outward.remember(place=draft.matter.place, told_at=told_at)


async def skip(outward: Outward, draft: Draft, name: str) -> Draft | Proposal | None:
    """Leave a question out. What was said to it before is taken out, too."""
    question = BY_NAME.get(name)
    if question is None:
        return STATUS
    if name in PERSONAL:
        return draft
    if name == FOR_WHOM:
        return await _answer_for_whom(outward, draft, ME)
    if question.field and question.field in draft.facts and name != NEED:
        draft = await referral_draft.forget(outward, draft, question.field)
        draft = await _without_open(outward, draft, name)
    return referral_draft.pass_by(outward, draft, name)


async def _without_open(outward: Outward, draft: Draft, name: str) -> Draft:
    if name == PLACE:
        draft = await referral_draft.forget(outward, draft, Field.DISTRICT)
        return await referral_draft.change(outward, draft, place=None)
    return await referral_draft.change(outward, draft, age_band=None) if name == "age_band" else draft


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


async def ask_need(outward: Outward, draft: Draft, node: str) -> None:
    """Show one screen of the kinds of help."""
    await outward.say(referral_screens.needs(draft, node))
    outward.remember(asked=f"r_{NEED}")


async def ask_place(outward: Outward, draft: Draft, rest: str) -> Proposal | None:
    """Show one screen of places, `<node>:<page>`; none: ask for the place anew."""
    node, _, page = rest.partition(":")
    reply = referral_screens.places(draft, node, page)
    if reply is None:
        return STATUS
    await outward.say(reply)
    outward.remember(asked=f"r_{PLACE}")
    return None


async def offer_personal(outward: Outward, draft: Draft, page: str) -> None:
    """Offer what is told only with a yes of its own."""
    await outward.say(referral_screens.personal(draft, int(page) if page.isdecimal() else 0))


async def agree(outward: Outward, draft: Draft, name: str) -> Draft | Proposal:
    """Take the yes of its own to something personal (R42)."""
    if name not in SENSITIVE:
        return STATUS
    await facts.agree(outward.connection, draft.matter.id, Field(name), outward.now)
    return await referral_draft.of(outward, draft.matter)


async def disagree(outward: Outward, draft: Draft, name: str) -> Draft | Proposal:
    """Throw something personal away that is not to be told."""
    if name not in SENSITIVE:
        return STATUS
    return await referral_draft.forget(outward, draft, Field(name))


# --- words and voice ----------------------------------------------------------------------------------------


async def hear_answer(outward: Outward, draft: Draft, question: Question, said: Heard) -> Draft | Proposal | None:
    """Take words, a recording or a place as the answer; `NO_ANSWER` where they are about something else."""
    text = said.text or ""
    if question.name == MORE:
        return await _hear_more(outward, draft, said)
    if question.name == "call_name" and text and not is_name(text, said.intent):
        return NO_ANSWER
    if question.name == PHONE and text:
        return await _hear_phone(outward, draft, question, said)
    return await _hear_value(outward, draft, question, said)


async def _hear_value(outward: Outward, draft: Draft, question: Question, said: Heard) -> Draft | Proposal | None:
    text = said.text or ""
    value = value_of(question, said, entities_in(text, outward.now.date()))
    if value is None and question.name == PLACE and text:
        return await _guess_place(outward, draft, text)
    if value is None:
        return await _ask_once_more(outward, draft, question, said)
    if question.name == FOR_WHOM:
        return await _answer_for_whom(outward, draft, str(value["code"]))
    return await _keep_if_short(outward, draft, question, value)


async def _ask_once_more(outward: Outward, draft: Draft, question: Question, said: Heard) -> Proposal | None:
    """Show the choices again, once, for words that nobody understands; what is about something else is answered."""
    is_topic = said.intent not in (None, OUT_OF_SCOPE) and has_letters(said.text or "")
    if not said.text or is_topic or outward.chat.session.misses:
        return NO_ANSWER
    await put(outward, draft, question, say("referral.choose"))
    outward.remember(misses=1)
    return None


async def _hear_more(outward: Outward, draft: Draft, said: Heard) -> Draft | Proposal | None:
    """Add to her own words: what she said before stays."""
    question, before = BY_NAME["own_words"], draft.facts.get(Field.OWN_WORDS)
    value = value_of(question, said, entities_in("", outward.now.date()))
    if value is None:
        return NO_ANSWER
    if before is not None:
        words = [str(one["text"]) for one in (before.value, value) if one.get("text")]
        value = before.value | value | ({"text": "\n".join(words)} if words else {})
    return await _keep_if_short(outward, draft, question, value)


async def _keep_if_short(outward: Outward, draft: Draft, question: Question, value: Value) -> Draft | None:
    """Keep an answer that fits on the screen before the yes; else ask for a shorter one."""
    if len(str(value.get("text", ""))) <= LONGEST_WORDS:
        return await _keep(outward, draft, question, value)
    await outward.say(say("referral.too_long", buttons=(referral_screens.skip(draft, question), CRISIS)))
    return None


async def _hear_phone(outward: Outward, draft: Draft, question: Question, said: Heard) -> Draft | Proposal | None:
    """Keep a number; one that cannot be called is asked for once more, then kept as it was typed."""
    number, is_number = phone_in(said.text or "", draft.matter.place)
    if not is_number and said.intent is not None and not has_digits(number):
        return NO_ANSWER
    if is_number or outward.chat.session.about == PHONE:
        outward.remember(about=None)
        return await _keep(outward, draft, question, {"text": number})
    await outward.say(say("referral.phone_again", buttons=(referral_screens.skip(draft, question), CRISIS)))
    outward.remember(about=PHONE)
    return None


async def _guess_place(outward: Outward, draft: Draft, text: str) -> Proposal | None:
    found = tuple(place for code in places_like(text) if (place := by_code(code)))
    if not found:
        return NO_ANSWER
    await outward.say(referral_screens.places_like(draft, found))
    return None
