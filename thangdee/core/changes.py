"""What changed: a hint to open pages that they look again; what is true stands in the database alone.

On PostgreSQL a notification, sent by the database itself when the transaction commits; on SQLite a short-lived row,
written in the same transaction. A lost or repeated hint does no harm: a page always shows what the database holds.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import BigInteger, Column, Integer, String, Table, delete, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.database import ANNOUNCED, at_the_end

CHANNEL = "thangdee_changes"
QUEUE, MATTERS, ENQUIRIES = "queue", "matters", "enquiries"
_KEEP = "1 hour"

change = Table(
    "change",
    metadata,
    Column(
        "id",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
        info=about(DataClass.TECHNICAL, "order of the hints", _KEEP),
    ),
    Column("topic", String(64), nullable=False, info=about(DataClass.PSEUDONYM, "what changed", _KEEP)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "when", _KEEP)),
    sqlite_autoincrement=True,  # an id never comes twice, though rows are swept: who reads on knows where it was
)


def about_chat(chat_id: str) -> str:
    """Return the topic of a chat."""
    return f"chat:{chat_id}"


def about_staff(staff_id: str) -> str:
    """Return the topic of the chats that a member of staff holds."""
    return f"staff:{staff_id}"


def about_referral(referral_id: str) -> str:
    """Return the topic of a referral, which its receiver's open pages follow (R4)."""
    return f"referral:{referral_id}"


async def announce(connection: AsyncConnection, *topics: str) -> None:
    """Say in the transaction of a change what open pages should look at again; nothing is said if it is undone."""
    announced: set[str] = connection.info.setdefault(ANNOUNCED, set())
    is_first = not announced
    announced.update(topics)
    if is_first:  # all together, once: a turn says the same thing three times
        await at_the_end(connection, partial(_say, connection, announced))


async def _say(connection: AsyncConnection, topics: Collection[str]) -> None:
    if connection.dialect.name == "postgresql":
        notify = text("SELECT pg_notify(:channel, topic) FROM unnest(CAST(:topics AS text[])) AS topic")
        await connection.execute(notify, {"channel": CHANNEL, "topics": list(topics)})
        return
    # The machine's own time: rows are swept by age, whatever the clock of a trial says.
    now = datetime.now(UTC)
    await connection.execute(insert(change), [{"topic": topic, "at": now} for topic in topics])


async def forget(connection: AsyncConnection, before: datetime) -> None:
    """Sweep hints that every page has seen long since."""
    await connection.execute(delete(change).where(change.c.at < before))
