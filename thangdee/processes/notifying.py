"""Telling organisations that something waits for them: what a matter's clock asks for, and the sending of it.

The clock's transaction writes a notice for each way (casework/providers/notices.py); notice_sending.py
sends it. Where nothing of ours reaches them, staff are called.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.providers import channels, links, notices
from thangdee.casework.providers.addresses import Kind
from thangdee.casework.providers.channels import Channel, ChannelGoneError
from thangdee.casework.providers.notices import Content, Saying
from thangdee.casework.referrals import deeds, effects, gate, steps, store
from thangdee.casework.referrals.model import ENDED, TAKEN_ON, Matter, Referral, ReferralState, Speed
from thangdee.casework.referrals.store import MatterGoneError
from thangdee.core import audit
from thangdee.processes.mailing import mail_server
from thangdee.processes.wiring import Installation


async def notify(installation: Installation, connection: AsyncConnection, referral_id: str, now: datetime) -> None:
    """Tell the receiver by every way; where an offer has none, call staff to phone or print.

    Also of an answer to a question of theirs, and of a promise of contact that is due.
    """
    whole = await matter_of(connection, referral_id)
    saying = None if whole is None else _saying(whole, referral_id, now)
    if whole is None or saying is None:
        return
    asked = whole.referral(referral_id)
    ways = await _ways(installation, connection, asked.receiver.organisation_id)
    for one in ways:
        link = f"{installation.settings.console_origin.rstrip('/')}/r/{await links.make(connection, referral_id, now)}"
        by = asked.answer_by if saying in notices.OFFERS else None
        content = Content(saying, asked.code, link, by, referral_id)
        await notices.write(connection, installation.vault, one, content, now)
    if not ways and saying in notices.OFFERS:
        await call_staff(installation, connection, referral_id, "call_office", now)


def _saying(whole: Matter, referral_id: str, now: datetime) -> Saying | None:
    """Return what there is to say at this instant, None for nothing."""
    if is_offered(whole, referral_id, now):
        speed = gate.speed_told(whole, whole.consent(whole.referral(referral_id).consent_id))
        return Saying.OFFERED_URGENT if speed is Speed.URGENT else Saying.OFFERED
    if not is_taken_on(whole, referral_id, now):
        return None
    one = whole.referral(referral_id)
    is_due = one.state is ReferralState.ACCEPTED and one.contact_by is not None and one.contact_by <= now
    return Saying.REMINDER if is_due else Saying.NEWS


async def notify_ended(
    installation: Installation, connection: AsyncConnection, referral_id: str, now: datetime
) -> None:
    """Tell by every way by which it was offered that it has ended; who was told by phone is called by staff.

    The matter itself may be erased: what was sent is known without it.
    """
    told = {one.channel_id: one.code for one in await notices.offers_of(connection, referral_id)}
    found = [(await live_way(connection, channel_id), code) for channel_id, code in told.items()]
    ways = [(way, code) for way, code in found if way is not None]
    whole = await matter_of(connection, referral_id)
    asked = None if whole is None else whole.referral(referral_id)
    is_known = bool(told)
    if asked is not None and not ways:
        now_live = await _ways(installation, connection, asked.receiver.organisation_id)
        # Without any way of ours it was one of us who told them; else they know it only if they took it on.
        is_known = is_known or not now_live or was_taken_on(asked)
        ways = [(way, asked.code) for way in now_live] if is_known else []
    for way, code in ways:
        content = Content(Saying.ENDED, code, referral_id=referral_id)
        await notices.write(connection, installation.vault, way, content, now)
    if is_known and not ways:
        await call_staff(installation, connection, referral_id, "call_office_ended", now)


async def _ways(installation: Installation, connection: AsyncConnection, organisation_id: str) -> list[Channel]:
    """Return the ways that we send by; without a mail server e-mail is none of them."""
    has_mail = mail_server(installation.settings) is not None
    found = await channels.live(connection, organisation_id)
    return [one for one in found if not one.is_by_hand and (has_mail or one.kind is not Kind.MAIL)]


async def live_way(connection: AsyncConnection, channel_id: str, *, is_test: bool = False) -> Channel | None:
    """Return a way that may be used; a test goes by one that nobody has checked yet."""
    try:
        found = await channels.get(connection, channel_id)
    except ChannelGoneError:
        return None
    return found if found.is_live or (is_test and found.off_at is None) else None


async def matter_of(connection: AsyncConnection, referral_id: str) -> Matter | None:
    """Return a referral's matter, None if it is erased."""
    try:
        return await store.load(connection, await store.of_referral(connection, referral_id))
    except MatterGoneError:
        return None


def is_offered(whole: Matter, referral_id: str, now: datetime) -> bool:
    """Tell whether the receiver is asked and may be, at this instant."""
    asked = whole.referral(referral_id)
    is_open = asked.state is ReferralState.OFFERED
    return is_open and gate.why_not(whole, whole.consent(asked.consent_id), now) is None


def is_taken_on(whole: Matter, referral_id: str, now: datetime) -> bool:
    """Tell whether the receiver has it and may have it, at this instant."""
    asked = whole.referral(referral_id)
    return asked.state in TAKEN_ON and gate.why_not(whole, whole.consent(asked.consent_id), now) is None


def was_taken_on(asked: Referral) -> bool:
    """Tell whether the receiver ever accepted it: then they have read it, however they heard of it."""
    return asked.contact_by is not None


async def call_staff(
    installation: Installation, connection: AsyncConnection, referral_id: str, reason: str, now: datetime
) -> None:
    """Call a person of ours; of a matter that has ended, too: an organisation may still have it in its notes."""
    whole = await matter_of(connection, referral_id)
    if whole is None:
        return
    if whole.state in ENDED:
        await effects.call_staff(connection, whole, reason, now)
        return
    await deeds.take_step(
        connection, installation.vault, whole.id, lambda one: steps.call_staff(one, reason, now), name="call_staff",
        actor=audit.SYSTEM, now=now,
    )  # fmt: skip
