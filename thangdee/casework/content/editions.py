"""Editions: other words for a text than the program's own, and what became of them.

    draft -> proposed -> published -> replaced by the next, or withdrawn: the program's own words again
               └-> draft, with a word of the colleague          (deeds: publishing.py)

What is published stands before the catalogue in every process (core/words.overlay).
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.content import wording
from thangdee.casework.content.tables import edition, edition_deed, edition_reading
from thangdee.core import words
from thangdee.core.errors import ThangdeeError
from thangdee.core.words import LANGUAGES

# A text is read over at least once a year.
LONGEST_REVIEW = timedelta(days=366)
LONGEST_WORD, LONGEST_NAMED = 300, 400


class EditionState(StrEnum):
    """How far an edition has come."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"


class Deed(StrEnum):
    """What somebody did to an edition."""

    WRITE = "write"
    PROPOSE = "propose"
    READ = "read"
    SEND_BACK = "send_back"
    PUBLISH = "publish"
    DROP = "drop"
    ASK_WITHDRAWAL = "ask_withdrawal"
    WITHDRAW = "withdraw"
    KEEP = "keep"


class EditionMovedError(ThangdeeError):
    """A colleague changed or decided it since the page was shown."""

    code = "edition_moved"


@dataclass(frozen=True)
class Draft:
    """What was typed."""

    texts: Mapping[str, str]
    sources: tuple[str, ...] = ()
    named_source: str = ""
    review_by: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class Edition:
    """One edition as staff see it. `read_by`: by language who read it over besides the writer."""

    id: str
    key: str
    state: EditionState
    draft: Draft
    based_on: str
    revision: int
    written_by: str
    by_supervisor: bool
    written_at: datetime
    published_by: str | None
    published_at: datetime | None
    withdrawal_by: str | None
    read_by: Mapping[str, str] = field(default_factory=dict)

    @property
    def unread(self) -> list[str]:
        """Return the languages that nobody but the writer read over."""
        return [one for one in LANGUAGES if one not in self.read_by]


@dataclass(frozen=True)
class Past:
    """One line of a text's history."""

    edition_id: str
    deed: Deed
    by: str
    at: datetime
    word: str


def fingerprint(key: str) -> str:
    """Return what changes when an upgrade changes the program's own text."""
    own = "\x00".join(words.own(key, language) for language in LANGUAGES)
    return hashlib.sha256(own.encode()).hexdigest()


def tidy(text: str) -> str:
    """Return typed words as a catalogue holds them: composed letters, plain line ends, no space at the ends."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    return "\n".join(line.rstrip() for line in lines)


async def get(connection: AsyncConnection, edition_id: str, *, lock: bool = False) -> Edition:
    """Return an edition. Raises EditionMovedError where there is none."""
    found = await _one(connection, edition.c.id == edition_id, lock=lock)
    if found is None:
        raise EditionMovedError("there is no such edition")
    return found


async def open_edition(connection: AsyncConnection, key: str, *, lock: bool = False) -> Edition | None:
    """Return the draft or proposal of a text."""
    return await _one(connection, edition.c.open_for == key, lock=lock)


async def live_edition(connection: AsyncConnection, key: str, *, lock: bool = False) -> Edition | None:
    """Return the published edition of a text, None where the program's own stands."""
    return await _one(connection, edition.c.live_for == key, lock=lock)


async def open_editions(connection: AsyncConnection) -> list[Edition]:
    """Return all drafts and proposals, longest waiting first."""
    return await _read(
        connection, select(edition).where(edition.c.open_for.is_not(None)).order_by(edition.c.written_at)
    )


async def live_editions(connection: AsyncConnection) -> list[Edition]:
    """Return all published editions."""
    return await _read(connection, select(edition).where(edition.c.live_for.is_not(None)).order_by(edition.c.key))


async def history(connection: AsyncConnection, key: str) -> list[Past]:
    """Return who did what to the editions of a text, newest first."""
    query = select(edition_deed).join(edition).where(edition.c.key == key).order_by(edition_deed.c.id.desc())
    rows = await connection.execute(query)
    return [Past(row.edition_id, Deed(row.deed), row.by, row.at, row.word) for row in rows]


def published_words(live: Iterable[Edition]) -> dict[str, dict[str, str]]:
    """Return the words of published editions for core/words.overlay.

    Left out is what an upgrade made impossible: the text is gone, or has other gaps to fill. The work list says so.
    """
    known = [one for one in live if words.has(one.key) and _has_the_same_gaps(one)]
    return {language: {one.key: one.draft.texts[language] for one in known} for language in LANGUAGES}


def _has_the_same_gaps(one: Edition) -> bool:
    pairs = ((one.draft.texts[language], words.own(one.key, language)) for language in LANGUAGES)
    try:
        return all(wording.parameters(text) == wording.parameters(own) for text, own in pairs)
    except ValueError:
        return False


async def _one(connection: AsyncConnection, which: ColumnElement[bool], *, lock: bool) -> Edition | None:
    query = select(edition).where(which)
    found = await _read(connection, query.with_for_update() if lock else query)
    return found[0] if found else None


async def _read(connection: AsyncConnection, query: Select[Any]) -> list[Edition]:
    rows = (await connection.execute(query)).all()
    readings = select(edition_reading).where(edition_reading.c.edition_id.in_([row.id for row in rows]))
    read_by: dict[str, dict[str, str]] = {row.id: {} for row in rows}
    for one in (await connection.execute(readings)).all():
        read_by[one.edition_id][one.language] = one.read_by
    return [_edition(row, read_by[row.id]) for row in rows]


def _edition(row: Row[Any], read_by: dict[str, str]) -> Edition:
    texts = {"lo": row.text_lo, "th": row.text_th, "en": row.text_en}
    draft = Draft(texts, tuple(row.sources.split()), row.named_source, row.review_by, row.reason)
    return Edition(
        row.id, row.key, EditionState(row.state), draft, row.based_on, row.revision, row.written_by, row.by_supervisor,
        row.written_at, row.published_by, row.published_at, row.withdrawal_by, read_by,
    )  # fmt: skip
