"""Publishing: one person writes, another publishes; two take it back as well. Each deed stands in the history."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.content import wording
from thangdee.casework.content.editions import (
    Deed,
    Draft,
    Edition,
    EditionMovedError,
    EditionState,
    fingerprint,
    get,
    live_edition,
    open_edition,
    tidy,
)
from thangdee.casework.content.tables import edition, edition_deed, edition_reading
from thangdee.casework.content.wording import Fault
from thangdee.core import words
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.words import LANGUAGES

# A text is read over at least once a year.
LONGEST_REVIEW = timedelta(days=366)
LONGEST_WORD, LONGEST_NAMED = 300, 400


class OwnEditionError(ThangdeeError):
    """A second person decides, not the one who wrote or asked."""

    code = "own_edition"


class NeedsSupervisorError(ThangdeeError):
    """Of the two people behind a crisis card one is a supervisor."""

    code = "needs_supervisor"


class NotReadOverError(ThangdeeError):
    """Words changed in a language that nobody but the writer has read over."""

    code = "not_read_over"


class WordNeededError(ThangdeeError):
    """Who sends back says why."""

    code = "word_needed"


class UnfitEditionError(ThangdeeError):
    """Something speaks against these words; `faults` says what."""

    code = "unfit_edition"

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("this edition cannot go out as it is")
        self.faults = faults


@dataclass(frozen=True)
class Editor:
    """Who acts."""

    staff_id: str
    is_supervisor: bool = False


def faults_of(key: str, draft: Draft, documents: Iterable[str], today: date) -> list[Fault]:
    """Return what speaks against proposing this; `documents` are the codes of known sources."""
    found = wording.faults(key, draft.texts)
    if not draft.sources and not draft.named_source:
        found.append(Fault("source"))
    found += [Fault("unknown_source", detail=code) for code in draft.sources if code not in set(documents)]
    if draft.review_by is None or not today < draft.review_by <= today + LONGEST_REVIEW:
        found.append(Fault("review_by"))
    if not draft.reason:
        found.append(Fault("reason"))
    return found


async def save_draft(
    connection: AsyncConnection, key: str, draft: Draft, by: Editor, now: datetime, *, revision: int = 0
) -> Edition:
    """Keep what was typed; who saves is the writer. `revision`: of the open edition that the page showed, 0 for none.

    Raises EditionMovedError where a colleague was faster.
    """
    standing = await open_edition(connection, key, lock=True)
    if (standing.revision if standing else 0) != revision:
        raise EditionMovedError("changed meanwhile")
    values = _columns(draft) | {
        "state": EditionState.DRAFT, "based_on": fingerprint(key), "revision": revision + 1,
        "written_by": by.staff_id, "by_supervisor": by.is_supervisor, "written_at": now,
    }  # fmt: skip
    if standing is None:
        edition_id = new_uid()
        fresh = values | {"id": edition_id, "key": key, "open_for": key}
        await _insert(connection, fresh)
    else:
        edition_id = standing.id
        await connection.execute(update(edition).where(edition.c.id == edition_id).values(values))
        await connection.execute(delete(edition_reading).where(edition_reading.c.edition_id == edition_id))
    await _remember(connection, edition_id, Deed.WRITE, by, now)
    return await get(connection, edition_id)


async def propose(
    connection: AsyncConnection, edition_id: str, revision: int, documents: Iterable[str], by: Editor, now: datetime
) -> None:
    """Put the draft before a second person. Raises UnfitEditionError, EditionMovedError."""
    draft = await _locked(connection, edition_id, revision, EditionState.DRAFT)
    if found := faults_of(draft.key, draft.draft, documents, now.date()):
        raise UnfitEditionError(found)
    await _change(connection, draft, state=EditionState.PROPOSED)
    await _remember(connection, edition_id, Deed.PROPOSE, by, now)


async def read_over(
    connection: AsyncConnection, edition_id: str, revision: int, languages: Iterable[str], by: Editor, now: datetime
) -> None:
    """Say that one has read it in these languages. Raises OwnEditionError, EditionMovedError."""
    states = (EditionState.PROPOSED, EditionState.PUBLISHED)
    standing = await _locked(connection, edition_id, revision, *states)
    if standing.written_by == by.staff_id:
        raise OwnEditionError("the writer's own reading is no second look")
    for language in languages:
        if language in LANGUAGES and language not in standing.read_by:
            values = {"edition_id": edition_id, "language": language, "read_by": by.staff_id, "at": now}
            await connection.execute(insert(edition_reading).values(values))
            await _remember(connection, edition_id, Deed.READ, by, now, language)


async def publish(
    connection: AsyncConnection, edition_id: str, revision: int, languages: Iterable[str], by: Editor, now: datetime
) -> None:
    """Let people read it from now on; `languages`: those in which `by` has read it over.

    Raises OwnEditionError, NeedsSupervisorError, NotReadOverError, EditionMovedError.
    """
    proposed = await _locked(connection, edition_id, revision, EditionState.PROPOSED)
    _need_two(proposed, proposed.written_by, by)
    await read_over(connection, edition_id, revision, languages, by, now)
    live = await live_edition(connection, proposed.key, lock=True)
    before = live.draft.texts if live else {one: words.own(proposed.key, one) for one in LANGUAGES}
    if live is not None:
        await _keep_readings(connection, live, proposed, now)
    unread = (await get(connection, edition_id)).unread
    if any(proposed.draft.texts[one] != before[one] for one in unread) or len(unread) == len(LANGUAGES):
        raise NotReadOverError("somebody must read it in each language that changed")
    if live is not None:
        await _change(connection, live, state=EditionState.REPLACED, live_for=None, withdrawal_by=None)
    values = {"open_for": None, "live_for": proposed.key, "published_by": by.staff_id, "published_at": now}
    await _change(connection, proposed, state=EditionState.PUBLISHED, **values)
    await _remember(connection, edition_id, Deed.PUBLISH, by, now)


async def _keep_readings(connection: AsyncConnection, live: Edition, proposed: Edition, now: datetime) -> None:
    """Who read the words before has read these, where they are the same."""
    read_by = (await get(connection, proposed.id)).read_by
    for language, reader in live.read_by.items():
        if language not in read_by and live.draft.texts[language] == proposed.draft.texts[language]:
            values = {"edition_id": proposed.id, "language": language, "read_by": reader, "at": now}
            await connection.execute(insert(edition_reading).values(values))


async def send_back(
    connection: AsyncConnection, edition_id: str, revision: int, word: str, by: Editor, now: datetime
) -> None:
    """Give it back to its writer with a word; it is a draft again. Raises WordNeededError, EditionMovedError."""
    if not word.strip():
        raise WordNeededError("say why")
    proposed = await _locked(connection, edition_id, revision, EditionState.PROPOSED)
    await _change(connection, proposed, state=EditionState.DRAFT)
    await _remember(connection, edition_id, Deed.SEND_BACK, by, now, word.strip())


async def drop(connection: AsyncConnection, edition_id: str, revision: int, by: Editor, now: datetime) -> None:
    """End a draft or a proposal; it stays in the history. Raises EditionMovedError."""
    standing = await _locked(connection, edition_id, revision, EditionState.DRAFT, EditionState.PROPOSED)
    await _change(connection, standing, state=EditionState.DROPPED, open_for=None)
    await _remember(connection, edition_id, Deed.DROP, by, now)


async def ask_withdrawal(
    connection: AsyncConnection, edition_id: str, revision: int, word: str, by: Editor, now: datetime
) -> None:
    """Ask to go back to the program's own text; a second person decides. Raises WordNeededError, EditionMovedError."""
    if not word.strip():
        raise WordNeededError("say why")
    live = await _locked(connection, edition_id, revision, EditionState.PUBLISHED)
    if live.withdrawal_by is not None:
        raise EditionMovedError("somebody asked already")
    await _change(connection, live, withdrawal_by=by.staff_id, by_supervisor=by.is_supervisor)
    await _remember(connection, edition_id, Deed.ASK_WITHDRAWAL, by, now, word.strip())


async def withdraw(connection: AsyncConnection, edition_id: str, revision: int, by: Editor, now: datetime) -> None:
    """Go back to the program's own text. Raises OwnEditionError, NeedsSupervisorError, EditionMovedError."""
    live = await _asked(connection, edition_id, revision)
    _need_two(live, str(live.withdrawal_by), by)
    await _change(connection, live, state=EditionState.WITHDRAWN, live_for=None)
    await _remember(connection, edition_id, Deed.WITHDRAW, by, now)


async def keep_published(
    connection: AsyncConnection, edition_id: str, revision: int, by: Editor, now: datetime
) -> None:
    """Let it stand although somebody asked to take it back; who asked may say so as well. Raises EditionMovedError."""
    live = await _asked(connection, edition_id, revision)
    await _change(connection, live, withdrawal_by=None)
    await _remember(connection, edition_id, Deed.KEEP, by, now)


def _need_two(standing: Edition, first: str, second: Editor) -> None:
    if first == second.staff_id:
        raise OwnEditionError("another person must decide")
    if standing.key.startswith("crisis.") and not (standing.by_supervisor or second.is_supervisor):
        raise NeedsSupervisorError("a supervisor must be one of the two")


async def _asked(connection: AsyncConnection, edition_id: str, revision: int) -> Edition:
    live = await _locked(connection, edition_id, revision, EditionState.PUBLISHED)
    if live.withdrawal_by is None:
        raise EditionMovedError("nobody asks any more")
    return live


async def _locked(connection: AsyncConnection, edition_id: str, revision: int, *states: EditionState) -> Edition:
    found = await get(connection, edition_id, lock=True)
    if found.revision != revision or found.state not in states:
        raise EditionMovedError("changed meanwhile")
    return found


async def _change(connection: AsyncConnection, standing: Edition, **values: object) -> None:
    await connection.execute(update(edition).where(edition.c.id == standing.id).values(values))


async def _insert(connection: AsyncConnection, values: dict[str, Any]) -> None:
    try:
        async with connection.begin_nested():
            await connection.execute(insert(edition).values(values))
    except IntegrityError as error:  # a colleague began one in the same moment
        raise EditionMovedError("changed meanwhile") from error


async def _remember(
    connection: AsyncConnection, edition_id: str, deed: Deed, by: Editor, now: datetime, word: str = ""
) -> None:
    row = f"{time.time_ns():016x}{new_uid()}"[:48]  # in order of arrival, whatever clock dates it
    values = {"id": row, "edition_id": edition_id, "deed": deed, "by": by.staff_id, "at": now}
    await connection.execute(insert(edition_deed).values(values | {"word": word[:LONGEST_WORD]}))


def _columns(draft: Draft) -> dict[str, Any]:
    texts = {f"text_{language}": tidy(draft.texts.get(language, "")) for language in LANGUAGES}
    return texts | {
        "sources": " ".join(draft.sources)[:200], "named_source": draft.named_source.strip()[:LONGEST_NAMED],
        "review_by": draft.review_by, "reason": draft.reason.strip()[:LONGEST_WORD],
    }  # fmt: skip
