"""Typing: the person sees that somebody writes to them. Telegram does not tell us when the person types."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.chats import Chats
from thangdee.core import outbox
from thangdee.core.outbox import TYPING
from thangdee.core.vault import Vault

# Telegram shows it for five seconds: one is enough for three.
_ONE_IN_SECONDS = 3


async def show(connection: AsyncConnection, vault: Vault, chat_id: str, now: datetime) -> None:
    """Queue the sign, in a lane of its own: it waits for nothing, and too late it is dropped. The caller asked who."""
    whose = await Chats(connection, vault).get(chat_id)
    if whose is None:
        return
    await outbox.post(
        connection, vault, lane=f"typing{whose.chat_key[:58]}", key_id=whose.key_id, kind=TYPING,
        body={"to": whose.address}, now=now, dedupe=f"typing:{chat_id}:{int(now.timestamp()) // _ONE_IN_SECONDS}",
    )  # fmt: skip
