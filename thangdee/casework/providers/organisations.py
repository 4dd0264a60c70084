"""How an organisation of the directory works as a receiver: its language, its country, its hours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.providers.tables import provider
from thangdee.core.database import insert_new
from thangdee.core.errors import SealBrokenError, ThangdeeError
from thangdee.core.vault import Vault
from thangdee.core.words import LANGUAGES

COUNTRIES = ("LA", "TH")
_DAY_MINUTES = 24 * 60
_WEEK = "1234567"


class UnfitHoursError(ThangdeeError):
    """A language, a country, days or hours that there are not."""

    code = "unfit_hours"


@dataclass(frozen=True)
class Provider:
    """One organisation. `days`: weekdays it works, "1" is Monday; `opens` and `closes`: minutes of the day there."""

    organisation_id: str
    language: str = "lo"
    country: str = "LA"
    days: str = "12345"
    opens: int = 8 * 60
    closes: int = 16 * 60


async def of(connection: AsyncConnection, organisation_id: str, country: str = "LA") -> Provider:
    """Return what is written down of an organisation, else what is usual in its country."""
    row = await _row(connection, organisation_id)
    if row is not None:
        return Provider(row.organisation_id, row.language, row.country, row.days, row.opens, row.closes)
    return Provider(organisation_id, "th" if country == "TH" else "lo", country if country in COUNTRIES else "LA")


async def save(connection: AsyncConnection, vault: Vault, wanted: Provider, now: datetime) -> None:
    """Write down how an organisation works. Raises UnfitHoursError."""
    _check(wanted)
    await key_of(connection, vault, wanted.organisation_id, now)
    mine = provider.c.organisation_id == wanted.organisation_id
    await connection.execute(update(provider).where(mine).values(vars(wanted) | {"changed_at": now}))


async def key_of(
    connection: AsyncConnection, vault: Vault, organisation_id: str, now: datetime, country: str = "LA"
) -> str:
    """Return the key that seals an organisation's addresses; the first time, make it."""
    row = await _row(connection, organisation_id)
    if row is None:
        usual = vars(await of(connection, organisation_id, country)) | {"changed_at": now}
        new = insert_new(connection, provider).values(usual).on_conflict_do_nothing()
        await connection.execute(new)
        row = await _row(connection, organisation_id, to_change=True)
    if row is not None and row.key_id is not None:
        return str(row.key_id)
    made = await vault.new_key(connection)
    mine = provider.c.organisation_id == organisation_id
    await connection.execute(update(provider).where(mine).values(key_id=made))
    return made


async def known_key(connection: AsyncConnection, organisation_id: str) -> str:
    """Return the key of an organisation whose addresses are kept already. Raises SealBrokenError."""
    row = await _row(connection, organisation_id)
    if row is None or row.key_id is None:
        raise SealBrokenError("the organisation's key is gone")
    return str(row.key_id)


async def _row(connection: AsyncConnection, organisation_id: str, *, to_change: bool = False) -> Row[Any] | None:
    query = select(provider).where(provider.c.organisation_id == organisation_id)
    return (await connection.execute(query.with_for_update() if to_change else query)).one_or_none()


def _check(wanted: Provider) -> None:
    are_days = bool(wanted.days) and all(day in _WEEK for day in wanted.days)
    in_order = "".join(sorted(set(wanted.days))) == wanted.days
    are_hours = 0 <= wanted.opens < wanted.closes <= _DAY_MINUTES
    if not (are_days and in_order and are_hours and wanted.language in LANGUAGES and wanted.country in COUNTRIES):
        raise UnfitHoursError("no such days, hours, language or country")
