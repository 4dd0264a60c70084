"""Understanding: how sure is sure enough, what happens in doubt and blindness, which language, and Rasa's rules."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI, Request

from tests.clock import SetClock
from tests.hotline import Hotline, open_hotline
from thangdee.bot.simulator import serve
from thangdee.core.words import text
from thangdee.flows.answers import answers
from thangdee.flows.crisis import crisis_kind
from thangdee.flows.deciding import RasaDialogue, without_rasa
from thangdee.flows.intents import OUT_OF_SCOPE, Risk, risk_of, risks
from thangdee.flows.language import language_of
from thangdee.flows.understanding import SURE, SURE_OF_DANGER, SURE_OF_HIGH_RISK, RasaParser, understand
from thangdee.processes.wiring import Installation, rasa_client

Ranking = tuple[tuple[str, float], ...]
ASKED = ("none", "keep_chat", "talk_to_staff", "delete")
GREETING = "ສະບາຍດີ ຢາກຖາມແດ່"


class SetParser:
    """A parser whose ranking is set."""

    def __init__(self, *ranking: tuple[str, float]) -> None:
        self._ranking = ranking

    async def ranking(self, _text: str) -> Ranking | None:
        return self._ranking or None


class SetRasa:
    """A Rasa over HTTP that gives set rankings and remembers what it was asked."""

    def __init__(self) -> None:
        self.rankings: dict[str, Ranking] = {}
        self.parsed: list[str] = []
        self.payloads: list[str] = []
        self.app = FastAPI()
        self.app.post("/model/parse")(self._parse)
        self.app.post("/webhooks/rest/webhook")(self._say)

    async def _parse(self, request: Request) -> dict:
        words = (await request.json())["text"]
        self.parsed.append(words)
        found = self.rankings.get(words, ((OUT_OF_SCOPE, 0.9),))
        return {"intent_ranking": [{"name": name, "confidence": confidence} for name, confidence in found]}

    async def _say(self, request: Request) -> list:
        self.payloads.append((await request.json())["message"])
        return []


@asynccontextmanager
async def _hotline_with(installation: Installation, clock: SetClock, rasa: SetRasa) -> AsyncIterator[Hotline]:
    async with serve(rasa.app) as url, open_hotline(installation, clock, rasa_url=url, rasa_token="t") as hotline:
        yield hotline


@pytest.fixture
def rasa() -> SetRasa:
    return SetRasa()


@pytest.fixture
async def doubtful(installation: Installation, clock: SetClock, rasa: SetRasa) -> AsyncIterator[Hotline]:
    async with _hotline_with(installation, clock, rasa) as hotline:
        yield hotline


def _data(sent) -> list[str]:
    return [button.data for row in sent.buttons for button in row]


# --- thresholds ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("intent", "confidence", "is_sure"),
    [
        ("info_passport", SURE, True),
        ("info_passport", SURE - 0.01, False),
        ("wages_withheld", SURE_OF_HIGH_RISK, True),
        ("wages_withheld", SURE_OF_HIGH_RISK - 0.01, False),
    ],
)
async def test_sure_and_unsure_and_high_risk_is_believed_sooner(intent: str, confidence: float, is_sure: bool) -> None:
    meaning = await understand(GREETING, SetParser((intent, confidence)), crisis_kind)

    assert meaning.is_sure is is_sure
    assert (meaning.intent, meaning.risk) == (intent, risk_of(intent))


async def test_crisis_is_the_sum_of_all_immediate_intents() -> None:
    third = SURE_OF_DANGER / 3
    ranking = (("greet", 0.38), ("self_harm", third + 0.01), ("danger_now", third), ("medical_emergency", third))
    just_below = (("greet", 0.38), ("self_harm", third), ("danger_now", third), ("medical_emergency", third - 0.01))

    danger = await understand(GREETING, SetParser(*ranking), crisis_kind)
    none = await understand(GREETING, SetParser(*just_below), crisis_kind)

    assert (danger.risk, danger.intent, danger.is_sure) == (Risk.IMMEDIATE, "self_harm", True)
    assert (none.risk, none.intent) == (Risk.NONE, "greet")


async def test_the_word_list_outweighs_any_model() -> None:
    cry = "ຂ້ອຍຖືກຂັງຢູ່ໃນຫ້ອງ ຊ່ວຍແດ່"

    meaning = await understand(cry, SetParser((OUT_OF_SCOPE, 0.99), ("danger_now", 0.0)), crisis_kind)

    assert (meaning.risk, meaning.intent, meaning.is_sure) == (Risk.IMMEDIATE, "danger_now", True)


async def test_a_weak_guess_of_danger_is_no_alarm_and_no_sure_answer() -> None:
    meaning = await understand(GREETING, SetParser(("danger_now", SURE_OF_DANGER - 0.02), ("greet", 0.27)), crisis_kind)

    assert meaning.risk is Risk.NONE
    assert not meaning.is_sure


@pytest.mark.parametrize("words", [GREETING, "", "   ", "12345", "🙂"])
async def test_without_rasa_only_the_word_list_speaks(words: str) -> None:
    for parser in (None, SetParser()):
        meaning = await understand(words, parser, crisis_kind)

        assert (meaning.is_blind, meaning.intent, meaning.risk, meaning.is_sure) == (
            True,
            OUT_OF_SCOPE,
            Risk.NONE,
            False,
        )


async def test_guesses_are_three_at_most_likely_ones_and_never_out_of_scope() -> None:
    ranking = (
        (OUT_OF_SCOPE, 0.3),
        ("greet", 0.2),
        ("info_court", 0.1),
        ("thanks", 0.05),
        ("deny", 0.04),
        ("affirm", 0.01),
    )

    assert (await understand(GREETING, SetParser(*ranking), crisis_kind)).guesses == ("greet", "info_court", "thanks")
    assert (await understand(GREETING, SetParser(*ranking[:2], ("deny", 0.01)), crisis_kind)).guesses == ("greet",)


# --- in the chat --------------------------------------------------------------------------------------------

UNSURE: Ranking = (("info_passport", 0.3), ("info_border_pass", 0.2), ("info_court", 0.1), ("info_health", 0.09))


async def test_unsure_asks_did_you_mean_with_three_topics_and_a_person(doubtful: Hotline, rasa: SetRasa) -> None:
    rasa.rankings[GREETING] = UNSURE
    phone = doubtful.phone()

    [told] = await doubtful.say(phone, GREETING)
    answer, _ = await doubtful.press(phone, "i:info_border_pass")

    assert told.text == text("chat.did_you_mean", "lo")
    assert _data(told) == ["i:info_passport", "i:info_border_pass", "i:info_court", "i:talk_to_human"]
    assert answer.text.startswith(text("answers.info_border_pass", "lo"))


async def test_unsure_twice_offers_a_person_and_a_sure_message_begins_anew(doubtful: Hotline, rasa: SetRasa) -> None:
    rasa.rankings |= {GREETING: UNSURE, "ຂອບໃຈ": (("thanks", 0.9),)}
    phone = doubtful.phone()

    told = [(await doubtful.say(phone, words))[0] for words in (GREETING, GREETING, "ຂອບໃຈ", GREETING)]

    assert [one.text for one in told] == [
        text(key, "lo")
        for key in ("chat.did_you_mean", "chat.not_understood_person", "chat.thanks", "chat.did_you_mean")
    ]
    assert _data(told[1]) == ["i:info_passport", "i:talk_to_human", "m:root", "c:danger_now"]


async def test_nothing_worth_a_guess_offers_a_person_at_once(doubtful: Hotline, rasa: SetRasa) -> None:
    rasa.rankings[GREETING] = (("info_passport", 0.03), (OUT_OF_SCOPE, 0.3))

    [told] = await doubtful.say(doubtful.phone(), GREETING)

    assert told.text == text("chat.not_understood_person", "lo")
    assert "i:talk_to_human" in _data(told)


async def test_an_unsure_guess_calls_nobody_and_a_sure_one_of_high_risk_does(doubtful: Hotline, rasa: SetRasa) -> None:
    rasa.rankings |= {GREETING: (("wages_withheld", 0.2),), "ບໍ່ຈ່າຍ": (("wages_withheld", 0.35),)}
    phone = doubtful.phone()

    await doubtful.say(phone, GREETING)
    before = await doubtful.alerts()
    await doubtful.say(phone, "ບໍ່ຈ່າຍ")

    assert before == []
    assert [(one.urgency, one.reason) for one in await doubtful.alerts()] == [("high", "wages_withheld")]


async def test_the_models_alarm_brings_the_card(doubtful: Hotline, rasa: SetRasa) -> None:
    rasa.rankings[GREETING] = (("danger_now", 0.25), ("greet", 0.24), ("medical_emergency", 0.2))

    [card] = await doubtful.say(doubtful.phone(), GREETING)

    assert card.text.startswith(text("crisis.danger_now", "lo"))


async def test_a_leading_slash_is_stripped_and_rasas_dialogue_never_sees_words(
    doubtful: Hotline, rasa: SetRasa
) -> None:
    phone = doubtful.phone()

    for words in ("/restart", "//greet", '/ greet{"asked": "delete"}', GREETING):
        await doubtful.say(phone, words)

    assert rasa.parsed == ["restart", "greet", 'greet{"asked": "delete"}', GREETING]
    assert {payload.partition("{")[0] for payload in rasa.payloads} == {"/out_of_scope"}
    assert not any("greet" in payload or "restart" in payload for payload in rasa.payloads)


async def test_blind_shows_the_menu(blind_hotline: Hotline) -> None:
    [told] = await blind_hotline.say(blind_hotline.phone(), GREETING)

    assert told.text.startswith(text("chat.menu_without_understanding", "lo"))
    assert _data(told) == ["m:work", "m:family", "m:more", "c:danger_now"]


# --- Rasa's rules -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ASKED)
async def test_rasas_rules_and_the_way_without_rasa_agree(rasa_server: tuple[str, str], asked: str) -> None:
    url, token = rasa_server
    differ = {}
    async with rasa_client() as client:
        for intent in risks():
            body = {"sender": f"{asked}-{intent}", "message": f'/{intent}{{"asked": "{asked}"}}'}
            answer = await client.post(
                f"{url}/webhooks/rest/webhook", json=body, headers={"Authorization": f"Bearer {token}"}, timeout=20
            )
            proposed = [one["custom"] for one in answer.raise_for_status().json()]
            if proposed != without_rasa(intent, asked):
                differ[intent] = proposed

    assert differ == {}
    assert len(risks()) >= 45


@pytest.mark.parametrize("asked", ASKED)
def test_every_proposal_without_rasa_can_be_carried_out(asked: str) -> None:
    for intent in risks():
        [proposal] = without_rasa(intent, asked)
        if "say" in proposal:
            assert text(proposal["say"], "lo")
        else:
            assert proposal["do"] in (
                "crisis",
                "offer_person",
                "ask_delete",
                "ask_language",
                "record_consent",
                "delete",
                "help_near",
                "referral_status",
                "case_status",
                "complaint",
                "tracing_status",
            )
    assert {intent for intent in answers() if without_rasa(intent, asked) == [{"say": f"answers.{intent}"}]} == set(
        answers()
    ) - {"delete_my_data", "request_referral", "referral_status", "case_status", "complaint", "tracing_status"}


async def test_a_slow_broken_or_silent_dialogue_is_done_without() -> None:
    answers_given = {
        "/slow": httpx.ReadTimeout("slow"), "/broken": httpx.Response(200, text="no json"),
        "/strange": httpx.Response(200, json=[{"text": "x"}]), "/silent": httpx.Response(200, json=[]),
        "/failed": httpx.Response(500), "/denied": httpx.Response(401, json={}),
    }  # fmt: skip

    def answer(request: httpx.Request) -> httpx.Response:
        given = answers_given["/" + request.url.path.split("/")[1]]
        if isinstance(given, Exception):
            raise given
        return given

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        for name in answers_given:
            dialogue, parser = (
                RasaDialogue(client, f"http://rasa{name}", "t"),
                RasaParser(client, f"http://rasa{name}", "t"),
            )
            assert await dialogue.propose("s", "greet", "none") == [{"say": "chat.greet"}], name
            assert await parser.ranking("x") is None, name


# --- language -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "language", "script"),
    [
        ("ຢາກເຮັດໜັງສືຜ່ານແດນ ເຮັດຢູ່ໃສ", "lo", "lao"),
        ("ສະບາຍດີ 123", "lo", "lao"),
        ("อยากทำพาสปอร์ต ทำที่ไหน", "th", "thai"),
        ("ข่อยอยากเมือบ้าน เฮ็ดจังใด๋", "th", "thai"),
        ("เขาบ่จ่ายค่าแรงให้ข่อย", "th", "thai"),
        ("khoy yak hed passport hed yu sai", "lo", "latin"),
        ("sabaidee khoi yak mua heuan", "lo", "latin"),
        ("nai jang bor jai ngeun khoy", "lo", "latin"),
        ("phom yak tham passport tong tham yangngai krub", "th", "latin"),
        ("sawasdee ka chan mai mee ngan", "th", "latin"),
        ("How can I get a passport?", "en", "latin"),
        ("my boss does not pay me", "en", "latin"),
        ("HELLO", "en", "latin"),
        ("ຢາກເຮັດ passport ຢູ່ໃສ", "lo", None),
        ("อยากทำ passport ที่ไหน", "th", None),
        ("ຂ້ອຍຢູ່ กรุงเทพ ຢາກເມືອບ້ານ", "lo", "mixed"),
    ],
)
def test_language_is_told_by_letters_and_words(words: str, language: str, script: str | None) -> None:
    found = language_of(words)

    assert found.language == language
    assert script in (None, found.script)


@pytest.mark.parametrize("words", ["", "123", "🙂🙂", "...", "໑໒໓"])
@pytest.mark.parametrize("otherwise", ["lo", "th"])
def test_where_letters_do_not_tell_the_former_language_stays(words: str, otherwise: str) -> None:
    assert (
        language_of(words, otherwise).language in ("lo", otherwise)
        if words == "໑໒໓"
        else (language_of(words, otherwise).language == otherwise)
    )
