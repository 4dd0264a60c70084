"""The examiner's sets: the same by seed, true to their truth, apart from what weights are learned from, rightly counted."""

import json
import sys
from functools import cache
from pathlib import Path

from bench.examiner.examine import Examination, examination, report
from bench.examiner.make import ENOUGH, SURE, ExaminationSet, Size, examination_set, write

BENCH = Path(__file__).parents[2] / "bench"
REGISTER = {
    "id", "given_name", "family_name", "nickname", "sex", "birth_year_or_age", "village", "district", "province",
    "date_entered", "shelter",
}  # fmt: skip
ENQUIRY = {
    "id", "given_name", "family_name", "nickname", "sex", "age", "birth_year", "year_left", "village", "district",
    "province", "work", "notes", "date_filed",
}  # fmt: skip


@cache
def small(seed: int = 1) -> ExaminationSet:
    return examination_set(seed, Size(residents=400, present=20, unlike=5, near=10))


def test_the_same_seed_draws_the_same_set():
    assert examination_set(2, Size(60, 4, 1, 2)).files() == examination_set(2, Size(60, 4, 1, 2)).files()
    assert small(1).register != small(3).register


def test_rows_are_as_the_command_reads_them_and_somebody_is_named_in_each():
    files = small().files()

    assert all(set(row) == REGISTER for row in files["register"])
    assert all(set(row) == ENQUIRY for row in files["enquiries"])
    assert all(row["given_name"] or row["nickname"] for row in files["register"] + files["enquiries"])


def test_the_truth_holds():
    files, ids = small().files(), {row["id"] for row in small().register}
    residents = [row["resident"] for row in files["truth"]]
    present = {one for one in residents if one}

    assert len(ids) == 400
    assert [row["enquiry"] for row in files["truth"]] == [row["id"] for row in files["enquiries"]]
    assert (len(present), residents.count(None)) == (20, 15)
    assert present <= ids
    assert [row["kind"] == "present" for row in files["kinds"]] == [one is not None for one in residents]


def test_the_careful_reader_could_answer_what_is_asked():
    fair = [one for one in small().drawn if one.is_fair]

    assert len(small().drawn) - len(fair) <= 6
    assert all(one.bits >= ENOUGH for one in fair if one.resident)
    assert all(one.bits < SURE for one in small().drawn if not one.resident)


def test_what_weights_are_learned_from_and_the_examiner_know_nothing_of_each_other():
    learning = [BENCH / "match_learn.py", *(BENCH / "matching").glob("*.py")]

    assert not [file.name for file in learning if "examiner" in file.read_text(encoding="utf-8")]
    for file in (BENCH / "examiner").glob("*.py"):
        source = file.read_text(encoding="utf-8")
        assert "import thangdee" not in source, file.name
        assert "from thangdee" not in source, file.name
        assert "bench.matching" not in source, file.name


def test_the_examination_counts_rightly(tmp_path: Path):
    examined = examined_with(
        tmp_path,
        answer("E1", ["R1", "R2"], alert=True),  # right, first
        answer("E2", ["R1", "R2"], alert=True),  # the right one is second
        answer("E3", ["R1"], alert=False),  # the right one is not there
        answer("E4", ["R3"], alert=True),  # nobody is looked for
        answer("E5", [], alert=False),
    )

    assert [examined.found_by(place) for place in (1, 5, 10)] == [1, 2, 2]
    assert [one.enquiry["id"] for one in examined.right_alerts] == ["E1"]
    assert [one.enquiry["id"] for one in examined.wrong_alerts] == ["E2"]
    assert [one.enquiry["id"] for one in examined.false_alerts] == ["E4"]
    assert "recall@5: 2/3 = 0.667" in report(examined)
    assert "false alerts: 1/2 = 0.500" in report(examined)
    assert examined.faults == []


def test_answers_out_of_form_are_named(tmp_path: Path):
    examined = examined_with(
        tmp_path,
        answer("E2", ["R1", "R1"], alert=False),
        answer("E1", ["R9"], alert=False),
        answer("E3", [], alert=True),
        answer("E4", [], alert=False) | {"why": "no"},
        answer("E5", [], alert=False),
    )

    assert examined.faults == [
        "not one line for each enquiry, in order",
        "E2: a candidate twice, or not in the register",
        "E1: a candidate twice, or not in the register",
        "E3: alert with nobody",
        "E4: fields or types",
    ]


def answer(enquiry: str, candidates: list[str], *, alert: bool) -> dict:
    found = [{"id": one, "score": 1.0 - place / 10, "reasons": []} for place, one in enumerate(candidates)]
    return {"enquiry": enquiry, "candidates": found, "alert": alert}


def examined_with(folder: Path, *answers: dict) -> Examination:
    """Five enquiries (E1-E3 for R1-R3, E4 and E5 for nobody), answered by a stand-in that says what it is given."""
    residents = {"E1": "R1", "E2": "R2", "E3": "R3", "E4": None, "E5": None}
    rows = {
        "register": [{"id": f"R{number}"} for number in (1, 2, 3)],
        "enquiries": [{"id": enquiry} for enquiry in residents],
        "truth": [{"enquiry": enquiry, "resident": one} for enquiry, one in residents.items()],
        "kinds": [{"enquiry": enquiry, "kind": "made up", "bits": 15.0} for enquiry in residents],
    }
    for name, some in {**rows, "answers": answers}.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in some), encoding="utf-8")
    says = f"print(open({str(folder / 'answers.jsonl')!r}).read())"
    return examination(folder, [sys.executable, "-c", says])


def test_a_set_is_written_as_it_is_drawn(tmp_path: Path):
    write(tmp_path, small())

    for name, rows in small().files().items():
        lines = (tmp_path / f"{name}.jsonl").read_text(encoding="utf-8").rstrip("\n").split("\n")
        assert [json.loads(line) for line in lines] == rows
