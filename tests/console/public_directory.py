"""The official example of HSDS as a public directory, with every fact checked today, and ways to ask it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import httpx
from fastapi import FastAPI

from tests.referral_directory.hsds_files import EXAMPLES
from thangdee.console.directory_api import directory_api
from thangdee.console.directory_api.app import api_of
from thangdee.console.directory_api.edition import edition_of
from thangdee.console.directory_api.publishing import publish
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.referral_directory import freshness
from thangdee.referral_directory.exporting import Row, Tables
from thangdee.referral_directory.freshness import How
from thangdee.referral_directory.importing import import_batch, read
from thangdee.referral_directory.model import Checked
from thangdee.referral_directory.tables import TABLES
from thangdee.referral_directory.taxonomy import records, stable_id, term

HOST = "http://directory.example"
TODAY = date(2026, 11, 22)
CHECKED = ("organization", "service", "location", "phone", "schedule", "address", "cost_option")


def example_tables(file: str = "service_full") -> Tables:
    """The rows of an official example, as an export gives them."""
    batch = read(EXAMPLES / f"{file}.json")
    tables = {
        name: [{key: value for key, value in entry.values.items() if value is not None} for entry in found.values()]
        for name, found in batch.entries.items()
    }
    return tables | {name: [*tables[name], *rows] for name, rows in records().items()}


def changed(tables: Tables, table: str, row_id: str, **values: Any) -> Tables:
    """The tables with one row changed, or a new one."""
    others = [row for row in tables[table] if row["id"] != row_id]
    before: Row = next((row for row in tables[table] if row["id"] == row_id), {"id": row_id})
    return tables | {table: [*others, before | values]}


def said(tables: Tables, link: str, taxonomy: str, name: str, value: str = "") -> Tables:
    """The tables with one more term of ours at a record."""
    values = {"link_id": link, "taxonomy_term_id": term(taxonomy, name).id, "value": value}
    return changed(tables, "attribute", stable_id(f"{link} {taxonomy} {name}"), **values)


def fresh(tables: Tables) -> dict[str, Checked]:
    """A check of everything, of this month."""
    return {row["id"]: Checked(date(2026, 11, 1), "noy", "phone") for rows in tables.values() for row in rows}


def api_over(tables: Tables, checks: dict[str, Checked] | None = None, secret: frozenset[str] = frozenset()) -> FastAPI:
    """The API over rows that are in no database."""
    edition = edition_of(publish(tables, fresh(tables) if checks is None else checks, secret, TODAY))

    async def current():
        return edition

    return api_of(current)


def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOST)


def live(database: Database, clock: Clock) -> httpx.AsyncClient:
    return client(directory_api(database, clock))


async def fill(database: Database, clock: Clock, *, by: str = "noy") -> None:
    """The official example, every fact of it checked today."""
    async with database.write() as connection:
        await import_batch(connection, read(EXAMPLES / "service_full.json"), by=by, now=clock.now())
    await check_all(database, clock, by=by)


async def check_all(database: Database, clock: Clock, *, but: tuple[str, ...] = (), by: str = "noy") -> None:
    """Enter a check of every fact, but those of the tables named."""
    async with database.write() as connection:
        for table in sorted(set(CHECKED) - set(but)):
            for row in (await connection.execute(TABLES[table].select())).all():
                await freshness.assure(connection, table, row.id, by=by, how=How.PHONE, now=clock.now())


async def get(browser: httpx.AsyncClient, path: str, **asked: Any) -> Any:
    answer = await browser.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ids(browser: httpx.AsyncClient, path: str, **asked: Any) -> list[str]:
    return [one["id"] for one in (await get(browser, path, **asked))["contents"]]


def without(record: Any, *names: str) -> Any:
    """The record without some fields, at every depth."""
    if isinstance(record, Mapping):
        return {name: without(value, *names) for name, value in record.items() if name not in names}
    return [without(one, *names) for one in record] if isinstance(record, list) else record
