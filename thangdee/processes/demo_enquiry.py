"""A made-up mother of the demo who looks for one of the made-up residents, so that the staff's side can be tried."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import alerts, consent
from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.enquiries import deeds, facts
from thangdee.casework.enquiries.model import Enquiry, Field
from thangdee.casework.referrals.facts import Value
from thangdee.console.sample_staff import sample_account
from thangdee.core.vault import Vault

PHONE = "ແມ່ · แม่ (sample)"
# What a mother would write: Lao letters, the name as it is called at home. Nobody's.
_TOLD: dict[Field, Value] = {
    Field.NICKNAME: {"text": "ແດງ"},
    Field.FULL_NAME: {"text": "ນາງ ບຸນມີ ພົມມະຈັນ"},
    Field.SEX: {"code": "female"},
    Field.AGE: {"text": "19"},
    Field.VILLAGE: {"text": "ບ້ານໂພນທັນ"},
    Field.PLACE: {"text": "ໄກສອນ ສະຫວັນນະເຂດ"},
    Field.LEFT_HOW: {"code": "friend"},
    Field.WORK: {"code": "food_shop"},
    Field.OWN_WORDS: {"text": "ຕົວຢ່າງສົມມຸດ: ລູກສາວບໍ່ໂທມາຫຼາຍເດືອນແລ້ວ"},
    Field.RELATION: {"code": "parent"},
    Field.REACH_BY: {"code": "chat"},
}


async def plant_enquiry(connection: AsyncConnection, vault: Vault, address: int, now: datetime) -> Enquiry:
    """File the mother's enquiry from the phone at this address; staff know of it, so no alarm rings at the start."""
    chats = Chats(connection, vault)
    await chats.save(replace(await chats.of(address, now), language="lo"))
    whose = await chats.of(address, now)
    for purpose in (Purpose.KEEP_CHAT, Purpose.TALK_TO_STAFF, Purpose.ENQUIRY):
        await consent.record(connection, whose, purpose, is_yes=True, given_by=GivenBy.TAPPED, now=now)
    draft = await deeds.begin(connection, whose, now)
    for field, value in _TOLD.items():
        await facts.note(connection, vault, draft.id, field, value, now)
    filed = await deeds.file(connection, vault, whose, draft.id, now)
    tracer = await sample_account(connection, vault, "tracer", "lo", now)
    await alerts.take(connection, whose.id, tracer, now)
    return filed
