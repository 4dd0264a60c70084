"""Importing a file: looked through first, then sent a second time to be stored; the file itself is never kept.

The page keeps the chosen file in the browser. What is stored must be what was looked through: the form carries a keyed
hash of the file and of what was said for all of it.
"""

import asyncio
import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from fastapi import FastAPI, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import UploadFile

from thangdee.casework.outcomes import officers, residents
from thangdee.casework.outcomes.officers import NotTheirShelterError
from thangdee.casework.outcomes.reading.columns import Column
from thangdee.casework.outcomes.reading.rows import Reading, read_register
from thangdee.casework.outcomes.reading.sheets import MOST_BYTES, MOST_ROWS, UnfitSheetError
from thangdee.casework.outcomes.record import Record
from thangdee.casework.outcomes.residents import AlreadyEnteredError
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.shared import go_to
from thangdee.console.shelter.desk import ShelterDesk
from thangdee.console.shelter.entering import paper
from thangdee.console.shelter.forms import Typed, told_of, typed
from thangdee.core import audit

_PATH = "/shelter/import"
_ID_LETTERS = 32
# What an officer sees of a long list of faults; the rest after these are put right.
_MOST_SHOWN = 100
# So many rows are entered in one transaction: well under a second.
_AT_ONCE = 40


def add_importing(app: FastAPI, desk: ShelterDesk) -> None:
    """Add the page, the look through a file, and the storing of it."""
    _add_looking(app, desk)
    _add_storing(app, desk)


def _add_looking(app: FastAPI, desk: ShelterDesk) -> None:
    @app.get(_PATH)
    @needs(Permission.ENTER_RESIDENTS)
    async def page(request: Request, viewer: Viewer) -> Response:
        mine = await desk.mine(viewer.staff_id)
        if not mine:
            return go_to(request, "/shelter")
        form = Typed({"asked_by": viewer.name})
        return desk.page(request, "import", form=form, shelters=mine, most_rows=MOST_ROWS, **_nothing())

    @app.post(f"{_PATH}/check")
    @needs(Permission.ENTER_RESIDENTS)
    async def look(request: Request, viewer: Viewer) -> Response:
        """Say what the file holds and what is wrong in which row; nothing is kept."""
        return await _seen(request, desk, viewer)


def _add_storing(app: FastAPI, desk: ShelterDesk) -> None:
    @app.post(_PATH)
    @needs(Permission.ENTER_RESIDENTS)
    async def store(request: Request, viewer: Viewer) -> Response:
        """Store what was looked through: all of it, or nothing; show the codes once."""
        form, content = await _sent(request)
        if content is None or not _is_same(form["mark"], _mark(desk, viewer, form, content)):
            return await _seen(request, desk, viewer, notice="look_again")
        try:
            codes = await _store(desk, viewer, form, await _read(desk, form, content))
        except UnfitSheetError:
            return await _seen(request, desk, viewer)
        except (NotTheirShelterError, AlreadyEnteredError) as refused:
            return go_to(request, "/shelter", notice=refused.code)
        return desk.page(request, "slip", codes=codes, until="", **paper())


async def _store(desk: ShelterDesk, viewer: SignedIn, form: Typed, found: Reading) -> list[tuple[str, str]]:
    """Enter all, or nobody; return the number of the row and the code of each.

    In several transactions: on SQLite one writes at a time, and no cry for help may wait for a thousand rows.
    """
    entered: list[tuple[str, str, str]] = []
    rows = list(found.rows)
    try:
        for start in range(0, max(len(rows), 1), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            async with desk.console.database.write() as connection:
                now_entered = await _enter(connection, desk, viewer, form, some)
                if start + _AT_ONCE >= len(rows):
                    await _note(connection, desk, viewer, form, found)
            entered += now_entered
    except BaseException:  # whatever it was, also that the browser went away: nobody keeps a code that was never shown
        await asyncio.shield(_undo(desk, viewer, [resident_id for resident_id, _, _ in entered]))
        raise
    return [(row, code) for _, row, code in entered]


async def _enter(
    connection: AsyncConnection, desk: ShelterDesk, viewer: SignedIn, form: Typed, rows: Sequence[tuple[int, Record]]
) -> list[tuple[str, str, str]]:
    """Enter some; return the id, the number of the row and the code of each."""
    vault, entered = desk.console.vault, []
    shelter = await officers.need(connection, viewer.staff_id, form["shelter"])
    for row, record in rows:
        # The same file sent twice names the same rows, so that nobody is entered twice.
        row_id = vault.keyring.look_up("resident_import", f"{form['mark']}|{row}")[:_ID_LETTERS]
        _, code = await residents.enter(connection, vault, shelter, record, viewer.staff_id, desk.now, row_id=row_id)
        entered.append((row_id, str(row), code))
    return entered


async def _note(connection: AsyncConnection, desk: ShelterDesk, viewer: SignedIn, form: Typed, found: Reading) -> None:
    await audit.record(
        connection, desk.console.vault.keyring, actor=viewer.staff_id, action="resident:import", now=desk.now,
        shelter=form["shelter"], stored=len(found.rows), faults=len(found.faults), no_yes=found.no_yes,
    )  # fmt: skip


async def _undo(desk: ShelterDesk, viewer: SignedIn, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), _AT_ONCE):
        async with desk.console.database.write() as connection:
            for resident_id in ids[start : start + _AT_ONCE]:
                await residents.forget(connection, desk.console.vault, resident_id)
                await audit.record(
                    connection, desk.console.vault.keyring, actor=viewer.staff_id, action="resident:withdraw",
                    subject=resident_id, now=desk.now,
                )  # fmt: skip


async def _seen(request: Request, desk: ShelterDesk, viewer: SignedIn, notice: str = "") -> Response:
    """Return the page with what was found; the part of it alone where the page itself asks."""
    form, content = await _sent(request)
    mine = await desk.mine(viewer.staff_id)
    if form["shelter"] not in mine:
        return go_to(request, "/shelter", notice="not_their_shelter")
    seen = _nothing()
    try:
        if content is None:
            raise UnfitSheetError("empty")  # noqa: TRY301 - said in one place
        seen |= {"unfit": "", "mark": _mark(desk, viewer, form, content)}
        seen |= _found(await _read(desk, form, content))
    except UnfitSheetError as unfit:
        seen |= {"unfit": unfit.why, "unfit_column": unfit.column}
    name = "import_part" if "hx-request" in request.headers else "import"
    return desk.page(request, name, notice=notice, form=form, shelters=mine, most_rows=MOST_ROWS, **seen)


async def _read(desk: ShelterDesk, form: Typed, content: bytes) -> Reading:
    """Read the file beside everything else: one that takes long keeps nobody waiting. Raises UnfitSheetError."""
    return await asyncio.to_thread(read_register, content, told_of(form, desk.now), desk.now)


def _nothing() -> dict[str, Any]:
    empty: dict[str, Any] = {"unfit": None, "unfit_column": "", "mark": "", "stored": 0, "rows": [], "left": 0}
    return empty | {"own_columns": frozenset(Column), "no_yes": 0, "unknown": (), "private": ()}


def _found(found: Reading) -> dict[str, Any]:
    bad: dict[int, list[tuple[str, str]]] = {}
    for one in found.faults:
        bad.setdefault(one.row, []).append((one.column, one.why))
    shown = list(bad.items())[:_MOST_SHOWN]
    return {
        "stored": len(found.rows),
        "rows": shown,
        "left": len(bad) - len(shown),
        "no_yes": found.no_yes,
        "unknown": found.unknown,
        "private": found.private,
    }


async def _sent(request: Request) -> tuple[Typed, bytes | None]:
    """Return the form and the bytes of its file, None where there is none."""
    form = await request.form()
    file = form.get("file")
    if not isinstance(file, UploadFile):
        return typed(form), None
    await file.seek(0)
    return typed(form), await file.read(MOST_BYTES + 1) or None


def _is_same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


def _mark(desk: ShelterDesk, viewer: SignedIn, form: Typed, content: bytes) -> str:
    """Return the keyed hash of what was looked through, by whom, and of what was said for all rows."""
    said = "|".join(form[name] for name in ("shelter", "asked_by", "how", "on", "assented_by"))
    whole = f"{viewer.staff_id}|{said}|{sha256(content).hexdigest()}"
    return desk.console.vault.keyring.look_up("resident_import", whole)
