"""What the directory's pages share: who looks, how a page is rendered, how one goes to another."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from fastapi import Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment

from thangdee.console.desk_view import language_of
from thangdee.console.directory.card import ChatCard
from thangdee.console.directory.view import (
    Freshness,
    checked_text,
    cost_text,
    facts,
    freshness_of,
    hours_text,
    overall,
    place_name,
    standing_of,
    standing_text,
    term_names,
    where_text,
)
from thangdee.console.shared import label
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.vault import Vault
from thangdee.core.words import LANGUAGES
from thangdee.referral_directory.model import Listing, text_in

PAGE = 40
_LANGUAGE_NAMES = {"lo": "ລາວ", "th": "ไทย", "en": "English"}
_DONE = ("saved", "checked", "noted", "handled", "nothing_chosen", "source_needed", "gone", "meanwhile", "sealed")
_NOTICES = {name: f"directory.notice.{name}" for name in _DONE}


@dataclass(frozen=True)
class Viewer:
    """Who looks, in which language; `query` is what a link to the same page in another language carries."""

    language: str
    query: dict[str, str]
    notice: str = ""


class Desk:
    """What the pages share: the database, the clock, how a page is rendered, who looks."""

    def __init__(
        self, database: Database, vault: Vault, clock: Clock, templates: Environment, me: str, chat_card: ChatCard
    ) -> None:
        self.database = database
        self.vault = vault
        self.clock = clock
        self.me = me
        self.chat_card = chat_card
        self._templates = templates

    @property
    def today(self) -> date:
        """The day."""
        return self.clock.now().date()

    def page(self, name: str, viewer: Viewer, status: int = 200, **seen: object) -> Response:
        """Return a page of the directory."""
        language = viewer.language
        shared: dict[str, Any] = {
            "t": partial(label, language),
            "language": language,
            "names": _LANGUAGE_NAMES,
            "query": viewer.query,
            "here": name,
            "notice": viewer.notice,
            "notice_key": _NOTICES.get(viewer.notice),
            "language_of": language_of,
        }
        shared |= {
            "text_in": text_in,
            "where": partial(where_text, language=language),
            "place_name": partial(place_name, language=language),
            "terms": partial(term_names, language=language),
            "checked": partial(checked_text, language=language),
            "costs": cost_text,
            "hours": partial(hours_text, language=language),
            "freshness_of": partial(freshness_of, today=self.today),
        }
        return HTMLResponse(self._templates.get_template(f"directory/{name}.html").render(shared | seen), status)


def known(language: str) -> str:
    """Return one of our languages."""
    return language if language in LANGUAGES else "en"


def to(page: str, **query: str) -> Response:
    """Go to a page, so that a reload does not repeat what was done."""
    return RedirectResponse(f"{page}?{urlencode({name: value for name, value in query.items() if value})}", 303)


def gone(desk: Desk, language: str) -> Response:
    """Say that there is no such entry."""
    return desk.page("gone", Viewer(known(language), {}, "gone"), 404)


def row_of(listing: Listing, language: str, today: date) -> dict[str, Any]:
    """Return what the list shows of an entry."""
    checked = facts(listing, language, today)
    return {
        "listing": listing,
        "standing": standing_of(listing, today),
        "standing_text": standing_text(listing, language, today),
        "freshness": overall(checked),
        "due": sum(one.freshness is not Freshness.FRESH for one in checked),
        "facts": len(checked),
    }


def paged(listings: list[Listing], page: int) -> tuple[int, int, list[Listing]]:
    """Return the number of the page, how many there are, and what stands on it."""
    pages = max(1, -(-len(listings) // PAGE))
    number = min(max(page, 1), pages)
    return number, pages, listings[(number - 1) * PAGE : number * PAGE]
