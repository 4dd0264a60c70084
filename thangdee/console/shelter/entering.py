"""Entering one resident: her yes, then who she is, then the code for her paper. Without the yes no form opens."""

from typing import Any

from fastapi import FastAPI, Request, Response

from thangdee.casework.outcomes import officers, residents
from thangdee.casework.outcomes.model import Shelter
from thangdee.casework.outcomes.officers import NotTheirShelterError
from thangdee.casework.outcomes.record import is_minor, lapses_at
from thangdee.casework.outcomes.resident_rules import ResidentRefusedError, YesLapsedError, check
from thangdee.casework.outcomes.residents import AlreadyEnteredError
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.shared import go_to
from thangdee.console.shelter.desk import ShelterDesk, day_words
from thangdee.console.shelter.forms import CONSENT_FIELDS, Typed, consent_of, record_of, token_of, typed
from thangdee.core import words
from thangdee.core.time_words import LOCAL_TIME

_PATH = "/shelter/enter"


def add_entering(app: FastAPI, desk: ShelterDesk) -> None:
    """Add the steps."""
    _add_consent(app, desk)
    _add_storing(app, desk)


def _add_consent(app: FastAPI, desk: ShelterDesk) -> None:
    @app.get(_PATH)
    @needs(Permission.ENTER_RESIDENTS)
    async def consent(request: Request, viewer: Viewer) -> Response:
        """Ask what she answered."""
        mine = await desk.mine(viewer.staff_id)
        if not mine:
            return go_to(request, "/shelter")
        return _consent(request, desk, Typed({"asked_by": viewer.name}), mine)

    @app.post(f"{_PATH}/yes")
    @needs(Permission.ENTER_RESIDENTS)
    async def said(request: Request, viewer: Viewer) -> Response:
        """Go on to who she is, where she said yes; else nothing is asked and nothing is kept."""
        form, mine = typed(await request.form()), await desk.mine(viewer.staff_id)
        if form["yes"] == "no":
            return go_to(request, "/shelter", notice="no_yes")
        if form["shelter"] not in mine:
            return go_to(request, "/shelter", notice="not_their_shelter")
        answer = consent_of(form, desk.now)
        if form["yes"] != "yes":
            form.wrong["yes"] = "unanswered"
        elif lapses_at(answer) <= desk.now:
            form.wrong["on"] = YesLapsedError.code
        if form.wrong:
            return _consent(request, desk, form, mine, notice="unclear")
        return _who(request, desk, form)


def _add_storing(app: FastAPI, desk: ShelterDesk) -> None:
    console = desk.console

    @app.post(_PATH)
    @needs(Permission.ENTER_RESIDENTS)
    async def store(request: Request, viewer: Viewer) -> Response:
        """Store her record, and show the code once."""
        form = typed(await request.form())
        answer = consent_of(form, desk.now)
        record = record_of(form, answer, desk.now)
        try:
            if not form.wrong:
                async with console.database.write() as connection:
                    shelter = await officers.need(connection, viewer.staff_id, form["shelter"])
                    _, code = await residents.enter(
                        connection, console.vault, shelter, record, viewer.staff_id, desk.now, row_id=token_of(form)
                    )
                return _slip(request, desk, [("", code)], day_words(lapses_at(answer)))
            check(record, desk.now)
        except NotTheirShelterError as refused:
            return go_to(request, "/shelter", notice=refused.code)
        except AlreadyEnteredError as refused:
            return go_to(request, "/shelter", notice=refused.code)
        except ResidentRefusedError as refused:
            form.refuse(refused)
        if form["yes"] != "yes":
            return go_to(request, "/shelter", notice="no_yes")
        if is_minor(record, desk.now.astimezone(LOCAL_TIME).date()) and not form["assented_by"]:
            form.wrong.setdefault("assented_by", "no_assent")
        return _who(request, desk, form, notice="unclear")


def _consent(request: Request, desk: ShelterDesk, form: Typed, mine: list[Shelter], notice: str = "") -> Response:
    in_lao, in_thai = (words.text("shelter.consent.words", language) for language in ("lo", "th"))
    return desk.page(
        request, "consent", form=form, shelters=mine, notice=notice, in_lao=in_lao, in_thai=in_thai
    )  # fmt: skip


def _who(request: Request, desk: ShelterDesk, form: Typed, notice: str = "") -> Response:
    kept = {name: form[name] for name in CONSENT_FIELDS} | {"shelter": form["shelter"]}
    return desk.page(request, "who", form=form, kept=kept, notice=notice)


def paper() -> dict[str, Any]:
    """Return what stands on her paper, in both languages: nothing of the shelter, nothing of why."""
    return {f"paper_{code}": words.text("shelter.slip.paper", code) for code in ("lo", "th")}


def _slip(request: Request, desk: ShelterDesk, codes: list[tuple[str, str]], until: str) -> Response:
    return desk.page(request, "slip", codes=codes, until=until, **paper())
