"""Accounts of staff: who works here, in which roles, until when."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.staff import sessions
from thangdee.casework.staff.roles import Permission, Role, permissions_of
from thangdee.casework.staff.tables import staff, staff_role
from thangdee.core.database import insert_new
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.vault import Vault

LONGEST_SIGN_IN_NAME, LONGEST_SHOWN_NAME = 64, 80
KEPT = timedelta(days=730)


class UnfitNameError(ThangdeeError):
    """A sign-in name is empty, too long, or holds spaces."""

    code = "unfit_name"


class NameTakenError(ThangdeeError):
    """Somebody else signs in with this name."""

    code = "name_taken"


class AccountGoneError(ThangdeeError):
    """There is no such account, or it has ended."""

    code = "account_gone"


@dataclass(frozen=True)
class Account:
    """One member of staff. `sign_in_name` is lower case, `name` is what colleagues read."""

    id: str
    sign_in_name: str
    name: str
    language: str
    roles: frozenset[Role]
    created_at: datetime
    passphrase_hash: str | None = None
    has_totp: bool = False
    ended_at: datetime | None = None

    @property
    def is_enrolled(self) -> bool:
        """Whether they can sign in."""
        return self.passphrase_hash is not None and self.has_totp and self.ended_at is None


async def add(
    connection: AsyncConnection,
    vault: Vault,
    *,
    name: str,
    roles: Iterable[Role],
    language: str,
    now: datetime,
    shown_name: str = "",
) -> str:
    """Make an account that cannot sign in yet, and return its id.

    `name` is typed to sign in; colleagues read `shown_name`, or `name` where there is none.
    Raises UnfitNameError, NameTakenError.
    """
    sign_in_name = plain_name(name)
    if not 0 < len(sign_in_name) <= LONGEST_SIGN_IN_NAME or any(map(str.isspace, sign_in_name)):
        raise UnfitNameError("a sign-in name is one word of at most 64 letters")
    shown = unicodedata.normalize("NFC", shown_name or name).strip()[:LONGEST_SHOWN_NAME]
    staff_id, key_id = new_uid(), await vault.new_key(connection)
    values = {"id": staff_id, "sign_in_name": sign_in_name, "shown_name": shown, "language": language}
    row = values | {"key_id": key_id, "created_at": now}
    adding = insert_new(connection, staff).values(row).on_conflict_do_nothing().returning(staff.c.id)
    if (await connection.execute(adding)).scalar() is None:
        raise NameTakenError("this name is taken")
    await _write_roles(connection, staff_id, roles)
    return staff_id


def plain_name(name: str) -> str:
    """Return a sign-in name as it is stored: what looks the same is the same; PostgreSQL takes no NUL."""
    return unicodedata.normalize("NFKC", name.replace("\0", "")).strip().casefold()


async def by_id(connection: AsyncConnection, staff_id: str) -> Account | None:
    """Return an account, ended ones too."""
    return next(iter(await _accounts(connection, staff.c.id == staff_id)), None)


async def by_name(connection: AsyncConnection, name: str) -> Account | None:
    """Return the account with this sign-in name, ended ones too."""
    return next(iter(await _accounts(connection, staff.c.sign_in_name == plain_name(name))), None)


async def all_staff(connection: AsyncConnection) -> list[Account]:
    """Return all accounts by name, ended ones last."""
    found = await _accounts(connection)
    return sorted(found, key=lambda one: (one.ended_at is not None, one.name.casefold(), one.id))


async def who_may(connection: AsyncConnection, permission: Permission, *, but: str | None = None) -> list[Account]:
    """Return who works here and may do this, by name, without the account `but`."""
    everybody = await all_staff(connection)
    return [
        one for one in everybody
        if one.id != but and one.ended_at is None and permission in permissions_of(one.roles)
    ]  # fmt: skip


async def has_gone(connection: AsyncConnection, staff_id: str | None) -> bool:
    """Tell whether nobody has this account any more."""
    account = await by_id(connection, staff_id or "")
    return account is None or account.ended_at is not None


async def names(connection: AsyncConnection) -> dict[str, str]:
    """Return what colleagues read, by the id of the account, ended ones too."""
    return {row.id: row.shown_name for row in await connection.execute(select(staff.c.id, staff.c.shown_name))}


async def set_roles(connection: AsyncConnection, staff_id: str, roles: Iterable[Role]) -> None:
    """Give an account other roles; a change ends its sessions (R35). Raises AccountGoneError."""
    wanted = frozenset(roles)
    if (await _live(connection, staff_id)).roles == wanted:
        return
    await connection.execute(delete(staff_role).where(staff_role.c.staff_id == staff_id))
    await _write_roles(connection, staff_id, wanted)
    await sessions.end_all(connection, staff_id)


async def rename(connection: AsyncConnection, staff_id: str, *, shown_name: str, language: str) -> None:
    """Change what colleagues read and the language of the pages. Raises AccountGoneError."""
    await _live(connection, staff_id)
    shown = unicodedata.normalize("NFC", shown_name).strip()[:LONGEST_SHOWN_NAME]
    values = {"language": language} | ({"shown_name": shown} if shown else {})
    await connection.execute(update(staff).where(staff.c.id == staff_id).values(values))


async def set_passphrase_hash(connection: AsyncConnection, staff_id: str, passphrase_hash: str | None) -> None:
    """Keep the hash of a passphrase; None: nobody signs in until another one is chosen. Raises AccountGoneError."""
    await _live(connection, staff_id)
    await connection.execute(update(staff).where(staff.c.id == staff_id).values(passphrase_hash=passphrase_hash))


async def end(connection: AsyncConnection, vault: Vault, staff_id: str, now: datetime) -> None:
    """End an account: its sessions, factors and roles go, its name stays for the audit. Raises AccountGoneError."""
    await _live(connection, staff_id)
    key_id = (await connection.execute(select(staff.c.key_id).where(staff.c.id == staff_id))).scalar()
    empty = {"passphrase_hash": None, "sealed_totp": None, "totp_step": None, "key_id": None}
    await connection.execute(update(staff).where(staff.c.id == staff_id).values(empty | {"ended_at": now}))
    if key_id is not None:
        await vault.destroy_key(connection, key_id)
    await connection.execute(delete(staff_role).where(staff_role.c.staff_id == staff_id))
    await sessions.end_all(connection, staff_id)


async def forget_old(connection: AsyncConnection, now: datetime) -> None:
    """Remove accounts that ended 24 months ago: the audit does not name them any more (R25)."""
    await connection.execute(delete(staff).where(staff.c.ended_at <= now - KEPT))


async def _live(connection: AsyncConnection, staff_id: str) -> Account:
    """Return the account and keep others from changing it meanwhile."""
    await connection.execute(select(staff.c.id).where(staff.c.id == staff_id).with_for_update())
    found = await by_id(connection, staff_id)
    if found is None or found.ended_at is not None:
        raise AccountGoneError("there is no such account, or it has ended")
    return found


async def _accounts(connection: AsyncConnection, *which: ColumnElement[bool]) -> list[Account]:
    rows = (await connection.execute(select(staff).where(*which))).all()
    held: dict[str, set[Role]] = {}
    query = select(staff_role).where(staff_role.c.staff_id.in_([row.id for row in rows]))
    for row in await connection.execute(query):
        held.setdefault(row.staff_id, set()).add(Role(row.role))
    return [
        Account(
            id=row.id,
            sign_in_name=row.sign_in_name,
            name=row.shown_name,
            language=row.language,
            roles=frozenset(held.get(row.id, ())),
            created_at=row.created_at,
            passphrase_hash=row.passphrase_hash,
            has_totp=row.sealed_totp is not None,
            ended_at=row.ended_at,
        )
        for row in rows
    ]


async def _write_roles(connection: AsyncConnection, staff_id: str, roles: Iterable[Role]) -> None:
    rows = [{"staff_id": staff_id, "role": role} for role in sorted(set(roles))]
    if rows:
        await connection.execute(insert(staff_role), rows)
