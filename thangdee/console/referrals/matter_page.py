"""One matter: what was said and by whom, what was agreed to, who was asked, what happened, what receivers ask."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import shares
from thangdee.casework.referrals import (
    best_interests,
    board,
    deeds,
    facts,
    gate,
    guardians,
    lost_number,
    matter_notes,
    office_calls,
    proposals,
    questions,
    steps,
)
from thangdee.casework.referrals.guardians import Relation
from thangdee.casework.referrals.matter_notes import Occasion
from thangdee.casework.referrals.model import ENDED, OPEN, SENSITIVE, Field, Matter, MatterState, Receiver, Said
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.confirming import is_fresh
from thangdee.console.referrals.desk import Code, Matters, Words, do, look, reason, says
from thangdee.console.shared import language_of_page
from thangdee.core import words as words_
from thangdee.core.errors import SealBrokenError

# To whom somebody of staff may have reported; the program reports to nobody (R11).
AUTHORITIES = ("police", "immigration", "labour_office", "embassy", "child_welfare", "other")


def add_matter(app: FastAPI, matters: Matters) -> None:
    """Add the page of a matter and what staff write there."""
    _add_page(app, matters)
    _add_writing(app, matters)
    _add_second_contact(app, matters)
    _add_closing(app, matters)


def _add_page(app: FastAPI, matters: Matters) -> None:
    @app.get("/referrals/{matter}")
    @needs(Permission.WORK_REFERRALS)
    async def page(request: Request, viewer: Viewer, matter: str, notice: str = "") -> Response:
        """Content for who may read it (R37); for others the header, and taking it on."""
        whole, is_theirs = await look(matters, viewer, matter)
        if whole is None:
            return matters.page(request, "gone", status=404)
        try:
            async with matters.console.database.read() as connection:
                seen = await _head(matters, connection, viewer, whole)
                if is_theirs:
                    seen |= await _content(matters, connection, viewer, whole, language_of_page(request))
        except SealBrokenError:
            return matters.page(request, "gone", status=404)  # erased while we looked
        return matters.page(request, "matter" if is_theirs else "closed_to_you", notice=notice, **seen)


def _add_writing(app: FastAPI, matters: Matters) -> None:
    vault = matters.console.vault

    @app.post("/referrals/{matter}/note")
    @needs(Permission.WORK_REFERRALS)
    async def note(request: Request, viewer: Viewer, matter: str, words: Words = "") -> Response:
        async def deed(connection: AsyncConnection, whole: Matter, now: datetime) -> str:
            await matter_notes.add(connection, vault, whole.id, Occasion.NOTE, words, viewer.staff_id, now)
            return "noted"

        return await do(request, matters, viewer, matter, deed, action="referral:note")

    @app.post("/referrals/{matter}/report")
    @needs(Permission.WORK_REFERRALS)
    async def report(request: Request, viewer: Viewer, matter: str, to: Code, words: Words = "") -> Response:
        """Write down that one of us reported to an authority: a person did, never the program (R11)."""

        async def deed(connection: AsyncConnection, whole: Matter, now: datetime) -> str:
            if to not in AUTHORITIES:
                return "unfit_words"
            by = viewer.staff_id
            await matter_notes.add(connection, vault, whole.id, Occasion.REPORT, words, by, now, detail=to)
            return "reported"

        return await do(request, matters, viewer, matter, deed, action="referral:report")

    @app.post("/referrals/{matter}/answer")
    @needs(Permission.WORK_REFERRALS)
    async def answer(request: Request, viewer: Viewer, matter: str, question: Code, words: Words = "") -> Response:
        """Answer what a receiver asked us."""

        async def deed(connection: AsyncConnection, whole: Matter, now: datetime) -> str:
            if question not in {one.id for one in await questions.open_for_staff(connection, whole.id)}:
                return "question_gone"
            await questions.answer_as_staff(connection, vault, question, words, viewer.staff_id, now)
            return "answered"

        return await do(request, matters, viewer, matter, deed)


def _add_second_contact(app: FastAPI, matters: Matters) -> None:
    vault = matters.console.vault

    @app.post("/referrals/{matter}/second-contact")
    @needs(Permission.WORK_REFERRALS)
    async def called(request: Request, viewer: Viewer, matter: str, outcome: Code) -> Response:
        """Write down what came of the one call to whom she named."""

        async def deed(connection: AsyncConnection, whole: Matter, now: datetime) -> str:
            if outcome not in lost_number.OUTCOMES:
                return "unfit_call"
            await lost_number.called(connection, vault, whole.id, viewer.staff_id, outcome, now)
            return "call_logged"

        return await do(request, matters, viewer, matter, deed)


def _add_closing(app: FastAPI, matters: Matters) -> None:
    vault = matters.console.vault

    @app.post("/referrals/{matter}/close")
    @needs(Permission.WORK_REFERRALS)
    async def close(
        request: Request, viewer: Viewer, matter: str, told: Annotated[str, Form(max_length=3)] = "", words: Words = ""
    ) -> Response:
        """Close a matter in which nobody works any more, once the person was told."""

        async def deed(connection: AsyncConnection, whole: Matter, now: datetime) -> str:
            if told != "yes":
                return "not_told"
            by = viewer.staff_id
            await matter_notes.add(connection, vault, whole.id, Occasion.NOTE, words, by, now, detail="close")
            await deeds.take_step(
                connection, vault, whole.id, lambda one: steps.close(one, now), name="close_matter", actor=by, now=now
            )
            return "closed"

        return await do(request, matters, viewer, matter, deed)


async def _head(matters: Matters, connection: AsyncConnection, viewer: SignedIn, whole: Matter) -> dict[str, Any]:
    now = matters.now
    works = await board.may_work(connection, whole, viewer, now)
    is_owner, leads = whole.owner == viewer.staff_id, Permission.SEE_TEAM in viewer.permissions
    named = await accounts.names(connection)
    active = {one.id for one in await accounts.all_staff(connection) if one.ended_at is None}
    owner = whole.owner if whole.owner in active else None
    return {
        "matter": whole,
        "may_work": works,
        "may_take": whole.state not in ENDED and not is_owner and (owner is None or leads),
        "may_hand": whole.state not in ENDED and (is_owner or leads),
        "owner": owner,
        "people": named,
        "me": viewer.staff_id,
        "colleagues": await accounts.who_may(connection, Permission.WORK_REFERRALS, but=viewer.staff_id),
    }


async def _content(
    matters: Matters, connection: AsyncConnection, viewer: SignedIn, whole: Matter, language: str
) -> dict[str, Any]:
    vault, now = matters.console.vault, matters.now
    said = await facts.facts_of(connection, vault, whole.id)
    works = await board.may_work(connection, whole, viewer, now)
    return {
        "own": [one for one in said if one.said_by is Said.PERSON],
        "others": [one for one in said if one.said_by is not Said.PERSON],
        "live": {one.id for one in whole.consents if one.is_live(now)},
        "why_not": {one.id: gate.why_not(whole, one, now) for one in whole.consents},
        "open": OPEN,
        "sensitive": SENSITIVE,
        "all_fields": list(Field),
        "step_detail": partial(_detail, language),
        "proposed": await proposals.proposed(connection, whole.id),
        "history": await board.history(connection, whole.id),
        "notes": await matter_notes.of_matter(connection, vault, whole.id),
        "calls": await office_calls.of_matter(connection, vault, whole.id),
        "authorities": AUTHORITIES,
        "reads_chat": await shares.may_read(connection, whole.chat_id, viewer, now),
        "may_choose": whole.state not in ENDED and whole.state is not MatterState.HELPED and whole.current is None,
        "may_take_back": whole.state not in ENDED and any(one.withdrawn_at is None for one in whole.consents),
        "may_close": whole.state in (MatterState.WITH_STAFF, MatterState.HELPED) and whole.current is None,
        "questions": await _asked(matters, connection, whole),
        "court": await matters.court(connection, vault, whole, viewer, now),
        **await _second_contact(matters, connection, whole, works),
        **await _child(matters, connection, viewer, whole),
    }


async def _second_contact(
    matters: Matters, connection: AsyncConnection, whole: Matter, may_work: bool
) -> dict[str, Any]:
    """Return whom to call now that the person is silent; for who acts in the matter, and only until one of us did."""
    vault = matters.console.vault
    contact = await lost_number.contact_to_call(connection, vault, whole.chat_id, matters.now) if may_work else None
    said = words_.text(f"follow_up.may_say.{contact.may_say}", whole.language) if contact else ""
    return {"second_contact": contact, "second_words": said}


def _detail(language: str, step: Row[Any]) -> str:
    """Return what stands beside a step: why a receiver did it, or why it waits for us."""
    return reason(language, step.detail) if step.referral_id else says(language, "waits", step.detail)


async def _asked(
    matters: Matters, connection: AsyncConnection, whole: Matter
) -> list[tuple[str, str, datetime, Receiver]]:
    """Return what receivers ask us in free words: id, words, when, who asks."""
    vault = matters.console.vault
    receivers = {one.id: one.receiver for one in whole.referrals}
    return [
        (one.id, await questions.words_of(connection, vault, one.id) or "", one.asked_at, receivers[one.referral_id])
        for one in await questions.open_for_staff(connection, whole.id)
        if one.referral_id in receivers
    ]


async def _child(matters: Matters, connection: AsyncConnection, viewer: SignedIn, whole: Matter) -> dict[str, Any]:
    vault, now = matters.console.vault, matters.now
    receivers = {one.receiver.listing_id: one.receiver for one in whole.consents}
    return {
        "to_decide": best_interests.waiting(whole, now),
        "may_decide": board.may_decide(whole, viewer, now),
        "my_yes": [one for one in whole.decisions if one.staff_id == viewer.staff_id and one.is_yes],
        "is_fresh": is_fresh(matters.console, viewer),
        "decided": [(one, receivers[one.listing_id]) for one in whole.decisions if one.listing_id in receivers],
        "reasons": await best_interests.reasons_of(connection, vault, whole.id) if whole.decisions else {},
        "guardians": await guardians.of_matter(connection, vault, whole.id),
        "relations": list(Relation),
    }
