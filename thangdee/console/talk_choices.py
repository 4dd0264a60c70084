"""What may be sent in a chat with one tap: ready texts, answers of the bot, services of the directory."""

from typing import Annotated

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import PlainTextResponse

from thangdee.casework import canned, shares
from thangdee.casework.chats import Chat, Chats
from thangdee.casework.near_help import Near
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.shared import Console, language_of_page
from thangdee.console.talk_doing import TalkTools, new_token
from thangdee.referral_directory.places import by_code
from thangdee.referral_directory.places.finding import find

Search = Annotated[str, Query(max_length=80)]


def add_choices(app: FastAPI, console: Console, tools: TalkTools) -> None:
    """Add the two parts of the page, for who may write in the chat; others get 404."""

    @app.get("/chats/{chat}/choices")
    @needs(Permission.TALK)
    async def choices(request: Request, viewer: Viewer, chat: str, search: Search = "") -> Response:
        whose = await _whose(console, viewer, chat)
        if whose is None:
            return _not_theirs()
        language, sent_in = language_of_page(request), whose.language or "lo"
        listed = canned.listed(tools.vetted, language, sent_in, search)
        return console.page(request, "choices.html", chat_id=chat, choices=listed, sent_in=sent_in, new_token=new_token)

    @app.get("/chats/{chat}/near")
    @needs(Permission.TALK)
    async def near(
        request: Request, viewer: Viewer, chat: str, need: Search = "", place: Annotated[str | None, Query()] = None
    ) -> Response:
        whose = await _whose(console, viewer, chat)
        if whose is None:
            return _not_theirs()
        return _near(request, console, tools, whose, need or whose.session.need or "", place)


def _near(
    request: Request, console: Console, tools: TalkTools, whose: Chat, need: str, written: str | None
) -> Response:
    language, sent_in = language_of_page(request), whose.language or "lo"
    code = _code_of(written) if written else whose.session.place
    needed = tools.near_help.needs(language)
    is_unknown = bool(written and written.strip()) and code is None
    is_known_need = need in {known for known, _ in needed}
    found: list[Near] = []
    if is_known_need and not is_unknown:
        found = list(tools.near_help.find(whose.session, need, code, sent_in))
    known = by_code(code) if code else None
    shown = written if written is not None else known.full_name(language) if known else ""
    return console.page(
        request, "near.html", chat_id=whose.id, needs=needed, need=need if is_known_need else "", place=shown,
        found=found, is_unknown=is_unknown, sent_in=sent_in, new_token=new_token,
    )  # fmt: skip


def _code_of(written: str) -> str | None:
    found = find(written[:80])
    return found[0].place.code if found else None


async def _whose(console: Console, viewer: SignedIn, chat: str) -> Chat | None:
    async with console.database.read() as connection:
        if not await shares.may_write(connection, chat, viewer, console.clock.now()):
            return None
        return await Chats(connection, console.vault).get(chat)


def _not_theirs() -> Response:
    return PlainTextResponse("This chat is not in your hands.", 404)
