"""One text: how it looks on the phone, what stands behind it, its history, and what a second person decides."""

import difflib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.content import publishing, recordings
from thangdee.casework.content.editions import (
    Edition,
    EditionMovedError,
    get,
    history,
    live_edition,
    open_edition,
)
from thangdee.casework.content.library import OnPhone
from thangdee.casework.content.publishing import (
    NeedsSupervisorError,
    NotReadOverError,
    OwnEditionError,
    WordNeededError,
)
from thangdee.casework.content.work_list import program_changed
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.content.desk import Act, ContentDesk, Work, editor, room_of, staff_names
from thangdee.core import words
from thangdee.core.words import LANGUAGES

_REFUSALS = (EditionMovedError, OwnEditionError, NeedsSupervisorError, NotReadOverError, WordNeededError)

Id = Annotated[str, Form(max_length=32)]
Revision = Annotated[int, Form()]
Word = Annotated[str, Form(max_length=publishing.LONGEST_WORD)]
Languages = Annotated[list[str] | None, Form()]


@dataclass(frozen=True)
class Side:
    """A text in one language: how it looks, and lines taken out and put in against what people read now."""

    language: str
    on_phone: OnPhone
    changes: tuple[tuple[str, str], ...] = ()


def add_texts(app: FastAPI, desk: ContentDesk) -> None:
    """Add the page of a text and the deeds on it."""

    @app.get("/content/text/{key}")
    @needs(Permission.READ_CONTENT)
    async def shown(request: Request, viewer: Viewer, key: str, notice: str = "") -> Response:
        async with desk.console.database.read() as connection:
            await desk.library.refresh(connection)
            about = desk.library.about(key)
            opened, live = await open_edition(connection, key), await live_edition(connection, key)
            past, people = await history(connection, key), await staff_names(connection)
            recorded = await recordings.standing(connection, key)
        if about is None:
            return desk.page(request, "gone", status=404)
        return desk.page(
            request, "text", notice, key=key, room=room_of(key), about=about, now=sides(desk, key), opened=opened,
            live=live, drafted=sides(desk, key, opened) if opened else [], past=past, people=people,
            documents=desk.library.documents, recorded=recorded,
            is_program_changed=live is not None and program_changed(live),
            own={one: words.own(key, one) for one in LANGUAGES}, me=viewer.staff_id,
        )  # fmt: skip

    _add_decisions(app, desk)
    _add_withdrawal(app, desk)


def sides(desk: ContentDesk, key: str, drafted: Edition | None = None) -> list[Side]:
    """Return how a text looks in each language; with a draft, how it would."""
    texts = drafted.draft.texts if drafted else None
    return [
        Side(one, desk.library.on_phone(key, one, texts), _changes(words.text(key, one), texts[one]) if texts else ())
        for one in LANGUAGES
    ]


def _changes(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """Return lines that go ("-") and come ("+"), none where the texts are the same."""
    if before == after:
        return ()
    found = difflib.ndiff(before.split("\n"), after.split("\n"))
    return tuple((line[0], line[2:]) for line in found if line[0] in "+-" and line[2:])


def _act(key: str, action: str, notice: str, work: Work, *, tells_others: bool = False) -> Act:
    return Act(f"content:{action}", key, work, f"/content/text/{key}", notice, tells_others)


def _work(key: str, deed: Callable[..., Awaitable[object]], edition: str, *given: object) -> Work:
    """Return the deed on an edition of this very text; connection and time come with the transaction."""

    async def work(connection: AsyncConnection, now: datetime) -> object:
        if (await get(connection, edition)).key != key:  # the audit would name another text than the one that changes
            raise EditionMovedError("an edition of another text")
        return await deed(connection, edition, *given, now)

    return work


def _add_decisions(app: FastAPI, desk: ContentDesk) -> None:
    @app.post("/content/text/{key}/publish")
    @needs(Permission.EDIT_CONTENT)
    async def publish(
        request: Request, viewer: Viewer, key: str, edition: Id, revision: Revision, read: Languages = None
    ) -> Response:  # fmt: skip
        work = _work(key, publishing.publish, edition, revision, read or (), editor(viewer))
        return await desk.do(request, viewer, _act(key, "publish", "published", work), *_REFUSALS)

    @app.post("/content/text/{key}/read")
    @needs(Permission.EDIT_CONTENT)
    async def read_over(
        request: Request, viewer: Viewer, key: str, edition: Id, revision: Revision, read: Languages = None
    ) -> Response:  # fmt: skip
        work = _work(key, publishing.read_over, edition, revision, read or (), editor(viewer))
        return await desk.do(request, viewer, _act(key, "read_over", "read", work), *_REFUSALS)

    @app.post("/content/text/{key}/send-back")
    @needs(Permission.EDIT_CONTENT)
    async def send_back(
        request: Request, viewer: Viewer, key: str, edition: Id, revision: Revision, word: Word = ""
    ) -> Response:
        work = _work(key, publishing.send_back, edition, revision, word, editor(viewer))
        return await desk.do(request, viewer, _act(key, "send_back", "sent_back", work), *_REFUSALS)

    @app.post("/content/text/{key}/drop")
    @needs(Permission.EDIT_CONTENT)
    async def drop(request: Request, viewer: Viewer, key: str, edition: Id, revision: Revision) -> Response:
        work = _work(key, publishing.drop, edition, revision, editor(viewer))
        return await desk.do(request, viewer, _act(key, "drop", "dropped", work), *_REFUSALS)


def _add_withdrawal(app: FastAPI, desk: ContentDesk) -> None:
    @app.post("/content/text/{key}/withdraw")
    @needs(Permission.EDIT_CONTENT)
    async def ask(
        request: Request, viewer: Viewer, key: str, edition: Id, revision: Revision, word: Word = ""
    ) -> Response:
        work = _work(key, publishing.ask_withdrawal, edition, revision, word, editor(viewer))
        act = _act(key, "ask_withdrawal", "withdrawal_asked", work, tells_others=True)
        return await desk.do(request, viewer, act, *_REFUSALS)

    @app.post("/content/text/{key}/withdraw/confirm")
    @needs(Permission.EDIT_CONTENT)
    async def withdraw(request: Request, viewer: Viewer, key: str, edition: Id, revision: Revision) -> Response:
        work = _work(key, publishing.withdraw, edition, revision, editor(viewer))
        return await desk.do(request, viewer, _act(key, "withdraw", "withdrawn", work), *_REFUSALS)

    @app.post("/content/text/{key}/withdraw/keep")
    @needs(Permission.EDIT_CONTENT)
    async def keep(request: Request, viewer: Viewer, key: str, edition: Id, revision: Revision) -> Response:
        work = _work(key, publishing.keep_published, edition, revision, editor(viewer))
        return await desk.do(request, viewer, _act(key, "keep", "kept", work), *_REFUSALS)
