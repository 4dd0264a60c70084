"""One row at least in every table of the outcomes of enquiries, for the migrations."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Integer, LargeBinary, Table, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core import audit
from thangdee.core.columns import AwareDateTime, outcomes_metadata
from thangdee.core.vault import Vault

# What links the rows; all else may be anything.
_IDS = {"resident_id": "s", "enquiry_id": "e", "release_id": "r", "wish_id": "w", "message_id": "m"}
_ID_OF = {"resident": "s", "release": "r", "wish": "w"}


async def fill_outcomes(connection: AsyncConnection, vault: Vault, now: datetime) -> None:
    """Made-up rows, and a deed of the audit that lies apart."""
    await audit.record(connection, vault.keyring, actor="noy", action="release:read", subject="r", now=now)
    for table in outcomes_metadata.sorted_tables:
        if table is not audit.audit_detail:
            await connection.execute(insert(table).values(row_of(table, now)))


def row_of(table: Table, now: datetime) -> dict[str, Any]:
    """A row in which every column holds something of its kind."""
    return {one.name: _value(table, one, now) for one in table.columns}


def _value(table: Table, column: Column[Any], now: datetime) -> Any:
    if column.name in _IDS or column.name == "id":
        return _IDS.get(column.name) or _ID_OF.get(table.name, "x")
    kinds = {AwareDateTime: now, LargeBinary: b"sealed", Boolean: True, Integer: 1, Date: now.date(), JSON: []}
    return next((value for kind, value in kinds.items() if isinstance(column.type, kind)), "x")
