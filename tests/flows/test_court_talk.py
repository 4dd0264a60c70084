"""What became of my case: the truth from the record in her language; one tap where somebody wants her to withdraw."""

from datetime import timedelta

import pytest

from tests.hotline import Hotline
from thangdee.bot.simulator import Phone, Sent
from thangdee.casework import court
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chats, key_of
from thangdee.casework.court_rules import MoneyEntry, Payer, Source, Stage, StatusEntry
from thangdee.casework.referrals import deeds
from thangdee.core.words import LANGUAGES, text
from thangdee.flows.answers import answer_of, reply_with

STAFF = "made-up-staff"


def _data(sent: Sent) -> list[str]:
    return [str(button.data) for row in sent.buttons for button in row]


async def _open(hotline: Hotline, phone: Phone) -> list[Sent]:
    """Down the menu to "my case"."""
    await hotline.say(phone, "/menu")
    for data in ("m:more", "m:home", "m:law"):
        await hotline.press(phone, data)
    return await hotline.press(phone, "i:case_status")


async def _a_matter(hotline: Hotline, phone: Phone) -> str:
    here = hotline.installation
    async with here.database.write() as connection:
        who = await Chats(connection, here.vault).find(key_of(here.vault, phone.chat_id))
        assert who is not None
        return (await deeds.begin(connection, here.vault, who, hotline.clock.now())).id


async def _write(hotline: Hotline, matter_id: str, stage: Stage = Stage.COURT, *, due: bool = False) -> None:
    here, now = hotline.installation, hotline.clock.now()
    day = court.today(now)
    async with here.database.write() as connection:
        entry = StatusEntry(
            stage, day, Source.LAWYER, day + timedelta(days=9), day + timedelta(days=20), "made up note"
        )
        await court.write_status(connection, here.vault, matter_id, STAFF, entry, now)
        if due:
            money = MoneyEntry(False, 5_000_000, "THB", Payer.OFFENDER, Source.COURT)
            await court.write_money(connection, here.vault, matter_id, STAFF, money, now)


async def test_nothing_known_is_said_as_not_known_yet(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)

    [answer] = await _open(blind_hotline, phone)

    assert answer.text.startswith(text("court.lead", "lo"))
    assert text("court.line.none", "lo") in answer.text
    assert _data(answer) == ["j:a", "j:p", "i:talk_to_human", "c:danger_now"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_record_is_told_with_its_day_and_then_counts_as_told(blind_hotline: Hotline, language: str) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, language, keep=True)
    matter_id = await _a_matter(blind_hotline, phone)
    await _write(blind_hotline, matter_id, due=True)
    today = f"{court.today(blind_hotline.clock.now()):%d/%m/%Y}"

    [answer] = await _open(blind_hotline, phone)

    assert text("court.line.stage.court", language) in answer.text
    assert today in answer.text
    assert "50,000" in answer.text
    assert text("court.line.unpaid", language) in answer.text
    assert text("court.line.warning", language) in answer.text  # money is still to come
    assert "made up note" not in answer.text
    assert "{" not in answer.text
    async with blind_hotline.installation.database.write() as connection:
        known = await court.file_of(connection, matter_id)
        assert not known.is_untold
        await court.close(connection, blind_hotline.installation.vault, matter_id, STAFF, blind_hotline.clock.now())


async def test_she_asks_us_to_ask_and_hears_by_which_day(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "th", keep=True)
    matter_id = await _a_matter(blind_hotline, phone)
    await _open(blind_hotline, phone)

    [answer] = await blind_hotline.press(phone, "j:a")
    [later] = await _open(blind_hotline, phone)

    day = f"{court.today(blind_hotline.clock.now() + court.ASKED_FOR):%d/%m/%Y}"
    assert day in answer.text
    assert day in later.text
    assert text("court.line.stage.not_known", "th") in later.text
    async with blind_hotline.installation.database.read() as connection:
        assert (await court.file_of(connection, matter_id)).status.stage is Stage.NOT_KNOWN


async def test_one_tap_tells_staff_that_somebody_wants_her_to_withdraw_without_any_consent(
    blind_hotline: Hotline,
) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=False)
    await _open(blind_hotline, phone)

    [answer] = await blind_hotline.press(phone, "j:p")

    assert answer.text.startswith(text("court.pressure", "lo"))
    assert "c:danger_now" in _data(answer)
    [raised] = await blind_hotline.alerts()
    assert (raised.urgency, raised.reason) == (Urgency.HIGH, "referral_pressure")


async def test_pressure_stands_in_the_court_file_once_an_hour(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=True)
    matter_id = await _a_matter(blind_hotline, phone)

    await _open(blind_hotline, phone)
    for _ in range(2):
        await blind_hotline.press(phone, "j:p")

    async with blind_hotline.installation.database.read() as connection:
        assert len((await court.file_of(connection, matter_id)).pressures) == 1


@pytest.mark.parametrize("intent", ["info_court", "info_compensation", "paid_finder", "case_status"])
def test_whoever_hears_of_courts_and_money_has_the_tap_at_hand(intent: str, installation) -> None:
    assert "j:p" in [button.data for button in reply_with(f"answers.{intent}", installation.shown).buttons]


@pytest.mark.parametrize("name", ["pressure", "line.warning", "line.not_lost", "line.whom_to_ask"])
def test_each_sentence_of_fact_names_its_source_and_its_day(name: str) -> None:
    known = answer_of(f"court.{name}")

    assert known is not None
    assert known.sources
    assert known.written_on < known.review_by
    assert set(known.reviewed_by) == set(LANGUAGES)
