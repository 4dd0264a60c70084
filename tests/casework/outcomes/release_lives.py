"""Random lives of a release, and an observer who keeps books of her own and never asks the rules what is right (R16)."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import thangdee.casework.outcomes.release_rules
from thangdee.casework.outcomes.model import Approval, BestInterest, Release, ReleaseState, ToldHow, Wish

START = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# Who of staff: a supervisor? of child protection?
STAFF = {"noy": (False, False), "lek": (False, False), "dao": (True, False), "keo": (True, False), "mai": (False, True)}
ENDED = {"refused", "lapsed", "told"}


def a_release(**changed: Any) -> Release:
    """Asked for by Noy an hour after a grown woman said yes."""
    asked = Release(
        id="r", enquiry_id="e", resident_id="s", requested_by="noy", requested_at=START, state=ReleaseState.ASKED,
        wish=Wish.YES, wish_at=START - HOUR, is_minor=False, wish_asked_at=START - 2 * HOUR,
        same_since=START - 3 * HOUR, findable_until=START + 50 * 24 * HOUR, is_enquiry_open=True,
        is_enquirer_unsafe=False,
    )  # fmt: skip
    return replace(asked, **changed)


def an_approval(staff: str, at: datetime = START + HOUR, **changed: Any) -> Approval:
    """One approver's yes with a fresh factor, in a session of their own."""
    made = Approval(staff, f"session of {staff}", STAFF[staff][0], at - MINUTE, at)
    return replace(made, **changed)


def a_decision(staff: str, at: datetime = START + MINUTE, *, is_yes: bool = True) -> BestInterest:
    """What one of staff decides for a child."""
    return BestInterest(staff, STAFF[staff][1], is_yes, at)


@dataclass
class Book:
    """What the observer wrote down herself."""

    minor: bool
    is_over: bool = False
    since_same: datetime | None = START - 3 * HOUR
    asked: datetime = START - 2 * HOUR
    answered: datetime = START - HOUR
    wish: str = "yes"
    findable_until: datetime | None = START + 50 * 24 * HOUR
    decided: list[tuple[str, bool, datetime]] = field(default_factory=list)
    approved: dict[str, tuple[str, bool, datetime]] = field(default_factory=dict)
    told: int = 0

    def look(self, now: datetime) -> None:
        """See what has ended it by now."""
        in_order = self.since_same is not None and self.since_same <= self.asked <= self.answered
        stays = now < START + 72 * HOUR and self.findable_until is not None and now < self.findable_until
        if not (in_order and stays and self.wish == "yes"):
            self.is_over = True

    def is_good_for_her(self) -> bool:
        if not self.minor:
            return True
        people = {who for who, _, at in self.decided if at >= self.answered}
        protects = any(is_protection for _, is_protection, at in self.decided if at >= self.answered)
        return len(people) > 1 and protects

    def may_tell(self) -> bool:
        since = max([self.answered, *([at for _, _, at in self.decided] if self.minor else [])])
        count = [(who, sup) for who, (_, sup, at) in self.approved.items() if at >= since]
        return not self.is_over and self.is_good_for_her() and len(count) > 1 and any(sup for _, sup in count)


@dataclass
class Life:
    """One release so far: as the rules see it, and the book."""

    rules: ModuleType
    chance: random.Random
    release: Release
    book: Book
    now: datetime = START
    deeds: list[str] = field(default_factory=list)


def a_life(rules: ModuleType = thangdee.casework.outcomes.release_rules, *, chance: random.Random) -> Life:
    """A release that was just asked for."""
    minor = chance.random() < 0.4
    return Life(rules, chance, rules.begin(a_release(is_minor=minor), START), Book(minor))


def live(life: Life, deeds: int) -> None:
    """Let so many things happen; after each, compare what the rules let through with the book."""
    for _ in range(deeds):
        life.now += life.chance.choice(
            (MINUTE, MINUTE, 3 * MINUTE, HOUR, 30 * HOUR if life.chance.random() < 0.2 else HOUR)
        )
        life.release = life.rules.settle(life.release, life.now)  # as the sweep does each minute
        life.book.look(life.now)
        deed = life.chance.choice(_LIKELY)
        life.deeds.append(f"{life.now} {deed.__name__}")
        deed(life)
        life.release = life.rules.settle(life.release, life.now)
        life.book.look(life.now)
        watch(life)


def watch(life: Life) -> None:
    """Nobody is told by the rules without the book, nor withheld against it."""
    says, expected = life.rules.may_be_told(life.release, life.now), life.book.may_tell()
    assert says == expected, f"rules {says}, book {expected}: {life.release}"
    is_over = life.release.state.value in ENDED
    assert is_over == life.book.is_over, f"{life.release.state} {life.release.ended_why} {life.book}"
    assert (life.release.state is ReleaseState.APPROVED) == expected
    assert (life.release.state is ReleaseState.TOLD) == (life.book.told == 1)


def _try(life: Life, step: Callable[[Any], Any]) -> bool:
    """Take a step; what is refused changes nothing."""
    try:
        life.release = step(life.release)
    except (
        life.rules.MayNotReleaseError, life.rules.OwnReleaseError, life.rules.ApprovedAlreadyError,
        life.rules.StaleFactorError,
    ):  # fmt: skip
        return False
    return True


def approve(life: Life) -> None:
    """Somebody presses the button: the requester, a stale factor, a borrowed session, twice: all of it happens."""
    chance, book, now = life.chance, life.book, life.now
    who = chance.choice((*STAFF, "dao", "keo", "lek"))
    age = chance.choice((0, 0, 1, 2, 5, 5, 6, -1)) * MINUTE + chance.choice((0, 0, 1)) * timedelta(seconds=1)
    session = f"session of {who if chance.random() < 0.85 else chance.choice(list(STAFF))}"
    is_right = not book.is_over and book.is_good_for_her() and not book.may_tell()
    is_right = is_right and who != "noy" and timedelta(0) <= age <= timedelta(seconds=300)
    is_right = is_right and who not in book.approved and session not in {one for one, _, _ in book.approved.values()}
    given = Approval(who, session, STAFF[who][0], now - age, now)
    taken = _try(life, lambda one: life.rules.approve(one, given, now))
    assert taken == is_right, f"approve {who} {age} {session}: {taken}, not {is_right}"
    if is_right:
        book.approved[who] = (session, STAFF[who][0], now)


def decide(life: Life) -> None:
    """Somebody decides for a child."""
    book, who, is_yes = life.book, life.chance.choice(list(STAFF)), life.chance.random() < 0.9
    is_right = book.minor and not book.is_over and (not is_yes or not book.is_good_for_her())
    made = BestInterest(who, STAFF[who][1], is_yes, life.now)
    taken = _try(life, lambda one: life.rules.decide(one, made, life.now))
    assert taken == is_right, f"decide {who} {is_yes}: {taken}, not {is_right}"
    if is_right and is_yes:
        book.decided.append((who, STAFF[who][1], life.now))
    book.is_over = book.is_over or (is_right and not is_yes)


def refuse(life: Life) -> None:
    """Somebody says no."""
    if life.chance.random() < 0.8:
        return
    taken = _try(life, lambda one: life.rules.refuse(one, "lek", life.now))
    assert taken == (not life.book.is_over)
    life.book.is_over = True


def tell(life: Life) -> None:
    """Somebody calls the family, or says so."""
    is_right = life.book.may_tell()
    how = life.chance.choice(list(ToldHow))
    taken = _try(life, lambda one: life.rules.tell(one, "noy", how, life.now))
    assert taken == is_right, f"told: {taken}, not {is_right}"
    if taken:
        life.book.told += 1
        life.book.is_over = True


def change_wish(life: Life) -> None:
    """She is asked again, and says something, or has not answered yet."""
    said = life.chance.choice((None, Wish.YES, Wish.YES, Wish.NO, Wish.NOT_NOW, Wish.MESSAGE_ONLY))
    at = life.now if said else None
    life.release = replace(life.release, wish=said, wish_asked_at=life.now, wish_at=at)
    life.book.wish, life.book.asked, life.book.answered = (said or "none"), life.now, life.now


def judge_again(life: Life) -> None:
    """A tracer finds that she is another, or, anew, the same: she was asked for somebody else then."""
    same = life.chance.choice((None, life.now))
    life.release, life.book.since_same = replace(life.release, same_since=same), same


def learn_age(life: Life) -> None:
    """Her age turns out to be another."""
    minor = life.chance.random() < 0.5
    life.release, life.book.minor = replace(life.release, is_minor=minor), minor


def resident_goes(life: Life) -> None:
    """She takes back her yes to being looked for, or it is about to lapse."""
    until = life.chance.choice((None, life.now + HOUR))
    life.release, life.book.findable_until = replace(life.release, findable_until=until), until


def enquiry_ends(life: Life) -> None:
    """The family closes or deletes it, or staff do; or the enquirer turns out not to be safe."""
    changed = life.chance.choice(({"is_enquiry_open": False}, {"is_enquirer_unsafe": True}))
    life.release = replace(life.release, **changed)
    life.book.is_over = True


_LIKELY = (
    *(approve,) * 12, *(decide,) * 6, *(tell,) * 6, refuse, learn_age, change_wish, judge_again, resident_goes,
    enquiry_ends,
)  # fmt: skip
