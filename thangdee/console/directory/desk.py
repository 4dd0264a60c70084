"""What the directory's pages share: how a page is rendered, how a change is written down, how one goes to another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.staff.sessions import SignedIn
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
from thangdee.console.shared import Console, go_to, language_of_page
from thangdee.core import audit
from thangdee.referral_directory.model import Listing, text_in

PAGE = 40


@dataclass(frozen=True)
class Desk:
    """What the pages share; `chat_card`: the chat's words for an entry."""

    console: Console
    chat_card: ChatCard

    @property
    def today(self) -> date:
        """The day."""
        return self.console.clock.now().date()

    def page(
        self, request: Request, name: str, notice: str = "", status: int = 200,
        staff_names: Mapping[str, str] | None = None, **seen: object,
    ) -> Response:  # fmt: skip
        """Return a page of the directory; `notice` is the last part of its key, `staff_names` who checked what."""
        language = language_of_page(request)
        shared: dict[str, Any] = {
            "tab": name,
            "staff_names": staff_names or {},
            "language_of": language_of,
            "text_in": text_in,
            "where": partial(where_text, language=language),
            "place_name": partial(place_name, language=language),
            "terms": partial(term_names, language=language),
            "checked": partial(checked_text, language=language, names=staff_names),
            "costs": cost_text,
            "hours": partial(hours_text, language=language),
            "freshness_of": partial(freshness_of, today=self.today),
        }
        key = f"directory.notice.{notice}" if notice else None
        return self.console.page(request, f"directory/{name}.html", status=status, notice=key, **shared | seen)

    async def record(self, connection: AsyncConnection, viewer: SignedIn, action: str, listing_id: str) -> None:
        """Write down who did it, in the transaction of the deed (R31)."""
        keyring, now = self.console.vault.keyring, self.console.clock.now()
        await audit.record(connection, keyring, actor=viewer.staff_id, action=action, subject=listing_id, now=now)


def to_entry(request: Request, listing_id: str, notice: str) -> Response:
    """Go to an entry, so that a reload does not repeat what was done."""
    return go_to(request, f"/directory/entries/{listing_id}", notice=notice)


def gone(request: Request, desk: Desk) -> Response:
    """Say that there is no such entry."""
    return desk.page(request, "gone", "gone", 404)


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
