"""Invitations: a link with which a member of staff chooses passphrase and code generator, once, within 72 hours.

    made -> passphrase chosen -> first code shown: used          (opening the link changes nothing)

A lost phone takes the same way: what the person had before ends when the new invitation is used.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, ForeignKey, String, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.staff import accounts, passkeys, sessions, two_factor
from thangdee.casework.staff.accounts import Account, AccountGoneError
from thangdee.casework.staff.tables import staff
from thangdee.core import audit
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.keyring import Keyring
from thangdee.core.vault import Vault

VALID = timedelta(hours=72)
_TOKEN_BYTES = 32
_SECRET_BYTES = 20
_REMEMBERED = timedelta(days=30)  # so that the page can say "used" or "too old" and not only "unknown"
_KEEP = "30 days after it ended"
_UNTIL_USED = "until used, or 30 days after it ended"

invitation = Table(
    "staff_invitation",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the row", _KEEP)),
    Column(
        "token_hash",
        String(64),
        nullable=False,
        unique=True,
        info=about(DataClass.SESSION, "keyed hash of what the link holds", _KEEP),
    ),
    Column(
        "staff_id",
        String(32),
        ForeignKey(staff.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.TECHNICAL, "for whom", _KEEP),
    ),
    Column("made_at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "when", _KEEP)),
    Column("expires_at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "valid until", _KEEP)),
    Column("used_at", AwareDateTime, info=about(DataClass.TECHNICAL, "when it was used", _KEEP)),
    Column("passphrase_hash", String(200), info=about(DataClass.SESSION, "argon2id; chosen on the way", _UNTIL_USED)),
)


class UnknownInvitationError(ThangdeeError):
    """No invitation has this link."""

    code = "unknown_invitation"


class UsedInvitationError(ThangdeeError):
    """The link was used."""

    code = "used_invitation"


class ExpiredInvitationError(ThangdeeError):
    """Older than 72 hours, or there is a newer one, or the account ended."""

    code = "expired_invitation"


class WrongCodeError(ThangdeeError):
    """The code is not the one which the generator shows now."""

    code = "wrong_code"


@dataclass(frozen=True)
class Invitation:
    """A valid invitation. `has_passphrase`: only the code is missing."""

    id: str
    account: Account
    has_passphrase: bool
    expires_at: datetime


async def invite(connection: AsyncConnection, keyring: Keyring, staff_id: str, now: datetime) -> str:
    """Make an invitation in the place of earlier ones, and return the token of its link. Raises AccountGoneError."""
    account = await accounts.by_id(connection, staff_id)
    if account is None or account.ended_at is not None:
        raise AccountGoneError("there is no such account, or it has ended")
    await cancel(connection, staff_id, now)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    values = {"id": new_uid(), "token_hash": _hashed(keyring, token), "staff_id": staff_id}
    await connection.execute(insert(invitation).values(values | {"made_at": now, "expires_at": now + VALID}))
    return token


async def cancel(connection: AsyncConnection, staff_id: str, now: datetime) -> None:
    """End a person's open invitations."""
    still_open = (invitation.c.staff_id == staff_id) & invitation.c.used_at.is_(None) & (invitation.c.expires_at > now)
    values = {"expires_at": now, "passphrase_hash": None}
    await connection.execute(update(invitation).where(still_open).values(values))


async def find(connection: AsyncConnection, keyring: Keyring, token: str, now: datetime) -> Invitation:
    """Return a valid invitation; only reads.

    Raises UnknownInvitationError, UsedInvitationError, ExpiredInvitationError.
    """
    query = select(invitation).where(invitation.c.token_hash == _hashed(keyring, token))
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise UnknownInvitationError("no such invitation")
    if row.used_at is not None:
        raise UsedInvitationError("used before")
    account = await accounts.by_id(connection, row.staff_id)
    if row.expires_at <= now or account is None or account.ended_at is not None:
        raise ExpiredInvitationError("too old, or replaced")
    return Invitation(row.id, account, row.passphrase_hash is not None, row.expires_at)


async def open_ones(connection: AsyncConnection, now: datetime) -> dict[str, datetime]:
    """Return until when somebody's invitation is valid, by the id of the account."""
    query = select(invitation.c.staff_id, invitation.c.expires_at)
    rows = await connection.execute(query.where(invitation.c.used_at.is_(None), invitation.c.expires_at > now))
    return {row.staff_id: row.expires_at for row in rows}


def secret_of(keyring: Keyring, token: str) -> str:
    """Return the secret for the code generator that this link offers (160 bits, base32).

    It is made from the token, which is in the link alone: nothing readable lies here until the invitation is used.
    """
    made = bytes.fromhex(keyring.look_up("invitation_totp", token))
    return base64.b32encode(made[:_SECRET_BYTES]).decode()


async def keep_passphrase(
    connection: AsyncConnection, keyring: Keyring, token: str, passphrase_hash: str, now: datetime
) -> None:
    """Keep the hash of what was chosen until the code is shown. Raises what `find` raises."""
    found = await find(connection, keyring, token, now)
    values = {"passphrase_hash": passphrase_hash}
    await connection.execute(update(invitation).where(invitation.c.id == found.id).values(values))


async def accept(connection: AsyncConnection, vault: Vault, token: str, code: str, now: datetime) -> Account:
    """Use the invitation: from now on its passphrase and code sign in, and nothing that was before.

    Raises WrongCodeError, which leaves it open, and what `find` raises.
    """
    found = await find(connection, vault.keyring, token, now)
    staff_id, secret = found.account.id, secret_of(vault.keyring, token)
    step = two_factor.matching_step(secret, code, now)
    if step is None or not found.has_passphrase:
        raise WrongCodeError("not the code of now")
    chosen = await _use_up(connection, found.id, now)
    await shut_out(connection, vault, staff_id)
    await accounts.set_passphrase_hash(connection, staff_id, chosen)
    await two_factor.set_secret(connection, vault, staff_id, secret)
    await two_factor.use_step(connection, staff_id, step)
    again = found.account.is_enrolled
    await audit.record(
        connection, vault.keyring, actor=staff_id, action="staff:enrol", subject=staff_id, now=now, again=again
    )
    return found.account


async def shut_out(connection: AsyncConnection, vault: Vault, staff_id: str) -> None:
    """Take away everything with which a person signs in, and end their sessions. Raises AccountGoneError."""
    await accounts.set_passphrase_hash(connection, staff_id, None)
    await two_factor.set_secret(connection, vault, staff_id, None)
    await passkeys.remove_all(connection, staff_id)
    await sessions.end_all(connection, staff_id)


async def forget_old(connection: AsyncConnection, now: datetime) -> None:
    """Remove invitations that ended 30 days ago (R25)."""
    await connection.execute(delete(invitation).where(invitation.c.expires_at < now - _REMEMBERED))


async def _use_up(connection: AsyncConnection, invitation_id: str, now: datetime) -> str:
    """Return the hash of the passphrase; of two at the same moment only one gets it. Raises UsedInvitationError."""
    query = select(invitation.c.passphrase_hash).where(invitation.c.id == invitation_id, invitation.c.used_at.is_(None))
    chosen = (await connection.execute(query.with_for_update())).scalar()
    if chosen is None:
        raise UsedInvitationError("used at this very moment")
    values = {"used_at": now, "passphrase_hash": None}
    await connection.execute(update(invitation).where(invitation.c.id == invitation_id).values(values))
    return str(chosen)


def _hashed(keyring: Keyring, token: str) -> str:
    return keyring.look_up("invitation", token)
