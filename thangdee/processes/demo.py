"""`thangdee demo`: the hotline in the browser, on the real path, with made-up people."""

import argparse
import asyncio
import shutil

from fastapi import FastAPI
from pydantic import SecretStr

from thangdee.bot.simulator import FakeTelegram, create_app, serve
from thangdee.bot.simulator.world import GROUP
from thangdee.console.directory_api import directory_api
from thangdee.core.clock import Clock
from thangdee.core.settings import Settings
from thangdee.processes.console import StaffConsole
from thangdee.processes.demo_enquiry import PHONE, plant_enquiry
from thangdee.processes.demo_receivers import plant_receivers
from thangdee.processes.demo_shelter import plant_residents
from thangdee.processes.embedded import embed
from thangdee.processes.run import until_told_to_stop
from thangdee.processes.wiring import Installation, open_installation

_TOKEN = "100200300:made-up-for-the-demo"  # noqa: S105 - the simulator takes any


async def run_demo(settings: Settings, *, port: int) -> None:
    """Serve the phone page and everything behind it until Ctrl-C."""
    folder = settings.data_dir / "demo"
    shutil.rmtree(folder, ignore_errors=True)  # made-up people have no past
    clock = Clock()
    fake = FakeTelegram(now=clock.now, limits=True)
    trial = Settings(
        data_dir=folder,
        database_url=None,
        chat_database_url=None,
        redis_url=None,
        telegram_token=SecretStr(_TOKEN),
        telegram_api=f"http://127.0.0.1:{port}",
        webhook_url=None,
        on_call_chats=(),
        smtp_url=None,
        mail_from=None,
        console_origin=f"http://localhost:{port}/staff",
        demo=True,
    )
    print("Setting up; the language model is trained first if its inputs changed.", flush=True)
    embedded = await embed(trial)
    installation = open_installation(trial, with_outcomes=True)
    await _plant_receivers(installation, fake)
    staff = StaffConsole(installation, f"http://localhost:{port}")
    keeping = asyncio.create_task(staff.keep())
    async with serve(demo_app(fake, installation, staff), port=port):
        await embedded.start()
        try:
            ready = await embedded.until_it_understands()
            state = "" if ready else " (the language model did not start: menus only)"
            print(f"The hotline is open at http://localhost:{port}{state}. Stop with Ctrl-C.", flush=True)
            await until_told_to_stop()
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await embedded.stop()
            await installation.database.close()


async def _plant_receivers(installation: Installation, fake: FakeTelegram) -> None:
    await installation.refresh_directory()
    group = fake.new_phone("ໜ່ວຍງານ · หน่วยงาน (sample group)", token=_TOKEN, kind=GROUP)
    fake.new_phone(token=_TOKEN)  # the phone in the visitor's hand; the page opens the first one
    mother = fake.new_phone(PHONE, token=_TOKEN, kind="family")
    async with installation.database.write() as connection:
        now = installation.clock.now()
        await plant_receivers(connection, installation.vault, installation.directory, group.chat_id, now)
        codes = await plant_residents(connection, installation.vault, now)
        await plant_enquiry(connection, installation.vault, mother.chat_id, now)
    print(f"The paper of a made-up resident, for the sample shelter officer: {codes[0]}", flush=True)


def demo_app(fake: FakeTelegram, installation: Installation, staff: StaffConsole) -> FastAPI:
    """Return the phone page, the staff's console and the public directory."""
    app = create_app(fake, staff_url="/staff/")
    app.mount("/staff", staff.app)
    app.state.before_shutdown = [*getattr(app.state, "before_shutdown", []), staff.feed.end]
    app.mount("/hsds", directory_api(installation.database, installation.clock))
    return app


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--port", type=int, default=8000)


async def command(chosen: argparse.Namespace, settings: Settings) -> None:
    """Run `thangdee demo`."""
    await run_demo(settings, port=chosen.port)
