"""Made-up receivers of the demo: every sample organisation can be reached, and one sample account works for all."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.providers import channels, members
from thangdee.casework.providers.addresses import Kind
from thangdee.console.sample_staff import sample_account
from thangdee.core.vault import Vault
from thangdee.referral_directory.model import Directory

# One of the two writes a way down, the other says that it is right, as two colleagues would.
_ENTERED, _CHECKED = "directory_editor", "supervisor"


async def plant_receivers(
    connection: AsyncConnection, vault: Vault, directory: Directory, group: int, now: datetime
) -> None:
    """Let the sample organisations be told by a sample group of Telegram, and be worked for by the sample account."""
    people = {who: await sample_account(connection, vault, who, "en", now) for who in ("provider", _ENTERED, _CHECKED)}
    for organisation_id in sorted({one.organisation.id for one in directory.listings if one.is_sample}):
        await members.add(connection, people["provider"], organisation_id, people[_ENTERED], now)
        way, _ = await channels.add(
            connection, vault, organisation_id, Kind.GROUP, str(group), by=people[_ENTERED], now=now
        )
        await channels.confirm(connection, way.id, people[_CHECKED], now)
