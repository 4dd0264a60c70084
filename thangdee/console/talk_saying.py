"""What staff say in a chat: their own words, ready texts, answers of the bot, cards of the directory."""

from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import canned, conversations, delivery, held_replies
from thangdee.casework.canned import UnknownTextError
from thangdee.casework.hold_rules import is_about_missing
from thangdee.casework.near_help import UnknownServiceError
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.shared import Console
from thangdee.console.talk_doing import Id, TalkTools, Token, Words, do


def add_saying(app: FastAPI, console: Console, tools: TalkTools) -> None:
    """Add all ways to say something."""
    _add_own_words(app, console, tools)
    _add_canned(app, console)
    _add_vetted(app, console, tools)
    _add_cards(app, console, tools)
    _add_second_tries(app, console)


def _add_own_words(app: FastAPI, console: Console, tools: TalkTools) -> None:
    vault = console.vault

    @app.post("/chats/{chat}/reply")
    @needs(Permission.TALK)
    async def reply(request: Request, viewer: Viewer, chat: str, words: Words = "", token: Token = "") -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            return await conversations.reply(
                connection, vault, chat, viewer.staff_id, words, now, token=token, watch=tools.watch
            )

        return await do(request, console, viewer, chat, "chat:say", deed, kind="own")


def _add_canned(app: FastAPI, console: Console) -> None:
    vault = console.vault

    @app.post("/chats/{chat}/canned")
    @needs(Permission.TALK)
    async def say_canned(
        request: Request, viewer: Viewer, chat: str, key: Id, token: Token = "", at: Annotated[str, Form()] = ""
    ) -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            whose = await conversations.held_for(connection, vault, chat, viewer.staff_id)
            body = canned.body_of(key, at)
            return await conversations.say(connection, vault, whose, viewer.staff_id, body, now, token=token)

        return await do(request, console, viewer, chat, "chat:say", deed, kind="canned")


def _add_vetted(app: FastAPI, console: Console, tools: TalkTools) -> None:
    vault = console.vault

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

        return await do(request, console, viewer, chat, "chat:say", deed, kind="vetted")


def _add_cards(app: FastAPI, console: Console, tools: TalkTools) -> None:
    vault = console.vault

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

        return await do(request, console, viewer, chat, "chat:say", deed, kind="card")


def _add_second_tries(app: FastAPI, console: Console) -> None:
    vault = console.vault

    @app.post("/chats/{chat}/retry")
    @needs(Permission.TALK)
    async def retry(request: Request, viewer: Viewer, chat: str, job: Id) -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            whose = await conversations.held_for(connection, vault, chat, viewer.staff_id)
            await delivery.resend(connection, vault, whose, job, now)
            return "resent"

        return await do(request, console, viewer, chat, "chat:resend", deed)

    @app.post("/chats/{chat}/withdraw")
    @needs(Permission.TALK)
    async def withdraw(request: Request, viewer: Viewer, chat: str, held: Id) -> Response:
        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await held_replies.withdraw(connection, held, chat, viewer.staff_id, now)
            return "withdrawn"

        return await do(request, console, viewer, chat, "held:withdraw", deed)
