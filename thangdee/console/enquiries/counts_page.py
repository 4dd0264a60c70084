"""Statistics of enquiries by month: of nobody, and cells so small that they could tell of somebody are hidden (R28)."""

import csv
import io

from fastapi import FastAPI, Request, Response

from thangdee.casework.outcomes import counts
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.enquiries.release_desk import page
from thangdee.console.shared import Console, label, language_of_page

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def add_counts(app: FastAPI, console: Console) -> None:
    """Add the page and the same as a sheet."""

    @app.get("/enquiry-counts")
    @needs(Permission.SEE_TEAM)
    async def shown(request: Request, viewer: Viewer) -> Response:  # noqa: ARG001 - whoever may
        async with console.database.read() as connection:
            months = await counts.by_month(connection)
        return page(console, request, "enquiries/counts.html", months=months, what=counts.WHAT, fewest=counts.FEWEST)

    @app.get("/enquiry-counts/sheet")
    @needs(Permission.SEE_TEAM)
    async def sheet(request: Request, viewer: Viewer) -> Response:  # noqa: ARG001 - whoever may
        language = language_of_page(request)
        async with console.database.read() as connection:
            months = await counts.by_month(connection)
        hidden = label(language, "release.counts.few", fewest=counts.FEWEST)
        head = [
            label(language, "release.counts.month"),
            *(label(language, f"release.counts.{what}") for what in counts.WHAT),
        ]
        rows = [[month, *(hidden if n is None else str(n) for n in of.values())] for month, of in months.items()]
        name = {"content-disposition": "attachment; filename=enquiries.csv", "cache-control": "no-store"}
        return Response(as_sheet([head, *rows]), media_type="text/csv; charset=utf-8", headers=name)


def as_sheet(rows: list[list[str]]) -> str:
    """Return rows as CSV that no spreadsheet takes for a formula (R28)."""
    made = io.StringIO()
    csv.writer(made).writerows([[neutral(cell) for cell in row] for row in rows])
    return "\ufeff" + made.getvalue()


def neutral(cell: str) -> str:
    """Return a cell that is text, whatever it begins with."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell
