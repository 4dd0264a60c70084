"""Signing in with passphrase and code: three steps, of which the slow one stands outside of any transaction.

    knock (counts the try, reads the account) -> is_right (slow) -> enter (uses the code up, begins the session)

An unknown name, a wrong passphrase and a wrong code take the same time and give the same answer (R34): whoever asks
learns only that all three were right.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.staff import accounts, sessions, throttle, two_factor
from thangdee.casework.staff.passphrases import hash_passphrase, is_outdated, is_right
from thangdee.casework.staff.throttle import PER_ACCOUNT_AND_SOURCE, Limit
from thangdee.core import audit
from thangdee.core.vault import Vault

# Who knows the passphrase could guess codes from many sources; nobody else can reach this limit. No second answer
# for it: it would tell that the passphrase was right.
_CODES = Limit(10, timedelta(hours=1))


@dataclass(frozen=True)
class Knock:
    """Somebody at the door. Where there is no such account, hash and secret are made up."""

    key: str
    passphrase_hash: str
    secret: str
    staff_id: str | None = None
    is_last_try: bool = False


@dataclass(frozen=True)
class Shown:
    """What was shown: whether the passphrase is right, and the step of the code, None for a wrong one."""

    is_passphrase_right: bool
    step: int | None


async def knock(connection: AsyncConnection, vault: Vault, name: str, source: str, now: datetime) -> Knock:
    """Count the try, and return against what passphrase and code are to be held. Raises TooManyTriesError."""
    key = throttle.key_of(vault.keyring, accounts.plain_name(name), source)
    is_last_try = await throttle.begin(connection, key, now) >= PER_ACCOUNT_AND_SOURCE.tries
    account = await accounts.by_name(connection, name)
    # The same is asked of the database for a name that nobody has.
    staff_id = account.id if account else ""
    secret = await two_factor.secret_of(connection, vault, staff_id)
    is_guessed = await throttle.is_full(connection, _codes_key(vault, staff_id), now, _CODES)
    if account is None or account.passphrase_hash is None or account.ended_at is not None:
        return Knock(key, made_up_hash(), two_factor.new_secret(), is_last_try=is_last_try)
    fit_secret = secret if secret and not is_guessed else two_factor.new_secret()
    return Knock(key, account.passphrase_hash, fit_secret, account.id, is_last_try)


def look_at(knocking: Knock, passphrase: str, code: str, now: datetime) -> Shown:
    """Look at passphrase and code, always at both. Takes 64 MiB and a moment: not on the event loop."""
    is_passphrase_right = is_right(knocking.passphrase_hash, passphrase)
    step = two_factor.matching_step(knocking.secret, code, now)
    return Shown(is_passphrase_right and knocking.staff_id is not None, step)


async def enter(connection: AsyncConnection, vault: Vault, knocking: Knock, shown: Shown, now: datetime) -> str | None:
    """Begin a session and return its token; None where anything was wrong, or the code was used before."""
    staff_id = knocking.staff_id
    if staff_id is None or not await _is_accepted(connection, staff_id, knocking, shown):
        await _note_failure(connection, vault, knocking, shown, now)
        return None
    await throttle.forgive(connection, knocking.key)
    token = await sessions.start(connection, vault.keyring, staff_id, now, with_passkey=False)
    await note_entry(connection, vault, staff_id, "code", now)
    return token


def renewed_hash(knocking: Knock, passphrase: str) -> str | None:
    """Return a hash with today's parameters where the account has an older one. Slow; for after `enter`."""
    return hash_passphrase(passphrase) if is_outdated(knocking.passphrase_hash) else None


async def note_entry(connection: AsyncConnection, vault: Vault, staff_id: str, how: str, now: datetime) -> None:
    """Write into the audit that somebody signed in; a fault of the audit must not keep them out (R31)."""
    await audit.record_in_crisis(
        connection, vault.keyring, actor=staff_id, action="sign_in:done", subject=staff_id, now=now, how=how
    )


@cache
def made_up_hash() -> str:
    """Return the hash of a passphrase that nobody has, made the same way as all others."""
    return hash_passphrase(secrets.token_urlsafe())


async def _is_accepted(connection: AsyncConnection, staff_id: str, knocking: Knock, shown: Shown) -> bool:
    if not shown.is_passphrase_right or shown.step is None:
        return False
    account = await accounts.by_id(connection, staff_id)
    # Meanwhile the account may have ended, or got another passphrase.
    if account is None or account.ended_at is not None or account.passphrase_hash != knocking.passphrase_hash:
        return False
    return await two_factor.use_step(connection, staff_id, shown.step)


async def _note_failure(
    connection: AsyncConnection, vault: Vault, knocking: Knock, shown: Shown, now: datetime
) -> None:
    if shown.is_passphrase_right and knocking.staff_id is not None:
        await throttle.count(connection, _codes_key(vault, knocking.staff_id), now)
    await audit.record_in_crisis(
        connection,
        vault.keyring,
        actor=audit.SYSTEM,
        action="sign_in:locked" if knocking.is_last_try else "sign_in:failed",
        subject=knocking.staff_id or "",
        now=now,
        source=knocking.key[:12],
    )


def _codes_key(vault: Vault, staff_id: str) -> str:
    return vault.keyring.look_up("sign_in_try", f"codes|{staff_id}")
