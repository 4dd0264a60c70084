"""The fixed texts of an enquiry ring on their day: whoever holds the chat, whatever was found (R14; decision 19)."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import store, texts
from thangdee.casework.enquiries.facts import facts_of
from thangdee.casework.enquiries.model import TEXT_DAYS, Field, State
from thangdee.casework.enquiries.store import EnquiryGoneError
from thangdee.casework.referrals.facts import Value
from thangdee.casework.referrals.knocks import ONLY_WHEN_I_WRITE
from thangdee.flows import enquiry_after
from thangdee.processes.clock_knocks import reach
from thangdee.processes.wiring import Installation


async def say_text(
    here: Installation, connection: AsyncConnection, enquiry_id: str, now: datetime, number: int
) -> None:
    """Say the text of day `number`; the last one ends what its maker sees of the enquiry."""
    with suppress(EnquiryGoneError):
        one = await store.load(connection, enquiry_id, to_change=True)
        if one.state is not State.OPEN:
            return
        if number == TEXT_DAYS[-1]:
            await texts.expire(connection, one.id)
        whose = await reach(here, connection, one.chat_id)
        if whose is None:
            return
        told = await facts_of(connection, here.vault, one.id)
        if ONLY_WHEN_I_WRITE in _codes(told, Field.REACH_HOURS):
            await texts.let_wait(connection, one.id)  # who wants to hear us only when they write (R56)
            return
        outward = here.outward()(connection, whose, now, f"enquiry:{one.id}:{number}")
        others = "others" in _codes(told, Field.PHONE_SEEN)
        await enquiry_after.say_text(outward, one, number, is_seen_by_others=others)
        await outward.save()


def _codes(told: Mapping[Field, Value], field: Field) -> list[str]:
    """Return what was chosen for a field."""
    value = told.get(field, {})
    return list(value.get("codes") or [value.get("code", "")])
