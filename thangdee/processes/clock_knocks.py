"""When the bot writes first: news for a person, a check-in of her plan. Whether now, later or not, is decided here."""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import notices
from thangdee.casework.chats import Chat, Chats, chat
from thangdee.casework.referrals import follow_up, knocks, store
from thangdee.casework.referrals.facts import facts_of
from thangdee.casework.referrals.model import Field, Matter, Said
from thangdee.casework.referrals.on_the_clock import put_on_clock
from thangdee.casework.referrals.store import MatterGoneError
from thangdee.flows import knocking, matter_after
from thangdee.processes.wiring import Installation

# A change of a matter (effects.py), and another try for it: the lane of both ends with the matter.
NEWS, AGAIN = "knock", "knock_again"
# How often to look whether staff have given the chat back.
_HELD_AGAIN = timedelta(minutes=15)


async def note(connection: AsyncConnection, matter_id: str, at: datetime) -> None:
    """Count a change as news, unless a helper writes: what becomes of another's matter is not theirs to hear."""
    with suppress(MatterGoneError):
        whole = await store.load(connection, matter_id)
        if not whole.is_for_other:
            await knocks.note_news(connection, whole.chat_id, at)


async def knock(here: Installation, connection: AsyncConnection, matter_id: str, now: datetime) -> None:
    """Tell the person that there is news, in her hours; later where it cannot be now."""
    with suppress(MatterGoneError):
        whole = await store.load(connection, matter_id)
        whose = await reach(here, connection, whole.chat_id)
        if whose is None or not await knocks.is_waiting(connection, whole.chat_id):
            return
        if whose.held_by:
            await notices.tell(connection, whose.held_by, "referral_news", whole.chat_id, now)
            await put_on_clock(connection, AGAIN, matter_id, now + _HELD_AGAIN, now)
            return
        hours, is_phone_own = await _wishes(here, connection, whole)
        at = knocks.next_window(now, hours)
        if at is None:  # told with her next message
            return
        if at > now:
            await put_on_clock(connection, AGAIN, matter_id, at, now)
            return
        outward = here.outward()(connection, whose, now, f"knock:{matter_id}:{int(now.timestamp())}")
        await knocking.knock(outward, is_phone_own=is_phone_own, show_status=matter_after.show_status)
        await outward.save()


async def check_in(here: Installation, connection: AsyncConnection, plan_id: str, now: datetime) -> None:
    """Ask how it goes, once, as she agreed."""
    plan = await follow_up.ask_now(connection, here.vault, plan_id, now)
    if plan is None:
        return
    whole = await store.load(connection, plan.matter_id)
    whose = await reach(here, connection, whole.chat_id)
    if whose is None:
        await follow_up.asked(connection, plan, now)
        await follow_up.fall_silent(connection, here.vault, plan_id, now, is_gone=True)
        return
    at = now + timedelta(days=1) if whose.held_by else knocks.next_window(now, (plan.hours,)) or now
    if at > now:
        await follow_up.put_off(connection, plan, at, now)
        return
    outward = here.outward()(connection, whose, now, f"follow_up:{plan_id}:{plan.number}")
    await knocking.check_in(outward, plan)
    await outward.save()
    await follow_up.asked(connection, plan, now)


async def reach(here: Installation, connection: AsyncConnection, chat_id: str) -> Chat | None:
    """Return the chat, locked against a turn that goes on meanwhile; None where the person deleted or blocked it."""
    query = select(chat.c.closed_at, chat.c.blocked_at).where(chat.c.id == chat_id).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    if row is None or row.closed_at is not None or row.blocked_at is not None:
        return None
    return await Chats(connection, here.vault).get(chat_id)


async def _wishes(here: Installation, connection: AsyncConnection, whole: Matter) -> tuple[tuple[str, ...], bool]:
    """Return in which hours she may be written to and whether nobody else sees the phone, as she said it last."""
    hours: tuple[str, ...] = ()
    seen_by: str | None = None
    for matter in [whole, *await store.matters_of(connection, whole.chat_id)]:
        for fact in await facts_of(connection, here.vault, matter.id):
            if fact.said_by is not Said.PERSON:
                continue
            if fact.field is Field.REACH_HOURS and not hours:
                hours = tuple(fact.value.get("codes") or filter(None, [fact.value.get("code")]))
            elif fact.field is Field.PHONE_SEEN and seen_by is None:
                seen_by = fact.value.get("code")
    return hours, seen_by == knocks.PHONE_IS_OWN
