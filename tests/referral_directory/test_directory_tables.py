"""The directory's tables are those of HSDS, and the migration makes what the code says."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from thangdee.core.columns import DataClass, metadata
from thangdee.core.database import Database
from thangdee.referral_directory.tables import TABLES, assurance, confidential_address, village

OWN = (assurance, confidential_address, village)


async def test_the_migration_makes_what_the_code_says(database: Database) -> None:
    def differences(connection: Connection) -> list:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

    async with database.read() as connection:
        found = await connection.run_sync(differences)

    ours = {one.name for one in (*TABLES.values(), *OWN)}
    assert [one for one in found if any(name in str(one) for name in ours)] == []


def test_every_column_is_classified_and_only_the_secret_address_is_sealed() -> None:
    classes = {str(column): column.info["class"] for table in (*TABLES.values(), *OWN) for column in table.columns}

    assert [name for name, kind in classes.items() if kind is DataClass.SEALED] == [
        "confidential_address.sealed_address"
    ]
