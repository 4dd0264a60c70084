"""Figures: what people are told of phone numbers, fees and wages; entering and confirming a checked one."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.content import figure_entries
from thangdee.casework.content.figure_entries import (
    LONGEST_SOURCE,
    LONGEST_VALUE,
    REVIEW_AFTER,
    Checked,
    Entry,
    EntryMovedError,
    EntryState,
    OwnEntryError,
    UnfitFigureError,
    UnknownFigureError,
)
from thangdee.casework.content.work_list import SOON
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.content.desk import NOTICE, Act, ContentDesk, Work, staff_names
from thangdee.console.shared import go_to
from thangdee.referral_directory import figures

Typed = Annotated[str, Form()]


def add_figures(app: FastAPI, desk: ContentDesk) -> None:
    """Add the list of figures, one figure, and the deeds on it."""

    @app.get("/content/figures")
    @needs(Permission.READ_CONTENT)
    async def listed(request: Request, notice: str = "") -> Response:
        now = desk.console.clock.now()
        async with desk.console.database.read() as connection:
            found = await figures.all_figures(connection)
            waiting = {one.figure_key: one for one in await figure_entries.waiting(connection)}
            people = await staff_names(connection)
        found.sort(key=lambda one: (one.is_verified(now), not one.is_crisis))
        return desk.page(
            request, "figures", notice, figures=found, waiting=waiting, people=people, at=now, soon=desk.today + SOON
        )

    @app.get("/content/figures/{key}")
    @needs(Permission.READ_CONTENT)
    async def one(request: Request, viewer: Viewer, key: str, notice: str = "") -> Response:
        return await _figure_page(desk, request, viewer, key, notice)

    @app.post("/content/figures/{key}/enter")
    @needs(Permission.EDIT_CONTENT)
    async def enter(
        request: Request, viewer: Viewer, key: str, value: Typed = "", source: Typed = "", checked: Typed = ""
    ) -> Response:
        given = Checked(value[:400], source[:400], is_checked=checked == "yes")
        return await _enter(desk, request, viewer, key, given)

    _add_second_look(app, desk)


async def _enter(desk: ContentDesk, request: Request, viewer: SignedIn, key: str, given: Checked) -> Response:
    async with desk.console.database.read() as connection:
        known = await figure_entries.figure_of(connection, key)
    is_phone = known is not None and known.kind == figure_entries.PHONE
    act = Act(
        "figure:enter", key,
        lambda connection, now: figure_entries.enter(connection, key, given, viewer.staff_id, now),
        f"/content/figures/{key}", "entered" if is_phone else "stands", tells_others=is_phone,
    )  # fmt: skip
    try:
        await desk.carry_out(viewer, act)
    except UnfitFigureError as error:  # what was typed must not be lost
        return await _figure_page(desk, request, viewer, key, f"{NOTICE}{error.code}", given)
    except (UnknownFigureError, EntryMovedError) as error:
        return go_to(request, act.then, notice=f"{NOTICE}{error.code}")
    return go_to(request, act.then, notice=f"{NOTICE}{act.notice}")


def _add_second_look(app: FastAPI, desk: ContentDesk) -> None:
    @app.post("/content/figures/{key}/confirm")
    @needs(Permission.EDIT_CONTENT)
    async def confirm(request: Request, viewer: Viewer, key: str, entry: Typed = "", checked: Typed = "") -> Response:
        then = f"/content/figures/{key}"
        if checked != "yes":
            return go_to(request, then, notice=f"{NOTICE}{UnfitFigureError.code}")
        act = Act(
            "figure:verify", key,
            _of_this(key, figure_entries.confirm, entry, viewer.staff_id),
            then, "stands",
        )  # fmt: skip
        return await desk.do(request, viewer, act, OwnEntryError, EntryMovedError)

    @app.post("/content/figures/{key}/refuse")
    @needs(Permission.EDIT_CONTENT)
    async def refuse(request: Request, viewer: Viewer, key: str, entry: Typed = "") -> Response:
        act = Act(
            "figure:refuse", key,
            _of_this(key, figure_entries.refuse, entry, viewer.staff_id),
            f"/content/figures/{key}", "refused",
        )  # fmt: skip
        return await desk.do(request, viewer, act, EntryMovedError)


def _of_this(key: str, decide: Callable[..., Awaitable[Entry]], entry: str, by: str) -> Work:
    """Return the decision on an entry of this very figure: the audit names the figure that changes."""

    async def work(connection: AsyncConnection, now: datetime) -> None:
        if (await decide(connection, entry, by, now)).figure_key != key:
            raise EntryMovedError("an entry of another figure")

    return work


async def _figure_page(
    desk: ContentDesk, request: Request, viewer: SignedIn, key: str, notice: str, typed: Checked | None = None
) -> Response:
    async with desk.console.database.read() as connection:
        found = await figure_entries.figure_of(connection, key)
        entries = await figure_entries.entries_of(connection, key)
        people = await staff_names(connection)
    if found is None:
        return desk.page(request, "gone", status=404)
    waiting = next((one for one in entries if one.state is EntryState.WAITING), None)
    return desk.page(
        request, "figure", notice, figure=found, entries=entries, waiting=waiting, people=people, typed=typed,
        at=desk.console.clock.now(), me=viewer.staff_id, review_by=desk.today + REVIEW_AFTER,
        longest={"value": LONGEST_VALUE, "source": LONGEST_SOURCE},
    )  # fmt: skip
