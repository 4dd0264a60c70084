"""Where it stands: always the truth from state, in plain words, in every language."""

from datetime import timedelta

import pytest

from tests.flows.matters_out import (
    ACCEPT,
    CONTACT,
    HELP,
    STATES,
    chat_of,
    data_of,
    directory_of,
    go,
    in_state,
    offer,
    receivers_in,
    sent_to,
    written,
)
from tests.flows.test_answers_by_button import _check_first_lines
from tests.hotline import Hotline
from thangdee.bot.simulator import Phone
from thangdee.casework.referrals import proposals, store
from thangdee.core.words import LANGUAGES, text
from thangdee.flows.reply import MOST_BUTTONS
from thangdee.referral_directory.model import text_in

# The beginning of the line that each state is told by, up to its first value.
SAYS = {
    "draft": "draft",
    "asked to choose": "staff_asked_to_choose",
    "of another person": "for_other",
    "of a child": "staff_best_interest",
    "offered": "asked",
    "accepted": "accepted",
    "contacted": "contacted",
    "helped": "helped",
    "helped and finished": "helped_and_closed",
    "declined, the next asked": "declined",
    "nobody answered": "staff_all_asked",
    "given back": "given_back",
    "closed": "closed",
    "taken back": "withdrawn",
}


def _fixed(key: str, language: str) -> list[str]:
    """The words of a line between its values."""
    template = text(f"matter.line.{key}", language)
    for name in ("{name}", "{by}", "{way}", "{why}", "{at}", "{next}"):
        template = template.replace(name, "\0")
    return [piece for piece in template.split("\0") if piece.strip()]


async def _started(hotline: Hotline, labels: list[str]) -> dict[str, Phone]:
    phones = {label: hotline.phone(label) for label in labels}
    for phone in phones.values():
        phone.start()
    await hotline.settle(60)
    return phones


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_state_is_told_as_it_is(clockless_hotline: Hotline, language: str) -> None:
    vault, now = clockless_hotline.installation.vault, clockless_hotline.clock.now()
    to = receivers_in(await directory_of(clockless_hotline))
    phones = await _started(clockless_hotline, list(STATES))
    async with clockless_hotline.installation.database.write() as connection:
        for state, phone in phones.items():
            who = await chat_of(connection, vault, phone, language, now)
            await in_state(connection, vault, who, state, to, now)
            await offer(connection, vault, who, now, "u:s")
    await clockless_hotline.settle(60)
    for phone in phones.values():
        phone.press("u:s")
    await clockless_hotline.settle(60)

    shown = {state: clockless_hotline.fake.sent_to(phone)[-1] for state, phone in phones.items()}
    told = {
        state: [piece for piece in _fixed(SAYS[state], language) if piece not in shown[state].text] for state in SAYS
    }
    assert {state: missing for state, missing in told.items() if missing} == {}
    assert {state for state, one in shown.items() if not one.text.startswith(text("matter.status", language))} == set()
    assert all(len(data_of(one)) <= MOST_BUTTONS for one in shown.values())
    assert all("c:danger_now" in data_of(one) for one in shown.values())
    _check_first_lines(clockless_hotline.fake.sent)


async def test_names_promises_and_references_come_from_the_records(clockless_hotline: Hotline) -> None:
    vault, now, directory = (
        clockless_hotline.installation.vault,
        clockless_hotline.clock.now(),
        await directory_of(clockless_hotline),
    )
    to = receivers_in(directory)
    phone = (await _started(clockless_hotline, ["one"]))["one"]
    async with clockless_hotline.installation.database.write() as connection:
        who = await chat_of(connection, vault, phone, "th", now)
        matter = await in_state(connection, vault, who, "accepted", to, now)
        await offer(connection, vault, who, now, "u:s")
    await clockless_hotline.settle()

    [*_, accepted] = await clockless_hotline.press(phone, "u:s")
    clockless_hotline.clock.advance(timedelta(days=2))
    [*_, late] = await clockless_hotline.press(phone, "u:s")

    name = text_in(directory.by_id[to[0].listing_id].names, "th")
    assert name in accepted.text
    assert matter.referrals[0].code in accepted.text
    assert matter.code not in accepted.text
    assert text("field.reach_by.chat", "th") in accepted.text
    assert all(piece in late.text for piece in _fixed("accepted_late", "th"))
    assert data_of(late)[0] == "i:talk_to_human"


async def test_several_matters_each_have_a_button_and_who_has_none_is_offered_help(clockless_hotline: Hotline) -> None:
    vault, now = clockless_hotline.installation.vault, clockless_hotline.clock.now()
    to = receivers_in(await directory_of(clockless_hotline))
    phones = await _started(clockless_hotline, ["many", "none"])
    async with clockless_hotline.installation.database.write() as connection:
        who = await chat_of(connection, vault, phones["many"], "lo", now)
        for minutes in range(4):
            at = now + timedelta(minutes=minutes)
            draft = await written(connection, vault, who, at)
            await sent_to(connection, vault, draft, to, at)
        await offer(connection, vault, who, now, "u:s")
        await offer(connection, vault, await chat_of(connection, vault, phones["none"], "lo", now), now, "u:s")
    await clockless_hotline.settle()

    [*_, list_] = await clockless_hotline.press(phones["many"], "u:s")
    [*_, one] = await clockless_hotline.press(phones["many"], data_of(list_)[0])
    [*_, none] = await clockless_hotline.press(phones["none"], "u:s")

    async with clockless_hotline.installation.database.read() as connection:
        newest = (await store.matters_of(connection, who.id))[:3]
    assert data_of(list_) == [*(f"u:s:{each.id}" for each in newest), "c:danger_now"]
    assert newest[0].referrals[0].code in one.text
    assert none.text == text("matter.none", "lo")
    assert "i:request_referral" in data_of(none)


async def test_whom_staff_propose_is_shown_before_anything_goes(clockless_hotline: Hotline) -> None:
    vault, now = clockless_hotline.installation.vault, clockless_hotline.clock.now()
    to = receivers_in(await directory_of(clockless_hotline))
    phone = (await _started(clockless_hotline, ["one"]))["one"]
    async with clockless_hotline.installation.database.write() as connection:
        who = await chat_of(connection, vault, phone, "lo", now)
        matter = await in_state(connection, vault, who, "asked to choose", to, now)
        await proposals.propose(connection, matter.id, to, "staff", now)
        await offer(connection, vault, who, now, "u:s")
    await clockless_hotline.settle()

    [*_, status] = await clockless_hotline.press(phone, "u:s")

    assert text("matter.line.proposed", "lo") in status.text
    assert data_of(status)[0] == f"r:pr:{matter.id}"


async def test_every_way_on_of_a_helped_matter_answers(clockless_hotline: Hotline) -> None:
    """Each button of these screens leads somewhere, and none to "this button is old"."""
    vault, now = clockless_hotline.installation.vault, clockless_hotline.clock.now()
    to = receivers_in(await directory_of(clockless_hotline))
    phone = (await _started(clockless_hotline, ["one"]))["one"]
    async with clockless_hotline.installation.database.write() as connection:
        who = await chat_of(connection, vault, phone, "lo", now)
        matter = await sent_to(connection, vault, await written(connection, vault, who, now), to, now)
        for step in (ACCEPT, CONTACT, HELP):
            matter = await go(connection, vault, matter, step, now)
        await offer(connection, vault, who, now, "u:s")
    await clockless_hotline.settle()
    todo, seen = ["u:s"], set()

    while todo:
        data = todo.pop(0)
        seen.add(data)
        clockless_hotline.clock.advance(timedelta(seconds=10))
        answers = await clockless_hotline.press(phone, data)
        assert answers, data
        assert text("chat.old_button", "lo") not in answers[-1].text, data
        assert len(data_of(answers[-1])) <= MOST_BUTTONS
        found = [one for one in data_of(answers[-1]) if one.startswith("u:") and not one.startswith(("u:w", "u:fs"))]
        todo += [one for one in found if one not in seen and one not in todo]

    assert {one.split(":")[1] for one in seen} >= {"s", "m", "f", "fy", "fr", "fh", "fw", "l", "lc", "p", "t", "cm"}
    _check_first_lines(clockless_hotline.fake.sent)
