"""The deeds of a receiver: accept, decline, ask, contacted, try again, give back, helped, close; each one step."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response

from thangdee.casework.providers.answering import (
    Answering,
    NoMoreTriesError,
    UnfitTimeError,
    UnknownReasonError,
)
from thangdee.casework.providers.receiving import NotTheirsError
from thangdee.casework.referrals.questions import TooManyQuestionsError, UnfitQuestionError
from thangdee.casework.referrals.steps import StepRefusedError
from thangdee.casework.referrals.store import MatterGoneError
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.provider.referral_page import refused
from thangdee.console.provider.view import promised
from thangdee.console.shared import Console, go_to
from thangdee.core.errors import SealBrokenError

_REFUSALS = (
    StepRefusedError, UnfitTimeError, UnknownReasonError, NoMoreTriesError, UnfitQuestionError, TooManyQuestionsError,
)  # fmt: skip
# After these nothing of the referral is to be seen any more.
_ENDS = frozenset({"declined", "given_back", "closed"})

Deed = Callable[[Answering], Awaitable[None]]
Reason = Annotated[str, Form(max_length=32)]
Time = Annotated[str, Form(max_length=16)]
Words = Annotated[str, Form(max_length=4000)]


def add_answering(app: FastAPI, console: Console) -> None:
    """Add the deeds."""
    _add_first_answers(app, console)
    _add_work(app, console)
    _add_questions(app, console)


def _add_first_answers(app: FastAPI, console: Console) -> None:
    @app.post("/inbox/{referral}/accept")
    @needs(Permission.ANSWER_REFERRALS)
    async def accept(
        request: Request, viewer: Viewer, referral: str, at: Time = "", day: Time = "", clock: Time = ""
    ) -> Response:
        deed = _promising(at, day, clock, lambda one, promise: one.accept(promise))
        return await _do(request, console, viewer, referral, deed, "accepted")

    @app.post("/inbox/{referral}/decline")
    @needs(Permission.ANSWER_REFERRALS)
    async def decline(request: Request, viewer: Viewer, referral: str, reason: Reason = "") -> Response:
        return await _do(request, console, viewer, referral, lambda one: one.decline(reason), "declined")


def _add_work(app: FastAPI, console: Console) -> None:
    @app.post("/inbox/{referral}/contacted")
    @needs(Permission.ANSWER_REFERRALS)
    async def contacted(request: Request, viewer: Viewer, referral: str, how: Reason = "") -> Response:
        return await _do(request, console, viewer, referral, lambda one: one.contacted(how), "contacted")

    @app.post("/inbox/{referral}/again")
    @needs(Permission.ANSWER_REFERRALS)
    async def again(
        request: Request, viewer: Viewer, referral: str, at: Time = "", day: Time = "", clock: Time = ""
    ) -> Response:
        deed = _promising(at, day, clock, lambda one, promise: one.try_again(promise))
        return await _do(request, console, viewer, referral, deed, "again")

    @app.post("/inbox/{referral}/give-back")
    @needs(Permission.ANSWER_REFERRALS)
    async def give_back(request: Request, viewer: Viewer, referral: str, reason: Reason = "") -> Response:
        return await _do(request, console, viewer, referral, lambda one: one.give_back(reason), "given_back")

    @app.post("/inbox/{referral}/helped")
    @needs(Permission.ANSWER_REFERRALS)
    async def helped(request: Request, viewer: Viewer, referral: str) -> Response:
        return await _do(request, console, viewer, referral, lambda one: one.helped(), "helped")

    @app.post("/inbox/{referral}/close")
    @needs(Permission.ANSWER_REFERRALS)
    async def close(request: Request, viewer: Viewer, referral: str, outcome: Reason = "") -> Response:
        return await _do(request, console, viewer, referral, lambda one: one.close(outcome), "closed")


def _add_questions(app: FastAPI, console: Console) -> None:
    @app.post("/inbox/{referral}/ask")
    @needs(Permission.ANSWER_REFERRALS)
    async def ask(request: Request, viewer: Viewer, referral: str, code: Reason = "", words: Words = "") -> Response:
        return await _do(request, console, viewer, referral, lambda one: one.ask(code, words), "asked")


def _promising(at: str, day: str, clock: str, deed: Callable[[Answering, datetime], Awaitable[None]]) -> Deed:
    async def do(answering: Answering) -> None:
        promise = promised(at, day, clock)
        if promise is None:
            raise UnfitTimeError("no time that can be read")
        await deed(answering, promise)

    return do


async def _do(request: Request, console: Console, viewer: SignedIn, referral: str, deed: Deed, done: str) -> Response:
    """Do a deed in one transaction; what the rules refuse is undone and said, and the page shows how it stands."""
    now = console.clock.now()
    try:
        async with console.database.write() as connection:
            await deed(Answering(connection, console.vault, referral, viewer.staff_id, now))
    except NotTheirsError:
        return await refused(console, request, viewer)
    except (MatterGoneError, SealBrokenError):
        return go_to(request, "/inbox", notice="provider.notice.step_refused")
    except _REFUSALS as error:
        return go_to(request, f"/inbox/{referral}", notice=f"provider.notice.{error.code}")
    return go_to(request, "/inbox" if done in _ENDS else f"/inbox/{referral}", notice=f"provider.notice.{done}")
