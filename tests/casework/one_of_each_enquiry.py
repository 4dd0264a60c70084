"""A row in each table of enquiries, for tests of migrations and of erasure."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.chats import Chat
from thangdee.casework.enquiries import deeds, flags, messages
from thangdee.casework.enquiries.facts import note
from thangdee.casework.enquiries.messages import Kind
from thangdee.casework.enquiries.model import Enquiry, Field, Flag
from thangdee.core.vault import Vault


async def fill_enquiries(
    connection: AsyncConnection, vault: Vault, whose: Chat, now: datetime, words: str = "made-up words"
) -> Enquiry:
    """An enquiry that was sent, a fact, a flag and a message; `words` stand in the last three."""
    draft = await deeds.begin(connection, whose, now)
    await note(connection, vault, draft.id, Field.NICKNAME, {"text": words}, now)
    sent = await deeds.file(connection, vault, whose, draft.id, now)
    await flags.note(connection, vault, whose, Flag.PLEADING, now, {"text": words})
    assert await messages.leave(connection, vault, sent, Kind.WORDS, {"text": words}, now)
    return sent
