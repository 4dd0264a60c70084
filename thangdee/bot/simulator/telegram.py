"""A fake Telegram for tests, `converse` and the demo: bots, phones, faults, and a record of all that bots sent."""

import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from thangdee.bot.simulator.bell import Deadline
from thangdee.bot.simulator.faults import ApiError, Fault, Faults, Limits
from thangdee.bot.simulator.phone import Phone
from thangdee.bot.simulator.records import Call, Sent
from thangdee.bot.simulator.world import Bot, Chat, World

_CALLS_KEPT = 20_000


class FakeTelegram(World):
    """Telegram in memory. Use it from one event loop only; `now` is the clock of dates, the 48 h and the 24 h rule.

    `outage` is False, "refuse" (502) or "cut" (the connection is closed); True means "cut".
    """

    def __init__(
        self,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        limits: bool = False,
        seed: int | None = None,
        webhook_delays: tuple[float, ...] = (0.05, 0.1, 0.2, 0.5, 1, 2, 5),
    ) -> None:
        super().__init__(now, seed=seed)
        self.sent: list[Sent] = []
        self.calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
        self.phones: dict[int, Phone] = {}
        self.faults = Faults()
        self.limits = Limits(time.monotonic) if limits else None
        self.outage: bool | str = False
        self.webhook_delays = webhook_delays
        self._revoked: set[str] = set()

    def new_phone(self, label: str | None = None, *, token: str | None = None, kind: str = "migrant") -> Phone:
        """A new person with a private chat; without a token it talks to the first bot."""
        sample = "ຄອບຄົວ" if kind == "family" else "ຕົວຢ່າງ"
        name = label or f"{sample} {len(self.phones) + 1} (sample)"
        phone = Phone(self, self.add_chat(name, token=token, kind=kind))
        self.phones[phone.chat_id] = phone
        self.bell.ring()
        return phone

    def fail_next(
        self,
        method: str = "*",
        chat_id: int | None = None,
        *,
        times: int = 1,
        status: int | None = None,
        retry_after: int | None = None,
        drop: bool = False,
        delay: float = 0.0,
        description: str | None = None,
    ) -> None:
        """Script a fault for the next calls of a method ("*": any), to one chat or to all; see Fault."""
        self.faults.waiting.append(
            Fault(method, chat_id, times, status, retry_after, drop, delay, description),
        )

    def jump_update_id(self, *, token: str | None = None, down: bool | None = None) -> int:
        """Let the next update_id be far from the last one, up or down at random; gives that id."""
        return self._queue_owner(token).queue.jump(down=down)

    def inject_raw(self, update: Any, *, token: str | None = None) -> None:  # noqa: ANN401 - broken on purpose
        """Queue any JSON value as an update, however broken."""
        self._queue_owner(token).queue.put_raw(update, self.now())
        self.bell.ring()

    def revoke(self, token: str) -> None:
        """Let every call with this token end in a 401."""
        self._revoked.add(token)

    def authorise(self, token: str) -> Bot:
        """The bot of a token; raises a 401 when it was revoked."""
        if token in self._revoked:
            raise ApiError(401, "Unauthorized")
        return self.bot(token)

    def pending(self, token: str | None = None) -> int:
        """How many updates wait for confirmation."""
        return len(self._queue_owner(token).queue)

    def record(self, sent: Sent) -> None:
        """Note a message that a bot sent or edited."""
        self.sent.append(sent)
        self.bell.ring()

    def sent_to(self, who: Phone | int) -> list[Sent]:
        """What bots sent to one phone (or chat id), in order, edits included."""
        chat_id = who if isinstance(who, int) else who.chat_id
        return [sent for sent in self.sent if sent.chat_id == chat_id]

    async def wait_for(self, predicate: Callable[[Sent], bool], timeout: float = 5.0, *, since: int = 0) -> Sent:  # noqa: ASYNC109
        """The first of `sent[since:]` that fits, now or within `timeout` seconds; raises TimeoutError."""
        deadline = Deadline(timeout)
        position = since
        while True:
            for sent in self.sent[position:]:
                if predicate(sent):
                    return sent
            position = len(self.sent)
            await self._wait(deadline, f"nothing fitting was sent; {position - since} other messages were")

    async def wait_until(self, claim: Callable[[], bool], timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait until a claim about this world holds (it is asked after each change); raises TimeoutError."""
        deadline = Deadline(timeout)
        while not claim():
            await self._wait(deadline, "the claim did not become true")

    async def quiet(self, seconds: float = 0.3, *, timeout: float = 10.0) -> None:  # noqa: ASYNC109
        """Wait until no bot has sent or edited anything for `seconds`, and every update is confirmed."""
        deadline = Deadline(timeout)
        calm = Deadline(seconds)
        seen = len(self.sent)
        while calm.left > 0 or any(len(bot.queue) for bot in self.bots.values()):
            if deadline.left <= 0:
                raise TimeoutError("the bots did not come to rest")
            await self.bell.wait(min(deadline.left, calm.left or seconds) + 0.001)
            if len(self.sent) != seen:
                seen, calm = len(self.sent), Deadline(seconds)

    def chat_of(self, bot: Bot, chat_id: int) -> Chat:
        """A chat the bot may write to; raises Telegram's 400 or 403."""
        chat = self.chats.get(chat_id)
        if chat is None or chat.bot is not bot or not chat.opened:
            raise ApiError(400, "Bad Request: chat not found")
        if chat.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return chat

    async def _wait(self, deadline: Deadline, complaint: str) -> None:
        if deadline.left <= 0 or not await self.bell.wait(deadline.left):
            raise TimeoutError(complaint)

    def _queue_owner(self, token: str | None) -> Bot:
        return self.bot(token) if token else self.first_bot()
