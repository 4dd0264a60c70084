"""The directory's pages beside the desk: list, map, one entry, its history.

What is to be checked is in checking, changing in editing. Until sign-in comes there is one staff
member, and the pages open only where the desk does: in the demo.
"""

from dataclasses import asdict
from typing import Annotated

from fastapi import FastAPI, Form, Response
from jinja2 import Environment
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.console.directory.card import ChatCard
from thangdee.console.directory.checking import WAYS, add_checks
from thangdee.console.directory.desk import Desk, Viewer, gone, known, paged, row_of
from thangdee.console.directory.editing import add_editing
from thangdee.console.directory.entry import read_entry
from thangdee.console.directory.history import history
from thangdee.console.directory.map import height, shapes, tallies
from thangdee.console.directory.search import DUE, Filters, found
from thangdee.console.directory.view import Freshness, Standing, facts, place_name, place_of
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.errors import SealBrokenError
from thangdee.core.vault import Vault
from thangdee.referral_directory import confidential, reports
from thangdee.referral_directory.places import by_code, find, provinces
from thangdee.referral_directory.snapshot import load_snapshot
from thangdee.referral_directory.taxonomy import names_of

_MOST_GUESSES = 5

Id = Annotated[str, Form(max_length=36)]
Viewed = Annotated[str, Form(max_length=2)]


def add_directory(
    app: FastAPI,
    database: Database,
    vault: Vault,
    clock: Clock,
    *,
    templates: Environment,
    me: str,
    chat_card: ChatCard,
) -> None:
    """Add the pages to the desk; `me` is the staff member of the desk, `chat_card` the chat's words for an entry."""
    desk = Desk(database, vault, clock, templates, me, chat_card)
    _add_lists(app, desk)
    _add_entry(app, desk)
    add_checks(app, desk)
    add_editing(app, desk)


def _add_lists(app: FastAPI, desk: Desk) -> None:
    @app.get("/directory")
    async def listed(
        q: str = "", place: str = "", need: str = "", standing: str = "", freshness: str = "", page: int = 1,
        lang: str = "en", notice: str = "",
    ) -> Response:  # fmt: skip
        """The list, narrowed down."""
        language, today = known(lang), desk.today
        code, guesses = _place(place)
        filters = Filters(
            q[:200], code, need if need in names_of("need") else "", standing if standing in list(Standing) else "",
            freshness if freshness in (DUE, *Freshness) else "",
        )  # fmt: skip
        async with desk.database.read() as connection:
            listings = found(await load_snapshot(connection), filters, today)
        if place.strip() and not code:
            listings = []
        number, pages, on_page = paged(listings, page)
        rows = [row_of(one, language, today) for one in on_page]
        query = {"q": q, "place": place, "need": need, "standing": standing, "freshness": freshness}
        kept = {name: value for name, value in query.items() if value}
        return desk.page(
            "list", Viewer(language, kept, notice), rows=rows, total=len(listings), page=number, pages=pages,
            filters=asdict(filters), place=place_name(code, language) if code else place, guesses=guesses,
            needs=names_of("need"), standings=list(Standing), freshnesses=(DUE, *Freshness),
        )  # fmt: skip

    @app.get("/directory_map")
    async def mapped(lang: str = "en") -> Response:
        """The map, and the same as tables."""
        async with desk.database.read() as connection:
            counted = tallies((await load_snapshot(connection)).listings, desk.today)
        lao = [one.code for one in provinces("LA")]
        others = sorted(code for code in counted if code not in lao)
        return desk.page(
            "map", Viewer(known(lang), {}), tallies=counted, lao=lao, others=others, shapes=shapes(), height=height(),
        )  # fmt: skip


def _place(text: str) -> tuple[str, list[str]]:
    """Return the code of a place that was typed, and places that may have been meant where it is not sure."""
    if not text.strip():
        return "", []
    named = by_code(text.strip().upper())
    if named is not None:
        return named.code, []
    # A name from our own list carries its province after a comma.
    guessed = find(text.partition(",")[0])
    if guessed and guessed[0].is_sure:
        return guessed[0].place.code, []
    return "", [one.place.code for one in guessed[:_MOST_GUESSES]]


def _add_entry(app: FastAPI, desk: Desk) -> None:
    @app.get("/directory_entry")
    async def entry(id: str, lang: str = "en", notice: str = "") -> Response:  # noqa: A002 - as the address says
        """One entry with all its facts."""
        return await _entry_page(desk, id, Viewer(known(lang), {"id": id}, notice))

    @app.post("/directory_secret")
    async def secret(entry: Id, lang: Viewed) -> Response:
        """The sealed address; asked for by a press, so that no link, preview or reload opens it."""
        return await _entry_page(desk, entry, Viewer(known(lang), {"id": entry}), opens=True)

    @app.get("/directory_history")
    async def changed(id: str, lang: str = "en") -> Response:  # noqa: A002 - as the address says
        """Who changed and checked what."""
        async with desk.database.read() as connection:
            shown = await read_entry(connection, id)
            told = await history(connection, shown.listing, known(lang)) if shown else []
        if shown is None:
            return gone(desk, lang)
        return desk.page("history", Viewer(known(lang), {"id": id}), listing=shown.listing, changes=told)


async def _entry_page(desk: Desk, listing_id: str, viewer: Viewer, *, opens: bool = False) -> Response:
    address = None
    async with desk.database.read() as connection:
        shown = await read_entry(connection, listing_id)
        open_reports = [one for one in await reports.open_reports(connection) if one.listing_id == listing_id]
        if shown is not None and opens and shown.listing.site is not None:
            address = await _open(desk, connection, shown.listing.site.id)
    if shown is None:
        return gone(desk, viewer.language)
    listing, today = shown.listing, desk.today
    return desk.page(
        "entry", Viewer(viewer.language, viewer.query, "sealed" if opens and address is None else viewer.notice),
        listing=listing, service=shown.service, facts=facts(listing, viewer.language, today), ways=WAYS,
        row=row_of(listing, viewer.language, today), reports=open_reports, address=address, place=place_of(listing),
        areas=[place_name(code, viewer.language) for code in sorted(listing.areas)],
    )  # fmt: skip


async def _open(desk: Desk, connection: AsyncConnection, location_id: str) -> str | None:
    try:
        return await confidential.open_secret(connection, desk.vault, location_id)
    except SealBrokenError:
        return None
