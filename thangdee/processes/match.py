"""`thangdee match`: who of a register may be whom the enquiries look for, as JSON Lines; the code that staff use."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from thangdee.casework.matching import (
    ResidentIndex,
    UnkeyedHashes,
    described_enquiry,
    described_resident,
    is_alert,
)
from thangdee.core.settings import Settings

_MOST_SHOWN = 10


async def run_match(register: Path, enquiries: Path) -> int:
    """Read both files, write one result for each enquiry, in order. Returns the exit status."""
    for path in (register, enquiries):
        if not path.is_file():
            print(f"thangdee match: there is no file {path}", file=sys.stderr)
            return 2
    index, ids = read_register(register)
    for _, row in _rows(enquiries):
        print(json.dumps(_result(index, ids, row), ensure_ascii=False), flush=True)
    return 0


def read_register(path: Path) -> tuple[ResidentIndex, dict[str, Any]]:
    """The residents of a file by the number of their line, and their ids as written.

    A line that cannot be read is named on standard error and left out.
    """
    index, ids = ResidentIndex(UnkeyedHashes()), {}
    for number, row in _rows(path):
        if row is not None:
            index.add(str(number), described_resident(row))
            ids[str(number)] = row["id"]
    return index, ids


def _result(index: ResidentIndex, ids: dict[str, Any], row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        return {"enquiry": None, "candidates": [], "alert": False}
    found = index.find(described_enquiry(row))
    shown = [{"id": ids[one.id], "score": one.score, "reasons": list(one.reasons)} for one in found[:_MOST_SHOWN]]
    return {"enquiry": row["id"], "candidates": shown, "alert": is_alert(found)}


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Each line that is not empty, with its number; none where it is no JSON object."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield number, _row(line, path, number)


def _row(line: str, path: Path, number: int) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if isinstance(row, dict) and row.get("id") is not None:
        return row
    print(f'thangdee match: {path.name}, line {number}: not a JSON object with an "id"', file=sys.stderr)
    return None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument(
        "--register", type=Path, required=True, metavar="FILE", help="residents, one JSON object a line"
    )
    parser.add_argument(
        "--enquiries", type=Path, required=True, metavar="FILE", help="enquiries, one JSON object a line"
    )


async def command(chosen: argparse.Namespace, _settings: Settings) -> int:
    """Run `thangdee match`."""
    return await run_match(chosen.register, chosen.enquiries)
