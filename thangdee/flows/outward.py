"""From the turn to the outside: replies into the outbox, calls for a person to staff."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import alerts, conversations, duty, transcripts
from thangdee.casework.alerts import Alert, Urgency
from thangdee.casework.chats import Chat, Chats, with_session
from thangdee.casework.transcripts import Direction, Line
from thangdee.core import outbox
from thangdee.core.jobs import ORDINARY, URGENT, new_uid
from thangdee.core.outbox import CRISIS_CARD, REPLY, STAFF_NOTICE
from thangdee.core.time_words import when
from thangdee.core.vault import Vault
from thangdee.flows.answers import crisis_cards, number_lines
from thangdee.flows.menu import CRISIS
from thangdee.flows.reply import Button, Part, Reply
from thangdee.referral_directory.figures import ShownFigures
from thangdee.referral_directory.model import Directory

CRISIS_BUTTONS = (Button("buttons.talk_to_person", "i:talk_to_human"), Button("buttons.hide", "x:hide"), CRISIS)


@dataclass
class Outward:
    """One transaction's view of one chat: what is said, raised and remembered in it.

    `figures`: dated figures that may be shown, by key. `on_call`: Telegram groups of staff, first
    on call first. `directory`: who helps where, as of the last look. `dedupe`: prefix that makes effects of a
    repeated update fall away. `reply_kind`: replies of kind REPLY are dropped while a person holds the chat.
    """

    connection: AsyncConnection
    vault: Vault
    chat: Chat
    now: datetime
    dedupe: str
    figures: ShownFigures
    on_call: tuple[int, ...]
    directory: Directory = field(default_factory=Directory)
    reply_kind: str = REPLY
    _count: int = field(default=0)

    @property
    def language(self) -> str:
        """The language to answer in."""
        return self.chat.language or "lo"

    async def say(self, reply: Reply, *, kind: str | None = None, is_kept: bool = True) -> str:
        """Queue a reply and return its job's uid; its buttons become the screen that typed digits refer to.

        `is_kept`: it may stand in the transcript; what belongs to a complaint does not (asking.is_confidential).
        """
        self._count += 1
        kind, uid = kind or self.reply_kind, new_uid()
        await outbox.post(
            self.connection,
            self.vault,
            lane=self.chat.chat_key,
            key_id=self.chat.key_id,
            kind=kind,
            body={"to": self.chat.address} | reply.to_json(self.language),
            now=self.now,
            priority=URGENT if kind == CRISIS_CARD else ORDINARY,
            dedupe=f"{self.dedupe}:{kind}:{self._count}",
            uid=uid,
        )
        self.remember(screen=tuple(button.data for button in reply.buttons))
        keys = [part.key for part in reply.parts]
        if is_kept:
            await self.keep(Line(Direction.BOT, self.now, {"say": keys}, job_uid=uid))
        return uid

    async def keep(self, line: Line, *, is_cry: bool = False) -> None:
        """Add to the transcript, if the person agreed or it belongs to a cry for help (R1)."""
        if is_cry or await conversations.may_keep(self.connection, self.chat.id, self.now):
            await transcripts.keep(self.connection, self.vault, self.chat, line)

    def remember(self, **changes: Any) -> None:  # noqa: ANN401 - the fields of Session
        """Change the session."""
        self.chat = with_session(self.chat, **changes)

    def speak(self, language: str, *, tapped: bool) -> None:
        """Change the language of the chat."""
        self.chat = replace(with_session(self.chat, language_tapped=tapped), language=language)

    async def save(self) -> None:
        """Write the chat."""
        await Chats(self.connection, self.vault).save(self.chat)

    async def raise_alert(self, urgency: Urgency, reason: str) -> Alert:
        """Put the chat into the staff queue and tell the first on call: code and urgency only (R39)."""
        raised, is_new = await alerts.raise_alert(self.connection, self.chat.id, urgency, reason, self.now)
        if is_new and self.on_call:
            await post_notice(self.connection, self.vault, raised, self.on_call[0], step=0, now=self.now)
        if is_new:
            await alerts.start_ladder(self.connection, raised, self.now)
        return raised

    async def is_someone_there(self) -> bool:
        """Whether a person is on duty."""
        return await duty.is_someone_there(self.connection, self.now)

    async def planned(self) -> Part | None:
        """What may be said of when a person is there again: by the plan, None where nothing true can be said."""
        following = await duty.next_start(self.connection, self.now)
        if following is None:
            return None
        return Part("person.planned", {"when": when(following, self.now, self.language)})

    async def say_if_there(self, there: Reply, nobody: Reply) -> None:
        """Say the one while a person is on duty, else the other and when somebody is planned to be."""
        if await self.is_someone_there():
            await self.say(there)
            return
        planned = await self.planned()
        await self.say(replace(nobody, parts=(*nobody.parts, planned)) if planned else nobody)

    async def answer_crisis(self, kind: str, *, has_card: bool = False) -> None:
        """Send the fixed card for a cry for help and alert staff; silent while a person holds the chat (R52).

        `has_card`: the card went out from memory while the database was away.
        """
        await self.raise_alert(Urgency.IMMEDIATE, kind)
        if self.chat.held_by or has_card:
            return
        await self.say(crisis_card(kind, self.figures, await self._desk()), kind=CRISIS_CARD)
        self.remember(asked="none", misses=0, hidden=False)

    async def _desk(self) -> Part:
        if await self.is_someone_there():
            return Part("crisis.duty_on")
        planned = await self.planned()
        return Part("crisis.duty_off_until", planned.values) if planned else Part("crisis.duty_off")


def crisis_card(kind: str, figures: ShownFigures, desk: Part | None) -> Reply:
    """Return the fixed card; `desk` says whether a person is there, None where nobody can know."""
    listed = crisis_cards()[kind].figures
    lead = (Part("crisis.numbers"),) if figures.values.keys() & set(listed) else ()
    numbers = number_lines(listed, figures)
    parts = (Part(f"crisis.{kind}"), *((desk,) if desk else ()), *lead, *numbers)
    return Reply(parts, CRISIS_BUTTONS)


async def post_notice(
    connection: AsyncConnection, vault: Vault, raised: Alert, group: int, *, step: int, now: datetime
) -> None:
    """Queue the constant notice (R39): the code and the urgency, nothing of the person."""
    await outbox.post(
        connection,
        vault,
        lane=f"staff{group}",
        key_id=None,
        kind=STAFF_NOTICE,
        body={"to": group, "code": raised.code, "urgency": raised.urgency},
        now=now,
        priority=URGENT if raised.urgency is Urgency.IMMEDIATE else ORDINARY,
        dedupe=f"{raised.id}:notice:{step}:{group}",
    )
