"""What staff do with an enquiry, in the database: nothing opens early, and nothing of it reaches the family (R13-R15)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.casework.outcomes.made_up_residents import resident
from tests.casework.outcomes.searching import filed, opened, proved, vetted
from tests.casework.talks import a_colleague
from thangdee.casework import notices
from thangdee.casework.enquiries import deeds, store
from thangdee.casework.enquiries.tables import enquiry
from thangdee.casework.notices import colleague_notice
from thangdee.casework.outcomes import candidates, enquiry_board, late, proofs, residents, search_store, searches
from thangdee.casework.outcomes.candidates import NotACandidateError
from thangdee.casework.outcomes.model import ProofKind, Shelter, Stage, VettingItem
from thangdee.casework.outcomes.proofs import NeedsSupervisorError
from thangdee.casework.outcomes.search_rules import CLOSED_WHY, Heard
from thangdee.casework.outcomes.search_store import StageRefusedError, UnfitNoteError
from thangdee.casework.outcomes.searches import SearchLockedError, TakenError
from thangdee.casework.staff.roles import Role
from thangdee.core.columns import metadata
from thangdee.core.errors import ThangdeeError

# What a deed may touch beside the tables of outcomes: hints for open pages.
_HINTS = {"change"}


async def test_search_locked_until_proof(console_database, vault, clock) -> None:
    """R15: at every step before the proof nothing of a resident comes out, by any door."""
    now = clock.now()
    async with console_database.write() as connection:
        one = await filed(connection, vault, now)
        her, _ = await residents.enter(connection, vault, Shelter.RANONG, resident(clock), "officer", now)

    async def is_shut(reason: str) -> None:
        doors = (
            lambda c: candidates.search(c, vault, one, now), lambda c: candidates.compare(c, vault, one, her, now),
            lambda c: candidates.judge(c, vault, one, her, "same", "noy", now),
            lambda c: searches.judge(c, one.id, her, "same", "noy", now),
            lambda c: searches.move(c, one.id, Stage.ASKING_HER, now),
        )  # fmt: skip
        for door in (*doors, lambda c: searches.open_search(c, one.id, now)):
            with pytest.raises((SearchLockedError, StageRefusedError)):
                async with console_database.write() as connection:
                    await door(connection)
        async with console_database.read() as connection:
            assert await searches.verdicts(connection, one.id) == {}
            assert await proofs.why_locked(connection, one.id, now) == reason

    await is_shut("not_vetted")
    async with console_database.write() as connection:
        await vetted(connection, one.id, "noy", now)
    await is_shut("too_few")
    for kind in (ProofKind.TOLD_UNASKED, ProofKind.TOLD_UNASKED, ProofKind.FAMILY_BOOK):
        async with console_database.write() as connection:
            await proved(connection, vault, one.id, "noy", now, [kind])
        await is_shut("too_few")
    async with console_database.write() as connection:
        await proved(connection, vault, one.id, "noy", now, [ProofKind.OTHER_RELATIVE])
        with pytest.raises(SearchLockedError):
            await candidates.search(connection, vault, one, now)  # proved, and yet nobody opened it
        await searches.open_search(connection, one.id, now)
        ranked = await candidates.search(connection, vault, one, now)
        assert [found.id for found in ranked.candidates] == [her]


async def test_an_open_search_shuts_again_when_the_proof_breaks_or_grows_old(installation, clock) -> None:
    database, vault, now = installation.database, installation.vault, clock.now()
    async with database.write() as connection:
        one = await filed(connection, vault, now)
        await opened(connection, vault, one.id, "noy", now)
        await searches.need_open(connection, one.id, now + timedelta(days=89))
        with pytest.raises(SearchLockedError, match="too_few"):
            await searches.need_open(connection, one.id, now + timedelta(days=90))
        bad = await proofs.prove(
            connection, vault, one.id, ProofKind.PHOTO_TOGETHER, Heard.WRITTEN, "cut out", "lek", now, is_good=False
        )
        with pytest.raises(SearchLockedError, match="bad_proof"):
            await searches.need_open(connection, one.id, now)
        for who, leads in (("noy", True), ("lek", True), ("boun", False)):  # owner, who heard it, no supervisor
            with pytest.raises(NeedsSupervisorError):
                await proofs.set_aside(connection, one.id, bad, who, now, is_supervisor=leads)
        await proofs.set_aside(connection, one.id, bad, "boun", now, is_supervisor=True)
        await searches.need_open(connection, one.id, now)
        await deeds.close(connection, one.id, now)  # the family does
        with pytest.raises(StageRefusedError):
            await searches.need_open(connection, one.id, now)


async def test_a_resident_is_reached_through_the_ranking_alone(installation, clock) -> None:
    database, vault, now = installation.database, installation.vault, clock.now()
    other = {"given_name": "ไหม", "family_name": "ศรีสุข", "nickname": "ตู่", "village": "ดอนแดง", "district": "ปากเซ"}
    async with database.write() as connection:
        one = await filed(connection, vault, now)
        await opened(connection, vault, one.id, "noy", now)
        her, _ = await residents.enter(connection, vault, Shelter.RANONG, resident(clock), "officer", now)
        stranger, _ = await residents.enter(
            connection, vault, Shelter.RANONG,
            resident(clock, **other, province="จำปาสัก", sex="male", birth_year_or_age="44"), "officer", now,
        )  # fmt: skip
        compared = await candidates.compare(connection, vault, one, her, now)
        assert (compared.record.nickname, candidates.likeliness(compared.candidate)) == ("น้อย", "likely")
        for door in (
            lambda: candidates.compare(connection, vault, one, stranger, now),
            lambda: candidates.judge(connection, vault, one, stranger, "same", "noy", now),
            lambda: candidates.compare(connection, vault, one, "guessed", now),
        ):
            with pytest.raises(NotACandidateError):
                await door()
        await candidates.judge(connection, vault, one, her, "same", "noy", now)
        with pytest.raises(UnfitNoteError):
            await candidates.judge(connection, vault, one, her, "perhaps", "noy", now)
        assert await searches.verdicts(connection, one.id) == {her: "same"}
        await residents.forget(connection, vault, her)
        with pytest.raises(NotACandidateError):
            await candidates.compare(connection, vault, one, her, now)


async def test_no_deed_of_staff_writes_where_the_family_looks(installation, clock) -> None:
    """R13, R14: what the chat process reads is the same before and after a whole search, and nothing is queued."""
    database, vault, now = installation.database, installation.vault, clock.now()
    async with database.write() as connection:
        one = await filed(connection, vault, now)
        her, _ = await residents.enter(connection, vault, Shelter.RANONG, resident(clock), "officer", now)
    before = await _all_rows(database)

    async with database.write() as connection:
        await opened(connection, vault, one.id, "noy", now)
        await candidates.judge(connection, vault, one, her, "same", "noy", now)
        for to in (Stage.ASKING_HER, Stage.RELEASING, Stage.TOLD):
            await searches.move(connection, one.id, to, now)
        await searches.close(connection, one.id, "told", now)

    assert await _all_rows(database) == before


async def test_who_takes_it_has_it_and_the_first_look_is_due_in_a_working_day(console_database, vault, clock) -> None:
    now = clock.now()
    async with console_database.write() as connection:
        one = await filed(connection, vault, now)
        [header] = await enquiry_board.headers(connection, {"noy"}, now)
        assert (header.stage, header.owner, header.code) == (Stage.NEW, None, one.code)
        await searches.take(connection, one.id, "noy", now, is_owner_free=False)
        with pytest.raises(TakenError):
            await searches.take(connection, one.id, "lek", now, is_owner_free=False)
        taken = await search_store.load(connection, one.id)
        assert (taken.owner, taken.stage) == ("noy", Stage.VETTING)
        assert taken.due_at is not None
        [late] = await enquiry_board.headers(connection, {"noy"}, taken.due_at)
        [gone] = await enquiry_board.headers(connection, {"lek"}, now)  # Noy's account has ended
    assert (late.is_late(taken.due_at), header.is_late(now), gone.owner) == (True, False, None)


async def test_who_is_late_is_told_once_for_each_due_date(installation, clock) -> None:
    database, vault, now = installation.database, installation.vault, clock.now()
    async with database.write() as connection:
        noy = (await a_colleague(connection, vault, now, "noy", Role.TRACER)).staff_id
        boun = (await a_colleague(connection, vault, now, "boun", Role.SUPERVISOR)).staff_id
        one = await filed(connection, vault, now)

    async def told() -> list[str]:
        async with database.read() as connection:
            rows = (
                await connection.execute(select(colleague_notice).where(colleague_notice.c.kind == late.KIND))
            ).all()
        assert {row.reference for row in rows} <= {""}  # the chat can read notices (R12)
        return [row.to_staff for row in rows]

    await late.tell_all(database, now)
    assert await told() == []
    tomorrow = now + timedelta(days=4)
    for _ in range(2):
        await late.tell_all(database, tomorrow)
        async with database.write() as connection:
            await notices.mark_seen(connection, boun, None, tomorrow)
    assert await told() == [boun]  # nobody cares for it
    async with database.write() as connection:
        await searches.take(connection, one.id, noy, tomorrow, is_owner_free=False)
    await late.tell_all(database, tomorrow)
    assert await told() == [boun]
    await late.tell_all(database, tomorrow + timedelta(days=4))
    assert sorted(await told()) == sorted([boun, noy])


async def test_what_was_found_bad_only_a_supervisor_finds_good(installation, clock) -> None:
    vault, now = installation.vault, clock.now()
    async with installation.database.write() as connection:
        one = await filed(connection, vault, now)
        await searches.take(connection, one.id, "noy", now, is_owner_free=False)

        async def look(item: VettingItem, by: str, *, is_good: bool, leads: bool = False) -> None:
            await proofs.vet(connection, one.id, item, by, now, is_good=is_good, is_supervisor=leads)

        await look(VettingItem.NO_MONEY, "noy", is_good=False)
        for by, leads in (("noy", False), ("noy", True), ("lek", False)):
            with pytest.raises(NeedsSupervisorError):
                await look(VettingItem.NO_MONEY, by, is_good=True, leads=leads)
        await look(VettingItem.NO_MONEY, "boun", is_good=True, leads=True)
        await look(VettingItem.VILLAGE_OFFICE_KNOWS, "noy", is_good=False)
        await look(VettingItem.VILLAGE_OFFICE_KNOWS, "noy", is_good=True)
        assert {found.item: found.is_good for found in await proofs.vetted(connection, one.id)} == {
            VettingItem.NO_MONEY: True, VettingItem.VILLAGE_OFFICE_KNOWS: True,
        }  # fmt: skip


async def test_what_was_said_at_a_proof_opens_with_the_chat_and_dies_with_it(installation, clock) -> None:
    vault, now = installation.vault, clock.now()
    async with installation.database.write() as connection:
        one = await filed(connection, vault, now)
        await vetted(connection, one.id, "noy", now)
        await proved(connection, vault, one.id, "noy", now, [ProofKind.FAMILY_BOOK])
        for words in ("", " \n", "x" * 4001):
            with pytest.raises(UnfitNoteError):
                await proofs.prove(
                    connection, vault, one.id, ProofKind.FAMILY_BOOK, Heard.VOICE, words, "noy", now, is_good=True
                )
        assert [*(await proofs.proof_notes(connection, vault, one.id)).values()] == ["made up"]
        await vault.destroy_key(connection, await store.key_of(connection, one.id))
        with pytest.raises(ThangdeeError):
            await proofs.proof_notes(connection, vault, one.id)


async def test_what_was_put_away_stays_away(installation, clock) -> None:
    vault, now = installation.vault, clock.now()
    async with installation.database.write() as connection:
        one = await filed(connection, vault, now)
        with pytest.raises(UnfitNoteError):
            await searches.close(connection, one.id, "angry", now)
        await searches.close(connection, one.id, CLOSED_WHY[0], now)
        assert await enquiry_board.headers(connection, set(), now) == []
        for again in (
            lambda: searches.close(connection, one.id, CLOSED_WHY[0], now),
            lambda: searches.take(connection, one.id, "noy", now, is_owner_free=True),
        ):
            with pytest.raises(StageRefusedError):
                await again()
        assert (await connection.execute(select(func.count()).select_from(enquiry))).scalar() == 1


async def _all_rows(database) -> dict[str, list]:
    async with database.read() as connection:
        return {
            name: sorted(map(repr, (await connection.execute(select(table))).all()))
            for name, table in metadata.tables.items()
            if name not in _HINTS
        }
