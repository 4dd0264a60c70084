"""Delivery: outbox rows become Telegram calls, each chat in its order, nobody waiting for another (R47)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import Bot, LinkPreviewOptions
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError

from thangdee.bot import papers, recordings
from thangdee.bot.in_doubt import OneInDoubt, Turn
from thangdee.bot.pace import Pace, pause_of
from thangdee.bot.render import keyboard_of, words_of
from thangdee.casework import transcripts
from thangdee.casework.chats import chat, mark_blocked
from thangdee.casework.providers import notices
from thangdee.casework.providers.notices import Saying
from thangdee.core import changes, jobs, outbox
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.errors import SealBrokenError
from thangdee.core.jobs import Job
from thangdee.core.logs import log, report
from thangdee.core.outbox import (
    CRISIS_CARD,
    DROPPED,
    NOBODY,
    PAPER,
    PRESS_SEEN,
    RECORDING,
    REPLY,
    STAFF_NOTICE,
    STAFF_WORDS,
    TAKE_OFF,
    TYPING,
)
from thangdee.core.vault import Vault
from thangdee.core.words import text
from thangdee.flows.reply import Reply

# What the bot says of itself: silent from the instant at which a person takes the chat over (R52).
_BOT_SPEAKS = (REPLY, CRISIS_CARD, RECORDING, PAPER)
# Telegram shows it for five seconds; later it would be a lie.
_TYPES_FOR = timedelta(seconds=5)
# Telegram keeps nothing for us: what could not be sent for a day waits for a person to look at it.
GIVE_UP_AFTER = timedelta(hours=24)
_A_CALL = 100  # ids that one deleteMessages takes
_SKEW = timedelta(minutes=5)  # Telegram's clock, which dates what people send, may be ahead of ours
# A cry for help waits for nobody; the others change nothing that a person sees if they come twice.
_NEED_NO_TURN = (CRISIS_CARD, PRESS_SEEN, TAKE_OFF)
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True)
class _Sent:
    message_id: int | None = None
    gone: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Owner:
    id: str
    held_by: str | None


class Deliverer:
    """Sends one outbox job at a time a chat; one object a process."""

    def __init__(self, *, bot: Bot, database: Database, vault: Vault, clock: Clock, pace: Pace) -> None:
        self._bot = bot
        self._database = database
        self._vault = vault
        self._clock = clock
        self._pace = pace
        self._one_in_doubt = OneInDoubt()

    async def take(self, job: Job) -> None:
        """Deliver one job and record how it went. Raises LeaseLostError, StoreAwayError."""
        async with self._database.read() as connection:
            owner = await self._owner(connection, job)
            body = await self._body(connection, job)
        if body is None:  # the key was destroyed
            await self._settle(job, owner, _Sent())
            return
        if job.kind == TYPING:
            await self._show_typing(job, owner, body)
            return
        if job.kind != PRESS_SEEN and not _is_silenced(job, owner):
            await self._pace.wait(job.lane)
        if job.kind in _NEED_NO_TURN:
            await self._send_and_settle(job, owner, body, None)
            return
        async with self._one_in_doubt.turn() as turn:
            await self._send_and_settle(job, owner, body, turn)

    async def _send_and_settle(self, job: Job, owner: _Owner | None, body: dict[str, Any], turn: Turn | None) -> None:
        if job.kind in _BOT_SPEAKS:
            async with self._database.read() as connection:  # again: it may have waited for its turn for seconds
                owner = await self._owner(connection, job)
        if _is_silenced(job, owner):
            if turn is not None:
                turn.answered()
            await self._settle(job, owner, _Sent(), why_not=DROPPED)
            return
        sent: _Sent | TelegramError
        try:
            sent = await self._send(job.kind, body, owner)
        except TelegramError as error:
            sent = error
        if turn is not None:
            turn.answered()
        if isinstance(sent, TelegramError):
            await self._fail(job, owner, sent)
        else:
            await self._settle(job, owner, sent, body)

    async def _body(self, connection: AsyncConnection, job: Job) -> dict[str, Any] | None:
        try:
            return await outbox.read_body(connection, self._vault, job)
        except SealBrokenError:
            return None

    @staticmethod
    async def _owner(connection: AsyncConnection, job: Job) -> _Owner | None:
        if job.key_id is None:
            return None
        query = select(chat.c.id, chat.c.held_by).where(chat.c.key_id == job.key_id)
        row = (await connection.execute(query)).one_or_none()
        return None if row is None else _Owner(row.id, row.held_by)

    async def _send(self, kind: str, body: dict[str, Any], owner: _Owner | None) -> _Sent:
        if kind == PRESS_SEEN:
            return await self._answer_press(body)
        if kind == TAKE_OFF:
            return await self._take_off(body, owner)
        if kind in recordings.ALL:
            sent_id = await recordings.send(self._bot, self._database, body, owner.id) if owner else None
            return _Sent(message_id=sent_id)
        if kind == PAPER:
            return _Sent(message_id=await self._send_paper(body, owner))
        if kind == STAFF_NOTICE:
            words, keyboard, protect = _notice(body), None, False
        elif kind == STAFF_WORDS:
            words, keyboard, protect = body["text"], None, True
        else:
            reply, language = Reply.from_json(body), body["language"]
            words, keyboard, protect = words_of(reply, language), keyboard_of(reply, language), reply.sensitive
        if body["to"] == NOBODY:
            return _Sent()
        message = await self._bot.send_message(
            body["to"], words, reply_markup=keyboard, protect_content=protect, link_preview_options=_NO_PREVIEW
        )
        return _Sent(message_id=message.message_id)

    async def _send_paper(self, body: dict[str, Any], owner: _Owner | None) -> int | None:
        if owner is None:
            return None
        return await papers.send(self._bot, self._database, self._vault, self._clock, body, owner.id)

    async def _answer_press(self, body: dict[str, Any]) -> _Sent:
        try:
            await self._bot.answer_callback_query(body["press_id"])
        except BadRequest:
            log().info("press_too_old")  # only the little clock on the button is lost
        return _Sent()

    async def _take_off(self, body: dict[str, Any], owner: _Owner | None) -> _Sent:
        if owner is None:
            return _Sent()
        now = self._clock.now()
        until = now + _SKEW - timedelta(seconds=body["older_than"])
        async with self._database.read() as connection:
            ids = await transcripts.on_phone(
                connection, owner.id, sent_after=now - transcripts.DELETABLE, sent_before=until,
                to_hide=body["older_than"] == 0,
            )  # fmt: skip
        for first in range(0, len(ids), _A_CALL):
            await self._delete(body["to"], ids[first : first + _A_CALL])
        return _Sent(gone=tuple(ids))

    async def _delete(self, to: int, ids: list[int]) -> None:
        """Delete messages; where one of them spoils the call, the others still go."""
        try:
            await self._bot.delete_messages(to, ids)
        except BadRequest:
            if len(ids) == 1:
                log().info("message_already_gone")
                return
            await self._delete(to, ids[: len(ids) // 2])
            await self._delete(to, ids[len(ids) // 2 :])

    async def _show_typing(self, job: Job, owner: _Owner | None, body: dict[str, Any]) -> None:
        """Show the person that somebody writes: only while it is true, and never twice."""
        if owner is not None and owner.held_by and self._clock.now() - job.created_at <= _TYPES_FOR:
            try:
                await self._bot.send_chat_action(body["to"], ChatAction.TYPING)
            except TelegramError:
                log().info("typing_not_shown")
        await self._settle(job, None, _Sent())

    async def _settle(
        self,
        job: Job,
        owner: _Owner | None,
        sent: _Sent,
        body: dict[str, Any] | None = None,
        *,
        why_not: str | None = None,
    ) -> None:
        now = self._clock.now()
        async with self._database.write() as connection:
            await jobs.finish(connection, job, now, why_not=why_not)
            await _announce(connection, job, owner)
            if owner is not None and sent.message_id is not None:
                stays = bool(body and body.get("stays"))
                await transcripts.stands_on_phone(connection, owner.id, sent.message_id, now, stays=stays)
                if body is not None:
                    await recordings.queue(connection, self._vault, job, body, now)
            if owner is not None and sent.gone:
                await transcripts.taken_off(connection, owner.id, list(sent.gone), now)

    async def _fail(self, job: Job, owner: _Owner | None, error: TelegramError) -> None:
        now = self._clock.now()
        async with self._database.write() as connection:
            await _announce(connection, job, owner)
            if isinstance(error, RetryAfter):
                await jobs.retry(connection, job, at=now + pause_of(error), error_code="too_many")
            elif isinstance(error, Forbidden):
                await jobs.bury(connection, job, now, "blocked")
                if owner is not None:
                    await mark_blocked(connection, owner.id, now)
            elif isinstance(error, (BadRequest, InvalidToken)) or now - job.created_at > GIVE_UP_AFTER:
                report("message_given_up", error, kind=job.kind)
                await jobs.bury(connection, job, now, type(error).__name__.lower())
            else:
                at = now + jobs.wait_after(job.attempts)
                await jobs.retry(connection, job, at=at, error_code=type(error).__name__.lower())


def _notice(body: dict[str, Any]) -> str:
    """Return what a group reads, on call or of an organisation: constant words, a code, a link, an urgency (R39)."""
    if "provider" in body:
        return notices.words(Saying(body["provider"]), body["language"], body["code"], body["link"])
    if "notice" in body:
        return text(f"staff.notice.{body['notice']}", "en", code=body["code"])
    return text("staff.alert", "en", code=body["code"], urgency=text(f"staff.urgency.{body['urgency']}", "en"))


def _is_silenced(job: Job, owner: _Owner | None) -> bool:
    return job.kind in _BOT_SPEAKS and owner is not None and owner.held_by is not None


async def _announce(connection: AsyncConnection, job: Job, owner: _Owner | None) -> None:
    """Show at once on open pages what became of a message."""
    is_shown = job.kind == STAFF_WORDS or (job.kind in _BOT_SPEAKS and owner is not None and owner.held_by)
    if owner is not None and is_shown:
        await changes.announce(connection, changes.about_chat(owner.id))
