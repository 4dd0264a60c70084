"""`thangdee lessons export`: what two colleagues approved becomes training examples of the understanding."""

import argparse
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from thangdee.casework import lessons
from thangdee.casework.lessons import Lesson
from thangdee.core.errors import NotReadyError
from thangdee.core.script import fold
from thangdee.core.settings import Settings
from thangdee.flows.language import language_of
from thangdee.processes.audit import note_command
from thangdee.processes.rasa import NLU
from thangdee.processes.wiring import Installation, open_installation
from thangdee.referral_directory.places import Kind, places_in

EXAMPLES = NLU / "data" / "nlu"
FILE = "reviewed.yml"
_HEAD = """\
# Messages of people who said yes to this, personal details cut, looked at by two of the team.
# Written by `thangdee lessons export`; correct a line here as in any other file.
"""
# Rasa reads these as marks of entities; a line that begins with one of the others may be read as YAML or a command.
_MARKUP = str.maketrans(dict.fromkeys("[]{}()|<>`\\", " "))
_BEGINNINGS = "-/#*&!%@?:>'\" "


@dataclass
class Exported:
    """What an export did: counts only. `contrary` lessons stand among the examples under another meaning."""

    written: int = 0
    known: int = 0
    contrary: int = 0
    done: list[str] = field(default_factory=list)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("deed", choices=("export",), help="export: write the approved ones among the training examples")
    parser.add_argument("--to", type=Path, default=EXAMPLES, help="the folder of examples, one subfolder a language")


async def run_lessons(settings: Settings, folder: Path) -> int:
    """Export and say how many; the operator trains afterwards."""
    installation = open_installation(settings)
    try:
        done = await export(installation, folder)
    finally:
        await installation.database.close()
    print(f"{done.written} written, {done.known} known already. Now run 'make train'.")
    if done.contrary:
        print(f"{done.contrary} stand among the examples under another meaning: they wait until one is taken out.")
    return 0


async def export(installation: Installation, folder: Path) -> Exported:
    """Write what was approved to `<folder>/<language>/reviewed.yml`, then forget whose words they were.

    The files are written first: a crash in between repeats the export, which changes nothing.
    Raises NotReadyError without the folder.
    """
    async with installation.database.write() as connection:
        approved = await lessons.approved(connection, installation.vault)
        done = _sort_in(folder, approved)
        await lessons.mark_exported(connection, done.done, installation.clock.now())
        await note_command(connection, installation, "lesson:export", written=done.written)
    await installation.database.forget_old_pages()
    return done


def place_spans(text: str) -> list[tuple[int, int]]:
    """Return where provinces and districts are named; that somebody is in Laos or Thailand tells nothing of them."""
    return [(one.start, one.end) for one in places_in(text) if one.place.kind is not Kind.COUNTRY]


def cleaned(text: str) -> str:
    """Return a text without what Rasa or YAML would read as more than words."""
    plain = "".join(char for char in text if unicodedata.category(char)[0] != "C" or char.isspace())
    return " ".join(plain.translate(_MARKUP).split()).lstrip(_BEGINNINGS)


def folder_of(text: str) -> str:
    """Return the folder of a text: lo, th, mixed, and for Latin letters en or latin."""
    written = language_of(text)
    if written.script == "latin":
        return "en" if written.language == "en" else "latin"
    return {"lao": "lo", "thai": "th"}.get(written.script, "mixed")


def _sort_in(folder: Path, approved: list[Lesson]) -> Exported:
    if not folder.is_dir():
        raise NotReadyError(f"there is no folder {folder}")
    meanings, done = _meanings(folder), Exported()
    fresh: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in approved:
        text = cleaned(one.text)
        meant = meanings.get(_alike(text))
        if meant not in (None, one.intent):
            done.contrary += 1
            continue
        done.done.append(one.id)
        if meant or not text:
            done.known += 1
            continue
        meanings[_alike(text)] = one.intent
        fresh[folder_of(text)].append((one.intent, text))
        done.written += 1
    for language, examples in fresh.items():
        _add(folder / language / FILE, examples)
    return done


def _meanings(folder: Path) -> dict[str, str]:
    """Return the intent of every example there is, by its folded text."""
    return {_alike(text): intent for path in sorted(folder.glob("*/*.yml")) for intent, text in _read(path)}


def _alike(text: str) -> str:
    return fold(text).strip(" ?!.")


def _read(path: Path) -> list[tuple[str, str]]:
    stored: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        (str(block["intent"]), line.strip()[2:].strip())
        for block in stored["nlu"] or ()
        for line in str(block.get("examples") or "").splitlines()
        if line.strip().startswith("- ")
    ]


def _add(path: Path, examples: list[tuple[str, str]]) -> None:
    """Write old and new examples in order; the file is there whole or as before."""
    stored = sorted({*examples, *(_read(path) if path.exists() else ())})
    by_intent: dict[str, list[str]] = defaultdict(list)
    for intent, text in stored:
        by_intent[intent].append(f"      - {text}\n")
    blocks = [f"  - intent: {intent}\n    examples: |\n{''.join(lines)}" for intent, lines in by_intent.items()]
    path.parent.mkdir(exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(f'{_HEAD}version: "3.1"\nnlu:\n{"".join(blocks)}', encoding="utf-8")
    fresh.replace(path)


async def command(chosen: argparse.Namespace, settings: Settings) -> int:
    """Run `thangdee lessons`."""
    return await run_lessons(settings, chosen.to)
