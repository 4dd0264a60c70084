"""The made-up people from whom the matcher's weights are learned: the same by seed, and true to their truth."""

import json
from functools import cache

import pytest

from bench.matching.make import MadeUp, made_up, write
from bench.matching.measure import Answer, compared, overall

REGISTER = {
    "id", "given_name", "family_name", "nickname", "sex", "birth_year_or_age", "village", "district", "province",
    "date_entered", "shelter",
}  # fmt: skip
ENQUIRY = {
    "id", "given_name", "family_name", "nickname", "sex", "age", "birth_year", "year_left", "village", "district",
    "province", "work", "notes", "date_filed",
}  # fmt: skip


@cache
def some(seed: int = 3) -> MadeUp:
    return made_up(300, 80, 30, seed=seed)


def test_the_same_seed_makes_up_the_same_people():
    again = made_up(300, 80, 30, seed=3)

    assert again == some()
    assert again.register != some(4).register


def test_rows_have_exactly_the_keys_of_the_command():
    assert all(set(row) == REGISTER for row in some().register)
    assert all(set(row) == ENQUIRY for row in some().enquiries)


def test_everybody_has_some_name():
    assert all(row["given_name"] or row["nickname"] for row in (*some().register, *some().enquiries))


def test_the_truth_names_a_resident_for_all_but_the_absent():
    ids = {row["id"] for row in some().register}
    residents = [row["resident"] for row in some().truth]

    assert [row["enquiry"] for row in some().truth] == [row["id"] for row in some().enquiries]
    assert residents.count(None) == 30
    assert {one for one in residents if one} <= ids
    assert [row["likeness"] is None for row in some().damage] == [one is not None for one in residents]


def test_a_pair_is_seldom_written_alike():
    register = {row["id"]: row for row in some().register}
    asked = dict(zip((row["enquiry"] for row in some().truth), (row["resident"] for row in some().truth), strict=True))
    pairs = [(row, register[asked[row["id"]]]) for row in some().enquiries if asked[row["id"]]]
    alike = [one for one, other in pairs if one["given_name"] and one["given_name"] == other["given_name"]]

    assert len(alike) < len(pairs) / 10


@pytest.mark.parametrize("difficulty", ["easy", "usual", "hard"])
def test_files_hold_one_row_a_line(tmp_path, difficulty):
    write(made_up(20, 10, 4, seed=1, difficulty=difficulty), tmp_path)

    lines = (tmp_path / "enquiries.jsonl").read_text(encoding="utf-8").splitlines()
    assert len([json.loads(line) for line in lines]) == 10


def test_the_measure_counts_ranks_and_alerts():
    results = [
        {"enquiry": "a", "candidates": [{"id": "1"}, {"id": "2"}], "alert": True},
        {"enquiry": "b", "candidates": [{"id": "1"}, {"id": "2"}], "alert": False},
        {"enquiry": "c", "candidates": [{"id": "3"}], "alert": True},
    ]
    truth = [{"enquiry": "a", "resident": "1"}, {"enquiry": "b", "resident": "2"}, {"enquiry": "c", "resident": None}]

    answers = compared(results, truth, {})

    assert answers[1] == Answer(rank=2, is_there=True, alert=False, damage=(), likeness=None)
    assert [line.split()[-3:] for line in overall(answers)] == [
        ["(1", "of", "2)"], ["(2", "of", "2)"], ["(2", "of", "2)"], ["(1", "of", "2)"], ["(0", "of", "2)"], ["(1", "of", "1)"],
    ]  # fmt: skip
