"""A reply to a family that names whom their enquiry may have found, or where she is, waits for a second person (R19)."""

import pytest

from tests.casework.outcomes.release_worlds import NICKNAME, a_world, wished
from tests.casework.outcomes.searching import filed
from thangdee.casework.chats import Chats
from thangdee.casework.hold_rules import HoldReason, HoldRules
from thangdee.casework.outcomes import searches
from thangdee.casework.outcomes.case_terms import CaseTermsOf, sound_alike

# Her name, her nickname, her village, her shelter, its province: in three scripts, and as somebody spells them.
NAMED = (
    "ນາງຄຳຫຼ້າສະບາຍດີ", "เราคุยกับคำหล้าแล้ว", "Khamla is well", "ນ້ອຍໜ່າ ຝາກຄວາມຄິດຮອດ", "she is from ban Phonthong",
    "ບ້ານໂພນທອງ", "เธอพักอยู่เกร็ดตระการ", "ຢູ່ເກັດຕະການ", "at Kredtakarn now", "นนทบุรี", "ນົນທະບູລີ", "Nonthaburi",
)  # fmt: skip
PLAIN = (
    "ຂອບໃຈທີ່ໂທມາ ພວກເຮົາຈະຕິດຕໍ່ຫາເຈົ້າມື້ອື່ນ", "ขอบคุณที่โทรมา พรุ่งนี้เราติดต่อไป", "Thank you, we call you tomorrow",
    "ຢ່າຈ່າຍເງິນໃຫ້ໃຜ", "A shelter is not a jail.", "ເຈົ້າສະບາຍດີບໍ ຕອນນີ້ຢູ່ໃສ",
)  # fmt: skip


@pytest.mark.parametrize("verdict", ["same", "unsure", "other"])
async def test_outbound_hold_on_case_terms_of_a_found_person(console_database, vault, clock, verdict) -> None:
    now, world = clock.now(), await a_world(console_database, vault, clock.now())
    rules = HoldRules(CaseTermsOf(vault, clock), sound_alike)
    async with world.write() as connection:
        await searches.judge(connection, world.enquiry.id, world.resident_id, verdict, world.id_of("noy"), now)
        stranger = await Chats(connection, vault).of(99, now)
        found = {words: await rules.why_held(connection, world.chat, words) for words in NAMED}
        plain = {words: await rules.why_held(connection, world.chat, words) for words in PLAIN}
        to_another = {await rules.why_held(connection, stranger, words) for words in NAMED}

    is_linked = verdict != "other"
    held = {words for words, why in found.items() if why is HoldReason.CASE}
    as_told = {words for words in NAMED if NICKNAME in words}  # the family said it: held before anybody is found (R14)
    assert held == (set(NAMED) if is_linked else as_told)
    assert {words: why for words, why in plain.items() if why} == {}
    assert HoldReason.CASE not in to_another


async def test_who_was_asked_stays_named_though_a_tracer_thinks_again(installation, clock) -> None:
    now, vault = clock.now(), installation.vault
    world = await a_world(installation.database, vault, now)
    await wished(world, now)
    async with world.write() as connection:
        await searches.judge(connection, world.enquiry.id, world.resident_id, "other", world.id_of("noy"), now)
        why = await HoldRules(CaseTermsOf(vault, clock), sound_alike).why_held(connection, world.chat, "Khamla")

    assert why is HoldReason.CASE


async def test_a_reply_that_names_her_as_the_family_did_waits_though_nobody_is_found(installation, clock) -> None:
    now, vault = clock.now(), installation.vault
    async with installation.database.write() as connection:
        one = await filed(connection, vault, now)
        rules = HoldRules(CaseTermsOf(vault, clock), sound_alike)
        whose = await Chats(connection, vault).get(one.chat_id)
        why = [await rules.why_held(connection, whose, words) for words in ("ແກ້ວ ອອກຈາກບ້ານປີໃດ", "คนบ้านนาไซ", "ວົງສາ")]
        plain = [await rules.why_held(connection, whose, words) for words in PLAIN]

    assert why == [HoldReason.CASE] * 3
    assert plain == [None] * len(PLAIN)
