"""What a receiver asks: told with her yes to exactly that answer, while her consent lives; free words reach staff only."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from tests.console.sent_matters import A, B, accepted, sent, withdrawn
from thangdee.casework.alerts import alert
from thangdee.casework.referrals import questions
from thangdee.casework.referrals.deeds import NotAsShownError
from thangdee.casework.referrals.model import Field
from thangdee.casework.referrals.questions import (
    QUESTIONS,
    Question,
    QuestionGoneError,
    QuestionState,
    TooManyQuestionsError,
    UnfitQuestionError,
)
from thangdee.casework.referrals.steps import StepRefusedError
from thangdee.core.jobs import job


@pytest.fixture
def here(database, vault, clock):
    return SimpleNamespace(database=database, vault=vault, clock=clock)


async def ask(here, matter, code: str = "which_day") -> str:
    async with here.database.write() as connection:
        return await questions.ask_person(connection, here.vault, matter.current.id, code, "somchai", here.clock.now())


async def answer(here, question: str, value) -> str:
    async with here.database.write() as connection:
        return await questions.note_answer(connection, here.vault, question, value)


async def tell(here, question: str, mark: str) -> Question:
    async with here.database.write() as connection:
        return await questions.tell(connection, here.vault, question, mark, here.clock.now())


async def told(here, question: str):
    async with here.database.read() as connection:
        one = await questions.load(connection, question)
        return (await questions.told_to_receiver(connection, here.vault, one, here.clock.now()))[1]


async def jobs_of(here, kind: str) -> int:
    async with here.database.read() as connection:
        return len((await connection.execute(select(job.c.uid).where(job.c.kind == kind))).all())


async def test_an_answer_is_told_with_her_yes_to_exactly_this_answer(here) -> None:
    matter = await sent(here)
    knocks, notices = await jobs_of(here, "knock"), await jobs_of(here, "notify")
    question = await ask(here, matter)
    assert await jobs_of(here, "knock") == knocks + 1

    first = await answer(here, question, {"code": "today"})
    second = await answer(here, question, {"code": "tomorrow"})
    with pytest.raises(NotAsShownError):
        await tell(here, question, first)  # the button under another answer
    assert await told(here, question) is None
    assert (await tell(here, question, second)).state is QuestionState.ANSWERED

    assert await told(here, question) == {"code": "tomorrow"}
    assert await jobs_of(here, "notify") == notices + 1
    with pytest.raises(QuestionGoneError):
        await tell(here, question, second)
    with pytest.raises(QuestionGoneError):
        await answer(here, question, {"code": "later"})


async def test_own_words_wait_until_the_receiver_has_accepted(here) -> None:
    matter = await sent(here)
    question = await ask(here, matter)
    await tell(here, question, await answer(here, question, {"text": "canary"}))

    before = await told(here, question)
    await accepted(here, matter)

    assert (before, await told(here, question)) == (None, {"text": "canary"})


async def test_what_was_taken_back_is_neither_asked_nor_told(here) -> None:
    matter = await sent(here)
    open_one, told_one = await ask(here, matter), await ask(here, matter, "fetch")
    mark = await answer(here, open_one, {"code": "today"})
    await tell(here, told_one, await answer(here, told_one, {"code": "yes"}))
    await withdrawn(here, matter)

    assert await told(here, told_one) is None
    with pytest.raises(StepRefusedError):
        await tell(here, open_one, mark)
    with pytest.raises(StepRefusedError):
        await ask(here, matter, "safe_to_call")
    async with here.database.read() as connection:
        assert await questions.open_for_person(connection, matter.chat_id) == []
        assert (await questions.load(connection, open_one)).state is QuestionState.ENDED


async def test_a_lapsed_consent_tells_no_answer(here) -> None:
    question = await ask(here, await sent(here))
    await tell(here, question, await answer(here, question, {"code": "today"}))
    here.clock.advance(timedelta(days=90))

    assert await told(here, question) is None


async def test_the_next_receiver_sees_no_answer_to_another(here) -> None:
    matter = await sent(here, A, B)
    question = await ask(here, matter)
    async with here.database.read() as connection:
        assert [one.id for one in await questions.of_referral(connection, matter.current.id)] == [question]
        assert await questions.of_referral(connection, "another") == []


async def test_she_would_rather_not_say(here) -> None:
    matter = await sent(here)
    question = await ask(here, matter, "fetch")
    await answer(here, question, {"text": "canary"})
    async with here.database.write() as connection:
        await questions.not_say(connection, here.vault, question, here.clock.now())

        assert await questions.noted_answer(connection, here.vault, question) is None
        assert (await questions.load(connection, question)).state is QuestionState.NOT_SAID
    assert await told(here, question) is None
    with pytest.raises(UnfitQuestionError):
        await ask(here, matter, "fetch")  # not again


async def test_three_wait_at_most_and_nothing_known_is_asked(here) -> None:
    matter = await sent(here)
    for known in ("children", "language", "no such"):  # said in the consent already (R44)
        with pytest.raises(UnfitQuestionError):
            await ask(here, matter, known)
    asked = [await ask(here, matter, code) for code in ("which_day", "fetch", "safe_to_call")]
    with pytest.raises(TooManyQuestionsError):
        await ask(here, matter)

    await tell(here, asked[0], await answer(here, asked[0], {"code": "today"}))
    await ask(here, matter, "which_day")  # the day may change
    assert questions.to_offer([], [Field.NEED]) == tuple(QUESTIONS)


async def test_free_words_reach_staff_and_never_the_person(here) -> None:
    matter = await sent(here)
    async with here.database.write() as connection:
        question = await questions.ask_staff(
            connection, here.vault, matter.current.id, " canary ", "somchai", here.clock.now()
        )

        assert await questions.open_for_person(connection, matter.chat_id) == []
        assert [one.id for one in await questions.open_for_staff(connection)] == [question]
        assert await questions.words_of(connection, here.vault, question) == "canary"
        assert (await connection.execute(select(alert.c.reason))).scalars().all() == ["referral_question"]
    async with here.database.write() as connection:
        await questions.answer_as_staff(connection, here.vault, question, "wait", "noy", here.clock.now())
        assert await questions.open_for_staff(connection) == []
    assert await told(here, question) == {"text": "wait"}
