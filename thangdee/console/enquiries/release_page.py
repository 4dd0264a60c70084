"""Releases: what waits, one opened, two who approve, who decides for a child, who told the family (R16).

The bot says nothing, whatever is pressed here: a person of ours calls or meets the family, and writes that down.
"""

from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import field_words, store
from thangdee.casework.enquiries.facts import facts_of
from thangdee.casework.enquiries.model import Field
from thangdee.casework.enquiries.store import EnquiryGoneError
from thangdee.casework.outcomes import proofs, release_rules, release_store, releases, residents, wish_store
from thangdee.casework.outcomes.model import RELEASE_LAPSES, Release, ReleaseState, ToldHow
from thangdee.casework.outcomes.release_rules import LIVE
from thangdee.casework.outcomes.release_store import ReleaseGoneError
from thangdee.casework.outcomes.residents import NoSuchEntryError
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.confirming import is_fresh, to_confirm
from thangdee.console.enquiries.release_desk import NotTheirsError, do, page
from thangdee.console.shared import Console, language_of_page
from thangdee.core import audit
from thangdee.core.errors import SealBrokenError

_Code = Annotated[str, Form(max_length=20)]
_Words = Annotated[str, Form(max_length=20_000)]
_LIST = "/releases"


def add_release_pages(app: FastAPI, console: Console) -> None:
    """Add the list, the page of one, and what is decided there."""
    _add_list(app, console)
    _add_one(app, console)
    _add_deciding(app, console)
    _add_telling(app, console)


def _add_list(app: FastAPI, console: Console) -> None:
    @app.get(_LIST)
    @needs(Permission.DECIDE_FOR_CHILD)
    async def listed(request: Request, viewer: Viewer, notice: str = "") -> Response:
        """Headers alone: the enquiry's number, who asks, by when. Who protects children sees children's."""
        now = console.clock.now()
        async with console.database.read() as connection:
            waiting = await releases.waiting(connection, console.vault, now)
            names = await accounts.names(connection)
            shown = [await _header(connection, one, now) for one in waiting if _is_theirs(one, viewer)]
        return page(
            console, request, "enquiries/releases.html", notice=notice, waiting=shown, people=names, me=viewer.staff_id
        )


def _add_one(app: FastAPI, console: Console) -> None:
    @app.get(f"{_LIST}/{{release}}")
    @needs(Permission.DECIDE_FOR_CHILD)
    async def opened(request: Request, viewer: Viewer, release: str, notice: str = "") -> Response:
        """All that who decides must know; each look is audited (R31)."""
        try:
            async with console.database.write() as connection:
                one = await _opened(console, connection, viewer, release)
                seen = await _content(console, connection, one, viewer, language_of_page(request))
                await _record(console, connection, viewer, one)
        except (ReleaseGoneError, EnquiryGoneError, NoSuchEntryError, NotTheirsError, SealBrokenError):
            return page(console, request, "enquiries/release_gone.html", status=404, notice=notice)
        return page(console, request, "enquiries/release.html", notice=notice, **seen)


def _add_deciding(app: FastAPI, console: Console) -> None:
    vault = console.vault

    @app.post(f"{_LIST}/{{release}}/decide")
    @needs(Permission.DECIDE_FOR_CHILD)
    async def decide(request: Request, viewer: Viewer, release: str, answer: _Code, words: _Words = "") -> Response:
        """Decide whether it is good for a child, knowing her wish; asks for a second factor first (R33)."""
        if not is_fresh(console, viewer):
            return to_confirm(request, f"{_LIST}/{release}")

        async def deed(connection: AsyncConnection, now: datetime) -> str:
            if answer not in ("yes", "no"):
                return "unfit_answer"
            await _opened(console, connection, viewer, release)
            await releases.decide(connection, vault, release, viewer, words, now, is_yes=answer == "yes")
            return "decided"

        return await do(request, console, f"{_LIST}/{release}", deed)

    @app.post(f"{_LIST}/{{release}}/approve")
    @needs(Permission.APPROVE_RELEASE)
    async def approve(request: Request, viewer: Viewer, release: str) -> Response:
        """Approve as one of two; asks for a second factor first (R33)."""
        if not is_fresh(console, viewer):
            return to_confirm(request, f"{_LIST}/{release}")

        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await releases.approve(connection, vault, release, viewer, now)
            return "approved"

        return await do(request, console, f"{_LIST}/{release}", deed)

    @app.post(f"{_LIST}/{{release}}/refuse")
    @needs(Permission.APPROVE_RELEASE)
    async def refuse(request: Request, viewer: Viewer, release: str) -> Response:
        """Say no: it is over."""

        async def deed(connection: AsyncConnection, now: datetime) -> str:
            await releases.refuse(connection, vault, release, viewer.staff_id, now)
            return "refused"

        return await do(request, console, _LIST, deed)


def _add_telling(app: FastAPI, console: Console) -> None:
    @app.post(f"{_LIST}/{{release}}/tell")
    @needs(Permission.TRACE)
    async def tell(request: Request, viewer: Viewer, release: str, how: _Code) -> Response:
        """Write down that the family was told, by voice or in person; nothing is sent."""
        if not is_fresh(console, viewer):
            return to_confirm(request, f"{_LIST}/{release}")

        async def deed(connection: AsyncConnection, now: datetime) -> str:
            if how not in set(ToldHow):
                return "unfit_answer"
            await releases.tell(connection, console.vault, release, viewer.staff_id, ToldHow(how), now)
            return "told"

        return await do(request, console, _LIST, deed)


def _is_theirs(one: Release, viewer: SignedIn) -> bool:
    return Permission.APPROVE_RELEASE in viewer.permissions or one.is_minor


async def _opened(console: Console, connection: AsyncConnection, viewer: SignedIn, release_id: str) -> Release:
    """Return a release where it stands now. Raises ReleaseGoneError, NotTheirsError."""
    now = console.clock.now()
    one = release_rules.settle(await release_store.load(connection, console.vault, release_id, now), now)
    if not _is_theirs(one, viewer):
        raise NotTheirsError("of a grown person")
    return one


async def _header(connection: AsyncConnection, one: Release, now: datetime) -> dict[str, Any]:
    whole = await store.load(connection, one.enquiry_id)
    waits_for = release_rules.why_not(one, now) or "telling"
    return {"release": one, "code": whole.code, "due": one.requested_at + RELEASE_LAPSES, "waits_for": waits_for}


async def _content(
    console: Console, connection: AsyncConnection, one: Release, viewer: SignedIn, language: str
) -> dict[str, Any]:
    vault, now = console.vault, console.clock.now()
    entry = await residents.opened(connection, vault, one.resident_id, now)
    asked = await wish_store.newest(connection, one.enquiry_id, one.resident_id)
    told = await facts_of(connection, vault, one.enquiry_id)
    relation = told.get(Field.RELATION)
    waits_for = release_rules.why_not(one, now)
    return {
        **await _header(connection, one, now),
        "people": await accounts.names(connection),
        "me": viewer.staff_id,
        "is_live": one.state in LIVE,
        "waits_for": waits_for or "telling",
        "may_tell": waits_for is None and Permission.TRACE in viewer.permissions,
        "may_approve": _may_approve(one, viewer, waits_for),
        # Who approves needs not know where she is; who tells the family does, and what is over is nobody's any more.
        "shelter": entry.shelter.value if waits_for in (None, ReleaseState.TOLD) else None,
        "is_shown": one.state in {*LIVE, ReleaseState.TOLD},
        "consent": entry.record.consent,
        "asked": asked,
        "said": await wish_store.said_of(connection, vault, asked) if asked else None,
        "relation": field_words.words_of(Field.RELATION, relation, language) if relation else "",
        "proofs": [each for each in await proofs.proofs(connection, one.enquiry_id) if each.is_good],
        "reasons": await releases.reasons_of(connection, vault, one),
        "ways": list(ToldHow),
        "is_fresh": is_fresh(console, viewer),
    }


def _may_approve(one: Release, viewer: SignedIn, waits_for: str | None) -> bool:
    known = {each.staff_id for each in one.approvals} | {one.requested_by}
    is_approver = Permission.APPROVE_RELEASE in viewer.permissions
    return waits_for == "approvals" and is_approver and viewer.staff_id not in known


async def _record(console: Console, connection: AsyncConnection, viewer: SignedIn, one: Release) -> None:
    keyring, now = console.vault.keyring, console.clock.now()
    await audit.record(connection, keyring, actor=viewer.staff_id, action="release:read", subject=one.id, now=now)
