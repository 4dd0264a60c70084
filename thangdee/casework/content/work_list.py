"""The work list: what is missing, what is old, what waits for a second person."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.content import figure_entries, recordings, wishes
from thangdee.casework.content.editions import (
    Edition,
    EditionState,
    fingerprint,
    live_editions,
    open_editions,
)
from thangdee.casework.content.figure_entries import Entry
from thangdee.casework.content.library import About, Library
from thangdee.casework.content.recordings import Recording, RecordingState
from thangdee.casework.content.wishes import Wish
from thangdee.core import words
from thangdee.core.words import LANGUAGES
from thangdee.referral_directory import figures
from thangdee.referral_directory.figures import Figure

SOON = timedelta(days=30)


@dataclass(frozen=True)
class Unheard:
    """A text, and the languages in which no recording goes with it."""

    key: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class WorkList:
    """What is to be done, the most urgent first."""

    # Numbers without which a real bot does not start.
    crisis_figures: tuple[Figure, ...]
    proposed: tuple[Edition, ...]
    withdrawals: tuple[Edition, ...]
    entries: tuple[Entry, ...]
    overdue: tuple[About, ...]
    # Published editions of texts which an upgrade of the program changed.
    program_changed: tuple[Edition, ...]
    without_answer: tuple[str, ...]
    wishes: tuple[Wish, ...]
    drafts: tuple[Edition, ...]
    figures_due: tuple[Figure, ...]
    due_soon: tuple[About, ...]
    unread: tuple[About, ...]
    # Recordings that wait for the second person, and texts with a language that nobody hears.
    recordings: tuple[Recording, ...]
    unheard: tuple[Unheard, ...]

    @property
    def count(self) -> int:
        """Return how many things there are to do."""
        return sum(len(part) for part in vars(self).values())


async def work_list(connection: AsyncConnection, library: Library, now: datetime) -> WorkList:
    """Return what is to be done now."""
    today = now.date()
    listed = [about for key in library.keys if (about := library.about(key))]
    opened, live = await open_editions(connection), await live_editions(connection)
    numbers = await figures.all_figures(connection)
    recorded = await recordings.standing(connection)
    missing = tuple(figures.missing_for_service(numbers, now))
    return WorkList(
        crisis_figures=missing,
        proposed=tuple(one for one in opened if one.state is EditionState.PROPOSED),
        withdrawals=tuple(one for one in live if one.withdrawal_by),
        entries=tuple(await figure_entries.waiting(connection)),
        overdue=tuple(one for one in listed if is_overdue(one, today)),
        program_changed=tuple(one for one in live if program_changed(one)),
        without_answer=library.without_answer,
        wishes=tuple(await wishes.open_wishes(connection)),
        drafts=tuple(one for one in opened if one.state is EditionState.DRAFT),
        figures_due=tuple(one for one in numbers if one not in missing and _is_due(one, now)),
        due_soon=tuple(one for one in listed if is_due_soon(one, today)),
        unread=tuple(one for one in listed if one.unread),
        recordings=tuple(one for one in recorded if one.state is RecordingState.WAITING),
        unheard=_unheard(library.keys, recorded),
    )


def _unheard(keys: list[str], recorded: list[Recording]) -> tuple[Unheard, ...]:
    live = {(one.key, one.language) for one in recorded if one.state is RecordingState.PUBLISHED and one.is_current}
    found = (Unheard(key, tuple(one for one in LANGUAGES if (key, one) not in live)) for key in keys)
    return tuple(one for one in found if one.languages)


def is_overdue(about: About, today: date) -> bool:
    """Tell whether the day is over by which it was to be read again."""
    return about.review_by is not None and about.review_by < today


def is_due_soon(about: About, today: date) -> bool:
    """Tell whether it is to be read again within 30 days."""
    return about.review_by is not None and today <= about.review_by <= today + SOON


def program_changed(live: Edition) -> bool:
    """Tell whether the program's own words are others than those from which the edition was made, or gone."""
    return not words.has(live.key) or live.based_on != fingerprint(live.key)


def _is_due(one: Figure, now: datetime) -> bool:
    """Tell whether a figure is not verified, or not for much longer."""
    return not one.is_verified(now) or (one.review_by is not None and one.review_by <= now.date() + SOON)
