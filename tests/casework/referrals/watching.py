"""An observer who keeps books of her own: who said yes to what, who may see it.

She never asks the gate what is right. She reads which steps were taken and in which state each referral stands,
keeps the yeses as a list, and compares what a receiver would see with what her list says.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from tests.casework.referrals.lives import SEES, Deed, Life, Yes, a_deed, change_answers, consents, step_of

BEFORE_ACCEPTING = frozenset({"need", "urgency", "age_band", "gender", "language", "province"})


def note_deed(life: Life, deed: Deed) -> None:
    """The observer writes the deed into her book, before she looks at what came of it. It was not refused."""
    ends = {
        "yes": lambda one: deed.said_by == "person" and (one.listing in deed.listings or not life.works(one.listing)),
        "withdraw": lambda _: True,
        "withdraw_one": lambda one: one.listing == deed.listings[0],
        "help_": lambda one: one.listing != deed.listings[0],
        "give_back": lambda _: deed.how == "did_not_want",
        "learn_age": lambda one: life.age != "18_59" and deed.how == "18_59" and not life.works(one.listing),
    }
    for one in life.book:
        one.is_over = one.is_over or ends.get(deed.what, lambda _: False)(one)
    if deed.what == "yes":
        counts = deed.said_by == "person" and deed.version == 0
        life.book += [Yes(one, life.shown(), life.now, counts) for one in deed.listings]
    elif deed.what == "decide":
        life.decided[deed.listings[0], deed.staff[0]] = (deed.is_yes, deed.staff[1], life.now)
    elif deed.what == "learn_age":
        life.age = deed.how
    life.is_over = life.is_over or deed.what in ("withdraw", "close")


def may_see(life: Life, listing: str, state: str) -> dict[str, Any]:
    """What the book says that a receiver in this state may see now, with what was shown of it."""
    lines = [one for one in life.book if one.listing == listing and one.counts and not one.is_over]
    shut = life.is_over or life.for_other or listing == "p" or state not in SEES or not lines
    if shut or not timedelta(0) <= life.now - lines[-1].at < timedelta(days=90):
        return {}
    if life.age != "18_59":
        said = [what for (of, _), what in life.decided.items() if of == listing]
        since = [protects for _, protects, at in said if at >= lines[-1].at]
        if len(since) < 2 or not all(yes for yes, _, _ in said) or not any(since):
            return {}
    shown = lines[-1].shown
    return shown if state != "offered" else {name: shown[name] for name in shown if name in BEFORE_ACCEPTING}


def look(life: Life, seen_by: Callable[[Any], dict[str, Any]] | None = None) -> None:
    """Compare every view that a receiver has with the book. `seen_by`: their page; else what the gate lets through."""
    for one in life.matter.referrals:
        expected = may_see(life, one.receiver.listing_id, one.state.value)
        fields = {str(name) for name in life.rules.gate.told(life.matter, one, life.now)}
        assert fields == set(expected), f"{one.receiver.listing_id} {one.state} sees {fields}, not {set(expected)}"
        if fields:
            consent = life.matter.consent(one.consent_id)
            last = [yes for yes in life.book if yes.listing == one.receiver.listing_id and yes.counts][-1]
            if seen_by is None:
                assert consent.shown_hash == repr(sorted(last.shown.items())), "what is sent is not what was shown"
            else:
                assert seen_by(one) == expected, "what is sent is not what was shown"
        life.disclosed += len(fields)


def look_at_order(life: Life) -> None:
    """At most one receiver at a time, and nobody is left without somebody who acts."""
    matter, current = life.matter, life.matter.current
    assert sum(one.state.value in SEES for one in matter.referrals) <= 1, "two receivers at once"
    assert not any(one.receiver.kind == "police" for one in matter.referrals), "police was asked"
    state = matter.state.value
    if state in ("draft", "closed", "withdrawn"):
        assert current is None, "an ended matter is worked on"
    elif current is None:
        assert state in ("with_staff", "helped"), "nobody acts"
        assert state == "helped" or life.called, "it waits for staff whom nobody called"
    else:
        kind, due = {
            "offered": ("answer_due", current.answer_by),
            "accepted": ("contact_due", current.contact_by),
            "contacted": ("progress_due", current.changed_at + timedelta(days=14)),
            "helped": (None, None),
        }[current.state.value]
        assert kind is None or (kind, current.id, due) in life.clocks, "a receiver works without a clock"
        assert state == ("helped" if kind is None else "with_provider")


def note_effects(life: Life, before: Any, effects: Iterable[Any]) -> None:
    """What is to be done: clocks, calls, notices. A notice goes to nobody who may see nothing."""
    told_end = set()
    was = {one.id: one.state.value for one in before.referrals}
    for one in effects:
        about = one.facts.get("referral")
        if one.kind in ("answer_due", "contact_due", "progress_due"):
            life.clocks.add((one.kind, about, one.at))
        elif one.kind == "call_staff":
            life.called = True
        elif one.kind == "notify":
            asked = life.matter.referral(about)
            assert asked.state.value == "offered"
        elif one.kind == "notify_ended":
            told_end.add(about)
    ended = {one.id for one in life.matter.referrals if one.state.value == "withdrawn" and was.get(one.id) in SEES}
    assert told_end == ended, "whoever saw something hears that it has ended, and nobody else"
    if life.matter.current is not None:
        life.called = False


def live(life: Life, deeds: int) -> None:
    """Live on by pure rules and watch after each deed."""
    for _ in range(deeds):
        life.now += timedelta(seconds=life.chance.randint(0, 3))
        deed = a_deed(life)
        do(life, deed)
        look(life)
        look_at_order(life)


def do(life: Life, deed: Deed) -> None:
    """Do one thing by the pure rules; what is refused changes nothing."""
    if deed.what == "wait":
        life.now += deed.after
        return
    if deed.what == "change":
        change_answers(life, deed)
        return
    given = consents(life, deed) if deed.what == "yes" else []
    step = (lambda one: life.rules.steps.submit(one, given, life.now)) if given else step_of(life, deed)
    if step is None:
        return
    before = life.matter
    try:
        after, effects = step(before)
    except life.rules.steps.StepRefusedError:
        return
    note_deed(life, deed)
    life.matter = after
    note_effects(life, before, effects)
