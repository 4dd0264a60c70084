"""The API: HSDS's paths, read-only, open to everybody and to pages of every origin.

It has no sign-in and no limit of its own: all of it is public, answers come from memory, and a proxy before it may
keep them by their ETag.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thangdee.console.directory_api import described
from thangdee.console.directory_api.answers import flat, full, lists
from thangdee.console.directory_api.edition import PROGRAM, Edition, Editions
from thangdee.console.directory_api.questions import OrganizationsAsked, Page, PlacesAsked, ServicesAsked, TermsAsked
from thangdee.console.headers import SafeHeaders
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.errors import StoreAwayError
from thangdee.referral_directory.hsds import VERSION

_READING = {"GET", "HEAD"}
Current = Callable[[], Awaitable[Edition]]


def directory_api(database: Database, clock: Clock) -> FastAPI:
    """Return the API over the directory in this database, to be mounted under a path of its own."""
    return api_of(Editions(database, clock).current)


def api_of(current: Current) -> FastAPI:
    """Return the API over whatever edition stands."""
    app = FastAPI(
        title=described.TITLE,
        summary=described.SUMMARY,
        description=described.DESCRIPTION,
        version=PROGRAM,
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
    )
    app.add_middleware(_ReadOnly)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET"], allow_headers=["If-None-Match"],
                       expose_headers=["ETag"])  # fmt: skip
    app.add_middleware(SafeHeaders)
    app.add_exception_handler(RequestValidationError, _wrong_question)
    app.add_exception_handler(StoreAwayError, _store_away)
    _add_routes(app, _Routes(current))
    return app


class _Routes:
    """The answers, by path."""

    def __init__(self, current: Current) -> None:
        self._current = current

    async def about(self, request: Request) -> Response:
        """Retrieve information about this API and its relationship with HSDS."""
        url = str(request.url_for("openapi"))
        return _answer(request, await self._current(), {
            "version": VERSION, "profile": described.PROFILE, "openapi_url": url,
        })  # fmt: skip

    async def services(self, request: Request, asked: Annotated[ServicesAsked, Query()]) -> Response:
        """Retrieve a paginated list of services that only have one-to-one fields in them."""
        return await self._list(request, "service", asked)
