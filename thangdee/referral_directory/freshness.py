"""Is it still true: who checked a fact and when, and what is to be checked next. After 90 days a check is stale."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.referral_directory.assurances import How, enter
from thangdee.referral_directory.changes import save
from thangdee.referral_directory.model import Checked, Listing, Status
from thangdee.referral_directory.modified import mark_fact_modified
from thangdee.referral_directory.snapshot import load_snapshot
from thangdee.referral_directory.tables import TABLES

# In the order in which a person would miss them.
_WEIGHT = ("service", "phone", "schedule", "address", "location", "cost_option", "organization")


@dataclass(frozen=True)
class Due:
    """A fact that was never checked, or not for 90 days. `owner_email`: whom to ask (requests.py)."""

    entity: str
    entity_id: str
    service_id: str
    title: str
    shows: str
    checked: Checked
    owner_email: str | None

    @property
    def was_never_checked(self) -> bool:
        """Tell a new fact from a stale one."""
        return not self.checked.is_verified


async def assure(
    connection: AsyncConnection, entity: str, entity_id: str, *, by: str, how: How, now: datetime,
    source: str | None = None, source_year: int | None = None,
) -> None:  # fmt: skip
    """Enter that somebody checked a fact today; a service carries it in its HSDS fields too.

    A service counts as modified, for what is checked is what others may read.
    """
    await enter(connection, entity, entity_id, Checked(now.date(), by, how, source, source_year), now)
    if entity == "service":
        await save(connection, "service", {"id": entity_id, "assured_date": now.date().isoformat()}, by=by, now=now)
    await mark_fact_modified(connection, entity, entity_id, now=now)


async def name_source(
    connection: AsyncConnection, entity: str, entity_id: str, *, source: str, source_year: int, now: datetime
) -> None:
    """Enter where an unverified fact comes from; it stays unverified."""
    await enter(connection, entity, entity_id, Checked(None, None, How.SOURCE, source, source_year), now)


async def worklist(connection: AsyncConnection, now: datetime) -> tuple[Due, ...]:
    """Return what staff should check: of services that run, weightiest facts first, the stalest of a kind first."""
    directory = await load_snapshot(connection)
    emails = {table: await _emails(connection, table) for table in ("service", "organization")}
    found: dict[str, Due] = {}
    for listing in directory.listings:
        if listing.status in (Status.ACTIVE, Status.PAUSED):
            owner = emails["service"].get(listing.service_id) or emails["organization"].get(listing.organisation.id)
            for entity, entity_id, shows, checked in facts_of(listing):
                if entity_id not in found and not checked.is_fresh(now.date()):
                    title = listing.names.get("en", "")
                    found[entity_id] = Due(entity, entity_id, listing.service_id, title, shows, checked, owner)
    return tuple(sorted(found.values(), key=_rank))


def facts_of(listing: Listing) -> Iterator[tuple[str, str, str, Checked]]:
    """Yield table, id, what it says and its check, for every fact of a listing and of its organisation.

    A row that was emptied says nothing and is none; a service, a place and an organisation always are.
    """
    organisation = listing.organisation
    yield "service", listing.service_id, listing.status.value, listing.checked
    for entity, entity_id, shows, checked in _rows_of(listing):
        if shows:
            yield entity, entity_id, shows, checked
    if listing.site is not None:
        yield "location", listing.site.id, listing.site.place or "", listing.site.checked
    if organisation.id:
        yield "organization", organisation.id, organisation.names.get("en", ""), organisation.checked


def _rows_of(listing: Listing) -> Iterator[tuple[str, str, str, Checked]]:
    own = {phone.id for phone in listing.phones}
    for phone in (*listing.phones, *(one for one in listing.organisation.phones if one.id not in own)):
        yield "phone", phone.id, phone.number.strip(), phone.checked
    for time in listing.opening_times:
        hours = f"{time.opens_at or ''}-{time.closes_at or ''}" if time.opens_at or time.closes_at else time.description
        yield "schedule", time.id, " ".join(one for one in (",".join(time.days), hours) if one), time.checked
    for cost in listing.costs:
        amount = f"{cost.amount:g} {cost.currency or ''}".strip() if cost.amount is not None else ""
        yield "cost_option", cost.id, cost.description or cost.option or amount, cost.checked
    for address in listing.site.addresses if listing.site else ():
        yield "address", address.id, ", ".join(address.lines), address.checked


def _rank(due: Due) -> tuple[int, int, str]:
    days = due.checked.assured_on.toordinal() if due.checked.assured_on else 0
    return _WEIGHT.index(due.entity), days, due.entity_id


async def _emails(connection: AsyncConnection, table: str) -> dict[str, str]:
    column = TABLES[table].c
    rows = await connection.execute(select(column.id, column.email).where(column.email.is_not(None)))
    return {row.id: row.email for row in rows.all()}
