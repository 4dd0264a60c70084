"""The schema comes from the migrations alone, in tests as in service."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from thangdee.core.database import Database

_MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(database: Database, revision: str = "head") -> None:
    """Bring the database to a revision; up, or down where the revision is older."""
    async with database.write() as connection:
        await connection.run_sync(_migrate, revision)


def _migrate(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    (command.downgrade if revision == "base" or revision.startswith("-") else command.upgrade)(config, revision)
