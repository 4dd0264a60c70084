"""Enquiries that were sent, for tests of what comes after."""

from collections.abc import Mapping

from tests.hotline import Hotline
from thangdee.bot.simulator import Phone, Sent
from thangdee.casework import consent
from thangdee.casework.chats import Chat, Chats, key_of
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.enquiries import deeds, flags, store
from thangdee.casework.enquiries.facts import note
from thangdee.casework.enquiries.flags import Raised
from thangdee.casework.enquiries.model import Enquiry, Field
from thangdee.casework.referrals.facts import Value

# A made-up relative.
TOLD: Mapping[Field, Value] = {
    Field.NICKNAME: {"text": "ນ້ອຍ"},
    Field.FULL_NAME: {"text": "ນາງ ຄຳຫຼ້າ ແກ້ວມະນີ"},
    Field.AGE: {"text": "16"},
    Field.VILLAGE: {"text": "ບ້ານນາທົ່ມ"},
    Field.COMPANIONS: {"text": "ໄປນຳເອື້ອຍແສງ"},
    Field.LAST_CONTACT: {"media": "0" * 32},
}


def data_of(sent: Sent) -> list[str]:
    """What its buttons send back."""
    return [str(button.data) for row in sent.buttons for button in row]


async def chat_of(hotline: Hotline, phone: Phone) -> Chat:
    """The chat of a phone."""
    here = hotline.installation
    async with here.database.read() as connection:
        found = await Chats(connection, here.vault).find(key_of(here.vault, phone.chat_id))
    assert found is not None
    return found


async def a_family(
    hotline: Hotline, told: Mapping[Field, Value] = TOLD, *, language: str = "lo"
) -> tuple[Phone, Enquiry]:
    """A phone from which an enquiry was just sent."""
    phone = hotline.phone()
    await hotline.choose(phone, language, keep=True)
    return phone, await send_one(hotline, phone, told)


async def send_one(hotline: Hotline, phone: Phone, told: Mapping[Field, Value] = TOLD) -> Enquiry:
    """One more enquiry of this phone."""
    here, now, whose = hotline.installation, hotline.clock.now(), await chat_of(hotline, phone)
    async with here.database.write() as connection:
        draft = await deeds.begin(connection, whose, now)
        for field, value in told.items():
            await note(connection, here.vault, draft.id, field, value, now)
        await consent.record(connection, whose, Purpose.ENQUIRY, is_yes=True, given_by=GivenBy.TAPPED, now=now)
        return await deeds.file(connection, here.vault, whose, draft.id, now)


async def enquiries_of(hotline: Hotline, phone: Phone) -> list[Enquiry]:
    """The enquiries of a phone as they stand, newest first."""
    whose = await chat_of(hotline, phone)
    async with hotline.installation.database.read() as connection:
        return await store.of_chat(connection, whose.id)


async def flags_of(hotline: Hotline, phone: Phone) -> list[Raised]:
    """The flags that staff see, newest first."""
    whose, here = await chat_of(hotline, phone), hotline.installation
    async with here.database.read() as connection:
        return await flags.flags_of(connection, here.vault, whose.id)
