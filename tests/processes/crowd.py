"""A crowd of made-up people who walk through the menus: every step has a reply that can be told from the next one."""

import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from thangdee.bot.simulator import FakeTelegram, Phone
from thangdee.core.words import text
from thangdee.flows.menu import ROOT, tree

_TITLES = {text(f"menu.{node}.title", "lo"): node for node in tree()}
_CARD = text("crisis.danger_now", "lo").split("\n")[0]
_BRANCHES = {node: [child for child in children if child in tree()] for node, children in tree().items()}


@dataclass
class Person:
    """One phone, the menu screens it must be shown, in order, and how often it cried for help.

    A walker types: digits mean what the last screen showed, so a step lost, doubled or out of order
    leads astray at once. A presser presses buttons, and may cry in between.
    """

    phone: Phone
    types: bool
    expected: list[str] = field(default_factory=list)
    cries: int = 0

    def step(self, fake: FakeTelegram, chance: random.Random) -> int:
        """Do one thing; return the update's id."""
        here = self.expected[-1] if self.expected else None
        if self.types:
            queued = self._type(here, chance)
        else:
            self.expected.append(chance.choice([node for node in tree() if node != here]))
            queued = self.send_press(fake, f"m:{self.expected[-1]}")
        assert queued is not None
        return queued

    def cry(self, fake: FakeTelegram) -> int:
        """Press for help."""
        self.cries += 1
        return self.send_press(fake, "c:danger_now")

    def send_press(self, fake: FakeTelegram, data: str) -> int:
        """Press a button whether or not it is on the screen yet."""
        bot = fake.first_bot()
        query_id = str(fake.chance.getrandbits(63))
        bot.queries[query_id] = (self.phone.chat_id, fake.now())
        person = fake.person(self.phone.chat)
        place = {"id": self.phone.chat_id, "type": "private"}
        message = {"message_id": 1, "date": 1, "chat": place}
        body = {"id": query_id, "from": person, "message": message, "chat_instance": "1", "data": data}
        queued = fake.put_update(bot, "callback_query", body)
        assert queued is not None
        return queued

    def _type(self, here: str | None, chance: random.Random) -> int | None:
        ways = _BRANCHES[here] if here else []
        if not ways or (here != ROOT and chance.random() < 0.2):
            self.expected.append(ROOT)
            return self.phone.text("/menu")
        self.expected.append(chance.choice(ways))
        return self.phone.text(str(tree()[str(here)].index(self.expected[-1]) + 1))


@dataclass(frozen=True)
class Seen:
    """What a phone was sent: menu screens in order, doubled ones taken together, and cards."""

    screens: list[str]
    doubled: int
    cards: int


def gather(fake: FakeTelegram, count: int) -> list[Person]:
    """People who may be written to; nine in ten type, the others press."""
    people = [Person(fake.new_phone(f"sample {number}"), types=number % 10 > 0) for number in range(count)]
    for person in people:
        person.phone.chat.opened = True
    return people


def seen_by(fake: FakeTelegram, people: list[Person]) -> dict[int, Seen]:
    """What each was sent, by chat id; anything that is neither a menu screen nor a card is an error."""
    told: dict[int, list[str]] = {person.phone.chat_id: [] for person in people}
    cards: Counter[int] = Counter()
    for sent in fake.sent:
        if sent.chat_id not in told:
            continue
        if sent.text.split("\n")[0] == _CARD:
            cards[sent.chat_id] += 1
        else:
            told[sent.chat_id].append(_TITLES[sent.text])
    return {chat_id: _seen(screens, cards[chat_id]) for chat_id, screens in told.items()}


def _seen(screens: list[str], cards: int) -> Seen:
    # Neighbouring steps always differ, so a screen twice in a row was sent twice.
    once = screens[:1] + [later for earlier, later in pairwise(screens) if later != earlier]
    return Seen(once, len(screens) - len(once), cards)
