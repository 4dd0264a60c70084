"""Polling: an update is confirmed to Telegram only after it is in the inbox (R45)."""

import asyncio
import warnings
from collections.abc import Callable
from typing import Any

from telegram import Bot
from telegram.error import RetryAfter, TelegramError

from thangdee.bot.pace import pause_of
from thangdee.bot.receive import Receiver
from thangdee.bot.updates import update_id_of
from thangdee.core.errors import StoreAwayError
from thangdee.core.logs import report

# The client warns of raw calls; we mean it: only the raw call leaves confirming to us.
warnings.filterwarnings("ignore", message=".*getUpdates.*")

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
_HOLD_SECONDS = 25
_PAUSE_SECONDS = 0.5
_AT_ONCE = 20  # so many are committed together


async def poll(bot: Bot, receiver: Receiver, arrived: Callable[[], None]) -> None:
    """Fetch updates for ever; `arrived` is called after each batch that was committed.

    Telegram's own client confirms what waits in memory, so the method is called raw and the offset
    is moved here. It is left out once all is confirmed: after a quiet week update ids may jump.
    """
    offset: int | None = None
    while True:
        try:
            batch = await _fetch(bot, offset)
        except TelegramError as error:
            report("polling_failed", error)
            await asyncio.sleep(pause_of(error).total_seconds() if isinstance(error, RetryAfter) else _PAUSE_SECONDS)
            continue
        try:
            offset = await _take_all(receiver, batch)
        except StoreAwayError as error:
            report("store_away", error)
            offset = None
            await asyncio.sleep(_PAUSE_SECONDS)
        arrived()


async def _fetch(bot: Bot, offset: int | None) -> list[Any]:
    kwargs: dict[str, Any] = {"timeout": _HOLD_SECONDS, "allowed_updates": list(ALLOWED_UPDATES)}
    if offset is not None:
        kwargs["offset"] = offset
    found = await bot.do_api_request("getUpdates", api_kwargs=kwargs, read_timeout=_HOLD_SECONDS + 10)
    return found if isinstance(found, list) else []


async def _take_all(receiver: Receiver, batch: list[Any]) -> int | None:
    """Commit a batch in order and return the offset that confirms it, None if there is nothing to confirm."""
    for first in range(0, len(batch), _AT_ONCE):
        await receiver.take_all(batch[first : first + _AT_ONCE])
    confirm: int | None = None
    for raw in batch:
        number = update_id_of(raw)
        # To Telegram an offset below zero means something else: forget all but so many.
        confirm = confirm if number is None or number < 0 else number + 1
    return confirm
