"""One entry by the code on her paper: look, renew, put right, take back, ask for her family; there is no other way."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fastapi import FastAPI, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.outcomes import family_wanted, officers, residents
from thangdee.casework.outcomes.family_wanted import NothingSaidError, Wanted
from thangdee.casework.outcomes.officers import NotTheirShelterError
from thangdee.casework.outcomes.record import NAMES
from thangdee.casework.outcomes.resident_rules import NoYesError, ResidentRefusedError
from thangdee.casework.outcomes.residents import Entry, NoSuchEntryError
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.casework.staff.throttle import TooManyTriesError
from thangdee.console.access import Viewer, needs
from thangdee.console.shared import go_to
from thangdee.console.shelter.desk import ShelterDesk, day_words
from thangdee.console.shelter.forms import (
    OWN_FIELDS,
    Typed,
    consent_of,
    filled_form,
    record_of,
    token_of,
    typed,
    with_assent,
)
from thangdee.core.errors import SealBrokenError
from thangdee.core.vault import Vault

_PATH = "/shelter/code"
WANTED_FIELDS = ("whom", "known_as", "village", "phone", "how_told")
_WITHDRAWN = "withdrawn"
_A_MONTH = 30


@dataclass(frozen=True)
class _Step:
    """One deed with an entry, in the transaction that opened it; `by`: the officer."""

    connection: AsyncConnection
    vault: Vault
    entry: Entry
    form: Typed
    by: str
    now: datetime


# Does something with the entry; returns the notice.
_Deed = Callable[[_Step], Awaitable[str]]


def add_by_code(app: FastAPI, desk: ShelterDesk) -> None:
    """Add the page and its deeds; the code stands in no address."""
    _add_opening(app, desk)
    _add_lost(app, desk)
    _add_deeds(app, desk)


def _add_opening(app: FastAPI, desk: ShelterDesk) -> None:
    @app.get(_PATH)
    @needs(Permission.ENTER_RESIDENTS)
    async def ask(request: Request, viewer: Viewer, notice: str = "") -> Response:
        return desk.page(request, "code", notice=notice, shelters=await desk.mine(viewer.staff_id))

    @app.post(_PATH)
    @needs(Permission.ENTER_RESIDENTS)
    async def opened(request: Request, viewer: Viewer) -> Response:
        return await _with_entry(request, desk, viewer, _look)


def _add_lost(app: FastAPI, desk: ShelterDesk) -> None:
    console = desk.console

    @app.post(f"{_PATH}/lost")
    @needs(Permission.ENTER_RESIDENTS)
    async def lost(request: Request, viewer: Viewer) -> Response:
        """Erase an entry whose paper is lost; the answer is the same whether there was one or not."""
        form = typed(await request.form())
        try:
            async with console.database.write() as connection:
                await desk.count_try(connection, viewer.staff_id)
                shelter = await officers.need(connection, viewer.staff_id, form["shelter"])
                await residents.withdraw_by_number(
                    connection, console.vault, shelter, form["number"], viewer.staff_id, desk.now
                )
        except (TooManyTriesError, NotTheirShelterError) as refused:
            return go_to(request, _PATH, notice=refused.code)
        return go_to(request, _PATH, notice="lost_erased")


def _add_deeds(app: FastAPI, desk: ShelterDesk) -> None:
    for name, deed in _DEEDS.items():
        app.post(f"{_PATH}/{name}")(needs(Permission.ENTER_RESIDENTS)(_route(desk, deed)))


def _route(desk: ShelterDesk, deed: _Deed) -> Callable[..., Awaitable[Response]]:
    async def route(request: Request, viewer: Viewer) -> Response:
        return await _with_entry(request, desk, viewer, deed)

    return route


async def _look(_step: _Step) -> str:
    return ""


async def _renew(step: _Step) -> str:
    """She was asked again, and said yes."""
    answer = consent_of(step.form, step.now)
    if not answer.is_yes:
        raise NoYesError("no yes")
    if step.form.wrong:
        return "unclear"
    assented = replace(answer, assented_by=answer.assented_by or step.entry.record.consent.assented_by)
    await residents.renew(step.connection, step.vault, step.entry, assented, step.by, step.now)
    return "renewed"


async def _correct(step: _Step) -> str:
    """Put what is written of her right."""
    record = with_assent(record_of(step.form, step.entry.record.consent, step.now), step.form)
    if step.form.wrong:
        return "unclear"
    await residents.correct(step.connection, step.vault, step.entry, record, step.by, step.now)
    return "corrected"


async def _withdraw(step: _Step) -> str:
    """She takes her yes back: nothing is left of it."""
    await residents.withdraw(step.connection, step.vault, step.entry, step.by, step.now)
    return _WITHDRAWN


async def _family(step: _Step) -> str:
    """She asks us to find her family."""
    wanted = Wanted(**{name: step.form[name] for name in WANTED_FIELDS})
    try:
        await family_wanted.ask(
            step.connection, step.vault, step.entry, wanted, step.by, step.now, row_id=token_of(step.form)
        )
    except NothingSaidError as nothing:
        return nothing.code
    return "family_asked"


_DEEDS: dict[str, _Deed] = {"renew": _renew, "correct": _correct, "withdraw": _withdraw, "family": _family}


async def _with_entry(request: Request, desk: ShelterDesk, viewer: SignedIn, deed: _Deed) -> Response:
    """Open the entry whose code the form holds, do the deed, show it; each try with a code counts."""
    form, vault, now = typed(await request.form()), desk.console.vault, desk.now
    try:
        async with desk.console.database.write() as connection:
            await desk.count_try(connection, viewer.staff_id)
    except TooManyTriesError as error:
        return go_to(request, _PATH, notice=error.code)
    try:
        async with desk.console.database.write() as connection:
            mine = await officers.shelters_of(connection, viewer.staff_id)
            entry = await residents.by_code(connection, vault, mine, form["code"], viewer.staff_id, now)
            notice = await deed(_Step(connection, vault, entry, form, viewer.staff_id, now))
            if notice == _WITHDRAWN:
                return go_to(request, _PATH, notice=notice)
            shown = await _shown(connection, desk, await residents.opened(connection, vault, entry.id, now))
    except (NoSuchEntryError, SealBrokenError):
        # Wrong, of another shelter, lapsed or taken back: it all looks the same, and is written down (R31).
        await request.app.state.gate.refused(viewer, Permission.ENTER_RESIDENTS)
        return go_to(request, _PATH, notice=NoSuchEntryError.code)
    except ResidentRefusedError as refused:
        return await _again(request, desk, viewer, form, refused)
    return _page(request, desk, viewer, form, shown, notice)


async def _again(
    request: Request, desk: ShelterDesk, viewer: SignedIn, form: Typed, refused: ResidentRefusedError
) -> Response:
    form.refuse(refused)
    async with desk.console.database.write() as connection:
        mine = await officers.shelters_of(connection, viewer.staff_id)
        entry = await residents.by_code(connection, desk.console.vault, mine, form["code"], viewer.staff_id, desk.now)
        shown = await _shown(connection, desk, entry)
    return _page(request, desk, viewer, form, shown, "unclear")


def _page(
    request: Request, desk: ShelterDesk, viewer: SignedIn, form: Typed, shown: dict[str, Any], notice: str
) -> Response:
    # What was typed stays where something is wrong with it; else the form shows what is written now.
    kept = form if form.wrong else Typed({"asked_by": viewer.name})
    filled = shown.pop("filled")
    correcting = form if form.wrong and any(name in form.values for name in NAMES) else filled
    return desk.page(request, "entry", notice=notice, form=kept, correcting=correcting, code=form["code"], **shown)


async def _shown(connection: AsyncConnection, desk: ShelterDesk, entry: Entry) -> dict[str, Any]:
    asked = await family_wanted.of_resident(connection, desk.console.vault, entry)
    consent = entry.record.consent
    return {
        "filled": filled_form(entry.record),
        "shelter": entry.shelter,
        "lapses": day_words(entry.lapses_at),
        "is_short": (entry.lapses_at - desk.now).days < _A_MONTH,
        "consent": consent,
        "asked_on": consent.on.strftime("%d/%m/%Y"),
        "facts": [(name, getattr(entry.record, name)) for name in OWN_FIELDS if getattr(entry.record, name)],
        "wanted": [(one.header.code, one.header.state, one.wanted.whom, one.result) for one in asked],
    }
