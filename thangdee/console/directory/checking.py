"""Is it still so: the work list of the directory, what people report, and entering that facts were checked."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response

from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.directory.desk import Desk, paged, row_of, to_entry
from thangdee.console.directory.entry import read_entry
from thangdee.console.directory.view import Fact, Freshness, facts
from thangdee.console.shared import go_to, language_of_page
from thangdee.referral_directory import reports
from thangdee.referral_directory.assurances import How
from thangdee.referral_directory.freshness import assure, name_source, worklist
from thangdee.referral_directory.model import Listing
from thangdee.referral_directory.reports import Report
from thangdee.referral_directory.snapshot import load_snapshot

# How staff may say that they checked; the last one only names a document and leaves the fact unchecked.
WAYS = (How.PHONE, How.VISIT, How.EMAIL, How.LETTER, How.OWNER, How.SOURCE)
_FIRST_YEAR = 1990

Id = Annotated[str, Form(max_length=36)]
Ids = Annotated[list[str], Form()]


def add_checks(app: FastAPI, desk: Desk) -> None:
    """Add the routes to the desk."""

    @app.get("/directory/due")
    @needs(Permission.READ_DIRECTORY)
    async def due(request: Request, page: int = 1, notice: str = "") -> Response:
        """Return the work list: entries that people say are wrong, then facts that are to be checked."""
        return await _due_page(request, desk, notice, page)

    @app.post("/directory/entries/{entry}/check")
    @needs(Permission.EDIT_DIRECTORY)
    async def check(
        request: Request, viewer: Viewer, entry: str, how: Annotated[str, Form(max_length=16)],
        fact: Ids = [],  # noqa: B006 - read only
        source: Annotated[str, Form(max_length=200)] = "", year: Annotated[str, Form(max_length=4)] = "",
    ) -> Response:  # fmt: skip
        """Enter that facts were checked today, or which document says so."""
        notice = await _check(desk, viewer, entry, set(fact), how, source.strip(), year)
        return to_entry(request, entry, notice)

    @app.post("/directory/handled")
    @needs(Permission.EDIT_DIRECTORY)
    async def handled(request: Request, viewer: Viewer, report: Ids, entry: Id = "") -> Response:
        """Enter that somebody looked at what people reported."""
        async with desk.console.database.write() as connection:
            for one in report:
                await reports.handle(connection, one, viewer.staff_id, desk.console.clock.now())
            await desk.record(connection, viewer, "directory:handled", entry)
        return to_entry(request, entry, "handled") if entry else go_to(request, "/directory/due", notice="handled")


async def _check(
    desk: Desk, viewer: SignedIn, listing_id: str, chosen: set[str], how: str, source: str, year: str
) -> str:
    """Write the checks; return the notice."""
    is_year = year.isascii() and year.isdigit() and _FIRST_YEAR <= int(year) <= desk.today.year
    if how not in WAYS or (how == How.SOURCE and not (source and is_year)) or (year and not is_year):
        return "source_needed"
    async with desk.console.database.write() as connection:
        shown = await read_entry(connection, listing_id)
        if shown is None:
            return "gone"
        wanted = [one for one in facts(shown.listing, "en", desk.today) if one.key in chosen]
        for one in wanted:
            now, dated = desk.console.clock.now(), int(year) if is_year else None
            if how == How.SOURCE and dated:
                await name_source(connection, one.entity, one.entity_id, source=source, source_year=dated, now=now)
            else:
                await assure(
                    connection, one.entity, one.entity_id, by=viewer.staff_id, how=How(how), now=now,
                    source=source or None, source_year=dated,
                )  # fmt: skip
        await desk.record(connection, viewer, "directory:check", listing_id)
    if not wanted:
        return "nothing_chosen"
    return "noted" if how == How.SOURCE else "checked"


async def _due_page(request: Request, desk: Desk, notice: str, page: int) -> Response:
    async with desk.console.database.read() as connection:
        directory = await load_snapshot(connection)
        due = await worklist(connection, desk.console.clock.now())
        told = await reports.open_reports(connection)
        names = await accounts.names(connection)
    by_service = {one.service_id: one for one in reversed(directory.listings)}
    owners = {one.service_id: one.owner_email for one in due}
    weighed = [by_service[one.service_id] for one in due if one.service_id in by_service]
    listings = list({one.id: one for one in weighed}.values())
    # Of a placeholder hardly anything is known yet: what only needs a call comes first.
    listings.sort(key=lambda one: one.is_placeholder)
    number, pages, on_page = paged(listings, page)
    language = language_of_page(request)
    shown = [
        row_of(one, language, desk.today)
        | {"owner": owners.get(one.service_id), "facts_due": _due_facts(one, language, desk.today)}
        for one in on_page
    ]
    return desk.page(
        request, "due", notice, staff_names=names, rows=shown, total=len(listings), page=number, pages=pages,
        reported=_reported(told, directory.by_id),
    )  # fmt: skip


def _due_facts(listing: Listing, language: str, today: date) -> list[Fact]:
    return [one for one in facts(listing, language, today) if one.freshness is not Freshness.FRESH]


def _reported(told: tuple[Report, ...], by_id: Mapping[str, Listing]) -> list[dict[str, Any]]:
    """Return reports by entry, the oldest first. What was reported of an entry that is gone stays on the list."""
    grouped: dict[str, list[Report]] = {}
    for one in told:
        grouped.setdefault(one.listing_id, []).append(one)
    return [
        {"listing": by_id.get(key), "id": key, "reports": listed, "first": listed[0].at.date()}
        for key, listed in grouped.items()
    ]
