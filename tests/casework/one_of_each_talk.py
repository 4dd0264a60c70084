"""A row in each table of talks, for tests of migrations and of erasure."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import notes, shares
from thangdee.casework.chats import Chat
from thangdee.casework.conversations import Outcome
from thangdee.casework.held_replies import ReplyWatch
from thangdee.casework.hold_rules import HoldRules
from thangdee.core.vault import Vault


async def fill_talks(
    connection: AsyncConnection, vault: Vault, whose: Chat, now: datetime, words: str = "made-up words"
) -> None:
    """A share, a look, a note, a held reply; `words` stand in the last two."""

    async def terms(_connection: AsyncConnection, _chat_id: str) -> list[str]:
        return [words]

    await shares.let_in(connection, whose.id, "noy", now)
    await shares.note_view(connection, whose.id, "noy", now)
    await notes.add(connection, vault, whose.id, "noy", words, now)
    watch = ReplyWatch(vault, HoldRules(terms))
    assert await watch.hold(connection, whose, "noy", {"text": words}, now, token="") is Outcome.HELD
