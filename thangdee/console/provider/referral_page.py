"""One referral as its receiver sees it: the outline, after accepting what was agreed to, nothing once it ended (R41).

Every look that opens something is audited in its transaction (R31). The page asks every four seconds whether it still
shows what is true, and gets an answer only where it does not (R4).
"""

from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import media
from thangdee.casework.media import MediaGoneError
from thangdee.casework.providers import answering, receiving
from thangdee.casework.providers.reasons import CONTACTED, DECLINE, GIVE_BACK, OUTCOMES
from thangdee.casework.providers.receiving import NotTheirsError, Received
from thangdee.casework.referrals import gate, questions
from thangdee.casework.referrals.model import OPEN, ReferralState
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.media_routes import ranged
from thangdee.console.provider.view import (
    mark_of,
    moment,
    promises,
    shown_fields,
    shown_questions,
    warnings,
)
from thangdee.console.shared import Console, language_of_page
from thangdee.core import audit
from thangdee.core.errors import SealBrokenError
from thangdee.core.time_words import LOCAL_TIME

_NOTHING = {"is_open": False, "fields": [], "asked": [], "has_secret": False}


def add_referral_page(app: FastAPI, console: Console) -> None:
    """Add the page, the part of it that is asked for again, and the files that belong to it."""
    _add_page(app, console)
    _add_file(app, console)


def _add_page(app: FastAPI, console: Console) -> None:
    @app.get("/inbox/{referral}")
    @needs(Permission.ANSWER_REFERRALS)
    async def page(request: Request, viewer: Viewer, referral: str, notice: str | None = None) -> Response:
        seen = await _look(console, request, viewer, referral)
        if seen is None:
            return await refused(console, request, viewer)
        return console.page(request, "provider/referral.html", notice=notice, **seen)

    @app.get("/inbox/{referral}/part")
    @needs(Permission.ANSWER_REFERRALS)
    async def part(
        request: Request, viewer: Viewer, referral: str, seen: Annotated[str, Query(max_length=32)] = ""
    ) -> Response:
        if seen and seen == await _mark(console, viewer, referral):
            return Response(status_code=204)
        shown = await _look(console, request, viewer, referral)
        return console.page(request, "provider/referral_part.html", **(shown or _gone(referral)))


def nowhere(console: Console, request: Request) -> Response:
    """Return the one page for all that is not theirs, not there, or not any more (R40)."""
    return console.page(request, "provider/nowhere.html", status=404)


async def refused(console: Console, request: Request, viewer: SignedIn) -> Response:
    """Write down that somebody asked for what is not theirs (R31), and tell nothing."""
    await request.app.state.gate.refused(viewer, Permission.ANSWER_REFERRALS)
    return nowhere(console, request)


async def _look(console: Console, request: Request, viewer: SignedIn, referral: str) -> dict[str, Any] | None:
    """Return what the page shows, None where it is not theirs; what is opened is audited with it."""
    now, language = console.clock.now(), language_of_page(request)
    try:
        async with console.database.write() as connection:
            received = await receiving.find(connection, referral, viewer.staff_id, now)
            if not received.is_open:
                return _ended(received, now, language)
            seen = await _opened(connection, console, received, now, language)
            one, keyring = received.referral, console.vault.keyring
            await audit.record(
                connection, keyring, actor=viewer.staff_id, action="referral:read", subject=received.matter.id,
                now=now, referral=one.id, state=one.state.value, fields=len(seen["fields"]),
            )  # fmt: skip
            return seen
    except NotTheirsError:
        return None
    except SealBrokenError:
        return _gone(referral)  # erased while we looked


async def _opened(
    connection: AsyncConnection, console: Console, received: Received, now: datetime, language: str
) -> dict[str, Any]:
    vault, one = console.vault, received.referral
    told = await receiving.told(connection, vault, received, now)
    asked = await receiving.asked(connection, vault, received, now)
    answers = [each.answer for each in asked if each.answer]
    files = await media.shown(connection, [*receiving.recordings([*told.values(), *answers])])
    tried = await answering.tries(connection, received)
    due = one.answer_by if one.state is ReferralState.OFFERED else one.contact_by
    return _about(received) | {
        "is_open": True,
        "mark": mark_of(received, frozenset(told), [_moved(each.question) for each in asked], tried),
        "speed": received.speed.value,
        "due": moment(due, now, language) if due else "",
        "is_late": due is not None and due < now,
        "fields": shown_fields(told, files, language),
        "has_secret": received.is_taken_on,
        "warnings": warnings(told),
        "asked": shown_questions(asked, files, now, language),
        "to_ask": questions.to_offer([each.question for each in asked], received.agreed),
        "is_full": sum(each.question.state in questions.WAITING for each in asked) >= questions.MOST_OPEN,
        "longest": questions.LONGEST_WORDS,
        "promises": promises(received.speed, now, language),
        "today": now.astimezone(LOCAL_TIME).date(),
        "tries_left": answering.MOST_TRIES - tried,
        "declines": DECLINE,
        "contacts": CONTACTED,
        "give_backs": GIVE_BACK,
        "outcomes": OUTCOMES,
    }


async def _mark(console: Console, viewer: SignedIn, referral: str) -> str | None:
    """Return the mark of what the page would show now, without opening any of it."""
    now = console.clock.now()
    async with console.database.read() as connection:
        try:
            received = await receiving.find(connection, referral, viewer.staff_id, now)
        except NotTheirsError:
            return None
        if not received.is_open:
            return _mark_of_end(received)
        asked = await questions.of_referral(connection, referral)
        tried = await answering.tries(connection, received)
    told = gate.told(received.matter, received.referral, now)
    return mark_of(received, told, [_moved(one) for one in asked], tried)


def _moved(one: questions.Question) -> str:
    return f"{one.id}{one.state}"


def _about(received: Received) -> dict[str, Any]:
    one = received.referral
    return {"id": one.id, "code": one.code, "state": one.state.value}


def _ended(received: Received, now: datetime, language: str) -> dict[str, Any]:
    state = ReferralState.WITHDRAWN if received.referral.state in OPEN else received.referral.state
    since = moment(received.referral.changed_at, now, language)
    about = _about(received) | {"state": state.value, "mark": _mark_of_end(received), "since": since}
    return _NOTHING | about


def _gone(referral: str) -> dict[str, Any]:
    return _NOTHING | {"id": referral, "code": "", "state": ReferralState.WITHDRAWN.value, "mark": "gone", "since": ""}


def _mark_of_end(received: Received) -> str:
    return mark_of(received, frozenset(), [], 0)


def _add_file(app: FastAPI, console: Console) -> None:
    @app.get("/inbox/{referral}/media/{media_id}")
    @needs(Permission.ANSWER_REFERRALS)
    async def file(request: Request, viewer: Viewer, referral: str, media_id: str) -> Response:
        """Serve a recording that is part of what is told now, and of nothing else."""
        now, vault = console.clock.now(), console.vault
        try:
            async with console.database.write() as connection:
                received = await receiving.find(connection, referral, viewer.staff_id, now)
                if not await receiving.may_open_file(connection, vault, received, media_id, now):
                    return _no_file()
                opened = await media.open_file(connection, vault, media_id)
                if opened.chat_id != received.matter.chat_id:
                    return _no_file()
                await audit.record(
                    connection, vault.keyring, actor=viewer.staff_id, action="media:view", subject=opened.chat_id,
                    now=now, media=media_id, part="whole", referral=received.referral.id,
                )  # fmt: skip
        except NotTheirsError:
            await request.app.state.gate.refused(viewer, Permission.ANSWER_REFERRALS)
            return _no_file()
        except (MediaGoneError, SealBrokenError):
            return _no_file()
        return ranged(opened.content, opened.mime, request.headers.get("range", ""))


def _no_file() -> Response:
    return Response("There is no such file.", 404, media_type="text/plain")
