"""Every deed and every look at what belongs to a person is written down, or does not happen (R31); no export (R28).

A new route has to be named in tests/console/every_route.py: what it is tried with, or why nothing is written down.
"""

import re
from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import func, select, text

from tests.console.every_route import DEEDS, NOT_AUDITED, name_of
from tests.console.route_worlds import World
from tests.console.signing_in import ORIGIN, client
from thangdee.core import audit
from thangdee.core.columns import metadata, outcomes_metadata
from thangdee.processes.console import StaffConsole
from thangdee.processes.wiring import Installation

# Written beside a deed; no part of what it changes. A failed try to sign in counts whatever becomes of it.
_BESIDE = {"audit", "audit_late", "outcomes.audit_detail", "change", "sign_in_try"}
_EXPORT = re.compile(r"export|download|dump|csv|xlsx|\bzip\b|\bbulk\b|\ball\b", re.IGNORECASE)


def whole_app(installation: Installation):
    """The console as it is served."""
    return StaffConsole(installation, ORIGIN).app


def routes(app) -> list[APIRoute]:
    return [one for one in app.routes if isinstance(one, APIRoute)]


def test_every_route_is_known_here(installation: Installation) -> None:
    named = [name_of(one) for one in routes(whole_app(installation))]

    tried = {name.partition(" [")[0] for name in DEEDS}
    assert tried & NOT_AUDITED.keys() == set()
    assert sorted(named) == sorted(tried | NOT_AUDITED.keys())


@pytest.mark.parametrize("name", DEEDS)
async def test_every_sensitive_route_audits(installation: Installation, name: str) -> None:
    deed, world, app = DEEDS[name], World(installation), whole_app(installation)
    if deed.role is not None:
        await world.enter(deed.role)
    given = deed.form | (await deed.prepare(world) if deed.prepare else {})
    before, rows_before = await everything(installation), await rows_of(installation, audit.audit)

    await switch_audit(installation, is_on=False)
    without_audit = await carry_out(app, world, name, given)
    await switch_audit(installation, is_on=True)
    after = await everything(installation)
    if deed.in_crisis:
        assert without_audit.status_code < 400
        assert await rows_of(installation, audit.audit_late) > 0
        return
    assert without_audit.status_code == 503
    assert changed(before, after) == set()

    with_audit = await carry_out(app, world, name, given)
    assert with_audit.status_code < 400, with_audit.text
    assert await rows_of(installation, audit.audit) > rows_before


def test_no_bulk_export_route(installation: Installation) -> None:
    app = whole_app(installation)

    named = [one.path for one in routes(app) if _EXPORT.search(one.path)]
    chosen = [
        one.path for one in routes(app) if {field.name for field in one.dependant.query_params} & {"limit", "per"}
    ]

    assert named == []
    assert chosen == []  # nobody asks for more than a page


async def carry_out(app, world: World, name: str, given: dict[str, Any]):
    method, path = name.partition(" [")[0].split()
    filled = path.format(**given)
    async with client(app, world.cookies) as browser:
        if method == "GET":
            return await browser.get(filled)
        return await browser.post(filled, data=given)


async def switch_audit(installation: Installation, *, is_on: bool) -> None:
    away = "CREATE TRIGGER away BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'away'); END"
    async with installation.database.write() as connection:
        await connection.execute(text("DROP TRIGGER away" if is_on else away))


async def rows_of(installation: Installation, table) -> int:
    async with installation.database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar_one()


async def everything(installation: Installation) -> dict[str, set[tuple]]:
    """All rows of all tables as they lie there, outcomes too, but what is written beside a deed."""
    async with installation.database.read() as connection:
        return {
            name: set(map(tuple, await connection.execute(select(text("*")).select_from(table))))
            for name, table in [*metadata.tables.items(), *outcomes_metadata.tables.items()]
            if name not in _BESIDE
        }


def changed(before: dict[str, set[tuple]], after: dict[str, set[tuple]]) -> set[str]:
    return {name for name in before if before[name] != after[name]}
