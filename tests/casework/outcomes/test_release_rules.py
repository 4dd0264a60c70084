"""Release: every combination, ten thousand random approval sequences, and the faults that an observer must find (R16)."""

import importlib.util
import itertools
import random
import secrets
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest

from tests.casework.outcomes.release_lives import (
    HOUR,
    MINUTE,
    START,
    a_decision,
    a_life,
    a_release,
    an_approval,
    live,
)
from thangdee.casework.outcomes import release_rules
from thangdee.casework.outcomes.model import ReleaseState, ToldHow, Wish

LIVES, DEEDS = 10_000, 24
FAULTS_SHOW_WITHIN = 4_000
WISHED = START - HOUR
FIRST, SECOND = an_approval("dao"), an_approval("lek")

# For each part of a release: what it may be, and whether it lets the family be told.
WISHES = {
    (Wish.YES, START - 2 * HOUR, WISHED): True,
    (Wish.YES, START - 4 * HOUR, WISHED): False,  # asked before she was found to be the one
    (Wish.YES, START - 2 * HOUR, START + 2 * HOUR): False,  # after what was approved
    (None, START - 2 * HOUR, None): False,
    (Wish.MESSAGE_ONLY, START - 2 * HOUR, WISHED): False,
    (Wish.NOT_NOW, START - 2 * HOUR, WISHED): False,
    (Wish.NO, START - 2 * HOUR, WISHED): False,
}
CHILD, OTHERS = a_decision("mai"), a_decision("lek")
BEST_INTERESTS = {
    (False, ()): True,
    (True, (CHILD, OTHERS)): True,
    (True, ()): False,
    (True, (CHILD,)): False,
    (True, (CHILD, replace(CHILD, at=START + 2 * MINUTE))): False,  # one person twice
    (True, (a_decision("dao"), OTHERS)): False,  # nobody of child protection
    (True, (CHILD, OTHERS, a_decision("dao", is_yes=False))): False,
    (True, (CHILD, a_decision("lek", WISHED - MINUTE))): False,  # before she was asked
}
APPROVALS = {
    (FIRST, SECOND): True,
    (an_approval("lek"), an_approval("mai"), FIRST): True,
    (): False,
    (FIRST,): False,
    (FIRST, replace(FIRST, session="another", at=START + 2 * HOUR)): False,  # one person twice
    (FIRST, replace(SECOND, session=FIRST.session)): False,
    (SECOND, an_approval("mai")): False,  # no supervisor
    (FIRST, an_approval("noy")): False,  # who asked for it
    (FIRST, replace(SECOND, factor_at=SECOND.at - 5 * MINUTE - timedelta(seconds=1))): False,
    (FIRST, replace(SECOND, factor_at=SECOND.at + MINUTE)): False,
    (FIRST, an_approval("lek", START - MINUTE)): False,  # before it was asked for
    (FIRST, an_approval("lek", START + 72 * HOUR)): False,
}
AROUND = {
    (True, False, START + 100 * HOUR, START - 3 * HOUR): True,
    (False, False, START + 100 * HOUR, START - 3 * HOUR): False,  # the enquiry is over
    (True, True, START + 100 * HOUR, START - 3 * HOUR): False,  # the enquirer is not safe
    (True, False, None, START - 3 * HOUR): False,  # her yes to being looked for is taken back
    (True, False, START + 2 * HOUR, START - 3 * HOUR): False,  # or has lapsed
    (True, False, START + 100 * HOUR, None): False,  # she is not the one
}
TIMES = {START + 3 * HOUR: True, START + 72 * HOUR - MINUTE: True, START + 72 * HOUR: False, START - MINUTE: False}


def test_release_matrix() -> None:
    tried = allowed = 0
    parts = (WISHES, BEST_INTERESTS, APPROVALS, AROUND, TIMES)
    for chosen in itertools.product(*(part.items() for part in parts)):
        (wish, minor, approvals, around, now), is_right = zip(*chosen, strict=True)
        release = a_release(
            wish=wish[0], wish_asked_at=wish[1], wish_at=wish[2], is_minor=minor[0], decisions=minor[1],
            approvals=approvals, is_enquiry_open=around[0], is_enquirer_unsafe=around[1], findable_until=around[2],
            same_since=around[3],
        )  # fmt: skip
        tried, allowed = tried + 1, allowed + all(is_right)
        assert release_rules.may_be_told(release, now) == all(is_right), (release, now)

    assert (tried, allowed) == (7 * 8 * 12 * 6 * 4, 2 * 2 * 2)


@pytest.mark.parametrize("over", [ReleaseState.TOLD, ReleaseState.REFUSED, ReleaseState.LAPSED])
def test_what_is_over_stays_over(over: ReleaseState) -> None:
    release, now = a_release(approvals=(FIRST, SECOND), state=over), START + 3 * HOUR

    assert not release_rules.may_be_told(release, now)
    assert release_rules.settle(release, now) == release
    for step in (
        lambda: release_rules.tell(release, "noy", ToldHow.VOICE, now),
        lambda: release_rules.approve(release, an_approval("keo", now), now),
        lambda: release_rules.refuse(release, "keo", now),
        lambda: release_rules.decide(replace(release, is_minor=True), a_decision("mai", now, is_yes=False), now),
    ):
        with pytest.raises(release_rules.MayNotReleaseError):
            step()


def test_a_guardians_word_has_no_place_in_a_release() -> None:
    """Nothing in a release holds what a relative said: there is nothing by which it could open one (R10)."""
    fields = set(a_release().__dict__)

    assert not {one for one in fields if "guardian" in one or "relative" in one or "consent" in one}


def test_no_wrong_release_in_10000_random_approval_sequences() -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    told = children = 0
    states = set()

    for _ in range(LIVES):
        life = a_life(chance=chance)
        live(life, DEEDS)
        told += life.book.told
        children += life.book.told and life.book.minor
        states.add(life.release.state)

    assert told > LIVES / 20  # the lives are worth watching: many were told of, children among them
    assert children > LIVES / 200
    print(told, children)
    assert states == set(ReleaseState)


# what stands there, what a fault would put there
FAULTS = {
    "any wish is a yes": ("if release.wish not in frozenset(allowed) or", "if"),
    "she was asked for somebody else": ("release.same_since <= asked_at <= at", "asked_at <= at"),
    "72 hours are for ever": ("<= now < release.requested_at + RELEASE_LAPSES:", "<= now:"),
    "a closed enquiry goes on": ("if not release.is_enquiry_open:", "if False:"),
    "an enquirer who is not safe": ("if release.is_enquirer_unsafe:", "if False:"),
    "her yes has lapsed": ("release.findable_until is None or now >= release.findable_until", "release.findable_until is None"),
    "her yes was taken back": ("release.findable_until is None or now >=", "release.findable_until is not None and now >="),
    "children like anybody": ("if release.is_minor and not is_in_best_interest", "if False and not is_in_best_interest"),
    "one decides for a child": ("_DECIDERS = 2", "_DECIDERS = 1"),
    "nobody of child protection": (" and any(one.is_child_protection for one in agreed)", ""),
    "a no for a child is not heard": ("if not decision.is_yes:", "if False:"),
    "one approval is enough": ("combinations(valid, 2)", "[(one, one) for one in valid]"),
    "two without a supervisor": ("(one.is_supervisor or other.is_supervisor)", "True"),
    "who asks approves": ("if approval.staff_id == release.requested_by:", "if False:"),
    "any second factor": ("if not is_fresh(approval):", "if False:"),
    "a factor of the future": ("timedelta(0) <= approval.at", "approval.at"),
    "a borrowed session": (" or approval.session == one.session for", " for"),
    "one person twice": ("if any(approval.staff_id == one.staff_id or", "if any("),
    "approved before a child was decided for": ("and not (release.is_minor and any(d.at > one.at for d in release.decisions))", ""),
    "told twice": ("told_how=how)", "told_how=how) if release.told_at else replace(release, told_by=staff_id, told_at=now)"),
    "a no ends nothing": ('return _ended(release, ReleaseState.REFUSED, "refused", staff_id, now)', "return release"),
    "what ended comes back": ("    return _ended(release, state, why, None, now)", "    return release"),
    "told before it may be": ("    if not may_be_told(release, now):", "    if False:"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_the_observer_sees_each_fault_of_the_rules(fault: str, tmp_path: Path) -> None:
    stands, broken = FAULTS[fault]
    words = Path(release_rules.__file__).read_text(encoding="utf-8")
    assert words.count(stands) == 1, "the fault has a place"
    rules = _loaded(tmp_path, words.replace(stands, broken))
    chance = random.Random(1)

    with pytest.raises(AssertionError):
        _live(rules, chance)


def _live(rules: ModuleType, chance: random.Random) -> None:
    for _ in range(FAULTS_SHOW_WITHIN):
        live(a_life(rules, chance=chance), DEEDS)


def _loaded(folder: Path, words: str) -> ModuleType:
    """The rules of this text, as a module of their own."""
    name = f"faulty_release_rules_{secrets.token_hex(4)}"
    (folder / f"{name}.py").write_text(words, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    return made
