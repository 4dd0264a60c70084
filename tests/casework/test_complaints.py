"""Complaints: whom one is about neither reads it nor learns of it; the others answer; what is left is a count."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.casework.referrals.matters import A, kept_draft, kept_yes
from tests.casework.talks import a_chat, a_colleague, take
from thangdee.casework import complaints, conversations, erasure, notices, transcripts
from thangdee.casework.chats import Chats
from thangdee.casework.complaint_rules import (
    ANSWER_WITHIN,
    About,
    ComplaintGoneError,
    ComplaintStepError,
    HearsBy,
    Hidden,
    Reader,
    State,
    may_know,
)
from thangdee.casework.complaint_tables import complaint, complaint_count, complaint_words
from thangdee.casework.providers import members
from thangdee.casework.referrals import matter_notes, office_calls
from thangdee.casework.referrals.matter_notes import Occasion
from thangdee.casework.referrals.office_calls import Call, Result, Way
from thangdee.casework.staff.roles import Role
from thangdee.casework.transcripts import Direction, Line
from thangdee.core.database import Database
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.vault import Vault

WORDS = "made up: she laughed at me and hung up"


async def _complaint(
    connection, vault: Vault, now, about: About, *, words: str = WORDS, organisation: str | None = None
):
    who = await a_chat(connection, vault, now)
    return await _by(connection, vault, now, who, about, words=words, organisation=organisation)


async def _by(connection, vault: Vault, now, who, about: About, *, words: str = WORDS, organisation: str | None = None):
    one = await complaints.begin(connection, who, about, now)
    if organisation:
        await complaints.say_which(connection, one.id, organisation)
        one = replace(one, organisation_id=organisation)
    await complaints.hear(connection, vault, one, "what", {"text": words}, now)
    return await complaints.make(connection, vault, one, now)


async def _knows(connection, viewer, one) -> bool:
    """Whether this viewer gets to know of it by any of the ways there are."""
    listed = one.id in [each.id for each in await complaints.listed(connection, viewer)]
    try:
        await complaints.find(connection, one.id, viewer)
        found = True
    except ComplaintGoneError:
        found = False
    told = any(each.reference in (one.id, one.code) for each in await notices.newest(connection, viewer.staff_id))
    assert listed == found
    return found or told


async def test_whoever_talked_in_the_chat_never_learns_of_a_complaint_about_one_of_us(
    database: Database, vault: Vault, clock
) -> None:
    now = clock.now()
    async with database.write() as connection:
        who = await a_chat(connection, vault, now)
        talked, wrote, free = [
            await a_colleague(connection, vault, now, name, Role.SUPERVISOR) for name in ("talked", "wrote", "free")
        ]
        counsellor = await a_colleague(connection, vault, now, "counsellor", Role.COUNSELLOR)
        await transcripts.keep(
            connection, vault, who, Line(Direction.STAFF, now, {"text": "x"}, staff_id=wrote.staff_id)
        )
    await take(database, vault, who.id, talked.staff_id, now)
    async with database.write() as connection:
        await conversations.hand_back(connection, vault, who.id, talked.staff_id, now)
        for about in (About.STAFF, About.HOTLINE):
            one = await _by(connection, vault, now, who, about)
            later = now + ANSWER_WITHIN + timedelta(days=1)
            await complaints.remind(connection, later)

            known = [await _knows(connection, viewer, one) for viewer in (talked, wrote, free, counsellor)]
            assert known == [False, False, True, False]


async def test_who_joins_the_chat_later_is_shut_out_but_not_who_looks_into_it(
    database: Database, vault: Vault, clock
) -> None:
    now = clock.now()
    async with database.write() as connection:
        one = await _complaint(connection, vault, now, About.STAFF)
        first = await a_colleague(connection, vault, now, "first", Role.SUPERVISOR)
        second = await a_colleague(connection, vault, now, "second", Role.SUPERVISOR)
        await complaints.take(connection, vault, one.id, first, now)
    await take(database, vault, one.chat_id, first.staff_id, now)
    async with database.read() as connection:
        assert await _knows(connection, first, one)
    async with database.write() as connection:
        await conversations.hand_back(connection, vault, one.chat_id, first.staff_id, now)
    await take(database, vault, one.chat_id, second.staff_id, now)
    async with database.read() as connection:
        assert [one.id for one in await complaints.listed(connection, second)] == []
        assert await _knows(connection, first, one)


async def test_whose_name_stands_in_it_does_not_read_it(database: Database, vault: Vault, clock) -> None:
    now = clock.now()
    async with database.write() as connection:
        named = await a_colleague(connection, vault, now, "Noy", Role.SUPERVISOR)
        other = await a_colleague(connection, vault, now, "Kham", Role.SUPERVISOR)
        one = await _complaint(connection, vault, now, About.STAFF, words="made up: NOY shouted at me")

        assert [await _knows(connection, viewer, one) for viewer in (named, other)] == [False, True]


async def test_who_is_named_later_keeps_no_trace_and_it_goes_to_somebody_else(
    database: Database, vault: Vault, clock
) -> None:
    now = clock.now()
    async with database.write() as connection:
        named = await a_colleague(connection, vault, now, "Noy", Role.SUPERVISOR)
        other = await a_colleague(connection, vault, now, "Kham", Role.SUPERVISOR)
        one = await _complaint(connection, vault, now, About.STAFF)
        await complaints.take(connection, vault, one.id, named, now)
        [taken] = await complaints.of_person(connection, one.chat_id)
        await complaints.hear(connection, vault, taken, "what", {"text": "made up: it was NOY"}, now)

        after = await complaints.get(connection, one.id)
        assert await notices.newest(connection, named.staff_id) == []
        assert [await _knows(connection, viewer, one) for viewer in (named, other)] == [False, True]
        assert (after.state, after.owner) == (State.NEW, None)


async def test_who_wrote_of_her_matter_or_spoke_with_an_office_about_it_never_learns_of_it(
    database: Database, vault: Vault, clock
) -> None:
    now = clock.now()
    async with database.write() as connection:
        names = ("noted", "called", "free")
        noted, called, free = [await a_colleague(connection, vault, now, one, Role.SUPERVISOR) for one in names]
        draft = await kept_draft(connection, vault, now)
        whole = await kept_yes(connection, vault, draft.id, A, now=now)
        await matter_notes.add(connection, vault, whole.id, Occasion.NOTE, "made up", noted.staff_id, now)
        call = Call(Way.PHONE, Result.CALLS_BACK, "made up")
        await office_calls.log(connection, vault, whole.id, whole.referrals[0].id, call, called.staff_id, now)
        who = await Chats(connection, vault).get(whole.chat_id)
        one = await _by(connection, vault, now, who, About.STAFF)

        assert [await _knows(connection, viewer, one) for viewer in (noted, called, free)] == [False, False, True]


@pytest.mark.parametrize(("organisation", "knows"), [("org-a", (False, True)), (None, (False, False))])
async def test_people_of_the_organisation_never_learn_of_it(
    database: Database, vault: Vault, clock, organisation, knows
) -> None:
    now = clock.now()
    async with database.write() as connection:
        theirs = await a_colleague(connection, vault, now, "theirs", Role.SUPERVISOR, Role.PROVIDER)
        elsewhere = await a_colleague(connection, vault, now, "elsewhere", Role.SUPERVISOR, Role.PROVIDER)
        provider = await a_colleague(connection, vault, now, "provider", Role.PROVIDER)
        for viewer, whose in ((theirs, "org-a"), (provider, "org-a"), (elsewhere, "org-b")):
            await members.add(connection, viewer.staff_id, whose, "made-up", now)
        one = await _complaint(connection, vault, now, About.PROVIDER, organisation=organisation)

        assert tuple([await _knows(connection, viewer, one) for viewer in (theirs, elsewhere)]) == knows
        assert not await _knows(connection, provider, one)


async def test_where_nobody_unbiased_is_there_the_administrator_hears_that_and_no_more(
    database: Database, vault: Vault, clock
) -> None:
    now = clock.now()
    async with database.write() as connection:
        only = await a_colleague(connection, vault, now, "only", Role.SUPERVISOR)
        administrator = await a_colleague(connection, vault, now, "administrator", Role.ADMINISTRATOR)
        who = await a_chat(connection, vault, now)
    await take(database, vault, who.id, only.staff_id, now)
    async with database.write() as connection:
        one = await _by(connection, vault, now, who, About.STAFF)
        [notice] = await notices.newest(connection, administrator.staff_id)
        assert (notice.kind, notice.reference) == ("complaint_nobody", one.code)
        assert await complaints.listed(connection, administrator) == []
        assert await notices.newest(connection, only.staff_id) == []


def test_no_accused_reads_over_random_people_and_complaints() -> None:
    chance, seen = random.Random(7), 0
    people, places = [f"s{number}" for number in range(6)], ["a", "b", "c", None]

    def some(names):
        return frozenset(one for one in names if chance.random() < 0.3)

    for _ in range(2_000):
        about, place, owner = chance.choice(list(About)), chance.choice(places), chance.choice([*people, None])
        hidden = Hidden(about, place, owner, some(people), some(people))
        who = Reader(chance.choice(people), some(["a", "b", "c"]))
        # Said anew, not with the rule's own words: the ones it is about.
        accused = set(hidden.shut_out)
        if about in (About.STAFF, About.HOTLINE):
            accused |= {one for one in hidden.talks_there if one != owner}
        elif place in who.organisations or (place is None and who.organisations):
            accused.add(who.staff_id)
        assert may_know(hidden, who) is (who.staff_id not in accused)
        seen += who.staff_id in accused
    assert seen > 500  # of these many, none read it


async def test_it_is_looked_into_answered_heard_and_closed(database: Database, vault: Vault, clock) -> None:
    now = clock.now()
    async with database.write() as connection:
        first = await a_colleague(connection, vault, now, "first", Role.SUPERVISOR)
        second = await a_colleague(connection, vault, now, "second", Role.SUPERVISOR)
        one = await _complaint(connection, vault, now, About.AUTHORITY)
        with pytest.raises(ComplaintStepError, match="not_yours"):
            await complaints.answer(connection, vault, one.id, first, "made up", now, how=HearsBy.CHAT)
        await complaints.take(connection, vault, one.id, first, now)
        with pytest.raises(ComplaintStepError, match="not_yours"):
            await complaints.answer(connection, vault, one.id, second, "made up", now, how=HearsBy.CHAT)
        await complaints.note(connection, vault, one.id, first, "made up: called the office", now)
        await complaints.answer(connection, vault, one.id, first, "made up answer", now, how=HearsBy.CHAT)
        with pytest.raises(ComplaintStepError, match="not_heard"):
            await complaints.close(connection, vault, one.id, first, now)
        await complaints.heard(connection, one.id, now)
        await complaints.close(connection, vault, one.id, first, now)
        after, said = await complaints.read(connection, vault, one.id, second, now)

    assert after.state is State.CLOSED
    assert [(each.kind, each.body["text"]) for each in said] == [
        ("what", WORDS), ("note", "made up: called the office"), ("answer", "made up answer"),
    ]  # fmt: skip


async def test_who_is_part_of_it_gives_it_away_and_it_is_gone_for_them(database: Database, vault: Vault, clock) -> None:
    now = clock.now()
    async with database.write() as connection:
        first = await a_colleague(connection, vault, now, "first", Role.SUPERVISOR)
        one = await _complaint(connection, vault, now, About.STAFF)
        await complaints.take(connection, vault, one.id, first, now)
        second = await a_colleague(connection, vault, now, "second", Role.SUPERVISOR)
        await complaints.shut_out(connection, vault, one.id, first, first.staff_id, now)

        assert await complaints.listed(connection, first) == []
        [again] = await complaints.listed(connection, second)
        assert (again.state, again.owner) == (State.NEW, None)
        assert [each.kind for each in await notices.newest(connection, second.staff_id)] == ["complaint_new"]


async def test_late_ones_raise_a_notice_once_a_day(database: Database, vault: Vault, clock) -> None:
    now = clock.now()
    async with database.write() as connection:
        first = await a_colleague(connection, vault, now, "first", Role.SUPERVISOR)
        one = await _complaint(connection, vault, now, About.PROVIDER)
        await complaints.take(connection, vault, one.id, first, now)
        await notices.mark_seen(connection, first.staff_id, None, now)
        for hours, expected in ((24 * 6, 0), (24 * 7 + 1, 1), (24 * 7 + 2, 1)):
            await complaints.remind(connection, now + timedelta(hours=hours))
            late = [each for each in await notices.newest(connection, first.staff_id) if each.kind == "complaint_late"]
            assert len(late) == expected


async def test_deleting_the_chat_erases_the_words_and_keeps_only_a_count(
    database: Database, vault: Vault, clock
) -> None:
    now = clock.now()
    async with database.write() as connection:
        free = await a_colleague(connection, vault, now, "free", Role.SUPERVISOR)
        who = await a_chat(connection, vault, now)
        one = await _by(connection, vault, now, who, About.STAFF)
        await complaints.count_only(connection, About.STAFF, now)
        sealed = (await connection.execute(select(complaint_words.c.sealed_body))).scalar_one()
        assert b"laughed" not in sealed

        await erasure.close(connection, vault, who, now)
        assert not await _is_listed(connection, free, one.id)  # at once, though it can be undone

        await erasure.shred(connection, vault, who.id)
        for table in (complaint, complaint_words):
            assert (await connection.execute(select(func.count()).select_from(table))).scalar_one() == 0
        [row] = (await connection.execute(select(complaint_count))).all()
        assert tuple(row) == (now.astimezone(LOCAL_TIME).strftime("%Y-%m"), "staff", 2)


async def _is_listed(connection, viewer, complaint_id: str) -> bool:
    return complaint_id in [one.id for one in await complaints.listed(connection, viewer)]


async def test_undoing_a_deletion_loses_no_complaint_made_meanwhile(database: Database, vault: Vault, clock) -> None:
    now = clock.now()
    async with database.write() as connection:
        supervisor = await a_colleague(connection, vault, now, "free", Role.SUPERVISOR)
        before = await a_chat(connection, vault, now)
        code = await erasure.close(connection, vault, before, now)
        fresh = await erasure.start_anew(connection, vault, before, now)
        one = await _by(connection, vault, now, fresh, About.HOTLINE)
        assert await erasure.reopen(connection, vault, fresh, code, now)
        found, said = await complaints.read(connection, vault, one.id, supervisor, now)

    assert found.chat_id == before.id
    assert [each.body["text"] for each in said] == [WORDS]
