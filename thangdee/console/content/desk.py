"""What the pages of content share: the library, who acts, a deed with its audit, names and dates."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import notices
from thangdee.casework.content.library import Library
from thangdee.casework.content.publishing import Editor
from thangdee.casework.cutting import PlaceSpans
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission, Role, permissions_of
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.local_time import to_the_minute
from thangdee.console.shared import Console, go_to
from thangdee.core import audit, words
from thangdee.core.errors import ThangdeeError
from thangdee.core.script import fold
from thangdee.core.words import LANGUAGES

NOTICE = "content.notice."
_ROOMS = ("crisis", "answers", "canned")

Work = Callable[[AsyncConnection, datetime], Awaitable[object]]


@dataclass(frozen=True)
class Act:
    """A deed: its name in the audit, what it is done to, what is done; `then`: where the page goes, and its notice."""

    action: str
    subject: str
    work: Work
    then: str
    notice: str
    tells_others: bool = False


@dataclass(frozen=True)
class ContentDesk:
    """The pages' common ground."""

    console: Console
    library: Library
    place_spans: PlaceSpans | None = None

    @property
    def today(self) -> date:
        """Return the day."""
        return self.console.clock.now().date()

    async def do(self, request: Request, viewer: SignedIn, act: Act, *refusals: type[ThangdeeError]) -> Response:
        """Do it and write it down in one transaction; a refusal of these kinds becomes a notice on the same page."""
        try:
            await self.carry_out(viewer, act)
        except refusals as error:
            return go_to(request, act.then, notice=f"{NOTICE}{error.code}")
        return go_to(request, act.then, notice=f"{NOTICE}{act.notice}")

    async def carry_out(self, viewer: SignedIn, act: Act) -> None:
        """Do it and write it down in one transaction (R31); what was published stands here at once."""
        now = self.console.clock.now()
        async with self.console.database.write() as connection:
            await act.work(connection, now)
            if act.tells_others:
                await _tell_editors(connection, viewer.staff_id, act.subject, now)
            await audit.record(
                connection,
                self.console.vault.keyring,
                actor=viewer.staff_id,
                action=act.action,
                subject=act.subject,
                now=now,
            )
        async with self.console.database.read() as connection:
            await self.library.refresh(connection)

    def page(self, request: Request, template: str, notice: str = "", **seen: Any) -> Response:  # noqa: ANN401 - for the template
        """Return a page of content; only notices of these pages are shown."""
        helpers: dict[str, Any] = {
            "name_of": lambda key: name_of(key, str(request.state.viewer.language)),
            "figure_name": lambda key: figure_name(key, str(request.state.viewer.language)),
            "minute": to_the_minute,
            "today": self.today,
            "words_now": words.text,
            "topics": _topic,
        }
        known = notice if notice.startswith(NOTICE) else None
        return self.console.page(request, f"content/{template}.html", notice=known, **helpers, **seen)


def editor(viewer: SignedIn) -> Editor:
    """Return who acts."""
    return Editor(viewer.staff_id, Role.SUPERVISOR in viewer.roles)


async def staff_names(connection: AsyncConnection) -> Mapping[str, str]:
    """Return the names of colleagues by id."""
    return await accounts.names(connection)


def name_of(key: str, language: str) -> str:
    """Return what a text is called on the pages: its topic, or its first words."""
    room, _, name = key.partition(".")
    if room in ("answers", "crisis") and words.has(f"topic.{name}"):
        return words.text(f"topic.{name}", language)
    return words.text(key, language).split("\n", 1)[0] if words.has(key) else key


def figure_name(key: str, language: str) -> str:
    """Return what a figure is called: its line in an answer, without the value."""
    line = f"numbers.{key}"
    return words.text(line, language, value="").strip(" :") if words.has(line) else key


def room_of(key: str) -> str:
    """Return what kind of text it is."""
    room = key.partition(".")[0]
    return room if room in _ROOMS else "other"


def is_like(key: str, asked: str) -> bool:
    """Tell whether these letters stand in the key, the name or the words of a text, in any language."""
    wanted = fold(asked)
    texts = (fold(f"{name_of(key, one)} {words.text(key, one)}") for one in LANGUAGES if words.has(key))
    return wanted in key or any(wanted in text for text in texts)


def _topic(intent: str, language: str) -> str:
    return words.text(f"topic.{intent}", language) if words.has(f"topic.{intent}") else intent


async def _tell_editors(connection: AsyncConnection, writer: str, subject: str, now: datetime) -> None:
    """Tell those who may be the second person."""
    others = [
        one.id
        for one in await accounts.all_staff(connection)
        if one.id != writer and one.ended_at is None and Permission.EDIT_CONTENT in permissions_of(one.roles)
    ]
    await notices.tell_all(connection, others, "content_waiting", subject, now)
