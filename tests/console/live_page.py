"""The smallest page that is live: the queue's codes and one chat's lines, read from the database at each look."""

from html import escape

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, DictLoader

from tests.console.signing_in import ORIGIN, gate_of
from thangdee.casework import conversations, shares
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.alarms import add_alarms
from thangdee.console.app import bare_app
from thangdee.console.live import add_live
from thangdee.console.notices_page import add_notices
from thangdee.console.shared import Console, templates
from thangdee.core.change_feed import ChangeFeed
from thangdee.processes.wiring import Installation

_PAGE = """{% extends "base.html" %}
{% block head %}
<script src="{{ root }}/static/htmx.min.js" defer></script><script src="{{ root }}/static/live.js" defer></script>
{% endblock %}
{% block content %}{% include "live.html" %}
<main id="main"><ul id="queue" data-live="queue" hx-get="/parts/queue" hx-trigger="live" hx-swap="innerMorph"></ul>
<ol id="talk" data-live="chat" hx-get="/parts/chat/{{ chat_id }}" hx-trigger="live" hx-swap="innerMorph"></ol></main>
{% endblock %}"""


def live_app(installation: Installation, feed: ChangeFeed, *, rings: bool = False) -> FastAPI:
    """A console with this page only; with an alarm if it rings."""
    app, environment = bare_app(gate_of(installation)), templates()
    environment.loader = ChoiceLoader([DictLoader({"live_page.html": _PAGE}), environment.loader])
    console = Console(
        installation.database, installation.vault, installation.clock,
        about_answer=lambda _: None, origin=ORIGIN, environment=environment,
    )  # fmt: skip
    add_live(app, console, feed, shares.may_read)
    add_notices(app, console)  # every page shows their count
    if rings:
        add_alarms(app, console)
    _add_page(app, console)
    return app


def _add_page(app: FastAPI, console: Console) -> None:
    @app.get("/chats/{chat}")
    @needs(Permission.SEE_QUEUE)
    async def whole(request: Request, viewer: Viewer, chat: str) -> Response:
        return console.page(request, "live_page.html", chat_id=chat)

    @app.get("/parts/queue")
    @needs(Permission.SEE_QUEUE)
    async def queue(viewer: Viewer) -> Response:
        async with console.database.read() as connection:
            waiting = await conversations.queue(connection, console.clock.now())
        return HTMLResponse("".join(f"<li>{one.code}</li>" for one in waiting))

    @app.get("/parts/chat/{chat}")
    @needs(Permission.SEE_QUEUE)
    async def talk(viewer: Viewer, chat: str) -> Response:
        async with console.database.read() as connection:
            if not await shares.may_read(connection, chat, viewer, console.clock.now()):
                return Response(status_code=404)
            read = await conversations.read(connection, console.vault, chat)
        return HTMLResponse("".join(f"<li>{escape(str(line.body.get('text', '')))}</li>" for line in read.lines))
