"""Every answer by pressing and by typing numbers, in three languages (R59), with neutral first lines (R55)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from test_texts import INFORMATIONAL, SENSITIVE

from tests.hotline import TOKEN, Hotline
from thangdee.bot.simulator import Phone, Sent
from thangdee.core.words import text
from thangdee.flows import menu
from thangdee.flows.crisis import KINDS
from thangdee.flows.reply import LANGUAGES, MOST_BUTTONS

DIGITS = {"lo": "໐໑໒໓໔", "th": "๐๑๒๓๔", "en": "01234"}
OWN_SCREENS = {
    "talk_to_human": "consent.talk_to_staff",
    "delete_my_data": "delete.ask",
    "request_referral": "help.what",
    "change_language": "chat.ask_language",
    "referral_status": "matter.none",
    "case_status": "court.lead",
    "complaint": "complaints.whom",
}


def _paths(node: str = menu.ROOT, so_far: tuple[int, ...] = ()) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Every leaf of the menu with the numbers that lead there."""
    for number, child in enumerate(menu.tree()[node], start=1):
        if child in menu.tree():
            yield from _paths(child, (*so_far, number))
        else:
            yield child, (*so_far, number)


def _levels() -> list[list[str]]:
    """Button data of the menu by depth."""
    levels, nodes = [], [menu.ROOT]
    while nodes:
        children = [child for node in nodes for child in menu.tree()[node]]
        levels.append([f"m:{one}" if one in menu.tree() else f"i:{one}" for one in children])
        nodes = [child for child in children if child in menu.tree()]
    return levels


LEAVES = dict(_paths())


def _opening(leaf: str, language: str) -> str:
    return text(OWN_SCREENS.get(leaf, f"answers.{leaf}"), language)


def _data(sent: Sent) -> list[str | None]:
    return [button.data for row in sent.buttons for button in row]


@dataclass
class Walk:
    """People who do the same at the same time, so that a whole menu takes seconds."""

    hotline: Hotline

    async def step(self) -> None:
        self.hotline.clock.advance(timedelta(seconds=61))  # nobody floods
        await self.hotline.settle(90)

    async def all_write(self, words: dict[Phone, str]) -> None:
        for phone, said in words.items():
            phone.text(said)
        await self.step()

    async def all_press(self, data: dict[Phone, str]) -> None:
        for phone, pressed in data.items():
            phone.press(pressed)
        await self.step()


@pytest.fixture
def walk(blind_hotline: Hotline) -> Walk:
    return Walk(blind_hotline)


async def _press_everything(walk: Walk) -> dict[str, Phone]:
    """One person a language presses every button of the menu, level by level."""
    phones = {language: walk.hotline.phone(language) for language in LANGUAGES}
    await walk.all_write(dict.fromkeys(phones.values(), "/start"))
    await walk.all_press({phone: f"l:{language}" for language, phone in phones.items()})
    await walk.all_press(dict.fromkeys(phones.values(), "n:keep_chat"))
    for level in _levels():
        for first in range(0, len(level), 15):
            for data in level[first : first + 15]:
                for phone in phones.values():
                    phone.press(data)
            await walk.step()
    for kind in KINDS:
        for phone in phones.values():
            phone.press("c:danger_now")
        await walk.all_write(
            dict.fromkeys(phones.values(), {"self_harm": "ຢາກຕາຍ", "danger_now": "/sos"}.get(kind, "1"))
        )
    for data in ("x:hide", "h:greetings", "h:numbers", "h:food", "h:clear"):
        await walk.all_press(dict.fromkeys(phones.values(), data))
    return phones


def test_the_menu_holds_every_informational_intent() -> None:
    assert set(LEAVES) >= INFORMATIONAL
    assert max(len(path) for path in LEAVES.values()) <= 4


async def test_every_answer_is_reached_by_pressing_and_every_first_line_is_neutral(walk: Walk) -> None:
    phones = await _press_everything(walk)
    sent = list(walk.hotline.fake.sent)

    for language, phone in phones.items():
        told = [one.text for one in walk.hotline.fake.sent_to(phone)]
        missing = [leaf for leaf in LEAVES if not any(_opening(leaf, language) in one for one in told)]
        assert missing in ([], ["request_referral"])  # it does not ask what the topic before it tells (R44)
    _check_screens(sent)
    _check_first_lines(sent)


async def test_flows_without_typing(walk: Walk) -> None:
    """By numbers alone, as each language writes them: language, consent, and down to every answer."""
    people = {(language, leaf): walk.hotline.phone(f"{language} {leaf}") for language in LANGUAGES for leaf in LEAVES}
    await walk.all_write(dict.fromkeys(people.values(), "/start"))
    await walk.all_write({phone: DIGITS[who[0]][1 + LANGUAGES.index(who[0])] for who, phone in people.items()})
    await walk.all_write({phone: DIGITS[who[0]][2] for who, phone in people.items()})
    for depth in range(4):
        steps = {who: LEAVES[who[1]][depth] for who in people if depth < len(LEAVES[who[1]])}
        await walk.all_write({people[who]: DIGITS[who[0]][number] for who, number in steps.items()})

    last = {who: walk.hotline.fake.sent_to(phone)[-1].text for who, phone in people.items()}
    assert [who for who, told in last.items() if not told.startswith(_opening(who[1], who[0]))] == []
    _check_screens(walk.hotline.fake.sent)
    _check_first_lines(walk.hotline.fake.sent)


def _check_screens(sent: list[Sent]) -> None:
    titles = {text(f"menu.{node}.title", language) for node in menu.tree() for language in LANGUAGES}
    menus = [one for one in sent if any(title in one.text for title in titles)]

    assert len(menus) >= 3 * len(menu.tree())
    assert [one.text for one in sent if len(_data(one)) > MOST_BUTTONS] == []
    assert [one.text for one in menus if "c:danger_now" not in _data(one)] == []
    assert [one.text for one in sent if any(len(row) != 1 for row in one.buttons)] == []


def _check_first_lines(sent: list[Sent]) -> None:
    firsts = {one.text.split("\n", 1)[0] for one in sent}

    found = {line: word for line in firsts for words in SENSITIVE.values() for word in words if word in line.lower()}
    assert found == {}
    assert [line for line in firsts if len(line) > 60] == []


async def test_outbound_first_line_neutral_of_what_answers_media_and_staff(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "en", keep=True)
    for act in (phone.voice, phone.photo, lambda: phone.location(17.9, 102.6), lambda: phone.contact("0"), phone.start):
        await blind_hotline.after(act(), phone)
    for words in ("/language", "/menu", "/delete"):
        await blind_hotline.say(phone, words)
    for data in ("n:delete", "m:more", "m:help", "i:talk_to_human", "y:talk_to_staff", "m:root"):
        await blind_hotline.press(phone, data)
        blind_hotline.clock.advance(timedelta(seconds=20))
    await blind_hotline.say(phone, "/delete")
    await blind_hotline.press(phone, "y:delete")

    assert len(blind_hotline.fake.sent) >= 15
    _check_first_lines(blind_hotline.fake.sent)


async def test_outbound_first_line_neutral_of_the_profile(blind_hotline: Hotline) -> None:
    """What Telegram shows of the bot to somebody who looks over a shoulder."""
    profile = blind_hotline.fake.bot(TOKEN).profile
    await blind_hotline.fake.wait_until(lambda: "description:en" in profile)

    shown = str(profile).lower()
    assert {key.partition(":")[0] for key in profile} >= {"short_description", "description", "commands"}
    assert {key.rpartition(":")[2] for key in profile} >= {"", "lo", "th", "en"}
    assert [word for words in SENSITIVE.values() for word in words if word in shown] == []


async def test_messages_show_no_preview_and_sensitive_ones_cannot_be_forwarded(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=False)
    for data in ("m:work", "m:rights", "i:info_legal_aid"):
        await blind_hotline.press(phone, data)

    [answer] = [one for one in blind_hotline.fake.sent if one.text.startswith(text("answers.info_legal_aid", "lo"))]
    assert str(answer.payload["protect_content"]).lower() == "true"
    assert all("is_disabled" in str(one.payload["link_preview_options"]) for one in blind_hotline.fake.sent)
