"""How the hotline itself is: queues, dead letters, processes, the last update, the synthetic chat (R51). No chats."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import conversations
from thangdee.casework.chats import key_of
from thangdee.casework.conversations import Backlog
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission, permissions_of
from thangdee.core import dead_letters, heartbeats, synthetic_chat
from thangdee.core.dead_letters import DeadKind
from thangdee.core.heartbeats import Heartbeat
from thangdee.core.jobs import Queue, job
from thangdee.core.outbox import NOBODY
from thangdee.core.synthetic_chat import SyntheticChat
from thangdee.core.vault import Vault


@dataclass(frozen=True)
class Health:
    """One look. `last_update`: how long ago somebody wrote; None: nobody within the time that jobs are kept."""

    backlogs: tuple[Backlog, ...]
    dead: tuple[DeadKind, ...]
    last_update: timedelta | None
    signs: tuple[Heartbeat, ...]
    synthetic: SyntheticChat | None

    def missing(self) -> tuple[str, ...]:
        """Return the kinds of process of which there is no sign at all."""
        return tuple(kind for kind in heartbeats.KINDS if kind not in {one.kind for one in self.signs})


async def look(connection: AsyncConnection, vault: Vault, now: datetime) -> Health:
    """Look at everything."""
    return Health(
        backlogs=tuple(await conversations.backlogs(connection, now)),
        dead=tuple(await dead_letters.by_kind(connection)),
        last_update=await _last_update(connection, vault, now),
        signs=tuple(await heartbeats.all_signs(connection)),
        synthetic=await synthetic_chat.last(connection),
    )


async def oldest_update(connection: AsyncConnection, now: datetime) -> timedelta:
    """Return for how long the oldest message has waited to be read by the bot."""
    return next(one.oldest for one in await conversations.backlogs(connection, now) if one.queue is Queue.INBOX)


async def who_must_know(connection: AsyncConnection) -> set[str]:
    """Return the colleagues who look after the hotline itself."""
    staff = [one for one in await accounts.all_staff(connection) if one.ended_at is None]
    return {one.id for one in staff if Permission.SEE_HEALTH in permissions_of(one.roles)}


async def _last_update(connection: AsyncConnection, vault: Vault, now: datetime) -> timedelta | None:
    """Our own synthetic chat is nobody, and does not count."""
    others = (job.c.queue == Queue.INBOX) & (job.c.lane != key_of(vault, NOBODY))
    last: datetime | None = (await connection.execute(select(func.max(job.c.created_at)).where(others))).scalar()
    return None if last is None else now - last
