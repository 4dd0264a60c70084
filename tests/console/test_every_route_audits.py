"""Every deed and every look at a person's content is written down, or does not happen (R31); nothing leaves in bulk (R28).

A new route must be named here: what it is tried with (`DEEDS`), or why nothing is written down (`NOT_AUDITED`).
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import func, select, text

from tests.console.every_route import World, console_of, world_of
from thangdee.casework.staff.roles import Role
from thangdee.console.access import needed_by
from thangdee.core import audit
from thangdee.core.columns import metadata

Prepare = Callable[[World], Awaitable[dict[str, Any]]]

# Written by the deed itself or by the database beside it; no part of what a deed changes.
_BESIDE = {"audit", "audit_late", "change"}
_EXPORTS = re.compile(r"export|download|dump|csv|xlsx?|zip|bulk|\ball\b", re.IGNORECASE)


@dataclass(frozen=True)
class Deed:
    """One route and what it is tried with. `path` may name what `prepare` returns; `in_crisis`: needs no audit (R31)."""

    role: Role
    prepare: Prepare | None = None
    form: dict[str, Any] = field(default_factory=dict)
    in_crisis: bool = False
