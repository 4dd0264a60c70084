"""The console as one web application: the gate, the headers, static files; each feature adds its own routes."""

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy.exc import DataError
from starlette.formparsers import MultiPartParser
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from thangdee.console.access import Gate, GuardedRoute
from thangdee.console.headers import MOST_BODY, SafeHeaders, SameOrigin, SmallBodies
from thangdee.console.shared import FOLDER
from thangdee.core.audit import AuditAwayError
from thangdee.core.errors import StoreAwayError
from thangdee.core.words import LOCALES


def bare_app(gate: Gate) -> FastAPI:
    """Return the application without features: every route that is added must say what it needs."""
    # What is sent up stays in memory: by default, a file of more than a megabyte would lie on the disk for a while.
    MultiPartParser.spool_max_size = MOST_BODY
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.router.route_class = GuardedRoute
    app.state.gate = gate
    app.mount("/static/fonts", _Revalidated(directory=LOCALES / "fonts"), name="fonts")
    app.mount("/static", _Revalidated(directory=FOLDER / "static"), name="static")
    app.add_middleware(SmallBodies)
    app.add_middleware(SameOrigin)
    app.add_middleware(SafeHeaders)
    app.add_exception_handler(StoreAwayError, _store_away)
    app.add_exception_handler(DataError, _unfit)
    return app


class _Revalidated(StaticFiles):
    """Files that a browser may keep, but asks about each time."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        return response


async def _unfit(_request: Request, _error: Exception) -> Response:
    """Refuse what no text of the database can be, such as a NUL in an address; the transaction was undone."""
    return PlainTextResponse("This cannot be read.", 400)


async def _store_away(_request: Request, error: Exception) -> Response:
    if isinstance(error, AuditAwayError):
        return PlainTextResponse("The audit does not take it, so nothing was done.", 503)
    return PlainTextResponse("The database does not answer.", 503)
