"""One row in every table of the staff."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.staff import accounts, invitations, passkey_challenges, sessions, throttle, two_factor
from thangdee.casework.staff.passkey_challenges import Purpose
from thangdee.casework.staff.passkeys import passkey
from thangdee.casework.staff.roles import Role
from thangdee.core.vault import Vault


async def fill_staff(connection: AsyncConnection, vault: Vault, now: datetime, name: str = "made-up") -> str:
    """Somebody with an invitation, a passkey, a code generator, an open session and a try to sign in; their id."""
    staff_id = await accounts.add(connection, vault, name=name, roles={Role.SUPERVISOR}, language="lo", now=now)
    await two_factor.set_secret(connection, vault, staff_id, two_factor.new_secret())
    await invitations.invite(connection, vault.keyring, staff_id, now)
    await passkey_challenges.begin(connection, vault.keyring, Purpose.ADD, staff_id, now)
    values = {"id": name, "staff_id": staff_id, "credential_id": name, "public_key": "made up", "sign_count": 1}
    await connection.execute(passkey.insert().values(values | {"label": "made up", "added_at": now}))
    await sessions.start(connection, vault.keyring, staff_id, now, with_passkey=True)
    await throttle.begin(connection, throttle.key_of(vault.keyring, name, "192.0.2.1"), now)
    return staff_id
