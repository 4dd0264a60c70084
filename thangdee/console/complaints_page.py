"""Complaints as a page for who may answer them; one about a colleague is not there for that colleague (point 8).

What does not exist and what is hidden look the same: the list leaves it out, its address is not found.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import complaints
from thangdee.casework.chats import Chat, Chats
from thangdee.casework.complaint_rules import (
    ABOUT_US,
    WAITS,
    About,
    Complaint,
    ComplaintGoneError,
    ComplaintStepError,
    HearsBy,
    State,
    check_close,
)
from thangdee.casework.complaints import LONGEST, Words
from thangdee.casework.hold_rules import HoldRules
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.local_time import to_the_minute
from thangdee.console.shared import LANGUAGE_NAMES, Console, go_to
from thangdee.core.errors import SealBrokenError
from thangdee.referral_directory.model import Directory, text_in

# A count under this could tell of one person (R28), and a colleague that there is something about them.
FEWEST = 5
_Said = Annotated[str, Form(max_length=2 * LONGEST)]
_Deed = Callable[[AsyncConnection, datetime], Awaitable[str]]
# Queues the neutral line that there is news for the person of this complaint.
Knock = Callable[[AsyncConnection, Chat, Complaint, datetime], Awaitable[None]]


class WouldTellPlaceError(ComplaintStepError):
    """The answer names a shelter or a place that the chat must not hold (R19)."""

    code = "would_tell_place"


@dataclass(frozen=True)
class Answering:
    """What the page needs besides the console: how a person is knocked, what must not stand in a chat, who is who."""

    knock: Knock
    rules: HoldRules
    directory: Callable[[], Directory]

    def place(self, organisation_id: str | None, language: str) -> str:
        """Return what an organisation is called, its id where the directory does not know it any more."""
        listings = self.directory().listings if organisation_id else ()
        known = next((one for one in listings if one.organisation.id == organisation_id), None)
        return text_in(known.organisation.names, language) if known else organisation_id or ""


def add_complaints(app: FastAPI, console: Console, answering: Answering) -> None:
    """Add the list, one complaint, and what is done with it."""
    _add_reading(app, console, answering)
    _add_working(app, console)
    _add_answering(app, console, answering)


def _add_reading(app: FastAPI, console: Console, answering: Answering) -> None:
    @app.get("/complaints")
    @needs(Permission.ANSWER_COMPLAINTS)
    async def listed(request: Request, viewer: Viewer, notice: str = "") -> Response:
        async with console.database.read() as connection:
            found = await complaints.listed(connection, viewer)
            names = await accounts.names(connection)
            counted = await complaints.counts(connection)
        shown = [_header(one, names, viewer, answering, console.clock.now()) for one in found]
        counts = [(month, [_count(by.get(about, 0)) for about in About]) for month, by in counted]
        return console.page(
            request, "complaints.html", notice=notice, complaints=shown, counts=counts, abouts=list(About)
        )

    @app.get("/complaints/{complaint}")
    @needs(Permission.ANSWER_COMPLAINTS)
    async def opened(request: Request, viewer: Viewer, complaint: str, notice: str = "") -> Response:
        now = console.clock.now()
        try:
            async with console.database.write() as connection:
                one, said = await complaints.read(connection, console.vault, complaint, viewer, now)
                whose = await Chats(connection, console.vault).get(one.chat_id)
                staff = await accounts.all_staff(connection)
        except (ComplaintGoneError, SealBrokenError):
            return console.page(request, "complaint.html", notice=notice, one=None, status=404)
        names = {each.id: each.name for each in staff}
        others = [each for each in staff if each.ended_at is None and each.id != viewer.staff_id]
        return console.page(
            request, "complaint.html", notice=notice, one=_header(one, names, viewer, answering, now),
            said=[_words(each, names) for each in said], why_open=_why_open(one),
            language_named=LANGUAGE_NAMES[whose.language or "lo"] if whose else "", colleagues=others, longest=LONGEST,
        )  # fmt: skip


def _add_working(app: FastAPI, console: Console) -> None:
    vault = console.vault

    @app.post("/complaints/{complaint}/take")
    @needs(Permission.ANSWER_COMPLAINTS)
    async def take(request: Request, viewer: Viewer, complaint: str) -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await complaints.take(connection, vault, complaint, viewer, now)
            return "taken"

        return await _do(request, console, complaint, deed)

    @app.post("/complaints/{complaint}/note")
    @needs(Permission.ANSWER_COMPLAINTS)
    async def note(request: Request, viewer: Viewer, complaint: str, words: _Said = "") -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await complaints.note(connection, vault, complaint, viewer, words, now)
            return "noted"

        return await _do(request, console, complaint, deed)

    @app.post("/complaints/{complaint}/shut-out")
    @needs(Permission.ANSWER_COMPLAINTS)
    async def shut_out(
        request: Request, viewer: Viewer, complaint: str, who: Annotated[str, Form(max_length=32)]
    ) -> Response:
        """Hide it from a colleague whom it is about, or from oneself: then it is not there any more."""

        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await complaints.shut_out(connection, vault, complaint, viewer, who, now)
            return "shut_out"

        return await _do(request, console, "" if who == viewer.staff_id else complaint, deed)

    @app.post("/complaints/{complaint}/close")
    @needs(Permission.ANSWER_COMPLAINTS)
    async def close(request: Request, viewer: Viewer, complaint: str) -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await complaints.close(connection, vault, complaint, viewer, now)
            return "closed"

        return await _do(request, console, complaint, deed)


def _add_answering(app: FastAPI, console: Console, answering: Answering) -> None:
    vault = console.vault

    @app.post("/complaints/{complaint}/answer")
    @needs(Permission.ANSWER_COMPLAINTS)
    async def answer(
        request: Request,
        viewer: Viewer,
        complaint: str,
        words: _Said = "",
        how: Annotated[HearsBy, Form()] = HearsBy.CHAT,
    ) -> Response:
        """Answer in the chat, where a neutral line comes first, or write down what was said by phone."""

        async def deed(connection: AsyncConnection, now: datetime) -> str:
            if how is HearsBy.NONE:
                raise ComplaintStepError("unfit_words")
            one = await complaints.answer(connection, vault, complaint, viewer, words, now, how=how)
            if how is HearsBy.CHAT:
                await _bring(connection, console, answering, one, words, now)
            return "answered"

        return await _do(request, console, complaint, deed)


async def _bring(
    connection: AsyncConnection, console: Console, answering: Answering, one: Complaint, words: str, now: datetime
) -> None:
    whose = await Chats(connection, console.vault).get(one.chat_id)
    if whose is None:
        raise ComplaintGoneError("the chat is gone")
    # A second person's look, as for other replies (R19), would show it to those from whom it is hidden.
    if await answering.rules.why_held(connection, whose, words) is not None:
        raise WouldTellPlaceError("would_tell_place")
    await answering.knock(connection, whose, one, now)


async def _do(request: Request, console: Console, complaint: str, deed: _Deed) -> Response:
    """Do a deed and lead back; what the rules refuse is undone and said. `complaint`: empty leads to the list."""
    path = f"/complaints/{complaint}" if complaint else "/complaints"
    try:
        async with console.database.write() as connection:
            code = await deed(connection, console.clock.now())
    except ComplaintStepError as refused:
        code = refused.why
    except (ComplaintGoneError, SealBrokenError):
        code, path = ComplaintGoneError.code, "/complaints"
    return go_to(request, path, notice=f"complaints.page.notice.{code}")


def _header(
    one: Complaint, names: dict[str, str], viewer: SignedIn, answering: Answering, now: datetime
) -> dict[str, Any]:
    return {
        "id": one.id,
        "code": one.code,
        "about": one.about,
        "is_about_us": one.about in ABOUT_US,
        "place": answering.place(one.organisation_id, viewer.language),
        "state": one.state,
        "since": to_the_minute(one.created_at),
        "due": to_the_minute(one.due_at) if one.due_at else "",
        "is_late": one.is_late(now),
        "waits": one.state in WAITS,
        "owner": names.get(one.owner or "", "–") if one.owner else None,
        "is_mine": one.owner == viewer.staff_id,
        "may_answer": one.owner == viewer.staff_id and one.state is State.LOOKED_INTO,
        "may_tell": one.may_tell,
        "hears_by": one.hears_by,
        "answered": to_the_minute(one.answered_at) if one.answered_at else "",
        "answered_how": one.answered_how,
        "heard": to_the_minute(one.heard_at) if one.heard_at else "",
        "closed": to_the_minute(one.closed_at) if one.closed_at else "",
    }


def _words(one: Words, names: dict[str, str]) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "text": one.body.get("text", ""),
        "media": one.body.get("media"),
        "by": names.get(one.by),
        "at": to_the_minute(one.at),
    }


def _why_open(one: Complaint) -> str | None:
    try:
        check_close(one)
    except ComplaintStepError as error:
        return error.why
    return None


def _count(number: int) -> int | None:
    return number if number >= FEWEST else None
