"""Every intent has its rule, and the rule proposes what the service expects."""

import subprocess

import pytest
import yaml

from tests.nlu.conftest import NLU, PYTHON, Server

CHAT = {"greet", "goodbye", "thanks", "out_of_scope"}
STEPS: dict[str, dict[str, str]] = {
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
    "affirm": {"say": "chat.affirm"},
    "deny": {"say": "chat.deny"},
}


def _expected(intent: str) -> dict[str, str]:
    return STEPS.get(intent) or {"say": f"{'chat' if intent in CHAT else 'answers'}.{intent}"}


def test_domain_has_exactly_the_intents_of_the_contract(intents: list[str]) -> None:
    domain = yaml.safe_load((NLU / "domain.yml").read_text(encoding="utf-8"))

    named = [name if isinstance(name, str) else next(iter(name)) for name in domain["intents"]]

    assert named == intents


def test_every_intent_gives_what_the_service_expects(rasa: Server, intents: list[str]) -> None:
    proposed = {intent: rasa.say("everything", f'/{intent}{{"asked":"none"}}') for intent in intents}

    assert proposed == {intent: [_expected(intent)] for intent in intents}


@pytest.mark.parametrize(("intent", "answer"), [("affirm", "yes"), ("deny", "no")])
def test_yes_and_no_mean_what_was_asked(rasa: Server, intent: str, answer: str) -> None:
    asked = {
        "keep_chat": {"do": "record_consent", "purpose": "keep_chat", "answer": answer},
        "talk_to_staff": {"do": "record_consent", "purpose": "talk_to_staff", "answer": answer},
        "research": {"do": "record_consent", "purpose": "research", "answer": answer},
        "delete": {"do": "delete", "answer": answer},
        "none": {"say": f"chat.{intent}"},
    }

    proposed = {about: rasa.say(f"asked-{intent}", f'/{intent}{{"asked":"{about}"}}') for about in asked}

    assert proposed == {about: [step] for about, step in asked.items()}


def test_what_was_asked_before_is_never_stale(rasa: Server) -> None:
    rasa.say("stale", '/affirm{"asked":"delete"}')

    assert rasa.say("stale", '/affirm{"asked":"none"}') == [{"say": "chat.affirm"}]


def test_an_unknown_intent_proposes_nothing(rasa: Server) -> None:
    assert rasa.say("unknown", '/no_such_intent{"asked":"none"}') == []


def test_without_the_token_nothing_is_answered(rasa: Server) -> None:
    for path in ("/webhooks/rest/webhook", "/model/parse", "/conversations/a/tracker"):
        assert rasa.client.post(path, json={}, headers={"Authorization": "Bearer wrong"}).status_code == 401


@pytest.mark.parametrize("check", ["validate", "test"])
def test_rasas_own_checks_pass(model: None, check: str) -> None:
    done = subprocess.run([PYTHON, NLU / "check.py", check], check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
