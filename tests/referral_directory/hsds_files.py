"""The official schemas and examples of HSDS 3.0, and what tests do with them."""

import json
from datetime import UTC, datetime
from pathlib import Path

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from thangdee.core.database import Database
from thangdee.referral_directory.exporting import Tables, collect
from thangdee.referral_directory.importing import Outcome, import_batch, read

HSDS = Path(__file__).parent / "hsds"
EXAMPLES = HSDS / "examples"
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
SERVICE = "ac148810-d857-441c-9679-408f346de14b"
ORGANIZATION = "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610"
LOCATION = "3a19ff88-4620-4d17-9830-ac1d859eb5d5"
PHONE = "1554f2e2-a373-45db-a3fa-9fc48a61c15e"
AT = "e94c9f38-1e8f-4564-91d4-d53501ab1765"


def schema(name: str) -> dict:
    return json.loads((HSDS / "schema" / f"{name}.json").read_text())


_REGISTRY = Registry().with_resources(
    (path.name, Resource.from_contents(json.loads(path.read_text()), default_specification=DRAFT202012))
    for path in (HSDS / "schema").glob("*.json")
)


def schema_errors(name: str, value: object) -> list[str]:
    """What the official schema has against a value."""
    checker = Draft202012Validator({"$ref": f"{name}.json"}, registry=_REGISTRY, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(value)]


def example(name: str) -> dict:
    return json.loads((EXAMPLES / f"{name}.json").read_text())


async def bring_in(database: Database, path: Path) -> Outcome:
    async with database.write() as connection:
        return await import_batch(connection, read(path), by="noy", now=NOW)


async def tables_of(database: Database) -> Tables:
    async with database.read() as connection:
        return await collect(connection)
