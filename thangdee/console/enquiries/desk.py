"""What the pages about enquiries share: who may look, how a deed is done and audited."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import field_words, store
from thangdee.casework.enquiries.model import Enquiry
from thangdee.casework.enquiries.store import EnquiryGoneError
from thangdee.casework.outcomes import enquiry_board, search_store
from thangdee.casework.outcomes.candidates import NotACandidateError
from thangdee.casework.outcomes.proofs import NeedsSupervisorError
from thangdee.casework.outcomes.search_store import Search, StageRefusedError, UnfitNoteError
from thangdee.casework.outcomes.searches import SearchLockedError, TakenError
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.desk_view import chat_name, language_of, span
from thangdee.console.local_time import to_the_minute
from thangdee.console.shared import Console, go_to, language_of_page
from thangdee.core import audit, words
from thangdee.core.audit import Fact
from thangdee.core.errors import SealBrokenError, ThangdeeError
from thangdee.core.vault import Vault


class NotTheirsError(ThangdeeError):
    """The enquiry is not this viewer's to act in."""

    code = "not_theirs"


REFUSED = (
    StageRefusedError, SearchLockedError, TakenError, NeedsSupervisorError, UnfitNoteError, NotACandidateError,
    EnquiryGoneError, NotTheirsError,
)  # fmt: skip
Words = Annotated[str, Form(max_length=20_000)]
Code = Annotated[str, Form(max_length=80)]
Deed = Callable[[AsyncConnection, Enquiry, Search, datetime], Awaitable[str]]
# What templates/enquiries/enquiry_release.html shows of an enquiry: of telling the family.
ReleaseSeen = Callable[[AsyncConnection, Vault, Enquiry, Search, SignedIn, datetime], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Enquiries:
    """What the pages need: the console, and the part about telling the family."""

    console: Console
    release: ReleaseSeen

    @property
    def now(self) -> datetime:
        """The time."""
        return self.console.clock.now()

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
            "says": partial(says, language),
            "in_language": words.text,
            "now": self.now,
        }
        return self.console.page(request, f"enquiries/{template}.html", status=status, notice=notice, **shared | seen)


async def find(
    connection: AsyncConnection, viewer: SignedIn, enquiry_id: str, now: datetime
) -> tuple[Enquiry, Search, bool] | None:
    """Return an enquiry that was sent, where staff stand, and whether this viewer may read it; None: there is none."""
    try:
        whole = await store.load(connection, enquiry_id)
    except EnquiryGoneError:
        return None
    if whole.filed_at is None:  # what is being written is the family's own
        return None
    standing = await search_store.load(connection, enquiry_id)
    return whole, standing, await enquiry_board.may_read(connection, whole, standing, viewer, now)


async def do(
    request: Request,
    enquiries: Enquiries,
    viewer: SignedIn,
    enquiry_id: str,
    action: str,
    deed: Deed,
    *,
    back: str = "",
    needs_work: bool = True,
    **facts: Fact,
) -> Response:
    """Do a deed in one transaction, audited, and say what came of it; what the rules refuse is undone and said.

    `deed` returns the code of what is said. `back`: where to go then; else the enquiry.
    """
    now = enquiries.now
    try:
        async with enquiries.console.database.write() as connection:
            found = await find(connection, viewer, enquiry_id, now)
            if found is None:
                raise EnquiryGoneError("there is no such enquiry")
            whole, standing, _ = found
            if needs_work and not await enquiry_board.may_work(connection, whole, standing, viewer, now):
                raise NotTheirsError("not theirs")
            code = await deed(connection, whole, standing, now)
            await record(enquiries, connection, viewer, action, enquiry_id, **facts)
    except REFUSED as refused:
        code, back = code_of(refused), ""
    except SealBrokenError:
        code = EnquiryGoneError.code  # erased meanwhile
    path = "/enquiries" if code == EnquiryGoneError.code else back or f"/enquiries/{enquiry_id}"
    return go_to(request, path, notice=f"enquiries.notice.{code}")


def code_of(refused: ThangdeeError) -> str:
    """Return what is said of a refusal; of a locked search what is missing."""
    return f"locked_{refused.reason}" if isinstance(refused, SearchLockedError) else refused.code


async def record(
    enquiries: Enquiries, connection: AsyncConnection, viewer: SignedIn, action: str, enquiry_id: str, **facts: Fact
) -> None:
    """Audit a deed or a look (R31)."""
    keyring, now = enquiries.console.vault.keyring, enquiries.now
    await audit.record(connection, keyring, actor=viewer.staff_id, action=action, subject=enquiry_id, now=now, **facts)


def is_supervisor(viewer: SignedIn) -> bool:
    """Tell whether they lead."""
    return Permission.SEE_TEAM in viewer.permissions


def says(language: str, kind: str, code: str | None) -> str:
    """Return the words for a code of ours, the code where it has none."""
    key = f"enquiries.{kind}.{code}"
    return words.text(key, language) if words.has(key) else str(code or "")
