"""The second look at a reply in a real browser: from 360 px up, in Lao and Thai letters, by keyboard, no fault for axe."""

import pytest
from playwright.async_api import expect

from tests.casework.talks import a_chat
from tests.console.browsing import axe_violations, chromium, fits, opened, picture
from tests.console.signing_in import ORIGIN, gate_of, sign_in
from thangdee.bot.simulator import serve
from thangdee.casework import conversations, held_replies
from thangdee.casework.conversations import Outcome
from thangdee.casework.held_replies import HeldState, ReplyWatch
from thangdee.casework.hold_rules import HoldRules
from thangdee.casework.staff.roles import Role
from thangdee.console.app import bare_app
from thangdee.console.held_page import add_held
from thangdee.console.notices_page import add_notices
from thangdee.console.shared import Console
from thangdee.core.words import text

SECRET = "ນ້ອງຢູ່ບ້ານເກັດຕະການ\nໂທຫາລາວໄດ້ຕອນແລງ"


@pytest.fixture
def app(installation):
    database, vault, clock = installation.database, installation.vault, installation.clock
    made = bare_app(gate_of(installation))
    console = Console(database, vault, clock, lambda _: None, ORIGIN)
    add_held(made, console)
    add_notices(made, console)
    return made


@pytest.fixture
async def chat_id(installation, clock) -> str:
    """A chat in which a reply of somebody else waits."""
    vault = installation.vault
    async with installation.database.write() as connection:
        whose = await a_chat(connection, vault, clock.now())
        await conversations.take_over(connection, vault, whose.id, "noy", clock.now())
        outcome = await conversations.reply(
            connection, vault, whose.id, "noy", SECRET, clock.now(), watch=ReplyWatch(vault, HoldRules())
        )
    assert outcome is Outcome.HELD
    return whose.id


@pytest.mark.parametrize(("language", "size"), [("lo", "small"), ("th", "desktop")])
async def test_a_reply_is_read_and_refused_with_a_word_by_keyboard(
    app, installation, clock, chat_id, language, size
) -> None:
    cookies = await sign_in(installation, Role.SUPERVISOR, language=language)
    # The page's header asks for its count, which this small application does not have.
    async with (
        serve(app) as url,
        chromium() as browser,
        opened(browser, url + "/held", size=size, cookies=cookies, forgiven=("404",)) as page,
    ):
        await picture(page, f"held-{size}")
        assert await fits(page)
        assert await axe_violations(page) == []
        assert SECRET.splitlines()[0] not in await page.content()
        await page.get_by_role("link", name=text("held.open", language)).press("Enter")
        await expect(page.locator("blockquote")).to_have_text(SECRET)
        await picture(page, f"held-one-{size}")
        assert await fits(page)
        assert await axe_violations(page) == []
        await page.locator("#word").press_sequentially("ຖາມນ້ອງກ່ອນ")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status").first).to_have_text(text("held.notice.refused", language))

    async with installation.database.read() as connection:
        (held,) = await held_replies.of_chat(connection, installation.vault, chat_id, clock.now())
    assert (held.state, held.word) == (HeldState.REFUSED, "ຖາມນ້ອງກ່ອນ")
