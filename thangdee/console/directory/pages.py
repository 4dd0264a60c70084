"""The directory's pages: list, map, one entry, its history; checks stand in checking.py, changes in editing.py."""

from dataclasses import asdict

from fastapi import FastAPI, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.directory.card import ChatCard
from thangdee.console.directory.checking import WAYS, add_checks
from thangdee.console.directory.desk import Desk, gone, paged, row_of
from thangdee.console.directory.editing import add_editing
from thangdee.console.directory.entry import read_entry
from thangdee.console.directory.history import history
from thangdee.console.directory.map import height, shapes, tallies
from thangdee.console.directory.search import DUE, Filters, found
from thangdee.console.directory.view import Freshness, Standing, facts, place_name, place_of
from thangdee.console.shared import Console, language_of_page
from thangdee.core.errors import SealBrokenError
from thangdee.referral_directory import confidential, reports
from thangdee.referral_directory.places import by_code, find, provinces
from thangdee.referral_directory.snapshot import load_snapshot
from thangdee.referral_directory.taxonomy import names_of

_MOST_GUESSES = 5


def add_directory(app: FastAPI, console: Console, chat_card: ChatCard) -> None:
    """Add the pages; `chat_card`: the chat's words for an entry."""
    desk = Desk(console, chat_card)
    _add_lists(app, desk)
    add_checks(app, desk)
    _add_entry(app, desk)
    add_editing(app, desk)


def _add_lists(app: FastAPI, desk: Desk) -> None:
    @app.get("/directory")
    @needs(Permission.READ_DIRECTORY)
    async def listed(
        request: Request, q: str = "", place: str = "", need: str = "", standing: str = "", freshness: str = "",
        page: int = 1, notice: str = "",
    ) -> Response:  # fmt: skip
        """The list, narrowed down."""
        language, today = language_of_page(request), desk.today
        code, guesses = _place(place)
        filters = Filters(
            q[:200], code, need if need in names_of("need") else "", standing if standing in list(Standing) else "",
            freshness if freshness in (DUE, *Freshness) else "",
        )  # fmt: skip
        async with desk.console.database.read() as connection:
            listings = found(await load_snapshot(connection), filters, today)
        if place.strip() and not code:
            listings = []
        number, pages, on_page = paged(listings, page)
        rows = [row_of(one, language, today) for one in on_page]
        query = {"q": q, "place": place, "need": need, "standing": standing, "freshness": freshness}
        return desk.page(
            request, "list", notice, query={name: value for name, value in query.items() if value}, rows=rows,
            total=len(listings), page=number, pages=pages, filters=asdict(filters), guesses=guesses,
            place=place_name(code, language) if code else place, needs=names_of("need"), standings=list(Standing),
            freshnesses=(DUE, *Freshness),
        )  # fmt: skip

    @app.get("/directory/map")
    @needs(Permission.READ_DIRECTORY)
    async def mapped(request: Request) -> Response:
        """The map, and the same as tables."""
        async with desk.console.database.read() as connection:
            counted = tallies((await load_snapshot(connection)).listings, desk.today)
        lao = [one.code for one in provinces("LA")]
        others = sorted(code for code in counted if code not in lao)
        return desk.page(request, "map", tallies=counted, lao=lao, others=others, shapes=shapes(), height=height())


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
    @app.get("/directory/entries/{entry}")
    @needs(Permission.READ_DIRECTORY)
    async def shown(request: Request, entry: str, notice: str = "") -> Response:
        """One entry with all its facts."""
        return await _entry_page(request, desk, entry, notice)

    @app.post("/directory/entries/{entry}/secret")
    @needs(Permission.OPEN_SEALED_ADDRESS)
    async def secret(request: Request, viewer: Viewer, entry: str) -> Response:
        """The sealed address; asked for by a press, so that no link, preview or reload opens it."""
        async with desk.console.database.write() as connection:
            address = await _open(desk, connection, entry)
            await desk.record(connection, viewer, "directory:open_sealed", entry)
        return await _entry_page(request, desk, entry, "" if address else "sealed", address)

    @app.get("/directory/entries/{entry}/history")
    @needs(Permission.READ_DIRECTORY)
    async def changed(request: Request, entry: str) -> Response:
        """Who changed and checked what."""
        async with desk.console.database.read() as connection:
            read = await read_entry(connection, entry)
            told = await history(connection, read.listing, language_of_page(request)) if read else []
            names = await accounts.names(connection)
        if read is None:
            return gone(request, desk)
        return desk.page(request, "history", listing=read.listing, changes=told, staff_names=names)


async def _entry_page(
    request: Request, desk: Desk, listing_id: str, notice: str, address: str | None = None
) -> Response:
    async with desk.console.database.read() as connection:
        shown = await read_entry(connection, listing_id)
        open_reports = [one for one in await reports.open_reports(connection) if one.listing_id == listing_id]
        names = await accounts.names(connection)
    if shown is None:
        return gone(request, desk)
    listing, today, language = shown.listing, desk.today, language_of_page(request)
    return desk.page(
        request, "entry", notice, staff_names=names, listing=listing, service=shown.service,
        facts=facts(listing, language, today), ways=WAYS, row=row_of(listing, language, today), reports=open_reports,
        address=address, place=place_of(listing), areas=[place_name(code, language) for code in sorted(listing.areas)],
    )  # fmt: skip


async def _open(desk: Desk, connection: AsyncConnection, listing_id: str) -> str | None:
    shown = await read_entry(connection, listing_id)
    if shown is None or shown.listing.site is None:
        return None
    try:
        return await confidential.open_secret(connection, desk.console.vault, shown.listing.site.id)
    except SealBrokenError:
        return None
