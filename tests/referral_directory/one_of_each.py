"""One row at least in every table of the directory."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from tests.referral_directory.hsds_files import EXAMPLES, LOCATION, SERVICE
from thangdee.core.vault import Vault
from thangdee.referral_directory import changes, confidential, freshness, reports, villages
from thangdee.referral_directory.freshness import How
from thangdee.referral_directory.importing import import_batch, read
from thangdee.referral_directory.places import Village
from thangdee.referral_directory.taxonomy import stable_id


async def fill_directory(connection: AsyncConnection, vault: Vault, now: datetime) -> None:
    """Bring the official example in, and what it lacks."""
    await import_batch(connection, read(EXAMPLES / "csv"), by="noy", now=now)
    unit = {"id": stable_id("sample unit"), "name": "Bed"}
    await changes.save(connection, "unit", unit, by="noy", now=now)
    places = {"id": stable_id("sample beds"), "service_id": SERVICE, "unit_id": unit["id"], "available": 2}
    updated = {"updated": "2026-11-22T08:00:00+07:00"}
    await changes.save(connection, "service_capacity", places | updated, by="noy", now=now)
    page = {"id": stable_id("sample page"), "url": "https://example.org", "service_id": SERVICE}
    await changes.save(connection, "url", page, by="noy", now=now)
    await freshness.assure(connection, "service", SERVICE, by="noy", how=How.PHONE, now=now)
    await confidential.keep_secret(connection, vault, LOCATION, "a sample house")
    await villages.store(connection, [Village("sample-1", "LA0101", "ບ້ານຕົວຢ່າງ", "", "", (), None)])
    await reports.report(connection, SERVICE, now)
