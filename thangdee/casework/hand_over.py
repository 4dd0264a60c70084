"""Whose chat it is: passing it to a colleague, asking one in, giving it back to the bot (R37, R52).

Each function is one use case, to be called inside one transaction of the caller's.
"""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import alerts, conversations, delivery, duty, held_replies, notes, notices, shares
from thangdee.casework.alerts import alert
from thangdee.casework.chats import Chat, Chats
from thangdee.casework.conversations import NotHeldError
from thangdee.casework.notes import NoteKind
from thangdee.casework.staff import accounts
from thangdee.casework.staff.accounts import Account
from thangdee.casework.staff.roles import Permission, permissions_of
from thangdee.core import changes
from thangdee.core.errors import ThangdeeError
from thangdee.core.vault import Vault


class NoColleagueError(ThangdeeError):
    """Nobody with this id works here and talks with people, or it is who asks."""

    code = "no_colleague"


class HolderThereError(ThangdeeError):
    """Whoever holds the chat is on duty: they are asked, it is not taken from them."""

    code = "holder_there"


async def colleagues(connection: AsyncConnection, me: str) -> list[Account]:
    """Return who may be asked into a chat or be given one, by name."""
    return await accounts.who_may(connection, Permission.TALK, but=me)


async def transfer(
    connection: AsyncConnection,
    vault: Vault,
    chat_id: str,
    staff: str,
    to: str,
    summary: str,
    now: datetime,
    *,
    tell_person: bool,
) -> None:
    """Give a chat to a colleague at once, with a summary. Raises NotHeldError, NoColleagueError, UnfitNoteError."""
    await _colleague(connection, staff, to)
    await _own(connection, vault, chat_id, staff)
    await notes.add(connection, vault, chat_id, staff, summary, now, kind=NoteKind.TRANSFER)
    whose = await _give(connection, vault, chat_id, staff, to, now)
    await notices.tell(connection, to, "transferred", chat_id, now)
    if tell_person:
        is_kept = await conversations.may_keep(connection, chat_id, now)
        body = {"say": ["person.passed_on"]}
        await delivery.tell(connection, vault, whose, body, now, is_kept=is_kept, staff_id=staff)


async def take_from(connection: AsyncConnection, vault: Vault, chat_id: str, supervisor: str, now: datetime) -> str:
    """Take a chat from a colleague who went off duty, and tell them; return who it was.

    The caller has asked whether this is a supervisor. Raises NotHeldError, HolderThereError.
    """
    whose = await Chats(connection, vault).get(chat_id)
    if whose is None or whose.held_by in (None, supervisor):
        raise NotHeldError("no colleague holds this chat")
    holder = str(whose.held_by)
    if holder in await duty.on_duty(connection, now):
        raise HolderThereError("the colleague is on duty")
    await _give(connection, vault, chat_id, holder, supervisor, now)
    await alerts.take(connection, chat_id, supervisor, now)
    await notices.tell(connection, holder, "taken_from_you", chat_id, now)
    return holder


async def ask_in(
    connection: AsyncConnection,
    vault: Vault,
    chat_id: str,
    staff: str,
    colleague: str,
    now: datetime,
    question: str = "",
) -> None:
    """Let a colleague read and write in one's own chat. Raises NotHeldError, NoColleagueError, UnfitNoteError."""
    await _colleague(connection, staff, colleague)
    await _own(connection, vault, chat_id, staff)
    if question.strip():
        await notes.add(connection, vault, chat_id, staff, question, now, kind=NoteKind.ASK_IN)
    await shares.let_in(connection, chat_id, colleague, now)
    await notices.tell(connection, colleague, "asked_in", chat_id, now)
    await _announce(connection, chat_id)


async def leave(connection: AsyncConnection, chat_id: str, staff: str) -> None:
    """Leave a chat into which one was asked. Raises NotHeldError."""
    if not await shares.let_out(connection, chat_id, staff):
        raise NotHeldError("you were not asked in")
    await _announce(connection, chat_id)


async def see_out(connection: AsyncConnection, vault: Vault, chat_id: str, staff: str, colleague: str) -> None:
    """End what `ask_in` began, by the holder. Raises NotHeldError, NoColleagueError."""
    await _own(connection, vault, chat_id, staff)
    if not await shares.let_out(connection, chat_id, colleague):
        raise NoColleagueError("this colleague is not in it")
    await _announce(connection, chat_id)


async def hand_back(
    connection: AsyncConnection, vault: Vault, chat_id: str, staff: str, now: datetime, summary: str = ""
) -> None:
    """Let the bot answer again and tell the person. Raises NotHeldError, UnfitNoteError."""
    await _own(connection, vault, chat_id, staff)
    if summary.strip():
        await notes.add(connection, vault, chat_id, staff, summary, now, kind=NoteKind.HAND_BACK)
    await held_replies.withdraw_all(connection, chat_id, staff, now)
    if not await conversations.hand_back(connection, vault, chat_id, staff, now):
        raise NotHeldError("somebody was faster")


async def close(
    connection: AsyncConnection, vault: Vault, chat_id: str, staff: str, now: datetime, summary: str = ""
) -> None:
    """Nobody needs to answer: calls are done, the bot goes on, the person reads nothing.

    Only who holds the chat may say so: they have read it. Raises NotHeldError, UnfitNoteError.
    """
    await _own(connection, vault, chat_id, staff)
    if summary.strip():
        await notes.add(connection, vault, chat_id, staff, summary, now, kind=NoteKind.CLOSE)
    await held_replies.withdraw_all(connection, chat_id, staff, now)
    await alerts.take(connection, chat_id, staff, now)
    if not await conversations.let_go(connection, chat_id, staff, now):
        raise NotHeldError("somebody was faster")


async def _give(connection: AsyncConnection, vault: Vault, chat_id: str, holder: str, to: str, now: datetime) -> Chat:
    if not await conversations.pass_on(connection, chat_id, holder=holder, to=to):
        raise NotHeldError("somebody was faster")
    await shares.let_out(connection, chat_id, to)
    await shares.let_read_on(connection, chat_id, holder, now)
    # The cry goes on with the chat: words are kept as long as who answers it holds the chat (may_keep).
    theirs = (alert.c.chat_id == chat_id) & (alert.c.taken_by == holder)
    await connection.execute(update(alert).where(theirs).values(taken_by=to))
    whose = await Chats(connection, vault).get(chat_id)
    if whose is None:
        raise NotHeldError("the chat is gone")
    return whose


async def _own(connection: AsyncConnection, vault: Vault, chat_id: str, staff: str) -> None:
    whose = await Chats(connection, vault).get(chat_id)
    if whose is None or whose.held_by != staff:
        raise NotHeldError("the chat is not yours")


async def _colleague(connection: AsyncConnection, me: str, wanted: str) -> None:
    found = await accounts.by_id(connection, wanted)
    if found is None or found.id == me or not _talks(found):
        raise NoColleagueError("nobody of this name talks with people")


def _talks(one: Account) -> bool:
    return one.ended_at is None and Permission.TALK in permissions_of(one.roles)


async def _announce(connection: AsyncConnection, chat_id: str) -> None:
    await changes.announce(connection, changes.QUEUE, changes.about_chat(chat_id))
