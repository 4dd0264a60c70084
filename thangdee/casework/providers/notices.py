"""Notices to organisations: constant text, a random reference, a one-time link; nothing of the person (R39).

written ──► waits ──► late ──► sent          late: staff were told that it takes long
│         ├────► failed        failed: nobody tries any more, staff were told
└─────────┴────► dropped       dropped: nobody needs to hear it any more
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.providers import channels, organisations
from thangdee.casework.providers.addresses import Kind
from thangdee.casework.providers.channels import Channel
from thangdee.casework.providers.tables import provider_notice
from thangdee.core import jobs, outbox
from thangdee.core.jobs import ORDINARY, URGENT, NewJob, Queue, new_uid
from thangdee.core.vault import Place, Vault
from thangdee.core.words import text

KEPT = timedelta(days=365)
# Kinds of jobs in the queue of notices; `GROUP` looks what became of a message in the outbox.
MAIL, WEBHOOK, GROUP = "mail", "webhook", "group"
_JOB = {Kind.MAIL: MAIL, Kind.WEBHOOK: WEBHOOK, Kind.GROUP: GROUP}


class Saying(StrEnum):
    """Which constant text it is. `NEWS`: an answer to a question of theirs; `REMINDER`: of a promise that is due."""

    OFFERED = "offered"
    OFFERED_URGENT = "offered_urgent"
    NEWS = "news"
    REMINDER = "reminder"
    ENDED = "ended"
    TEST = "test"


class Standing(StrEnum):
    """How it went. The drawing is above."""

    WAITS = "waits"
    LATE = "late"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


OFFERS = frozenset({Saying.OFFERED, Saying.OFFERED_URGENT})


@dataclass(frozen=True)
class Notice:
    """One notice, without its link."""

    id: str
    organisation_id: str
    channel_id: str
    channel_kind: Kind
    referral_id: str | None
    saying: Saying
    code: str
    at: datetime
    standing: Standing
    tries: int
    error_code: str | None
    done_at: datetime | None


@dataclass(frozen=True)
class Content:
    """All that leaves the house: `code` is random, `link` leads to a sign-in, `answer_by` is a time."""

    saying: Saying
    code: str
    link: str = ""
    answer_by: datetime | None = None
    referral_id: str | None = None


async def write(connection: AsyncConnection, vault: Vault, channel: Channel, new: Content, now: datetime) -> str:
    """Queue a notice by a way that we send by; return its id. Raises KeyError for a way by hand."""
    made, kind = new_uid(), _JOB[channel.kind]
    # The code of a test stands nowhere in the open: only they can read it back.
    code = "" if new.saying is Saying.TEST else new.code
    values = {
        "id": made, "organisation_id": channel.organisation_id, "channel_id": channel.id, "channel_kind": channel.kind,
        "referral_id": new.referral_id, "kind": new.saying, "code": code, "at": now, "tries": 0,
        "state": Standing.WAITS,
    }  # fmt: skip
    await connection.execute(insert(provider_notice).values(values))
    key_id = await organisations.known_key(connection, channel.organisation_id)
    if channel.kind is Kind.GROUP:
        await _post(connection, vault, channel, new, made, key_id, now)
    uid = new_uid() if channel.kind is Kind.GROUP else made
    sealed = await vault.seal(connection, key_id, _body(uid), f"{made} {new.code} {new.link}".encode())
    job = NewJob(
        queue=Queue.NOTICE, lane=f"{channel.id}-{code}", kind=kind, run_at=now, created_at=now, uid=uid,
        key_id=key_id, sealed_body=sealed, priority=_priority(new),
    )  # fmt: skip
    await jobs.enqueue(connection, job)
    return made


async def _post(
    connection: AsyncConnection, vault: Vault, channel: Channel, new: Content, made: str, key_id: str, now: datetime
) -> None:
    """Put the message for a group in the outbox; its row is called like the notice."""
    works = await organisations.of(connection, channel.organisation_id)
    words = {"provider": new.saying, "language": works.language, "code": new.code, "link": new.link}
    body = words | {"to": int(await channels.address_of(connection, vault, channel))}
    await outbox.post(
        connection, vault, lane=f"provider-{channel.id}", key_id=key_id, kind=outbox.STAFF_NOTICE, body=body, now=now,
        priority=_priority(new), uid=made,
    )  # fmt: skip


def _priority(new: Content) -> int:
    return URGENT if new.saying is Saying.OFFERED_URGENT else ORDINARY


async def opened(connection: AsyncConnection, vault: Vault, taken: jobs.Job) -> tuple[str, str, str]:
    """Return the id of a taken job's notice, its code and its link. Raises SealBrokenError: its key was destroyed."""
    body = await vault.open(connection, taken.key_id or "", _body(taken.uid), taken.sealed_body or b"")
    notice_id, code, link = body.decode().split(" ")
    return notice_id, code, link


async def get(connection: AsyncConnection, notice_id: str) -> Notice | None:
    """Return a notice, None if it is forgotten."""
    row = (await connection.execute(select(provider_notice).where(provider_notice.c.id == notice_id))).one_or_none()
    return None if row is None else _notice(row)


async def newest(connection: AsyncConnection, organisation_id: str, limit: int = 30) -> list[Notice]:
    """Return an organisation's notices, the latest first."""
    theirs = select(provider_notice).where(provider_notice.c.organisation_id == organisation_id)
    query = theirs.order_by(provider_notice.c.at.desc(), provider_notice.c.id).limit(limit)
    return [_notice(row) for row in (await connection.execute(query)).all()]


async def offers_of(connection: AsyncConnection, referral_id: str) -> list[Notice]:
    """Return with which notices a referral was offered; the matter itself may be erased meanwhile."""
    asked = (provider_notice.c.referral_id == referral_id) & provider_notice.c.kind.in_(OFFERS)
    query = select(provider_notice).where(asked).order_by(provider_notice.c.at, provider_notice.c.id)
    return [_notice(row) for row in (await connection.execute(query)).all()]


async def mark(
    connection: AsyncConnection,
    notice_id: str,
    standing: Standing,
    *,
    tries: int,
    error_code: str | None = None,
    done_at: datetime | None = None,
) -> None:
    """Write down how it stands."""
    values = {"state": standing, "tries": tries, "error_code": error_code[:32] if error_code else None}
    mine = provider_notice.c.id == notice_id
    await connection.execute(update(provider_notice).where(mine).values(values | {"done_at": done_at}))


async def forget(connection: AsyncConnection, now: datetime) -> None:
    """Remove what was sent twelve months ago."""
    await connection.execute(delete(provider_notice).where(provider_notice.c.at < now - KEPT))


def subject(saying: Saying, language: str, code: str) -> str:
    """Return the subject of an e-mail."""
    return text(f"provider_mail.subject.{saying}", language, code=code)


def words(saying: Saying, language: str, code: str, link: str) -> str:
    """Return the constant text with its reference and its link."""
    return text(f"provider_mail.{saying}", language, code=code, link=link)


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        id=row.id, organisation_id=row.organisation_id, channel_id=row.channel_id, channel_kind=Kind(row.channel_kind),
        referral_id=row.referral_id, saying=Saying(row.kind), code=row.code, at=row.at, standing=Standing(row.state),
        tries=row.tries, error_code=row.error_code, done_at=row.done_at,
    )  # fmt: skip


def _body(uid: str) -> Place:
    return Place("job", "sealed_body", uid)
