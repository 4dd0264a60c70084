"""Complaints as rules: from whom one is hidden, what may follow what (issue 6, point 8).

    draft ──made──► new ──take──► looked_into ──answer──► answered ──close──► closed
                     ▲                │
                     └───shut out─────┘  (who looks into it turns out to be part of it)

Whoever a complaint is about must neither read it nor learn that there is one. Who is meant is never guessed kindly:
where it is about one of us, everybody who ever had to do with that chat counts as meant.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from thangdee.core.errors import ThangdeeError

# A promise of ours, no law: by then the person hears, even if we are still looking.
ANSWER_WITHIN = timedelta(days=7)


class About(StrEnum):
    """About whom it is."""

    PROVIDER = "provider"
    AUTHORITY = "authority"
    HOTLINE = "hotline"
    STAFF = "staff"


class State(StrEnum):
    """Where it stands; the drawing is above."""

    DRAFT = "draft"
    NEW = "new"
    LOOKED_INTO = "looked_into"
    ANSWERED = "answered"
    CLOSED = "closed"


class HearsBy(StrEnum):
    """How the person wants to hear the answer."""

    CHAT = "chat"
    PHONE = "phone"
    NONE = "none"


ABOUT_US = frozenset({About.HOTLINE, About.STAFF})
WAITS = frozenset({State.NEW, State.LOOKED_INTO})


class ComplaintGoneError(ThangdeeError):
    """There is no such complaint, or none for this viewer: both sound the same."""

    code = "complaint_gone"


class ComplaintStepError(ThangdeeError):
    """It stands where this cannot be done; `why` is a code."""

    code = "complaint_step"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Hidden:
    """From whom a complaint is hidden. `talks_there`: who holds or shares its chat now."""

    about: About
    organisation_id: str | None
    owner: str | None
    shut_out: frozenset[str]
    talks_there: frozenset[str]


@dataclass(frozen=True)
class Reader:
    """Who would read it. `organisations`: for which receivers this person works, too."""

    staff_id: str
    organisations: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Complaint:
    """One complaint without its words."""

    id: str
    code: str
    chat_id: str
    about: About
    state: State
    created_at: datetime
    organisation_id: str | None = None
    may_tell: bool = False
    hears_by: HearsBy = HearsBy.CHAT
    due_at: datetime | None = None
    owner: str | None = None
    answered_at: datetime | None = None
    answered_how: str | None = None
    heard_at: datetime | None = None
    closed_at: datetime | None = None

    def is_late(self, now: datetime) -> bool:
        """Tell whether the person should have heard by now."""
        return self.state in WAITS and self.due_at is not None and self.due_at < now


def may_know(hidden: Hidden, who: Reader) -> bool:
    """Tell whether somebody may know that there is this complaint; who may know may handle it."""
    if who.staff_id in hidden.shut_out:
        return False
    if hidden.about in ABOUT_US:
        # Who looks into it may come to talk with the person about it.
        return who.staff_id == hidden.owner or who.staff_id not in hidden.talks_there
    if hidden.organisation_id is None:  # nobody knows which: then whoever works for any does not read it
        return not who.organisations
    return hidden.organisation_id not in who.organisations


def check_take(one: Complaint) -> None:
    """Refuse to take what is answered. Raises ComplaintStepError."""
    if one.state not in WAITS:
        raise ComplaintStepError("answered_already")


def check_answer(one: Complaint, staff_id: str) -> None:
    """Refuse an answer by who does not look into it. Raises ComplaintStepError."""
    if one.state is not State.LOOKED_INTO or one.owner != staff_id:
        raise ComplaintStepError("not_yours")


def check_close(one: Complaint) -> None:
    """Refuse to close before the person heard. Raises ComplaintStepError."""
    if one.state is not State.ANSWERED:
        raise ComplaintStepError("not_answered")
    if one.answered_how == HearsBy.CHAT and one.heard_at is None:
        raise ComplaintStepError("not_heard")
