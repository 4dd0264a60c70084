"""Understanding: what a message means, how sure that is, and how dangerous it sounds."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from thangdee.core.script import Script
from thangdee.flows.intents import OUT_OF_SCOPE, Risk, risk_of, risks
from thangdee.flows.language import Language, language_of

PATIENCE_SECONDS = 1.5
# Below this the best guess is shown as a question, not acted on; high risk is acted on sooner (see rasa.md, 1).
SURE, SURE_OF_HIGH_RISK = 0.40, 0.30
# All immediate intents together (the model spreads one cry over two of them), and against everyday chatter. Chosen on
# the older half of nlu/dev, with the word list: 150 of 156 cries found; 4 of 222 everyday posts, 11 of 1,014 harmless
# questions and 8 of 208 messages of high risk taken for one.
SURE_OF_DANGER, OVER_CHATTER = 0.30, 5.0
_CHOICES, _WORTH_ASKING = 3, 0.04

# Rasa takes white space off, and then a leading slash for a command.
_SLASHES = re.compile(r"^[\s/]+")

CrisisWords = Callable[[str], str | None]


@dataclass(frozen=True)
class FollowUp:
    """A message that goes on about the topic before it (context.py): what it asks, and where that leads.

    `facet`: cost, duration, documents, where, how, again, men, lgbt, minors, no_papers, place. `way`: "again" (the
    topic's answer says it), "unknown" (nobody here has a checked answer), or the intent that answers it.
    """

    topic: str
    facet: str
    way: str


@dataclass(frozen=True)
class Understanding:
    """What a message means. `ranking` is best first; empty when Rasa was away (`is_blind`)."""

    intent: str
    confidence: float
    risk: Risk
    language: Language
    script: Script
    ranking: tuple[tuple[str, float], ...] = field(default=())
    is_blind: bool = False
    follow_up: FollowUp | None = None

    @property
    def is_sure(self) -> bool:
        """Whether to act on it without asking back."""
        if self.risk is Risk.IMMEDIATE or self.follow_up is not None:
            return True
        return self.confidence >= (SURE_OF_HIGH_RISK if self.risk is Risk.HIGH else SURE)

    @property
    def guesses(self) -> tuple[str, ...]:
        """Return up to three intents worth a "did you mean"."""
        likely = (name for name, confidence in self.ranking if confidence >= _WORTH_ASKING and name != OUT_OF_SCOPE)
        return tuple(likely)[:_CHOICES]


class RasaParser:
    """Asks Rasa's /model/parse; stateless, the text goes nowhere else (R48)."""

    def __init__(self, client: httpx.AsyncClient, url: str, token: str) -> None:
        self._client = client
        self._url = f"{url}/model/parse"
        self._token = token

    async def ranking(self, text: str) -> tuple[tuple[str, float], ...] | None:
        """Return intents with confidence, best first; None when Rasa is away, slow or says nothing."""
        try:
            answer = await self._client.post(
                self._url,
                headers={"Authorization": f"Bearer {self._token}"},
                json={"text": _SLASHES.sub("", text)},
                timeout=PATIENCE_SECONDS,
            )
            listed = answer.raise_for_status().json()["intent_ranking"]
            known = risks()
            found = tuple((one["name"], float(one["confidence"])) for one in listed if one["name"] in known)
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return None
        return found or None


async def understand(
    text: str, parser: RasaParser | None, crisis_kind: CrisisWords, otherwise: Language = "lo"
) -> Understanding:
    """Read a message by word list and model together; without Rasa by word list alone."""
    written = language_of(text, otherwise)
    cry = crisis_kind(text)
    ranking = await parser.ranking(text) if parser and text.strip() else None
    if ranking is None:
        intent, confidence = (cry, 1.0) if cry else (OUT_OF_SCOPE, 0.0)
        risk = Risk.IMMEDIATE if cry else Risk.NONE
        return Understanding(intent, confidence, risk, *written, is_blind=True)
    intent, confidence, risk = _weigh(ranking, cry)
    return Understanding(intent, confidence, risk, *written, ranking=ranking)


def _weigh(ranking: tuple[tuple[str, float], ...], cry: str | None) -> tuple[str, float, Risk]:
    dangers = [(name, confidence) for name, confidence in ranking if risk_of(name) is Risk.IMMEDIATE]
    fear = sum(confidence for _, confidence in dangers)
    chatter = dict(ranking).get(OUT_OF_SCOPE, 0.0)
    best, confidence = ranking[0]
    if cry or (fear >= SURE_OF_DANGER and fear > OVER_CHATTER * chatter):
        if risk_of(best) is Risk.IMMEDIATE:
            return best, confidence, Risk.IMMEDIATE
        return (cry or dangers[0][0]), max(fear, confidence if cry else fear), Risk.IMMEDIATE
    risk = risk_of(best)
    return best, confidence, Risk.NONE if risk is Risk.IMMEDIATE else risk
