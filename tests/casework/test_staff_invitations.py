"""Invitations and what an administrator does: one link, once, 72 hours; a lost phone ends what was before (R31-R35)."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.casework.made_up_authenticator import Phone
from tests.clock import SetClock
from thangdee.casework import notices
from thangdee.casework.staff import accounts, invitations, passkeys, sessions, staffing, two_factor
from thangdee.casework.staff.accounts import AccountGoneError, NameTakenError
from thangdee.casework.staff.invitations import (
    ExpiredInvitationError,
    UnknownInvitationError,
    UsedInvitationError,
    WrongCodeError,
    invitation,
)
from thangdee.casework.staff.passkeys import Site
from thangdee.casework.staff.roles import Role
from thangdee.casework.staff.staffing import (
    LastAdministratorError,
    NewColleague,
    NoRoleError,
    OwnAccountError,
    RolesApartError,
)
from thangdee.core import audit
from thangdee.core.database import Database
from thangdee.core.vault import Vault

HASH = "$argon2id$made-up"
SITE = Site("https://desk.test")


@dataclass
class Office:
    """An installation's accounts; each deed is one transaction."""

    database: Database
    vault: Vault
    clock: SetClock

    async def do(self, deed, *arguments, **more):
        async with self.database.write() as connection:
            return await deed(connection, *arguments, **more)

    async def take_on(self, name: str, *roles: Role, by: str = audit.OPERATOR) -> tuple[str, str]:
        """Id of the account and token of its link."""
        new = NewColleague(name, frozenset(roles), "lo")
        token = await self.do(staffing.take_on, self.vault, new, by, self.clock.now())
        return (await self.do(accounts.by_name, name)).id, token

    async def accept(self, token: str) -> None:
        now, keyring = self.clock.now(), self.vault.keyring
        await self.do(invitations.keep_passphrase, keyring, token, HASH, now)
        await self.do(invitations.accept, self.vault, token, self.code(token), now)

    def code(self, token: str) -> str:
        return two_factor.code_at(invitations.secret_of(self.vault.keyring, token), self.clock.now())

    async def deeds(self) -> list[str]:
        async with self.database.read() as connection:
            return list((await connection.execute(select(audit.audit.c.action).order_by(audit.audit.c.seq))).scalars())


@pytest.fixture
def office(database: Database, vault: Vault, clock: SetClock) -> Office:
    return Office(database, vault, clock)


async def test_an_accepted_invitation_signs_in_and_is_used_up(office: Office) -> None:
    who, token = await office.take_on("noy", Role.COUNSELLOR)
    now, keyring = office.clock.now(), office.vault.keyring

    await office.accept(token)

    account = await office.do(accounts.by_id, who)
    assert account.is_enrolled
    assert account.passphrase_hash == HASH
    with pytest.raises(UsedInvitationError):
        await office.do(invitations.find, keyring, token, now)
    # The code of the enrolment does not sign in as well.
    assert not await office.do(two_factor.use_code, office.vault, who, office.code(token), now)
    assert await office.deeds() == ["staff:add", "staff:enrol"]


async def test_only_the_hash_of_the_link_is_kept_and_no_secret(office: Office) -> None:
    _, token = await office.take_on("noy", Role.COUNSELLOR)
    secret = invitations.secret_of(office.vault.keyring, token)

    async with office.database.read() as connection:
        row = (await connection.execute(select(invitation))).one()
    assert token not in str(row)
    assert secret not in str(row)
    assert len(token) >= 43  # 256 bits


async def test_a_wrong_code_or_a_missing_passphrase_leaves_the_invitation_open(office: Office) -> None:
    who, token = await office.take_on("noy", Role.COUNSELLOR)
    now, keyring = office.clock.now(), office.vault.keyring

    with pytest.raises(WrongCodeError):
        await office.do(invitations.accept, office.vault, token, office.code(token), now)
    await office.do(invitations.keep_passphrase, keyring, token, HASH, now)
    wrong = f"{(int(office.code(token)) + 1) % 1_000_000:06d}"
    with pytest.raises(WrongCodeError):
        await office.do(invitations.accept, office.vault, token, wrong, now)

    assert (await office.do(invitations.find, keyring, token, now)).has_passphrase
    assert not (await office.do(accounts.by_id, who)).is_enrolled


async def test_links_end_after_72_hours_and_with_a_newer_one(office: Office) -> None:
    who, token = await office.take_on("noy", Role.COUNSELLOR)
    keyring = office.vault.keyring
    newer = await office.do(staffing.invite_again, office.vault, who, audit.OPERATOR, office.clock.now())

    with pytest.raises(ExpiredInvitationError):
        await office.do(invitations.find, keyring, token, office.clock.now())
    with pytest.raises(UnknownInvitationError):
        await office.do(invitations.find, keyring, newer + "x", office.clock.now())
    office.clock.advance(timedelta(hours=71, minutes=59))
    assert (await office.do(invitations.find, keyring, newer, office.clock.now())).account.id == who
    office.clock.advance(timedelta(minutes=1))
    with pytest.raises(ExpiredInvitationError):
        await office.do(invitations.keep_passphrase, keyring, newer, HASH, office.clock.now())


async def test_of_two_who_use_a_link_at_once_one_gets_in(office: Office) -> None:
    _, token = await office.take_on("noy", Role.COUNSELLOR)
    now = office.clock.now()
    await office.do(invitations.keep_passphrase, office.vault.keyring, token, HASH, now)

    both = (office.do(invitations.accept, office.vault, token, office.code(token), now) for _ in range(3))
    got = await asyncio.gather(*both, return_exceptions=True)

    assert sum(isinstance(one, UsedInvitationError) for one in got) == 2


async def _sign_in_everywhere(office: Office, who: str) -> None:
    """A session and a passkey."""
    keyring, now = office.vault.keyring, office.clock.now()
    await office.do(sessions.start, keyring, who, now, with_passkey=False)
    options = await office.do(passkeys.options_to_add, keyring, SITE, who, "noy", now)
    await office.do(passkeys.add, keyring, SITE, who, Phone(SITE.origin).make(options), "phone", now)


async def _ways_in(office: Office, who: str) -> tuple[bool, int, int]:
    """Whether passphrase and code are set, how many passkeys, how many sessions."""
    account = await office.do(accounts.by_id, who)
    own = await office.do(passkeys.of_staff, who)
    return account.is_enrolled, len(own), len(await office.do(sessions.open_sessions, who, office.clock.now()))


@pytest.mark.parametrize("is_lost", [True, False])
async def test_a_new_phone_ends_what_was_before_when_used_and_a_lost_one_at_once(office: Office, is_lost: bool) -> None:
    who, token = await office.take_on("noy", Role.SUPERVISOR)
    await office.accept(token)
    await _sign_in_everywhere(office, who)

    again = await office.do(
        staffing.invite_again, office.vault, who, audit.OPERATOR, office.clock.now(), is_lost=is_lost
    )
    meanwhile = await _ways_in(office, who)
    await office.accept(again)

    assert meanwhile == ((False, 0, 0) if is_lost else (True, 1, 1))
    assert await _ways_in(office, who) == (True, 0, 0)
    assert await office.deeds() == ["staff:add", "staff:enrol", "staff:invite", "staff:enrol"]


async def test_administrators_change_others_but_not_themselves_and_one_stays(office: Office) -> None:
    admin, _ = await office.take_on("mali", Role.ADMINISTRATOR)
    noy, _ = await office.take_on("noy", Role.COUNSELLOR, by=admin)
    now = office.clock.now()

    for deed, wrong in (
        ((staffing.change_roles, office.vault, admin, {Role.SUPERVISOR}, admin, now), OwnAccountError),
        ((staffing.let_go, office.vault, admin, admin, now), OwnAccountError),
        ((staffing.change_roles, office.vault, admin, {Role.AUDITOR}, audit.OPERATOR, now), LastAdministratorError),
        ((staffing.let_go, office.vault, admin, audit.OPERATOR, now), LastAdministratorError),
        ((staffing.change_roles, office.vault, noy, set(), admin, now), NoRoleError),
        ((staffing.change_roles, office.vault, noy, {Role.ADMINISTRATOR, Role.TRACER}, admin, now), RolesApartError),
        ((staffing.change_roles, office.vault, noy, {Role.AUDITOR, Role.TRACER}, admin, now), RolesApartError),
    ):
        with pytest.raises(wrong):
            await office.do(*deed)
    with pytest.raises(NameTakenError):
        await office.take_on("NOY", Role.COUNSELLOR)
    await office.do(staffing.change_roles, office.vault, noy, {Role.ADMINISTRATOR}, admin, now)
    await office.do(staffing.let_go, office.vault, admin, noy, now)

    assert [one.id for one in await office.do(accounts.all_staff) if one.ended_at is None] == [noy]
    assert await office.deeds() == ["staff:add", "staff:add", "staff:roles", "staff:end"]


async def test_supervisors_and_auditors_are_told_of_every_link_that_an_administrator_makes(office: Office) -> None:
    async with office.database.write() as connection:
        now = office.clock.now()
        watching = {
            await accounts.add(connection, office.vault, name=role, roles={role}, language="lo", now=now)
            for role in (Role.SUPERVISOR, Role.AUDITOR)
        }
        other = await accounts.add(connection, office.vault, name="n", roles={Role.COUNSELLOR}, language="lo", now=now)
        new = NewColleague("kham", frozenset({Role.COUNSELLOR}), "lo")
        await staffing.take_on(connection, office.vault, new, audit.OPERATOR, now)
        await staffing.invite_again(connection, office.vault, other, audit.OPERATOR, now)

    async with office.database.read() as connection:
        told = {one: [notice.kind for notice in await notices.newest(connection, one)] for one in (*watching, other)}

    assert told.pop(other) == []
    assert [sorted(kinds) for kinds in told.values()] == [["account_made", "account_reset"]] * len(watching)


async def test_two_administrators_who_end_each_other_at_once_leave_one(office: Office) -> None:
    one, _ = await office.take_on("one", Role.ADMINISTRATOR)
    other, _ = await office.take_on("other", Role.ADMINISTRATOR)
    now = office.clock.now()

    got = await asyncio.gather(
        office.do(staffing.let_go, office.vault, one, other, now),
        office.do(staffing.let_go, office.vault, other, one, now),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in got) == ["LastAdministratorError", "NoneType"]


async def test_an_ended_account_loses_every_way_in_and_its_link(office: Office) -> None:
    await office.take_on("mali", Role.ADMINISTRATOR)
    who, token = await office.take_on("noy", Role.COUNSELLOR)
    await office.accept(token)
    await _sign_in_everywhere(office, who)
    again = await office.do(staffing.invite_again, office.vault, who, audit.OPERATOR, office.clock.now())

    await office.do(staffing.let_go, office.vault, who, audit.OPERATOR, office.clock.now())

    assert await _ways_in(office, who) == (False, 0, 0)
    with pytest.raises(ExpiredInvitationError):
        await office.do(invitations.find, office.vault.keyring, again, office.clock.now())
    with pytest.raises(AccountGoneError):
        await office.do(staffing.invite_again, office.vault, who, audit.OPERATOR, office.clock.now())


async def test_invitations_are_forgotten_30_days_after_their_end(office: Office) -> None:
    _, token = await office.take_on("noy", Role.COUNSELLOR)
    office.clock.advance(timedelta(days=32))
    await office.do(invitations.forget_old, office.clock.now())
    with pytest.raises(ExpiredInvitationError):
        await office.do(invitations.find, office.vault.keyring, token, office.clock.now())

    office.clock.advance(timedelta(days=2))
    await office.do(invitations.forget_old, office.clock.now())

    with pytest.raises(UnknownInvitationError):
        await office.do(invitations.find, office.vault.keyring, token, office.clock.now())
