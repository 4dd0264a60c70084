"""The letter to an office without a login: made once they said yes, with what the person agreed to and no more."""

from fastapi import FastAPI, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.providers import organisations
from thangdee.casework.providers.letter import letter_pdf
from thangdee.casework.referrals import board, office_calls, store
from thangdee.casework.referrals.model import Matter
from thangdee.casework.referrals.office_calls import Call, Result, Way
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.referrals.desk import REFUSED, Matters, NotTheirsError, record
from thangdee.console.shared import go_to


def add_letter(app: FastAPI, matters: Matters) -> None:
    """Add the letter."""
    vault = matters.console.vault

    @app.post("/referrals/{matter}/letter/{referral}")
    @needs(Permission.WORK_REFERRALS)
    async def letter(request: Request, viewer: Viewer, matter: str, referral: str) -> Response:
        """Make the letter, once they said yes; that it was printed is written down."""
        try:
            async with matters.console.database.write() as connection:
                whole = await store.load(connection, matter, to_change=True)
                if not await board.may_work(connection, whole, viewer, matters.now):
                    raise NotTheirsError("not theirs")
                made = await _letter(matters, connection, whole, referral)
                call = Call(Way.LETTER, Result.PRINTED, "–")
                await office_calls.log(connection, vault, matter, referral, call, viewer.staff_id, matters.now)
                await record(matters, connection, viewer, "referral:letter", matter)
        except REFUSED as refused:
            return go_to(request, f"/referrals/{matter}", notice=f"referrals.notice.{refused.code}")
        name = f"attachment; filename={whole.referral(referral).code}.pdf"
        return Response(
            made, media_type="application/pdf", headers={"content-disposition": name, "cache-control": "no-store"}
        )


async def _letter(matters: Matters, connection: AsyncConnection, whole: Matter, referral_id: str) -> bytes:
    now, vault = matters.now, matters.console.vault
    fields = await office_calls.for_letter(connection, vault, whole.id, referral_id, now)
    one = whole.referral(referral_id)
    to = await organisations.of(connection, one.receiver.organisation_id, one.receiver.country)
    return letter_pdf(one.code, fields, matters.name_of(one.receiver, to.language), to.language, now)
