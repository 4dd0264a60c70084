"""What people write is read well enough, fast enough, and never breaks the reader."""

import statistics
import time

import pytest

from tests.nlu.conftest import Server

# Made-up messages, none of them taken from the training data.
MESSAGES = {
    "ຢາກເຮັດພາສປອດ ໄປເຮັດຢູ່ໃສ": "info_passport",
    "อยากทำพาสปอร์ต ต้องไปทำที่ไหน": "info_passport",
    "yak het passport pai het yu sai": "info_passport",
    "ນາຍຈ້າງບໍ່ຈ່າຍເງິນເດືອນໃຫ້ຂ້ອຍ": "wages_withheld",
    "นายจ้างไม่จ่ายค่าแรงให้หนูเลย": "wages_withheld",
    "nay jang bor jai ngern deuan": "wages_withheld",
    "ຂ້ອຍຖືກຂັງຢູ່ໃນຫ້ອງ ອອກບໍ່ໄດ້": "danger_now",
    "เขาขังหนูไว้ในห้อง ออกไปไหนไม่ได้": "danger_now",
    "ຂ້ອຍບໍ່ຢາກມີຊີວິດຢູ່ແລ້ວ": "self_harm",
    "ไม่อยากมีชีวิตอยู่แล้ว": "self_harm",
    "ລາວເລືອດອອກຫຼາຍ ໝົດສະຕິແລ້ວ": "medical_emergency",
    "ຂໍລົມກັບຄົນແທ້ໆ": "talk_to_human",
    "ขอคุยกับคนจริงๆ": "talk_to_human",
    "ສະບາຍດີ": "greet",
    "hello": "greet",
    "ຂອບໃຈຫຼາຍໆ": "thanks",
}


def test_plain_messages_are_understood_in_every_script(rasa: Server) -> None:
    read = {text: rasa.parse(text)["intent"]["name"] for text in MESSAGES}

    right = sum(read[text] == intent for text, intent in MESSAGES.items())
    assert right >= len(MESSAGES) - 1, {text: intent for text, intent in read.items() if intent != MESSAGES[text]}


def test_the_answer_ranks_ten_intents_by_honest_chances(rasa: Server) -> None:
    parsed = rasa.parse("ຢາກເຮັດວຽກຢູ່ໄທແບບຖືກຕ້ອງ")

    ranked = [one["confidence"] for one in parsed["intent_ranking"]]
    assert len(ranked) == 10
    assert ranked == sorted(ranked, reverse=True)
    assert 0 < sum(ranked) <= 1.0001
    assert parsed["intent"] == parsed["intent_ranking"][0]


def test_payloads_skip_the_reader(rasa: Server) -> None:
    parsed = rasa.parse('/greet{"asked":"none"}')

    assert parsed["intent"] == {"name": "greet", "confidence": 1.0}


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "🙏", "?" * 5000, "ກ" * 20_000, "\u202e\u200b", "<script>", "\ud83d", "'; --", "{}", "[]"]
)
def test_strange_input_is_read_without_an_error(rasa: Server, text: str) -> None:
    body = b'{"text": "\\ud83d"}' if text == "\ud83d" else None
    answer = (
        rasa.client.post("/model/parse", content=body)
        if body
        else rasa.client.post("/model/parse", json={"text": text})
    )

    assert answer.status_code == 200
    assert "intent" in answer.json()


def test_a_message_is_read_in_a_blink(rasa: Server) -> None:
    times = []
    for text in list(MESSAGES) * 2:
        began = time.perf_counter()
        rasa.parse(text)
        times.append(time.perf_counter() - began)

    # About 20 ms on an idle core; the bound leaves room for a busy machine.
    assert statistics.median(times) < 0.15
