"""`thangdee demo`: the hotline in the browser, on the real path, with made-up people."""

import shutil
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from fastapi import FastAPI
from pydantic import SecretStr

import thangdee.flows
from thangdee.bot.render import words_of
from thangdee.bot.simulator import FakeTelegram, create_app, serve
from thangdee.console.desk import desk_app
from thangdee.console.directory_api import directory_api
from thangdee.console.lessons_page import Teaching
from thangdee.core.clock import Clock
from thangdee.core.settings import Settings
from thangdee.flows.help_cards import details
from thangdee.flows.intents import risks
from thangdee.flows.reply import Reply
from thangdee.processes.embedded import embed
from thangdee.processes.lessons import place_spans
from thangdee.processes.run import until_told_to_stop
from thangdee.processes.wiring import Installation, open_installation
from thangdee.referral_directory.model import Listing

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
        redis_url=None,
        telegram_token=SecretStr(_TOKEN),
        telegram_api=f"http://127.0.0.1:{port}",
        webhook_url=None,
        on_call_chats=(),
        demo=True,
    )
    print("Setting up; the language model is trained first if its inputs changed.", flush=True)
    embedded = await embed(trial)
    installation = open_installation(trial)
    app = demo_app(fake, installation)
    async with serve(app, port=port):
        await embedded.start()
        try:
            ready = await embedded.until_it_understands()
            state = "" if ready else " (the language model did not start: menus only)"
            print(f"The hotline is open at http://localhost:{port}{state}. Stop with Ctrl-C.", flush=True)
            await until_told_to_stop()
        finally:
            await embedded.stop()
            await installation.database.close()


def demo_app(fake: FakeTelegram, installation: Installation) -> FastAPI:
    """Return the phone page, the staff desk and the public directory. Raises NotReadyError outside the demo."""
    app = create_app(fake, staff_url="/staff/")
    desk = desk_app(
        installation.database,
        installation.vault,
        installation.clock,
        about_answer=about_answer,
        demo=installation.settings.demo,
        teaching=Teaching(tuple(risks()), place_spans),
        chat_card=chat_card,
    )
    app.mount("/staff", desk)
    app.mount("/hsds", directory_api(installation.database, installation.clock))
    return app


def chat_card(listing: Listing, language: str, today: date) -> str:
    """Return what the chat tells of an entry of the directory."""
    return words_of(Reply(details(listing, language, today)), language)


def about_answer(key: str) -> dict[str, Any] | None:
    """Return what staff may know of an answer or a crisis card by its key, None for another text."""
    room, _, name = key.partition(".")
    listed = _metadata()
    facts: dict[str, Any] | None = listed.get(room, {}).get(name) if room in ("answers", "crisis") else None
    if facts is None:
        return None
    return facts | {"sources": [f"{code}: {listed['sources'][code]}" for code in facts["sources"]]}


@cache
def _metadata() -> dict[str, Any]:
    path = Path(thangdee.flows.__path__[0]) / "answers.yml"
    listed: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return listed
