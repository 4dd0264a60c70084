"""The chat process: Telegram's edge, turns, delivery."""

import argparse
import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

import uvicorn
from redis.asyncio import Redis
from telegram import Bot, BotCommand
from telegram.error import TelegramError

from thangdee.bot.deliver import Deliverer
from thangdee.bot.fetching import LEASE, Fetcher
from thangdee.bot.pace import OwnPace, Pace, SharedPace, Unpaced
from thangdee.bot.polling import poll
from thangdee.bot.receive import Receiver
from thangdee.bot.webhook import keep_webhook, webhook_app
from thangdee.core import heartbeats
from thangdee.core.errors import StoreAwayError
from thangdee.core.jobs import Queue
from thangdee.core.lanes import Lanes
from thangdee.core.logs import report
from thangdee.core.settings import Settings
from thangdee.core.words import text
from thangdee.flows.crisis import crisis_kind, load_crisis_words
from thangdee.flows.deciding import RasaDialogue
from thangdee.flows.turn import Turns
from thangdee.processes.operate import need_crisis_numbers
from thangdee.processes.wiring import (
    Installation,
    make_bot,
    need_no_outcomes,
    open_installation,
    rasa_answers,
    rasa_client,
    rasa_parser,
)

_TURNS_AT_ONCE, _SENDS_AT_ONCE, _FETCHES_AT_ONCE = 8, 16, 2
_FACTS_EVERY_SECONDS, _WEBHOOK_EVERY_SECONDS = 30, 300
_COMMANDS = ("menu", "language", "hide", "delete", "sos")


async def run_chat(installation: Installation, name: str = "chat") -> None:
    """Receive, take turns and deliver until cancelled.

    Raises NotReadyError for a real bot whose crisis numbers were not verified, or that could read outcomes (R12).
    """
    settings = installation.settings
    load_crisis_words()  # takes a second; nobody should wait for it with the first cry
    if not settings.demo:
        await need_crisis_numbers(installation)
        await need_no_outcomes(installation.database)
    await _read_facts(installation)  # before the first cry is answered
    bot, bot_id = make_bot(settings)
    turning, delivering = _lanes(installation, bot, name)

    def arrived() -> None:
        turning.ring()
        delivering.ring()

    receiver = Receiver(
        bot=bot,
        bot_id=bot_id,
        database=installation.database,
        vault=installation.vault,
        clock=installation.clock,
        crisis_kind=crisis_kind,
        outward=installation.outward(),
        figures=lambda: installation.shown,
        on_call=settings.on_call_chats,
    )
    work: list[Coroutine[Any, Any, None]] = [
        turning.run(),
        delivering.run(),
        _fetching(installation, bot, name).run(),
        _keep_facts(installation),
        *_signs(installation, name),
        _present_neutrally(bot),
        _receive(installation, bot, receiver, arrived),
    ]
    async with asyncio.TaskGroup() as group:
        for one in work:
            group.create_task(one)


def _lanes(installation: Installation, bot: Bot, name: str) -> tuple[Lanes, Lanes]:
    settings, client = installation.settings, rasa_client()
    token = settings.rasa_token.get_secret_value()
    turns = Turns(
        database=installation.database,
        vault=installation.vault,
        clock=installation.clock,
        parser=rasa_parser(settings, client),
        dialogue=RasaDialogue(client, settings.rasa_url, token),
        crisis_kind=crisis_kind,
        outward=installation.outward(),
    )
    deliverer = Deliverer(
        bot=bot,
        database=installation.database,
        vault=installation.vault,
        clock=installation.clock,
        pace=_pace(settings),
    )
    common: dict[str, Any] = {"database": installation.database, "clock": installation.clock, "name": name}
    delivering = Lanes(**common, queue=Queue.OUTBOX, width=_SENDS_AT_ONCE, take=deliverer.take)

    async def take_turn(job: Any) -> None:  # noqa: ANN401 - Lanes hands a Job
        await turns.take(job)
        delivering.ring()

    return Lanes(**common, queue=Queue.INBOX, width=_TURNS_AT_ONCE, take=take_turn), delivering


def _fetching(installation: Installation, bot: Bot, name: str) -> Lanes:
    fetcher = Fetcher(
        bot=bot,
        database=installation.database,
        vault=installation.vault,
        clock=installation.clock,
        outward=installation.outward(),
    )
    return Lanes(
        database=installation.database,
        clock=installation.clock,
        queue=Queue.MEDIA,
        name=name,
        width=_FETCHES_AT_ONCE,
        take=fetcher.take,
        lease=LEASE,
    )


def _signs(installation: Installation, name: str) -> list[Coroutine[Any, Any, None]]:
    """Return the signs of life of this process, and of Rasa as this process sees it."""
    database, clock, client = installation.database, installation.clock, rasa_client()

    async def answers() -> bool:
        return await rasa_answers(installation.settings, client)

    return [
        heartbeats.keep_beating(database, clock, heartbeats.CHAT, name),
        heartbeats.keep_beating(database, clock, heartbeats.RASA, heartbeats.RASA, answers),
    ]


def _pace(settings: Settings) -> Pace:
    if not settings.pace_sending:
        return Unpaced()
    if settings.redis_url:
        return SharedPace(Redis.from_url(settings.redis_url, socket_timeout=0.5, socket_connect_timeout=0.5))
    return OwnPace()


async def _receive(installation: Installation, bot: Bot, receiver: Receiver, arrived: Callable[[], None]) -> None:
    settings = installation.settings
    if settings.webhook_url is None:
        await _without_webhook(bot)
        await poll(bot, receiver, arrived)
        return
    secret = installation.vault.keyring.look_up("webhook", settings.webhook_url)
    app = webhook_app(receiver, secret, arrived)
    config = uvicorn.Config(app, host="127.0.0.1", port=settings.webhook_port, log_config=None, access_log=False)
    watching = asyncio.create_task(keep_webhook(bot, settings.webhook_url, secret, _WEBHOOK_EVERY_SECONDS))
    await uvicorn.Server(config).serve()
    watching.cancel()


async def _without_webhook(bot: Bot) -> None:
    while True:
        try:
            await bot.delete_webhook()
        except TelegramError as error:
            report("telegram_away", error)
            await asyncio.sleep(1)
        else:
            return


async def _keep_facts(installation: Installation) -> None:
    while True:
        await _read_facts(installation)
        with contextlib.suppress(StoreAwayError):  # reported a moment ago
            await installation.refresh_directory()
        await asyncio.sleep(_FACTS_EVERY_SECONDS)


async def _read_facts(installation: Installation) -> None:
    """Read what crisis cards are made of into memory, where the database's absence harms nobody (R49).

    Not the directory: it may take seconds, and no cry waits for it.
    """
    try:
        await installation.refresh_words()
        await installation.refresh_figures()
    except StoreAwayError as error:
        report("store_away", error)


async def _present_neutrally(bot: Bot) -> None:
    """Name, description and commands tell nothing to somebody who looks over a shoulder (R55)."""
    try:
        for language in ("", "lo", "th", "en"):
            shown = language or "lo"
            commands = [BotCommand(name, text(f"profile.command.{name}", shown)) for name in _COMMANDS]
            await bot.set_my_commands(commands, language_code=language or None)
            await bot.set_my_short_description(text("profile.short", shown), language_code=language or None)
            await bot.set_my_description(text("profile.description", shown), language_code=language or None)
    except TelegramError as error:
        report("profile_not_set", error)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--name", default="chat", help="where several run, a lasting name for each (up to 24 letters)")


async def command(chosen: argparse.Namespace, settings: Settings) -> None:
    """Run `thangdee chat`."""
    await run_chat(open_installation(settings), chosen.name)
