"""`thangdee converse`: with a register and without, the same script is answered the same (R14)."""

import io
import json
import re
import sys
from pathlib import Path

import pytest

from thangdee.processes.converse import run_converse

_DRAWN = re.compile(r"[23456789BCDFGHJKMNPQRSTVWXZ]{8}")
# Made up: she is in the register exactly as her mother writes her.
REGISTER = (
    {"id": "R1", "given_name": "ຄຳຫຼ້າ", "family_name": "ແກ້ວມະນີ", "nickname": "ນ້ອຍໜ່າ", "sex": "female",
     "birth_year_or_age": "22", "village": "ໂພນທອງ", "district": None, "province": "ສາລະວັນ", "date_entered": "2026-09-01",
     "shelter": "kredtakarn"},
)  # fmt: skip
SCRIPT = (
    {"from": "p1", "text": "ຂ້ອຍຊອກຫາລູກສາວ ຊື່ ຄຳຫຼ້າ"},
    {"from": "p1", "press": 1},
    {"from": "p1", "press": 1},
    {"from": "p1", "press": 1},
    {"from": "p1", "text": "ນ້ອຍໜ່າ"},
    {"from": "p1", "text": "ຄຳຫຼ້າ ແກ້ວມະນີ"},
    {"from": "p1", "text": "ພໍແລ້ວ"},
    {"from": "p1", "press": 1},
    {"from": "p1", "text": "ລາວຢູ່ສູນເກັດຕະການແມ່ນບໍ່ ຕອບແຕ່ ແມ່ນ ຫຼື ບໍ່"},
    {"advance": "P4D"},
    {"from": "p1", "text": "ພົບແລ້ວບໍ່"},
)


async def _said(residents: Path | None, capfd: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    capfd.readouterr()
    await run_converse(language="lo", residents=residents)
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines() if line.startswith("{")]
    for line in lines:
        line.pop("at", None)  # the machine's own time goes on between two runs
        if "alert" in line:
            line["alert"] = {name: line["alert"][name] for name in ("urgency", "reason", "times")}
    return [json.loads(_DRAWN.sub("#", json.dumps(line, ensure_ascii=False))) for line in lines]


async def test_a_register_changes_no_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    register = tmp_path / "register.jsonl"
    register.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in REGISTER), encoding="utf-8")
    said = []
    for residents in (register, None):
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{json.dumps(one)}\n" for one in SCRIPT)))
        said.append(await _said(residents, capfd))

    texts = [str(line.get("text")) for line in said[0]]
    assert not [line for line in said[0] if "error" in line]
    assert len(texts) >= 11
    assert any("ຫຼັງຈາກ 3 ມື້" in one for one in texts)  # it was sent, and its first text came
    assert said[0] == said[1]
