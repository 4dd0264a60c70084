"""Consent: one yes a purpose (R2), rows that only grow, new words ask again (R3)."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.clock import SetClock
from tests.hotline import Hotline
from thangdee.casework import consent
from thangdee.casework.chats import Chat, Chats
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.transcripts import said
from thangdee.core.database import Database
from thangdee.core.vault import Vault
from thangdee.core.words import text

ASKS_TO_KEEP = text("consent.keep_chat", "lo")


async def _someone(database: Database, vault: Vault, clock: SetClock) -> Chat:
    async with database.write() as connection:
        return await Chats(connection, vault).of(5, clock.now())


async def _answer(database: Database, who: Chat, purpose: Purpose, clock: SetClock, *, is_yes: bool) -> None:
    clock.advance(timedelta(seconds=1))
    async with database.write() as connection:
        await consent.record(connection, who, purpose, is_yes=is_yes, given_by=GivenBy.TAPPED, now=clock.now())


async def _allowed(database: Database, who: Chat) -> dict[Purpose, bool]:
    async with database.read() as connection:
        return {one: await consent.allows(connection, who.id, one) for one in Purpose}


async def _rows(database: Database) -> list[tuple]:
    async with database.read() as connection:
        query = select(
            consent.consent.c.purpose, consent.consent.c.is_yes, consent.consent.c.given_by, consent.consent.c.at
        )
        return [tuple(row) for row in (await connection.execute(query.order_by(consent.consent.c.at))).all()]


async def _lines_kept(hotline: Hotline) -> int:
    async with hotline.installation.database.read() as connection:
        return len((await connection.execute(select(said.c.id))).all())


async def _say_later(hotline: Hotline, phone, words: str) -> list:
    hotline.clock.advance(timedelta(seconds=20))
    return await hotline.say(phone, words)


async def _press_later(hotline: Hotline, phone, button: str) -> list:
    hotline.clock.advance(timedelta(seconds=20))
    return await hotline.press(phone, button)


@pytest.mark.parametrize("given", list(Purpose))
async def test_consent_is_per_purpose(database: Database, vault: Vault, clock: SetClock, given: Purpose) -> None:
    who = await _someone(database, vault, clock)
    before = await _allowed(database, who)

    await _answer(database, who, given, clock, is_yes=True)

    assert set(before.values()) == {False}
    assert await _allowed(database, who) == {one: one is given for one in Purpose}


async def test_the_last_answer_counts_and_the_former_ones_stay(
    database: Database, vault: Vault, clock: SetClock
) -> None:
    who = await _someone(database, vault, clock)
    seen, grown = [], []
    for is_yes in (True, False, True, False):
        await _answer(database, who, Purpose.KEEP_CHAT, clock, is_yes=is_yes)
        seen.append((await _allowed(database, who))[Purpose.KEEP_CHAT])
        grown.append(await _rows(database))

    assert seen == [True, False, True, False]
    assert [len(rows) for rows in grown] == [1, 2, 3, 4]
    assert all(later[: len(earlier)] == earlier for earlier, later in itertools.pairwise(grown))


async def test_a_yes_of_one_person_is_not_anothers(database: Database, vault: Vault, clock: SetClock) -> None:
    who = await _someone(database, vault, clock)
    async with database.write() as connection:
        other = await Chats(connection, vault).of(6, clock.now())

    await _answer(database, who, Purpose.KEEP_CHAT, clock, is_yes=True)

    assert set((await _allowed(database, other)).values()) == {False}


async def test_a_yes_to_keeping_does_not_call_staff(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)
    for button in ("m:more", "m:help"):
        await _press_later(blind_hotline, phone, button)

    [asked] = await _press_later(blind_hotline, phone, "i:talk_to_human")
    before = await blind_hotline.alerts()
    [called] = await _press_later(blind_hotline, phone, "y:talk_to_staff")

    assert asked.text == text("consent.talk_to_staff", "lo")
    assert before == []
    assert called.text == text("person.called_off_duty", "lo")
    assert len(await blind_hotline.alerts()) == 1


async def test_a_yes_taken_back_ends_the_keeping_and_both_answers_stay(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)
    await _say_later(blind_hotline, phone, "ສະບາຍດີ")
    kept = await _lines_kept(blind_hotline)

    await _press_later(blind_hotline, phone, "n:keep_chat")
    after_no = await _lines_kept(blind_hotline)
    await _say_later(blind_hotline, phone, "ສະບາຍດີ")

    assert kept > 0
    assert await _lines_kept(blind_hotline) == after_no
    rows = await _rows(blind_hotline.installation.database)
    assert [(purpose, is_yes, by) for purpose, is_yes, by, _ in rows] == [
        ("keep_chat", True, "tapped"),
        ("keep_chat", False, "tapped"),
    ]


async def test_the_question_is_asked_once(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=False)

    for button in ("m:work", "m:rights"):
        await _press_later(blind_hotline, phone, button)
    told = await _press_later(blind_hotline, phone, "i:info_wages_hours")
    [again] = await _press_later(blind_hotline, phone, "l:lo")

    assert [sent.text for sent in told if ASKS_TO_KEEP in sent.text] == []
    assert ASKS_TO_KEEP not in again.text


@pytest.mark.parametrize("answered", [True, False, None])
async def test_consent_version_change_asks_again(
    blind_hotline: Hotline, monkeypatch: pytest.MonkeyPatch, answered: bool | None
) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=answered)
    await _say_later(blind_hotline, phone, "/menu")
    await _press_later(blind_hotline, phone, "m:work")
    await _press_later(blind_hotline, phone, "m:rights")
    before = await _lines_kept(blind_hotline)

    # What an update of the program with new words does.
    monkeypatch.setattr(consent, "CONSENT_VERSION", consent.CONSENT_VERSION + 1)
    answer, question = await _press_later(blind_hotline, phone, "i:info_wages_hours")
    unkept = await _lines_kept(blind_hotline)
    await _press_later(blind_hotline, phone, "y:keep_chat")
    await _say_later(blind_hotline, phone, "ສະບາຍດີ")

    assert answer.text.startswith(text("answers.info_wages_hours", "lo"))
    assert question.text == ASKS_TO_KEEP
    assert unkept == before
    assert await _lines_kept(blind_hotline) > unkept
