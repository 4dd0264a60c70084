"""`thangdee directory`: HSDS in and out, and what is to be checked."""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from thangdee.core.settings import Settings
from thangdee.processes.audit import note_command
from thangdee.processes.directory_check import add_checks, run_check, show_worklist, write_requests
from thangdee.processes.directory_nearest import add_nearest, run_nearest
from thangdee.processes.directory_secret import add_secret, run_secret
from thangdee.processes.wiring import Installation, open_installation
from thangdee.referral_directory import exporting, importing, villages
from thangdee.referral_directory.checks import Fault, WrongRecordError
from thangdee.referral_directory.importing import Outcome
from thangdee.referral_directory.places import read_villages
from thangdee.referral_directory.tabular import write_tables

_MOST_SHOWN = 200
_WRONG = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the deeds of the command."""
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    bring = deeds.add_parser("import", help="take HSDS 3 records in: all of them, or none when any is wrong")
    bring.add_argument("path", type=Path, help="a JSON file, or a folder of CSV files (data package)")
    bring.add_argument("--by", default="import", help="who does it, for the history")
    take = deeds.add_parser("export", help="write everything but secret addresses")
    way = take.add_mutually_exclusive_group(required=True)
    way.add_argument("--json", type=Path, metavar="FILE", help="organisations in full, as HSDS's API gives them")
    way.add_argument("--csv", type=Path, metavar="FOLDER", help="a tabular data package")
    check = deeds.add_parser("validate", help="say what is wrong with a file or folder; changes nothing")
    check.add_argument("path", type=Path)
    add_checks(deeds)
    add_secret(deeds)
    add_nearest(deeds)
    named = deeds.add_parser("villages", help="take villages in, with former and merged names")
    named.add_argument("path", type=Path, help="CSV: id,district,name,name_th,name_en,former_names,merged_into")


async def command(chosen: argparse.Namespace, settings: Settings) -> int:
    """Run one deed; 1 where records are wrong or a file cannot be read or written."""
    if chosen.deed == "validate":  # needs no installation
        return _validate(chosen.path)
    installation = open_installation(settings)
    try:
        return await _deed(installation, chosen)
    except OSError as error:
        print(f"thangdee: {error.filename}: {error.strerror}", file=sys.stderr)
        return _WRONG
    finally:
        await installation.database.close()


async def _deed(installation: Installation, chosen: argparse.Namespace) -> int:
    match chosen.deed:
        case "import":
            return await _import(installation, chosen.path, chosen.by)
        case "export":
            await _export(installation, chosen.json, chosen.csv)
        case "worklist":
            await show_worklist(installation)
        case "requests":
            await write_requests(installation, chosen.folder)
        case "check":
            return await run_check(installation, chosen)
        case "secret":
            return await run_secret(installation, chosen)
        case "villages":
            return await _villages(installation, chosen.path)
        case "nearest":
            return await run_nearest(installation, chosen)
    return 0


def _validate(path: Path) -> int:
    batch = importing.read(path)
    batch.check_links({})
    _show("note", batch.notes)
    _show("WRONG", batch.faults)
    count = sum(map(len, batch.entries.values()))
    print(f"{count} records, {len(batch.faults)} faults, {len(batch.notes)} notes")
    return _WRONG if batch.faults else 0


async def _import(installation: Installation, path: Path, by: str) -> int:
    batch = await asyncio.to_thread(importing.read, path)
    try:
        async with installation.database.write() as connection:
            outcome = await importing.import_batch(connection, batch, by=by, now=installation.clock.now())
            await note_command(connection, installation, "directory:import")
    except WrongRecordError as error:
        _show("WRONG", error.faults)
        print(f"{len(error.faults)} faults: nothing was changed.")
        return _WRONG
    _show("note", batch.notes)
    _show_outcome(outcome)
    return 0


async def _export(installation: Installation, to_file: Path | None, to_folder: Path | None) -> None:
    async with installation.database.write() as connection:
        tables = await exporting.collect(connection)
        await note_command(connection, installation, "directory:export", records=sum(map(len, tables.values())))
    if to_folder is not None:
        write_tables(to_folder, tables)
    elif to_file is not None:
        text = json.dumps(exporting.package(tables), ensure_ascii=False, indent=1)
        await asyncio.to_thread(to_file.write_text, text + "\n", encoding="utf-8")
    print(f"{sum(map(len, tables.values()))} records written to {to_folder or to_file}")


async def _villages(installation: Installation, path: Path) -> int:
    # A byte that is no UTF-8 becomes a sign that no name has; the reader of villages names the row.
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        given, errors = read_villages(file)
    if errors:
        _show("WRONG", [Fault(path.name, f"row {one.row}", one.field, one.problem) for one in errors])
        print(f"{len(errors)} faults: nothing was changed.")
        return _WRONG
    async with installation.database.write() as connection:
        print(f"{await villages.store(connection, given)} villages")
        await note_command(connection, installation, "directory:import")
    return 0


def _show(word: str, faults: Iterable[Fault]) -> None:
    listed = list(faults)
    for fault in listed[:_MOST_SHOWN]:
        print(f"{word}: {fault}")
    if len(listed) > _MOST_SHOWN:
        print(f"{word}: and {len(listed) - _MOST_SHOWN} more")


def _show_outcome(outcome: Outcome) -> None:
    for table in outcome.added:
        print(
            f"{table:24} {outcome.added[table]} new, {outcome.changed[table]} changed, {outcome.same[table]} as before"
        )
