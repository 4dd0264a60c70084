"""What the pages about telling a family share: how a deed is done and what is said of a refusal (R16)."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries.store import EnquiryGoneError
from thangdee.casework.outcomes.given import MessageGoneError
from thangdee.casework.outcomes.release_rules import (
    ApprovedAlreadyError,
    MayNotReleaseError,
    OwnReleaseError,
    StaleFactorError,
)
from thangdee.casework.outcomes.release_store import ReleaseGoneError
from thangdee.casework.outcomes.releases import ReleasingAlreadyError, UnfitReasonsError, WroteWishError
from thangdee.casework.outcomes.residents import NoSuchEntryError
from thangdee.casework.outcomes.search_store import StageRefusedError
from thangdee.casework.outcomes.searches import SearchLockedError
from thangdee.casework.outcomes.wish_store import WishGoneError
from thangdee.casework.outcomes.wishes import (
    AnsweredAlreadyError,
    AskedAlreadyError,
    NotSameError,
    UnfitAnswerError,
)
from thangdee.console.desk_view import span
from thangdee.console.enquiries.desk import says
from thangdee.console.local_time import to_the_minute
from thangdee.console.shared import Console, go_to, language_of_page
from thangdee.core import words
from thangdee.core.errors import SealBrokenError, ThangdeeError


class NotTheirsError(ThangdeeError):
    """Not this viewer's to act in."""

    code = "not_theirs"


REFUSED = (
    NotTheirsError, EnquiryGoneError, MessageGoneError, ApprovedAlreadyError, MayNotReleaseError, OwnReleaseError,
    StaleFactorError, ReleaseGoneError, ReleasingAlreadyError, UnfitReasonsError, NoSuchEntryError, StageRefusedError,
    SearchLockedError, WishGoneError, AnsweredAlreadyError, AskedAlreadyError, NotSameError, UnfitAnswerError,
    WroteWishError,
)  # fmt: skip
Deed = Callable[[AsyncConnection, datetime], Awaitable[str]]


async def do(request: Request, console: Console, back: str, deed: Deed, *, if_gone: str = "") -> Response:
    """Do a deed in one transaction and say what came of it; what the rules refuse is undone and said.

    `deed` audits itself and returns the code of what is said; `back`: where to go then, `if_gone`: instead, after a
    refusal.
    """
    try:
        async with console.database.write() as connection:
            code = await deed(connection, console.clock.now())
    except REFUSED as refused:
        code, back = code_of(refused), if_gone or back
    except SealBrokenError:
        code, back = EnquiryGoneError.code, if_gone or back  # erased meanwhile
    return go_to(request, back, notice=f"release.notice.{code}")


def code_of(refused: ThangdeeError) -> str:
    """Return what is said of a refusal; of a release what stands in its way."""
    return f"may_not_{refused.why}" if isinstance(refused, MayNotReleaseError) else refused.code


def page(
    console: Console, request: Request, template: str, *, status: int = 200, notice: str = "", **seen: object
) -> Response:
    """Return a page with what all of them show."""
    shown: dict[str, Any] = shared(console, language_of_page(request)) | seen
    return console.page(request, template, status=status, notice=notice, **shown)


def shared(console: Console, language: str) -> dict[str, Any]:
    """Return what the templates call."""
    return {
        "span": partial(span, language=language),
        "at": to_the_minute,
        "of": partial(of, language),
        "says": partial(says, language),
        "in_language": words.text,
        "now": console.clock.now(),
    }


def of(language: str, kind: str, code: object) -> str:
    """Return the words for a code of ours, the code where it has none."""
    key = f"release.{kind}.{code}"
    return words.text(key, language) if words.has(key) else str(code or "")
