"""Open questions that words, a recording or a shared place may answer: which form asked, and what it is given.

While one is open, `Session.asked` is "<form>_<question>": r (sending a matter), u (what comes after), k (complaints),
j (court), e (an enquiry about a relative). The form of an open question is handed what was said (turn.py), unless that
was a cry for help, a word or digit of ours, or clearly about something else: a form that finds it is no answer returns
`NO_ANSWER`, and the message is understood as any other.
"""

from dataclasses import dataclass

from thangdee.casework.chats import Session
from thangdee.flows.deciding import Proposal
from thangdee.flows.understanding import Understanding

FORMS = ("r", "u", "k", "j", "e")
# Questions of a complaint about one of us.
ABOUT_US = "k_us"
NO_ANSWER: Proposal = {"do": "no_answer"}
# Questions that a picture may answer: what a family leaves for their relative (enquiry_message.py).
TAKE_PICTURES = frozenset({"e_a_words"})
# Whoever says one of these shortly and clearly means it, whatever was asked.
_ABOVE_ALL = frozenset({"talk_to_human", "delete_my_data", "change_language"})
_SHORT_LETTERS, _CLEARLY = 40, 0.8


@dataclass(frozen=True)
class Heard:
    """What came as an answer: words, the id of a kept recording, or a shared place.

    `intent`: what the words mean where the model is sure of it, None where it is not or was not asked.
    """

    text: str | None = None
    media_id: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    intent: str | None = None


def form_of(session: Session) -> str | None:
    """Return the form whose question is open, None where no form waits for an answer."""
    form, _, question = session.asked.partition("_")
    return form if question and form in FORMS and not session.hidden else None


def is_confidential(session: Session, data: str | None, proposals: tuple[Proposal, ...]) -> bool:
    """Tell whether this belongs to a complaint that may be about one of us: it stands in no transcript.

    Whoever it is about may hold the chat, now or later, and must not even learn that there is one. `data`: of the
    button that was pressed.
    """
    if data is not None:
        return data.startswith("k:") or data == "i:complaint"
    return session.asked.startswith(ABOUT_US) or any(one.get("do") == "complaint" for one in proposals)


def is_above_all(meaning: Understanding, text: str) -> bool:
    """Tell whether this is a wish that no open question may swallow: a person, another language, deletion."""
    is_clear = not meaning.is_blind and meaning.confidence >= _CLEARLY and len(text.strip()) <= _SHORT_LETTERS
    return is_clear and meaning.intent in _ABOVE_ALL


def ask_to_keep_first(data: str) -> Proposal:
    """Return the proposal to ask whether the chat may be kept and to go on at the button `data` after a yes (R1).

    After a no the form's step "no" is taken, `<form>:no`.
    """
    return {"do": "ask_to_keep", "then": data}
