"""Random lives of a matter: what may happen in it, chosen by chance; watched by the observer of watching.py."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import thangdee.casework.referrals.gate
import thangdee.casework.referrals.model
import thangdee.casework.referrals.steps
from thangdee.casework.consent import GivenBy

START = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
FIELDS = ("need", "urgency", "age_band", "province", "call_name", "phone", "own_words", "health", "exploitation")
PRIVATE = frozenset({"health", "exploitation", "pregnancy", "immigration"})
# Listing, organisation, kind.
PLACES = (("a", "org-a", "ngo"), ("b", "org-b", "lwu"), ("c", "org-c", None), ("p", "org-p", "police"))
STAFF = (("noy", False), ("lek", False), ("dao", True), ("keo", True))
AGES = (None, "12_17", "18_59")
SEES = frozenset({"offered", "accepted", "contacted", "helped"})


@dataclass(frozen=True)
class Rules:
    """The modules under trial: ours, or copies with a fault in them."""

    model: ModuleType = thangdee.casework.referrals.model
    gate: ModuleType = thangdee.casework.referrals.gate
    steps: ModuleType = thangdee.casework.referrals.steps


@dataclass
class Yes:
    """A line of the observer's book."""

    listing: str
    shown: dict[str, Any]
    at: datetime
    counts: bool
    is_over: bool = False


@dataclass(frozen=True)
class Deed:
    """What somebody does. `what` is a name, the rest is with whom and how."""

    what: str
    listings: tuple[str, ...] = ()
    how: str | None = None
    said_by: str = "person"
    version: int = 0
    staff: tuple[str, bool] = STAFF[0]
    is_yes: bool = True
    after: timedelta = timedelta(0)


@dataclass
class Life:
    """One matter's life so far: the clock, her answers, and the book."""

    rules: Rules
    chance: random.Random
    matter: Any
    now: datetime = START
    answers: dict[str, Any] = field(default_factory=dict)
    struck: set[str] = field(default_factory=set)
    own_yes: set[str] = field(default_factory=set)
    book: list[Yes] = field(default_factory=list)
    age: str | None = None
    for_other: bool = False
    decided: dict[tuple[str, str], tuple[bool, bool, datetime]] = field(default_factory=dict)
    is_over: bool = False
    clocks: set[tuple[str, str, datetime]] = field(default_factory=set)
    called: bool = False
    disclosed: int = 0
    number: int = 0

    def shown(self) -> dict[str, Any]:
        """What her summary says now."""
        return {
            name: value
            for name, value in self.answers.items()
            if name not in self.struck and (name not in PRIVATE or name in self.own_yes)
        }

    def state_of(self, listing: str) -> list[str]:
        return [one.state.value for one in self.matter.referrals if one.receiver.listing_id == listing]

    def works(self, listing: str) -> bool:
        return any(state in SEES for state in self.state_of(listing))


def a_life(rules: Rules, chance: random.Random) -> Life:
    """A new matter with some answers."""
    age, other = chance.choice((None, "12_17", "18_59", "18_59", "18_59")), chance.random() < 0.06
    m = rules.model
    begun = m.Matter(
        id="m", code="C", chat_id="c", state=m.MatterState.DRAFT, speed=chance.choice(list(m.Speed)),
        created_at=START, changed_at=START, is_for_other=other, age_band=age,
    )  # fmt: skip
    life = Life(rules, chance, begun, age=age, for_other=other)
    for name in FIELDS:
        if chance.random() < 0.7:
            answer(life, name)
    return life


def answer(life: Life, name: str) -> None:
    """She answers, or answers anew: the own yes to the old words is none to the new."""
    life.number += 1
    value = {"text": f"{name} {life.number}"}
    life.answers[name] = value | ({"tell_no_family": True} if name in PRIVATE else {})
    life.struck.discard(name)
    life.own_yes.discard(name)
    if name in PRIVATE and life.chance.random() < 0.5:
        life.own_yes.add(name)


def a_deed(life: Life) -> Deed:
    """Choose what happens next; not only what is allowed."""
    chance = life.chance
    current = life.matter.current
    if current is not None and chance.random() < 0.5:
        what = chance.choice(
            ("accept", "accept", "decline", "expire", "contact", "try_again", "give_back", "help_", "close_referral")
        )
        how = chance.choice(("full", "did_not_want")) if what == "give_back" else "full"
        return Deed(what, (current.receiver.listing_id,), how=how, after=timedelta(hours=chance.randint(-1, 800)))
    if life.matter.referrals and life.matter.referrals[-1].state.value == "closed" and chance.random() < 0.6:
        return Deed(chance.choice(("call_staff", "call_staff", "decide")), (PLACES[0][0],))
    return _any_deed(life)


def _any_deed(life: Life) -> Deed:
    chance = life.chance
    what = "decide" if life.age != "18_59" and chance.random() < 0.4 else chance.choice(_OTHERS)
    places = tuple(one[0] for one in chance.sample(PLACES, chance.randint(1, 3)))
    if what == "yes":
        said_by = chance.choice(("person",) * 8 + ("helper", "guardian", "staff"))
        return Deed(what, places, said_by=said_by, version=-(chance.random() < 0.05))
    if what == "decide":
        about = life.book[-1].listing if life.book and chance.random() < 0.7 else places[0]
        return Deed(what, (about,), staff=chance.choice(STAFF), is_yes=chance.random() < 0.8)
    if what == "wait":
        return Deed(what, after=chance.choice(_WAITS))
    if what == "learn_age":
        return Deed(what, how=chance.choice(AGES))
    return Deed(what, places[:1], how=chance.choice(FIELDS))


_OTHERS = (
    *("yes",) * 4, *("decide",) * 4, *("wait",) * 4, "change", "change", "choose_for_me", "learn_age", "withdraw_one",
    "withdraw", "lapse", "call_staff", "take_on", "close", "expire_old", "late_answer",
)  # fmt: skip
_WAITS = (timedelta(minutes=1), timedelta(hours=2), timedelta(days=2), timedelta(days=40), timedelta(days=95))


def step_of(life: Life, deed: Deed) -> Callable[[Any], tuple[Any, tuple[Any, ...]]] | None:
    """Return the step of the rules by which this is done; None for a yes and for what touches no matter."""
    steps, m, now = life.rules.steps, life.rules.model, life.now
    ids = [one.id for one in life.matter.referrals if one.receiver.listing_id in deed.listings]
    asked = ids[-1] if ids else "none"
    if deed.what == "decide":
        life.number += 1
        made = m.BestInterest(f"d{life.number}", *deed.staff, deed.listings[0], deed.is_yes, now)
        return lambda one: steps.decide(one, made, now)
    plain = {
        "choose_for_me": lambda one: steps.submit(one, (), now),
        "learn_age": lambda one: steps.learn_age(one, deed.how, now),
        "withdraw": lambda one: steps.withdraw(one, now),
        "withdraw_one": lambda one: steps.withdraw(one, now, listing_id=deed.listings[0]),
        "lapse": lambda one: steps.lapse(one, now),
        "call_staff": lambda one: steps.call_staff(one, "question", now),
        "take_on": lambda one: steps.take_on(one, "noy", now),
        "close": lambda one: steps.close(one, now),
    }
    if deed.what in plain:
        return plain[deed.what]
    if not ids:
        return None
    return {
        "accept": lambda one: steps.accept(one, asked, now + deed.after, now),
        "decline": lambda one: steps.decline(one, asked, "full", now),
        "expire": lambda one: steps.expire(one, asked, now),
        "expire_old": lambda one: steps.expire(one, asked, now),
        "late_answer": lambda one: steps.accept(one, asked, now + timedelta(hours=1), now),
        "contact": lambda one: steps.contact(one, asked, now),
        "try_again": lambda one: steps.try_again(one, asked, now + deed.after, now),
        "give_back": lambda one: steps.give_back(one, asked, deed.how, now),
        "help_": lambda one: steps.help_(one, asked, now),
        "close_referral": lambda one: steps.close_referral(one, asked, "done", now),
    }.get(deed.what)


def change_answers(life: Life, deed: Deed) -> None:
    """She changes her answers, before or after the yes."""
    name = str(deed.how)
    if name in life.answers and life.chance.random() < 0.5:
        life.struck ^= {name}
    else:
        answer(life, name)


def consents(life: Life, deed: Deed) -> list[Any]:
    """What a yes to the summary of now is to the rules."""
    kinds = {listing: (organisation, kind) for listing, organisation, kind in PLACES}
    return [_consent(life, deed, rank, one, *kinds[one]) for rank, one in enumerate(deed.listings)]


def _consent(life: Life, deed: Deed, rank: int, listing: str, organisation: str, kind: str | None) -> Any:
    life.number += 1
    m, shown = life.rules.model, life.shown()
    return m.ReferralConsent(
        id=f"y{life.number}", receiver=m.Receiver(listing, organisation, kind, "LA"), rank=rank,
        fields=frozenset(map(m.Field, life.answers)) - frozenset(map(m.Field, life.struck)),
        own_yes=frozenset(m.Field(name) for name in shown if name in PRIVATE),
        shown_hash=repr(sorted(shown.items())), language="lo", given_by=GivenBy.TAPPED,
        said_by=m.Said(deed.said_by), at=life.now, version=m.REFERRAL_CONSENT_VERSION + deed.version,
    )  # fmt: skip
