"""Sessions: their length, their end, and what a passkey opens (R33, R35)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.clock import SetClock
from thangdee.casework.staff import accounts, sessions
from thangdee.casework.staff.roles import Permission, Role
from thangdee.casework.staff.sessions import SignedIn
from thangdee.casework.staff.tables import staff_session
from thangdee.core.database import Database
from thangdee.core.vault import Vault


class Office:
    """One person, who can sign in, and somebody who looks at their session."""

    def __init__(self, database: Database, vault: Vault, clock: SetClock) -> None:
        self.database, self.vault, self.clock = database, vault, clock

    async def hire(self, *roles: Role, name: str = "noy") -> str:
        async with self.database.write() as connection:
            rest = {"roles": roles, "language": "lo", "now": self.clock.now()}
            return await accounts.add(connection, self.vault, name=name, **rest)

    async def start(self, staff_id: str, *, with_passkey: bool = False) -> str:
        async with self.database.write() as connection:
            now, keyring = self.clock.now(), self.vault.keyring
            return await sessions.start(connection, keyring, staff_id, now, with_passkey=with_passkey)

    async def find(self, token: str) -> SignedIn | None:
        async with self.database.read() as connection:
            return await sessions.find(connection, self.vault.keyring, token, self.clock.now())

    async def act(self, token: str) -> None:
        viewer = await self.find(token)
        async with self.database.write() as connection:
            await sessions.mark_seen(connection, viewer.session_id, self.clock.now())


@pytest.fixture
def office(database: Database, vault: Vault, clock: SetClock) -> Office:
    return Office(database, vault, clock)


async def test_session_lifecycle(office: Office) -> None:
    noy = await office.hire(Role.COUNSELLOR)
    first, second = await office.start(noy), await office.start(noy)
    assert first != second
    assert await office.find("guessed") is None

    office.clock.advance(timedelta(minutes=14, seconds=59))
    await office.act(first)
    office.clock.advance(timedelta(seconds=1))
    assert await office.find(first) is not None
    assert await office.find(second) is None  # 15 minutes idle
    with pytest.raises(AttributeError):
        await office.act(second)

    for _ in range(46):  # in use all the time
        office.clock.advance(timedelta(minutes=10))
        await office.act(first)
    assert await office.find(first) is not None
    office.clock.advance(timedelta(minutes=5))
    assert await office.find(first) is None  # 8 hours


async def test_a_changed_role_counts_at_once_and_ends_the_session(office: Office) -> None:
    noy = await office.hire(Role.COUNSELLOR)
    token = await office.start(noy)
    async with office.database.write() as connection:
        await accounts.set_roles(connection, noy, {Role.COUNSELLOR})
    assert await office.find(token) is not None  # nothing changed

    async with office.database.write() as connection:
        await accounts.set_roles(connection, noy, {Role.AUDITOR})
    assert await office.find(token) is None
    assert (await office.find(await office.start(noy))).roles == {Role.AUDITOR}


async def test_the_end_of_an_account_ends_its_sessions(office: Office) -> None:
    noy = await office.hire(Role.COUNSELLOR)
    token = await office.start(noy)
    async with office.database.write() as connection:
        await accounts.end(connection, office.vault, noy, office.clock.now())

    assert await office.find(token) is None
    assert await office.find(await office.start(noy)) is None


async def test_one_session_ends_or_all_others(office: Office) -> None:
    noy, kham = await office.hire(), await office.hire(name="kham")
    tokens = [await office.start(noy) for _ in range(3)] + [await office.start(kham)]
    found = [await office.find(token) for token in tokens]
    async with office.database.write() as connection:
        await sessions.end_all(connection, noy, but=found[0].session_id)
    assert [await office.find(token) is not None for token in tokens] == [True, False, False, True]

    async with office.database.write() as connection:
        await sessions.end(connection, found[0].session_id)
    assert await office.find(tokens[0]) is None


async def test_what_is_stored_of_a_session_does_not_open_it(office: Office) -> None:
    token = await office.start(await office.hire())
    async with office.database.read() as connection:
        row = (await connection.execute(select(staff_session))).one()

    assert len(token) >= 43  # 256 bits
    assert token not in str(row)
    assert await office.find(row.token_hash) is None
    assert await office.find(row.id) is None


async def test_a_session_is_marked_as_seen_once_a_minute_at_most(office: Office) -> None:
    token = await office.start(await office.hire())
    session_id = (await office.find(token)).session_id
    async with office.database.read() as connection:
        assert not await sessions.must_be_marked(connection, session_id, office.clock.now())
        office.clock.advance(timedelta(minutes=1))
        assert await sessions.must_be_marked(connection, session_id, office.clock.now())


async def test_who_needs_a_passkey_sees_only_the_own_account_until_one_was_shown(office: Office) -> None:
    mali = await office.hire(Role.SUPERVISOR, Role.COUNSELLOR)
    token = await office.start(mali)
    before = await office.find(token)
    assert before.must_show_passkey
    assert before.permissions == {Permission.OWN_ACCOUNT}
    assert Permission.DECIDE_HELD in (await office.find(await office.start(mali, with_passkey=True))).permissions

    office.clock.advance(timedelta(minutes=6))
    assert not before.has_fresh_factor(office.clock.now())
    async with office.database.write() as connection:
        again = await sessions.confirm_factor(connection, before, office.clock.now(), with_passkey=True)

    assert again == await office.find(token)
    assert again.has_fresh_factor(office.clock.now())
    assert Permission.DECIDE_HELD in again.permissions


async def test_sessions_that_are_over_are_removed(office: Office) -> None:
    await office.start(await office.hire())
    office.clock.advance(timedelta(minutes=15))
    async with office.database.write() as connection:
        await sessions.forget_old(connection, office.clock.now())

        assert (await connection.execute(select(staff_session))).all() == []
