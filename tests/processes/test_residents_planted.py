"""Residents of the demo and of `converse --residents`: stored through the same door as a shelter's, and findable."""

import json
from pathlib import Path

from sqlalchemy import func, select

from tests.clock import SetClock
from thangdee.casework.matching import described_enquiry, score
from thangdee.casework.outcomes import officers, residents
from thangdee.casework.outcomes.model import Shelter
from thangdee.casework.outcomes.shortlist import register_size, shortlist
from thangdee.casework.outcomes.tables import resident
from thangdee.casework.staff import accounts
from thangdee.processes.converse_residents import shelter_of, store_residents
from thangdee.processes.demo_shelter import SHELTER, plant_residents, sample_residents
from thangdee.processes.wiring import Installation

ROW = {"id": "r1", "given_name": "สมศักดิ์", "family_name": None, "nickname": "แดง", "sex": "M", "birth_year_or_age": 2545,
       "village": "ดงโดก", "district": None, "province": "จำปาสัก", "date_entered": "12/03/2567", "shelter": "Songkhla"}  # fmt: skip


async def test_the_demo_has_marked_residents_whom_a_tracer_finds(installation: Installation, clock: SetClock) -> None:
    vault, now = installation.vault, clock.now()
    async with installation.database.write() as connection:
        codes = await plant_residents(connection, vault, now)
        officer = await accounts.by_name(connection, "sample-shelter_officer")
        theirs = await officers.shelters_of(connection, officer.id)
        paper = await residents.by_code(connection, vault, theirs, codes[0], officer.id, now)
        row = {"nickname": "ນ້ອຍ", "given_name": "ແກ້ວ", "family_name": "ວົງສາ", "age": 16, "village": "ນາໄຊ"}
        family = described_enquiry(row | {"province": "ນະຄອນຫຼວງວຽງຈັນ", "date_filed": now.date().isoformat()})
        found = await shortlist(connection, vault, family, now)

    assert theirs == {SHELTER}
    assert len(codes) == len(sample_residents(now)) == found.register_size
    assert paper.record.is_sample
    assert "sample" in paper.record.shelter_number
    ranked = score(family, found.people, register_size=found.register_size, bucket_sizes=found.bucket_sizes)
    assert ranked[0].id == paper.id


async def test_rows_of_a_register_become_residents_and_what_is_none_is_named(
    installation: Installation, clock: SetClock, tmp_path: Path, capsys
) -> None:
    nameless = dict.fromkeys(ROW) | {"id": "r2"}
    file = tmp_path / "register.jsonl"
    lines = [json.dumps(ROW, ensure_ascii=False), "", "no json", json.dumps(nameless), json.dumps(ROW | {"x": 1})]
    file.write_text("\n".join(lines), encoding="utf-8")

    stored = await store_residents(installation.settings, file)

    said = capsys.readouterr().err
    async with installation.database.read() as connection:
        assert await register_size(connection, installation.clock.now()) == stored == 2
        shelters = (await connection.execute(select(resident.c.shelter, func.count()).group_by("shelter"))).all()
    assert shelters == [(Shelter.SONGKHLA, 2)]
    assert "row 3 of the residents is not stored" in said
    assert "row 4 of the residents is not stored: no_name" in said
    assert "สมศักดิ์" not in said


def test_a_shelter_is_known_in_each_language() -> None:
    named = {"kredtakarn": Shelter.KREDTAKARN, "Sri Surat Shelter": Shelter.SRI_SURAT, "บ้านนารีสวัสดิ์": Shelter.NAREESAWAT,
             "ບ້ານເກັດຕະການ": Shelter.KREDTAKARN, "pathum_thani": Shelter.PATHUM_THANI, "": Shelter.SONGKWAE}  # fmt: skip

    assert {name: shelter_of(name) for name in named} == named
