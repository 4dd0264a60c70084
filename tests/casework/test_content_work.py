"""Figures by two people, the work list, and what the bot did not understand."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.casework.test_content_editions import KEY, LANGUAGES, published
from tests.clock import SetClock
from thangdee.casework import consent, transcripts
from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.content import editions, figure_entries, misunderstood, wishes
from thangdee.casework.content.figure_entries import (
    Checked,
    EntryMovedError,
    EntryState,
    OwnEntryError,
    UnfitFigureError,
    UnknownFigureError,
)
from thangdee.casework.content.library import About, Library, OnPhone
from thangdee.casework.content.wishes import UnfitWishError, WishGoneError
from thangdee.casework.content.work_list import work_list
from thangdee.casework.transcripts import Direction, Line
from thangdee.core import words
from thangdee.core.database import Database
from thangdee.referral_directory import figures

RECORDS = [
    {"key": "p", "country": "th", "kind": "phone", "purpose": "police", "crisis": True, "sample": "s"},
    {"key": "f", "country": "la", "kind": "fee", "purpose": "passport", "sample": "s"},
]
GOOD = Checked("made-up 0", "called by a made-up person", is_checked=True)


@pytest.fixture(autouse=True)
def own_words():
    yield
    words.overlay({})


@pytest.fixture
async def figured(database: Database):
    async with database.write() as connection:
        await figures.seed(connection, RECORDS)
    return database


async def _shown(connection, clock) -> dict[str, str]:
    return figures.shown_figures(await figures.all_figures(connection), clock.now(), demo=False).values


async def test_a_phone_number_is_hidden_until_a_second_person_called_it(figured, clock: SetClock) -> None:
    number = replace(GOOD, value="999 000 (made up)")
    async with figured.write() as connection:
        assert await figure_entries.enter(connection, "p", number, "noy", clock.now()) is EntryState.WAITING
        assert await _shown(connection, clock) == {}
        [entry] = await figure_entries.waiting(connection)
        with pytest.raises(EntryMovedError):
            await figure_entries.enter(connection, "p", number, "keo", clock.now())
        with pytest.raises(OwnEntryError):
            await figure_entries.confirm(connection, entry.id, "noy", clock.now())
        await figure_entries.confirm(connection, entry.id, "keo", clock.now())
        assert await _shown(connection, clock) == {"p": "999 000 (made up)"}
        with pytest.raises(EntryMovedError):
            await figure_entries.refuse(connection, entry.id, "keo", clock.now())
        clock.advance(timedelta(days=181))
        assert await _shown(connection, clock) == {}


async def test_a_refused_number_leaves_what_stood_and_a_fee_stands_at_once(figured, clock: SetClock) -> None:
    async with figured.write() as connection:
        await figure_entries.enter(connection, "p", GOOD, "noy", clock.now())
        [entry] = await figure_entries.waiting(connection)
        await figure_entries.refuse(connection, entry.id, "noy", clock.now())
        await figure_entries.enter(connection, "f", replace(GOOD, value="10 (made up)"), "noy", clock.now())

        assert await _shown(connection, clock) == {"f": "10 (made up)"}
        assert [one.state for one in await figure_entries.entries_of(connection, "p")] == [EntryState.REFUSED]


@pytest.mark.parametrize(
    "changed", [{"value": "no digit"}, {"source": " "}, {"is_checked": False}, {"value": "1" * 81}]
)
async def test_a_figure_needs_a_value_a_source_and_a_check_of_today(figured, clock: SetClock, changed) -> None:
    async with figured.write() as connection:
        with pytest.raises(UnfitFigureError):
            await figure_entries.enter(connection, "p", replace(GOOD, **changed), "noy", clock.now())
        with pytest.raises(UnknownFigureError):
            await figure_entries.enter(connection, "none", GOOD, "noy", clock.now())


def _library() -> Library:
    read = dict.fromkeys(LANGUAGES, "a reader")
    own = [
        About(KEY, review_by=date(2027, 5, 1), reviewed_by=read),
        About("answers.info_border_pass", review_by=date(2026, 11, 1), reviewed_by=read),
        About("answers.info_legal_work", review_by=date(2026, 12, 1), reviewed_by=read | {"th": None}),
    ]
    return Library(own, {"VFI19": "A study"}, lambda key, language: OnPhone(words.text(key, language)), ("new_intent",))


async def test_the_work_list_holds_what_is_missing_old_or_waiting(figured, clock: SetClock) -> None:
    library = _library()
    async with figured.write() as connection:
        await figure_entries.enter(connection, "f", replace(GOOD, value="10"), "noy", clock.now())
        await wishes.wish(connection, "How to send money home", "noy", clock.now())
        listed = await work_list(connection, library, clock.now())

    assert [one.key for one in listed.overdue] == ["answers.info_border_pass"]
    assert [one.key for one in listed.due_soon] == ["answers.info_legal_work"]
    assert [(one.key, one.unread) for one in listed.unread] == [("answers.info_legal_work", ["th"])]
    assert [one.key for one in listed.crisis_figures] == ["p"]
    assert listed.without_answer == ("new_intent",)
    assert [one.wanted for one in listed.wishes] == ["How to send money home"]
    assert [one.languages for one in listed.unheard] == [LANGUAGES] * 3
    assert listed.count == 9


async def test_a_published_text_survives_an_upgrade_and_is_listed_when_the_programs_own_changed(
    figured, clock: SetClock
) -> None:
    library = _library()
    async with figured.write() as connection:
        live = await published(connection, clock)
        await library.refresh(connection)
        before = await work_list(connection, library, clock.now())
        older = editions.edition.update().values(based_on="of an older version")
        await connection.execute(older)
        await library.refresh(connection)
        after = await work_list(connection, library, clock.now())

    assert (len(before.program_changed), [one.id for one in after.program_changed]) == (0, [live.id])
    assert words.text(KEY, "lo") == live.draft.texts["lo"] != words.own(KEY, "lo")
    assert library.about(KEY).reviewed_by == dict.fromkeys(LANGUAGES, "boss")
    assert library.about_answer(KEY)["sources"] == ["VFI19: A study"]
    assert library.about_answer("chat.welcome") is None


async def test_a_text_that_the_program_no_longer_has_harms_nothing(figured, clock: SetClock) -> None:
    library = _library()
    async with figured.write() as connection:
        await published(connection, clock)
        await connection.execute(editions.edition.update().values(key="answers.gone", live_for="answers.gone"))
        await library.refresh(connection)
        listed = await work_list(connection, library, clock.now())

    assert [one.key for one in listed.program_changed] == ["answers.gone"]
    assert words.text(KEY, "lo") == words.own(KEY, "lo")


async def test_a_wish_holds_no_contact_and_is_done_once(figured, clock: SetClock) -> None:
    async with figured.write() as connection:
        for unfit in ("", "call 020 5555 1234", "x" * 201):
            with pytest.raises(UnfitWishError):
                await wishes.wish(connection, unfit, "noy", clock.now())
        wish_id = await wishes.wish(connection, "Insurance of workers", "noy", clock.now())
        await wishes.done(connection, wish_id, "keo", clock.now())
        with pytest.raises(WishGoneError):
            await wishes.done(connection, wish_id, "keo", clock.now())
        assert await wishes.open_wishes(connection) == []


async def _tell(
    database, vault, clock, address: int, *texts: str, learns: bool = True, reply="chat.did_you_mean"
) -> None:
    async with database.write() as connection:
        who = await Chats(connection, vault).of(address, clock.now())
        if learns:
            agreed = {"is_yes": True, "given_by": GivenBy.TAPPED, "now": clock.now()}
            await consent.record(connection, who, Purpose.RESEARCH, **agreed)
        for text in texts:
            clock.advance(timedelta(seconds=1))
            heard = Line(Direction.IN, clock.now(), {"text": text, "deed": "text"}, "out_of_scope", "none")
            await transcripts.keep(connection, vault, who, heard)
            await transcripts.keep(connection, vault, who, Line(Direction.BOT, clock.now(), {"say": [reply]}))


async def test_content_editors_see_only_what_two_who_agreed_wrote_alike(database, vault, clock: SetClock) -> None:
    await _tell(database, vault, clock, 1, "ຂ້ອຍຢາກສົ່ງເງິນກັບບ້ານ ທ້າວຄຳ", "a thing that one wrote alone")
    await _tell(database, vault, clock, 2, "ຂ້ອຍຢາກສົ່ງເງິນກັບບ້ານ ນາງແກ້ວ", "ຂ້ອຍຢາກສົ່ງເງິນກັບບ້ານ")
    await _tell(database, vault, clock, 3, "ຂ້ອຍຢາກສົ່ງເງິນກັບບ້ານ", learns=False)
    async with database.read() as connection:
        found = await misunderstood.not_understood(connection, vault, clock.now())

    [group] = found.groups
    assert "ຂ້ອຍຢາກສົ່ງເງິນກັບບ້ານ" in group.words
    assert "ຄຳ" not in group.words
    assert "ແກ້ວ" not in group.words
    assert (group.chats, group.lines) == (2, 3)
    assert (found.lines, found.others) == (5, 2)


async def test_most_frequent_first_none_older_than_thirty_days_none_while_the_reader_was_away(
    database, vault, clock: SetClock
) -> None:
    for person in (1, 2):
        await _tell(database, vault, clock, person, "an old question about nothing")
    clock.advance(timedelta(days=31))
    for person in (3, 4, 5):
        await _tell(database, vault, clock, person, "can I bring my dog along")
    for person in (6, 7):
        await _tell(database, vault, clock, person, "do you sell train tickets")
        await _tell(database, vault, clock, person, "where is my food", reply="chat.menu_without_understanding")
    async with database.read() as connection:
        found = await misunderstood.not_understood(connection, vault, clock.now())

    assert [(one.words, one.chats) for one in found.groups] == [
        ("can I bring my dog along", 3), ("do you sell train tickets", 2),
    ]  # fmt: skip
