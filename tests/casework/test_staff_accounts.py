"""Accounts: one name once, roles, the end of one."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.casework.one_of_each_staff import fill_staff
from tests.clock import SetClock
from thangdee.casework.staff import accounts, sessions, two_factor
from thangdee.casework.staff.accounts import AccountGoneError, NameTakenError, UnfitNameError
from thangdee.casework.staff.forgetting import forget_old
from thangdee.casework.staff.roles import MATRIX, Permission, Role, permissions_of
from thangdee.casework.staff.tables import staff
from thangdee.core.columns import metadata
from thangdee.core.database import Database
from thangdee.core.vault import Vault, data_key


@dataclass(frozen=True)
class Office:
    database: Database
    vault: Vault
    clock: SetClock

    async def add(self, name: str, *roles: Role, **more: str) -> str:
        async with self.database.write() as connection:
            rest = {"roles": roles, "language": "lo", "now": self.clock.now()} | more
            return await accounts.add(connection, self.vault, name=name, **rest)


@pytest.fixture
def office(database: Database, vault: Vault, clock: SetClock) -> Office:
    return Office(database, vault, clock)


async def test_a_name_is_kept_in_one_form_and_given_once(office: Office) -> None:
    staff_id = await office.add(" Noy ", Role.COUNSELLOR, shown_name="ນ້ອຍ")

    with pytest.raises(NameTakenError):
        await office.add("ＮＯＹ")
    async with office.database.read() as connection:
        found = await accounts.by_name(connection, "nOy")
        assert found == await accounts.by_id(connection, staff_id)
        assert await accounts.names(connection) == {staff_id: "ນ້ອຍ"}
    assert (found.sign_in_name, found.name, found.roles) == ("noy", "ນ້ອຍ", {Role.COUNSELLOR})
    assert not found.is_enrolled


@pytest.mark.parametrize("name", ["", "  ", "two words", "x" * 65])
async def test_a_sign_in_name_is_one_word(office: Office, name: str) -> None:
    with pytest.raises(UnfitNameError):
        await office.add(name)


async def test_what_was_sealed_of_somebody_cannot_be_opened_after_the_end(office: Office) -> None:
    staff_id = await office.add("noy", Role.COUNSELLOR)
    async with office.database.write() as connection:
        await two_factor.set_secret(connection, office.vault, staff_id, two_factor.new_secret())
        await accounts.set_passphrase_hash(connection, staff_id, "made up")
        assert (await accounts.by_id(connection, staff_id)).is_enrolled
        await accounts.end(connection, office.vault, staff_id, office.clock.now())

    async with office.database.write() as connection:
        ended = await accounts.by_id(connection, staff_id)
        assert (ended.name, ended.roles, ended.passphrase_hash, ended.has_totp) == ("noy", frozenset(), None, False)
        assert await two_factor.secret_of(connection, office.vault, staff_id) is None
        assert (await connection.execute(select(data_key))).all() == []
        for deed in (
            accounts.set_roles(connection, staff_id, {Role.ADMINISTRATOR}),
            accounts.set_passphrase_hash(connection, staff_id, "another"),
            accounts.end(connection, office.vault, staff_id, office.clock.now()),
        ):
            with pytest.raises(AccountGoneError):
                await deed


async def test_the_secret_of_one_does_not_open_for_another(office: Office) -> None:
    noy, kham = await office.add("noy"), await office.add("kham")
    async with office.database.write() as connection:
        await two_factor.set_secret(connection, office.vault, noy, "A" * 32)
        sealed = (await connection.execute(select(staff.c.sealed_totp).where(staff.c.id == noy))).scalar_one()

    assert b"AAAA" not in sealed
    async with office.database.read() as connection:
        assert await two_factor.secret_of(connection, office.vault, noy) == "A" * 32
        assert await two_factor.secret_of(connection, office.vault, kham) is None


def test_an_administrator_sees_no_content_and_an_auditor_only_the_audit() -> None:
    content = {Permission.SEE_QUEUE, Permission.TALK, Permission.DECIDE_HELD, Permission.TEACH, Permission.BREAK_GLASS}

    assert not MATRIX[Role.ADMINISTRATOR] & content
    assert MATRIX[Role.AUDITOR] == {Permission.READ_AUDIT}
    assert set(MATRIX) == set(Role)
    assert permissions_of(()) == {Permission.OWN_ACCOUNT}


async def test_sessions_of_a_person_are_listed_latest_first(office: Office) -> None:
    noy = await office.add("noy")
    async with office.database.write() as connection:
        for _ in range(3):
            await sessions.start(connection, office.vault.keyring, noy, office.clock.now(), with_passkey=False)
            office.clock.advance(sessions.IDLE / 2)
        listed = await sessions.open_sessions(connection, noy, office.clock.now())

    assert [one.started_at for one in listed] == [office.clock.now() - sessions.IDLE / 2]


async def test_what_is_over_is_forgotten_and_who_still_works_here_is_not(office: Office) -> None:
    async with office.database.write() as connection:
        gone = await fill_staff(connection, office.vault, office.clock.now(), "gone")
        await accounts.end(connection, office.vault, gone, office.clock.now())
        office.clock.advance(timedelta(days=365))
        stays = await fill_staff(connection, office.vault, office.clock.now(), "stays")
        office.clock.advance(timedelta(days=364))
        await forget_old(connection, office.clock.now())
        assert await _left(connection) == {"staff": 2, "staff_role": 1, "staff_passkey": 2}  # the audit names both

        office.clock.advance(timedelta(days=1))
        await forget_old(connection, office.clock.now())
        assert await _left(connection) == {"staff": 1, "staff_role": 1, "staff_passkey": 1}
        assert [one.id for one in await accounts.all_staff(connection)] == [stays]


async def _left(connection: AsyncConnection) -> dict[str, int]:
    """How many rows there are in the tables of the staff, where there are any."""
    names = [name for name in metadata.tables if name.startswith(("staff", "sign_in", "passkey"))]
    counts = {name: select(func.count()).select_from(metadata.tables[name]) for name in names}
    found = {name: (await connection.execute(query)).scalar_one() for name, query in counts.items()}
    return {name: count for name, count in found.items() if count}
