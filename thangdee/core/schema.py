"""The schema comes from the migrations alone, in tests as in service."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from thangdee.core.database import Database

_MIGRATIONS = Path(__file__).parent / "migrations"
# The outcomes of enquiries have a chain of their own: whoever may not read them does not need it (R12).
_OUTCOMES = Path(__file__).parent / "outcomes_migrations"


async def migrate(database: Database, revision: str = "head") -> None:
    """Bring the database to a revision; up, or down where the revision is older.

    The outcomes go along where the database was opened with them, and only to their newest or to nothing.
    """
    async with database.write() as connection:
        await connection.run_sync(_migrate, _MIGRATIONS, revision)
    if database.with_outcomes and revision in ("head", "base"):
        async with database.write() as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(text("CREATE SCHEMA IF NOT EXISTS outcomes"))
            await connection.run_sync(_migrate, _OUTCOMES, revision)


def _migrate(connection: Connection, folder: Path, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = connection
    (command.downgrade if revision == "base" or revision.startswith("-") else command.upgrade)(config, revision)
