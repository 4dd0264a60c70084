"""What every column declares (R21) and the one column type of our own."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=_NAMES)
# What became of enquiries about relatives: a schema that the chat cannot read (R12).
outcomes_metadata = MetaData(naming_convention=_NAMES, schema="outcomes")


class DataClass(StrEnum):
    """How much a leaked value would hurt."""

    TECHNICAL = "technical"
    PUBLIC = "public"
    PSEUDONYM = "pseudonym"
    SESSION = "session"
    SEALED = "sealed"


def about(data_class: DataClass, purpose: str, keep: str) -> dict[str, Any]:
    """Class, purpose and retention of a column, for its `info` (R21)."""
    return {"class": data_class, "purpose": purpose, "keep": keep}


class AwareDateTime(TypeDecorator[datetime]):
    """Aware UTC in and out; SQLite would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a naive time, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
