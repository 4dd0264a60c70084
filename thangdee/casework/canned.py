"""Ready texts: what counsellors write many times a day, and the answers that were looked over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Protocol

from thangdee.core import words
from thangdee.core.errors import ThangdeeError
from thangdee.core.script import fold

# In the order in which a talk goes. Each is `canned.<name>` in the catalogues; its label `talk.canned.<name>`.
CANNED = (
    "i_am_here", "can_you_write", "press_hide", "are_you_alone", "are_you_hurt", "where_are_you", "take_your_time",
    "you_decide", "we_tell_nobody", "free", "ask_colleague", "answer_at", "voice_is_fine", "did_not_understand",
    "still_there", "goodbye",
)  # fmt: skip
_WITH_TIME = "answer_at"


class UnknownTextError(ThangdeeError):
    """There is no such ready text, or a time is missing in it."""

    code = "unknown_text"


class Kind(StrEnum):
    """Where a ready text comes from."""

    CANNED = "canned"
    VETTED = "vetted"


class VettedAnswers(Protocol):
    """The answers of the bot; processes hands them in, since the console does not drive the conversation."""

    def keys(self) -> Sequence[str]:
        """Return the keys, `answers.<intent>`, in the order of the menu."""

    def name(self, key: str, language: str) -> str:
        """Return what the answer is called."""

    def words(self, key: str, language: str) -> str:
        """Return the answer as the bot would send it now, with the figures that may be shown. Raises KeyError."""


@dataclass(frozen=True)
class Choice:
    """One ready text. `seen`: in the viewer's language; `sent`: as the person would read it."""

    key: str
    kind: Kind
    name: str
    seen: str
    sent: str
    wants_time: bool = False


def listed(vetted: VettedAnswers, viewer_language: str, person_language: str, search: str = "") -> list[Choice]:
    """Return the ready texts in which all searched words occur, in either language; canned ones first."""
    made = [_canned(name, viewer_language, person_language) for name in CANNED]
    made += [
        Choice(
            key, Kind.VETTED, vetted.name(key, viewer_language), *_both(vetted, key, viewer_language, person_language)
        )
        for key in vetted.keys()  # noqa: SIM118 - no dictionary
    ]
    asked = fold(search).split()
    return [one for one in made if all(word in fold(f"{one.name} {one.seen} {one.sent}") for word in asked)]


def body_of(key: str, at: str = "") -> dict[str, object]:
    """Return what the transcript keeps of a canned text. Raises UnknownTextError."""
    name = key.removeprefix("canned.")
    if name not in CANNED or not key.startswith("canned."):
        raise UnknownTextError("no such text")
    if name != _WITH_TIME:
        return {"say": [key]}
    try:
        clock = time.fromisoformat(at)
    except ValueError as error:
        raise UnknownTextError("say at which time, as 08:30") from error
    return {"say": [key], "values": {"time": f"{clock:%H:%M}"}}


def _canned(name: str, viewer_language: str, person_language: str) -> Choice:
    key, wants_time = f"canned.{name}", name == _WITH_TIME
    values = {"time": "…"} if wants_time else {}
    seen, sent = (words.text(key, language, **values) for language in (viewer_language, person_language))
    return Choice(key, Kind.CANNED, words.text(f"talk.canned.{name}", viewer_language), seen, sent, wants_time)


def _both(vetted: VettedAnswers, key: str, viewer_language: str, person_language: str) -> tuple[str, str]:
    return vetted.words(key, viewer_language), vetted.words(key, person_language)
