"""A question of the receiver: the person answers, sees what goes to whom, and says yes or would rather not.

Nobody hears an answer before that yes, and nothing else goes along with it.
"""

from thangdee.casework.referrals import questions, store
from thangdee.casework.referrals.deeds import NotAsShownError
from thangdee.casework.referrals.facts import Value
from thangdee.casework.referrals.model import ReferralState
from thangdee.casework.referrals.questions import Question, QuestionGoneError
from thangdee.casework.referrals.steps import StepRefusedError
from thangdee.core import words
from thangdee.flows.answers import PERSON
from thangdee.flows.asking import NO_ANSWER, Heard
from thangdee.flows.deciding import Proposal
from thangdee.flows.matter_status import show_status
from thangdee.flows.matter_words import STATUS, line, name_of
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Button, Part, Reply

ASKED = "u_question"


async def show(outward: Outward, question_id: str) -> Proposal | None:
    """Show a question that waits, without an id the oldest; where none does, how it stands."""
    one = await _mine(outward, question_id)
    if one is None:
        return await show_status(outward)
    name = await _asker(outward, one)
    parts = (Part("matter.question"), line(f"question_{one.code}", name=name), line("question_free"))
    choices = tuple(Button(f"buttons.matter_answer_{code}", f"u:qa:{one.id}:{code}") for code in one.choices)
    await outward.say(Reply(parts, (*choices, _not_say(one))))
    outward.remember(asked=ASKED, about=one.id)
    return None


async def choose(outward: Outward, value: str) -> Proposal | None:
    """Take a tapped answer."""
    question_id, _, code = value.partition(":")
    return await _note(outward, question_id, {"code": code})


async def hear(outward: Outward, said: Heard) -> Proposal | None:
    """Take an answer in words or a recording."""
    value: Value | None = {"text": said.text} if said.text else {"media": said.media_id} if said.media_id else None
    if value is None:
        return NO_ANSWER
    outward.remember(asked="none")
    return await _note(outward, outward.chat.session.about or "", value)


async def tell(outward: Outward, value: str) -> Proposal | None:
    """Take the yes to exactly the answer that was shown (R7)."""
    question_id, _, mark = value.partition(":")
    one = await _mine(outward, question_id)
    if one is None:
        return await show_status(outward)
    try:
        await questions.tell(outward.connection, outward.vault, one.id, mark, outward.now)
    except NotAsShownError:
        return await show(outward, one.id)
    except (QuestionGoneError, StepRefusedError):
        return await show_status(outward)
    await _say_done(outward, Part("matter.question_told"), line("answer_told", name=await _asker(outward, one)))
    return None


async def not_say(outward: Outward, question_id: str) -> Proposal | None:
    """Tell the receiver only that she would rather not say."""
    one = await _mine(outward, question_id)
    if one is None:
        return await show_status(outward)
    try:
        await questions.not_say(outward.connection, outward.vault, one.id, outward.now)
    except (QuestionGoneError, StepRefusedError):
        return await show_status(outward)
    await _say_done(outward, Part("matter.question_not_said"))
    return None


async def _note(outward: Outward, question_id: str, value: Value) -> Proposal | None:
    one = await _mine(outward, question_id)
    if one is None:
        return await show_status(outward)
    try:
        mark = await questions.note_answer(outward.connection, outward.vault, one.id, value)
    except QuestionGoneError:
        return await show_status(outward)
    name = await _asker(outward, one)
    parts = (Part("matter.question_check"), line("goes_to", name=name, answer=in_words(value, outward.language)))
    yes = Button("buttons.matter_tell", f"u:qy:{one.id}:{mark}")
    other = Button("buttons.matter_other_answer", f"u:q:{one.id}")
    later = (line("read_after_yes"),) if "code" not in value and await _is_offered(outward, one) else ()
    await outward.say(Reply((*parts, *later), (yes, other, _not_say(one), CRISIS)))
    return None


async def _say_done(outward: Outward, *parts: Part) -> None:
    following = await _mine(outward, "")
    more = (Button("buttons.matter_question", f"u:q:{following.id}"),) if following else ()
    await outward.say(Reply(parts, (*more, STATUS, PERSON, CRISIS)))


async def _mine(outward: Outward, question_id: str) -> Question | None:
    waiting = await questions.open_for_person(outward.connection, outward.chat.id)
    return next((one for one in waiting if question_id in ("", one.id)), None)


async def _asker(outward: Outward, one: Question) -> str:
    matter = await store.load(outward.connection, one.matter_id)
    return name_of(outward, matter.referral(one.referral_id).receiver)


async def _is_offered(outward: Outward, one: Question) -> bool:
    matter = await store.load(outward.connection, one.matter_id)
    return matter.referral(one.referral_id).state is ReferralState.OFFERED


def in_words(value: Value, language: str) -> str:
    """Return an answer as the person said it; a recording as "a recording"."""
    if "code" in value:
        return words.text(f"buttons.matter_answer_{value['code']}", language)
    return str(value["text"]) if "text" in value else words.text("field.recording", language)


def _not_say(one: Question) -> Button:
    return Button("buttons.matter_not_say", f"u:qn:{one.id}")
