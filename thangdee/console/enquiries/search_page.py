"""The search: ranked candidates with reasons, each opened by itself; shut until the proof holds (R15)."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from fastapi import FastAPI, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import field_words
from thangdee.casework.enquiries.model import Enquiry, Field
from thangdee.casework.enquiries.store import EnquiryGoneError
from thangdee.casework.matching import Candidate, reason_key
from thangdee.casework.outcomes import candidates, described, enquiry_board, searches
from thangdee.casework.outcomes.candidates import Compared, likeliness
from thangdee.casework.outcomes.described import Told
from thangdee.casework.outcomes.record import Record
from thangdee.casework.outcomes.search_store import Search
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Gate, Viewer, needs
from thangdee.console.enquiries.desk import REFUSED, Code, Enquiries, NotTheirsError, code_of, do, find, record
from thangdee.console.shared import go_to, language_of_page
from thangdee.core import words
from thangdee.core.errors import SealBrokenError, ThangdeeError

_Shown = tuple[str, dict[str, Any]]
# What of the family's answers stands beside what of the shelter's record, and which reasons belong to it.
_BESIDE: tuple[tuple[str, tuple[Field, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    ("nickname", (Field.NICKNAME,), ("nickname",), ("nickname", "crossed")),
    ("name", (Field.FULL_NAME,), ("given_name", "family_name"), ("given_name", "family_name", "names", "whole_name")),
    ("sex", (Field.SEX,), ("sex",), ("sex",)),
    ("age", (Field.AGE,), ("birth_year_or_age",), ("birth_year",)),
    ("village", (Field.VILLAGE, Field.OLD_VILLAGE), ("village", "old_village"), ("village",)),
    ("place", (Field.PLACE,), ("district", "province"), ("district", "province")),
    ("when", (Field.LEFT_WHEN, Field.LAST_CONTACT), ("date_entered",), ("time",)),
    ("language", (Field.LANGUAGES,), ("language", "ethnic_group"), ()),
    ("marks", (Field.MARKS,), ("marks",), ()),
)
# Of these the shelter's form keeps codes.
_CODED = {"sex": Field.SEX, "language": Field.LANGUAGES}


def add_search(app: FastAPI, enquiries: Enquiries) -> None:
    """Add the ranking, one candidate beside the enquiry, and what a tracer thinks of them."""
    vault = enquiries.console.vault

    @app.get("/enquiries/{enquiry}/search")
    @needs(Permission.TRACE)
    async def ranking(request: Request, viewer: Viewer, enquiry: str, notice: str = "") -> Response:
        """Rank candidates: how likely and why, no name; audited with how many."""

        async def look(connection: AsyncConnection, whole: Enquiry, now: datetime) -> _Shown:
            ranked = await candidates.search(connection, vault, whole, now)
            count, alert = len(ranked.candidates), ranked.is_alert
            await record(enquiries, connection, viewer, "enquiry:search", enquiry, candidates=count, alert=alert)
            verdicts = await searches.verdicts(connection, enquiry)
            return "search", {"ranked": ranked, "verdicts": verdicts}

        return await _look(request, enquiries, viewer, enquiry, look, notice)

    @app.get("/enquiries/{enquiry}/candidates/{resident}")
    @needs(Permission.TRACE)
    async def compare(request: Request, viewer: Viewer, enquiry: str, resident: str, notice: str = "") -> Response:
        """Open one candidate beside what the family told; where she is does not stand there. Each look is audited."""

        async def look(connection: AsyncConnection, whole: Enquiry, now: datetime) -> _Shown:
            compared = await candidates.compare(connection, vault, whole, resident, now)
            told = await described.told(connection, vault, enquiry)
            await record(enquiries, connection, viewer, "enquiry:compare", enquiry, resident=resident)
            verdict = (await searches.verdicts(connection, enquiry)).get(resident)
            seen = {
                "compared": compared,
                "told": told,
                "beside": _beside(compared, told, language_of_page(request)),
                "verdict": verdict,
            }
            return "candidate", seen | {"verdicts": searches.VERDICTS}

        return await _look(request, enquiries, viewer, enquiry, look, notice)

    @app.post("/enquiries/{enquiry}/candidates/{resident}")
    @needs(Permission.TRACE)
    async def judge(request: Request, viewer: Viewer, enquiry: str, resident: str, verdict: Code) -> Response:
        """Write down whether it is the same person."""

        async def deed(connection: AsyncConnection, whole: Enquiry, standing: Search, now: datetime) -> str:
            if not enquiry_board.may_search(standing, viewer):
                raise NotTheirsError("not theirs to search")
            await candidates.judge(connection, vault, whole, resident, verdict, viewer.staff_id, now)
            return "judged"

        back = f"/enquiries/{enquiry}" if verdict == "same" else f"/enquiries/{enquiry}/search"
        said = verdict if verdict in searches.VERDICTS else "unknown"
        return await do(
            request, enquiries, viewer, enquiry, "enquiry:judge", deed, back=back, resident=resident, verdict=said
        )


async def _look(
    request: Request,
    enquiries: Enquiries,
    viewer: SignedIn,
    enquiry_id: str,
    look: Callable[[AsyncConnection, Enquiry, datetime], Awaitable[_Shown]],
    notice: str,
) -> Response:
    """Show what only an open search shows; whoever knocks at a shut one is written down and sent back."""
    now = enquiries.now
    try:
        async with enquiries.console.database.write() as connection:
            found = await find(connection, viewer, enquiry_id, now)
            if found is None:
                return enquiries.page(request, "gone", status=404)
            whole, standing, _ = found
            if not enquiry_board.may_search(standing, viewer):
                raise NotTheirsError("not theirs to search")
            template, seen = await look(connection, whole, now)
    except (SealBrokenError, EnquiryGoneError):
        return enquiries.page(request, "gone", status=404)
    except REFUSED as refused:
        return await _sent_back(request, viewer, enquiry_id, refused)
    shown = seen | {"enquiry": whole, "standing": standing, "likeliness": likeliness, "reasons": reasons}
    return enquiries.page(request, template, notice=notice, **shown)


async def _sent_back(request: Request, viewer: SignedIn, enquiry_id: str, refused: ThangdeeError) -> Response:
    gate: Gate = request.app.state.gate
    await gate.refused(viewer, Permission.TRACE)
    return go_to(request, f"/enquiries/{enquiry_id}", notice=f"enquiries.notice.{code_of(refused)}")


def reasons(one: Candidate) -> list[str]:
    """Return the keys of the texts that say why, in the order of the comparison."""
    return [key for reason in one.reasons if words.has(key := reason_key(reason))]


def _beside(compared: Compared, told: Told, language: str) -> list[tuple[str, tuple[Field, ...], list[str], list[str]]]:
    """Return rows of the comparison: what it is about, the family's fields, the shelter's words, keys of reasons."""
    rows = []
    for name, fields, columns, about in _BESIDE:
        theirs = tuple(one for one in fields if one in told.said or one in told.heard)
        hers = [value for column in columns if (value := _value(compared.record, column, language))]
        why = [
            key
            for reason in compared.candidate.reasons
            if reason.partition(":")[0] in about and words.has(key := reason_key(reason))
        ]
        if theirs or hers:
            rows.append((name, theirs, hers, why))
    return rows


def _value(record: Record, column: str, language: str) -> str:
    """Return what the shelter wrote; a code of the form in words."""
    written = str(getattr(record, column) or "")
    about = _CODED.get(column)
    return field_words.code_words(about, written, language) if about and written else written
