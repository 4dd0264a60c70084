"""The sending of notices to organisations: e-mail and webhooks; Telegram goes by the outbox, whose fate is followed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.providers import channels, notices, organisations
from thangdee.casework.providers.addresses import Kind
from thangdee.casework.providers.channels import Channel
from thangdee.casework.providers.notices import OFFERS, Notice, Saying, Standing
from thangdee.casework.referrals.model import Matter
from thangdee.core import jobs
from thangdee.core.errors import SealBrokenError
from thangdee.core.jobs import Job, JobState, Queue
from thangdee.core.lanes import Lanes
from thangdee.core.logs import log
from thangdee.processes.mailing import Letter, Mailer, mail_server
from thangdee.processes.notifying import call_staff, is_offered, is_taken_on, live_way, matter_of, was_taken_on
from thangdee.processes.outcomes import TAKEN, Outcome
from thangdee.processes.webhooks import Event, WebhookSender
from thangdee.processes.wiring import Installation

GIVE_UP_AFTER = timedelta(hours=24)
# When staff hear that a notice has not got through yet, while we go on trying.
LATE = {Saying.OFFERED_URGENT: timedelta(minutes=10)}
_LATE_ELSE = timedelta(hours=2)
_WIDTH = 8
_NOT_YET = Outcome("in_outbox")


def notice_lanes(installation: Installation, name: str) -> Lanes:
    """Return what sends the notices. Raises NotReadyError where the mail server's settings are wrong."""
    server = mail_server(installation.settings)
    webhooks = WebhookSender(is_allowed=lambda _: True) if installation.settings.demo else WebhookSender()
    sender = NoticeSender(installation, Mailer(server) if server else None, webhooks)
    return Lanes(
        database=installation.database, clock=installation.clock, queue=Queue.NOTICE, name=name, width=_WIDTH,
        take=sender.take,
    )  # fmt: skip


@dataclass(frozen=True)
class _Work:
    notice: Notice
    channel: Channel
    language: str
    address: str
    secret: str
    code: str
    link: str
    answer_by: datetime | None


class NoticeSender:
    """Takes one notice at a time; sends it, waits, or gives it up and tells staff."""

    def __init__(self, installation: Installation, mailer: Mailer | None, webhooks: WebhookSender) -> None:
        self._here = installation
        self._mailer = mailer
        self._webhooks = webhooks

    async def take(self, job: Job) -> None:
        """Send one notice and record how it went. Raises LeaseLostError, StoreAwayError."""
        async with self._here.database.read() as connection:
            work = await self._work(connection, job)
        if work is None:
            await self._drop(job)
            return
        outcome = await self._try(job, work)
        async with self._here.database.write() as connection:
            await self._record(connection, job, work, outcome)

    async def _work(self, connection: AsyncConnection, job: Job) -> _Work | None:
        """Return what is to be sent; None where nobody needs to hear it any more."""
        vault = self._here.vault
        try:
            notice_id, code, link = await notices.opened(connection, vault, job)
            notice = await notices.get(connection, notice_id)
            way = None if notice is None else await live_way(connection, notice.channel_id, is_test=_is_test(notice))
            if notice is None or way is None or not await self._is_wanted(connection, notice):
                return None
            address = await channels.address_of(connection, vault, way)
            secret = await channels.secret_of(connection, vault, way) if way.kind is Kind.WEBHOOK else ""
        except SealBrokenError:
            return None
        works = await organisations.of(connection, way.organisation_id)
        by = await _answer_by(connection, notice)
        return _Work(notice, way, works.language, address, secret, code, link, by)

    async def _is_wanted(self, connection: AsyncConnection, notice: Notice) -> bool:
        if notice.channel_kind is Kind.GROUP or notice.referral_id is None:
            return True  # what is in the outbox goes out; here it is only followed
        whole = await matter_of(connection, notice.referral_id)
        if notice.saying is Saying.ENDED:
            return await self._have_heard(connection, notice, notice.referral_id, whole)
        is_theirs = is_offered if notice.saying in OFFERS else is_taken_on
        return whole is not None and is_theirs(whole, notice.referral_id, self._here.clock.now())

    @staticmethod
    async def _have_heard(connection: AsyncConnection, notice: Notice, referral_id: str, whole: Matter | None) -> bool:
        """Tell whether they may know of what has ended: they took it on, or not every offer was dropped unsent."""
        if whole is not None and was_taken_on(whole.referral(referral_id)):
            return True
        offers = await notices.offers_of(connection, referral_id)
        mine = [one for one in offers if one.channel_id == notice.channel_id]
        return not mine or any(one.standing is not Standing.DROPPED for one in mine)

    async def _try(self, job: Job, work: _Work) -> Outcome:
        notice = work.notice
        if job.kind == notices.GROUP:
            return await self._fate(notice)
        if job.kind == notices.WEBHOOK:
            event = Event(notice.id, notice.saying, work.code, notice.at, work.link, work.answer_by)
            return await self._webhooks.send(work.address, work.secret, event, self._here.clock.now())
        if self._mailer is None:
            return Outcome("no_mail_server", is_final=True)
        subject = notices.subject(notice.saying, work.language, work.code)
        words = notices.words(notice.saying, work.language, work.code, work.link)
        letter = Letter(notice.id, work.address, subject, words, work.language, notice.at)
        return await self._mailer.send(letter)

    async def _fate(self, notice: Notice) -> Outcome:
        """Tell what became of the message in the outbox."""
        query = select(jobs.job.c.state, jobs.job.c.error_code).where(jobs.job.c.uid == notice.id)
        async with self._here.database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None or row.state == JobState.DEAD:
            return Outcome(row.error_code if row else "forgotten", is_final=True)
        if row.state == JobState.DONE:
            return Outcome(row.error_code, is_final=True) if row.error_code else TAKEN
        return _NOT_YET

    async def _record(self, connection: AsyncConnection, job: Job, work: _Work, outcome: Outcome) -> None:
        now = self._here.clock.now()
        is_over = outcome.is_final or (now - job.created_at > GIVE_UP_AFTER and outcome is not _NOT_YET)
        if outcome.error is None:
            await jobs.finish(connection, job, now)
            await notices.mark(connection, work.notice.id, Standing.SENT, tries=_tries(job), done_at=now)
        elif is_over:
            await self._give_up(connection, job, work, outcome, now)
        else:
            await self._wait(connection, job, work, outcome, now)

    async def _wait(self, connection: AsyncConnection, job: Job, work: _Work, outcome: Outcome, now: datetime) -> None:
        error = outcome.error or ""
        await jobs.retry(connection, job, at=now + jobs.wait_after(job.attempts), error_code=error)
        notice = work.notice
        is_late = now - notice.at >= LATE.get(notice.saying, _LATE_ELSE)
        standing = Standing.LATE if is_late else notice.standing
        await notices.mark(connection, notice.id, standing, tries=_tries(job), error_code=error)
        if is_late and notice.standing is Standing.WAITS:
            await self._tell_staff(connection, notice, "notice_late", now)

    async def _give_up(
        self, connection: AsyncConnection, job: Job, work: _Work, outcome: Outcome, now: datetime
    ) -> None:
        error = outcome.error or ""
        if job.kind == notices.GROUP:  # the message itself lies among the dead letters
            await jobs.finish(connection, job, now, why_not=error[:32])
        else:
            await jobs.bury(connection, job, now, error)
        log().warning("notice_given_up", kind=job.kind, code=error, attempts=job.attempts)
        await notices.mark(
            connection, work.notice.id, Standing.FAILED, tries=_tries(job), error_code=error, done_at=now
        )
        if outcome.is_gone:
            await channels.switch_off(connection, work.channel.id, error, now)
        await self._tell_staff(connection, work.notice, "notice_failed", now)

    async def _tell_staff(self, connection: AsyncConnection, notice: Notice, reason: str, now: datetime) -> None:
        if notice.referral_id is not None:
            await call_staff(self._here, connection, notice.referral_id, reason, now)

    async def _drop(self, job: Job) -> None:
        now = self._here.clock.now()
        async with self._here.database.write() as connection:
            await jobs.finish(connection, job, now, why_not=Standing.DROPPED)
            try:
                notice_id, _, _ = await notices.opened(connection, self._here.vault, job)
            except SealBrokenError:
                return
            await notices.mark(connection, notice_id, Standing.DROPPED, tries=_tries(job), done_at=now)


def _tries(job: Job) -> int:
    """Return how often it was sent: what lies in the outbox is only looked at here."""
    return 1 if job.kind == notices.GROUP else job.attempts


def _is_test(notice: Notice) -> bool:
    return notice.saying is Saying.TEST


async def _answer_by(connection: AsyncConnection, notice: Notice) -> datetime | None:
    if notice.saying not in OFFERS or notice.referral_id is None:
        return None
    whole = await matter_of(connection, notice.referral_id)
    return None if whole is None else whole.referral(notice.referral_id).answer_by
