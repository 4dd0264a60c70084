"""The library: what is known about every text that may be changed, as it stands now.

What ships with the program is handed in at the start; published editions come over it at each refresh.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.content.editions import Edition, live_editions, published_words
from thangdee.core import words
from thangdee.core.words import LANGUAGES, Texts


@dataclass(frozen=True)
class About:
    """What stands behind a text. `reviewed_by`: by language who read it over, None where nobody did."""

    key: str
    sources: tuple[str, ...] = ()
    law: tuple[str, ...] = ()
    written_on: date | None = None
    review_by: date | None = None
    reviewed_by: Mapping[str, str | None] = field(default_factory=dict)
    figures: tuple[str, ...] = ()
    staff_note: str | None = None

    @property
    def unread(self) -> list[str]:
        """Return the languages that nobody read over."""
        return [language for language in LANGUAGES if not self.reviewed_by.get(language)]


@dataclass(frozen=True)
class OnPhone:
    """How a message looks: its words and the labels of its buttons, top to bottom."""

    words: str
    buttons: tuple[str, ...] = ()


# The message of a key in a language, as the bot would send it now.
ShowOnPhone = Callable[[str, str], OnPhone]


class Library:
    """One a process. `documents`: sources by code; `without_answer`: intents which no text answers."""

    def __init__(
        self,
        own: Iterable[About],
        documents: Mapping[str, str],
        show: ShowOnPhone,
        without_answer: tuple[str, ...] = (),
    ) -> None:
        self._own = {one.key: one for one in own}
        self._published: dict[str, About] = {}
        self._show = show
        self.documents = dict(documents)
        self.without_answer = without_answer

    @property
    def keys(self) -> list[str]:
        """Return the keys of all texts that may be changed, in the order of the program."""
        return list(self._own)

    def about(self, key: str) -> About | None:
        """Return what stands behind the text that people read now, None for a text that is not changed here."""
        return self._published.get(key) or self._own.get(key)

    def is_published(self, key: str) -> bool:
        """Tell whether an edition stands before the program's own words."""
        return key in self._published

    def about_answer(self, key: str) -> dict[str, Any] | None:
        """Return the same for a page beside an answer, with the sources' titles and dates in words."""
        found = self.about(key)
        if found is None:
            return None
        sources = [f"{code}: {self.documents.get(code, code)}" for code in found.sources]
        shown = asdict(found) | {"sources": sources, "law": list(found.law), "records": list(found.figures)}
        return shown | {"reviewed_by": {one: found.reviewed_by.get(one) for one in LANGUAGES}}

    def on_phone(self, key: str, language: str, texts: Mapping[str, str] | None = None) -> OnPhone:
        """Return how the message looks now, or with these words in each language."""
        drafted: Texts = {one: {key: text} for one, text in (texts or {}).items() if text}
        with words.trying(drafted):
            return self._show(key, language)

    async def refresh(self, connection: AsyncConnection) -> None:
        """Let published editions stand in this process from now on."""
        self.take_over(await live_editions(connection))

    def take_over(self, live: list[Edition]) -> None:
        """Let these editions stand in this process from now on."""
        words.overlay(published_words(live))
        self._published = {one.key: self._of(one) for one in live if one.key in self._own}

    def _of(self, one: Edition) -> About:
        own, draft = self._own[one.key], one.draft
        return About(
            one.key, draft.sources, (draft.named_source,) if draft.named_source else (), one.written_at.date(),
            draft.review_by, {language: one.read_by.get(language) for language in LANGUAGES}, own.figures,
            own.staff_note,
        )  # fmt: skip
