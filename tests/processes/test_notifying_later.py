"""After accepting, a receiver hears of answers and of a promise that is due: in constant words, while it is theirs."""

from datetime import timedelta

import pytest

from tests.console.sent_matters import accepted, step, withdrawn
from tests.processes.receiving_ends import CANARIES, ORGANISATION, Mailbox, add_way, mail_server_at, offer, send_all
from tests.processes.test_notifying import NOW, here, log_of, mailer, tell  # noqa: F401 - the fixture
from thangdee.casework import alerts
from thangdee.casework.providers import notices
from thangdee.casework.providers.addresses import Kind
from thangdee.casework.providers.notices import Saying, Standing
from thangdee.casework.referrals import questions, steps
from thangdee.core.words import LANGUAGES
from thangdee.processes.notice_sending import NoticeSender
from thangdee.processes.webhooks import Event, WebhookSender, body_of


async def sayings(here) -> list[Saying]:  # noqa: F811
    return sorted(one.saying for one in await log_of(here))


async def test_an_answer_and_a_promise_that_is_due_are_told_in_constant_words(here, clock) -> None:  # noqa: F811
    await add_way(here, Kind.MAIL)
    whole = await accepted(here, await offer(here))
    async with here.database.write() as connection:
        asked = await questions.ask_person(connection, here.vault, whole.current.id, "fetch", "x", clock.now())
        mark = await questions.note_answer(connection, here.vault, asked, {"code": "yes"})
        await questions.tell(connection, here.vault, asked, mark, clock.now())

    async with mail_server_at(Mailbox()) as box:
        sender = NoticeSender(here, mailer(box), WebhookSender())
        await tell(here, whole)
        await send_all(here, sender)
        clock.advance(timedelta(hours=20))
        await tell(here, whole)
        await send_all(here, sender)

    assert await sayings(here) == [Saying.NEWS, Saying.REMINDER]
    written = b"".join(box.letters) + "".join(one.get_content() for one in box.messages).encode()
    assert [one for one in (*CANARIES, "fetch", "yes") if one.encode() in written] == []
    assert len(box.letters) == 2
    assert all(f"{here.settings.console_origin}/r/" in one.get_content() for one in box.messages)


@pytest.mark.parametrize("end", ["before it is written", "before it is sent"])
async def test_of_what_was_taken_back_nothing_new_is_told(here, end) -> None:  # noqa: F811
    await add_way(here, Kind.MAIL)
    whole = await accepted(here, await offer(here))
    if end == "before it is sent":
        await tell(here, whole)
    await withdrawn(here, whole)
    async with mail_server_at(Mailbox()) as box:
        await tell(here, whole)
        await send_all(here, NoticeSender(here, mailer(box), WebhookSender()))

    assert box.letters == []
    assert {one.standing for one in await log_of(here)} <= {Standing.DROPPED}


async def test_who_has_no_way_is_called_about_offers_only(here, clock) -> None:  # noqa: F811
    whole = await accepted(here, await offer(here))

    await tell(here, whole)

    async with here.database.read() as connection:
        assert await alerts.open_alerts(connection) == []
        assert await notices.newest(connection, ORGANISATION) == []


async def test_after_the_first_contact_nothing_is_due(here, clock) -> None:  # noqa: F811
    await add_way(here, Kind.MAIL)
    whole = await accepted(here, await offer(here))
    one = whole.current.id
    whole = await step(here, whole, "contact", lambda matter: steps.contact(matter, one, clock.now()))
    clock.advance(timedelta(days=2))

    await tell(here, whole)

    assert await sayings(here) == [Saying.NEWS]


def test_every_saying_has_its_words_and_its_type() -> None:
    for saying in Saying:
        for language in LANGUAGES:
            assert "K7M2QX" in notices.subject(saying, language, "K7M2QX") + notices.words(
                saying, language, "K7M2QX", "https://x.test/r/y"
            )
        assert '"type":"' in body_of(Event("a", saying, "K7M2QX", NOW, "", None))
