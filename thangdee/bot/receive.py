"""Receiving: commit first, acknowledge after; a cry for help is answered here, before anything else (R45, R52)."""

import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import compress

from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import Bot
from telegram.error import TelegramError

from thangdee.bot.render import keyboard_of, words_of
from thangdee.bot.updates import read_update, update_id_of
from thangdee.casework.chats import Chat, Chats
from thangdee.core import jobs
from thangdee.core.clock import Clock
from thangdee.core.database import Database, one_at_a_time
from thangdee.core.errors import StoreAwayError
from thangdee.core.jobs import NewJob, Queue
from thangdee.core.logs import log, report
from thangdee.core.vault import Place, Vault
from thangdee.core.words import text
from thangdee.flows.incoming import Deed, Incoming
from thangdee.flows.intents import Risk, risk_of
from thangdee.flows.language import language_of
from thangdee.flows.outward import Outward, crisis_card
from thangdee.flows.understanding import CrisisWords
from thangdee.referral_directory.figures import ShownFigures

_REMEMBERED = 10_000


class Receiver:
    """Takes raw updates into the inbox; one object a process.

    `figures` returns the dated figures as they were last read, so that the card needs no database.
    """

    def __init__(
        self,
        *,
        bot: Bot,
        bot_id: int,
        database: Database,
        vault: Vault,
        clock: Clock,
        crisis_kind: CrisisWords,
        outward: Callable[[AsyncConnection, Chat, datetime, str], Outward],
        figures: Callable[[], ShownFigures],
        on_call: tuple[int, ...],
    ) -> None:
        self._bot = bot
        self._bot_id = bot_id
        self._database = database
        self._vault = vault
        self._clock = clock
        self._crisis_kind = crisis_kind
        self._outward = outward
        self._figures = figures
        self._on_call = on_call
        self._answered_from_memory: OrderedDict[int, None] = OrderedDict()

    async def take_all(self, batch: Sequence[object]) -> None:
        """Commit several updates in one transaction: each alone would wait behind all that is being written.

        Raises StoreAwayError: then nothing may be acknowledged (R49).
        """
        read: list[Incoming | None] = []
        try:
            read = [self._read(raw) for raw in batch]
            async with self._database.write() as connection:
                for raw, incoming in await self._new_ones(connection, batch, read):
                    await self._store(connection, raw, incoming)
        except StoreAwayError:
            for cry in read:
                if cry is not None and cry.crisis:
                    await self._answer_from_memory(cry, cry.crisis)
            raise
        except Exception:  # noqa: BLE001 - one that cannot be handled is met again alone, and reported there
            for raw in batch:
                await self.take(raw)

    async def take(self, raw: object) -> None:
        """Commit one update. Raises StoreAwayError: then nothing may be acknowledged (R49)."""
        incoming: Incoming | None = None
        try:
            incoming = self._read(raw)
            async with self._database.write() as connection:
                await self._store(connection, raw, incoming)
        except Exception as error:
            if incoming is not None and incoming.crisis:
                await self._answer_from_memory(incoming, incoming.crisis)
            if isinstance(error, StoreAwayError):
                raise
            # One update that we cannot handle must not stop all that come after it.
            report("update_failed", error)
            async with self._database.write() as connection:
                await self._take_unreadable(connection, update_id_of(raw))

    def _read(self, raw: object) -> Incoming | None:
        incoming = read_update(raw) if isinstance(raw, dict) else None
        return None if incoming is None else replace(incoming, crisis=self._cry_in(incoming))

    async def _new_ones(
        self, connection: AsyncConnection, batch: Sequence[object], read: list[Incoming | None]
    ) -> list[tuple[object, Incoming | None]]:
        """Return what is not in the inbox yet.

        Two processes are handed the same updates. To insert one again would wait for the turn that finishes it, and
        that turn for the chat which this transaction changed; two receivers would wait for each other's chats.
        """
        await one_at_a_time(connection, "receiving")
        numbers = [update_id_of(raw) for raw in batch]
        asked = {self._dedupe(number) for number in numbers if number is not None}
        known = await jobs.known(connection, Queue.INBOX, asked)
        is_new = [number is None or self._dedupe(number) not in known for number in numbers]
        return list(compress(zip(batch, read, strict=True), is_new))

    async def _store(self, connection: AsyncConnection, raw: object, incoming: Incoming | None) -> None:
        if incoming is None:
            await self._take_unreadable(connection, update_id_of(raw))
            return
        await self._commit(connection, incoming)

    def _cry_in(self, incoming: Incoming) -> str | None:
        if incoming.deed is Deed.PRESS:
            kind, _, value = incoming.text.partition(":")
            return (value if risk_of(value) is Risk.IMMEDIATE else "danger_now") if kind == "c" else None
        if incoming.text.split(" ")[0].split("@")[0] == "/sos":
            return "danger_now"
        return self._crisis_kind(incoming.text) if incoming.text else None

    async def _commit(self, connection: AsyncConnection, incoming: Incoming) -> None:
        now = self._clock.now()
        chat = await Chats(connection, self._vault).of(incoming.address, now)
        uid = jobs.new_uid()
        body = json.dumps(incoming.to_json()).encode()
        sealed = await self._vault.seal(connection, chat.key_id, Place("job", "sealed_body", uid), body)
        new = NewJob(
            queue=Queue.INBOX,
            lane=chat.chat_key,
            kind=incoming.deed,
            run_at=now - jobs.HEAD_START if chat.held_by else now,
            created_at=now,
            uid=uid,
            key_id=chat.key_id,
            sealed_body=sealed,
            dedupe=self._dedupe(incoming.update_id),
            position=incoming.update_id,
        )
        if await jobs.enqueue(connection, new) and incoming.crisis:
            await self._answer_crisis(connection, chat, incoming, incoming.crisis, now)

    async def _answer_crisis(
        self, connection: AsyncConnection, chat: Chat, incoming: Incoming, kind: str, now: datetime
    ) -> None:
        outward = self._outward(connection, chat, now, f"in:{self._dedupe(incoming.update_id)}")
        if chat.language is None or (incoming.deed is Deed.TEXT and not chat.session.language_tapped):
            outward.speak(self._language(incoming), tapped=False)
        has_card = incoming.update_id in self._answered_from_memory
        await outward.answer_crisis(kind, has_card=has_card)
        await outward.save()

    async def _take_unreadable(self, connection: AsyncConnection, update_id: int | None) -> None:
        """Remember that something came which is no message of a person (a group, a broken update)."""
        log().info("update_not_for_us")
        if update_id is None:
            return
        now = self._clock.now()
        new = NewJob(
            queue=Queue.INBOX,
            lane="nobody",
            kind=Deed.NOTHING,
            run_at=now,
            created_at=now,
            uid=jobs.new_uid(),
            dedupe=self._dedupe(update_id),
        )
        await jobs.enqueue(connection, new)

    async def _answer_from_memory(self, incoming: Incoming, kind: str) -> None:
        """Send the card and the notice without any store; once for each update, however often it comes again."""
        if incoming.update_id in self._answered_from_memory:
            return
        self._answered_from_memory[incoming.update_id] = None
        while len(self._answered_from_memory) > _REMEMBERED:
            self._answered_from_memory.popitem(last=False)
        language = self._language(incoming)
        card = crisis_card(kind, self._figures(), desk=None)
        try:
            await self._bot.send_message(
                incoming.address,
                words_of(card, language),
                reply_markup=keyboard_of(card, language),
                protect_content=True,
            )
            for group in self._on_call[:1]:
                urgency = text("staff.urgency.immediate", "en")
                await self._bot.send_message(group, text("staff.alert", "en", code="-----", urgency=urgency))
        except TelegramError as error:
            self._answered_from_memory.pop(incoming.update_id, None)
            report("card_from_memory_failed", error)

    @staticmethod
    def _language(incoming: Incoming) -> str:
        hint = incoming.language_hint
        if incoming.deed is Deed.PRESS or not incoming.text:
            return hint or "lo"
        return language_of(incoming.text, "th" if hint == "th" else "lo").language

    def _dedupe(self, update_id: int) -> str:
        return f"{self._bot_id}:{update_id}"
