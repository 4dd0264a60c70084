"""Fetching: what people sent is had from Telegram, made anew in memory, and sealed (R58).

The address of a file holds the bot's token: it is made and used inside the client alone and never written down.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import Bot
from telegram.error import BadRequest, RetryAfter, TelegramError

from thangdee.bot.deliver import GIVE_UP_AFTER
from thangdee.bot.pace import pause_of
from thangdee.casework import media
from thangdee.casework.chats import Chat, Chats
from thangdee.casework.cleaning import CleaningFailedError, clean
from thangdee.casework.media import TOO_BIG, UNREACHABLE, Kind, Order
from thangdee.core import jobs
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.errors import SealBrokenError
from thangdee.core.jobs import Job
from thangdee.core.logs import report
from thangdee.core.recoded import UNREADABLE, Recoded, UnfitFileError
from thangdee.core.vault import Vault
from thangdee.flows.files import tell_refusal
from thangdee.flows.outward import Outward

# One try may take this long: 60 s for the file, 40 s for the decoder, and some air.
LEASE = timedelta(minutes=3)
_READ_SECONDS = 60
_MOST_REFUSALS, _MOST_CRASHES = 6, 5
# A word about it comes while the phone is surely still in the person's own hand, or not at all.
_TOLD_WITHIN = timedelta(minutes=2)

Cleaner = Callable[[str, bytes], Awaitable[Recoded]]


class Fetcher:
    """Fetches one file at a time; one object a process."""

    def __init__(
        self,
        *,
        bot: Bot,
        database: Database,
        vault: Vault,
        clock: Clock,
        outward: Callable[[AsyncConnection, Chat, datetime, str], Outward],
        cleaner: Cleaner = clean,
    ) -> None:
        self._bot = bot
        self._database = database
        self._vault = vault
        self._clock = clock
        self._outward = outward
        self._clean = cleaner

    async def take(self, job: Job) -> None:
        """Fetch one file and record how it went. Raises LeaseLostError, StoreAwayError."""
        async with self._database.read() as connection:
            order = await self._order(connection, job)
        if order is None:  # the chat was deleted
            async with self._database.write() as connection:
                await jobs.finish(connection, job, self._clock.now())
            return
        try:
            content = await self._fetch(order)
            made = await self._clean(order.kind, content)
        except UnfitFileError as error:
            await self._refuse(job, order, error.code)
        except CleaningFailedError as error:
            report("cleaning_failed", error, kind=order.kind, attempts=job.attempts)
            await self._again_or(job, order, UNREADABLE, is_over=job.attempts >= _MOST_CRASHES)
        except TelegramError as error:
            await self._fail(job, order, error)
        else:
            await self._keep(job, order, made)

    async def _order(self, connection: AsyncConnection, job: Job) -> Order | None:
        try:
            return await media.order_of(connection, self._vault, job)
        except SealBrokenError:
            return None

    async def _fetch(self, order: Order) -> bytes:
        """Return the file. Raises UnfitFileError if it is too big, TelegramError."""
        file = await self._bot.get_file(order.file_id)
        if not file.file_path or (file.file_size or 0) > order.most_bytes:
            raise UnfitFileError(TOO_BIG)
        content = bytes(await file.download_as_bytearray(read_timeout=_READ_SECONDS))
        if len(content) > order.most_bytes:
            raise UnfitFileError(TOO_BIG)
        return content

    async def _keep(self, job: Job, order: Order, made: Recoded) -> None:
        async with self._database.write() as connection:
            await jobs.finish(connection, job, self._clock.now())
            await media.keep(connection, self._vault, order, made)

    async def _refuse(self, job: Job, order: Order, reason: str) -> None:
        """Write down why there is no file, and tell the person."""
        now = self._clock.now()
        async with self._database.write() as connection:
            await jobs.finish(connection, job, now)
            await media.refuse(connection, order, reason)
            chat = await Chats(connection, self._vault).get(order.chat_id)
            if chat is not None and now - job.created_at <= _TOLD_WITHIN:
                outward = self._outward(connection, chat, now, f"file:{job.uid}")
                await tell_refusal(outward, Kind(order.kind), reason)

    async def _fail(self, job: Job, order: Order, error: TelegramError) -> None:
        if isinstance(error, BadRequest) and "too big" in error.message.lower():
            await self._refuse(job, order, TOO_BIG)
        elif isinstance(error, RetryAfter):
            await self._again(job, self._clock.now() + pause_of(error), "too_many")
        else:
            is_refused = isinstance(error, BadRequest) and job.attempts >= _MOST_REFUSALS
            is_over = is_refused or self._clock.now() - job.created_at > GIVE_UP_AFTER
            await self._again_or(job, order, UNREACHABLE, is_over=is_over)

    async def _again_or(self, job: Job, order: Order, reason: str, *, is_over: bool) -> None:
        """Try again later; where that is over, staff see the reason and operators a dead letter (R47)."""
        now = self._clock.now()
        if not is_over:
            await self._again(job, now + jobs.wait_after(job.attempts), reason)
            return
        if reason == UNREADABLE:
            await self._refuse(job, order, reason)
            return
        async with self._database.write() as connection:
            await jobs.bury(connection, job, now, reason)
            await media.refuse(connection, order, reason)

    async def _again(self, job: Job, at: datetime, error_code: str) -> None:
        async with self._database.write() as connection:
            await jobs.retry(connection, job, at=at, error_code=error_code)
