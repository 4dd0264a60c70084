"""What the person is shown before she says yes, and what a receiver gets: the same bytes, by one function (R7)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from thangdee.casework.referrals.facts import Fact, Value
from thangdee.casework.referrals.model import REFERRAL_CONSENT_VERSION, SENSITIVE, Field, Receiver, Said
from thangdee.core.keyring import Keyring


@dataclass(frozen=True)
class Shown:
    """Which fields go to whom. `fields` is in the order of the screens, `receivers` in that of asking."""

    receivers: tuple[Receiver, ...]
    fields: dict[Field, Value]
    language: str

    def to_bytes(self) -> bytes:
        """Return the one way in which this is written; what is hashed, sealed and told."""
        plain: dict[str, Any] = {
            "version": REFERRAL_CONSENT_VERSION,
            "language": self.language,
            "receivers": [vars(one) for one in self.receivers],
            "fields": self.fields,
        }
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def hash(self, keyring: Keyring) -> str:
        """Return the keyed hash of what was shown."""
        return keyring.look_up("shown", self.to_bytes().decode())

    @classmethod
    def read(cls, stored: bytes) -> "Shown":
        """Return what `to_bytes` wrote."""
        plain = json.loads(stored)
        order = {field: number for number, field in enumerate(Field)}
        fields = {Field(name): value for name, value in plain["fields"].items()}
        in_order = dict(sorted(fields.items(), key=lambda one: order[one[0]]))
        return cls(tuple(Receiver(**one) for one in plain["receivers"]), in_order, plain["language"])


def shown(facts: Iterable[Fact], receivers: Iterable[Receiver], language: str) -> Shown:
    """Return what may be told of these answers: the person's own, not struck out, sensitive ones by their own yes."""
    told = {
        one.field: one.value | ({"tell_no_family": True} if one.field in SENSITIVE else {})
        for one in facts
        if one.said_by is Said.PERSON and not one.is_struck and (one.field not in SENSITIVE or one.own_yes_at)
    }
    return Shown(tuple(receivers), told, language)
