"""Texts change by two people, in every process, and come back to the program's own words by two."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.clock import SetClock
from thangdee.casework.content import editions, publishing, wording
from thangdee.casework.content.editions import Deed, Draft, EditionMovedError, EditionState
from thangdee.casework.content.publishing import (
    Editor,
    NeedsSupervisorError,
    NotReadOverError,
    OwnEditionError,
    UnfitEditionError,
    WordNeededError,
)
from thangdee.core import words
from thangdee.core.database import Database
from thangdee.core.words import LANGUAGES

KEY, CARD = "answers.info_passport", "crisis.danger_now"
NOY, KEO, BOSS = Editor("noy"), Editor("keo"), Editor("boss", is_supervisor=True)
DOCUMENTS = ("VFI19",)
CHANGED = {"lo": "ປ່ຽນ", "th": "เปลี่ยน", "en": "Changed"}


@pytest.fixture(autouse=True)
def own_words():
    yield
    words.overlay({})


def draft(key: str = KEY, **changed: str) -> Draft:
    texts = {one: words.own(key, one) for one in LANGUAGES} | changed
    return Draft(texts, ("VFI19",), "", date(2027, 5, 1), "a clearer word")


def other(key: str, language: str) -> str:
    """The same text with one more word in its last line."""
    return words.own(key, language).rstrip() + {"lo": " ດີ", "th": " ดี", "en": " Good."}[language]


async def proposed(connection, clock, by=NOY, key=KEY, text=None):
    written = await publishing.save_draft(connection, key, text or draft(key, lo=other(key, "lo")), by, clock.now())
    await publishing.propose(connection, written.id, written.revision, DOCUMENTS, by, clock.now())
    return await editions.get(connection, written.id)


async def published(connection, clock, key=KEY, text=None):
    one = await proposed(connection, clock, NOY, key, text)
    await publishing.publish(connection, one.id, one.revision, LANGUAGES, BOSS, clock.now())
    return await editions.get(connection, one.id)


async def test_a_second_person_publishes_and_people_read_it(database: Database, clock: SetClock) -> None:
    async with database.write() as connection:
        one = await proposed(connection, clock)
        with pytest.raises(OwnEditionError):
            await publishing.publish(connection, one.id, one.revision, LANGUAGES, NOY, clock.now())
        await publishing.publish(connection, one.id, one.revision, ["lo"], KEO, clock.now())
        live = await editions.live_editions(connection)
        deeds = [past.deed for past in await editions.history(connection, KEY)]
    words.overlay(editions.published_words(live))

    assert words.text(KEY, "lo") == other(KEY, "lo")
    assert words.own(KEY, "lo") != words.text(KEY, "lo")
    assert live[0].read_by == {"lo": "keo"}
    assert live[0].unread == ["th", "en"]
    assert deeds == [Deed.PUBLISH, Deed.READ, Deed.PROPOSE, Deed.WRITE]


async def test_a_language_that_changed_is_read_over_before_it_goes_out(database: Database, clock: SetClock) -> None:
    async with database.write() as connection:
        one = await proposed(connection, clock)
        for read in ([], ["th"]):
            with pytest.raises(NotReadOverError):
                async with connection.begin_nested():
                    await publishing.publish(connection, one.id, one.revision, read, KEO, clock.now())
        await publishing.read_over(connection, one.id, one.revision, ["lo"], BOSS, clock.now())
        await publishing.publish(connection, one.id, one.revision, [], KEO, clock.now())
        live = await editions.live_edition(connection, KEY)

    assert live.read_by == {"lo": "boss"}


@pytest.mark.parametrize(("writer", "second"), [(BOSS, KEO), (NOY, BOSS)])
async def test_of_the_two_behind_a_crisis_card_one_is_a_supervisor(database, clock, writer, second) -> None:
    async with database.write() as connection:
        card = await proposed(connection, clock, writer, CARD)
        if not writer.is_supervisor:
            with pytest.raises(NeedsSupervisorError):
                await publishing.publish(connection, card.id, card.revision, LANGUAGES, KEO, clock.now())
        await publishing.publish(connection, card.id, card.revision, LANGUAGES, second, clock.now())

        assert (await editions.live_edition(connection, CARD)).published_by == second.staff_id


async def test_sent_back_with_a_word_it_is_a_draft_again(database: Database, clock: SetClock) -> None:
    async with database.write() as connection:
        one = await proposed(connection, clock)
        with pytest.raises(WordNeededError):
            await publishing.send_back(connection, one.id, one.revision, " ", KEO, clock.now())
        await publishing.send_back(connection, one.id, one.revision, "which office?", KEO, clock.now())
        back = await editions.open_edition(connection, KEY)
        last = (await editions.history(connection, KEY))[0]

    assert (back.id, back.state) == (one.id, EditionState.DRAFT)
    assert (last.deed, last.by, last.word) == (Deed.SEND_BACK, "keo", "which office?")


async def test_two_take_a_published_text_back(database: Database, clock: SetClock) -> None:
    async with database.write() as connection:
        live = await published(connection, clock)
        await publishing.ask_withdrawal(connection, live.id, live.revision, "it is wrong", KEO, clock.now())
        with pytest.raises(OwnEditionError):
            await publishing.withdraw(connection, live.id, live.revision, KEO, clock.now())
        await publishing.keep_published(connection, live.id, live.revision, KEO, clock.now())
        with pytest.raises(EditionMovedError):
            await publishing.withdraw(connection, live.id, live.revision, NOY, clock.now())
        await publishing.ask_withdrawal(connection, live.id, live.revision, "it is wrong", KEO, clock.now())
        await publishing.withdraw(connection, live.id, live.revision, NOY, clock.now())

        assert await editions.live_editions(connection) == []
        assert (await editions.get(connection, live.id)).state is EditionState.WITHDRAWN


async def test_the_next_edition_replaces_the_one_before(database: Database, clock: SetClock) -> None:
    async with database.write() as connection:
        first = await published(connection, clock)
        words.overlay(editions.published_words(await editions.live_editions(connection)))
        again = await proposed(connection, clock, text=draft(lo=other(KEY, "lo"), th=other(KEY, "th")))
        await publishing.publish(connection, again.id, again.revision, ["th"], KEO, clock.now())
        second = await editions.get(connection, again.id)

        assert second.read_by == {"lo": "boss", "th": "keo", "en": "boss"}  # what stayed the same was read before
        assert [one.id for one in await editions.live_editions(connection)] == [second.id]
        assert (await editions.get(connection, first.id)).state is EditionState.REPLACED


async def test_nobody_overwrites_what_a_colleague_wrote_meanwhile(database: Database, clock: SetClock) -> None:
    async def begin(by: Editor) -> bool:
        try:
            async with database.write() as connection:
                await publishing.save_draft(connection, KEY, draft(), by, clock.now())
        except EditionMovedError:
            return False
        return True

    assert sorted(await asyncio.gather(begin(NOY), begin(KEO))) == [False, True]
    async with database.write() as connection:
        one = await editions.open_edition(connection, KEY)
        await publishing.save_draft(connection, KEY, draft(), KEO, clock.now(), revision=one.revision)
        with pytest.raises(EditionMovedError):
            await publishing.propose(connection, one.id, one.revision, DOCUMENTS, NOY, clock.now())


async def test_two_who_publish_at_once_publish_once(database: Database, clock: SetClock) -> None:
    async with database.write() as connection:
        one = await proposed(connection, clock)

    async def publish(by: Editor) -> bool:
        try:
            async with database.write() as connection:
                await publishing.publish(connection, one.id, one.revision, LANGUAGES, by, clock.now())
        except EditionMovedError:
            return False
        return True

    assert sorted(await asyncio.gather(publish(KEO), publish(BOSS))) == [False, True]


async def test_an_unfit_text_is_not_proposed_and_says_why(installation, clock: SetClock) -> None:
    unfit = draft(lo="", th=other(KEY, "th") + " {name}", en=other(KEY, "en") + " Call 12345.")
    unfit = replace(unfit, sources=("MADE_UP",), review_by=clock.now().date() + timedelta(days=400), reason="")
    async with installation.database.write() as connection:
        written = await publishing.save_draft(connection, KEY, unfit, NOY, clock.now())
        with pytest.raises(UnfitEditionError) as raised:
            await publishing.propose(connection, written.id, 1, DOCUMENTS, NOY, clock.now())

    found = {(fault.code, fault.language) for fault in raised.value.faults}
    assert found >= {("empty", "lo"), ("parameters", "th"), ("number", "en")}
    assert found >= {("unknown_source", ""), ("review_by", ""), ("reason", "")}


@pytest.mark.parametrize(
    ("key", "language", "before", "after", "code"),
    [
        (KEY, "en", "\n\n", "\n\nIt is illegal. ", "banned"),
        (KEY, "th", "\n\n", "\n\nຂ້ອຍ ", "script"),
        (KEY, "en", "\n\n", "\n", "lines"),
        (KEY, "en", "\n\n", "\n\n" + "a" * 200 + "\n", "long_line"),
        (KEY, "en", "\n\n", '\n\nPress "🙂 Nothing". ', "button"),
        (KEY, "en", "\n\n", "\n\n<b>Now</b> ", "markup"),
        (KEY, "en", "\n\n", " about your passport\n\n", "first_line"),
        (KEY, "lo", "\n\n", " ອື່ນ\n\n", "opening"),
        (CARD, "en", "\n\n", "\n\nWe are coming to you. ", "promise"),
        (CARD, "lo", "\n\n", "\n\nພວກເຮົາຈະໄປຫາເຈົ້າ. ", "promise"),
        (CARD, "th", "ซ่อน", "", "hide_button"),
        ("answers.paid_finder", "en", "ever pay", "ever give", "trace"),
    ],
)  # fmt: skip
def test_banned_words_promises_and_telling_first_lines_are_found(key, language, before, after, code) -> None:
    texts = {one: words.own(key, one) for one in LANGUAGES}
    assert wording.faults(key, texts) == []

    changed = texts | {language: texts[language].replace(before, after, 1)}
    assert changed != texts
    assert code in {fault.code for fault in wording.faults(key, changed) if fault.language == language}


def test_the_programs_own_texts_keep_the_rules_that_staff_must_keep() -> None:
    rooms = ("answers.", "canned.", "crisis.danger_now", "crisis.self_harm", "crisis.medical_emergency")
    keys = [key for key in words.catalogue("en") if key.startswith(rooms)]

    found = {key: wording.faults(key, {one: words.own(key, one) for one in LANGUAGES}) for key in keys}
    assert {key: faults for key, faults in found.items() if faults} == {}


def test_a_trial_ends_with_its_block_and_changes_nothing_outside() -> None:
    with words.trying({"en": {KEY: "Tried"}}):
        assert words.text(KEY, "en") == "Tried"
        assert words.text(KEY, "lo") == words.own(KEY, "lo")

    assert words.text(KEY, "en") == words.own(KEY, "en")
