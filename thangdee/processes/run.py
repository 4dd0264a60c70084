"""`thangdee run`: a real bot, every process supervised by this one."""

import argparse
import asyncio
import contextlib
import signal

from thangdee.core.settings import Settings
from thangdee.processes.embedded import embed
from thangdee.processes.operate import need_crisis_numbers
from thangdee.processes.wiring import make_bot, need_real, open_installation, prepare


async def run_service(settings: Settings) -> None:
    """Serve until a signal ends it. Raises NotReadyError in a demo, without a token or verified crisis numbers."""
    need_real(settings)
    make_bot(settings)
    await prepare(settings)
    installation = open_installation(settings)
    try:
        await need_crisis_numbers(installation)
    finally:
        await installation.database.close()
    embedded = await embed(settings, with_console=True)
    await embedded.start()
    how = "by webhook" if settings.webhook_url else "by polling"
    print(f"Thangdee serves the bot {how}. Stop with Ctrl-C.")
    try:
        await until_told_to_stop()
    finally:
        await embedded.stop()


async def until_told_to_stop() -> None:
    """Wait for Ctrl-C or a stop of the service manager."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, told.set)
    await told.wait()


async def command(_chosen: argparse.Namespace, settings: Settings) -> None:
    """Run `thangdee run`."""
    await run_service(settings)
