"""Ten thousand random lives of a matter, watched by somebody who keeps books of her own (R2, R4, R7, R9, R41-R43)."""

import importlib
import random
import secrets
import sys
from pathlib import Path

import pytest

from tests.casework.referrals.lives import Rules, a_life
from tests.casework.referrals.watching import live
from thangdee.casework import referrals

LIVES, DEEDS = 10_000, 18
FAULTS_SHOW_WITHIN = 3_000


def test_no_disclosure_without_a_live_yes_and_nobody_left_alone_in_10000_lives() -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    chance, rules = random.Random(seed), Rules()
    disclosed, states = 0, set()

    for _ in range(LIVES):
        life = a_life(rules, chance)
        live(life, DEEDS)
        disclosed += life.disclosed
        states |= {one.state for one in life.matter.referrals} | {life.matter.state}

    assert disclosed > LIVES  # the lives are worth watching: much was told, and every state was reached
    assert states == {*rules.model.ReferralState, *rules.model.MatterState}


# file, what stands there, what a fault would put there
FAULTS = {
    "a yes that was taken back counts": ("model", "self.withdrawn_at is None and", "True and"),
    "a yes lasts for ever": ("model", "< self.at + CONSENT_LASTS", "< self.at + CONSENT_LASTS * 100"),
    "anybody's yes counts": ("model", "self.said_by is Said.PERSON and", "True and"),
    "a yes to old words counts": ("model", "self.version == REFERRAL_CONSENT_VERSION", "True"),
    "unknown age is grown": ("model", "self.age_band not in ADULTS", 'self.age_band in ("under_12", "12_17")'),
    "police like anybody": ("gate", "consent.receiver.kind == POLICE", "False"),
    "a helper's matter goes out": ("gate", "if matter.is_for_other:", "if False:"),
    "children like anybody": ("gate", "if matter.may_be_minor and", "if False and"),
    "one decides for a child": ("gate", "_DECIDERS = 2", "_DECIDERS = 1"),
    "nobody of child protection": ("gate", " and any(one.is_child_protection for one in agreed)", ""),
    "what was decided before the yes counts": ("gate", "one.is_yes and one.at >= consent.at]", "one.is_yes]"),
    "a no does not count": ("gate", "is_enough and all(one.is_yes for one in latest.values())", "is_enough"),
    "all before accepting": ("gate", "else agreed & OUTLINE", "else agreed"),
    "no yes of its own": ("gate", "one not in SENSITIVE or one in consent.own_yes", "True"),
    "whoever declined still sees": ("gate", "if referral.state not in OPEN:", "if False:"),
    "an old yes beside a new one": ("steps", "kept = _replaced(matter, given, now)", "kept = matter.consents"),
    "help by one, and the next is told": ("steps", "settle(_spent(helped, now), now", "settle(helped, now"),
    "she did not want, and the next is told": ("steps", "settle(_spent(back, now), now", "settle(back, now"),
    "grown, and all opens": ("steps", "_spent(learned, now) if is_grown else learned", "learned"),
    "taking back one takes nothing": ("steps", "if listing_id in (None, one", "if listing_id is None and (None, one"),
    "a shut gate ends nothing": ("steps", "if one.state in OPEN and gate.why_not", "if False and gate.why_not"),
    "nobody hears of the end": ("steps", 'return tuple(Effect("notify_ended"', 'return () and tuple(Effect("x"'),
    "nobody calls staff": ("steps", 'Effect("call_staff", {"reason": why})', 'Effect("x", {"reason": why})'),

    "no clock for an answer": ("steps", 'Effect("answer_due", about, due)', 'Effect("x", about, due)'),
    "no clock for a promise": ("steps", 'Effect("contact_due", {"referral": referral_id}, contact_by)\n    return stepped', 'Effect("x", {}, now)\n    return stepped'),
    "two at once": ("steps", "    if current is not None:\n        is_helped", "    if current is None and False:\n        is_helped"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_the_observer_sees_each_fault(fault: str, tmp_path: Path) -> None:
    name, stands, broken = FAULTS[fault]
    chance = random.Random(1)
    rules = _with_fault(tmp_path, name, stands, broken)

    with pytest.raises(AssertionError):
        _live(rules, chance, FAULTS_SHOW_WITHIN)


def _live(rules: Rules, chance: random.Random, lives: int) -> None:
    for _ in range(lives):
        live(a_life(rules, chance), DEEDS)


def _with_fault(folder: Path, name: str, stands: str, broken: str) -> Rules:
    """A copy of the rules in a package of its own, with one thing in it wrong."""
    package = f"faulty_rules_{secrets.token_hex(4)}"
    made = folder / package
    made.mkdir()
    (made / "__init__.py").touch()
    for one in ("model", "gate", "clocks", "steps"):
        words = Path(referrals.__path__[0], f"{one}.py").read_text(encoding="utf-8")
        if one == name:
            assert words.count(stands) == 1, "the fault has a place"
            words = words.replace(stands, broken)
        (made / f"{one}.py").write_text(words.replace("thangdee.casework.referrals", package), encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        return Rules(*(importlib.import_module(f"{package}.{one}") for one in ("model", "gate", "steps")))
    finally:
        sys.path.remove(str(folder))
