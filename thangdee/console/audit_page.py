"""The audit's page for auditors: who did what, newest first, and whether the chain is whole (R30, R31).

There is no export (R28): a page holds 50 rows, and each look is written down.
"""

import re
from datetime import date, datetime, timedelta
from typing import Any

from fastapi import FastAPI, Request, Response

from thangdee.casework import audit_reading
from thangdee.casework.audit_reading import Asked, Entry
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission
from thangdee.console.access import Viewer, needs
from thangdee.console.local_time import to_the_minute, to_the_second
from thangdee.console.shared import Console, label, language_of_page
from thangdee.core import audit, words
from thangdee.core.audit_actions import ACTIONS

_OTHERS = (audit.SYSTEM, audit.OPERATOR, audit.PERSON, audit.SOMEBODY)
_ID = re.compile(r"[\w.:/-]{1,64}", re.ASCII)
# A night's check may take a while; after this one it is missing.
_CHECK_LATE = timedelta(hours=26)


def add_audit(app: FastAPI, console: Console) -> None:
    """Add the page."""

    @app.get("/audit")
    @needs(Permission.READ_AUDIT)
    async def look(
        request: Request,
        viewer: Viewer,
        who: str = "",
        deed: str = "",
        about: str = "",
        day: str = "",
        before: str = "",
    ) -> Response:
        now = console.clock.now()
        asked = Asked(_id(who), audit_reading.known_action(deed), _id(about), _day(day), _number(before))
        async with console.database.write() as connection:
            check = await audit_reading.last_check(connection)
            names = await accounts.names(connection)
            found = await audit_reading.search(
                connection, console.vault.keyring, asked, viewer.staff_id, now,
                with_apart=console.database.with_outcomes,
            )  # fmt: skip
        language = language_of_page(request)
        seen: dict[str, Any] = {"rows": [_shown(one, names, language) for one in found.entries], "older": found.older}
        seen |= {"asked": asked, "people": _people(names, language), "deeds": _deeds(language)}
        return console.page(request, "audit.html", **seen, chain=_chain(check, now, language))


def person_label(names: dict[str, str], actor: str, language: str) -> str:
    """Return what a colleague is called; an account that is gone, or none at all, by its id."""
    return names.get(actor) or (label(language, f"audit.who.{actor}") if actor in _OTHERS else actor)


def _people(names: dict[str, str], language: str) -> list[tuple[str, str]]:
    listed = sorted(names.items(), key=lambda one: one[1].casefold())
    return [*listed, *((one, label(language, f"audit.who.{one}")) for one in _OTHERS)]


def _deeds(language: str) -> list[tuple[str, str]]:
    return [(action, deed_label(action, language)) for action in sorted(ACTIONS)]


def deed_label(action: str, language: str) -> str:
    """Return what an action is called; its code where it has no words."""
    key = f"audit.deed.{action.replace(':', '.')}"
    return label(language, key) if words.has(key) else action


def _shown(entry: Entry, names: dict[str, str], language: str) -> dict[str, Any]:
    facts = [f"{name}: {names.get(str(value), value)}" for name, value in entry.facts.items()]
    subject = names.get(entry.subject, entry.subject)
    return {
        "seq": entry.seq,
        "at": to_the_second(entry.at),
        "iso": entry.at.isoformat(),
        "actor": entry.actor,
        "who": person_label(names, entry.actor, language),
        "deed": deed_label(entry.action, language),
        "action": entry.action,
        "about": entry.subject,
        "subject": subject if len(subject) <= 20 else f"{subject[:8]}…",
        "facts": facts,
    }


def _chain(check: Entry | None, now: datetime, language: str) -> dict[str, Any]:
    """Return what the last nightly check found, in words."""
    if check is None:
        return {"state": "unknown", "says": label(language, "audit.chain.unchecked")}
    at = to_the_minute(check.at)
    if check.facts.get("breaks"):
        fault = label(language, f"audit.fault.{check.facts['fault']}")
        says = label(language, "audit.chain.broken", at=at, row=check.facts["row"], fault=fault)
        return {"state": "broken", "says": says}
    says = label(language, "audit.chain.whole", at=at, rows=check.facts["rows"])
    if now - check.at > _CHECK_LATE:
        return {"state": "unknown", "says": f"{says}\n{label(language, 'audit.chain.late')}"}
    return {"state": "whole", "says": says}


def _id(entered: str) -> str:
    """Return what was asked for where it can be an id at all."""
    return entered.strip() if _ID.fullmatch(entered.strip()) else ""


def _day(entered: str) -> date | None:
    try:
        return date.fromisoformat(entered)
    except ValueError:
        return None


def _number(entered: str) -> int | None:
    return int(entered) if entered.isascii() and entered.isdigit() and len(entered) < 16 else None
