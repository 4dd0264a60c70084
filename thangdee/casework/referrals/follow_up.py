"""Follow-up: how it goes afterwards, asked only as the person agreed, one try each time (R56).

    begun ──► asked ──answer──► asked again at the next date ──► ... ──► done (the matter is closed)
                │ └──"later"──► asked again the next day, once
                └──silent for 72 hours──► over, staff are told
    any state ──stop, withdrawal, deletion, no consent any more──► over at once

Why 72 hours: a phone without money, a weekend in the fields or a hidden phone are no emergency; whoever writes anything
to us meanwhile is not silent. There is no second try: a line that comes again and again is seen by others.

Each function is one use case, to be called inside one transaction of the caller's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import consent
from thangdee.casework.chats import chat
from thangdee.casework.consent import Purpose
from thangdee.casework.referrals import deeds, knocks, steps, store
from thangdee.casework.referrals.after_tables import check_in, follow_up
from thangdee.casework.referrals.model import ENDED, Matter, MatterState
from thangdee.casework.referrals.on_the_clock import put_on_clock
from thangdee.casework.referrals.store import MatterGoneError
from thangdee.casework.referrals.tables import matter
from thangdee.core import audit, changes
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.vault import Vault

ASK, SILENCE = "follow_up", "check_silent"
SILENT_AFTER = timedelta(hours=72)
# So long staff may look for who fell silent, before her chat is erased as any other.
SOUGHT_FOR = timedelta(days=14)
# The neutral first lines of which she chooses one: the texts `follow_up.line.<number>`.
WORDS = (1, 2, 3)
_A_DAY = timedelta(days=1)


class Rhythm(StrEnum):
    """How often. USUAL is offered first."""

    USUAL = "usual"
    OFTEN = "often"
    MONTHLY = "monthly"
    RARELY = "rarely"


_MONTHS = (30, 61, 91, 122, 152, 182, 213, 243, 274, 304, 335, 365)
# Days after it was agreed on which she is asked.
DAYS = {
    Rhythm.USUAL: (30, 61, 91, 182, 274, 365),
    Rhythm.OFTEN: (14, 28, 42, 56, 70, 84, *_MONTHS[3:]),
    Rhythm.MONTHLY: _MONTHS,
    Rhythm.RARELY: (91, 182, 274, 365),
}


class Answer(StrEnum):
    """What she says to a check-in. LATER is no answer yet, WROTE: she wrote something else meanwhile."""

    GOOD = "good"
    MISSING = "missing"
    PERSON = "person"
    LATER = "later"
    WROTE = "wrote"


class NotAgreedError(ThangdeeError):
    """The person has not said yes to this."""

    code = "not_agreed"


class UnfitPlanError(ThangdeeError):
    """A plan needs hours and a first line that exist."""

    code = "unfit_plan"


class PlanOverError(ThangdeeError):
    """The plan has ended, or nothing was asked that could be answered."""

    code = "plan_over"


@dataclass(frozen=True)
class Plan:
    """What she agreed to. `hours`: a code of knocks.HOURS. `next_at`: None while an answer is awaited, and at the end.

    `number`: how many check-ins there were. `why_ended`: done, stopped, silent, withdrawn, no_consent.
    """

    id: str
    matter_id: str
    rhythm: Rhythm
    hours: str
    words: int
    begun_at: datetime
    number: int
    next_at: datetime | None
    ended_at: datetime | None
    why_ended: str | None


async def begin(
    connection: AsyncConnection,
    matter_id: str,
    now: datetime,
    *,
    rhythm: Rhythm = Rhythm.USUAL,
    hours: str = knocks.ANY,
    words: int = 1,
) -> Plan:
    """Begin a plan, or change the one that runs. Raises NotAgreedError, UnfitPlanError, MatterGoneError."""
    whole = await store.load(connection, matter_id, to_change=True)
    if not await consent.allows(connection, whole.chat_id, Purpose.FOLLOW_UP):
        raise NotAgreedError("she did not say yes to being written to")
    there = await running(connection, matter_id)
    if there is not None:
        return await change(connection, there.id, now, rhythm=rhythm, hours=hours, words=words)
    _need_fit(hours, words)
    made = Plan(new_uid(), matter_id, Rhythm(rhythm), hours, words, now, 0, None, None, None)
    await connection.execute(insert(follow_up).values(vars(made)))
    return await _ask_next(connection, made, now)


async def change(
    connection: AsyncConnection,
    plan_id: str,
    now: datetime,
    *,
    rhythm: Rhythm | None = None,
    hours: str | None = None,
    words: int | None = None,
) -> Plan:
    """Change how often, when, or how she is written to. Raises PlanOverError, UnfitPlanError."""
    plan = await _running(connection, plan_id)
    in_hours, in_words = hours or plan.hours, words or plan.words
    _need_fit(in_hours, in_words)
    await _save(connection, plan_id, rhythm=Rhythm(rhythm or plan.rhythm), hours=in_hours, words=in_words)
    changed = await _running(connection, plan_id)
    return changed if changed.next_at is None else await _ask_next(connection, changed, now)


async def running(connection: AsyncConnection, matter_id: str) -> Plan | None:
    """Return the plan that runs for a matter, None if none does."""
    query = select(follow_up).where(follow_up.c.matter_id == matter_id, follow_up.c.ended_at.is_(None))
    row = (await connection.execute(query.limit(1))).one_or_none()
    return None if row is None else _plan(row)


async def of_chat(connection: AsyncConnection, chat_id: str) -> list[Plan]:
    """Return the plans of a person that run, newest first."""
    hers = follow_up.c.matter_id.in_(select(matter.c.id).where(matter.c.chat_id == chat_id))
    query = select(follow_up).where(hers, follow_up.c.ended_at.is_(None)).order_by(follow_up.c.begun_at.desc())
    return [_plan(row) for row in (await connection.execute(query)).all()]


async def waiting_check_in(connection: AsyncConnection, chat_id: str) -> Plan | None:
    """Return the plan whose check-in she has not answered, None where nothing was asked."""
    waiting = [plan for plan in await of_chat(connection, chat_id) if plan.next_at is None]
    return waiting[0] if waiting else None


async def answer(
    connection: AsyncConnection, vault: Vault, plan_id: str, said: Answer, now: datetime, *, need: str | None = None
) -> Plan:
    """Take her answer; the next date follows, or the plan is done. Raises PlanOverError.

    `need`: what is missing or broke, a need of the directory. Whoever wants a person has staff called here.
    """
    plan = await _asked(connection, plan_id)
    await _write_answer(connection, plan, said, now, need)
    if said is Answer.PERSON:
        await _call_staff(connection, vault, plan.matter_id, "asked_person", now)
    following = await _ask_next(connection, plan, now)
    if following.ended_at is not None and said in (Answer.GOOD, Answer.WROTE):
        await close_matter(connection, vault, plan.matter_id, now)
    return following


async def later(connection: AsyncConnection, plan_id: str, now: datetime) -> Plan:
    """Ask again the next day; a second time in a row, at the next date. Raises PlanOverError."""
    plan = await _asked(connection, plan_id)
    before = (check_in.c.follow_up_id == plan_id) & (check_in.c.number == plan.number - 1)
    just_before = before & (check_in.c.answer == Answer.LATER) & (check_in.c.asked_at > now - SILENT_AFTER - _A_DAY)
    is_second = (await connection.execute(select(check_in.c.number).where(just_before))).scalar() is not None
    await _write_answer(connection, plan, Answer.LATER, now, None)
    if is_second:
        return await _ask_next(connection, plan, now)
    return await _put(connection, plan, now + _A_DAY, now)


async def stop(connection: AsyncConnection, plan_id: str, now: datetime, *, why: str = "stopped") -> None:
    """End a plan at once; nothing is asked any more."""
    running_one = (follow_up.c.id == plan_id) & follow_up.c.ended_at.is_(None)
    values = {"ended_at": now, "why_ended": why, "next_at": None}
    await connection.execute(update(follow_up).where(running_one).values(values))


async def ask_now(connection: AsyncConnection, vault: Vault, plan_id: str, now: datetime) -> Plan | None:
    """Return the plan if the person may be asked at this instant, None if not (any more, or not yet).

    A plan whose matter ended or whose yes is gone ends here.
    """
    plan = await find(connection, plan_id, to_change=True)
    if plan is None or plan.next_at is None or now < plan.next_at:
        return None
    whole = await store.load(connection, plan.matter_id)
    if whole.state in ENDED:
        await stop(connection, plan_id, now, why="closed" if whole.state is MatterState.CLOSED else "withdrawn")
    elif not await consent.allows(connection, whole.chat_id, Purpose.FOLLOW_UP):
        await stop(connection, plan_id, now, why="no_consent")
        await _call_staff(connection, vault, plan.matter_id, "follow_up_over", now)
    else:
        return plan
    return None


async def asked(connection: AsyncConnection, plan: Plan, now: datetime) -> None:
    """Write down that the line is on its way, in the transaction that queued it; silence counts from here."""
    number = plan.number + 1
    await connection.execute(insert(check_in).values(follow_up_id=plan.id, number=number, asked_at=now))
    await _save(connection, plan.id, number=number, next_at=None)
    await put_on_clock(connection, SILENCE, plan.id, now + SILENT_AFTER, now)


async def put_off(connection: AsyncConnection, plan: Plan, at: datetime, now: datetime) -> None:
    """Ask at a later instant: staff talk with her now, or her hours are over."""
    await _put(connection, plan, at, now)


async def fall_silent(
    connection: AsyncConnection, vault: Vault, plan_id: str, now: datetime, *, is_gone: bool = False
) -> bool:
    """End a plan to whose check-in nothing came, and tell staff; True if it was so.

    `is_gone`: the person has blocked the bot, or her chat cannot be reached; then there is nothing to wait for.
    """
    plan = await find(connection, plan_id, to_change=True)
    if plan is None or plan.next_at is not None:
        return False
    since = await _asked_at(connection, plan)
    if since is None or (now < since + SILENT_AFTER and not is_gone):
        return False
    if not is_gone and await _wrote_since(connection, plan.matter_id, since):
        await answer(connection, vault, plan_id, Answer.WROTE, now)
        return False
    is_over = (await store.load(connection, plan.matter_id)).state in ENDED  # then nobody looks for her
    await stop(connection, plan_id, now, why="withdrawn" if is_over else "silent")
    await _call_staff(connection, vault, plan.matter_id, "silent", now)
    return True


async def find(connection: AsyncConnection, plan_id: str, *, to_change: bool = False) -> Plan | None:
    """Return a plan that runs, None if it has ended or is gone; `to_change` locks it."""
    query = select(follow_up).where(follow_up.c.id == plan_id, follow_up.c.ended_at.is_(None))
    row = (await connection.execute(query.with_for_update() if to_change else query)).one_or_none()
    return None if row is None else _plan(row)


async def close_matter(connection: AsyncConnection, vault: Vault, matter_id: str, now: datetime) -> None:
    """Close a matter that was helped: nobody works on it any more and the person was told so all along."""
    whole = await store.load(connection, matter_id, to_change=True)
    if whole.state is not MatterState.HELPED:
        return
    current = whole.current
    if current is not None:
        await deeds.take_step(
            connection, vault, matter_id, lambda one: steps.close_referral(one, current.id, "followed_up", now),
            name="close", actor=audit.SYSTEM, now=now,
        )  # fmt: skip
    await deeds.take_step(
        connection, vault, matter_id, lambda one: steps.close(one, now),
        name="close_matter", actor=audit.SYSTEM, now=now,
    )  # fmt: skip


def runs_for(matter_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Tell in a query whether a plan runs for a matter."""
    return exists().where(follow_up.c.matter_id == matter_id, follow_up.c.ended_at.is_(None))


def keeps(chat_id: ColumnElement[str], now: datetime) -> ColumnElement[bool]:
    """Tell in a query whether a chat is kept for a plan: it runs, or staff look for who fell silent (R25)."""
    hers = (follow_up.c.matter_id == matter.c.id) & (matter.c.chat_id == chat_id)
    is_sought = (follow_up.c.why_ended == "silent") & (follow_up.c.ended_at > now - SOUGHT_FOR)
    return exists().where(hers, follow_up.c.ended_at.is_(None) | is_sought)


def _need_fit(hours: str, words: int) -> None:
    if hours not in knocks.HOURS or words not in WORDS:
        raise UnfitPlanError("these hours or words do not exist")


async def _running(connection: AsyncConnection, plan_id: str) -> Plan:
    plan = await find(connection, plan_id, to_change=True)
    if plan is None:
        raise PlanOverError("this plan has ended")
    return plan


async def _asked(connection: AsyncConnection, plan_id: str) -> Plan:
    plan = await _running(connection, plan_id)
    if plan.next_at is not None:
        raise PlanOverError("nothing was asked")
    return plan


async def _ask_next(connection: AsyncConnection, plan: Plan, now: datetime) -> Plan:
    """Put the first date after now on the clock; without one the plan is done."""
    dates = (plan.begun_at + timedelta(days=days) for days in DAYS[plan.rhythm])
    following = next((date for date in dates if date > now), None)
    if following is None:
        await stop(connection, plan.id, now, why="done")
        row = (await connection.execute(select(follow_up).where(follow_up.c.id == plan.id))).one()
        return _plan(row)
    return await _put(connection, plan, following, now)


async def _put(connection: AsyncConnection, plan: Plan, at: datetime, now: datetime) -> Plan:
    in_hours = knocks.next_window(at, (plan.hours,)) or at
    await _save(connection, plan.id, next_at=in_hours)
    await put_on_clock(connection, ASK, plan.id, in_hours, now)
    return await _running(connection, plan.id)


async def _save(connection: AsyncConnection, plan_id: str, **values: Any) -> None:  # noqa: ANN401 - the columns
    await connection.execute(update(follow_up).where(follow_up.c.id == plan_id).values(values))


async def _write_answer(connection: AsyncConnection, plan: Plan, said: Answer, now: datetime, need: str | None) -> None:
    this = (check_in.c.follow_up_id == plan.id) & (check_in.c.number == plan.number)
    values = {"answer": said, "need": need, "answered_at": now}
    await connection.execute(update(check_in).where(this).values(values))
    chat_id = select(matter.c.chat_id).where(matter.c.id == plan.matter_id)
    whose = str((await connection.execute(chat_id)).scalar_one())
    await changes.announce(connection, changes.MATTERS, changes.about_chat(whose))


async def _asked_at(connection: AsyncConnection, plan: Plan) -> datetime | None:
    this = (check_in.c.follow_up_id == plan.id) & (check_in.c.number == plan.number)
    query = select(check_in.c.asked_at).where(this, check_in.c.answered_at.is_(None))
    found: datetime | None = (await connection.execute(query)).scalar()
    return found


async def _wrote_since(connection: AsyncConnection, matter_id: str, since: datetime) -> bool:
    query = select(chat.c.seen_at).join(matter, matter.c.chat_id == chat.c.id).where(matter.c.id == matter_id)
    seen_at: datetime | None = (await connection.execute(query.where(chat.c.blocked_at.is_(None)))).scalar()
    return seen_at is not None and seen_at > since


async def _call_staff(connection: AsyncConnection, vault: Vault, matter_id: str, reason: str, now: datetime) -> None:
    try:
        whole: Matter = await store.load(connection, matter_id)
    except MatterGoneError:
        return
    if whole.state not in ENDED:
        await deeds.take_step(
            connection, vault, matter_id, lambda one: steps.call_staff(one, reason, now),
            name="call_staff", actor=audit.SYSTEM, now=now,
        )  # fmt: skip


def _plan(row: Row[Any]) -> Plan:
    return Plan(
        row.id, row.matter_id, Rhythm(row.rhythm), row.hours, row.words, row.begun_at, row.number, row.next_at,
        row.ended_at, row.why_ended,
    )  # fmt: skip
