"""What an administrator does with accounts: takes people on, changes their roles, lets them go. All audited (R31)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import notices
from thangdee.casework.staff import accounts, invitations, passkeys
from thangdee.casework.staff.roles import Role
from thangdee.casework.staff.tables import staff_role
from thangdee.core import audit
from thangdee.core.errors import ThangdeeError
from thangdee.core.vault import Vault

# Whoever does both work has two accounts.
KEPT_APART = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
_WATCHERS = frozenset({Role.SUPERVISOR, Role.AUDITOR})


class OwnAccountError(ThangdeeError):
    """Nobody changes their own roles or ends their own account."""

    code = "own_account"


class LastAdministratorError(ThangdeeError):
    """Without an administrator nobody could let anybody in."""

    code = "last_administrator"


class NoRoleError(ThangdeeError):
    """An account has at least one role."""

    code = "no_role"


class RolesApartError(ThangdeeError):
    """An administrator sees no content, an auditor looks at what others do: neither role goes with another (R37)."""

    code = "roles_apart"


@dataclass(frozen=True)
class NewColleague:
    """Who is taken on. `name` is typed to sign in; colleagues read `shown_name`, or `name` where there is none."""

    name: str
    roles: frozenset[Role]
    language: str
    shown_name: str = ""


async def take_on(connection: AsyncConnection, vault: Vault, new: NewColleague, by: str, now: datetime) -> str:
    """Make an account with its invitation, and return the token of the link.

    `by` is the id of an administrator, or audit.OPERATOR.
    Raises NoRoleError, RolesApartError, UnfitNameError, NameTakenError.
    """
    _check(new.roles)
    who = await accounts.add(
        connection, vault, name=new.name, roles=new.roles, language=new.language, now=now, shown_name=new.shown_name
    )
    token = await invitations.invite(connection, vault.keyring, who, now)
    await _note(connection, vault, "staff:add", who, by, now, **_as_facts(new.roles))
    await _tell_watchers(connection, "account_made", who, by, now)
    return token


async def invite_again(
    connection: AsyncConnection, vault: Vault, staff_id: str, by: str, now: datetime, *, is_lost: bool = False
) -> str:
    """Make a new invitation and return the token of its link; what the person has now ends when it is used.

    `is_lost`: a phone is in somebody else's hands, so it ends at once. Raises AccountGoneError.
    """
    token = await invitations.invite(connection, vault.keyring, staff_id, now)
    if is_lost:
        await invitations.shut_out(connection, vault, staff_id)
    await _note(connection, vault, "staff:invite", staff_id, by, now, lost=is_lost)
    await _tell_watchers(connection, "account_reset", staff_id, by, now)
    return token


async def change_roles(
    connection: AsyncConnection, vault: Vault, staff_id: str, roles: Iterable[Role], by: str, now: datetime
) -> None:
    """Give somebody other roles; their sessions end at once.

    Raises OwnAccountError, NoRoleError, RolesApartError, LastAdministratorError, AccountGoneError.
    """
    wanted = frozenset(roles)
    if staff_id == by:
        raise OwnAccountError("not one's own roles")
    _check(wanted)
    if Role.ADMINISTRATOR not in wanted:
        await _need_another_administrator(connection, staff_id)
    await accounts.set_roles(connection, staff_id, wanted)
    await _note(connection, vault, "staff:roles", staff_id, by, now, **_as_facts(wanted))


async def let_go(connection: AsyncConnection, vault: Vault, staff_id: str, by: str, now: datetime) -> None:
    """End an account with its sessions, factors and invitations.

    Raises OwnAccountError, LastAdministratorError, AccountGoneError.
    """
    if staff_id == by:
        raise OwnAccountError("not one's own account")
    await _need_another_administrator(connection, staff_id)
    await accounts.end(connection, vault, staff_id, now)
    await passkeys.remove_all(connection, staff_id)
    await invitations.cancel(connection, staff_id, now)
    await _note(connection, vault, "staff:end", staff_id, by, now)


def _check(roles: frozenset[Role]) -> None:
    if not roles:
        raise NoRoleError("at least one role")
    if roles & KEPT_APART and len(roles) > 1:
        raise RolesApartError("administrator and auditor go with no other role: make a second account")


async def _need_another_administrator(connection: AsyncConnection, staff_id: str) -> None:
    """Raise LastAdministratorError where this is the only one; two who end each other come one after the other."""
    query = select(staff_role.c.staff_id).where(staff_role.c.role == Role.ADMINISTRATOR)
    held = await connection.execute(query.order_by(staff_role.c.staff_id).with_for_update())
    if list(held.scalars()) == [staff_id]:
        raise LastAdministratorError("the last administrator stays")


async def _tell_watchers(connection: AsyncConnection, kind: str, staff_id: str, by: str, now: datetime) -> None:
    """Tell supervisors and auditors: whoever makes links could open one for themselves."""
    watching = [one for one in await accounts.all_staff(connection) if one.ended_at is None and one.roles & _WATCHERS]
    told = [one.id for one in watching if one.id not in (staff_id, by)]
    await notices.tell_all(connection, told, kind, staff_id, now)


async def _note(
    connection: AsyncConnection,
    vault: Vault,
    action: str,
    staff_id: str,
    by: str,
    now: datetime,
    **facts: audit.Fact,
) -> None:
    await audit.record(connection, vault.keyring, actor=by, action=action, subject=staff_id, now=now, **facts)


def _as_facts(roles: Iterable[Role]) -> dict[str, audit.Fact]:
    """One fact of the audit for each role: all eight together would be too long for one."""
    return dict.fromkeys(sorted(roles), True)
