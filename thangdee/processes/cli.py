"""The command `thangdee`."""

import argparse
import asyncio
import contextlib
import io
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from thangdee.core import logs
from thangdee.core.errors import NotReadyError, ThangdeeError
from thangdee.core.settings import Settings
from thangdee.processes import audit, directory, lessons, operate, staff
from thangdee.processes.chat import run_chat
from thangdee.processes.console import run_console
from thangdee.processes.converse import run_converse
from thangdee.processes.demo import run_demo
from thangdee.processes.parse import run_parse
from thangdee.processes.rasa import ensure_model
from thangdee.processes.run import run_service
from thangdee.processes.wiring import open_installation
from thangdee.processes.worker import run_worker

_TOO_OLD, _TOO_NEW = (3, 11), (3, 14)


def main(arguments: list[str] | None = None) -> None:
    """Run one command; exits with 2 and a sentence where an operator must do something first."""
    if not _TOO_OLD <= sys.version_info[:2] < _TOO_NEW:
        sys.exit(f"Thangdee runs on Python 3.11 to 3.13; this is {sys.version.split()[0]}.")
    chosen = _parser().parse_args(arguments)
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):  # whatever the terminal is set to; a broken byte is no end
            stream.reconfigure(encoding="utf-8", errors="replace")
    logs.configure(chosen.command)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            sys.exit(asyncio.run(_command(chosen, Settings())))
    except NotReadyError as error:
        print(f"thangdee: {error}", file=sys.stderr)
        sys.exit(2)
    except ThangdeeError as error:
        print(f"thangdee: {error} ({error.code})", file=sys.stderr)
        sys.exit(1)


def _command(chosen: argparse.Namespace, settings: Settings) -> Coroutine[Any, Any, int | None]:  # noqa: C901, PLR0912 - one case each
    match chosen.command:
        case "demo":
            return run_demo(settings, port=chosen.port)
        case "run":
            return run_service(settings)
        case "chat":
            return run_chat(open_installation(settings), chosen.name)
        case "worker":
            return run_worker(open_installation(settings))
        case "console":
            return run_console(open_installation(settings))
        case "parse":
            return run_parse(settings, without_rasa=chosen.without_rasa)
        case "converse":
            return run_converse(language=chosen.language, residents=chosen.residents)
        case "train":
            return _train()
        case "audit":
            return audit.run_audit(settings)
        case "lessons":
            return lessons.run_lessons(settings, chosen.to)
        case "directory":
            return directory.run_directory(chosen, settings)
        case "staff":
            return staff.run_staff(settings, chosen)
        case _:
            return operate.command(chosen, settings)


async def _train() -> None:
    await asyncio.to_thread(ensure_model)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="thangdee", description="A hotline for safe migration between Laos and Thailand."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    demo = commands.add_parser("demo", help="try the hotline in the browser, with made-up people")
    demo.add_argument("--port", type=int, default=8000)
    commands.add_parser("run", help="serve a real bot (needs THANGDEE_TELEGRAM_TOKEN)")
    chat = commands.add_parser("chat", help="only the chat process")
    chat.add_argument("--name", default="chat", help="where several run, a lasting name for each (up to 24 letters)")
    commands.add_parser("worker", help="only the clocks")
    commands.add_parser("console", help="only the staff's pages, the directory's API and health")
    parse = commands.add_parser("parse", help="understand JSON Lines from standard input")
    parse.add_argument("--without-rasa", action="store_true", help="word lists only, as when Rasa is away")
    converse = commands.add_parser("converse", help="talk to a fresh installation by JSON Lines")
    converse.add_argument("--language", choices=("lo", "th", "en"))
    converse.add_argument("--residents", type=Path, help="residents of shelters (not used in this version)")
    commands.add_parser("train", help="train the language model if its inputs changed")
    audit.add_commands(commands)
    lessons.add_commands(commands)
    directory.add_commands(commands)
    staff.add_commands(commands)
    operate.add_commands(commands)
    return parser
