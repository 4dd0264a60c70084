"""A paper for a person to print: made when it is sent, from what they gave; nothing of it waits in the outbox."""

import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import Bot

from thangdee.bot.recordings import is_hidden
from thangdee.casework.enquiries import store
from thangdee.casework.enquiries.facts import facts_of
from thangdee.casework.enquiries.letter import To, letter_pdf
from thangdee.casework.enquiries.model import Field
from thangdee.casework.enquiries.store import EnquiryGoneError
from thangdee.casework.referrals.facts import Value
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.vault import Vault

# What a lock screen shows of it (R55).
FILE_NAME = "letter.pdf"
# Telegram lets nobody save or forward what is protected, and a letter that cannot be carried to a printer is none. The
# person asked for it, was warned first, and may take it off the phone; see decision 19.
_PROTECTED = False


async def send(
    bot: Bot, database: Database, vault: Vault, clock: Clock, body: dict[str, Any], chat_id: str
) -> int | None:
    """Send the paper and return the message's id; None where its enquiry is gone or the chat was hidden meanwhile."""
    async with database.read() as connection:
        if await is_hidden(connection, chat_id):
            return None
        try:
            facts = await _facts(connection, vault, body["enquiry"], chat_id)
        except EnquiryGoneError:
            return None
    made = await asyncio.to_thread(letter_pdf, facts, To(body["for"]), body["language"], clock.now())
    message = await bot.send_document(body["to"], made, filename=FILE_NAME, protect_content=_PROTECTED)
    return message.message_id


async def _facts(
    connection: AsyncConnection, vault: Vault, enquiry_id: str | None, chat_id: str
) -> Mapping[Field, Value]:
    """Return what was given; nothing for who wants the empty form. Raises EnquiryGoneError."""
    if enquiry_id is None:
        return {}
    one = await store.load(connection, enquiry_id)
    if one.chat_id != chat_id:
        raise EnquiryGoneError("it is not of this chat")
    return await facts_of(connection, vault, one.id)
