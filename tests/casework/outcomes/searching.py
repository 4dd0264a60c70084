"""Enquiries of made-up families on their way to a search."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tests.casework.talks import a_chat
from thangdee.casework.enquiries import deeds, facts
from thangdee.casework.enquiries.model import Enquiry, Field
from thangdee.casework.outcomes import proofs, searches
from thangdee.casework.outcomes.model import ProofKind, VettingItem
from thangdee.casework.outcomes.search_rules import Heard
from thangdee.core.vault import Vault

MOTHER: Mapping[Field, Any] = {
    Field.NICKNAME: {"text": "ນ້ອຍ"},
    Field.FULL_NAME: {"text": "ແກ້ວ ວົງສາ"},
    Field.SEX: {"code": "female"},
    Field.AGE: {"text": "20"},
    Field.VILLAGE: {"text": "ບ້ານນາໄຊ"},
    Field.PLACE: {"text": "ໄຊທານີ ນະຄອນຫຼວງວຽງຈັນ"},
    Field.RELATION: {"code": "parent"},
    Field.PHONE: {"text": "020 5512 3456"},
}
THREE = (ProofKind.TOLD_UNASKED, ProofKind.FAMILY_BOOK, ProofKind.VILLAGE_CONFIRMS)


async def filed(
    connection: AsyncConnection,
    vault: Vault,
    now: datetime,
    *,
    address: int = 71,
    told: Mapping[Field, Any] = MOTHER,
) -> Enquiry:
    """An enquiry that was sent."""
    chat = await a_chat(connection, vault, now, address=address)
    draft = await deeds.begin(connection, chat, now)
    for field, value in told.items():
        await facts.note(connection, vault, draft.id, field, value, now)
    return await deeds.file(connection, vault, chat, draft.id, now)


async def vetted(connection: AsyncConnection, enquiry_id: str, owner: str, now: datetime) -> None:
    """Taken, and all looked at and fine."""
    await searches.take(connection, enquiry_id, owner, now, is_owner_free=False)
    for item in VettingItem:
        await proofs.vet(connection, enquiry_id, item, owner, now, is_good=True, is_supervisor=False)


async def proved(
    connection: AsyncConnection,
    vault: Vault,
    enquiry_id: str,
    owner: str,
    now: datetime,
    kinds: Iterable[ProofKind] = THREE,
) -> None:
    """Heard by voice, and good."""
    for kind in kinds:
        await proofs.prove(connection, vault, enquiry_id, kind, Heard.VOICE, "made up", owner, now, is_good=True)


async def opened(connection: AsyncConnection, vault: Vault, enquiry_id: str, owner: str, now: datetime) -> None:
    """Its search is open."""
    await vetted(connection, enquiry_id, owner, now)
    await proved(connection, vault, enquiry_id, owner, now)
    await searches.open_search(connection, enquiry_id, now)
