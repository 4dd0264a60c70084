"""Residents who said yes: stored sealed, found again by code alone, gone at once when she takes it back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.casework.outcomes.made_up_residents import resident, today, without_yes
from thangdee.casework.matching import described_enquiry, score
from thangdee.casework.outcomes import family_wanted, officers, residents
from thangdee.casework.outcomes.family_wanted import NotYoursError, Wanted, WantedGoneError, WantedState
from thangdee.casework.outcomes.model import Shelter
from thangdee.casework.outcomes.officers import NotAnOfficerError, NotTheirShelterError
from thangdee.casework.outcomes.record import is_minor
from thangdee.casework.outcomes.resident_rules import (
    NoAskerError,
    NoAssentError,
    NoNameError,
    NoYesError,
    UnfitDayError,
    YesLapsedError,
)
from thangdee.casework.outcomes.residents import FEWEST, NoSuchEntryError
from thangdee.casework.outcomes.shortlist import register_size, shortlist
from thangdee.casework.outcomes.tables import candidate, resident_block
from thangdee.casework.outcomes.tables import family_wanted as wanted_table
from thangdee.casework.outcomes.tables import resident as resident_table
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Role
from thangdee.core.columns import outcomes_metadata
from thangdee.core.errors import SealBrokenError
from thangdee.core.vault import data_key

HERE, THERE = Shelter.KREDTAKARN, Shelter.SRI_SURAT


async def enter(database, vault, clock, record=None, shelter=HERE) -> tuple[str, str]:
    async with database.write() as connection:
        return await residents.enter(connection, vault, shelter, record or resident(clock), "officer", clock.now())


async def opened(database, vault, clock, code, *shelters):
    async with database.write() as connection:
        mine = frozenset(shelters or [HERE])
        return await residents.by_code(connection, vault, mine, code, "officer", clock.now())


async def rows(database, table) -> int:
    async with database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar_one()


async def test_an_entry_is_sealed_and_found_again_by_its_code_only(console_database, vault, clock) -> None:
    _, code = await enter(console_database, vault, clock)

    found = await opened(console_database, vault, clock, code.lower().replace("-", " "))
    assert found.record.nickname == "น้อย"
    assert found.lapses_at - clock.now() > timedelta(days=178)
    async with console_database.read() as connection:
        stored = [
            repr(row) for table in outcomes_metadata.tables.values() for row in await connection.execute(select(table))
        ]
    assert not any(word in row for word in ("น้อย", "แก้ว", code, "Somjai", "my mother") for row in stored)
    for wrong, where in ((code, THERE), ("AAAAA-AAAAA", HERE), ("", HERE)):
        with pytest.raises(NoSuchEntryError):
            await opened(console_database, vault, clock, wrong, where)


async def test_no_yes_no_row(console_database, vault, clock) -> None:
    asked = resident(clock).consent
    refused = {
        NoYesError: without_yes(clock),
        NoAskerError: resident(clock, consent=replace(asked, asked_by=" ")),
        UnfitDayError: resident(clock, consent=replace(asked, on=today(clock) + timedelta(days=2))),
        YesLapsedError: resident(clock, consent=replace(asked, on=today(clock) - timedelta(days=181))),
        NoNameError: resident(clock, given_name="", family_name=None, nickname=" "),
        NoAssentError: resident(clock, birth_year_or_age=None),
    }
    for error, record in refused.items():
        with pytest.raises(error):
            await enter(console_database, vault, clock, record)

    assert await rows(console_database, resident_table) == 0
    assert await rows(console_database, resident_block) == 0
    assert await rows(console_database, data_key) == 0  # not even sealed


@pytest.mark.parametrize(
    ("written", "minor"),
    [(None, True), ("", True), ("grown up", True), ("17", True), ("18", False), ("๑๗ ปี", True), ("2007", False),
     ("2008", True), ("2550", False), ("2551", True), ("1550", True), ("3000", True), ("16-19", True), ("0", True)],
)  # fmt: skip
def test_an_age_that_cannot_be_read_is_under_eighteen(clock, written: str | None, minor: bool) -> None:
    one = resident(clock, birth_year_or_age=written, date_entered="2026-11-01")

    assert is_minor(one, today(clock).replace(year=2026, month=11, day=20)) is minor


async def test_an_age_counts_from_the_day_it_was_written_for_nobody_knows_when_it_was_hers(clock) -> None:
    """R8: "17" beside "came in 2024" may be her age of today."""
    one = resident(clock, birth_year_or_age="17", date_entered="2024-01-01")

    assert is_minor(one, today(clock)) is True
    assert is_minor(replace(one, birth_year_or_age="2006"), today(clock)) is False


@pytest.mark.parametrize(("age", "is_child"), [("~17", True), ("~18", True), ("~19", True), ("~20", False)])
async def test_an_age_that_is_a_guess_leaves_two_years(clock, age, is_child) -> None:
    assert is_minor(resident(clock, birth_year_or_age=age), today(clock)) is is_child


async def test_she_may_be_asked_again_before_it_lapses_and_not_after(console_database, vault, clock) -> None:
    _, code = await enter(console_database, vault, clock)
    clock.advance(timedelta(days=170))
    entry = await opened(console_database, vault, clock, code)
    async with console_database.write() as connection:
        again = replace(entry.record.consent, on=today(clock), not_found_by="my uncle")
        await residents.renew(connection, vault, entry, again, "officer", clock.now())
    clock.advance(timedelta(days=170))

    assert (await opened(console_database, vault, clock, code)).record.consent.not_found_by == "my uncle"
    clock.advance(timedelta(days=11))
    with pytest.raises(NoSuchEntryError):
        await opened(console_database, vault, clock, code)


async def test_a_withdrawn_yes_leaves_nothing(console_database, vault, clock) -> None:
    _, code = await enter(console_database, vault, clock)
    entry = await opened(console_database, vault, clock, code)
    async with console_database.write() as connection:
        await family_wanted.ask(connection, vault, entry, Wanted("my mother"), "officer", clock.now())
        judged = {"enquiry_id": "e", "verdict": "same", "staff_id": "s", "at": clock.now()}
        await connection.execute(candidate.insert().values(judged | {"resident_id": entry.id}))
        [sealed] = (await connection.execute(select(resident_table.c.sealed_record))).scalars()
    async with console_database.write() as connection:
        await residents.withdraw(connection, vault, entry, "officer", clock.now())

    for table in (resident_table, resident_block, wanted_table, candidate, data_key):
        assert await rows(console_database, table) == 0, table.name
    async with console_database.read() as connection:
        with pytest.raises(SealBrokenError):
            await vault.open(connection, entry.key_id, residents._place(entry.id), sealed)


async def test_what_was_put_right_is_what_is_looked_for(console_database, vault, clock) -> None:
    _, code = await enter(console_database, vault, clock)
    entry = await opened(console_database, vault, clock, code)
    async with console_database.write() as connection:
        before = set((await connection.execute(select(resident_block.c.block))).scalars())
        other = replace(entry.record, given_name="สมศักดิ์", nickname="แดง", village="โพนทัน", province="สะหวันนะเขต")
        await residents.correct(connection, vault, entry, other, "officer", clock.now())
        after = set((await connection.execute(select(resident_block.c.block))).scalars())

    assert (await opened(console_database, vault, clock, code)).record.nickname == "แดง"
    assert before - after


async def test_a_search_opens_only_those_who_resemble_and_ranks_them(console_database, vault, clock) -> None:
    wanted, _ = await enter(console_database, vault, clock)
    for name in ("สมศักดิ์", "บุญมี", "จันทร์", "มะลิ"):
        other = resident(
            clock, given_name=name, family_name="แสง", nickname=None, village="ดง", district="ปากเซ", province="จำปาสัก"
        )
        await enter(console_database, vault, clock, other)
    family = described_enquiry(
        {"given_name": "ແກ້ວ", "family_name": "ວົງສາ", "nickname": "ນ້ອຍ", "sex": "female", "age": "19", "village": "ນາໄຊ",
         "province": "ນະຄອນຫຼວງວຽງຈັນ", "date_filed": "2026-11-01"}
    )  # fmt: skip
    async with console_database.read() as connection:
        found = await shortlist(connection, vault, family, clock.now())
        lapsed = await shortlist(connection, vault, family, clock.now() + timedelta(days=200))
        size = await register_size(connection, clock.now())

    ranked = score(family, found.people, register_size=found.register_size, bucket_sizes=found.bucket_sizes)
    assert ranked[0].id == wanted
    assert (found.register_size, size) == (5, 5)
    assert (lapsed.people, lapsed.register_size) == ([], 0)


async def test_few_entries_of_a_month_are_not_counted(console_database, vault, clock) -> None:
    for _ in range(FEWEST - 1):
        await enter(console_database, vault, clock)
    await enter(console_database, vault, clock, shelter=THERE)
    async with console_database.read() as connection:
        assert await residents.entries_this_month(connection, HERE, clock.now()) is None
    await enter(console_database, vault, clock)
    async with console_database.read() as connection:
        assert await residents.entries_this_month(connection, HERE, clock.now()) == FEWEST
        assert await residents.entries_this_month(connection, HERE, clock.now() + timedelta(days=40)) is None


async def test_an_officer_works_for_the_own_shelters_only(console_database, vault, clock) -> None:
    now = clock.now()
    async with console_database.write() as connection:
        officer = await accounts.add(connection, vault, name="o", roles=[Role.SHELTER_OFFICER], language="th", now=now)
        tracer = await accounts.add(connection, vault, name="t", roles=[Role.TRACER], language="th", now=now)
        await officers.add(connection, vault, officer, HERE, "supervisor", now)
        with pytest.raises(NotAnOfficerError):
            await officers.add(connection, vault, tracer, HERE, "supervisor", now)
        assert await officers.need(connection, officer, "kredtakarn") is HERE
        for wrong in ("sri_surat", "", "nowhere"):
            with pytest.raises(NotTheirShelterError):
                await officers.need(connection, officer, wrong)
        await accounts.set_roles(connection, officer, [Role.TRACER])
        assert await officers.shelters_of(connection, officer) == frozenset()


async def test_a_family_that_is_wanted_has_one_who_looks_and_an_answer_for_her(console_database, vault, clock) -> None:
    _, code = await enter(console_database, vault, clock)
    entry, now = await opened(console_database, vault, clock, code), clock.now()
    async with console_database.write() as connection:
        number = await family_wanted.ask(
            connection,
            vault,
            entry,
            Wanted("my mother Kham", "Noi", "Nasai", "020 000", "say that I am well"),
            "o",
            now,
        )
        [header] = await family_wanted.listed(connection, now)
        assert (header.code, header.owner) == (number, None)
        assert "Kham" not in repr(header)
        await family_wanted.take(connection, vault, header.id, "tracer", now)
        for deed in (family_wanted.read, family_wanted.take):
            with pytest.raises(NotYoursError):
                await deed(connection, vault, header.id, "other", now)
        assert (await family_wanted.read(connection, vault, header.id, "tracer", now)).wanted.known_as == "Noi"
        await family_wanted.close(connection, vault, header.id, WantedState.FOUND, "She is well.", "tracer", now)
        assert await family_wanted.listed(connection, now) == []
        [told] = await family_wanted.of_resident(connection, vault, entry)
        assert (told.header.state, told.result) == (WantedState.FOUND, "She is well.")
        with pytest.raises(WantedGoneError):
            await family_wanted.read(connection, vault, header.id, "tracer", now + timedelta(days=181))
