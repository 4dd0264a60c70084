"""One row at least in every table of matters, receivers, court and complaints."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Integer, LargeBinary, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.casework.referrals.matters import A, a_decision, kept_draft, kept_yes
from thangdee.casework.referrals import deeds
from thangdee.core.columns import AwareDateTime, metadata
from thangdee.core.vault import Vault

# What hangs on a matter, a referral, a receiver or a chat beside the matter itself: a made-up row in each.
_BESIDE = (
    "provider", "provider_member", "provider_channel", "provider_notice", "referral_link", "referral_question",
    "follow_up", "check_in", "knock", "come_back_code", "second_contact", "hand_over_code", "guardian", "matter_proposal",
    "matter_look", "matter_note", "office_call", "court_status", "court_money", "court_pressure", "complaint",
    "complaint_words", "complaint_shut_out", "complaint_count",
)  # fmt: skip


async def fill_matters(connection: AsyncConnection, vault: Vault, now: datetime) -> None:
    """A child's matter that two of staff let through to a receiver, and all that can hang on one."""
    made = await kept_draft(connection, vault, now, number=5, age_band="12_17")
    await kept_yes(connection, vault, made.id, A, now=now)
    for staff_id, protects in (("noy", True), ("dao", False)):
        decision = a_decision(staff_id, at=now, protects=protects)
        await deeds.record_decision(connection, vault, made.id, decision, "made up", now)
    for table in metadata.sorted_tables:
        if table.name in _BESIDE:
            await connection.execute(insert(table).values(await _made_up(connection, table, now)))


async def _made_up(connection: AsyncConnection, table: Table, now: datetime) -> dict[str, Any]:
    """A row with something in every column that must have something; what links to a table links to a row of it."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.foreign_keys:
            [link] = column.foreign_keys
            row[column.name] = (await connection.execute(select(link.column).limit(1))).scalar_one()
        elif not column.nullable and not column.server_default:
            row[column.name] = _something(column, now)
    return row


def _something(column: Column[Any], now: datetime) -> object:
    for kind, value in ((Boolean, False), (Integer, 1), (LargeBinary, b"sealed"), (JSON, []), (Date, now.date())):
        if isinstance(column.type, kind):
            return value
    return now if isinstance(column.type, AwareDateTime | DateTime) else "x"
