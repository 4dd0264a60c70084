"""News for the person: what waits, when she may be written to, when it was told (R56).

News is only that something changed: where it stands, the screen of the status tells from state. So several news at once
are one knock, and what she saw by herself meanwhile is none any more.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.referrals.after_tables import knock
from thangdee.core.database import insert_new
from thangdee.core.time_words import LOCAL_TIME

# Codes of Field.REACH_HOURS with the hours of the day in Laos and Thailand, from and until.
HOURS = {"morning": (8, 12), "afternoon": (12, 17), "evening": (17, 21), "any": (8, 21)}
ANY, ONLY_WHEN_I_WRITE = "any", "only_when_i_write"
# Code of Field.PHONE_SEEN where nobody but the person sees the phone.
PHONE_IS_OWN = "only_me"
# Later than that a knock was swept from the phone (R54), unseen: her next message brings it back.
_STANDS = timedelta(hours=12)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class News:
    """What waits for a person: how much news there was, how much of it a knock told of, how much she saw."""

    news: int
    knocked: int
    seen: int
    knocked_at: datetime | None

    @property
    def is_unseen(self) -> bool:
        """Whether something changed since she last saw where it stands."""
        return self.seen < self.news

    @property
    def is_waiting(self) -> bool:
        """Whether there is news that was neither seen nor knocked for."""
        return max(self.seen, self.knocked) < self.news

    def is_to_tell(self, now: datetime) -> bool:
        """Tell whether her next message should bring it: it waits, or its knock is gone from the phone."""
        return self.is_waiting or (self.is_unseen and self.knocked_at is not None and now - self.knocked_at >= _STANDS)


async def note_news(connection: AsyncConnection, chat_id: str, at: datetime) -> None:
    """Count a change that happened at an instant; what she saw after it is no news."""
    first = {"chat_id": chat_id, "news": 1, "knocked": 0, "seen": 0}
    unseen = or_(knock.c.seen_at.is_(None), knock.c.seen_at <= at)
    one_more = {"news": knock.c.news + 1}
    statement = insert_new(connection, knock).values(first)
    await connection.execute(statement.on_conflict_do_update(index_elements=["chat_id"], set_=one_more, where=unseen))


async def news_of(connection: AsyncConnection, chat_id: str) -> News | None:
    """Return what waits for a person, None where nothing ever did."""
    row = (await connection.execute(select(knock).where(knock.c.chat_id == chat_id))).one_or_none()
    return None if row is None else News(row.news, row.knocked, row.seen, row.knocked_at)


async def is_waiting(connection: AsyncConnection, chat_id: str) -> bool:
    """Tell whether there is news that she neither saw nor was knocked for."""
    news = await news_of(connection, chat_id)
    return news is not None and news.is_waiting


async def knocked(connection: AsyncConnection, chat_id: str, now: datetime) -> None:
    """Write down that the neutral line is on its way, in the transaction that queued it."""
    values = {"knocked": knock.c.news, "knocked_at": now}
    await connection.execute(update(knock).where(knock.c.chat_id == chat_id).values(values))


async def seen(connection: AsyncConnection, chat_id: str, now: datetime) -> None:
    """Write down that she saw where it stands: news until now is none any more."""
    first = {"chat_id": chat_id, "news": 0, "knocked": 0, "seen": 0, "seen_at": now}
    all_of_it = {"seen": knock.c.news, "seen_at": now}
    statement = insert_new(connection, knock).values(first)
    await connection.execute(statement.on_conflict_do_update(index_elements=["chat_id"], set_=all_of_it))


def next_window(now: datetime, codes: Collection[str]) -> datetime | None:
    """Return the instant itself where it lies in her hours, else when these begin next; None: only when she writes.

    Unknown and no codes count as any hour from eight to nine in the evening: nobody is woken for news.
    """
    if ONLY_WHEN_I_WRITE in codes:
        return None
    spans = [HOURS[code] for code in codes if code in HOURS] or [HOURS[ANY]]
    local = now.astimezone(LOCAL_TIME)
    midnight = datetime.combine(local.date(), time(), LOCAL_TIME)
    days = (midnight, midnight + _A_DAY)
    windows = sorted((day + timedelta(hours=begin), day + timedelta(hours=end)) for day in days for begin, end in spans)
    begins, _ = next((begin, end) for begin, end in windows if local < end)
    return max(begins, local).astimezone(now.tzinfo)
