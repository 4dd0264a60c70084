"""History: what a field was and what it became, as HSDS metadata rows, in the transaction of the change."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

# HSDS asks for texts; what was empty is an empty one.
_EMPTY = ""


def changes_of(
    table: str, row_id: str, before: Mapping[str, Any], after: Mapping[str, Any], *, by: str, now: datetime
) -> list[dict[str, Any]]:
    """Return one metadata row for each field of `after` that is not as it was."""
    return [
        _row(table, row_id, "update", name, before.get(name), value, by=by, now=now)
        for name, value in after.items()
        if before.get(name) != value
    ]


def creation_of(table: str, row_id: str, name: object, *, by: str, now: datetime) -> dict[str, Any]:
    """Return the metadata row of a new record."""
    return _row(table, row_id, "create", "id", None, name, by=by, now=now)


def is_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Tell whether any given field differs."""
    return any(before.get(name) != value for name, value in after.items())


def without_nothing(rows: Iterable[Mapping[str, Any]], names: Iterable[str]) -> list[dict[str, Any]]:
    """Return rows with every name, None where a row does not say."""
    every = tuple(names)
    return [{name: row.get(name) for name in every} for row in rows]


def _row(
    table: str, row_id: str, deed: str, field: str, before: object, after: object, *, by: str, now: datetime
) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "resource_id": row_id,
        "resource_type": table,
        "last_action_date": now.date().isoformat(),
        "last_action_type": deed,
        "field_name": field,
        "previous_value": _text(before),
        "replacement_value": _text(after),
        "updated_by": by,
    }


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _EMPTY if value is None else str(value)
