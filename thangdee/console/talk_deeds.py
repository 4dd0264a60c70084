"""What is done in a chat: taking it over, noting, passing it on; each deed is audited with its effect (R31)."""

from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import consent, conversations, hand_over, notes, shares, typing_shown
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.conversations import NotHeldError
from thangdee.casework.shares import Reach
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.shared import Console
from thangdee.console.talk_choices import add_choices
from thangdee.console.talk_doing import Id, TalkTools, Token, Words, answer, do, look, new_token
from thangdee.console.talk_saying import add_saying

__all__ = ["TalkTools", "add_talk_deeds", "look", "new_token"]

# The writer of a note knows the chat; who broke glass reads and does nothing else (R38).
_MAY_NOTE = frozenset({Reach.HOLDER, Reach.ASKED_IN, Reach.HELD_LAST, Reach.SUPERVISOR})


def add_talk_deeds(app: FastAPI, console: Console, tools: TalkTools) -> None:
    """Add the deeds under /chats/{chat}."""
    _add_taking(app, console)
    add_saying(app, console, tools)
    add_choices(app, console, tools)
    _add_noting(app, console)
    _add_passing_on(app, console)
    _add_typing(app, console)


def _add_taking(app: FastAPI, console: Console) -> None:
    vault = console.vault

    @app.post("/chats/{chat}/take")
    @needs(Permission.TALK)
    async def take(request: Request, viewer: Viewer, chat: str) -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            if not await shares.may_take(connection, chat, viewer, now):
                return "taken"
            is_mine = await conversations.take_over(connection, vault, chat, viewer.staff_id, now)
            return "" if is_mine else "taken"

        return await do(request, console, viewer, chat, "chat:take", deed)

    @app.post("/chats/{chat}/take-from")
    @needs(Permission.SEE_TEAM)
    async def take_from(request: Request, viewer: Viewer, chat: str) -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await hand_over.take_from(connection, vault, chat, viewer.staff_id, now)
            return "taken_from"

        return await do(request, console, viewer, chat, "chat:take_from", deed)

    @app.post("/chats/{chat}/back")
    @needs(Permission.TALK)
    async def back(request: Request, viewer: Viewer, chat: str, summary: Words = "") -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await hand_over.hand_back(connection, vault, chat, viewer.staff_id, now, summary)
            return "handed_back"

        return await do(request, console, viewer, chat, "chat:hand_back", deed)

    @app.post("/chats/{chat}/close")
    @needs(Permission.TALK)
    async def close(request: Request, viewer: Viewer, chat: str, summary: Words = "") -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await hand_over.close(connection, vault, chat, viewer.staff_id, now, summary)
            return "closed"

        return await do(request, console, viewer, chat, "chat:close", deed)


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

        return await do(request, console, viewer, chat, "chat:note", deed)

    @app.post("/chats/{chat}/consent")
    @needs(Permission.TALK)
    async def write_consent(
        request: Request,
        viewer: Viewer,
        chat: str,
        purpose: Id,
        said: Annotated[str, Form(max_length=3, alias="answer")],
    ) -> Response:
        asked = {Purpose.KEEP_CHAT, Purpose.TALK_TO_STAFF}
        if purpose not in asked or said not in ("yes", "no"):
            return answer(request, chat, "unknown_text")

        async def deed(connection: AsyncConnection, now: datetime) -> str:
            whose = await conversations.held_for(connection, vault, chat, viewer.staff_id)
            await consent.record(
                connection, whose, Purpose(purpose), is_yes=said == "yes", given_by=GivenBy.READ_BY_STAFF, now=now
            )
            return "consent"

        return await do(request, console, viewer, chat, "consent:change", deed, purpose=purpose, answer=said)


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

        return await do(request, console, viewer, chat, "chat:transfer", deed, to=to)

    @app.post("/chats/{chat}/ask-in")
    @needs(Permission.TALK)
    async def ask_in(request: Request, viewer: Viewer, chat: str, colleague: Id, question: Words = "") -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await hand_over.ask_in(connection, vault, chat, viewer.staff_id, colleague, now, question)
            return "asked_in"

        return await do(request, console, viewer, chat, "chat:ask_in", deed, to=colleague)

    @app.post("/chats/{chat}/see-out")
    @needs(Permission.TALK)
    async def see_out(request: Request, viewer: Viewer, chat: str, colleague: Id) -> Response:
        async def deed(connection: AsyncConnection, _now: datetime) -> str:
            await hand_over.see_out(connection, vault, chat, viewer.staff_id, colleague)
            return ""

        return await do(request, console, viewer, chat, "chat:see_out", deed, to=colleague)

    @app.post("/chats/{chat}/leave")
    @needs(Permission.TALK)
    async def leave(request: Request, viewer: Viewer, chat: str) -> Response:
        async def deed(connection: AsyncConnection, _now: datetime) -> str:
            await hand_over.leave(connection, chat, viewer.staff_id)
            return "left"

        return await do(request, console, viewer, chat, "chat:leave", deed)


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
