"""The outbox: every message to anybody is a row in the transaction that decided it (R47)."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core.jobs import ORDINARY, Job, NewJob, Queue, enqueue, new_uid
from thangdee.core.vault import Place, Vault

# What an outbox row asks for; the deliverer knows what to do with each.
REPLY, OWN_CONTROL, CRISIS_CARD, TAKE_OFF, PRESS_SEEN, STAFF_NOTICE, STAFF_WORDS, TYPING = (
    "reply", "control", "crisis", "take_off", "press_seen", "notice", "staff_words", "typing",
)  # fmt: skip
# The spoken recording of what was just sent by the bot, by staff.
RECORDING, STAFF_RECORDING = "recording", "staff_recording"
# A text that comes on its day whatever anybody does or knows, with its recording; a paper made when it is sent.
FIXED_TEXT, FIXED_RECORDING, PAPER = "fixed", "fixed_recording", "paper"

# Where the synthetic chat lives (R51): no Telegram chat has this number, and nothing is sent there.
NOBODY = 0

# Why a reply of the bot was not sent: a person had taken the chat over.
DROPPED = "held"


async def post(  # noqa: PLR0913 - all that a message is
    connection: AsyncConnection,
    vault: Vault,
    *,
    lane: str,
    key_id: str | None,
    kind: str,
    body: dict[str, Any],
    now: datetime,
    priority: int = ORDINARY,
    dedupe: str | None = None,
    uid: str | None = None,
) -> bool:
    """Queue a message; False if one with this `dedupe` was queued before. `uid`: what to call its row.

    The body is sealed under the person's key. Without a key (the on-call group) it is constant
    text and a code, and is stored as it is.
    """
    uid, stored = uid or new_uid(), json.dumps(body).encode()
    if key_id is not None:
        stored = await vault.seal(connection, key_id, _body(uid), stored)
    new = NewJob(
        queue=Queue.OUTBOX,
        lane=lane,
        kind=kind,
        run_at=now,
        created_at=now,
        uid=uid,
        key_id=key_id,
        sealed_body=stored,
        dedupe=dedupe,
        priority=priority,
    )
    return await enqueue(connection, new)


def later_lane(chat_key: str) -> str:
    """Return the lane of what waits for a person's hours: answers to what she writes meanwhile do not wait."""
    return f"later{chat_key[:58]}"


async def tell_group(
    connection: AsyncConnection,
    vault: Vault,
    *,
    group: int,
    notice: str,
    now: datetime,
    code: str = "",
    dedupe: str | None = None,
) -> bool:
    """Queue the constant text `staff.notice.<notice>` for an on-call group; `code` is a random reference (R39)."""
    body = {"to": group, "notice": notice, "code": code}
    return await post(
        connection, vault, lane=f"staff{group}", key_id=None, kind=STAFF_NOTICE, body=body, now=now, dedupe=dedupe
    )


async def read_body(connection: AsyncConnection, vault: Vault, taken: Job) -> dict[str, Any]:
    """Open the body of a taken job. Raises SealBrokenError when its key was destroyed."""
    stored = taken.sealed_body or b"{}"
    if taken.key_id is not None:
        stored = await vault.open(connection, taken.key_id, _body(taken.uid), stored)
    body: dict[str, Any] = json.loads(stored)
    return body


def _body(uid: str) -> Place:
    return Place("job", "sealed_body", uid)
