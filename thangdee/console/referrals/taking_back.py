"""A person says on the phone that she takes her yes back: staff do it for her, at once (R4)."""

from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.referrals import matter_notes, withdrawing
from thangdee.casework.referrals.matter_notes import Occasion
from thangdee.casework.referrals.model import Matter
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.referrals.desk import Matters, Words, do


def add_taking_back(app: FastAPI, matters: Matters) -> None:
    """Add the deed."""
    vault = matters.console.vault

    @app.post("/referrals/{matter}/take-back")
    @needs(Permission.WORK_REFERRALS)
    async def take_back(
        request: Request,
        viewer: Viewer,
        matter: str,
        listing: Annotated[str, Form(max_length=80)] = "",
        words: Words = "",
    ) -> Response:
        """Take back the yes to one receiver, or to all where none is named; write down how she said it."""

        async def deed(connection: AsyncConnection, whole: Matter, now: datetime) -> str:
            if listing and listing not in {one.receiver.listing_id for one in whole.consents}:
                return "step_refused"
            by = viewer.staff_id
            await matter_notes.add(connection, vault, whole.id, Occasion.TAKEN_BACK, words, by, now)
            await withdrawing.take_back(connection, vault, whole.id, now, listing_id=listing or None, actor=by)
            return "taken_back"

        return await do(request, matters, viewer, matter, deed)
