"""One enquiry: what the family told, warnings, vetting and proof, where the search stands; never for the family."""

from datetime import datetime
from typing import Any

from fastapi import FastAPI, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import media, shares
from thangdee.casework.enquiries import flags, messages
from thangdee.casework.enquiries.letter import To, letter_pdf
from thangdee.casework.enquiries.model import OF_ENQUIRER, Enquiry, Field, visible_state
from thangdee.casework.media import MediaGoneError
from thangdee.casework.outcomes import (
    described,
    enquiry_board,
    flagged,
    proofs,
    search_rules,
    search_store,
    searches,
    several,
)
from thangdee.casework.outcomes.flagged import FlaggedKind, parts_of
from thangdee.casework.outcomes.model import ProofKind, Stage, VettingItem
from thangdee.casework.outcomes.search_rules import CLOSED_WHY, Heard
from thangdee.casework.outcomes.search_store import Search
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.confirming import is_fresh, to_confirm
from thangdee.console.enquiries.checking import OPENING, QUESTIONS
from thangdee.console.enquiries.desk import Code, Enquiries, do, find, is_supervisor, record
from thangdee.console.media_routes import ranged
from thangdee.core import audit
from thangdee.core.errors import SealBrokenError


def add_enquiry(app: FastAPI, enquiries: Enquiries) -> None:
    """Add the page of an enquiry, its recordings and letter, opening its search, and putting it away."""
    _add_page(app, enquiries)
    _add_files(app, enquiries)
    _add_ends(app, enquiries)


def _add_page(app: FastAPI, enquiries: Enquiries) -> None:
    @app.get("/enquiries/{enquiry}")
    @needs(Permission.TRACE)
    async def page(request: Request, viewer: Viewer, enquiry: str, notice: str = "") -> Response:
        """Content for who may read it (R37), each look audited; for others the header, and taking it on."""
        try:
            async with enquiries.console.database.write() as connection:
                found = await find(connection, viewer, enquiry, enquiries.now)
                if found is None:
                    return enquiries.page(request, "gone", status=404)
                whole, standing, is_theirs = found
                seen = await _head(enquiries, connection, viewer, whole, standing)
                if is_theirs:
                    seen |= await _content(enquiries, connection, viewer, whole, standing)
                    await record(enquiries, connection, viewer, "enquiry:read", enquiry)
        except SealBrokenError:
            return enquiries.page(request, "gone", status=404)  # erased while we looked
        return enquiries.page(request, "enquiry" if is_theirs else "closed_to_you", notice=notice, **seen)


def _add_files(app: FastAPI, enquiries: Enquiries) -> None:
    vault = enquiries.console.vault

    @app.get("/enquiries/{enquiry}/media/{media_id}")
    @needs(Permission.TRACE)
    async def file(request: Request, viewer: Viewer, enquiry: str, media_id: str) -> Response:
        """Play a recording among the answers, also for an owner who does not hold the chat; audited."""
        now, opened = enquiries.now, None
        try:
            async with enquiries.console.database.write() as connection:
                found = await find(connection, viewer, enquiry, now)
                if media_id in await _recordings(enquiries, connection, found):
                    opened = await media.open_file(connection, vault, media_id)
                    await audit.record(
                        connection, vault.keyring, actor=viewer.staff_id, action="media:view", subject=opened.chat_id,
                        now=now, media=media_id, part="whole", enquiry=enquiry,
                    )  # fmt: skip
        except (MediaGoneError, SealBrokenError):
            opened = None
        if opened is None:
            return Response("There is no such file.", 404, media_type="text/plain")
        return ranged(opened.content, opened.mime, request.headers.get("range", ""))

    @app.post("/enquiries/{enquiry}/letter")
    @needs(Permission.TRACE)
    async def letter(request: Request, viewer: Viewer, enquiry: str, to: Code) -> Response:
        """Print the letter of request that the family can make in the chat, too."""
        async with enquiries.console.database.write() as connection:
            found = await find(connection, viewer, enquiry, enquiries.now)
            if found is None or not found[2] or to not in set(To):
                return enquiries.page(request, "gone", status=404)
            whole, _, _ = found
            told = await described.told(connection, vault, enquiry)
            made = letter_pdf(told.said, To(to), whole.language, enquiries.now)
            await record(enquiries, connection, viewer, "enquiry:read", enquiry, letter=to)
        name = f"attachment; filename={whole.code}.pdf"
        headers = {"content-disposition": name, "cache-control": "no-store"}
        return Response(made, media_type="application/pdf", headers=headers)


def _add_ends(app: FastAPI, enquiries: Enquiries) -> None:
    @app.post("/enquiries/{enquiry}/open-search")
    @needs(Permission.TRACE)
    async def open_search(request: Request, viewer: Viewer, enquiry: str) -> Response:
        """Open the search where vetting and proof let it (R15); asks for a second factor first."""
        if not is_fresh(enquiries.console, viewer):
            return to_confirm(request, f"/enquiries/{enquiry}")

        async def deed(connection: AsyncConnection, whole: Enquiry, _standing: Search, now: datetime) -> str:
            await searches.open_search(connection, whole.id, now)
            return "search_open"

        return await do(request, enquiries, viewer, enquiry, "enquiry:open_search", deed)

    @app.post("/enquiries/{enquiry}/close")
    @needs(Permission.TRACE)
    async def close(request: Request, viewer: Viewer, enquiry: str, why: Code) -> Response:
        """Put it away for staff; the family sees no sign of it (R13)."""

        async def deed(connection: AsyncConnection, whole: Enquiry, _standing: Search, now: datetime) -> str:
            await searches.close(connection, whole.id, why, now)
            return "closed"

        return await do(request, enquiries, viewer, enquiry, "enquiry:close", deed, back="/enquiries")


async def _recordings(
    enquiries: Enquiries, connection: AsyncConnection, found: tuple[Enquiry, Search, bool] | None
) -> set[str]:
    """Return the ids of the files among the answers and beside the flags, for who may read them."""
    if found is None or not found[2]:
        return set()
    vault, whole = enquiries.console.vault, found[0]
    told = await described.told(connection, vault, whole.id)
    raised = await flags.flags_of(connection, vault, whole.chat_id)
    return {*told.media} | {one["media"] for flag in raised for one in parts_of(flag.body) if "media" in one}


async def _head(
    enquiries: Enquiries, connection: AsyncConnection, viewer: SignedIn, whole: Enquiry, standing: Search
) -> dict[str, Any]:
    now = enquiries.now
    active = {one.id for one in await accounts.all_staff(connection) if one.ended_at is None}
    owner = standing.owner if standing.owner in active else None
    is_open = search_store.is_standing(whole, now) and standing.stage is not Stage.CLOSED
    is_owner, leads = standing.owner == viewer.staff_id, is_supervisor(viewer)
    first_due = search_rules.due_for(Stage.NEW, whole.filed_at or whole.created_at)
    due = (standing.due_at if standing.stage is not Stage.NEW else first_due) if is_open else None
    return {
        "enquiry": whole,
        "standing": standing,
        "due": due,
        "family_sees": visible_state(whole, now),
        "is_open": is_open,
        "owner": owner,
        "people": await accounts.names(connection),
        "me": viewer.staff_id,
        "may_take": is_open and not is_owner and (owner is None or leads),
        "may_hand": is_open and (is_owner or leads),
        "colleagues": await accounts.who_may(connection, Permission.TRACE, but=viewer.staff_id)
        if is_owner or leads
        else [],
        "may_work": is_open and await enquiry_board.may_work(connection, whole, standing, viewer, now),
    }


async def _content(
    enquiries: Enquiries, connection: AsyncConnection, viewer: SignedIn, whole: Enquiry, standing: Search
) -> dict[str, Any]:
    vault, now = enquiries.console.vault, enquiries.now
    told = await described.told(connection, vault, whole.id)
    raised = await flags.flags_of(connection, vault, whole.chat_id)
    return {
        "of_her": [one for one in Field if one not in OF_ENQUIRER and (one in told.said or one in told.heard)],
        "of_them": [one for one in Field if one in OF_ENQUIRER and one in told.said],
        "told": told,
        "raised": [(one, parts_of(one.body)) for one in raised],
        "warned": await flagged.warnings_for(connection, vault, told, raised, now),
        "others": await several.others(connection, vault, whole, told, now),
        "flag_kinds": list(FlaggedKind),
        "message_count": await messages.how_many(connection, whole.id),
        "reads_chat": await shares.may_read(connection, whole.chat_id, viewer, now),
        "offices": list(To),
        "closed_why": CLOSED_WHY,
        "may_search": enquiry_board.may_search(standing, viewer),
        "release": await _release(enquiries, connection, viewer, whole, standing),
        **await _checked(enquiries, connection, viewer, whole, standing),
    }


async def _release(
    enquiries: Enquiries, connection: AsyncConnection, viewer: SignedIn, whole: Enquiry, standing: Search
) -> dict[str, Any]:
    """Return what is shown of telling the family; nothing while the proof does not hold (R15)."""
    vault, now = enquiries.console.vault, enquiries.now
    if await proofs.why_locked(connection, whole.id, now) is not None:
        return {"is_open": False}
    return await enquiries.release(connection, vault, whole, standing, viewer, now)


async def _checked(
    enquiries: Enquiries, connection: AsyncConnection, viewer: SignedIn, whole: Enquiry, standing: Search
) -> dict[str, Any]:
    vault, now = enquiries.console.vault, enquiries.now
    looked_at = await proofs.vetted(connection, whole.id)
    heard = await proofs.proofs(connection, whole.id)
    return {
        "items": list(VettingItem),
        "must_be_good": search_rules.MUST_BE_GOOD,
        "vetted": {one.item: one for one in looked_at},
        "kinds": list(ProofKind),
        "ways": list(Heard),
        "opening": OPENING,
        "questions": QUESTIONS,
        "proofs": heard,
        "proof_notes": await proofs.proof_notes(connection, vault, whole.id) if heard else {},
        "may_set_aside": is_supervisor(viewer) and standing.owner != viewer.staff_id,
        "locked": search_rules.why_locked(looked_at, heard, now),
        "is_opened": search_rules.is_opened(standing.stage),
        "is_fresh": is_fresh(enquiries.console, viewer),
    }
