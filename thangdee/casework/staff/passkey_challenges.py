"""Challenges that passkeys answer: kept on our side, for one purpose and one person, once, five minutes (R33)."""

import binascii
import json
import secrets
import struct
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography.exceptions import UnsupportedAlgorithm
from sqlalchemy import Column, String, Table, delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException

from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.errors import ThangdeeError
from thangdee.core.keyring import Keyring

LIVES = timedelta(minutes=5)
LONGEST_ANSWER = 20_000
_CHALLENGE_BYTES = 32
_FIVE_MINUTES = "5 minutes, or until used"
# What the library stumbles over where a browser did not write the answer.
MALFORMED = (
    WebAuthnException, ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError,
    struct.error, binascii.Error, UnsupportedAlgorithm,
)  # fmt: skip

passkey_challenge = Table(
    "passkey_challenge",
    metadata,
    Column(
        "hash",
        String(64),
        primary_key=True,
        info=about(DataClass.TECHNICAL, "keyed hash of challenge, purpose and person", _FIVE_MINUTES),
    ),
    Column(
        "expires_at", AwareDateTime, nullable=False, index=True, info=about(DataClass.TECHNICAL, "until", _FIVE_MINUTES)
    ),
)


class Purpose(StrEnum):
    """What a challenge is for; it serves for nothing else."""

    ADD = "add"
    SIGN_IN = "sign_in"
    CONFIRM = "confirm"


class WrongPasskeyError(ThangdeeError):
    """Not ours, not made for this moment, not verified by its owner, or a copy. `staff_id`: whose it is, if known."""

    code = "wrong_passkey"

    def __init__(self, fact: str, staff_id: str = "") -> None:
        super().__init__(fact)
        self.staff_id = staff_id


async def begin(connection: AsyncConnection, keyring: Keyring, purpose: Purpose, staff_id: str, now: datetime) -> bytes:
    """Return a fresh challenge (256 bits). `staff_id` is empty where nobody is known yet."""
    await forget_old(connection, now)
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    values = {"hash": _hashed(keyring, purpose, staff_id, challenge), "expires_at": now + LIVES}
    await connection.execute(insert(passkey_challenge).values(values))
    return challenge


async def use(
    connection: AsyncConnection, keyring: Keyring, purpose: Purpose, staff_id: str, answer: str, now: datetime
) -> bytes:
    """Return the challenge that the browser says it answers, and use it up. Raises WrongPasskeyError."""
    challenge = _said_challenge(answer)
    ours = passkey_challenge.c.hash == _hashed(keyring, purpose, staff_id, challenge)
    used = await connection.execute(delete(passkey_challenge).where(ours, passkey_challenge.c.expires_at > now))
    if used.rowcount != 1:
        raise WrongPasskeyError("not asked, asked too long ago, or answered before")
    return challenge


def _said_challenge(answer: str) -> bytes:
    try:
        if len(answer) > LONGEST_ANSWER:
            raise ValueError("longer than any passkey's answer")
        data = json.loads(base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))
        return base64url_to_bytes(data["challenge"])
    except MALFORMED as error:
        raise WrongPasskeyError("no answer of a browser") from error


async def forget_old(connection: AsyncConnection, now: datetime) -> None:
    """Remove challenges that nobody answered (R25)."""
    await connection.execute(delete(passkey_challenge).where(passkey_challenge.c.expires_at <= now))


def _hashed(keyring: Keyring, purpose: Purpose, staff_id: str, challenge: bytes) -> str:
    return keyring.look_up("passkey_challenge", f"{purpose}|{staff_id}|{challenge.hex()}")
