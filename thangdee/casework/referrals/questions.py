"""What a receiver asks: fixed questions to the person, in her words; free words go to staff alone.

    to the person:  waits_person ──says yes to her answer──► answered
                        └──would rather not──► not_said
    to staff:       waits_staff ──staff answer──► answered
    all of them:    the referral ends ──► ended (nothing is written; it shows in reading)

An answer of hers is told to who asked only with her yes to exactly this answer, and while the consent for that receiver
lives (R2, R4, R7). No question stops a clock.
"""

import hmac
import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.chats import chat
from thangdee.casework.referrals import deeds, gate, store
from thangdee.casework.referrals.deeds import NotAsShownError
from thangdee.casework.referrals.facts import Value
from thangdee.casework.referrals.model import OPEN, Effect, Field, Matter, ReferralState
from thangdee.casework.referrals.question_tables import referral_question
from thangdee.casework.referrals.steps import Stepped, StepRefusedError
from thangdee.casework.referrals.tables import matter, referral
from thangdee.core import audit
from thangdee.core.errors import ThangdeeError
from thangdee.core.vault import Place, Vault

# Each question with the answers to tap; the person may write or speak instead, or rather not say.
QUESTIONS: dict[str, tuple[str, ...]] = {
    "which_day": ("today", "tomorrow", "later"),
    "safe_to_call": ("yes_now", "not_now", "write_first"),
    "fetch": ("yes", "no"),
    "children": ("yes", "no"),
    "language": ("lo", "th", "other"),
}
WORDS = "words"
MOST_OPEN = 3
LONGEST_WORDS = 1000
# What stands in the consent already is not asked again (R44).
_SAYS_ALREADY = {"children": Field.WITH_CHILDREN, "language": Field.LANGUAGE}
# The answer may change from one day to the next.
_ASKED_AGAIN = frozenset({"which_day", "safe_to_call"})
_MARK_LENGTH = 12


class QuestionState(StrEnum):
    """Who has to answer. The drawing is at the top."""

    WAITS_PERSON = "waits_person"
    WAITS_STAFF = "waits_staff"
    ANSWERED = "answered"
    NOT_SAID = "not_said"
    ENDED = "ended"


WAITING = frozenset({QuestionState.WAITS_PERSON, QuestionState.WAITS_STAFF})


class UnfitQuestionError(ThangdeeError):
    """No such question, or it was asked, or the consent says it already; or no words, or too many."""

    code = "unfit_question"


class TooManyQuestionsError(ThangdeeError):
    """Three wait for an answer."""

    code = "too_many_questions"


class QuestionGoneError(ThangdeeError):
    """It does not wait any more."""

    code = "question_gone"


@dataclass(frozen=True)
class Question:
    """One question. `code`: of QUESTIONS, or "words" for free words to staff.

    `asked_by`: an account of the receiver's; `answered_by`: a member of staff, None where the person did.
    """

    id: str
    referral_id: str
    matter_id: str
    organisation_id: str
    code: str
    state: QuestionState
    asked_by: str
    asked_at: datetime
    answered_by: str | None
    answered_at: datetime | None

    @property
    def choices(self) -> tuple[str, ...]:
        """The answers to tap."""
        return QUESTIONS.get(self.code, ())


def to_offer(asked: Collection[Question], agreed: Collection[Field]) -> tuple[str, ...]:
    """Return which questions a receiver may ask the person now. `agreed`: the fields of their consent."""
    open_now = [one for one in asked if one.state in WAITING]
    if len(open_now) >= MOST_OPEN:
        return ()
    once = {one.code for one in asked if one.code not in _ASKED_AGAIN or one.state is not QuestionState.ANSWERED}
    return tuple(code for code in QUESTIONS if code not in once and _SAYS_ALREADY.get(code) not in agreed)


# --- the receiver asks ------------------------------------------------------------------------------------------


async def ask_person(
    connection: AsyncConnection, vault: Vault, referral_id: str, code: str, by: str, now: datetime
) -> str:
    """Ask the person one of QUESTIONS and knock for it; return the question's id.

    Raises StepRefusedError, TooManyQuestionsError, UnfitQuestionError, store.MatterGoneError.
    """
    knock = Effect("knock", {"news": "question"})
    whole = await _step(connection, vault, referral_id, (knock,), "ask", by, now)
    asked = await of_referral(connection, referral_id)
    _need_room(asked)
    if code not in to_offer(asked, whole.consent(whole.referral(referral_id).consent_id).fields):
        raise UnfitQuestionError("not to be asked now")
    return await _add(connection, referral_id, code, QuestionState.WAITS_PERSON, by, now)


async def ask_staff(
    connection: AsyncConnection, vault: Vault, referral_id: str, words: str, by: str, now: datetime
) -> str:
    """Ask staff in free words, which the person never gets to see; return the question's id. Raises as `ask_person`."""
    said = words.strip()
    if not said or len(said) > LONGEST_WORDS:
        raise UnfitQuestionError("no words, or too many")
    call = Effect("call_staff", {"reason": "question"})
    whole = await _step(connection, vault, referral_id, (call,), "ask_us", by, now)
    _need_room(await of_referral(connection, referral_id))
    made = await _add(connection, referral_id, WORDS, QuestionState.WAITS_STAFF, by, now)
    await _seal(connection, vault, whole, made, "sealed_words", {"text": said})
    return made


async def of_referral(connection: AsyncConnection, referral_id: str) -> list[Question]:
    """Return all questions about a referral, oldest first."""
    mine = referral_question.c.referral_id == referral_id
    return await _found(connection, _all().where(mine))


async def answers_to(connection: AsyncConnection, referrals: Collection[str]) -> dict[str, int]:
    """Return how many questions about these referrals have their answer, or the word that there will be none."""
    mine = referral_question.c.referral_id.in_(referrals)
    is_over = referral_question.c.state.in_([QuestionState.ANSWERED, QuestionState.NOT_SAID])
    query = select(referral_question.c.referral_id, func.count()).where(mine, is_over)
    rows = (await connection.execute(query.group_by(referral_question.c.referral_id))).all()
    return {row[0]: int(row[1]) for row in rows}


async def told_to_receiver(
    connection: AsyncConnection, vault: Vault, one: Question, now: datetime
) -> tuple[str | None, Value | None]:
    """Return their own words, and the answer if it may be told now; her own words wait until they have accepted."""
    whole = await store.load(connection, one.matter_id)
    asked = whole.referral(one.referral_id)
    if not _is_open(whole, one.referral_id, now):
        return None, None
    written = await words_of(connection, vault, one.id)
    if one.state is not QuestionState.ANSWERED:
        return written, None
    value = await _opened(connection, vault, one.id, "sealed_answer")
    is_in_own_words = one.answered_by is None and value is not None and not value.keys() <= {"code"}
    return written, None if is_in_own_words and asked.state is ReferralState.OFFERED else value


# --- the person answers -----------------------------------------------------------------------------------------


async def open_for_person(connection: AsyncConnection, chat_id: str) -> list[Question]:
    """Return what waits for an answer of the person of this chat, oldest first."""
    mine = (matter.c.chat_id == chat_id) & (referral_question.c.state == QuestionState.WAITS_PERSON)
    return [one for one in await _found(connection, _all().where(mine)) if one.state is QuestionState.WAITS_PERSON]


async def load(connection: AsyncConnection, question_id: str) -> Question:
    """Return a question. Raises QuestionGoneError."""
    found = await _found(connection, _all().where(referral_question.c.id == question_id))
    if not found:
        raise QuestionGoneError("no such question")
    return found[0]


async def note_answer(connection: AsyncConnection, vault: Vault, question_id: str, value: Value) -> str:
    """Keep an answer, sealed, to be shown to her: nobody is told yet. Return the mark that her yes must carry.

    `value`: {"code": one of the choices} or {"text": ...} or {"media": id}. Raises QuestionGoneError.
    """
    one = await _waiting(connection, question_id, QuestionState.WAITS_PERSON)
    if "code" in value and value["code"] not in one.choices:
        raise QuestionGoneError("no such answer")
    whole = await store.load(connection, one.matter_id)
    await _seal(connection, vault, whole, question_id, "sealed_answer", value)
    return _mark(vault, question_id, value)


async def noted_answer(connection: AsyncConnection, vault: Vault, question_id: str) -> Value | None:
    """Return the answer that she gave last, told or not."""
    return await _opened(connection, vault, question_id, "sealed_answer")


async def tell(connection: AsyncConnection, vault: Vault, question_id: str, mark: str, now: datetime) -> Question:
    """She said yes to this answer: who asked is told. Raises QuestionGoneError, NotAsShownError, StepRefusedError."""
    one = await load(connection, question_id)
    news = Effect("notify", {"referral": one.referral_id, "news": "answer"})
    await _step(connection, vault, one.referral_id, (news,), "tell_answer", audit.PERSON, now)
    await _waiting(connection, question_id, QuestionState.WAITS_PERSON)
    value = await noted_answer(connection, vault, question_id)
    if value is None or not hmac.compare_digest(mark.encode(), _mark(vault, question_id, value).encode()):
        raise NotAsShownError("this is not the answer that was shown")
    await _set(connection, question_id, state=QuestionState.ANSWERED, answered_at=now)
    return await load(connection, question_id)


async def not_say(connection: AsyncConnection, vault: Vault, question_id: str, now: datetime) -> None:
    """She would rather not say; what she noted is gone. Raises QuestionGoneError, StepRefusedError."""
    one = await load(connection, question_id)
    news = Effect("notify", {"referral": one.referral_id, "news": "answer"})
    await _step(connection, vault, one.referral_id, (news,), "not_say", audit.PERSON, now)
    await _waiting(connection, question_id, QuestionState.WAITS_PERSON)
    await _set(connection, question_id, state=QuestionState.NOT_SAID, answered_at=now, sealed_answer=None)


# --- staff answer -----------------------------------------------------------------------------------------------


async def open_for_staff(connection: AsyncConnection, matter_id: str | None = None) -> list[Question]:
    """Return what receivers asked staff and nobody answered yet, oldest first; of one matter or of all."""
    waits = referral_question.c.state == QuestionState.WAITS_STAFF
    query = _all().where(waits if matter_id is None else waits & (matter.c.id == matter_id))
    return [one for one in await _found(connection, query) if one.state is QuestionState.WAITS_STAFF]


async def words_of(connection: AsyncConnection, vault: Vault, question_id: str) -> str | None:
    """Return a receiver's free words; the caller audits the look."""
    value = await _opened(connection, vault, question_id, "sealed_words")
    return None if value is None else str(value["text"])


async def answer_as_staff(
    connection: AsyncConnection, vault: Vault, question_id: str, words: str, staff_id: str, now: datetime
) -> None:
    """Answer a receiver in words of ours. Raises QuestionGoneError, UnfitQuestionError, StepRefusedError."""
    said = words.strip()
    if not said or len(said) > LONGEST_WORDS:
        raise UnfitQuestionError("no words, or too many")
    one = await load(connection, question_id)
    news = Effect("notify", {"referral": one.referral_id, "news": "answer"})
    whole = await _step(connection, vault, one.referral_id, (news,), "answer_them", staff_id, now)
    await _waiting(connection, question_id, QuestionState.WAITS_STAFF)
    await _seal(connection, vault, whole, question_id, "sealed_answer", {"text": said})
    await _set(connection, question_id, state=QuestionState.ANSWERED, answered_at=now, answered_by=staff_id)


# --- how it is kept ---------------------------------------------------------------------------------------------


def _is_open(whole: Matter, referral_id: str, now: datetime) -> bool:
    asked = whole.referral(referral_id)
    return asked.state in OPEN and gate.why_not(whole, whole.consent(asked.consent_id), now) is None


async def _step(
    connection: AsyncConnection,
    vault: Vault,
    referral_id: str,
    effects: tuple[Effect, ...],
    name: str,
    actor: str,
    now: datetime,
) -> Matter:
    """Lock the matter, refuse where the gate is shut, write down that something was asked or answered."""

    def step(one: Matter) -> Stepped:
        if not _is_open(one, referral_id, now):
            raise StepRefusedError("this referral has ended")
        return one, effects

    matter_id = await store.of_referral(connection, referral_id)
    return await deeds.take_step(connection, vault, matter_id, step, name=name, actor=actor, now=now)


def _need_room(asked: Collection[Question]) -> None:
    if sum(one.state in WAITING for one in asked) >= MOST_OPEN:
        raise TooManyQuestionsError("three wait for an answer")


async def _add(
    connection: AsyncConnection, referral_id: str, code: str, state: QuestionState, by: str, now: datetime
) -> str:
    made = uuid.uuid4().hex
    row = {"id": made, "referral_id": referral_id, "code": code, "state": state, "asked_by": by, "asked_at": now}
    await connection.execute(insert(referral_question).values(row))
    return made


async def _waiting(connection: AsyncConnection, question_id: str, state: QuestionState) -> Question:
    one = await load(connection, question_id)
    if one.state is not state:
        raise QuestionGoneError("it does not wait any more")
    return one


async def _set(connection: AsyncConnection, question_id: str, **values: object) -> None:
    await connection.execute(update(referral_question).where(referral_question.c.id == question_id).values(values))


async def _seal(
    connection: AsyncConnection, vault: Vault, whole: Matter, question_id: str, column: str, value: Value
) -> None:
    query = select(chat.c.key_id).where(chat.c.id == whole.chat_id)
    key_id = str((await connection.execute(query)).scalar_one())
    place = Place("referral_question", column, question_id)
    sealed = await vault.seal(connection, key_id, place, json.dumps(value, ensure_ascii=False).encode())
    await _set(connection, question_id, **{column: sealed})


async def _opened(connection: AsyncConnection, vault: Vault, question_id: str, column: str) -> Value | None:
    query = select(referral_question.c[column], chat.c.key_id).join(referral).join(matter).join(chat)
    row = (await connection.execute(query.where(referral_question.c.id == question_id))).one_or_none()
    if row is None or row[0] is None:
        return None
    opened = await vault.open(connection, row.key_id, Place("referral_question", column, question_id), row[0])
    value: Value = json.loads(opened)
    return value


def _mark(vault: Vault, question_id: str, value: Value) -> str:
    written = json.dumps([question_id, value], ensure_ascii=False, sort_keys=True)
    return vault.keyring.look_up("shown", written)[:_MARK_LENGTH]


def _all() -> Select[Any]:
    plain = [one for one in referral_question.c if not one.name.startswith("sealed_")]
    about = (referral.c.matter_id, referral.c.organisation_id, referral.c.state.label("referral_state"))
    query = select(*plain, *about).join(referral, referral.c.id == referral_question.c.referral_id)
    return query.join(matter, matter.c.id == referral.c.matter_id).order_by(
        referral_question.c.asked_at, referral_question.c.id
    )


async def _found(connection: AsyncConnection, query: Select[Any]) -> list[Question]:
    return [_question(row) for row in (await connection.execute(query)).all()]


def _question(row: Row[Any]) -> Question:
    has_ended = ReferralState(row.referral_state) not in OPEN
    return Question(
        id=row.id, referral_id=row.referral_id, matter_id=row.matter_id, organisation_id=row.organisation_id,
        code=row.code, state=QuestionState.ENDED if has_ended else QuestionState(row.state), asked_by=row.asked_by,
        asked_at=row.asked_at, answered_by=row.answered_by, answered_at=row.answered_at,
    )  # fmt: skip
