"""Writing an edition: three languages side by side, how the phone will show them, what speaks against them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData

from thangdee.casework.content import publishing
from thangdee.casework.content.editions import Draft, Edition, EditionMovedError, open_edition, tidy
from thangdee.casework.content.publishing import LONGEST_NAMED, LONGEST_REVIEW, LONGEST_WORD, UnfitEditionError
from thangdee.casework.content.wording import LONGEST, Fault
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.content.desk import NOTICE, Act, ContentDesk, editor, room_of
from thangdee.console.content.texts import Side
from thangdee.console.shared import go_to
from thangdee.core import words
from thangdee.core.words import LANGUAGES

_REVIEW_AFTER = timedelta(days=180)


@dataclass(frozen=True)
class _Form:
    """What was typed, and which revision it was typed over."""

    draft: Draft
    revision: int
    faults: list[Fault] = field(default_factory=list)
    notice: str = ""
    theirs: Edition | None = None


def add_editing(app: FastAPI, desk: ContentDesk) -> None:
    """Add the form, its preview, and saving."""

    @app.get("/content/text/{key}/edit")
    @needs(Permission.EDIT_CONTENT)
    async def edit(request: Request, key: str) -> Response:
        async with desk.console.database.read() as connection:
            await desk.library.refresh(connection)
            opened = await open_edition(connection, key)
        if desk.library.about(key) is None:
            return desk.page(request, "gone", status=404)
        draft = opened.draft if opened else _present(desk, key)
        return _shown(desk, request, key, _Form(draft, opened.revision if opened else 0))

    @app.post("/content/text/{key}/edit")
    @needs(Permission.EDIT_CONTENT)
    async def save(request: Request, viewer: Viewer, key: str) -> Response:
        if desk.library.about(key) is None:
            return desk.page(request, "gone", status=404)
        form = await request.form()
        return await _save(desk, request, viewer, key, _typed(form), _text(form, "deed"))

    @app.post("/content/text/{key}/preview")
    @needs(Permission.EDIT_CONTENT)
    async def preview(request: Request, key: str) -> Response:
        """The part that shows how it would look, while somebody types; nothing is kept."""
        if desk.library.about(key) is None:
            return HTMLResponse("", 404)
        drafted = _previews(desk, key, _typed(await request.form()).draft.texts)
        return desk.page(request, "preview", drafted=drafted)


async def _save(desk: ContentDesk, request: Request, viewer: SignedIn, key: str, form: _Form, deed: str) -> Response:
    """Save the draft or propose it; where that cannot be, the page comes back with all that was typed."""
    faults = publishing.faults_of(key, form.draft, desk.library.documents, desk.today) + _too_long(desk, key, form)
    if deed not in ("draft", "propose") or (deed == "propose" and faults):
        notice = f"{NOTICE}{UnfitEditionError.code}" if deed == "propose" else ""
        return _shown(desk, request, key, _Form(form.draft, form.revision, faults, notice))
    by = editor(viewer)

    async def work(connection: AsyncConnection, now: datetime) -> None:
        saved: Edition = await publishing.save_draft(connection, key, form.draft, by, now, revision=form.revision)
        if deed == "propose":
            await publishing.propose(connection, saved.id, saved.revision, desk.library.documents, by, now)

    notice = "proposed" if deed == "propose" else "saved"
    act = Act(f"content:{deed}", key, work, f"/content/text/{key}", notice, tells_others=deed == "propose")
    try:
        await desk.carry_out(viewer, act)
    except EditionMovedError as error:  # what was typed stays, beside what the colleague wrote
        async with desk.console.database.read() as connection:
            theirs = await open_edition(connection, key)
        revision = theirs.revision if theirs else 0
        return _shown(desk, request, key, _Form(form.draft, revision, faults, f"{NOTICE}{error.code}", theirs))
    return go_to(request, act.then, notice=f"{NOTICE}{notice}")


def _shown(desk: ContentDesk, request: Request, key: str, form: _Form) -> Response:
    return desk.page(
        request, "edit", form.notice, key=key, room=room_of(key), draft=form.draft, revision=form.revision,
        faults=form.faults, theirs=form.theirs,
        drafted=_previews(desk, key, form.draft.texts), documents=desk.library.documents,
        longest={"text": LONGEST, "named": LONGEST_NAMED, "word": LONGEST_WORD}, latest=desk.today + LONGEST_REVIEW,
        about=desk.library.about(key), own={one: words.own(key, one) for one in LANGUAGES},
    )  # fmt: skip


def _previews(desk: ContentDesk, key: str, texts: Mapping[str, str]) -> list[Side]:
    """Return how the message would look; words whose gaps do not fit are shown as they are typed."""
    found = []
    for one in LANGUAGES:
        try:
            found.append(Side(one, desk.library.on_phone(key, one, texts)))
        except (KeyError, IndexError, ValueError):
            found.append(Side(one, desk.library.on_phone(key, one)))
    return found


def _too_long(desk: ContentDesk, key: str, form: _Form) -> list[Fault]:
    """Find messages which, with all that the bot adds, fill what one message can hold."""
    whole = {side.language: len(side.on_phone.words) for side in _previews(desk, key, form.draft.texts)}
    return [Fault("long", language, str(length)) for language, length in whole.items() if length >= LONGEST]


def _present(desk: ContentDesk, key: str) -> Draft:
    about = desk.library.about(key)
    texts = {one: words.text(key, one) for one in LANGUAGES}
    if about is None:
        return Draft(texts)
    return Draft(texts, about.sources, "; ".join(about.law)[:LONGEST_NAMED], desk.today + _REVIEW_AFTER)


def _typed(form: FormData) -> _Form:
    texts = {one: tidy(_text(form, one)) for one in LANGUAGES}
    sources = tuple(str(one) for one in form.getlist("sources") if one)
    named, reason = _text(form, "named_source").strip(), _text(form, "reason").strip()
    revision = _text(form, "revision")
    draft = Draft(texts, sources, named, _day(_text(form, "review_by")), reason)
    return _Form(draft, int(revision) if revision.isdecimal() else 0)


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
