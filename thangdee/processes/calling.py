"""Calls to the groups on call that must not wait in the outbox: whoever empties it may be what went silent (R51)."""

import asyncio
from collections import deque

from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from thangdee.core.logs import report
from thangdee.core.settings import Settings
from thangdee.core.words import text
from thangdee.processes.wiring import make_bot

_PAUSE_SECONDS = 5.0
_MOST_WAITING = 100


class GroupCaller:
    """Says constant texts to the groups on call, straight to Telegram, in their order, until each was said."""

    def __init__(self, bot: Bot | None, groups: tuple[int, ...], pause: float = _PAUSE_SECONDS) -> None:
        self._bot = bot
        self._groups = groups if bot else ()
        self._pause = pause
        self._waiting: deque[tuple[int, str]] = deque(maxlen=_MOST_WAITING)
        self._bell = asyncio.Event()

    def call(self, notice: str, code: str = "") -> None:
        """Say `staff.notice.<notice>` to every group as soon as Telegram takes it (R39: constant words and a code)."""
        words = text(f"staff.notice.{notice}", "en", code=code)
        self._waiting.extend((group, words) for group in self._groups)
        self._bell.set()

    async def run(self) -> None:
        """Say what waits, until cancelled."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            while self._waiting:
                group, words = self._waiting[0]
                if await self._say(group, words):
                    self._waiting.popleft()
                else:
                    await asyncio.sleep(self._pause)

    async def _say(self, group: int, words: str) -> bool:
        """Return whether this is over: said, or refused for good."""
        if self._bot is None:
            return True
        try:
            await self._bot.send_message(group, words)
        except (BadRequest, Forbidden, InvalidToken) as error:
            report("group_refused", error)
        except TelegramError as error:
            report("telegram_away", error)
            return False
        return True


def group_caller(settings: Settings) -> GroupCaller:
    """Return the caller of an installation; without a bot or groups it says nothing."""
    if settings.telegram_token is None or not settings.on_call_chats:
        return GroupCaller(None, ())
    bot, _ = make_bot(settings)
    return GroupCaller(bot, settings.on_call_chats)
