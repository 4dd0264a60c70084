"""Who of a register may be the one: hashed blocks, ranks, reasons, alerts."""

from pathlib import Path
from typing import Any

from thangdee.casework.matching import (
    MOST_CANDIDATES,
    REASONS,
    ResidentIndex,
    UnkeyedHashes,
    block_weights,
    blocks,
    described_enquiry,
    described_resident,
    hashed,
    hashed_each,
    is_alert,
    most_sharing,
    score,
)
from thangdee.core.keyring import Keyring

# Everybody here is made up.
KEO = {
    "given_name": "น.ส.แก้วมณี", "family_name": "วงพูทอง", "nickname": "ตุ๊ก", "sex": "หญิง", "birth_year_or_age": "2546",
    "village": "บ้านนาคำ", "district": "สองคอน", "province": "สะหวันนะเขต", "date_entered": "3/5/2562",
}  # fmt: skip
SOUGHT = {
    "given_name": "ແກ້ວມະນີ", "family_name": "ວົງພູທອງ", "nickname": "ຕຸກ", "sex": "ຍິງ", "age": "15", "year_left": "2018",
    "village": "ນາຄຳ", "district": "ສອງຄອນ", "province": "ສະຫວັນນະເຂດ", "date_filed": "2019-02-01",
}  # fmt: skip
_NAMES = ("สมสี", "บุญมา", "ดาวเรือง", "พอนทิบ", "จันดี", "ลำไย", "วันเพ็ง", "คำผุย", "สีดา", "มาลา", "แสงเดือน", "อำไพ")
_HOMES = (("ปากเซ", "จำปาสัก"), ("หงสา", "ไซยะบูลี"), ("ท่าแขก", "คำม่วน"), ("วังเวียง", "เวียงจัน"))


def others(count: int) -> list[tuple[str, dict[str, Any]]]:
    return [
        (
            f"o{number}",
            {"given_name": _NAMES[number % 12], "birth_year_or_age": 14 + number % 9, "sex": "F",
             "district": _HOMES[number % 4][0], "province": _HOMES[number % 4][1], "date_entered": "2562"},
        )
        for number in range(count)
    ]  # fmt: skip


def register(*rows: tuple[str, dict[str, Any]]) -> ResidentIndex:
    index = ResidentIndex(UnkeyedHashes())
    for id_, row in rows:
        index.add(id_, described_resident(row))
    return index


def test_she_is_found_across_scripts_with_reasons_and_an_alert() -> None:
    found = register(*others(300), ("keo", KEO)).find(described_enquiry(SOUGHT))

    assert found[0].id == "keo"
    assert is_alert(found)
    assert {"given_name:same_sound", "village:same_sound", "district:same", "time:after"} <= set(found[0].reasons)


def test_every_reason_is_known_to_the_catalogues() -> None:
    found = register(*others(60), ("keo", KEO)).find(described_enquiry(SOUGHT))

    assert {reason for one in found for reason in one.reasons} <= REASONS


def test_two_equally_good_candidates_lower_each_other() -> None:
    alone = register(*others(100), ("keo", KEO)).find(described_enquiry(SOUGHT))
    twice = register(*others(100), ("keo", KEO), ("again", KEO)).find(described_enquiry(SOUGHT))

    assert twice[0].score <= 0.5 < alone[0].score
    assert not is_alert(twice)


def test_who_was_in_the_shelter_before_she_left_is_hardly_the_one() -> None:
    before = KEO | {"date_entered": "3/5/2555", "birth_year_or_age": "2546"}

    found = register(*others(100), ("keo", before)).find(described_enquiry(SOUGHT))

    assert "time:before" in found[0].reasons
    assert found[0].score < register(*others(100), ("keo", KEO)).find(described_enquiry(SOUGHT))[0].score


def test_a_namesake_from_elsewhere_raises_no_alert() -> None:
    namesake = KEO | {
        "family_name": "สีหาลาด",
        "nickname": "แอน",
        "village": "ดอนแดง",
        "district": "ปากเซ",
        "province": "จำปาสัก",
    }

    assert not is_alert(register(*others(100), ("namesake", namesake)).find(described_enquiry(SOUGHT)))


def test_nothing_known_finds_nobody() -> None:
    found = register(*others(50)).find(described_enquiry({}))

    assert found == []
    assert not is_alert(found)


def test_what_is_stored_is_sixteen_bits_of_a_keyed_hash(tmp_path: Path) -> None:
    keys, other = Keyring.create(tmp_path / "one.json"), Keyring.create(tmp_path / "other.json")
    plain = blocks(described_resident(KEO))

    assert all(len(one) == 4 and int(one, 16) < 1 << 16 for one in hashed(keys, plain))
    assert hashed(keys, plain) != hashed(other, plain)


def test_the_look_up_for_a_database_finds_whom_the_index_finds(tmp_path: Path) -> None:
    keys = Keyring.create(tmp_path / "keys.json")
    residents = {id_: described_resident(row) for id_, row in (*others(200), ("keo", KEO))}
    stored = [(id_, one) for id_, resident in residents.items() for one in hashed(keys, blocks(resident))]
    enquiry = described_enquiry(SOUGHT)

    each = hashed_each(keys, blocks(enquiry))
    sizes = {one: sum(kept == one for _, kept in stored) for one in set(each.values())}
    weights = block_weights(sizes, len(residents))
    ids = most_sharing([row for row in stored if row[1] in weights], weights)
    bucket_sizes = {plain: sizes[one] for plain, one in each.items()}
    found = score(
        enquiry, [(id_, residents[id_]) for id_ in ids], register_size=len(residents), bucket_sizes=bucket_sizes
    )

    assert len(ids) <= MOST_CANDIDATES
    assert found[0].id == "keo"
    assert is_alert(found)


def test_two_enquiries_for_one_person_are_alike() -> None:
    aunt = {"nickname": "ตุก", "given_name": "Keomany", "family_name": "Vongphouthong", "district": "Songkhone", "age": 16,
            "date_filed": "2019", "province": "Savannakhet"}  # fmt: skip

    found = score(described_enquiry(SOUGHT), [("aunt", described_enquiry(aunt))], register_size=100)

    assert found[0].score > 0.9
