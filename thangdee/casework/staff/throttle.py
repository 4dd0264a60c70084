"""Slows down who guesses: five failures in 60 s for one account from one source, never for all (R34)."""

import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.staff.tables import sign_in_try
from thangdee.core.database import one_at_a_time
from thangdee.core.errors import ThangdeeError
from thangdee.core.keyring import Keyring

_KEPT = timedelta(hours=1)


@dataclass(frozen=True)
class Limit:
    """So many tries in this time."""

    tries: int
    within: timedelta


PER_ACCOUNT_AND_SOURCE = Limit(5, timedelta(seconds=60))


class TooManyTriesError(ThangdeeError):
    """Wait so many seconds."""

    code = "too_many_tries"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


def key_of(keyring: Keyring, account: str, source: str) -> str:
    """Return the keyed hash under which tries are counted. `account`: as typed, known or not."""
    return keyring.look_up("sign_in_try", f"{account}|{network(source)}")


async def begin(connection: AsyncConnection, key: str, now: datetime, limit: Limit = PER_ACCOUNT_AND_SOURCE) -> int:
    """Count a try before it is looked at, so that a hundred at once do not slip through; return which try it is.

    Raises TooManyTriesError; what is refused is not counted, so that the wait gets no longer.
    """
    await one_at_a_time(connection, key)
    lately = await _lately(connection, key, now, limit)
    if len(lately) >= limit.tries:
        left = lately[-1] + limit.within - now
        raise TooManyTriesError(math.ceil(left.total_seconds()))
    await count(connection, key, now)
    return len(lately) + 1


async def is_full(connection: AsyncConnection, key: str, now: datetime, limit: Limit) -> bool:
    """Tell whether no more tries are allowed."""
    return len(await _lately(connection, key, now, limit)) >= limit.tries


async def count(connection: AsyncConnection, key: str, now: datetime) -> None:
    """Count a try."""
    await connection.execute(insert(sign_in_try).values(key=key, at=now))


async def forgive(connection: AsyncConnection, key: str) -> None:
    """Forget the tries of somebody who got in."""
    await connection.execute(delete(sign_in_try).where(sign_in_try.c.key == key))


async def forget_old(connection: AsyncConnection, now: datetime) -> None:
    """Remove tries that count no more (R25)."""
    await connection.execute(delete(sign_in_try).where(sign_in_try.c.at < now - _KEPT))


async def _lately(connection: AsyncConnection, key: str, now: datetime, limit: Limit) -> list[datetime]:
    """Return the tries that count, latest first, not more than the limit."""
    counted = (sign_in_try.c.key == key) & (sign_in_try.c.at > now - limit.within)
    query = select(sign_in_try.c.at).where(counted).order_by(sign_in_try.c.at.desc()).limit(limit.tries)
    return list((await connection.execute(query)).scalars())


def network(source: str) -> str:
    """Return the address; of IPv6 the first 64 bits, which are one household's or one server's."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))
