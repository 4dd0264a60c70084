"""What is done in a chat: taking it over, writing, noting, passing it on. Every deed is audited with its effect (R31)."""

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import (
    canned,
    consent,
    conversations,
    delivery,
    hand_over,
    held_replies,
    notes,
    shares,
    typing_shown,
)
from thangdee.casework.canned import UnknownTextError, VettedAnswers
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.conversations import NotHeldError, Outcome, UnfitWordsError, Watch
from thangdee.casework.delivery import NothingToResendError
from thangdee.casework.hand_over import HolderThereError, NoColleagueError
from thangdee.casework.held_replies import NothingHeldError
from thangdee.casework.hold_rules import is_about_missing
from thangdee.casework.near_help import NearHelp, UnknownServiceError
from thangdee.casework.notes import ChatGoneError, UnfitNoteError
from thangdee.casework.shares import Reach
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.shared import Console, go_to, label, language_of_page
from thangdee.core import audit, words
from thangdee.core.errors import SealBrokenError

# The writer of a note knows the chat; who broke glass reads and does nothing else (R38).
_MAY_NOTE = frozenset({Reach.HOLDER, Reach.ASKED_IN, Reach.HELD_LAST, Reach.SUPERVISOR})
_REFUSALS = (
    NotHeldError, UnfitWordsError, UnfitNoteError, NoColleagueError, HolderThereError, NothingToResendError,
    NothingHeldError, UnknownTextError, UnknownServiceError, ChatGoneError,
)  # fmt: skip
# After these the chat is no longer there for the viewer.
_TO_DESK = frozenset({"taken", "chat_gone", "left"})

Token = Annotated[str, Form(max_length=32)]
Words = Annotated[str, Form(max_length=20_000)]
Id = Annotated[str, Form(max_length=64)]
Deed = Callable[[AsyncConnection, datetime], Awaitable[str]]


@dataclass(frozen=True)
class TalkTools:
    """What a talk needs of rooms that the console does not know: the bot's answers, the search, the hold (R19)."""

    vetted: VettedAnswers
    near_help: NearHelp
    watch: Watch


def add_talk_deeds(app: FastAPI, console: Console, tools: TalkTools) -> None:
    """Add the deeds under /chats/{chat}."""
    _add_taking(app, console)
    _add_saying(app, console, tools)
    _add_noting(app, console)
    _add_passing_on(app, console)
    _add_typing(app, console)


def new_token() -> str:
    """Return a token for one rendering of a form: what is sent twice with it is done once."""
    return secrets.token_urlsafe(16)


async def look(console: Console, viewer: SignedIn, chat_id: str) -> Reach | None:
    """Return why this viewer may read a chat, None if they may not; the look is audited, once in 15 minutes (R31)."""
    now = console.clock.now()
    async with console.database.read() as connection:
        why = await shares.reach(connection, chat_id, viewer, now)
        if why is None or await shares.is_looked_at(connection, chat_id, viewer.staff_id, now):
            return why
    async with console.database.write() as connection:
        why = await shares.reach(connection, chat_id, viewer, now)
        if why is not None and await shares.note_view(connection, chat_id, viewer.staff_id, now):
            await record(console, connection, viewer, "chat:read", chat_id, now, reach=str(why))
    return why


async def record(
    console: Console,
    connection: AsyncConnection,
    viewer: SignedIn,
    action: str,
    chat_id: str,
    now: datetime,
    **facts: str,
) -> None:
    """Audit a deed in a chat; a cry for help is answered even where the audit fails (R31)."""
    is_cry = await conversations.is_cry(connection, chat_id, now)
    write = audit.record_in_crisis if is_cry else audit.record
    keyring = console.vault.keyring
    await write(connection, keyring, actor=viewer.staff_id, action=action, subject=chat_id, now=now, **facts)


def _add_taking(app: FastAPI, console: Console) -> None:
    vault = console.vault

    @app.post("/chats/{chat}/take")
    @needs(Permission.TALK)
    async def take(request: Request, viewer: Viewer, chat: str) -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            is_mine = await conversations.take_over(connection, vault, chat, viewer.staff_id, now)
            return "" if is_mine else "taken"

        return await _do(request, console, viewer, chat, "chat:take", deed)

    @app.post("/chats/{chat}/take-from")
    @needs(Permission.SEE_TEAM)
    async def take_from(request: Request, viewer: Viewer, chat: str) -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await hand_over.take_from(connection, vault, chat, viewer.staff_id, now)
            return "taken_from"

        return await _do(request, console, viewer, chat, "chat:take_from", deed)

    @app.post("/chats/{chat}/back")
    @needs(Permission.TALK)
    async def back(request: Request, viewer: Viewer, chat: str, summary: Words = "") -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await hand_over.hand_back(connection, vault, chat, viewer.staff_id, now, summary)
            return "handed_back"

        return await _do(request, console, viewer, chat, "chat:hand_back", deed)

    @app.post("/chats/{chat}/close")
    @needs(Permission.TALK)
    async def close(request: Request, viewer: Viewer, chat: str, summary: Words = "") -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await hand_over.close(connection, vault, chat, viewer.staff_id, now, summary)
            return "closed"

        return await _do(request, console, viewer, chat, "chat:close", deed)


def _add_saying(app: FastAPI, console: Console, tools: TalkTools) -> None:
    vault = console.vault

    @app.post("/chats/{chat}/reply")
    @needs(Permission.TALK)
    async def reply(request: Request, viewer: Viewer, chat: str, words: Words = "", token: Token = "") -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            return await conversations.reply(
                connection, vault, chat, viewer.staff_id, words, now, token=token, watch=tools.watch
            )

        return await _do(request, console, viewer, chat, "chat:say", deed, kind="own")

    @app.post("/chats/{chat}/canned")
    @needs(Permission.TALK)
    async def say_canned(
        request: Request, viewer: Viewer, chat: str, key: Id, token: Token = "", at: Annotated[str, Form()] = ""
    ) -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            whose = await conversations.held_for(connection, vault, chat, viewer.staff_id)
            body = canned.body_of(key, at)
            return await conversations.say(connection, vault, whose, viewer.staff_id, body, now, token=token)

        return await _do(request, console, viewer, chat, "chat:say", deed, kind="canned")

    @app.post("/chats/{chat}/vetted")
    @needs(Permission.TALK)
    async def say_vetted(request: Request, viewer: Viewer, chat: str, key: Id, token: Token = "") -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            whose = await conversations.held_for(connection, vault, chat, viewer.staff_id)
            if key not in tools.vetted.keys():  # noqa: SIM118 - no dictionary
                raise UnknownTextError("no such answer")
            sent, body = tools.vetted.words(key, whose.language or "lo"), {"say": [key]}
            return await conversations.say(
                connection, vault, whose, viewer.staff_id, body, now, words=sent, token=token
            )

        return await _do(request, console, viewer, chat, "chat:say", deed, kind="vetted")

    @app.post("/chats/{chat}/card")
    @needs(Permission.TALK)
    async def say_card(request: Request, viewer: Viewer, chat: str, listing: Id, token: Token = "") -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            whose = await conversations.held_for(connection, vault, chat, viewer.staff_id)
            card = tools.near_help.words(listing, whose.language or "lo")
            if card is None:
                raise UnknownServiceError("nothing may be told of it")
            watch = tools.watch if await is_about_missing(connection, whose) else None
            body = {"text": conversations.fit(card)}
            return await conversations.say(
                connection, vault, whose, viewer.staff_id, body, now, token=token, watch=watch
            )

        return await _do(request, console, viewer, chat, "chat:say", deed, kind="card")

    @app.post("/chats/{chat}/retry")
    @needs(Permission.TALK)
    async def retry(request: Request, viewer: Viewer, chat: str, job: Id) -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            whose = await conversations.held_for(connection, vault, chat, viewer.staff_id)
            await delivery.resend(connection, vault, whose, job, now)
            return "resent"

        return await _do(request, console, viewer, chat, "chat:resend", deed)

    @app.post("/chats/{chat}/withdraw")
    @needs(Permission.TALK)
    async def withdraw(request: Request, viewer: Viewer, chat: str, held: Id) -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await held_replies.withdraw(connection, held, chat, viewer.staff_id, now)
            return "withdrawn"

        return await _do(request, console, viewer, chat, "held:withdraw", deed)


def _add_noting(app: FastAPI, console: Console) -> None:
    vault = console.vault

    @app.post("/chats/{chat}/note")
    @needs(Permission.TALK)
    async def note(request: Request, viewer: Viewer, chat: str, words: Words = "", token: Token = "") -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            if await shares.reach(connection, chat, viewer, now) not in _MAY_NOTE:
                raise NotHeldError("not a chat of theirs")
            await notes.add(connection, vault, chat, viewer.staff_id, words, now, token=token)
            return "noted"

        return await _do(request, console, viewer, chat, "chat:note", deed)

    @app.post("/chats/{chat}/consent")
    @needs(Permission.TALK)
    async def write_consent(
        request: Request, viewer: Viewer, chat: str, purpose: Id, answer: Annotated[str, Form(max_length=3)]
    ) -> Response:
        asked = {Purpose.KEEP_CHAT, Purpose.TALK_TO_STAFF}
        if purpose not in asked or answer not in ("yes", "no"):
            return _answer(request, chat, "unknown_text")

        async def deed(connection: AsyncConnection, now: datetime) -> str:
            whose = await conversations.held_for(connection, vault, chat, viewer.staff_id)
            await consent.record(
                connection, whose, Purpose(purpose), is_yes=answer == "yes", given_by=GivenBy.READ_BY_STAFF, now=now
            )
            return "consent"

        return await _do(request, console, viewer, chat, "consent:change", deed, purpose=purpose, answer=answer)


def _add_passing_on(app: FastAPI, console: Console) -> None:
    vault = console.vault

    @app.post("/chats/{chat}/transfer")
    @needs(Permission.TALK)
    async def transfer(
        request: Request, viewer: Viewer, chat: str, to: Id, summary: Words = "", tell: Annotated[str, Form()] = ""
    ) -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            is_told = tell == "yes"
            await hand_over.transfer(connection, vault, chat, viewer.staff_id, to, summary, now, tell_person=is_told)
            return "transferred"

        return await _do(request, console, viewer, chat, "chat:transfer", deed, to=to)

    @app.post("/chats/{chat}/ask-in")
    @needs(Permission.TALK)
    async def ask_in(request: Request, viewer: Viewer, chat: str, colleague: Id, question: Words = "") -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await hand_over.ask_in(connection, vault, chat, viewer.staff_id, colleague, now, question)
            return "asked_in"

        return await _do(request, console, viewer, chat, "chat:ask_in", deed, to=colleague)

    @app.post("/chats/{chat}/see-out")
    @needs(Permission.TALK)
    async def see_out(request: Request, viewer: Viewer, chat: str, colleague: Id) -> Response:
        async def deed(connection: AsyncConnection, _now: datetime) -> str:
            await hand_over.see_out(connection, vault, chat, viewer.staff_id, colleague)
            return ""

        return await _do(request, console, viewer, chat, "chat:see_out", deed, to=colleague)

    @app.post("/chats/{chat}/leave")
    @needs(Permission.TALK)
    async def leave(request: Request, viewer: Viewer, chat: str) -> Response:
        async def deed(connection: AsyncConnection, _now: datetime) -> str:
            await hand_over.leave(connection, chat, viewer.staff_id)
            return "left"

        return await _do(request, console, viewer, chat, "chat:leave", deed)


def _add_typing(app: FastAPI, console: Console) -> None:
    @app.post("/chats/{chat}/typing")
    @needs(Permission.TALK)
    async def show_typing(viewer: Viewer, chat: str) -> Response:
        """Not audited: nothing is said or read, and it comes every few seconds."""
        now = console.clock.now()
        async with console.database.write() as connection:
            if await shares.may_write(connection, chat, viewer, now):
                await typing_shown.show(connection, console.vault, chat, now)
        return Response(status_code=204)


async def _do(
    request: Request, console: Console, viewer: SignedIn, chat: str, action: str, deed: Deed, **facts: str
) -> Response:
    """Do a deed and audit it in one transaction; what the rules refuse is undone and said."""
    now = console.clock.now()
    try:
        async with console.database.write() as connection:
            code = await deed(connection, now)
            if code != "taken":
                outcome = {"outcome": code} if code in set(Outcome) else {}
                await record(console, connection, viewer, action, chat, now, **facts, **outcome)
    except SealBrokenError:
        code = ChatGoneError.code
    except _REFUSALS as refused:
        code = refused.code
    return _answer(request, chat, code)


def _answer(request: Request, chat: str, code: str) -> Response:
    """Go back to the chat; htmx stays where it is and is told what changed."""
    notice = f"talk.notice.{code}" if code else ""
    if "hx-request" not in request.headers:
        path = "/" if code in _TO_DESK else f"/chats/{chat}"
        return go_to(request, path, notice=notice)
    text = label(language_of_page(request), notice) if notice and words.has(notice) else ""
    told = json.dumps({"talk-changed": {"code": code}, "talk-notice": {"code": code, "text": text}})
    return Response(status_code=204, headers={"HX-Trigger": told})
