"""Passkeys of staff (WebAuthn): made and shown with user verification only, challenges used once (R33).

A passkey is a key in a phone or a token that opens by finger, face or PIN: something one has and something one is or
knows. So a passkey signs in alone, in the place of passphrase and code, as NIST SP 800-63B counts it (a multi-factor
cryptographic authenticator) and as sites with passkeys do; it is bound to our address, so no false page gets it.
The browser finds it without a name, so nobody learns who has an account.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import BigInteger, Column, ForeignKey, Row, String, Table, Text, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from thangdee.casework.staff import passkey_challenges
from thangdee.casework.staff.passkey_challenges import LIVES, MALFORMED, Purpose, WrongPasskeyError
from thangdee.casework.staff.tables import staff
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.keyring import Keyring

MOST = 10
LONGEST_LABEL = 60
_MILLISECONDS = int(LIVES.total_seconds() * 1000)
_CREDENTIAL = re.compile(r"[\w=-]{1,2000}", re.ASCII)
_UNTIL_REMOVED = "until removed, or the account ends"
passkey = Table(
    "staff_passkey",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the row", _UNTIL_REMOVED)),
    Column(
        "staff_id",
        String(32),
        ForeignKey(staff.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.TECHNICAL, "whose", _UNTIL_REMOVED),
    ),
    Column(
        "credential_id",
        Text,
        nullable=False,
        unique=True,
        info=about(DataClass.PSEUDONYM, "how the device names it, base64url", _UNTIL_REMOVED),
    ),
    Column("public_key", Text, nullable=False, info=about(DataClass.TECHNICAL, "COSE, base64url", _UNTIL_REMOVED)),
    Column(
        "sign_count", BigInteger, nullable=False, info=about(DataClass.TECHNICAL, "uses, as it says", _UNTIL_REMOVED)
    ),
    Column(
        "label",
        String(LONGEST_LABEL),
        nullable=False,
        info=about(DataClass.PSEUDONYM, "what its owner calls it", _UNTIL_REMOVED),
    ),
    Column("added_at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "when", _UNTIL_REMOVED)),
    Column("used_at", AwareDateTime, info=about(DataClass.TECHNICAL, "last use", _UNTIL_REMOVED)),
)


class TooManyPasskeysError(ThangdeeError):
    """Ten are enough for one person."""

    code = "too_many_passkeys"


@dataclass(frozen=True)
class Site:
    """The console as passkeys know it. `address`: as browsers see it, such as "https://staff.example.org"."""

    address: str
    name: str = "Thangdee"

    @property
    def origin(self) -> str:
        """What browsers sign: scheme, host and port, without a path."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def rp_id(self) -> str:
        """The host alone: to it the passkeys are bound for good."""
        return urlsplit(self.address).hostname or ""


@dataclass(frozen=True)
class Passkey:
    """One passkey, as its owner's page lists it."""

    id: str
    label: str
    added_at: datetime
    used_at: datetime | None


async def options_to_add(
    connection: AsyncConnection, keyring: Keyring, site: Site, staff_id: str, sign_in_name: str, now: datetime
) -> str:
    """Return what the browser needs to make a passkey (JSON). Raises TooManyPasskeysError."""
    known = await _credentials(connection, staff_id)
    if len(known) >= MOST:
        raise TooManyPasskeysError("ten passkeys at most")
    options = webauthn.generate_registration_options(
        rp_id=site.rp_id,
        rp_name=site.name,
        user_id=staff_id.encode(),
        user_name=sign_in_name,
        challenge=await passkey_challenges.begin(connection, keyring, Purpose.ADD, staff_id, now),
        timeout=_MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=known,
    )
    return webauthn.options_to_json(options)


async def add(
    connection: AsyncConnection, keyring: Keyring, site: Site, staff_id: str, answer: str, label: str, now: datetime
) -> str:
    """Keep the passkey that the browser made, and return its id. Raises WrongPasskeyError, TooManyPasskeysError.

    Commit after a WrongPasskeyError, too: the challenge is used up.
    """
    challenge = await passkey_challenges.use(connection, keyring, Purpose.ADD, staff_id, answer, now)
    if len(await _credentials(connection, staff_id)) >= MOST:
        raise TooManyPasskeysError("ten passkeys at most")
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except MALFORMED as error:
        raise WrongPasskeyError("the browser's answer is not a passkey of ours") from error
    credential_id = bytes_to_base64url(made.credential_id)
    known = select(passkey.c.id).where(passkey.c.credential_id == credential_id)
    if (await connection.execute(known)).scalar() is not None:
        raise WrongPasskeyError("this passkey is known already")
    values = {"id": new_uid(), "staff_id": staff_id, "credential_id": credential_id, "sign_count": made.sign_count}
    values |= {"public_key": bytes_to_base64url(made.credential_public_key)}
    values |= {"label": " ".join(label.split())[:LONGEST_LABEL], "added_at": now}
    await connection.execute(insert(passkey).values(values))
    return str(values["id"])


async def options_to_sign_in(connection: AsyncConnection, keyring: Keyring, site: Site, now: datetime) -> str:
    """Return what the browser needs to show any passkey of this site (JSON); names nobody."""
    challenge = await passkey_challenges.begin(connection, keyring, Purpose.SIGN_IN, "", now)
    return _options_to_show(site, challenge, [])


async def options_to_confirm(
    connection: AsyncConnection, keyring: Keyring, site: Site, staff_id: str, now: datetime
) -> str:
    """Return what the browser needs to show one of this person's passkeys (JSON)."""
    challenge = await passkey_challenges.begin(connection, keyring, Purpose.CONFIRM, staff_id, now)
    return _options_to_show(site, challenge, await _credentials(connection, staff_id))


async def sign_in(connection: AsyncConnection, keyring: Keyring, site: Site, answer: str, now: datetime) -> str:
    """Return the id of who showed a passkey. Raises WrongPasskeyError; commit then, too: the challenge is used up."""
    challenge = await passkey_challenges.use(connection, keyring, Purpose.SIGN_IN, "", answer, now)
    return await _shown(connection, site, challenge, answer, now)


async def confirm(
    connection: AsyncConnection, keyring: Keyring, site: Site, staff_id: str, answer: str, now: datetime
) -> None:
    """Accept that this very person showed a passkey. Raises WrongPasskeyError; commit then, too."""
    challenge = await passkey_challenges.use(connection, keyring, Purpose.CONFIRM, staff_id, answer, now)
    if await _shown(connection, site, challenge, answer, now) != staff_id:
        raise WrongPasskeyError("somebody else's passkey")


async def of_staff(connection: AsyncConnection, staff_id: str) -> list[Passkey]:
    """Return somebody's passkeys, oldest first."""
    query = select(passkey).where(passkey.c.staff_id == staff_id).order_by(passkey.c.added_at, passkey.c.id)
    return [Passkey(row.id, row.label, row.added_at, row.used_at) for row in await connection.execute(query)]


async def who_has(connection: AsyncConnection) -> frozenset[str]:
    """Return the ids of all who have a passkey."""
    return frozenset((await connection.execute(select(passkey.c.staff_id).distinct())).scalars())


async def remove(connection: AsyncConnection, staff_id: str, passkey_id: str) -> bool:
    """Remove one of somebody's passkeys; False if there is no such one."""
    which = (passkey.c.id == passkey_id) & (passkey.c.staff_id == staff_id)
    return (await connection.execute(delete(passkey).where(which))).rowcount == 1


async def remove_all(connection: AsyncConnection, staff_id: str) -> int:
    """Remove all passkeys of a person; return how many."""
    return (await connection.execute(delete(passkey).where(passkey.c.staff_id == staff_id))).rowcount


def _options_to_show(site: Site, challenge: bytes, allowed: list[PublicKeyCredentialDescriptor]) -> str:
    options = webauthn.generate_authentication_options(
        rp_id=site.rp_id,
        challenge=challenge,
        timeout=_MILLISECONDS,
        allow_credentials=allowed,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


async def _shown(connection: AsyncConnection, site: Site, challenge: bytes, answer: str, now: datetime) -> str:
    row = await _by_credential(connection, _said_id(answer))
    if row is None:
        raise WrongPasskeyError("an unknown passkey")
    try:
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except MALFORMED as error:
        raise WrongPasskeyError("the passkey does not fit", row.staff_id) from error
    # Of two answers at once with the same count one is a copy's.
    which = (passkey.c.id == row.id) & (passkey.c.sign_count == row.sign_count)
    values = {"sign_count": verified.new_sign_count, "used_at": now}
    if (await connection.execute(update(passkey).where(which).values(values))).rowcount != 1:
        raise WrongPasskeyError("used at this very moment elsewhere", row.staff_id)
    return str(row.staff_id)


def _said_id(answer: str) -> str:
    try:
        said = str(json.loads(answer)["id"])
    except MALFORMED as error:
        raise WrongPasskeyError("no answer of a browser") from error
    if not _CREDENTIAL.fullmatch(said):  # letters that no database takes
        raise WrongPasskeyError("no id of a passkey")
    return said


async def _credentials(connection: AsyncConnection, staff_id: str) -> list[PublicKeyCredentialDescriptor]:
    query = select(passkey.c.credential_id).where(passkey.c.staff_id == staff_id)
    found = (await connection.execute(query)).scalars()
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in found]


async def _by_credential(connection: AsyncConnection, credential_id: str) -> "Row[tuple[Any, ...]] | None":
    """A passkey of somebody whose account has not ended."""
    query = select(passkey).join(staff).where(passkey.c.credential_id == credential_id, staff.c.ended_at.is_(None))
    return (await connection.execute(query)).one_or_none()
