"""Whom to ask: what fits with its reasons, what does not and why; then her yes, read to her or in her chat.

There is no way from here to a receiver but her own yes (gate.py). Police is only a number for us to call (R11, R43).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.consent import GivenBy
from thangdee.casework.referrals import board, deeds, facts, field_words, matter_notes, proposals, steps
from thangdee.casework.referrals.facts import Fact
from thangdee.casework.referrals.matter_notes import Occasion
from thangdee.casework.referrals.model import ENDED, POLICE, Field, Matter, MatterState, Receiver, Said, Speed
from thangdee.casework.referrals.proposals import UnfitProposalError
from thangdee.casework.referrals.shown import Shown
from thangdee.casework.referrals.store import load
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.referrals.desk import (
    REFUSED,
    Matters,
    NotTheirsError,
    Words,
    do,
    look,
    record,
)
from thangdee.console.referrals.why import reason_words
from thangdee.console.shared import go_to, language_of_page
from thangdee.core import words
from thangdee.core.time_words import LOCAL_TIME
from thangdee.referral_directory.eligibility import shown_phones
from thangdee.referral_directory.model import Listing
from thangdee.referral_directory.nearest import POLICE_REPORT, AgeBand, Gender, Outcome, Reason, Wanted, nearest

_SHOWN, _MOST_REJECTED, _POLICE_SHOWN = 8, 40, 3
_GENDERS = {"transgender": Gender.TRANSGENDER_WOMAN} | {str(one): one for one in Gender}
_Listing = Annotated[str, Form(max_length=80)]


@dataclass(frozen=True)
class ReadOut:
    """What is read to her: in her language, line by line, exactly what would go to exactly whom (R7)."""

    seen: Shown
    names: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]
    is_sensitive: bool


def add_choosing(app: FastAPI, matters: Matters) -> None:
    """Add choosing receivers, reading out, her yes, and proposing in her chat."""
    _add_search(app, matters)
    _add_proposing(app, matters)
    _add_reading_out(app, matters)


def wanted_of(whole: Matter, said: dict[Field, Fact]) -> Wanted:
    """Return what to look for, as far as the person said it. Without an age she counts as under 18 (R8)."""
    code = {field: str(one.value["code"]) for field, one in said.items() if "code" in one.value}
    age = whole.age_band or ""
    return Wanted(
        whole.need or "",
        place=whole.place,
        gender=_GENDERS.get(code.get(Field.GENDER, ""), Gender.UNKNOWN),
        age_band=AgeBand(age) if age in set(AgeBand) else AgeBand.UNKNOWN,
        language=code.get(Field.LANGUAGE, whole.language),
        urgent=whole.speed is Speed.URGENT,
        with_children=code.get(Field.WITH_CHILDREN) == "yes",
    )


def receivers_of(matters: Matters, chosen: list[str]) -> tuple[Receiver, ...]:
    """Return the receivers that were chosen, in their order. Raises UnfitProposalError."""
    picked = [matters.listing(one) for one in dict.fromkeys(one for one in chosen if one)]
    found = [one for one in picked if one is not None and one.kind != POLICE]
    if not found or len(found) != len(picked) or len(found) > proposals.MOST:
        raise UnfitProposalError("one to three of the directory, no authority")
    return tuple(proposals.receiver_of(one) for one in found)


def _add_search(app: FastAPI, matters: Matters) -> None:
    vault = matters.console.vault

    @app.get("/referrals/{matter}/whom")
    @needs(Permission.WORK_REFERRALS)
    async def whom(request: Request, viewer: Viewer, matter: str, notice: str = "") -> Response:
        whole, is_theirs = await look(matters, viewer, matter)
        if whole is None or not is_theirs:
            return matters.page(request, "gone", status=404)
        async with matters.console.database.read() as connection:
            if not await board.may_work(connection, whole, viewer, matters.now) or whole.state in ENDED:
                return go_to(request, f"/referrals/{matter}", notice="referrals.notice.not_theirs")
            found = await facts.facts_of(connection, vault, whole.id)
        said = {one.field: one for one in found if one.said_by is Said.PERSON}
        wanted, language = wanted_of(whole, said), language_of_page(request)
        outcome = _search(matters, wanted)
        return matters.page(
            request, "whom", notice=notice, matter=whole, outcome=outcome, has_need=bool(whole.need),
            matches=[_shown(matters, one.listing, one.reasons, language) for one in outcome.matches],
            rejected=[
                _shown(matters, one.listing, (one.reason,), language) for one in outcome.rejected[:_MOST_REJECTED]
            ],
            police=_police(matters, wanted, language), is_for_other=whole.is_for_other,
            may_propose=whole.current is None and not whole.is_for_other,
            asked={one.receiver.listing_id for one in whole.referrals},
            missing=reason_words(outcome.missing, language) if outcome.missing else "",
        )  # fmt: skip


def _add_proposing(app: FastAPI, matters: Matters) -> None:
    vault = matters.console.vault

    @app.post("/referrals/{matter}/propose")
    @needs(Permission.WORK_REFERRALS)
    async def propose(
        request: Request, viewer: Viewer, matter: str, first: _Listing = "", second: _Listing = "", third: _Listing = ""
    ) -> Response:
        """Have her see the summary with these receivers in her chat; nothing goes out before she says yes there."""

        async def deed(connection: AsyncConnection, whole: Matter, now: datetime) -> str:
            receivers = receivers_of(matters, [first, second, third])
            if whole.state is MatterState.DRAFT:
                await deeds.take_step(
                    connection, vault, whole.id, lambda one: steps.submit(one, (), now),
                    name="ask_staff", actor=viewer.staff_id, now=now,
                )  # fmt: skip
            await proposals.propose(connection, whole.id, receivers, viewer.staff_id, now)
            return "proposed"

        return await do(request, matters, viewer, matter, deed, action="referral:propose")


def _add_reading_out(app: FastAPI, matters: Matters) -> None:
    vault = matters.console.vault

    @app.post("/referrals/{matter}/read-out")
    @needs(Permission.WORK_REFERRALS)
    async def read_out(
        request: Request, viewer: Viewer, matter: str, first: _Listing = "", second: _Listing = "", third: _Listing = ""
    ) -> Response:
        """Show what is read to her word for word; it counts as shown to her from now on."""
        try:
            async with matters.console.database.write() as connection:
                whole = await _to_work_on(matters, connection, viewer, matter)
                receivers = receivers_of(matters, [first, second, third])
                seen = await deeds.show(connection, vault, whole.id, receivers)
                await record(matters, connection, viewer, "referral:read_out", whole.id)
        except REFUSED as refused:
            return go_to(request, f"/referrals/{matter}/whom", notice=f"referrals.notice.{refused.code}")
        return matters.page(request, "read_out", matter=whole, out=_read_out(matters, seen), to_say=_to_say(seen))

    @app.post("/referrals/{matter}/yes")
    @needs(Permission.WORK_REFERRALS)
    async def yes(
        request: Request,
        viewer: Viewer,
        matter: str,
        to: Annotated[list[str], Form()],
        how: Annotated[str, Form(max_length=16)] = "",
        herself: Annotated[str, Form(max_length=3)] = "",
        words: Words = "",
    ) -> Response:
        """Take her yes to what was just read to her, and how one of us was sure that it is hers."""

        async def deed(connection: AsyncConnection, whole: Matter, now: datetime) -> str:
            if herself != "yes" or how not in (GivenBy.READ_BY_STAFF, GivenBy.SPOKEN):
                return "not_herself"
            by, receivers = viewer.staff_id, receivers_of(matters, to)
            await matter_notes.add(connection, vault, whole.id, Occasion.YES_HEARD, words, by, now, detail=how)
            await record(matters, connection, viewer, "referral:hear_yes", whole.id, how=how)
            await deeds.say_yes(connection, vault, whole.id, receivers, given_by=GivenBy(how), now=now)
            return "yes_heard"

        return await do(request, matters, viewer, matter, deed)


async def _to_work_on(matters: Matters, connection: AsyncConnection, viewer: SignedIn, matter_id: str) -> Matter:
    whole = await load(connection, matter_id, to_change=True)
    if not await board.may_work(connection, whole, viewer, matters.now) or whole.is_for_other:
        raise NotTheirsError("not theirs, or somebody else's yes")
    return whole


def _read_out(matters: Matters, seen: Shown) -> ReadOut:
    language = seen.language
    lines = [
        (field_words.name_of(field, language), field_words.words_of(field, value, language))
        for field, value in seen.fields.items()
    ]
    names = tuple(matters.name_of(one, language) for one in seen.receivers)
    return ReadOut(seen, names, tuple(lines), any(one.get("tell_no_family") for one in seen.fields.values()))


def _to_say(seen: Shown) -> dict[str, str]:
    """Return the sentences around the list, in her language."""
    keys = ("begin", "to", "order", "fields", "family", "nobody_else", "take_back", "free", "ask")
    return {one: words.text(f"referrals.read.{one}", seen.language) for one in keys}


def _search(matters: Matters, wanted: Wanted) -> Outcome:
    at = matters.now.astimezone(LOCAL_TIME).time()
    return nearest(matters.directory(), wanted, matters.today, at=at, limit=_SHOWN, for_staff=True)


def _shown(matters: Matters, listing: Listing, reasons: tuple[Reason, ...], language: str) -> dict[str, Any]:
    return {
        "id": listing.id,
        "name": matters.name_of(proposals.receiver_of(listing), language),
        "why": [reason_words(one, language) for one in reasons],
        "phones": [one.number for one in shown_phones(listing, matters.today)],
        "is_sample": listing.is_sample or listing.is_placeholder,
    }


def _police(matters: Matters, wanted: Wanted, language: str) -> list[dict[str, Any]]:
    """Return whom one of us can call about police matters; nothing is ever sent there."""
    asked = Wanted(POLICE_REPORT, place=wanted.place, country=wanted.country)
    found = nearest(matters.directory(), asked, matters.today, limit=_POLICE_SHOWN)
    return [_shown(matters, one.listing, (), language) for one in found.matches if one.listing.kind == POLICE]
