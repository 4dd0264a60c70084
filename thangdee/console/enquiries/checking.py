"""What is looked at and asked before a search: vetting, the proof talk, warnings, what recordings say (R15)."""

from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries.model import Enquiry, Field
from thangdee.casework.outcomes import described, flagged, proofs
from thangdee.casework.outcomes.flagged import FlaggedKind
from thangdee.casework.outcomes.model import ProofKind, VettingItem
from thangdee.casework.outcomes.search_rules import Heard
from thangdee.casework.outcomes.search_store import Search, UnfitNoteError
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.confirming import is_fresh, to_confirm
from thangdee.console.enquiries.desk import Code, Enquiries, Words, do, is_supervisor

_Answer = Annotated[str, Form(max_length=3)]
# What is asked in the talk, the same of every family: constant texts, so that no question can carry a fact from the
# file of somebody who was found (R15). Read out in Lao or Thai.
QUESTIONS: dict[ProofKind, tuple[str, ...]] = {
    ProofKind.TOLD_UNASKED: (
        "enquiry.proof.ask.told_unasked.1", "enquiry.proof.ask.told_unasked.2", "enquiry.proof.ask.told_unasked.3",
    ),
    ProofKind.FAMILY_BOOK: ("enquiry.proof.ask.family_book.1", "enquiry.proof.ask.family_book.2"),
    ProofKind.PHOTO_TOGETHER: ("enquiry.proof.ask.photo_together.1", "enquiry.proof.ask.photo_together.2"),
    ProofKind.VILLAGE_CONFIRMS: ("enquiry.proof.ask.village_confirms.1", "enquiry.proof.ask.village_confirms.2"),
    ProofKind.OTHER_RELATIVE: ("enquiry.proof.ask.other_relative.1", "enquiry.proof.ask.other_relative.2"),
    ProofKind.OFFICIAL_CONFIRMS: ("enquiry.proof.ask.official_confirms.1", "enquiry.proof.ask.official_confirms.2"),
}  # fmt: skip
OPENING = ("enquiry.proof.ask.opening.1", "enquiry.proof.ask.opening.2", "enquiry.proof.ask.opening.3")


def add_checking(app: FastAPI, enquiries: Enquiries) -> None:
    """Add vetting, the proof talk, warning of somebody, and writing down a recording."""
    _add_vetting(app, enquiries)
    _add_proof(app, enquiries)
    _add_notes(app, enquiries)


def _add_vetting(app: FastAPI, enquiries: Enquiries) -> None:
    @app.post("/enquiries/{enquiry}/vet")
    @needs(Permission.TRACE)
    async def vet(request: Request, viewer: Viewer, enquiry: str, item: Code, answer: _Answer) -> Response:
        async def deed(connection: AsyncConnection, whole: Enquiry, _standing: Search, now: datetime) -> str:
            if item not in set(VettingItem) or answer not in ("yes", "no"):
                raise UnfitNoteError("no such item")
            leads, is_good = is_supervisor(viewer), answer == "yes"
            by = viewer.staff_id
            await proofs.vet(connection, whole.id, VettingItem(item), by, now, is_good=is_good, is_supervisor=leads)
            return "vetted"

        return await do(request, enquiries, viewer, enquiry, "enquiry:vet", deed)


def _add_proof(app: FastAPI, enquiries: Enquiries) -> None:
    vault = enquiries.console.vault

    @app.post("/enquiries/{enquiry}/prove")
    @needs(Permission.TRACE)
    async def prove(
        request: Request, viewer: Viewer, enquiry: str, kind: Code, how: Code, answer: _Answer, words: Words = ""
    ) -> Response:
        """Write down one item of the talk: its kind, how it was heard, what was said, whether it holds."""

        async def deed(connection: AsyncConnection, whole: Enquiry, _standing: Search, now: datetime) -> str:
            if kind not in set(ProofKind) or how not in set(Heard) or answer not in ("yes", "no"):
                raise UnfitNoteError("no such kind")
            one, heard, by = ProofKind(kind), Heard(how), viewer.staff_id
            is_good = answer == "yes"
            await proofs.prove(connection, vault, whole.id, one, heard, words, by, now, is_good=is_good)
            return "proved"

        return await do(request, enquiries, viewer, enquiry, "enquiry:prove", deed)

    @app.post("/enquiries/{enquiry}/set-aside")
    @needs(Permission.TRACE)
    async def set_aside(request: Request, viewer: Viewer, enquiry: str, item: Code) -> Response:
        """Say as a supervisor that a bad item speaks against nobody; asks for a second factor first (R33)."""
        if not is_fresh(enquiries.console, viewer):
            return to_confirm(request, f"/enquiries/{enquiry}")

        async def deed(connection: AsyncConnection, whole: Enquiry, _standing: Search, now: datetime) -> str:
            leads = is_supervisor(viewer)
            await proofs.set_aside(connection, whole.id, item, viewer.staff_id, now, is_supervisor=leads)
            return "set_aside"

        return await do(request, enquiries, viewer, enquiry, "enquiry:prove", deed, set_aside=True)


def _add_notes(app: FastAPI, enquiries: Enquiries) -> None:
    vault = enquiries.console.vault

    @app.post("/enquiries/{enquiry}/heard")
    @needs(Permission.TRACE)
    async def heard(request: Request, viewer: Viewer, enquiry: str, field: Code, words: Words = "") -> Response:
        """Write down what a recording says, so that it can be compared."""

        async def deed(connection: AsyncConnection, whole: Enquiry, _standing: Search, now: datetime) -> str:
            if field not in set(Field):
                raise UnfitNoteError("no such field")
            await described.write_down(connection, vault, whole.id, Field(field), words, viewer.staff_id, now)
            return "heard"

        return await do(request, enquiries, viewer, enquiry, "enquiry:read", deed, heard=True)

    @app.post("/enquiries/{enquiry}/flag")
    @needs(Permission.TRACE)
    async def flag(
        request: Request, viewer: Viewer, enquiry: str, kind: Code, value: Words, words: Words = ""
    ) -> Response:
        """Warn colleagues of a number or a name."""

        async def deed(connection: AsyncConnection, _whole: Enquiry, _standing: Search, now: datetime) -> str:
            if kind not in set(FlaggedKind):
                raise UnfitNoteError("no such kind")
            await flagged.flag(connection, vault, FlaggedKind(kind), value, words, viewer.staff_id, now)
            return "flagged"

        return await do(request, enquiries, viewer, enquiry, "enquiry:flag", deed)
