"""Ways to reach an organisation: written down by one of us, used only after somebody found them right.

    written down ──a colleague, or the code of a test notice came back──► checked ──gone, or a colleague──► off

Addresses lie sealed under the organisation's own key. Nobody checks what they wrote down, but by a code that came back.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.providers import addresses, organisations
from thangdee.casework.providers.addresses import Kind
from thangdee.casework.providers.tables import provider_channel
from thangdee.core.codes import new_code
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.keyring import Keyring
from thangdee.core.vault import Place, Vault

CODE_COUNTS = timedelta(hours=24)
MOST_TRIES = 5
_SECRET_BYTES = 32


class How(StrEnum):
    """How a way was found to be right."""

    COLLEAGUE = "colleague"
    CODE = "code"


class OwnWordError(ThangdeeError):
    """Nobody checks what they wrote down themselves."""

    code = "own_word"


class ChannelGoneError(ThangdeeError):
    """There is no such way, or it is off."""

    code = "channel_gone"


@dataclass(frozen=True)
class Channel:
    """One way, without its address."""

    id: str
    organisation_id: str
    kind: Kind
    entered_by: str
    entered_at: datetime
    checked_by: str | None
    checked_at: datetime | None
    checked_how: How | None
    code_until: datetime | None
    code_tries: int
    off_at: datetime | None
    off_why: str | None

    @property
    def is_live(self) -> bool:
        """Whether it may be used."""
        return self.checked_at is not None and self.off_at is None

    @property
    def is_by_hand(self) -> bool:
        """Whether one of us has to call or to print."""
        return self.kind in addresses.BY_HAND


async def add(
    connection: AsyncConnection,
    vault: Vault,
    organisation_id: str,
    kind: Kind,
    address: str,
    *,
    by: str,
    now: datetime,
    country: str = "LA",
) -> tuple[Channel, str | None]:
    """Write a way down. Return it, and for a webhook its secret, which is never shown again.

    Raises UnfitAddressError.
    """
    plain = addresses.tidy(kind, address)
    key_id, made = await organisations.key_of(connection, vault, organisation_id, now, country), new_uid()
    secret = new_secret() if kind is Kind.WEBHOOK else None
    values = {
        "id": made, "organisation_id": organisation_id, "kind": kind, "entered_by": by, "entered_at": now,
        "sealed_address": await vault.seal(connection, key_id, _address(made), plain.encode()), "code_tries": 0,
        "sealed_secret": await vault.seal(connection, key_id, _secret(made), secret.encode()) if secret else None,
    }  # fmt: skip
    await connection.execute(insert(provider_channel).values(values))
    return await get(connection, made), secret


def new_secret() -> str:
    """Return a secret as Standard Webhooks wants it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


async def get(connection: AsyncConnection, channel_id: str) -> Channel:
    """Return a way, off ones too. Raises ChannelGoneError."""
    return _channel(await _row(connection, channel_id))


async def of(connection: AsyncConnection, organisation_id: str) -> list[Channel]:
    """Return all ways to an organisation, oldest first."""
    mine = provider_channel.c.organisation_id == organisation_id
    query = select(provider_channel).where(mine).order_by(provider_channel.c.entered_at, provider_channel.c.id)
    return [_channel(row) for row in (await connection.execute(query)).all()]


async def live(connection: AsyncConnection, organisation_id: str) -> list[Channel]:
    """Return the ways that may be used."""
    return [one for one in await of(connection, organisation_id) if one.is_live]


async def all_live(connection: AsyncConnection) -> dict[str, frozenset[Kind]]:
    """Return the kinds of ways that may be used, by organisation."""
    query = select(provider_channel.c.organisation_id, provider_channel.c.kind)
    used = query.where(provider_channel.c.checked_at.is_not(None), provider_channel.c.off_at.is_(None))
    found: dict[str, frozenset[Kind]] = {}
    for row in (await connection.execute(used)).all():
        found[row.organisation_id] = found.get(row.organisation_id, frozenset()) | {Kind(row.kind)}
    return found


async def address_of(connection: AsyncConnection, vault: Vault, channel: Channel) -> str:
    """Open the address of a way; whoever shows it to somebody audits it. Raises SealBrokenError."""
    row = await _row(connection, channel.id)
    return await _opened(connection, vault, channel, _address(channel.id), row.sealed_address)


async def secret_of(connection: AsyncConnection, vault: Vault, channel: Channel) -> str:
    """Open the secret of a webhook. Raises SealBrokenError, ChannelGoneError."""
    row = await _row(connection, channel.id)
    if row.sealed_secret is None:
        raise ChannelGoneError("this way has no secret")
    return await _opened(connection, vault, channel, _secret(channel.id), row.sealed_secret)


async def confirm(connection: AsyncConnection, channel_id: str, by: str, now: datetime) -> Channel:
    """A colleague says that it is right. Raises OwnWordError, ChannelGoneError."""
    found = await _open_one(connection, channel_id)
    if found.entered_by == by:
        raise OwnWordError("a colleague has to look")
    await _check(connection, channel_id, by, How.COLLEAGUE, now)
    return found


async def start_test(connection: AsyncConnection, keyring: Keyring, channel_id: str, now: datetime) -> str:
    """Return the code of a new test; an earlier one counts no more. Raises ChannelGoneError."""
    await _open_one(connection, channel_id)
    code = new_code()
    values = {"code_hash": _hashed(keyring, channel_id, code), "code_until": now + CODE_COUNTS, "code_tries": 0}
    await connection.execute(update(provider_channel).where(provider_channel.c.id == channel_id).values(values))
    return code


async def code_came_back(
    connection: AsyncConnection, keyring: Keyring, channel_id: str, code: str, by: str, now: datetime
) -> bool:
    """Take the code that they read out; tell whether it was right. Five wrong ones end it. Raises ChannelGoneError."""
    found, row = await _open_one(connection, channel_id), await _row(connection, channel_id, to_change=True)
    is_over = row.code_hash is None or found.code_until is None or found.code_until <= now
    if is_over or row.code_tries >= MOST_TRIES:
        return False
    plain = "".join(code.split()).upper()
    if not secrets.compare_digest(row.code_hash, _hashed(keyring, channel_id, plain)):
        more = {"code_tries": row.code_tries + 1}
        await connection.execute(update(provider_channel).where(provider_channel.c.id == channel_id).values(more))
        return False
    await _check(connection, channel_id, by, How.CODE, now)
    return True


async def switch_off(connection: AsyncConnection, channel_id: str, why: str, now: datetime) -> None:
    """Use a way no more; it stays visible as off."""
    mine = (provider_channel.c.id == channel_id) & provider_channel.c.off_at.is_(None)
    values = {"off_at": now, "off_why": why[:24], "code_hash": None, "code_until": None}
    await connection.execute(update(provider_channel).where(mine).values(values))


async def remove(connection: AsyncConnection, channel_id: str) -> Channel:
    """Take a way away with its address. Raises ChannelGoneError."""
    found = await get(connection, channel_id)
    await connection.execute(delete(provider_channel).where(provider_channel.c.id == channel_id))
    return found


async def _open_one(connection: AsyncConnection, channel_id: str) -> Channel:
    found = await get(connection, channel_id)
    if found.off_at is not None:
        raise ChannelGoneError("this way is off")
    return found


async def _check(connection: AsyncConnection, channel_id: str, by: str, how: How, now: datetime) -> None:
    values = {"checked_by": by, "checked_at": now, "checked_how": how, "code_hash": None, "code_until": None}
    await connection.execute(update(provider_channel).where(provider_channel.c.id == channel_id).values(values))


async def _opened(connection: AsyncConnection, vault: Vault, channel: Channel, place: Place, sealed: bytes) -> str:
    key_id = await organisations.known_key(connection, channel.organisation_id)
    return (await vault.open(connection, key_id, place, sealed)).decode()


async def _row(connection: AsyncConnection, channel_id: str, *, to_change: bool = False) -> Row[Any]:
    query = select(provider_channel).where(provider_channel.c.id == channel_id)
    row = (await connection.execute(query.with_for_update() if to_change else query)).one_or_none()
    if row is None:
        raise ChannelGoneError("there is no such way")
    return row


def _channel(row: Row[Any]) -> Channel:
    return Channel(
        id=row.id, organisation_id=row.organisation_id, kind=Kind(row.kind), entered_by=row.entered_by,
        entered_at=row.entered_at, checked_by=row.checked_by, checked_at=row.checked_at,
        checked_how=How(row.checked_how) if row.checked_how else None, code_until=row.code_until,
        code_tries=row.code_tries, off_at=row.off_at, off_why=row.off_why,
    )  # fmt: skip


def _hashed(keyring: Keyring, channel_id: str, code: str) -> str:
    return keyring.look_up("provider_channel_code", f"{channel_id}|{code}")


def _address(channel_id: str) -> Place:
    return Place("provider_channel", "sealed_address", channel_id)


def _secret(channel_id: str) -> Place:
    return Place("provider_channel", "sealed_secret", channel_id)
