"""Deciding: Rasa's dialogue proposes what to say or do; a payload goes in, never a person's words."""

import json
from typing import Any

import httpx

from thangdee.flows.answers import answers

PATIENCE_SECONDS = 1.5
Proposal = dict[str, Any]

# What Rasa's rules say as well (a test compares them): the way on while Rasa is away.
_WITHOUT_RASA: dict[str, Proposal] = {
    "greet": {"say": "chat.greet"},
    "goodbye": {"say": "chat.goodbye"},
    "thanks": {"say": "chat.thanks"},
    "out_of_scope": {"say": "chat.out_of_scope"},
    "danger_now": {"do": "crisis", "kind": "danger_now"},
    "self_harm": {"do": "crisis", "kind": "self_harm"},
    "medical_emergency": {"do": "crisis", "kind": "medical_emergency"},
    "talk_to_human": {"do": "offer_person"},
    "delete_my_data": {"do": "ask_delete"},
    "change_language": {"do": "ask_language"},
    "request_referral": {"do": "help_near"},
    "referral_status": {"do": "referral_status"},
    "tracing_status": {"do": "tracing_status"},
    "case_status": {"do": "case_status"},
    "complaint": {"do": "complaint"},
}
_QUESTIONS = {
    "keep_chat": "record_consent",
    "talk_to_staff": "record_consent",
    "research": "record_consent",
    "delete": "delete",
}


class RasaDialogue:
    """Posts payloads to Rasa's REST channel and reads the custom objects it answers."""

    def __init__(self, client: httpx.AsyncClient, url: str, token: str) -> None:
        self._client = client
        self._url = f"{url}/webhooks/rest/webhook"
        self._token = token

    async def propose(self, sender: str, intent: str, asked: str) -> list[Proposal]:
        """Return what Rasa proposes; the built-in way on when it is away, slow or silent.

        An empty answer is how Rasa reports most failures.
        """
        known = asked if asked in _QUESTIONS else "none"  # Rasa hears of yes-or-no questions alone
        payload = f"/{intent}{json.dumps({'asked': known})}"
        try:
            answer = await self._client.post(
                self._url,
                headers={"Authorization": f"Bearer {self._token}"},
                json={"sender": sender, "message": payload},
                timeout=PATIENCE_SECONDS,
            )
            proposals = [one["custom"] for one in answer.raise_for_status().json()]
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            proposals = []
        return proposals or without_rasa(intent, asked)


def without_rasa(intent: str, asked: str) -> list[Proposal]:
    """Return the way on that needs no Rasa."""
    if intent in ("affirm", "deny"):
        return [_answered(intent, asked)]
    if intent in answers() and intent not in _WITHOUT_RASA:
        return [{"say": f"answers.{intent}"}]
    return [_WITHOUT_RASA.get(intent, {"say": "chat.out_of_scope"})]


def _answered(intent: str, asked: str) -> Proposal:
    if asked not in _QUESTIONS:
        return {"say": f"chat.{intent}"}
    proposal = {"do": _QUESTIONS[asked], "answer": "yes" if intent == "affirm" else "no"}
    return proposal | ({"purpose": asked} if asked != "delete" else {})
