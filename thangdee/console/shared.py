"""What all pages of the console share: the database, the clock, who looks, how a page is rendered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import CSRF_FIELD, Gate
from thangdee.core import words
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.vault import Vault
from thangdee.core.words import LANGUAGES

FOLDER = Path(__file__).parent
LANGUAGE_NAMES = {"lo": "ລາວ", "th": "ไทย", "en": "English"}

# What is known about a text by its key: sources, law, written_on, review_by, reviewed_by per language.
AboutAnswer = Callable[[str], dict[str, Any] | None]


def templates() -> Environment:
    """Return the templates: everything that is put into a page is escaped, a missing value is an error."""
    loader = FileSystemLoader(FOLDER / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@dataclass(frozen=True)
class Console:
    """One console. `origin`: its address as browsers see it, such as "https://staff.example.org"."""

    database: Database
    vault: Vault
    clock: Clock
    about_answer: AboutAnswer
    origin: str
    demo: bool = False
    environment: Environment = field(default_factory=cache(templates))

    def page(
        self, request: Request, template: str, *, status: int = 200, notice: str | None = None, **seen: object
    ) -> Response:
        """Return a page in the viewer's language; `notice` is a key of the catalogue, unknown ones are left out."""
        shown = seen | self._shared(request) | {"notice": notice if notice and words.has(notice) else None}
        return HTMLResponse(self.environment.get_template(template).render(shown), status)

    def _shared(self, request: Request) -> dict[str, Any]:
        viewer: SignedIn | None = getattr(request.state, "viewer", None)
        language = language_of_page(request)
        gate: Gate = request.app.state.gate
        return {
            "t": partial(label, language),
            "language": language,
            "names": LANGUAGE_NAMES,
            "root": request.scope.get("root_path", ""),
            "here": request.url.path.removeprefix(request.scope.get("root_path", "")),
            "viewer": viewer,
            "may": viewer.permissions if viewer else frozenset(),
            "Permission": Permission,
            "csrf": gate.csrf_of(viewer) if viewer else "",
            "csrf_field": CSRF_FIELD,
            "demo": self.demo,
            "has_alarms": getattr(request.app.state, "has_alarms", False),
        }


def language_of_page(request: Request) -> str:
    """Return the language of who looks; before signing in, the one in the address or the browser's."""
    viewer: SignedIn | None = getattr(request.state, "viewer", None)
    chosen = viewer.language if viewer else request.query_params.get("lang") or _of_browser(request)
    return chosen if chosen in LANGUAGES else "en"


def _of_browser(request: Request) -> str:
    """Return the first of our languages that the browser asks for."""
    wished = (one.strip()[:2].lower() for one in request.headers.get("accept-language", "").split(","))
    return next((one for one in wished if one in LANGUAGES), "en")


def label(language: str, key: str, **values: object) -> str:
    """Return a text of the page."""
    return words.text(key, language, **{name: str(value) for name, value in values.items()})


def go_to(request: Request, path: str, fragment: str = "", **query: str) -> Response:
    """Go to a page of ours, so that a reload does not repeat what was done. `path` begins with a slash."""
    asked = urlencode({name: value for name, value in query.items() if value})
    root = request.scope.get("root_path", "")
    return RedirectResponse(root + path + (f"?{asked}" if asked else "") + (f"#{fragment}" if fragment else ""), 303)
