"""Court and compensation on the page of a matter: what is known, money, who was told, when it may be closed."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import court, court_rules
from thangdee.casework.court_rules import (
    CURRENCIES,
    LONGEST_NOTE,
    LONGEST_SILENCE,
    CourtFile,
    MoneyEntry,
    NotToldError,
    Payer,
    Source,
    Stage,
    StatusEntry,
    UnfitEntryError,
    Way,
)
from thangdee.casework.referrals import board, store
from thangdee.casework.referrals.model import Matter
from thangdee.casework.referrals.store import MatterGoneError
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.local_time import to_the_minute
from thangdee.console.shared import Console, go_to
from thangdee.core.errors import SealBrokenError
from thangdee.core.vault import Vault

_ASKS_IN = timedelta(days=30)
_SHORTEST = 20
Short = Annotated[str, Form(max_length=_SHORTEST)]
_Deed = Callable[[AsyncConnection, str, datetime], Awaitable[None]]


class MoneyForm(BaseModel):
    """What a browser sends of money; nothing of it is filled in beforehand."""

    kind: str = Field(max_length=_SHORTEST)
    currency: str = Field(max_length=_SHORTEST)
    from_whom: Payer
    source: Source
    amount: str = Field(default="", max_length=_SHORTEST)
    on_day: str = Field(default="", max_length=_SHORTEST)
    how: str = Field(default="", max_length=_SHORTEST)

    def entry(self) -> MoneyEntry:
        """Return it as an entry. Raises UnfitEntryError."""
        hundredths, way = court_rules.amount(self.amount), Way(self.how) if self.how in set(Way) else None
        is_paid = self.kind == "paid"
        return MoneyEntry(is_paid, hundredths, self.currency, self.from_whom, self.source, _day(self.on_day), way)


async def court_seen(
    connection: AsyncConnection, vault: Vault, whole: Matter, viewer: SignedIn, now: datetime
) -> dict[str, Any]:
    """Return what templates/referrals/court_part.html shows; who may read the matter, the caller has asked."""
    known = await court.read_notes(connection, vault, await court.file_of(connection, whole.id))
    return {
        "matter": whole.id,
        "known": known,
        "owed": court_rules.owed(known.money),
        "expects": court_rules.is_money_expected(known),
        "why_open": _why_open(known),
        "may_write": await board.may_work(connection, whole, viewer, now),
        "names": await accounts.names(connection),
        "written": court_rules.written,
        "at": to_the_minute,
        "today": court.today(now),
        "ask_on": court.today(now + _ASKS_IN),
        "last_day": court.today(now + LONGEST_SILENCE),
        "stages": list(Stage),
        "sources": list(Source),
        "payers": list(Payer),
        "ways": list(Way),
        "currencies": CURRENCIES,
        "longest_note": LONGEST_NOTE,
    }


def add_court(app: FastAPI, console: Console) -> None:
    """Add the deeds; what is shown stands on the page of the matter."""
    _add_status(app, console)
    _add_money(app, console)
    _add_told(app, console)


def _add_status(app: FastAPI, console: Console) -> None:
    @app.post("/referrals/{matter}/court")
    @needs(Permission.WORK_REFERRALS)
    async def status(
        request: Request,
        viewer: Viewer,
        matter: str,
        stage: Annotated[Stage, Form()],
        source: Annotated[Source, Form()],
        known_on: Short = "",
        next_on: Short = "",
        ask_on: Short = "",
        note: Annotated[str, Form(max_length=LONGEST_NOTE)] = "",
    ) -> Response:
        async def deed(connection: AsyncConnection, matter_id: str, now: datetime) -> None:
            known = _day(known_on) or court.today(now)
            entry = StatusEntry(stage, known, source, _day(next_on), _day(ask_on), note)
            await court.write_status(connection, console.vault, matter_id, viewer.staff_id, entry, now)

        return await _do(request, console, viewer, matter, deed, "written")

    @app.post("/referrals/{matter}/court/pressure")
    @needs(Permission.WORK_REFERRALS)
    async def pressure(request: Request, viewer: Viewer, matter: str) -> Response:
        async def deed(connection: AsyncConnection, matter_id: str, now: datetime) -> None:
            await court.see_pressure(connection, console.vault, matter_id, viewer.staff_id, now)

        return await _do(request, console, viewer, matter, deed, "seen")


def _add_money(app: FastAPI, console: Console) -> None:
    @app.post("/referrals/{matter}/court/money")
    @needs(Permission.WORK_REFERRALS)
    async def money(request: Request, viewer: Viewer, matter: str, form: Annotated[MoneyForm, Form()]) -> Response:
        async def deed(connection: AsyncConnection, matter_id: str, now: datetime) -> None:
            await court.write_money(connection, console.vault, matter_id, viewer.staff_id, form.entry(), now)

        return await _do(request, console, viewer, matter, deed, "written")

    @app.post("/referrals/{matter}/court/strike")
    @needs(Permission.WORK_REFERRALS)
    async def strike(
        request: Request, viewer: Viewer, matter: str, money: Annotated[str, Form(max_length=32)]
    ) -> Response:
        async def deed(connection: AsyncConnection, matter_id: str, now: datetime) -> None:
            await court.strike_money(connection, console.vault, matter_id, money, viewer.staff_id, now)

        return await _do(request, console, viewer, matter, deed, "struck")


def _add_told(app: FastAPI, console: Console) -> None:
    @app.post("/referrals/{matter}/court/told")
    @needs(Permission.WORK_REFERRALS)
    async def told(request: Request, viewer: Viewer, matter: str) -> Response:
        async def deed(connection: AsyncConnection, matter_id: str, now: datetime) -> None:
            await court.told_by_staff(connection, console.vault, matter_id, viewer.staff_id, now)

        return await _do(request, console, viewer, matter, deed, "told")

    @app.post("/referrals/{matter}/court/close")
    @needs(Permission.WORK_REFERRALS)
    async def close(request: Request, viewer: Viewer, matter: str) -> Response:
        async def deed(connection: AsyncConnection, matter_id: str, now: datetime) -> None:
            await court.close(connection, console.vault, matter_id, viewer.staff_id, now)

        return await _do(request, console, viewer, matter, deed, "closed")


async def _do(request: Request, console: Console, viewer: SignedIn, matter_id: str, deed: _Deed, done: str) -> Response:
    """Do a deed of who may work on the matter, and lead back to it; what was refused is undone and said why."""
    now, code = console.clock.now(), done
    try:
        async with console.database.write() as connection:
            whole = await store.load(connection, matter_id)
            if await board.may_work(connection, whole, viewer, now):
                await deed(connection, whole.id, now)
            else:
                code = "not_yours"
    except (UnfitEntryError, NotToldError) as refused:
        code = refused.why
    except (MatterGoneError, SealBrokenError):
        return go_to(request, "/referrals", notice="court.page.notice.gone")
    return go_to(request, f"/referrals/{matter_id}", fragment="court", notice=f"court.page.notice.{code}")


def _why_open(known: CourtFile) -> str | None:
    try:
        court_rules.check_close(known)
    except NotToldError as error:
        return error.why
    return None


def _day(written: str) -> date | None:
    """Return a day as a browser sends it. Raises UnfitEntryError."""
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise UnfitEntryError("no_day") from error
