"""Whom staff warn each other of, several enquirers for one person, and how an enquiry is compared: for staff alone."""

import pytest

from tests.casework.outcomes.searching import MOTHER, filed
from thangdee.casework.chats import Chats
from thangdee.casework.enquiries import flags
from thangdee.casework.enquiries.model import Field, Flag
from thangdee.casework.outcomes import described, flagged, several
from thangdee.casework.outcomes.flagged import FlaggedKind
from thangdee.casework.outcomes.phones import numbers_in
from thangdee.casework.outcomes.search_store import UnfitNoteError
from thangdee.casework.outcomes.tables import enquiry_block, flagged_person

# The same daughter, as her uncle tells of her in Thai; and somebody else's.
UNCLE = {
    Field.NICKNAME: {"text": "น้อย"}, Field.FULL_NAME: {"text": "แก้ว วงสา"}, Field.AGE: {"text": "21"},
    Field.VILLAGE: {"text": "นาไซ"}, Field.PLACE: {"text": "ไชธานี นครหลวงเวียงจันทน์"}, Field.PHONE: {"text": "081 234 5678"},
}  # fmt: skip
OTHERS = {
    Field.NICKNAME: {"text": "ຕຸກຕາ"}, Field.FULL_NAME: {"text": "ໄໝ ສີສຸກ"}, Field.AGE: {"text": "33"},
    Field.VILLAGE: {"text": "ດອນແດງ"}, Field.PLACE: {"text": "ປາກເຊ ຈຳປາສັກ"}, Field.PHONE: {"text": "+856 20 5512-3456"},
}  # fmt: skip


async def test_two_who_look_for_one_person_warn_staff_and_a_shared_telephone_does(
    console_database, vault, clock
) -> None:
    now = clock.now()
    async with console_database.write() as connection:
        mother = await filed(connection, vault, now)
        uncle = await filed(connection, vault, now, address=72, told=UNCLE)
        shared = await filed(connection, vault, now, address=73, told=OTHERS)
        told = await described.told(connection, vault, mother.id)
        found = {one.code: one for one in await several.others(connection, vault, mother, told, now)}

    assert set(found) == {uncle.code, shared.code}
    assert found[uncle.code].score > several.LIKELY
    assert (found[uncle.code].has_same_phone, found[shared.code].has_same_phone) == (False, True)
    assert found[shared.code].score < several.LIKELY


async def test_of_an_enquiry_only_16_bits_of_each_sound_are_kept(installation, clock) -> None:
    vault, now = installation.vault, clock.now()
    async with installation.database.write() as connection:
        one = await filed(connection, vault, now)
        await several.index(connection, vault, [one])
        kept = (await connection.execute(enquiry_block.select())).all()
    sounds = [row.block for row in kept if row.block.startswith("s")]

    assert len(sounds) > 5
    assert {len(block) for block in sounds} == {5}


@pytest.mark.parametrize(
    "typed", ["020 5512 3456", "+856 20 55123456", "ໂທ ໐໒໐ ໕໕໑໒ ໓໔໕໖ ເດີ", "55123456", "020-55123456"]
)
def test_a_number_is_known_however_it_was_typed(typed: str) -> None:
    assert numbers_in(typed) & numbers_in("+8562055123456")
    assert not numbers_in(typed) & numbers_in("020 5512 3457")
    assert numbers_in("ນາງ ແກ້ວ ອາຍຸ 20 ປີ 2026") == frozenset()


async def test_a_warning_comes_with_the_same_number_or_a_name_that_sounds_alike(console_database, vault, clock) -> None:
    now = clock.now()
    companions = {Field.COMPANIONS: {"text": "ໄປກັບ ທ້າວ ສົມສັກ ແລະ ໝູ່"}}
    async with console_database.write() as connection:
        one = await filed(connection, vault, now, told={**MOTHER, **companions})
        whose = await Chats(connection, vault).get(one.chat_id)
        await flags.note(connection, vault, whose, Flag.FINDER, now, {"who": [{"text": "081-234-5678 สมศักดิ์"}]})
        told, raised = (
            await described.told(connection, vault, one.id),
            await flags.flags_of(connection, vault, whose.id),
        )
        assert await flagged.warnings_for(connection, vault, told, raised, now) == []

        for kind, value in (
            (FlaggedKind.PHONE, "+66 81 234 5678"), (FlaggedKind.NAME, "Somsak"), (FlaggedKind.NAME, "Bounmy"),
            (FlaggedKind.PHONE, "020 9999 8888"),
        ):  # fmt: skip
            await flagged.flag(connection, vault, kind, value, "sells news", "noy", now)
        found = await flagged.warnings_for(connection, vault, told, raised, now)
        later = await flagged.warnings_for(connection, vault, told, raised, now + flagged.KEPT)
        stored = (await connection.execute(flagged_person.select())).all()

    assert sorted((one.value, one.note) for one in found) == [
        ("+66 81 234 5678", "sells news"),
        ("Somsak", "sells news"),
    ]
    assert later == []
    assert {len(row.look_up) for row in stored if row.kind == FlaggedKind.NAME} == {4}
    assert all(b"sells" not in row.sealed_note for row in stored)


@pytest.mark.parametrize(
    ("kind", "value", "note"), [("phone", "Somsak", "x"), ("name", "", "x"), ("name", "Somsak", " ")]
)
async def test_what_is_no_number_or_has_no_reason_warns_of_nobody(installation, clock, kind, value, note) -> None:
    with pytest.raises(UnfitNoteError):
        async with installation.database.write() as connection:
            await flagged.flag(connection, installation.vault, FlaggedKind(kind), value, note, "noy", clock.now())


async def test_what_is_heard_in_a_recording_is_compared_and_dies_with_the_chat(installation, clock) -> None:
    vault, now = installation.vault, clock.now()
    spoken = {Field.NICKNAME: {"media": "m1"}, Field.PLACE: {"code": "LA0103"}, Field.AGE: {"code": "15_17"}}
    spoken |= {Field.COMPANIONS: {"text": "ຊື່ຫຼິ້ນ ຕຸກຕາ"}, Field.LEFT_WHEN: {"code": "2024"}, Field.SEX: {"code": "other"}}
    async with installation.database.write() as connection:
        one = await filed(connection, vault, now, told=spoken)
        before = described.row_of(one, await described.told(connection, vault, one.id))
        await several.index(connection, vault, [one])
        await described.write_down(connection, vault, one.id, Field.NICKNAME, " ນ້ອຍ ", "noy", now)
        after = described.row_of(one, await described.told(connection, vault, one.id))
        assert (await connection.execute(enquiry_block.select())).all() == []  # made anew when it is next compared
        for field, words in ((Field.PHONE, "020"), (Field.NICKNAME, "x" * 2001)):
            with pytest.raises(UnfitNoteError):
                await described.write_down(connection, vault, one.id, field, words, "noy", now)
        await described.write_down(connection, vault, one.id, Field.NICKNAME, "", "noy", now)
        assert (await described.told(connection, vault, one.id)).heard == {}

    assert (before["nickname"], after["nickname"]) == (None, "ນ້ອຍ")
    assert (after["district"], after["province"]) == ("ໄຊເສດຖາ", "ນະຄອນຫຼວງວຽງຈັນ")
    assert (after["age"], after["year_left"], after["sex"]) == ("15-17", "2024", None)
    assert "ຕຸກຕາ" not in str(after)  # a companion's name is not hers
