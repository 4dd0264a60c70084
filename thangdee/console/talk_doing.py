"""How a deed in a chat is done: asked of the rules, audited in the same transaction (R31), answered."""

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import conversations, shares
from thangdee.casework.canned import UnknownTextError, VettedAnswers
from thangdee.casework.conversations import NotHeldError, Outcome, UnfitWordsError, Watch
from thangdee.casework.delivery import NothingToResendError
from thangdee.casework.hand_over import HolderThereError, NoColleagueError
from thangdee.casework.held_replies import NothingHeldError
from thangdee.casework.near_help import NearHelp, UnknownServiceError
from thangdee.casework.notes import ChatGoneError, UnfitNoteError
from thangdee.casework.shares import Reach
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.shared import Console, go_to, label, language_of_page
from thangdee.core import audit, words
from thangdee.core.errors import SealBrokenError

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


async def do(
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
    return answer(request, chat, code)


def answer(request: Request, chat: str, code: str) -> Response:
    """Go back to the chat; htmx stays where it is and is told what changed."""
    notice = f"talk.notice.{code}" if code else ""
    if "hx-request" not in request.headers:
        path = "/" if code in _TO_DESK else f"/chats/{chat}"
        return go_to(request, path, notice=notice)
    text = label(language_of_page(request), notice) if notice and words.has(notice) else ""
    told = json.dumps({"talk-changed": {"code": code}, "talk-notice": {"code": code, "text": text}})
    return Response(status_code=204, headers={"HX-Trigger": told})
