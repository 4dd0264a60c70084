"""The spoken recording of a text: queued when the text went out, sent after it, or not at all.

A job of its own in the same lane: should the sound not go, the words are not sent twice for it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import Bot, Message
from telegram.error import BadRequest

from thangdee.casework.chats import Session, chat
from thangdee.casework.content import recordings
from thangdee.core import outbox
from thangdee.core.database import Database
from thangdee.core.jobs import Job
from thangdee.core.logs import log
from thangdee.core.outbox import (
    CRISIS_CARD,
    FIXED_RECORDING,
    FIXED_TEXT,
    RECORDING,
    REPLY,
    STAFF_RECORDING,
    STAFF_WORDS,
)
from thangdee.core.vault import Vault

_SPOKEN = {REPLY: RECORDING, CRISIS_CARD: RECORDING, STAFF_WORDS: STAFF_RECORDING, FIXED_TEXT: FIXED_RECORDING}
ALL = frozenset(_SPOKEN.values())


async def queue(connection: AsyncConnection, vault: Vault, job: Job, body: dict[str, Any], now: datetime) -> None:
    """Queue the recording of what was just sent, in the transaction that notes it as sent."""
    spoken = _main_text(body) if job.kind in _SPOKEN else None
    recording_id = await recordings.to_send(connection, *spoken) if spoken else None
    if recording_id is None or job.key_id is None:
        return
    after = {"to": body["to"], "recording": recording_id}
    await outbox.post(
        connection,
        vault,
        lane=job.lane,
        key_id=job.key_id,
        kind=_SPOKEN[job.kind],
        body=after,
        now=now,
        dedupe=f"recording:{job.uid}",
    )


async def send(bot: Bot, database: Database, body: dict[str, Any], chat_id: str) -> int | None:
    """Send it and return the message's id; None where the chat was hidden or the recording taken back meanwhile."""
    async with database.read() as connection:
        if await is_hidden(connection, chat_id):
            return None
        sound = await recordings.sound_of(connection, body["recording"])
    if sound is None:
        return None
    given = sound.telegram_file_id or sound.content
    try:
        message = await _voice(bot, body["to"], given, sound.seconds)
    except BadRequest:
        if isinstance(given, bytes):
            log().info("recording_refused")  # some people let nobody send them voice; they have the words
            return None
        message = await _voice(bot, body["to"], sound.content, sound.seconds)  # Telegram forgot its name for it
    file_id = message.voice.file_id if message.voice else None
    if file_id != sound.telegram_file_id:
        async with database.write() as connection:
            await recordings.note_file_id(connection, body["recording"], file_id)
    return message.message_id


async def _voice(bot: Bot, to: int, sound: str | bytes, seconds: int) -> Message:
    return await bot.send_voice(to, sound, duration=seconds, protect_content=True, filename="voice.mp3")


async def is_hidden(connection: AsyncConnection, chat_id: str) -> bool:
    """Tell whether the person hid the chat: then nothing may come after the phrasebook (R53)."""
    stored = (await connection.execute(select(chat.c.session).where(chat.c.id == chat_id))).scalar()
    return stored is None or Session.read(stored).hidden


def _main_text(body: dict[str, Any]) -> tuple[str, str] | None:
    """Return key and language of what a message mainly says."""
    if "spoken" in body:
        key, language = body["spoken"]
        return key, language
    if not body.get("parts"):
        return None
    key, _, language = body["parts"][0]
    return key, language or body["language"]
