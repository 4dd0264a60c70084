"""The API: HSDS's paths, read-only, open to everybody and to pages of every origin.

It has no sign-in and no limit of its own: all of it is public, answers come from memory, and a proxy before it may
keep them by their ETag.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thangdee.console.directory_api import described
from thangdee.console.directory_api.answers import page, single
from thangdee.console.directory_api.edition import PROGRAM, Edition, Editions
from thangdee.console.directory_api.questions import OrganizationsAsked, Page, PlacesAsked, ServicesAsked, TermsAsked
from thangdee.console.headers import SafeHeaders
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.errors import StoreAwayError
from thangdee.referral_directory.exporting import Row
from thangdee.referral_directory.hsds import VERSION

_OPENAPI = "/openapi.json"
# The official document names the schema of services here; this is the one its example follows.
_AT_SCHEMA = "compiled/service_at_location"
Current = Callable[[], Awaitable[Edition]]
Endpoint = Callable[..., Awaitable[Response]]


def directory_api(database: Database, clock: Clock) -> FastAPI:
    """Return the API over the directory in this database, to be mounted under a path of its own."""
    return api_of(Editions(database, clock).current)


def api_of(current: Current) -> FastAPI:
    """Return the API over whatever edition stands."""
    app = FastAPI(
        title=described.TITLE,
        summary=described.SUMMARY,
        description=described.DESCRIPTION,
        license_info=described.LICENCE,
        version=PROGRAM,
        openapi_url=_OPENAPI,
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
    )
    app.add_middleware(_ReadOnly)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD"],
        allow_headers=["If-None-Match"],
        expose_headers=["ETag"],
    )
    app.add_middleware(SafeHeaders)
    app.add_exception_handler(RequestValidationError, _wrong_question)
    app.add_exception_handler(StoreAwayError, _store_away)
    _add_routes(app, _Routes(current))
    return app


class _Routes:
    """The answers, by path; what they say of themselves stands in the OpenAPI document."""

    def __init__(self, current: Current) -> None:
        self._current = current

    async def about(self, request: Request) -> Response:
        """Retrieve information about this API and its relationship with HSDS."""
        url = request.url.replace(path=request.scope.get("root_path", "") + _OPENAPI, query="")
        about: Row = {"version": VERSION, "profile": described.PROFILE, "openapi_url": str(url)}
        return _answer(request, await self._current(), about)

    async def services(self, request: Request, asked: Annotated[ServicesAsked, Query()]) -> Response:
        """Retrieve paginated listings of services that only have one-to-one fields in them."""
        return await self._page(request, "service", asked)

    async def service(self, request: Request, id: str) -> Response:  # noqa: A002 - HSDS's name
        """Retrieve a fully nested service with all related data."""
        return await self._single(request, "service", id)

    async def places(self, request: Request, asked: Annotated[PlacesAsked, Query()]) -> Response:
        """Retrieve paginated listings of service_at_location that only have one-to-one fields in them."""
        return await self._page(request, "service_at_location", asked)

    async def place(self, request: Request, id: str) -> Response:  # noqa: A002
        """Retrieve a fully nested service_at_location with all related data."""
        return await self._single(request, "service_at_location", id)

    async def organizations(self, request: Request, asked: Annotated[OrganizationsAsked, Query()]) -> Response:
        """Retrieve a paginated list of basic organization information."""
        return await self._page(request, "organization", asked)

    async def organization(
        self,
        request: Request,
        id: str,  # noqa: A002
        full_service: Annotated[bool, Query(description="Its services with all there is to them.")] = False,
    ) -> Response:
        """Retrieve a fully nested organization with a service array that contains simple information."""
        return await self._single(request, "organization", id, with_services=full_service)

    async def taxonomies(self, request: Request, asked: Annotated[Page, Query()]) -> Response:
        """Retrieve a paginated listing of taxonomies."""
        return await self._page(request, "taxonomy", asked)

    async def taxonomy(self, request: Request, id: str) -> Response:  # noqa: A002
        """Retrieve full information on a taxonomy."""
        return await self._single(request, "taxonomy", id)

    async def terms(self, request: Request, asked: Annotated[TermsAsked, Query()]) -> Response:
        """Retrieve a paginated listing of taxonomy terms."""
        return await self._page(request, "taxonomy_term", asked)

    async def term(self, request: Request, id: str) -> Response:  # noqa: A002
        """Retrieve full information on a taxonomy term."""
        return await self._single(request, "taxonomy_term", id)

    async def _page(self, request: Request, table: str, asked: Page) -> Response:
        edition = await self._current()
        return _answer(request, edition, page(edition, table, asked))

    async def _single(self, request: Request, table: str, row_id: str, *, with_services: bool = True) -> Response:
        edition = await self._current()
        record = single(edition, table, row_id, with_services=with_services)
        if record is None:
            raise HTTPException(404, f"no such {table} is published")
        return _answer(request, edition, record)


def _add_routes(app: FastAPI, routes: _Routes) -> None:
    pages: tuple[tuple[str, str, Endpoint, str], ...] = (
        ("/services", "PaginatedListOfServices", routes.services, "compiled/service_list"),
        (
            "/service_at_locations",
            "PaginatedListOfServiceAtLocation",
            routes.places,
            "compiled/service_at_location_list",
        ),
        ("/organizations", "PaginatedListOfOrganizations", routes.organizations, "compiled/organization_list"),
        ("/taxonomies", "PaginatedListOfTaxonomies", routes.taxonomies, "taxonomy"),
        ("/taxonomy_terms", "PaginatedListOfTaxonomyTerms", routes.terms, "taxonomy_term"),
    )
    singles: tuple[tuple[str, str, Endpoint, str], ...] = (
        ("/services/{id}", "FullyNestedServiceById", routes.service, "compiled/service"),
        ("/service_at_locations/{id}", "ServiceAtLocationWithNestedDataById", routes.place, _AT_SCHEMA),
        ("/organizations/{id}", "OrganizationById", routes.organization, "compiled/organization"),
        ("/taxonomies/{id}", "TaxonomyById", routes.taxonomy, "taxonomy"),
        ("/taxonomy_terms/{id}", "TaxonomyTermById", routes.term, "taxonomy_term"),
    )
    _add(app, "/", "APIMetaInformation", routes.about, described.about())
    for path, name, answer, schema in pages:
        _add(app, path, name, answer, described.page_of(schema))
    for path, name, answer, schema in singles:
        _add(app, path, name, answer, described.one_of(schema))


def _add(app: FastAPI, path: str, name: str, answer: Endpoint, said: described.Answers) -> None:
    summary = (answer.__doc__ or "").strip()
    app.add_api_route(path, answer, operation_id=f"get{name}", summary=summary, responses=said)


class _ReadOnly:
    """Refuses every method that does not read, whatever the path; HEAD is GET without its body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or answer 405."""
        if scope["type"] != "http" or scope["method"] == "GET":
            await self._app(scope, receive, send)
        elif scope["method"] == "HEAD":
            await self._app({**scope, "method": "GET"}, receive, _without_body(send))
        else:
            refusal = JSONResponse({"detail": "this directory is read-only"}, 405, {"allow": "GET, HEAD"})
            await refusal(scope, receive, send)


def _without_body(send: Send) -> Send:
    async def send_head(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return send_head


def _answer(request: Request, edition: Edition, content: Row) -> Response:
    # Kept by anybody, used again only after a look here: what became secret must not live on in a cache.
    headers = {"etag": f'"{edition.version}"', "cache-control": "public, no-cache"}
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if known & {headers["etag"], "*"}:
        return Response(status_code=304, headers=headers)
    return JSONResponse(content, headers=headers)


async def _wrong_question(_request: Request, error: Exception) -> Response:
    """Say which parameter is wrong and why, without what was typed."""
    errors = error.errors() if isinstance(error, RequestValidationError) else []
    return JSONResponse({"detail": [{name: one[name] for name in ("loc", "msg", "type")} for one in errors]}, 422)


async def _store_away(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"detail": "The database does not answer."}, 503)
