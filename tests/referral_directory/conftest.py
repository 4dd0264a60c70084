"""An installation whose directory is empty: these tests bring their own records."""

import pytest
from sqlalchemy import delete

from thangdee.core.columns import metadata
from thangdee.processes.wiring import Installation
from thangdee.referral_directory.tables import TABLES, assurance


@pytest.fixture
async def installation(installation: Installation) -> Installation:
    """Take out what a new installation brings."""
    async with installation.database.write() as connection:
        for table in (assurance, *reversed(metadata.sorted_tables)):
            if table is assurance or table.name in TABLES:
                await connection.execute(delete(table))
    return installation
