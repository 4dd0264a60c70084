"""Children: what two of staff decide for them (R8, R9), and what relatives say, which decides nothing (R10)."""

from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.referrals import best_interests, board, guardians
from thangdee.casework.referrals.guardians import Relation
from thangdee.casework.referrals.model import Matter
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.confirming import is_fresh, to_confirm
from thangdee.console.referrals.desk import Code, Matters, NotTheirsError, Words, do

_Answer = Annotated[str, Form(max_length=3)]


def add_deciding(app: FastAPI, matters: Matters) -> None:
    """Add the decision for a child, and the relatives."""
    _add_decision(app, matters)
    _add_relatives(app, matters)


def _add_decision(app: FastAPI, matters: Matters) -> None:
    vault = matters.console.vault

    @app.post("/referrals/{matter}/decide")
    @needs(Permission.WORK_REFERRALS)
    async def decide(
        request: Request, viewer: Viewer, matter: str, listing: Code, answer: _Answer, words: Words = ""
    ) -> Response:
        """Decide whether one receiver is good for this child; asks for a second factor first (R33)."""
        if not is_fresh(matters.console, viewer):
            return to_confirm(request, f"/referrals/{matter}")

        async def deed(connection: AsyncConnection, whole: Matter, now: datetime) -> str:
            if answer not in ("yes", "no"):
                return "unfit_words"
            if not await board.may_read(connection, whole, viewer, now):
                raise NotTheirsError("not theirs to read")
            is_yes = answer == "yes"
            await best_interests.decide(connection, vault, whole.id, viewer, listing, words, now, is_yes=is_yes)
            return "decided"

        return await do(request, matters, viewer, matter, deed, needs_work=False)


def _add_relatives(app: FastAPI, matters: Matters) -> None:
    vault = matters.console.vault

    @app.post("/referrals/{matter}/guardians")
    @needs(Permission.WORK_REFERRALS)
    async def add(
        request: Request,
        viewer: Viewer,
        matter: str,
        relation: Code,
        unsafe: _Answer = "",
        words: Words = "",
    ) -> Response:
        """Write a relative down; not cleared, whatever they say."""

        async def deed(connection: AsyncConnection, whole: Matter, now: datetime) -> str:
            if relation not in set(Relation):
                return "unfit_words"
            await guardians.add(
                connection, vault, whole.id, Relation(relation), words, viewer.staff_id, now, is_unsafe=unsafe == "yes"
            )
            return "guardian_noted"

        return await do(request, matters, viewer, matter, deed, action="referral:guardian")

    @app.post("/referrals/{matter}/guardians/{relative}")
    @needs(Permission.WORK_REFERRALS)
    async def change(request: Request, viewer: Viewer, matter: str, relative: str, what: Code) -> Response:
        """Flag a relative, or write down that they are asked, or what they said."""

        async def deed(connection: AsyncConnection, whole: Matter, now: datetime) -> str:
            if what == "unsafe":
                await guardians.flag_unsafe(connection, whole.id, relative, now)
            elif what == "seek":
                await guardians.seek(connection, whole.id, relative, now)
            elif what in ("yes", "no"):
                await guardians.answer(connection, whole.id, relative, now, said_yes=what == "yes")
            else:
                return "unfit_words"
            return "guardian_noted"

        return await do(request, matters, viewer, matter, deed, action="referral:guardian")
