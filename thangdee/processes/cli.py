"""The command `thangdee`.

A command imports its own module and no other: so the running chat and worker hold nothing of outcomes in memory (R12),
and a short command is ready in a moment.
"""

import argparse
import asyncio
import contextlib
import importlib
import io
import sys
from dataclasses import dataclass
from types import ModuleType

from thangdee.core import logs
from thangdee.core.errors import NotReadyError, ThangdeeError
from thangdee.core.settings import Settings

_TOO_OLD, _TOO_NEW = (3, 11), (3, 14)


@dataclass(frozen=True)
class Command:
    """What `thangdee --help` says of a command, and where it is.

    `module`: of this room; its `command(chosen, settings)` runs it. `takes`: its function that adds arguments.
    """

    module: str
    help: str
    takes: str | None = None


COMMANDS = {
    "demo": Command("demo", "try the hotline in the browser, with made-up people", "add_arguments"),
    "run": Command("run", "serve a real bot (needs THANGDEE_TELEGRAM_TOKEN)"),
    "chat": Command("chat", "only the chat process", "add_arguments"),
    "worker": Command("worker", "only the clocks"),
    "console": Command("console", "only the staff's pages, the directory's API and health"),
    "parse": Command("parse", "understand JSON Lines from standard input", "add_arguments"),
    "match": Command("match", "find who of a register enquiries look for, as JSON Lines", "add_arguments"),
    "converse": Command("converse", "talk to a fresh installation by JSON Lines", "add_arguments"),
    "train": Command("rasa", "train the language model if its inputs changed"),
    "audit": Command("audit", "the record of who did what", "add_arguments"),
    "lessons": Command("lessons", "examples that staff made of people's words, with their yes", "add_arguments"),
    "directory": Command("directory", "the directory of services", "add_arguments"),
    "staff": Command("staff", "accounts of the staff; the first administrator is made here", "add_arguments"),
    "init": Command("operate", "make keys, tables and records (safe to repeat)"),
    "verify-numbers": Command("operate", "check the phone numbers that callers will be given", "add_verify_arguments"),
    "duty": Command("operate", "say that a person is at the desk", "add_duty_arguments"),
    "keys": Command("operate", "the keys of the installation", "add_keys_arguments"),
}


def main(arguments: list[str] | None = None) -> None:
    """Run one command; exits with 2 and a sentence where an operator must do something first."""
    if not _TOO_OLD <= sys.version_info[:2] < _TOO_NEW:
        sys.exit(f"Thangdee runs on Python 3.11 to 3.13; this is {sys.version.split()[0]}.")
    given = sys.argv[1:] if arguments is None else arguments
    module = module_of(given[0]) if given and given[0] in COMMANDS else None
    chosen = _parser(given[0] if module else "", module).parse_args(given)
    if module is None:
        return  # the parser has ended the program already: help, or an unknown command
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):  # whatever the terminal is set to; a broken byte is no end
            stream.reconfigure(encoding="utf-8", errors="replace")
    logs.configure(chosen.command)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            sys.exit(asyncio.run(module.command(chosen, Settings())))
    except NotReadyError as error:
        print(f"thangdee: {error}", file=sys.stderr)
        sys.exit(2)
    except ThangdeeError as error:
        print(f"thangdee: {error} ({error.code})", file=sys.stderr)
        sys.exit(1)


def module_of(name: str) -> ModuleType:
    """Import the module of a command."""
    return importlib.import_module(f"thangdee.processes.{COMMANDS[name].module}")


def _parser(name: str, module: ModuleType | None) -> argparse.ArgumentParser:
    """Return the parser of all commands, with the arguments of the one that is asked for."""
    parser = argparse.ArgumentParser(
        prog="thangdee", description="A hotline for safe migration between Laos and Thailand."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for known, one in COMMANDS.items():
        added = commands.add_parser(known, help=one.help)
        if known == name and one.takes is not None:
            getattr(module, one.takes)(added)
    return parser
