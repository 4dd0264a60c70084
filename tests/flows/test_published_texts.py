"""What two people published is what the bot says, in a crisis as well, and however the program changes."""

import pytest

from tests.casework.test_content_editions import draft, other, proposed, published
from tests.hotline import Hotline
from thangdee.casework.content import editions
from thangdee.core import words
from thangdee.core.words import LANGUAGES

CARD = "crisis.danger_now"
CRY = "ช่วยด้วย มีคนขังฉันไว้ในห้อง"


@pytest.fixture(autouse=True)
def own_words():
    yield
    words.overlay({})


async def test_a_published_card_is_the_one_that_is_sent(blind_hotline: Hotline) -> None:
    hotline, database = blind_hotline, blind_hotline.installation.database
    phone = hotline.phone()
    changed = draft(CARD, th=other(CARD, "th"))
    async with database.write() as connection:
        await proposed(connection, hotline.clock, key=CARD, text=changed)
    await hotline.stop("chat")
    hotline.start("chat")
    assert other(CARD, "th") not in (await hotline.say(phone, CRY))[0].text

    async with database.write() as connection:
        one = await editions.open_edition(connection, CARD)
        await connection.execute(editions.edition.delete().where(editions.edition.c.id == one.id))
        await published(connection, hotline.clock, CARD, changed)
    await hotline.stop("chat")
    hotline.start("chat")  # as a process does every half a minute, it reads the editions before all else

    assert other(CARD, "th") in (await hotline.say(hotline.phone("q"), CRY))[0].text


async def test_an_edition_whose_gaps_an_upgrade_changed_is_not_sent(installation, clock) -> None:
    async with installation.database.write() as connection:
        await published(connection, clock, CARD, draft(CARD, th=other(CARD, "th")))
        texts = {f"text_{language}": words.own(CARD, language) + " {at}" for language in LANGUAGES}
        await connection.execute(editions.edition.update().values(texts))
    await installation.refresh_words()

    assert words.text(CARD, "th", at="18:00") == words.own(CARD, "th")
