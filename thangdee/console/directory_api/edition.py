"""One state of the public directory in memory, made again when the directory or the day has changed."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.metadata import version as version_of

from thangdee.console.directory_api.finding import Entry, entries
from thangdee.console.directory_api.publishing import publish
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.referral_directory.assurances import read_checked
from thangdee.referral_directory.exporting import Nest, Row, Tables, collect
from thangdee.referral_directory.rows import confidential_ids
from thangdee.referral_directory.snapshot import revision_of

# What became secret must be gone soon; a look is a count of rows.
LOOK_AGAIN = timedelta(seconds=5)
PROGRAM = version_of("thangdee")


@dataclass(frozen=True)
class Edition:
    """What is public now. `version`: the same for the same content; `entries`: by table, in the order of ids.

    `term_ids`: code of a term -> its id.
    """

    version: str
    nest: Nest
    rows: Mapping[str, Mapping[str, Row]]
    entries: Mapping[str, tuple[Entry, ...]]
    term_ids: Mapping[str, str]


def edition_of(tables: Tables) -> Edition:
    """Make an edition of rows that may be published."""
    content = json.dumps(tables, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(f"{PROGRAM} {content}".encode()).hexdigest()[:32]
    rows = {name: {row["id"]: row for row in found} for name, found in tables.items()}
    codes = {row["code"]: row["id"] for row in tables["taxonomy_term"] if "code" in row}
    return Edition(digest, Nest(tables), rows, entries(tables), codes)


class Editions:
    """Gives the edition that stands."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = asyncio.Lock()
        self._edition: Edition | None = None
        self._looked_at: datetime | None = None
        self._state: tuple[object, ...] = ()

    async def current(self) -> Edition:
        """Return what is public now, at most `LOOK_AGAIN` old. Raises StoreAwayError when the database is away."""
        async with self._lock:  # one request makes it, the others wait for it
            now = self._clock.now()
            if self._edition is None or self._looked_at is None or abs(now - self._looked_at) >= LOOK_AGAIN:
                self._edition = await self._look(now.date())
                self._looked_at = now
            return self._edition

    async def _look(self, today: date) -> Edition:
        async with self._database.read() as connection:
            state = (today, *await revision_of(connection))
            if self._edition is not None and state == self._state:
                return self._edition
            tables, checked = await collect(connection), await read_checked(connection)
            secret = await confidential_ids(connection)
        made = await asyncio.to_thread(lambda: edition_of(publish(tables, checked, secret, today)))
        self._state = state
        return made
