"""A family's enquiry: what they may tell, and the three things that they ever see of it (R13).

    draft ──file──► open ──they close it──► closed
                     └──day 30──► expired

Nothing here depends on what staff find or do: no process that writes to a chat can know it (R12, R14).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# When the fixed texts come, counted from the filing alone (R14); the last one ends what the enquirer sees.
TEXT_DAYS = (3, 14, 30)
# After this an enquiry is gone, whatever came of it (R25).
KEPT = timedelta(days=180)
_MOST_OPEN, _MOST_IN_30_DAYS = 1, 3
_THIRTY_DAYS = timedelta(days=30)


class State(StrEnum):
    """Where an enquiry stands for who made it: received, closed by them, expired (R13)."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    EXPIRED = "expired"


class Field(StrEnum):
    """What a family may tell; each may be left out. The order is the order of asking, nicknames first."""

    NICKNAME = "nickname"
    FULL_NAME = "full_name"
    SEX = "sex"
    AGE = "age"
    VILLAGE = "village"
    OLD_VILLAGE = "old_village"
    PLACE = "place"
    LEFT_WHEN = "left_when"
    LEFT_HOW = "left_how"
    WORK = "work"
    LAST_CONTACT = "last_contact"
    CALLED_FROM = "called_from"
    COMPANIONS = "companions"
    LANGUAGES = "languages"
    MARKS = "marks"
    OWN_WORDS = "own_words"
    # Of who writes, not of whom they look for.
    RELATION = "relation"
    REACH_BY = "reach_by"
    PHONE = "phone"
    REACH_HOURS = "reach_hours"
    PHONE_SEEN = "phone_seen"


# About who writes; the rest is about the person who is looked for.
OF_ENQUIRER = frozenset({Field.RELATION, Field.REACH_BY, Field.PHONE, Field.REACH_HOURS, Field.PHONE_SEEN})


class Flag(StrEnum):
    """What staff should look at in how somebody asks. The bot answers all of them alike (R14)."""

    AUTHORITY = "authority"  # says to be police, an embassy, an official
    THREAT = "threat"
    OFFER = "offer"  # offers money or a favour for news
    PLEADING = "pleading"
    INJECTION = "injection"  # tries to give orders to the machine
    FINDER = "finder"  # somebody asks them for money for news
    WITHDRAWAL = "withdrawal"  # somebody asks them to withdraw a complaint
    CHILD_WRITES = "child_writes"
    OVER_QUOTA = "over_quota"


@dataclass(frozen=True)
class Enquiry:
    """One enquiry. `code`: the random number that the family is given; it counts nothing.

    `texts_at`: when the three fixed texts come, fixed at filing. `is_over_quota`: only staff see it (R20).
    `passed`: names of the form's questions that were left out.
    """

    id: str
    code: str
    chat_id: str
    state: State
    language: str
    created_at: datetime
    filed_at: datetime | None = None
    closed_at: datetime | None = None
    texts_at: tuple[datetime, ...] = ()
    is_over_quota: bool = False
    passed: tuple[str, ...] = ()

    @property
    def lapses_at(self) -> datetime | None:
        """When it is gone for staff, too; None while it is being written."""
        return None if self.filed_at is None else self.filed_at + KEPT


def visible_state(one: Enquiry, now: datetime) -> State:
    """Return what its maker sees: from the filing and the clock alone (R13, R14)."""
    if one.state is State.OPEN and one.texts_at and now >= one.texts_at[-1]:
        return State.EXPIRED
    return one.state


def is_over_quota(earlier: Sequence[Enquiry], now: datetime) -> bool:
    """Tell whether one more is too many: one open, three in 30 days (R20). The chat shows no difference."""
    filed = [one for one in earlier if one.filed_at is not None]
    still_open = [one for one in filed if visible_state(one, now) is State.OPEN]
    recent = [one for one in filed if one.filed_at and one.filed_at > now - _THIRTY_DAYS]
    return len(still_open) >= _MOST_OPEN or len(recent) >= _MOST_IN_30_DAYS
