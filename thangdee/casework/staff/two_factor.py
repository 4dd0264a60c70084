"""The code of six digits from a phone (TOTP, RFC 6238): 30 s steps, one step early or late, each once (R33)."""

import hmac
from datetime import datetime

import pyotp
from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.staff.tables import staff
from thangdee.core.vault import Place, Vault

ISSUER = "Thangdee"
_STEP_SECONDS = 30
_DIGITS = 6
# Letters that phones put in the place of 0-9 when a Lao or Thai keyboard is on.
_OTHER_DIGITS = str.maketrans("໐໑໒໓໔໕໖໗໘໙๐๑๒๓๔๕๖๗๘๙", "01234567890123456789")


def new_secret() -> str:
    """Return a secret for a code generator: 160 bits, base32."""
    return pyotp.random_base32(32)


def address_of(secret: str, sign_in_name: str) -> str:
    """Return what the QR code for the phone says (otpauth://)."""
    return pyotp.TOTP(secret).provisioning_uri(name=sign_in_name, issuer_name=ISSUER)


def code_at(secret: str, now: datetime) -> str:
    """Return the code which a phone shows now; for tests and trials."""
    return pyotp.TOTP(secret).at(int(now.timestamp()))


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the step whose code this is: this one, the one before or the one after; None for another code."""
    given = plain_code(code).encode()
    current, generator = int(now.timestamp()) // _STEP_SECONDS, pyotp.TOTP(secret)
    # All three are compared, so that the time tells nothing.
    matching = [
        step
        for step in (current - 1, current, current + 1)
        if hmac.compare_digest(generator.at(step * _STEP_SECONDS).encode(), given)
    ]
    return matching[-1] if matching and len(given) == _DIGITS else None


def plain_code(code: str) -> str:
    """Return a code as typed, without spaces, in plain digits."""
    return "".join(code.translate(_OTHER_DIGITS).split())


async def set_secret(connection: AsyncConnection, vault: Vault, staff_id: str, secret: str | None) -> None:
    """Keep the sealed secret of somebody's code generator; None: they have none any more."""
    found = await _sealed(connection, staff_id)
    if found is None:
        return
    key_id = found[0] or await vault.new_key(connection)
    sealed = await vault.seal(connection, key_id, _place(staff_id), secret.encode()) if secret else None
    values = {"key_id": key_id, "sealed_totp": sealed, "totp_step": None}
    await connection.execute(update(staff).where(staff.c.id == staff_id).values(values))


async def secret_of(connection: AsyncConnection, vault: Vault, staff_id: str) -> str | None:
    """Return the secret of somebody's code generator, None where they have none."""
    key_id, sealed = await _sealed(connection, staff_id) or (None, None)
    if key_id is None or sealed is None:
        return None
    return (await vault.open(connection, key_id, _place(staff_id), sealed)).decode()


async def use_step(connection: AsyncConnection, staff_id: str, step: int) -> bool:
    """Use a code up; False where it, or a later one, was used before, even at this very moment elsewhere."""
    unused = or_(staff.c.totp_step.is_(None), staff.c.totp_step < step)
    used = await connection.execute(update(staff).where(staff.c.id == staff_id, unused).values(totp_step=step))
    return used.rowcount == 1


async def use_code(connection: AsyncConnection, vault: Vault, staff_id: str, code: str, now: datetime) -> bool:
    """Tell whether this is somebody's code of now, and use it up."""
    secret = await secret_of(connection, vault, staff_id)
    step = matching_step(secret, code, now) if secret else None
    return step is not None and await use_step(connection, staff_id, step)


async def _sealed(connection: AsyncConnection, staff_id: str) -> tuple[str | None, bytes | None] | None:
    """Return the id of the key and the sealed secret."""
    query = select(staff.c.key_id, staff.c.sealed_totp).where(staff.c.id == staff_id)
    row = (await connection.execute(query)).one_or_none()
    return (row.key_id, row.sealed_totp) if row else None


def _place(staff_id: str) -> Place:
    return Place("staff", "sealed_totp", staff_id)
