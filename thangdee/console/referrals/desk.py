"""What the pages about matters share: who may look, how a deed is done and audited, names of receivers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.referrals import board, field_words, store
from thangdee.casework.referrals.best_interests import NotAskedToDecideError
from thangdee.casework.referrals.deeds import NotAsShownError
from thangdee.casework.referrals.guardians import GuardianGoneError, GuardianUnsafeError
from thangdee.casework.referrals.lost_number import MayNotCallError
from thangdee.casework.referrals.matter_notes import UnfitWordsError
from thangdee.casework.referrals.model import Matter, Receiver
from thangdee.casework.referrals.office_calls import NothingToTellError, UnfitCallError
from thangdee.casework.referrals.proposals import UnfitProposalError
from thangdee.casework.referrals.questions import QuestionGoneError, UnfitQuestionError
from thangdee.casework.referrals.steps import StepRefusedError
from thangdee.casework.referrals.store import MatterGoneError
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.desk_view import chat_name, language_of, span
from thangdee.console.local_time import to_the_minute
from thangdee.console.shared import Console, go_to, language_of_page
from thangdee.core import audit, words
from thangdee.core.errors import SealBrokenError, ThangdeeError
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.vault import Vault
from thangdee.referral_directory.model import Directory, Listing, text_in


class NotTheirsError(ThangdeeError):
    """The matter is not this viewer's to act in."""

    code = "not_theirs"


REFUSED = (
    StepRefusedError, MatterGoneError, NotAsShownError, NotAskedToDecideError, GuardianUnsafeError, GuardianGoneError,
    UnfitWordsError, UnfitCallError, NothingToTellError, UnfitProposalError, QuestionGoneError, UnfitQuestionError,
    NotTheirsError, MayNotCallError,
)  # fmt: skip
Words = Annotated[str, Form(max_length=20_000)]
Code = Annotated[str, Form(max_length=80)]
# What templates/referrals/court_part.html shows of a matter.
CourtSeen = Callable[[AsyncConnection, Vault, Matter, SignedIn, datetime], Awaitable[dict[str, Any]]]
Deed = Callable[[AsyncConnection, Matter, datetime], Awaitable[str]]


@dataclass(frozen=True)
class Matters:
    """What the pages need: the console, the directory as it is in memory, the part about court and money."""

    console: Console
    directory: Callable[[], Directory]
    court: CourtSeen

    @property
    def now(self) -> datetime:
        """The time."""
        return self.console.clock.now()

    @property
    def today(self) -> date:
        """The day in Laos and Thailand."""
        return self.now.astimezone(LOCAL_TIME).date()

    def listing(self, listing_id: str) -> Listing | None:
        """Return an entry of the directory, None where it is gone."""
        return self.directory().by_id.get(listing_id)

    def name_of(self, receiver: Receiver, language: str) -> str:
        """Return what a receiver is called: the service, and whose it is; the id where the entry is gone."""
        listing = self.listing(receiver.listing_id)
        if listing is None:
            return receiver.listing_id
        service, whose = text_in(listing.names, language), text_in(listing.organisation.names, language)
        return service if whose in ("", service) else f"{service} · {whose}"

    def page(self, request: Request, template: str, *, status: int = 200, notice: str = "", **seen: object) -> Response:
        """Return a page with what all of them show."""
        language = language_of_page(request)
        shared: dict[str, Any] = {
            "span": partial(span, language=language),
            "at": to_the_minute,
            "chat_name": chat_name,
            "language_of": language_of,
            "field_name": partial(field_words.name_of, language=language),
            "field_words": partial(field_words.words_of, language=language),
            "receiver_name": partial(self.name_of, language=language),
            "says": partial(says, language),
            "reason": partial(reason, language),
            "now": self.now,
        }
        return self.console.page(request, f"referrals/{template}.html", status=status, notice=notice, **shared | seen)


async def look(matters: Matters, viewer: SignedIn, matter_id: str) -> tuple[Matter | None, bool]:
    """Return a matter and whether this viewer may read it; the look is audited, once in 15 minutes (R31)."""
    console, now = matters.console, matters.now
    async with console.database.read() as connection:
        whole, is_theirs = await _look(connection, matter_id, viewer, now)
        if whole is None or not is_theirs or await board.is_looked_at(connection, matter_id, viewer.staff_id, now):
            return whole, is_theirs
    async with console.database.write() as connection:
        whole, is_theirs = await _look(connection, matter_id, viewer, now)
        if whole and is_theirs and await board.note_view(connection, matter_id, viewer.staff_id, now):
            await record(matters, connection, viewer, "referral:read", matter_id)
    return whole, is_theirs


async def do(
    request: Request,
    matters: Matters,
    viewer: SignedIn,
    matter_id: str,
    deed: Deed,
    *,
    action: str | None = None,
    back: str = "",
    if_refused: str = "",
    needs_work: bool = True,
) -> Response:
    """Do a deed in one transaction and say what came of it; what the rules refuse is undone and said.

    `action`: what is audited beside the steps, which audit themselves. `deed` returns the code of what is said.
    `back`: where to go then, and `if_refused`: instead, where the rules refuse; else the matter.
    """
    try:
        async with matters.console.database.write() as connection:
            whole = await store.load(connection, matter_id, to_change=True)
            if needs_work and not await board.may_work(connection, whole, viewer, matters.now):
                raise NotTheirsError("not theirs")
            code = await deed(connection, whole, matters.now)
            if action:
                await record(matters, connection, viewer, action, matter_id)
    except REFUSED as refused:
        code, back = refused.code, if_refused or back
    except SealBrokenError:
        code = MatterGoneError.code  # erased meanwhile
    path = "/referrals" if code == MatterGoneError.code else back or f"/referrals/{matter_id}"
    return go_to(request, path, notice=f"referrals.notice.{code}" if code else "")


async def record(
    matters: Matters, connection: AsyncConnection, viewer: SignedIn, action: str, matter_id: str, **facts: str
) -> None:
    """Audit a deed in a matter (R31)."""
    keyring, now = matters.console.vault.keyring, matters.now
    await audit.record(connection, keyring, actor=viewer.staff_id, action=action, subject=matter_id, now=now, **facts)


async def _look(
    connection: AsyncConnection, matter_id: str, viewer: SignedIn, now: datetime
) -> tuple[Matter | None, bool]:
    try:
        whole = await store.load(connection, matter_id)
    except MatterGoneError:
        return None, False
    return whole, await board.may_read(connection, whole, viewer, now)


def reason(language: str, code: str | None) -> str:
    """Return why a receiver declined, gave back, how it ended, in the words that they chose from."""
    key = f"provider.reason.{code}"
    return words.text(key, language) if words.has(key) else says(language, "reason", code)


def says(language: str, kind: str, code: str | None) -> str:
    """Return the words for a code of ours, the code where it has none."""
    key = f"referrals.{kind}.{code}"
    return words.text(key, language) if words.has(key) else str(code or "")
