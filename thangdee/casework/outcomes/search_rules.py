"""When a search opens and what may follow what: pure rules (R15).

    new ─take─► vetting ─all looked at─► proof ─open_search─► searching ─► asking_her ─► releasing ─► told
      any of them ─close─► closed

A search is open while its proof holds, not once and for ever: an item that turns out bad locks it again, and so does
time. What stands here is staff's alone; no step of it changes the enquiry that the family sees (R13, R14).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from thangdee.casework.outcomes.model import PROOF_ITEMS, ProofKind, Stage, VettingItem
from thangdee.casework.referrals.clocks import answer_due
from thangdee.casework.referrals.model import Speed

# What somebody said three months ago may be somebody else's words today.
PROOF_HOLDS = timedelta(days=90)
# Others than who asks say so.
THIRD_PARTY = frozenset({ProofKind.VILLAGE_CONFIRMS, ProofKind.OTHER_RELATIVE, ProofKind.OFFICIAL_CONFIRMS})
# While one of these is bad no search opens; the two others may be unknown to the most honest of families.
MUST_BE_GOOD = frozenset(
    {
        VettingItem.RELATION_PLAUSIBLE, VettingItem.NOT_FLAGGED, VettingItem.NO_MONEY, VettingItem.NOT_UNDER_PRESSURE,
    }
)  # fmt: skip
# How an enquiry ends for staff. "nobody": whoever is looked for is in none of the shelters that told us.
CLOSED_WHY = ("nobody", "told", "not_wished", "not_proved", "not_reached", "twice", "family_closed", "other")

_FOLLOW: dict[Stage, frozenset[Stage]] = {
    Stage.NEW: frozenset({Stage.VETTING}),
    Stage.VETTING: frozenset({Stage.PROOF}),
    Stage.PROOF: frozenset({Stage.SEARCHING}),
    Stage.SEARCHING: frozenset({Stage.ASKING_HER}),
    Stage.ASKING_HER: frozenset({Stage.SEARCHING, Stage.RELEASING}),
    Stage.RELEASING: frozenset({Stage.SEARCHING, Stage.ASKING_HER, Stage.TOLD}),
    Stage.TOLD: frozenset(),
    Stage.CLOSED: frozenset(),
}
# In these somebody may look at candidates.
_OPENED = frozenset({Stage.SEARCHING, Stage.ASKING_HER, Stage.RELEASING, Stage.TOLD})
# By when the next step is due, in working days of Laos.
_DAYS = {
    Stage.NEW: 1, Stage.VETTING: 1, Stage.PROOF: 3, Stage.SEARCHING: 3, Stage.ASKING_HER: 5, Stage.RELEASING: 2,
    Stage.TOLD: 1,
}  # fmt: skip


class Heard(StrEnum):
    """How an item of proof came to us."""

    VOICE = "voice"
    IN_PERSON = "in_person"
    WRITTEN = "written"


@dataclass(frozen=True)
class Proof:
    """One item of the proof-of-relationship talk. `set_aside_by`: the supervisor who says that a bad one is none."""

    kind: ProofKind
    is_good: bool
    how: Heard
    staff_id: str
    at: datetime
    set_aside_by: str | None = None
    id: str = ""

    @property
    def blocks(self) -> bool:
        """Whether it speaks against the relationship and no supervisor has said otherwise."""
        return not self.is_good and self.set_aside_by is None

    @property
    def is_firm(self) -> bool:
        """Whether it was heard, or comes from a third party: words in a chat alone can be anybody's."""
        return self.how is not Heard.WRITTEN or self.kind in THIRD_PARTY


@dataclass(frozen=True)
class Vetted:
    """One item of the vetting list."""

    item: VettingItem
    is_good: bool
    staff_id: str
    at: datetime


def is_open_to_search(proofs: Iterable[Proof], now: datetime) -> bool:
    """Tell whether the proof lets a search open (R15).

    Three good items of three kinds, each heard within 90 days, one of them at least by voice, in person or from a third
    party; no bad one that stands.
    """
    return why_unproved(proofs, now) is None


def why_unproved(proofs: Iterable[Proof], now: datetime) -> str | None:
    """Return what the proof lacks, None if nothing: `bad_proof`, `too_few`, `only_written`."""
    heard = tuple(proofs)
    if any(one.blocks for one in heard):
        return "bad_proof"
    counting = [one for one in heard if one.is_good and now - PROOF_HOLDS < one.at <= now]
    if len({one.kind for one in counting}) < PROOF_ITEMS:
        return "too_few"
    return None if any(one.is_firm for one in counting) else "only_written"


def why_locked(vetted: Iterable[Vetted], proofs: Iterable[Proof], now: datetime) -> str | None:
    """Return why no search may be open now, None if it may: `not_vetted`, `bad_vetting`, or what the proof lacks."""
    looked_at = {one.item: one.is_good for one in vetted}
    if looked_at.keys() != set(VettingItem):
        return "not_vetted"
    if not all(looked_at[item] for item in MUST_BE_GOOD):
        return "bad_vetting"
    return why_unproved(proofs, now)


def may_follow(stage: Stage, to: Stage) -> bool:
    """Tell whether one stage may follow another; the end may follow all but itself."""
    return to in _FOLLOW[stage] or (to is Stage.CLOSED and stage is not Stage.CLOSED)


def is_opened(stage: Stage) -> bool:
    """Tell whether the search was opened, and has not ended."""
    return stage in _OPENED


def due_for(stage: Stage, now: datetime) -> datetime | None:
    """Return by when the next step is due: so many working days from now; None where nothing is left to do."""
    if stage not in _DAYS:
        return None
    due = now
    for _ in range(_DAYS[stage]):
        due = answer_due(due, Speed.ORDINARY, "LA")
    return due
