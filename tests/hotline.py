"""The hotline in a test: the real chat and worker in this loop, the fake Bot API, real Rasa, a set clock."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from pydantic import SecretStr

from tests.clock import SetClock
from thangdee.bot.simulator import FakeTelegram, Phone, create_app, serve
from thangdee.bot.simulator.records import Sent
from thangdee.casework import alerts
from thangdee.casework.alerts import Alert
from thangdee.core import jobs
from thangdee.core.database import Database
from thangdee.core.jobs import Queue
from thangdee.processes.chat import run_chat
from thangdee.processes.wiring import Installation
from thangdee.processes.worker import make_round, run_worker

TOKEN = "77:made-up-for-tests"
# Without a worker nobody keeps the clocks, and nobody waits for them.
_OF_THE_CHAT = (Queue.INBOX, Queue.OUTBOX, Queue.MEDIA)


@dataclass
class Hotline:
    """What a test holds in its hands."""

    installation: Installation
    fake: FakeTelegram
    clock: SetClock
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def phone(self, label: str = "p") -> Phone:
        return self.fake.new_phone(label)

    async def settle(self, patience: float = 20.0) -> None:
        """Until everything was taken in and every reply that is due went out."""
        async with asyncio.timeout(patience):
            while self.fake.pending() or not await self._is_quiet():
                await asyncio.sleep(0.01)

    async def after(self, _act: object, phone: Phone) -> list[Sent]:
        """What the phone was sent since its newest known message, once all is quiet."""
        await self.settle()
        fresh = self.fake.sent_to(phone)[self._told.get(phone.chat_id, 0) :]
        self._told[phone.chat_id] = len(self.fake.sent_to(phone))
        return fresh

    async def say(self, phone: Phone, text: str) -> list[Sent]:
        return await self.after(phone.text(text), phone)

    async def press(self, phone: Phone, button: object) -> list[Sent]:
        return await self.after(phone.press(button), phone)

    async def choose(self, phone: Phone, language: str = "lo", *, keep: bool | None = None) -> None:
        """First contact: a language, and an answer to "may we keep this chat"."""
        await self.after(phone.start(), phone)
        await self.press(phone, f"l:{language}")
        if keep is not None:
            await self.press(phone, "y:keep_chat" if keep else "n:keep_chat")

    async def alerts(self) -> list[Alert]:
        async with self.installation.database.read() as connection:
            return await alerts.open_alerts(connection)

    async def round(self) -> None:
        """One round of the worker, and what it queued."""
        await make_round(self.installation)
        await self.settle()

    async def stop(self, name: str) -> None:
        task = self.tasks.pop(name)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    def start(self, name: str) -> None:
        run = run_chat(self.installation) if name == "chat" else run_worker(self.installation)
        self.tasks[name] = asyncio.create_task(run)

    async def _is_quiet(self) -> bool:
        async with self.installation.database.read() as connection:
            queues = tuple(Queue) if "worker" in self.tasks else _OF_THE_CHAT
            return await jobs.is_quiet(connection, self.clock.now(), queues)

    def __post_init__(self) -> None:
        self._told: dict[int, int] = {}


@asynccontextmanager
async def open_hotline(
    installation: Installation,
    clock: SetClock,
    *,
    rasa_url: str,
    rasa_token: str,
    worker: bool = True,
    **changed: object,
) -> AsyncIterator[Hotline]:
    fake = FakeTelegram(now=clock.now, seed=7)
    async with serve(create_app(fake)) as url:
        changes = {"telegram_token": SecretStr(TOKEN), "telegram_api": url, "pace_sending": False}
        changes |= {"rasa_url": rasa_url, "rasa_token": SecretStr(rasa_token)}
        settings = installation.settings.model_copy(update=changes | changed)
        database = installation.database
        if database.with_outcomes:  # the console's; chat and worker open the same one without (R12)
            database = Database(settings.chat_database)
        hotline = Hotline(replace(installation, settings=settings, database=database), fake, clock)
        hotline.start("chat")
        if worker:
            hotline.start("worker")
        try:
            yield hotline
        finally:
            for name in list(hotline.tasks):
                await hotline.stop(name)
