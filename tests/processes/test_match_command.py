"""`thangdee match`: a result for each enquiry, in order, whatever the lines hold."""

import json
from pathlib import Path
from typing import Any

import pytest

from thangdee.processes.match import run_match

RESIDENT = {"id": 7, "given_name": "บัวคำ", "family_name": "แสงพะจัน", "nickname": "อ้อย", "sex": None, "birth_year_or_age": 17,
            "village": None, "district": "ท่าแขก", "province": "คำม่วน", "date_entered": "2019-08-01", "shelter": "x", "more": 1}  # fmt: skip
ENQUIRY = {
    "id": "e1",
    "given_name": "Bouakham",
    "family_name": "Sengphachanh",
    "nickname": None,
    "age": "17",
    "district": "Thakhek",
}


async def answers(
    tmp_path: Path, register: list[str], enquiries: list[str], capsys: pytest.CaptureFixture[str]
) -> tuple[list[Any], str]:
    (tmp_path / "register").write_text("\n".join(register), encoding="utf-8")
    (tmp_path / "enquiries").write_text("\n".join(enquiries), encoding="utf-8")
    assert await run_match(tmp_path / "register", tmp_path / "enquiries") == 0
    shown = capsys.readouterr()
    return [json.loads(line) for line in shown.out.splitlines()], shown.err


async def test_one_answer_a_line_in_order_and_bad_lines_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    enquiries = ["nonsense", json.dumps(ENQUIRY), "", "[1]", '{"id": 9}']

    results, errors = await answers(tmp_path, [json.dumps(RESIDENT), "{"], enquiries, capsys)

    assert [one["enquiry"] for one in results] == [None, "e1", None, 9]
    assert [one["id"] for one in results[1]["candidates"]] == [7]
    assert results[0] == {"enquiry": None, "candidates": [], "alert": False}
    assert "register, line 2" in errors
    assert "enquiries, line 1" in errors
    assert "enquiries, line 4" in errors


async def test_at_most_ten_candidates_best_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    register = [json.dumps(RESIDENT | {"id": number, "birth_year_or_age": number}) for number in range(10, 30)]

    results, _ = await answers(tmp_path, register, [json.dumps(ENQUIRY)], capsys)

    scores = [one["score"] for one in results[0]["candidates"]]
    assert len(scores) == 10
    assert scores == sorted(scores, reverse=True)
    assert set(results[0]) == {"enquiry", "candidates", "alert"}
    assert set(results[0]["candidates"][0]) == {"id", "score", "reasons"}


async def test_a_missing_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run_match(tmp_path / "none", tmp_path / "none") == 2
    assert "there is no file" in capsys.readouterr().err
