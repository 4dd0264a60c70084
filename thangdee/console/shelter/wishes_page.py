"""What a shelter officer asks her, and what a family left for her: her own shelter's alone (R16, R17, R37).

The list has no names. Opening one shows who is meant, so that the right person is asked, and fixed sentences to be read
to her; what she answers goes to staff, never to who asked.
"""

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries.store import EnquiryGoneError
from thangdee.casework.media import MediaGoneError
from thangdee.casework.outcomes import given, officers, residents, wishes
from thangdee.casework.outcomes.given import MessageGoneError
from thangdee.casework.outcomes.model import Wish
from thangdee.casework.outcomes.record import How
from thangdee.casework.outcomes.residents import NoSuchEntryError
from thangdee.casework.outcomes.wish_store import WishGoneError
from thangdee.casework.staff import throttle
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.throttle import TooManyTriesError
from thangdee.console.access import Viewer, needs
from thangdee.console.enquiries.release_desk import do, page
from thangdee.console.media_routes import ranged
from thangdee.console.shared import Console, go_to
from thangdee.core import words
from thangdee.core.errors import SealBrokenError

_LIST, _MESSAGES = "/shelter/wishes", "/shelter/messages"
# What is read to her, in this order; the words about who asks come after the first.
SENTENCES = ("who", "may_say_no", "nobody_learns", "choices", "may_change")
_Code = Annotated[str, Form(max_length=20)]
_Words = Annotated[str, Form(max_length=5000)]


def add_wishes(app: FastAPI, console: Console) -> None:
    """Add the list, a question, a message, and the way to change one's mind."""
    _add_list(app, console)
    _add_question(app, console)
    _add_messages(app, console)
    _add_changed_mind(app, console)


def _add_list(app: FastAPI, console: Console) -> None:
    @app.get(_LIST)
    @needs(Permission.ENTER_RESIDENTS)
    async def listed(request: Request, viewer: Viewer, notice: str = "") -> Response:
        now, officer = console.clock.now(), viewer.staff_id
        async with console.database.read() as connection:
            questions = await wishes.waiting(connection, officer, now)
            messages = await given.waiting(connection, console.vault, officer, now)
            has_shelter = bool(await officers.shelters_of(connection, officer))
        seen: dict[str, Any] = {"questions": questions, "messages": messages, "has_shelter": has_shelter}
        return page(console, request, "shelter/wishes.html", notice=notice, **seen)


def _add_question(app: FastAPI, console: Console) -> None:
    vault = console.vault

    @app.get(f"{_LIST}/{{wish}}")
    @needs(Permission.ENTER_RESIDENTS)
    async def opened(request: Request, viewer: Viewer, wish: str, notice: str = "") -> Response:
        """Show who is meant and what is read to her; audited."""
        try:
            async with console.database.write() as connection:
                asked, entry, told = await wishes.to_ask(connection, vault, wish, viewer.staff_id, console.clock.now())
        except (WishGoneError, EnquiryGoneError, SealBrokenError):
            return page(console, request, "shelter/wish_gone.html", status=404, notice=notice)
        seen: dict[str, Any] = {
            "asked": asked,
            "entry": entry,
            "told": told,
            "sentences": partial(sentences, asked.relation),
        }
        choices: dict[str, Any] = {"answers": list(Wish), "ways": list(How), "longest": wishes.LONGEST}
        return page(console, request, "shelter/wish.html", notice=notice, **seen, **choices)

    @app.post(f"{_LIST}/{{wish}}")
    @needs(Permission.ENTER_RESIDENTS)
    async def answer(
        request: Request,
        viewer: Viewer,
        wish: str,
        said: _Code,
        how: _Code,
        for_family: _Words = "",
        for_us: _Words = "",
    ) -> Response:
        """Write her answer down."""

        async def deed(connection: AsyncConnection, now: datetime) -> str:
            if said not in set(Wish) or how not in set(How):
                raise wishes.UnfitAnswerError("no such answer")
            where = (connection, vault, wish, Wish(said), How(how), viewer.staff_id, now)
            await wishes.answer(*where, for_family=for_family, for_us=for_us)
            return "answered"

        return await do(request, console, _LIST, deed)


def _add_messages(app: FastAPI, console: Console) -> None:
    vault = console.vault

    @app.get(f"{_MESSAGES}/{{message}}")
    @needs(Permission.ENTER_RESIDENTS)
    async def opened(request: Request, viewer: Viewer, message: str, notice: str = "") -> Response:
        """Show what the family left, to be offered to her; audited."""
        try:
            async with console.database.write() as connection:
                found, entry = await given.to_offer(connection, vault, message, viewer.staff_id, console.clock.now())
        except (MessageGoneError, EnquiryGoneError, SealBrokenError):
            return page(console, request, "shelter/wish_gone.html", status=404, notice=notice)
        return page(console, request, "shelter/message.html", notice=notice, message=found, entry=entry)

    @app.get(f"{_MESSAGES}/{{message}}/file")
    @needs(Permission.ENTER_RESIDENTS)
    async def file(request: Request, viewer: Viewer, message: str) -> Response:
        """Play the recording or show the picture; audited."""
        try:
            async with console.database.write() as connection:
                found = await given.open_file(connection, vault, message, viewer.staff_id, console.clock.now())
        except (MessageGoneError, EnquiryGoneError, MediaGoneError, SealBrokenError):
            return PlainTextResponse("There is no such file.", 404)
        return ranged(found.content, found.mime, request.headers.get("range", ""))

    @app.post(f"{_MESSAGES}/{{message}}")
    @needs(Permission.ENTER_RESIDENTS)
    async def offered(request: Request, viewer: Viewer, message: str, wanted: _Code) -> Response:
        """Write down whether she took it; nobody who asked learns it (R17)."""

        async def deed(connection: AsyncConnection, now: datetime) -> str:
            if wanted not in ("yes", "no"):
                raise wishes.UnfitAnswerError("no such answer")
            is_wanted = wanted == "yes"
            await given.offered(connection, vault, message, viewer.staff_id, now, was_wanted=is_wanted)
            return "offered"

        return await do(request, console, _LIST, deed)


def _add_changed_mind(app: FastAPI, console: Console) -> None:
    vault = console.vault

    @app.post(f"{_LIST}-changed")
    @needs(Permission.ENTER_RESIDENTS)
    async def changed(request: Request, viewer: Viewer, code: Annotated[str, Form(max_length=40)]) -> Response:
        """She does not wish it any more: found by the code on her paper; tries are few, as in signing in."""
        key = throttle.key_of(vault.keyring, f"resident_code|{viewer.staff_id}", "")
        try:
            async with console.database.write() as connection:
                await throttle.begin(connection, key, console.clock.now())
        except TooManyTriesError:
            return go_to(request, _LIST, notice="release.notice.too_many_tries")

        is_wrong: list[bool] = []

        async def deed(connection: AsyncConnection, now: datetime) -> str:
            officer = viewer.staff_id
            mine = await officers.shelters_of(connection, officer)
            try:
                entry = await residents.by_code(connection, vault, mine, code, officer, now)
            except (NoSuchEntryError, SealBrokenError):
                is_wrong.append(True)
                raise
            await wishes.take_back(connection, vault, entry.id, officer, now)
            return "taken_back"

        answered = await do(request, console, _LIST, deed)
        if is_wrong:  # who tries codes is written down (R31)
            await request.app.state.gate.refused(viewer, Permission.ENTER_RESIDENTS)
        return answered


def sentences(relation: str, language: str) -> list[str]:
    """Return what is read to her in one language: fixed texts, and who says to look for her in fixed words."""
    who = words.text(f"release.relation.{relation}", language)
    return [words.text(f"release.read.{one}", language, who=who) for one in SENTENCES]
