"""What opens a search, and what may follow what (R15)."""

from datetime import UTC, datetime, timedelta
from itertools import combinations, product

import pytest

from thangdee.casework.outcomes.model import ProofKind, Stage, VettingItem
from thangdee.casework.outcomes.search_rules import (
    MUST_BE_GOOD,
    PROOF_HOLDS,
    THIRD_PARTY,
    Heard,
    Proof,
    Vetted,
    due_for,
    is_open_to_search,
    is_opened,
    may_follow,
    why_locked,
    why_unproved,
)

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # a Monday, ten in the morning there
DAY = timedelta(days=1)
OWN = frozenset(ProofKind) - THIRD_PARTY


def an_item(kind: ProofKind, how: Heard = Heard.VOICE, *, is_good: bool = True, age: timedelta = DAY, by: str = "noy"):
    return Proof(kind, is_good, how, by, NOW - age)


def all_fine() -> list[Vetted]:
    return [Vetted(item, is_good=True, staff_id="noy", at=NOW) for item in VettingItem]


def test_three_good_items_of_three_kinds_open_it_and_fewer_do_not() -> None:
    for number in range(7):
        for kinds in combinations(ProofKind, number):
            assert is_open_to_search([an_item(kind) for kind in kinds], NOW) == (number >= 3)


def test_three_of_one_kind_are_one() -> None:
    for kind, other in product(ProofKind, repeat=2):
        heard = [an_item(kind, age=DAY * number) for number in (1, 2, 3)] + [an_item(other)]
        assert why_unproved(heard, NOW) == "too_few"


def test_words_in_a_chat_alone_open_nothing() -> None:
    written = [an_item(kind, Heard.WRITTEN) for kind in OWN]

    assert why_unproved(written, NOW) == "only_written"
    for kind in OWN:
        one_heard = [an_item(each, Heard.VOICE if each is kind else Heard.WRITTEN) for each in OWN]
        assert is_open_to_search(one_heard, NOW)
    for kind in THIRD_PARTY:
        assert is_open_to_search([*written[:2], an_item(kind, Heard.WRITTEN)], NOW)


def test_an_item_older_than_90_days_or_of_tomorrow_does_not_count() -> None:
    kinds = list(ProofKind)[:3]
    for age, is_open in (
        (PROOF_HOLDS - timedelta(seconds=1), True), (PROOF_HOLDS, False), (timedelta(0), True), (-DAY, False),
    ):  # fmt: skip
        heard = [an_item(kinds[0], age=age), an_item(kinds[1]), an_item(kinds[2])]
        assert is_open_to_search(heard, NOW) is is_open, age


def test_a_bad_item_shuts_it_until_a_supervisor_says_so() -> None:
    good = [an_item(kind) for kind in ProofKind]
    for kind in ProofKind:
        bad = an_item(kind, is_good=False, age=200 * DAY)  # time does not make it good
        aside = Proof(kind, is_good=False, how=Heard.VOICE, staff_id="noy", at=NOW, set_aside_by="dao")
        assert why_unproved([*good, bad], NOW) == "bad_proof"
        assert is_open_to_search([*good, aside], NOW)
        assert not is_open_to_search([aside, *good[:2]], NOW)  # what was set aside is no proof


def test_the_first_list_must_be_whole_and_its_weighty_items_good() -> None:
    proofs = [an_item(kind) for kind in ProofKind]
    for missing in VettingItem:
        rest = [one for one in all_fine() if one.item is not missing]
        bad = [*rest, Vetted(missing, is_good=False, staff_id="noy", at=NOW)]
        assert why_locked(rest, proofs, NOW) == "not_vetted"
        assert why_locked(bad, proofs, NOW) == ("bad_vetting" if missing in MUST_BE_GOOD else None)
    assert why_locked(all_fine(), proofs, NOW) is None
    assert why_locked(all_fine(), [], NOW) == "too_few"


def test_stages_follow_in_one_way_only() -> None:
    order = list(Stage)
    for stage, to in product(Stage, repeat=2):
        back = {
            (Stage.ASKING_HER, Stage.SEARCHING),
            (Stage.RELEASING, Stage.SEARCHING),
            (Stage.RELEASING, Stage.ASKING_HER),
        }
        is_next = order.index(to) == order.index(stage) + 1
        ends = to is Stage.CLOSED and stage is not Stage.CLOSED
        assert may_follow(stage, to) == (is_next or ends or (stage, to) in back), (stage, to)
    assert [one for one in Stage if is_opened(one)] == [
        Stage.SEARCHING, Stage.ASKING_HER, Stage.RELEASING, Stage.TOLD,
    ]  # fmt: skip


@pytest.mark.parametrize(("stage", "days"), [(Stage.NEW, 1), (Stage.VETTING, 1), (Stage.PROOF, 3)])
def test_what_is_next_is_due_in_working_days(stage: Stage, days: int) -> None:
    friday = NOW + 4 * DAY

    assert due_for(stage, NOW) == NOW + days * DAY
    assert due_for(stage, friday) > friday + (days + 1) * DAY  # nobody works at the weekend
    assert due_for(Stage.CLOSED, NOW) is None
