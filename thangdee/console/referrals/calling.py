"""Offices without a login: what may be said on the phone, the numbers, what came of the call."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.providers import channels, organisations
from thangdee.casework.referrals import board, office_calls
from thangdee.casework.referrals.model import TAKEN_ON, Matter, Referral, ReferralState
from thangdee.casework.referrals.office_calls import (
    POSSIBLE,
    PROMISING,
    REASONS,
    Call,
    Result,
    UnfitCallError,
    Way,
)
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.referrals.desk import Code, Matters, Words, do, look, record
from thangdee.console.shared import go_to
from thangdee.core.time_words import LOCAL_TIME
from thangdee.referral_directory.eligibility import shown_phones


def add_calling(app: FastAPI, matters: Matters) -> None:
    """Add the page of a call, and writing down what came of it."""
    vault = matters.console.vault

    @app.get("/referrals/{matter}/call/{referral}")
    @needs(Permission.WORK_REFERRALS)
    async def page(request: Request, viewer: Viewer, matter: str, referral: str, notice: str = "") -> Response:
        """What may be said to this receiver now and no word more; that it was looked at is audited each time."""
        whole, is_theirs = await look(matters, viewer, matter)
        if whole is None or not is_theirs or referral not in {one.id for one in whole.referrals}:
            return matters.page(request, "gone", status=404)
        one = whole.referral(referral)
        async with matters.console.database.write() as connection:
            if not await board.may_work(connection, whole, viewer, matters.now):
                return go_to(request, f"/referrals/{matter}", notice="referrals.notice.not_theirs")
            seen = await _seen(matters, connection, whole, one)
            await record(matters, connection, viewer, "referral:call_office", whole.id, code=one.code)
        return matters.page(request, "call", notice=notice, matter=whole, one=one, **seen)

    @app.post("/referrals/{matter}/call/{referral}")
    @needs(Permission.WORK_REFERRALS)
    async def log(
        request: Request,
        viewer: Viewer,
        matter: str,
        referral: str,
        result: Code,
        way: Code = "phone",
        reason: Code = "",
        until: Annotated[str, Form(max_length=20)] = "",
        words: Words = "",
    ) -> Response:
        """Write down what came of a call or a letter; their answer becomes their step."""

        async def deed(connection: AsyncConnection, whole: Matter, now: datetime) -> str:
            if result not in set(Result) or way not in set(Way):
                raise UnfitCallError("no such result")
            code = reason.removeprefix(f"{result}:") or None
            call = Call(Way(way), Result(result), words, _moment(until), code)
            await office_calls.log(connection, vault, whole.id, referral, call, viewer.staff_id, now)
            return "call_logged"

        back = f"/referrals/{matter}/call/{referral}"
        return await do(request, matters, viewer, matter, deed, action="referral:log_call", if_refused=back)


async def _seen(matters: Matters, connection: AsyncConnection, whole: Matter, one: Referral) -> dict[str, Any]:
    vault, now = matters.console.vault, matters.now
    said = await office_calls.may_be_said(connection, vault, whole, one, now)
    listing = matters.listing(one.receiver.listing_id)
    possible = POSSIBLE.get(one.state, ()) if said else ()
    return {
        "said": said,
        "is_outline": one.state is ReferralState.OFFERED,
        "may_print": one.state in TAKEN_ON and bool(said),
        "numbers": [phone.number for phone in shown_phones(listing, matters.today)] if listing else [],
        "written_down": await _written_down(matters, connection, one),
        "works": await organisations.of(connection, one.receiver.organisation_id, one.receiver.country),
        "possible": possible,
        "promising": PROMISING,
        "reasons": {result: codes for result, codes in REASONS.items() if result in possible},
        "earliest": now.astimezone(LOCAL_TIME).strftime("%Y-%m-%dT%H:%M"),
        "calls": [
            call for call in await office_calls.of_matter(connection, vault, whole.id) if call.referral_id == one.id
        ],
    }


async def _written_down(matters: Matters, connection: AsyncConnection, one: Referral) -> list[tuple[str, str]]:
    """Return the checked numbers and addresses by which one of us reaches them."""
    by_hand = [one for one in await channels.live(connection, one.receiver.organisation_id) if one.is_by_hand]
    return [(way.kind.value, await channels.address_of(connection, matters.console.vault, way)) for way in by_hand]


def _moment(written: str) -> datetime | None:
    """Return a day and an hour of Laos and Thailand as browsers send them. Raises UnfitCallError."""
    if not written:
        return None
    try:
        return datetime.fromisoformat(written).replace(tzinfo=LOCAL_TIME)
    except ValueError as error:
        raise UnfitCallError("no time") from error
