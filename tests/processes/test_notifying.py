"""Notices to organisations: nothing of the person in them, none lost, staff called where none gets through (R39)."""

import json
import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update
from standardwebhooks import Webhook

from tests.hotline import Hotline
from tests.processes.receiving_ends import (
    ADDRESSES,
    CANARIES,
    ORGANISATION,
    Mailbox,
    System,
    add_way,
    certificate,
    mail_server_at,
    offer,
    send_all,
    system_at,
)
from thangdee.casework import alerts
from thangdee.casework.providers import channels, notices
from thangdee.casework.providers.addresses import Kind
from thangdee.casework.providers.notices import Saying, Standing
from thangdee.casework.providers.tables import provider_channel
from thangdee.casework.referrals import deeds, steps
from thangdee.casework.referrals.model import Speed
from thangdee.core import dead_letters, outbox
from thangdee.core.errors import NotReadyError
from thangdee.core.jobs import Queue, job
from thangdee.core.settings import Settings
from thangdee.core.vault import Place
from thangdee.core.words import LANGUAGES
from thangdee.processes.mailing import Mailer, MailServer, mail_server
from thangdee.processes.notice_sending import NoticeSender
from thangdee.processes.notifying import notify, notify_ended
from thangdee.processes.webhooks import Event, WebhookSender, body_of, is_public

FROM = "hotline@thangdee.test"
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def here(installation):
    """The installation with a mail server's address."""
    changed = {"smtp_url": SecretStr("smtp://localhost"), "mail_from": FROM}
    return replace(installation, settings=installation.settings.model_copy(update=changed))


def mailer(box: Mailbox, trusted=None, **more) -> Mailer:
    return Mailer(MailServer("localhost", box.port, FROM, is_tls=False, **more), trusted)


def webhooks(system: System, trusted) -> WebhookSender:
    """The name hooks.test leads to the test's own server, whose port stands in for 443."""

    async def find(host: str, _port: int) -> list[str]:
        assert host == "hooks.test"
        return ["127.0.0.1"]

    return WebhookSender(is_allowed=lambda _: True, find=find, trusted=trusted)


async def tell(here, whole, ask=notify) -> None:
    async with here.database.write() as connection:
        referral_id = (whole.current or whole.referrals[-1]).id
        await ask(here, connection, referral_id, here.clock.now())


async def log_of(here):
    async with here.database.read() as connection:
        return await notices.newest(connection, ORGANISATION)


async def open_calls(here):
    async with here.database.read() as connection:
        return await alerts.open_alerts(connection)


async def called_for(here) -> list[str]:
    return sorted(one.reason for one in await open_calls(here))


async def withdraw(here, whole) -> None:
    now = here.clock.now()
    async with here.database.write() as connection:
        await deeds.take_step(
            connection, here.vault, whole.id, lambda one: steps.withdraw(one, now), name="withdraw", actor="person",
            now=now,
        )  # fmt: skip


# --- nothing of the person ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
async def test_notifications_have_no_personal_data(here, tmp_path, language) -> None:
    shows, trusts = certificate(tmp_path)
    for kind in Kind:
        await add_way(here, kind, language)
    sent: list[bytes] = []
    async with mail_server_at(Mailbox()) as box, system_at(System(), shows) as system:
        await _lead_to(here, system)
        sender = NoticeSender(here, mailer(box), webhooks(system, trusts))
        for number, speed in enumerate(Speed):
            whole = await offer(here, speed, address=50 + number)
            await tell(here, whole)
            await send_all(here, sender)
            await withdraw(here, whole)
            await tell(here, whole, notify_ended)
            await send_all(here, sender)
        for one in box.messages:
            sent += [str(one).encode(), one.get_content().encode(), *(value.encode() for value in one.values())]
        sent += box.letters + [one.whole for one in system.requests]
    sent += await _telegram(here)

    assert (len(box.letters), len(system.requests)) == (4, 4)
    assert [(word, one) for one in sent for word in CANARIES if word.encode() in one] == []
    by_kind = {one.channel_kind for one in await log_of(here)}
    assert by_kind == {Kind.MAIL, Kind.WEBHOOK, Kind.GROUP}


async def _telegram(here) -> list[bytes]:
    """What lies in the outbox for the group, and what it will read."""
    read = []
    async with here.database.read() as connection:
        rows = (await connection.execute(select(job).where(job.c.queue == Queue.OUTBOX))).all()
        for row in rows:
            stored = await here.vault.open(
                connection, row.key_id, Place("job", "sealed_body", row.uid), row.sealed_body
            )
            body = json.loads(stored)
            words = notices.words(Saying(body["provider"]), body["language"], body["code"], body["link"])
            read += [stored, words.encode(), row.lane.encode()]
    assert len(rows) == 4
    return read


async def _lead_to(here, system: System) -> None:
    """Have the webhook's address name the port of the test's own server."""
    async with here.database.write() as connection:
        [way] = [one for one in await channels.live(connection, ORGANISATION) if one.kind is Kind.WEBHOOK]
        await _readdress(here, connection, way, ADDRESSES[Kind.WEBHOOK].replace(".test/", f".test:{system.port}/"))


async def _readdress(here, connection, way, address: str) -> None:
    query = select(provider_channel.c.id).where(provider_channel.c.id == way.id)
    assert (await connection.execute(query)).scalar() == way.id
    key_id = await _key(connection)
    sealed = await here.vault.seal(
        connection, key_id, Place("provider_channel", "sealed_address", way.id), address.encode()
    )
    mine = provider_channel.c.id == way.id
    await connection.execute(update(provider_channel).where(mine).values(sealed_address=sealed))


async def _key(connection) -> str:
    from_row = await channels.organisations.known_key(connection, ORGANISATION)
    return str(from_row)


async def test_a_group_reads_the_constant_text_the_code_and_the_link(blind_hotline: Hotline) -> None:
    here, group = blind_hotline.installation, blind_hotline.phone("group")
    await blind_hotline.after(group.start(), group)  # a bot cannot write first
    way, _ = await add_way(here, Kind.GROUP, "th")
    async with here.database.write() as connection:
        await _readdress(here, connection, way, str(group.chat_id))
    whole = await offer(here)

    read = await blind_hotline.after(None, group)
    here.clock.advance(timedelta(minutes=5))
    await blind_hotline.settle()

    [message] = read
    link = message.text.partition("/r/")[2].split()[0]
    address = f"{here.settings.console_origin}/r/{link}"
    assert message.text == notices.words(Saying.OFFERED, "th", whole.current.code, address)
    assert [one.standing for one in await log_of(here)] == [Standing.SENT]


# --- e-mail -------------------------------------------------------------------------------------------------


async def test_an_e_mail_is_plain_and_says_by_itself_that_it_is_automatic(here) -> None:
    await add_way(here, Kind.MAIL)
    whole = await offer(here, Speed.URGENT)
    async with mail_server_at(Mailbox()) as box:
        await tell(here, whole)
        await send_all(here, NoticeSender(here, mailer(box), WebhookSender()))

    [letter], code = box.messages, whole.current.code
    assert letter.get_content_type() == "text/plain"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert (letter["From"], letter["To"], box.to) == (FROM, ADDRESSES[Kind.MAIL], [ADDRESSES[Kind.MAIL]])
    assert letter["Subject"] == notices.subject(Saying.OFFERED_URGENT, "lo", code)
    assert letter.get_content().strip() == notices.words(Saying.OFFERED_URGENT, "lo", code, _link_in(letter))
    assert _link_in(letter).startswith(f"{here.settings.console_origin}/r/")


def _link_in(letter) -> str:
    return next(line for line in letter.get_content().splitlines() if line.startswith("http"))


async def test_a_test_goes_by_a_way_that_nobody_has_checked_and_nothing_else_does(here) -> None:
    way, _ = await add_way(here, Kind.MAIL, is_checked=False)
    await tell(here, await offer(here))
    async with here.database.write() as connection:
        code = await channels.start_test(connection, here.vault.keyring, way.id, here.clock.now())
        test = notices.Content(Saying.TEST, code)
        await notices.write(connection, here.vault, way, test, here.clock.now())
    async with mail_server_at(Mailbox()) as box:
        await send_all(here, NoticeSender(here, mailer(box), WebhookSender()))

    [letter] = box.messages
    assert letter.get_content().strip() == notices.words(Saying.TEST, "lo", code, "")
    assert code not in str(letter["Subject"])
    assert await called_for(here) == ["referral_call_office"]


async def test_a_letter_that_must_wait_comes_once_and_under_the_same_name(here) -> None:
    await add_way(here, Kind.MAIL)
    await tell(here, await offer(here))
    box = Mailbox(answers=["451 later", "421 full"])
    async with mail_server_at(box):
        sender = NoticeSender(here, mailer(box), WebhookSender())
        await send_all(here, sender)
        at_once = await send_all(here, sender)
        for _ in range(2):
            here.clock.advance(timedelta(seconds=5))
            await send_all(here, sender)

    [notice] = await log_of(here)
    assert (at_once, notice.standing, notice.tries) == (0, Standing.SENT, 3)
    assert [one["Message-ID"] for one in box.messages] == [f"<{notice.id}@thangdee.test>"]
    assert await called_for(here) == []


async def test_a_server_that_is_away_is_tried_for_a_day_and_staff_hear_of_it_once(here) -> None:
    await add_way(here, Kind.MAIL)
    whole = await offer(here, Speed.URGENT)
    async with mail_server_at(Mailbox()) as box:
        pass
    sender = NoticeSender(here, mailer(box), WebhookSender())
    async with here.database.write() as connection:  # a notice that does not end with the referral
        [way] = await channels.live(connection, ORGANISATION)
        content = notices.Content(Saying.ENDED, "ABCDEF", referral_id=whole.current.id)
        await notices.write(connection, here.vault, way, content, here.clock.now())
    await send_all(here, sender)
    early = await called_for(here)
    here.clock.advance(timedelta(hours=2))
    await send_all(here, sender)
    [late] = await log_of(here)
    heard = await called_for(here)
    here.clock.advance(timedelta(hours=23))
    await send_all(here, sender)

    [notice] = await log_of(here)
    async with here.database.read() as connection:
        [dead] = await dead_letters.newest(connection)
    assert (early, late.standing, heard) == ([], Standing.LATE, ["referral_notice_late"])
    assert (notice.standing, notice.error_code) == (Standing.FAILED, "away")
    assert (dead.queue, dead.kind, dead.why, dead.can_retry) == (Queue.NOTICE, "mail", "away", True)
    assert await called_for(here) == ["referral_notice_failed"]


@pytest.mark.parametrize("is_recipient", [True, False])
async def test_a_letter_that_is_refused_is_not_tried_again_and_staff_are_called(here, is_recipient) -> None:
    await add_way(here, Kind.MAIL)
    await tell(here, await offer(here))
    box = Mailbox(no_such=is_recipient, answers=["554 not wanted"])
    async with mail_server_at(box):
        sender = NoticeSender(here, mailer(box), WebhookSender())
        await send_all(here, sender)
        here.clock.advance(timedelta(minutes=10))
        again = await send_all(here, sender)

    [notice] = await log_of(here)
    assert (again, notice.standing, notice.error_code) == (0, Standing.FAILED, "refused")
    assert await called_for(here) == ["referral_notice_failed"]


async def test_no_letter_goes_where_tls_is_not_right_and_it_goes_by_tls_where_it_is(here, tmp_path) -> None:
    shows, trusts = certificate(tmp_path)
    await add_way(here, Kind.MAIL)
    await tell(here, await offer(here))
    async with mail_server_at(Mailbox(), shows) as box:
        await send_all(here, NoticeSender(here, mailer(box), WebhookSender()))  # it is not trusted
        [waits], nothing = await log_of(here), list(box.letters)
        here.clock.advance(timedelta(seconds=5))
        await send_all(here, NoticeSender(here, mailer(box, trusts), WebhookSender()))

    assert (waits.standing, waits.error_code, nothing) == (Standing.WAITS, "unsafe", [])
    assert box.over_tls == [True]


async def test_no_password_goes_in_the_clear(here) -> None:
    await add_way(here, Kind.MAIL)
    await tell(here, await offer(here))
    far = "127.0.0.2"  # none of the names by which this machine calls itself
    async with mail_server_at(Mailbox(), host=far, auth_require_tls=False) as box:
        server = MailServer(far, box.port, FROM, is_tls=False, user="noy", password="made up")
        await send_all(here, NoticeSender(here, Mailer(server), WebhookSender()))

    [notice] = await log_of(here)
    assert (notice.error_code, box.letters) == ("unsafe", [])
    assert "made up" not in repr(server)


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("mail.example.org", FROM),
        ("http://mail.example.org", FROM),
        ("smtp://", FROM),
        ("smtp://mail.example.org:mail", FROM),
        ("smtp://:secret@mail.example.org", FROM),
        ("smtp://mail.example.org/path", FROM),
        ("smtp://mail.example.org", "hotline"),
        ("smtp://mail.example.org", None),
        (None, FROM),
    ],
)
def test_settings_that_are_wrong_are_refused_and_not_repeated(url, sender) -> None:
    with pytest.raises(NotReadyError) as refused:
        mail_server(Settings(smtp_url=url, mail_from=sender, _env_file=None))

    assert "secret" not in str(refused.value)


def test_settings_of_a_mail_server_are_read() -> None:
    assert mail_server(Settings(_env_file=None)) is None
    found = mail_server(Settings(smtp_url="smtps://noy:a%40b@mail.example.org", mail_from=FROM, _env_file=None))
    assert found == MailServer("mail.example.org", 465, FROM, is_tls=True, user="noy", password="a@b")


# --- webhooks -----------------------------------------------------------------------------------------------


async def test_a_webhook_is_signed_retried_and_counts_once(here, tmp_path) -> None:
    shows, trusts = certificate(tmp_path)
    _, secret = await add_way(here, Kind.WEBHOOK)
    whole = await offer(here)
    system = System(answers=["500 Oh", "302 Found\r\nLocation: https://hooks.test/elsewhere"])
    async with system_at(system, shows):
        await _lead_to(here, system)
        await tell(here, whole)
        sender = NoticeSender(here, None, webhooks(system, trusts))
        for _ in range(3):
            await send_all(here, sender)
            here.clock.advance(timedelta(seconds=5))

    [notice] = await log_of(here)
    assert (notice.standing, notice.tries, len(system.requests)) == (Standing.SENT, 3, 3)
    assert {one.headers["webhook-id"] for one in system.requests} == {notice.id}
    assert {one.first for one in system.requests} == {"POST /in?box=7 HTTP/1.1"}
    last = system.requests[-1]
    at = here.clock.now().fromtimestamp(int(last.headers["webhook-timestamp"]))
    assert at == (here.clock.now() - timedelta(seconds=5)).astimezone().replace(tzinfo=None)
    signed = Webhook(secret).sign(notice.id, here.clock.now() - timedelta(seconds=5), last.body.decode())
    assert last.headers["webhook-signature"] == signed
    told = json.loads(last.body)
    assert (told["type"], told["data"]["reference"]) == ("referral.offered", whole.current.code)
    assert told["data"]["answer_by"] == whole.current.answer_by.isoformat()
    assert told["data"]["link"].startswith(f"{here.settings.console_origin}/r/")


async def test_a_system_that_wants_no_more_is_switched_off_and_staff_are_called(here, tmp_path) -> None:
    shows, trusts = certificate(tmp_path)
    await add_way(here, Kind.WEBHOOK)
    await tell(here, await offer(here))
    async with system_at(System(answers=["410 Gone"]), shows) as system:
        await _lead_to(here, system)
        await send_all(here, NoticeSender(here, None, webhooks(system, trusts)))

    async with here.database.read() as connection:
        [way] = await channels.of(connection, ORGANISATION)
    assert (way.is_live, way.off_why) == (False, "gone")
    assert await called_for(here) == ["referral_notice_failed"]


async def test_a_webhook_goes_to_no_house_of_ours_and_to_nobody_who_shows_another_name(here, tmp_path) -> None:
    shows, trusts = certificate(tmp_path)
    await add_way(here, Kind.WEBHOOK)
    await tell(here, await offer(here))
    async with system_at(System(), shows) as system:
        await _lead_to(here, system)
        inside = webhooks(system, trusts)
        inside._is_allowed = is_public
        untrusted = webhooks(system, None)
        for sender in (inside, untrusted):
            await send_all(here, NoticeSender(here, None, sender))
            [notice] = await log_of(here)
            assert notice.error_code == ("not_public" if sender is inside else "unsafe")
            here.clock.advance(timedelta(seconds=5))

    assert system.requests == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
        "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1",
    ],
)  # fmt: skip
def test_addresses_of_our_own_house_are_not_public(address) -> None:
    assert not is_public(address)
    assert is_public("1.1.1.1")
    assert is_public("2606:4700::1111")


def test_the_shell_of_the_handbook_finds_the_same_signature(tmp_path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "webhook.md").read_text(encoding="utf-8")
    lines = page.partition("In a shell")[2].partition("What this prints")[0].splitlines()
    shell = "\n".join(line[4:] for line in lines if line.startswith("    "))
    event, secret, at = Event("abc", Saying.ENDED, "K7M2QX", NOW, "", None), channels.new_secret(), NOW
    (tmp_path / "body.json").write_text(body_of(event), encoding="utf-8")
    given = {"SECRET": secret, "WEBHOOK_ID": "abc", "WEBHOOK_TIMESTAMP": str(int(at.timestamp()))}

    said = subprocess.run(["bash", "-c", shell], cwd=tmp_path, env=os.environ | given, capture_output=True, check=True)  # noqa: S607 - our own page

    assert f"v1,{said.stdout.decode().strip()}" == Webhook(secret).sign("abc", at, body_of(event))


# --- nobody is left without an owner ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [None, Kind.PHONE, Kind.LETTER, Kind.MAIL, Kind.GROUP])
async def test_who_cannot_be_written_to_is_called_by_staff(installation, kind) -> None:
    if kind is not None:  # a way that nobody has checked is no way; no mail server is set
        await add_way(installation, kind, is_checked=kind is not Kind.GROUP)
    whole = await offer(installation)

    await tell(installation, whole)
    calls = await called_for(installation)
    await withdraw(installation, whole)
    await tell(installation, whole, notify_ended)

    assert calls == ["referral_call_office"]
    assert await log_of(installation) == []
    [again] = await open_calls(installation)
    assert again.times == 2


async def test_what_was_withdrawn_before_it_was_sent_is_never_sent(here) -> None:
    await add_way(here, Kind.MAIL)
    whole = await offer(here)
    await tell(here, whole)
    await withdraw(here, whole)
    await tell(here, whole, notify_ended)
    async with mail_server_at(Mailbox()) as box:
        sender = NoticeSender(here, mailer(box), WebhookSender())
        while await send_all(here, sender):
            pass

    assert box.letters == []
    assert {one.standing for one in await log_of(here)} == {Standing.DROPPED}


@pytest.mark.parametrize("had_way", [True, False])
async def test_who_took_it_on_without_a_notice_hears_of_its_end(here, had_way) -> None:
    if had_way:
        await add_way(here, Kind.MAIL)
    whole, now = await offer(here), here.clock.now()
    await tell(here, whole)
    async with here.database.write() as connection:  # they saw it in their inbox, or one of us called
        await deeds.take_step(
            connection, here.vault, whole.id, lambda one: steps.accept(one, whole.current.id, now, now),
            name="accept", actor="somsy", now=now,
        )  # fmt: skip
    if not had_way:
        await add_way(here, Kind.MAIL)
    await withdraw(here, whole)
    await tell(here, whole, notify_ended)
    async with mail_server_at(Mailbox()) as box:
        sender = NoticeSender(here, mailer(box), WebhookSender())
        while await send_all(here, sender):
            pass

    assert [one["Subject"] for one in box.messages] == [notices.subject(Saying.ENDED, "lo", whole.current.code)]


async def test_the_end_is_told_by_each_way_even_of_a_matter_that_is_erased(here) -> None:
    await add_way(here, Kind.MAIL)
    whole = await offer(here)
    await tell(here, whole)
    async with mail_server_at(Mailbox()) as box:
        sender = NoticeSender(here, mailer(box), WebhookSender())
        await send_all(here, sender)
        async with here.database.write() as connection:
            await connection.execute(deeds.matter.delete())
        await tell(here, whole, notify_ended)
        await send_all(here, sender)

    code = whole.current.code
    assert [one["Subject"] for one in box.messages] == [
        notices.subject(saying, "lo", code) for saying in (Saying.OFFERED, Saying.ENDED)
    ]


async def test_a_group_that_threw_the_bot_out_is_noticed(here) -> None:
    await add_way(here, Kind.GROUP)
    await tell(here, await offer(here))
    sender = NoticeSender(here, None, WebhookSender())
    await send_all(here, sender)
    [waits] = await log_of(here)
    async with here.database.write() as connection:
        mine = (job.c.queue == Queue.OUTBOX) & (job.c.kind == outbox.STAFF_NOTICE)
        await connection.execute(update(job).where(mine).values(state="dead", error_code="blocked"))
    here.clock.advance(timedelta(seconds=5))
    await send_all(here, sender)

    [notice] = await log_of(here)
    assert (waits.standing, notice.standing, notice.error_code) == (Standing.WAITS, Standing.FAILED, "blocked")
    assert await called_for(here) == ["referral_notice_failed"]
