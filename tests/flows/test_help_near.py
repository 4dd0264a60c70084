"""Who helps near me: in the chat by buttons, digits, a written place or a shared one; honest where nobody is known."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from tests.clock import SetClock
from tests.flows.test_answers_by_button import _check_first_lines
from tests.hotline import Hotline
from thangdee.bot.simulator import Phone, Sent
from thangdee.casework.chats import Session, chat
from thangdee.core.database import Database
from thangdee.core.words import LANGUAGES, text
from thangdee.flows.help_screens import ROOT, need_name, settings, which_need, which_part, which_place
from thangdee.flows.reply import MOST_BUTTONS, Reply
from thangdee.referral_directory import changes, freshness, reports
from thangdee.referral_directory.assurances import How
from thangdee.referral_directory.model import Directory
from thangdee.referral_directory.places import provinces
from thangdee.referral_directory.seed import seed_directory
from thangdee.referral_directory.snapshot import load_snapshot, revision_of
from thangdee.referral_directory.taxonomy import NEED_OF_INTENT, names_of, term

PAKSE, SAVANNAKHET = "LA1601", "LA-SV"


def _data(sent: Sent) -> list[str]:
    return [str(button.data) for row in sent.buttons for button in row]


async def _stored(hotline: Hotline) -> Session:
    async with hotline.installation.database.read() as connection:
        row = (await connection.execute(select(chat).where(chat.c.closed_at.is_(None)))).one()
    return Session.read(row.session)


async def _ready(hotline: Hotline, language: str = "lo") -> Phone:
    await hotline.installation.refresh_directory()
    phone = hotline.phone()
    await hotline.choose(phone, language, keep=False)
    return phone


async def _at_help(hotline: Hotline, language: str = "lo") -> Phone:
    """Somebody who went down the menu to "who helps near me", by digits."""
    phone = await _ready(hotline, language)
    for digit in ("3", "1", "2"):
        await hotline.say(phone, digit)
    return phone


# --- what is asked ----------------------------------------------------------------------------------------


def _screens(language: str) -> Iterator[Reply]:
    yield from (which_need(node) for node in settings().needs)
    yield which_place("shelter", language)
    for node in settings().places:
        for page in range(9):
            if reply := which_part(node, str(page), language):
                yield reply


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_has_at_most_four_choices_and_labels_in_every_language(language: str) -> None:
    for reply in _screens(language):
        assert 2 <= len(reply.buttons) <= MOST_BUTTONS
        assert all(text(one.label, language, **one.values) for one in reply.buttons)
        assert all(len(one.data.encode()) <= 64 for one in reply.buttons)


def test_every_need_is_offered_once_and_the_commonest_on_the_first_screen() -> None:
    offered = [child for children in settings().needs.values() for child in children if child not in settings().needs]

    assert sorted(offered) == sorted(names_of("need"))
    assert set(settings().needs[ROOT]) >= {"shelter", "labour_complaint", "medical"}


def test_every_province_of_both_countries_can_be_chosen_by_buttons() -> None:
    reached: list[str] = []
    for country in ("laos", "thailand"):
        todo = [f"{country}:0"]
        while todo:
            node, _, page = todo.pop().partition(":")
            reply = which_part(node, page, "en")
            assert reply is not None
            data = [one.data for one in reply.buttons]
            reached += [one.removeprefix("f:p:") for one in data if one.startswith("f:p:")]
            todo += [one.removeprefix("f:r:") for one in data if one.startswith("f:r:")]

    everywhere = [one.code for country in ("LA", "TH") for one in provinces(country)]
    assert sorted(reached) == sorted([*everywhere, "LA", "TH"])


def test_the_needs_of_all_topics_are_offered() -> None:
    assert set(NEED_OF_INTENT.values()) <= set(names_of("need"))


async def test_a_place_that_is_written_before_the_kind_of_help_is_kept(blind_hotline: Hotline) -> None:
    phone = await _at_help(blind_hotline)

    [asked_again] = await blind_hotline.say(phone, "ປາກເຊ")
    [cards] = await blind_hotline.press(phone, "f:c:shelter")

    assert asked_again.text == text("help.what", "lo")
    assert (await _stored(blind_hotline)).place == PAKSE
    assert any(one.startswith("f:d:") for one in _data(cards))


async def test_three_taps_lead_to_cards(blind_hotline: Hotline) -> None:
    phone = await _ready(blind_hotline)

    [what] = await blind_hotline.press(phone, "m:more") and await blind_hotline.press(phone, "m:help")
    assert "i:request_referral" in _data(what)
    [what] = await blind_hotline.press(phone, "i:request_referral")
    [where] = await blind_hotline.press(phone, "f:c:shelter")
    [cards] = await blind_hotline.after(phone.location(16.57, 104.76), phone)

    assert what.text == text("help.what", "lo")
    assert where.text == text("help.where", "lo", need=need_name("shelter", "lo"))
    assert cards.text.count("\n📍 ") == 3
    assert _data(cards)[3] == "i:talk_to_human"
    assert all(one.startswith("f:d:") for one in _data(cards)[:3])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_digits_alone_lead_to_a_card_and_its_details(blind_hotline: Hotline, language: str) -> None:
    phone = await _at_help(blind_hotline, language)

    for digit in ("1", "1", "2", "1"):  # a place to stay, in Laos, the south, Champasak
        [shown] = await blind_hotline.say(phone, digit)
    [detail] = await blind_hotline.say(phone, "1")

    assert _data(shown)[0].startswith("f:d:")
    assert detail.text.startswith(text("help.detail", language, name="").rstrip())
    assert [one.split(":")[0] for one in _data(detail)] == ["f", "f", "f", "m"]
    _check_first_lines(blind_hotline.fake.sent)


@pytest.mark.parametrize(
    ("written", "code"),
    [("ປາກເຊ", PAKSE), ("ຂ້ອຍຢູ່ປາກເຊ", PAKSE), ("ปากเซ", PAKSE), ("pakse", PAKSE), ("ສະຫວັນ", SAVANNAKHET),
     ("อุดร", "TH-41"), ("ໄທ", "TH")],
)  # fmt: skip
async def test_a_place_may_be_written_in_any_script_while_rasa_is_away(
    blind_hotline: Hotline, written: str, code: str
) -> None:
    phone = await _at_help(blind_hotline)
    await blind_hotline.say(phone, "1")

    [shown] = await blind_hotline.say(phone, written)

    assert (await _stored(blind_hotline)).place == code
    assert need_name("shelter", "lo") in shown.text


@pytest.mark.parametrize(("written", "offered"), [("ວຽງຈັນ", {"LA-VT", "LA-VI"}), ("ເລີຍ", {"TH-42"})])
async def test_an_unsure_place_is_asked_back(blind_hotline: Hotline, written: str, offered: set[str]) -> None:
    phone = await _at_help(blind_hotline)
    await blind_hotline.say(phone, "1")

    [asked] = await blind_hotline.say(phone, written)
    choices = {one.removeprefix("f:p:") for one in _data(asked) if one.startswith("f:p:")}
    [shown] = await blind_hotline.say(phone, "1")

    assert asked.text == text("help.did_you_mean", "lo")
    assert choices == offered
    assert need_name("shelter", "lo") in shown.text


async def test_a_place_that_nobody_knows_is_asked_another_way_with_a_person_at_hand(blind_hotline: Hotline) -> None:
    phone = await _at_help(blind_hotline)
    await blind_hotline.say(phone, "1")

    [written] = await blind_hotline.say(phone, "qwertz")
    [shared] = await blind_hotline.after(phone.location(48.2, 16.3), phone)

    assert written.text == shared.text == text("help.place_unknown", "lo")
    assert {"i:talk_to_human", "c:danger_now"} < set(_data(written))


async def test_a_cry_instead_of_a_place_is_a_cry(blind_hotline: Hotline) -> None:
    phone = await _at_help(blind_hotline)
    await blind_hotline.say(phone, "1")

    [card] = await blind_hotline.say(phone, "ຂ້ອຍຖືກຂັງຢູ່ໃນຫ້ອງ ຊ່ວຍແດ່")
    [after] = await blind_hotline.say(phone, "ປາກເຊ")

    assert card.text.startswith(text("crisis.danger_now", "lo"))
    assert need_name("shelter", "lo") not in after.text


# --- nothing is asked twice ---------------------------------------------------------------------------------


async def test_a_known_topic_and_place_are_not_asked(blind_hotline: Hotline) -> None:
    phone = await _ready(blind_hotline)
    await blind_hotline.after(phone.location(16.57, 104.76), phone)
    await blind_hotline.press(phone, "i:request_referral")
    for data in ("m:root", "m:more", "m:home", "m:livelihood", "i:info_training"):
        await blind_hotline.press(phone, data) if data != "m:root" else await blind_hotline.say(phone, "/menu")

    [shown] = await blind_hotline.press(phone, "i:request_referral")

    assert need_name("vocational_training", "lo") in shown.text
    assert "ສະຫວັນນະເຂດ" in shown.text or "ໄກສອນ" in shown.text
    assert _data(shown)[0].startswith("f:d:")


async def test_a_follow_up_about_another_place_keeps_the_kind_of_help(blind_hotline: Hotline) -> None:
    phone = await _at_help(blind_hotline)
    await blind_hotline.say(phone, "1")
    await blind_hotline.say(phone, "ປາກເຊ")

    [shown] = await blind_hotline.say(phone, "ແລ້ວຢູ່ສະຫວັນເດ້")
    [asked] = await blind_hotline.say(phone, "ແລ້ວຢູ່ວຽງຈັນເດ້")

    assert shown.text.startswith(_found("here", "shelter", "ແຂວງສະຫວັນນະເຂດ"))
    assert asked.text == text("help.did_you_mean", "lo")


async def test_the_button_in_the_menu_asks_anew_and_the_place_stays_known(blind_hotline: Hotline) -> None:
    phone = await _at_help(blind_hotline)
    await blind_hotline.say(phone, "1")
    await blind_hotline.say(phone, "ປາກເຊ")

    for word in ("/menu", "3", "1"):
        await blind_hotline.say(phone, word)
    [what] = await blind_hotline.say(phone, "2")
    [shown] = await blind_hotline.say(phone, "2")

    assert what.text == text("help.what", "lo")
    assert shown.text.startswith(_found("here", "labour_complaint", "ເມືອງປາກເຊ"))


async def test_place_kind_of_help_and_people_can_be_changed(blind_hotline: Hotline) -> None:
    phone = await _at_help(blind_hotline)
    await blind_hotline.say(phone, "1")
    await blind_hotline.say(phone, "ສະຫວັນ")

    [elsewhere] = await blind_hotline.say(phone, "ອື່ນໆ")
    [people] = await blind_hotline.say(phone, "3")
    [for_men] = await blind_hotline.say(phone, "2")

    assert _data(elsewhere) == ["f:w:", "f:n:root", "f:g:", "c:danger_now"]
    assert people.text == text("help.for_whom", "lo")
    assert term("gender", "women").names["lo"] not in for_men.text
    assert text("help.line.looking_for", "lo", said=term("gender", "men").names["lo"]) in for_men.text
    assert (await _stored(blind_hotline)).for_whom == "man"


async def test_what_was_said_is_forgotten_when_the_chat_is_hidden_or_after_a_day(blind_hotline: Hotline) -> None:
    phone = await _at_help(blind_hotline)
    await blind_hotline.say(phone, "1")
    await blind_hotline.say(phone, "/hide")

    assert (await _stored(blind_hotline)).need is None
    [hidden] = await blind_hotline.say(phone, "ປາກເຊ")
    assert hidden.text == text("hidden.menu", "lo")


# --- what is shown ------------------------------------------------------------------------------------------


def _found(scope: str, need: str, place: str) -> str:
    return text(f"help.found.{scope}", "lo", need=need_name(need, "lo"), place=place)


async def test_without_gender_each_card_says_for_whom_it_is(blind_hotline: Hotline) -> None:
    phone = await _at_help(blind_hotline, "en")
    await blind_hotline.say(phone, "1")

    [cards] = await blind_hotline.say(phone, "Savannakhet")

    assert cards.text.count("👥 ") == 3
    assert "Women and girls · under 18" in cards.text
    assert "Men and boys" in cards.text


async def test_a_known_minor_is_shown_only_what_takes_minors(blind_hotline: Hotline) -> None:
    phone = await _at_help(blind_hotline, "th")
    await blind_hotline.say(phone, "1")
    [grown_up] = await blind_hotline.say(phone, "กรุงเทพ")
    await blind_hotline.say(phone, "หนูอายุ 15")

    [minor] = await blind_hotline.press(phone, "f:c:shelter")

    assert (await _stored(blind_hotline)).age_band == "under_18"
    assert "18 ปีขึ้นไป" in grown_up.text
    assert "18 ปีขึ้นไป" not in minor.text


async def test_a_fresh_real_installation_names_nobody_and_offers_a_person(blind_hotline: Hotline) -> None:
    phone = await _ready(blind_hotline)
    blind_hotline.installation.directory = Directory()

    await blind_hotline.press(phone, "m:more")
    await blind_hotline.press(phone, "m:help")
    await blind_hotline.press(phone, "i:request_referral")
    await blind_hotline.press(phone, "f:c:shelter")
    [told] = await blind_hotline.say(phone, "ປາກເຊ")

    assert told.text.startswith(text("help.nothing", "lo", need=need_name("shelter", "lo"), place="ເມືອງປາກເຊ"))
    assert text("help.tail.offices", "lo") in told.text
    assert "000 010" in told.text  # the sample number of the demo's records
    assert {"i:talk_to_human", "c:danger_now"} < set(_data(told))


async def test_something_wrong_is_noted_without_the_person(blind_hotline: Hotline) -> None:
    phone = await _at_help(blind_hotline)
    await blind_hotline.say(phone, "1")
    [cards] = await blind_hotline.say(phone, "ສະຫວັນ")
    listing_id = _data(cards)[0].removeprefix("f:d:")
    await blind_hotline.say(phone, "1")

    [told] = await blind_hotline.say(phone, "2")
    [again] = await blind_hotline.say(phone, "1")

    async with blind_hotline.installation.database.read() as connection:
        [one] = await reports.open_reports(connection)
    assert told.text == text("help.reported", "lo")
    assert (one.listing_id, one.at) == (listing_id, blind_hotline.clock.now())
    assert again.text == cards.text


async def test_sending_a_matter_begins_with_the_question_whether_it_may_be_kept(blind_hotline: Hotline) -> None:
    phone = await _at_help(blind_hotline)
    await blind_hotline.say(phone, "1")
    await blind_hotline.say(phone, "ສະຫວັນ")
    await blind_hotline.say(phone, "1")

    [told] = await blind_hotline.say(phone, "1")

    assert told.text.startswith(text("referral.keep_first", "lo"))
    assert _data(told)[:2] == ["y:keep_chat", "n:keep_chat"]


async def test_an_entry_that_is_gone_or_was_never_checked_is_not_shown(blind_hotline: Hotline) -> None:
    phone = await _at_help(blind_hotline)
    await blind_hotline.say(phone, "1")
    await blind_hotline.say(phone, "ສະຫວັນ")
    directory = blind_hotline.installation.directory
    unchecked = next(one.id for one in directory.listings if not one.checked.is_verified)
    first = next(row[0] for row in blind_hotline.fake.sent_to(phone)[-1].buttons)

    blind_hotline.installation.directory = Directory((), {}, {})
    [gone] = await blind_hotline.press(phone, first.data)
    blind_hotline.installation.directory = directory

    assert gone.text == text("help.entry_gone", "lo")
    assert unchecked not in str([sent.buttons for sent in blind_hotline.fake.sent])


async def test_no_police_and_nothing_confidential_is_ever_named(blind_hotline: Hotline) -> None:
    phone = await _ready(blind_hotline)
    directory = blind_hotline.installation.directory
    police = {one.id for one in directory.listings if one.kind == "police"}
    await blind_hotline.press(phone, "m:more")
    await blind_hotline.press(phone, "m:help")
    await blind_hotline.press(phone, "i:request_referral")
    await blind_hotline.press(phone, "f:c:shelter")
    await blind_hotline.say(phone, "ວຽງຈັນ")
    [cards] = await blind_hotline.press(phone, "f:p:LA-VT")

    assert police
    assert not police & {one.removeprefix("f:d:") for one in _data(cards)}


# --- the directory in memory ---------------------------------------------------------------------------------


async def test_the_directory_is_read_again_only_when_it_changed(blind_hotline: Hotline) -> None:
    installation = blind_hotline.installation
    await installation.refresh_directory()
    before = installation.directory
    await installation.refresh_directory()
    same = installation.directory
    async with installation.database.write() as connection:
        changed = {"id": before.listings[0].service_id, "name": "New"}
        await changes.save(connection, "service", changed, by="noy", now=blind_hotline.clock.now())
    await installation.refresh_directory()

    assert same is before
    assert installation.directory is not before


async def test_every_change_gives_another_revision(database: Database, clock: SetClock) -> None:
    seen = []
    async with database.write() as connection:
        seen.append(await revision_of(connection))
        await seed_directory(connection, "thangdee", clock.now(), demo=True)
        seen.append(await revision_of(connection))
        [service, *_] = (await load_snapshot(connection)).listings
        changed = {"id": service.service_id, "name": "New"}
        await changes.save(connection, "service", changed, by="noy", now=clock.now())
        seen.append(await revision_of(connection))
        await freshness.assure(connection, "service", service.service_id, by="noy", how=How.PHONE, now=clock.now())
        seen.append(await revision_of(connection))

    assert len(set(seen)) == 4


# --- with Rasa ------------------------------------------------------------------------------------------------


async def test_a_written_question_about_help_nearby_goes_on_from_the_topic_and_the_place(hotline: Hotline) -> None:
    phone = await _ready(hotline)

    await hotline.say(phone, "ຢາກຮຽນຕັດຫຍິບ ຮຽນຢູ່ໃສໄດ້")
    [where] = await hotline.press(phone, "i:request_referral")
    [pakse] = await hotline.say(phone, "ຢູ່ປາກເຊ")
    [savannakhet] = await hotline.say(phone, "ແລ້ວຢູ່ສະຫວັນເດ້")
    [thanks] = await hotline.say(phone, "ຂອບໃຈຫຼາຍໆ")

    assert where.text == text("help.where", "lo", need=need_name("vocational_training", "lo"))
    assert pakse.text.startswith(_found("here", "vocational_training", "ເມືອງປາກເຊ"))
    assert savannakhet.text.startswith(_found("here", "vocational_training", "ແຂວງສະຫວັນນະເຂດ"))
    assert thanks.text == text("chat.thanks", "lo")


async def test_another_question_instead_of_a_place_is_answered(hotline: Hotline) -> None:
    phone = await _at_help(hotline)
    await hotline.say(phone, "1")

    [answer] = await hotline.say(phone, "ຢາກເຮັດໜັງສືຜ່ານແດນ ເຮັດຢູ່ໃສ")

    assert answer.text.startswith(text("answers.info_passport", "lo"))
