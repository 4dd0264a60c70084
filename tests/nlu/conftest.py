"""Rasa servers for the tests of understanding: the real model, our own serve.py, everything they print kept."""

import asyncio
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from thangdee.processes.rasa import ensure_model, free_port, new_token, rasa_child, until_it_answers

ROOT = Path(__file__).parents[2]
NLU = ROOT / "nlu"
PYTHON = NLU / ".venv" / "bin" / "python"


@dataclass
class Server:
    """A running Rasa and the file that holds all it printed."""

    process: subprocess.Popen[bytes]
    client: httpx.Client
    output: Path

    def parse(self, text: str) -> dict[str, Any]:
        answer = self.client.post("/model/parse", json={"text": text})
        answer.raise_for_status()
        return dict(answer.json())

    def say(self, sender: str, message: str) -> list[dict[str, Any]]:
        """What Rasa proposes for a message on its channel, its ``custom`` parts."""
        answer = self.client.post("/webhooks/rest/webhook", json={"sender": sender, "message": message})
        answer.raise_for_status()
        return [reply["custom"] for reply in answer.json()]

    def tracker(self, sender: str) -> str:
        return self.client.get(f"/conversations/{sender}/tracker").text


@pytest.fixture(scope="session")
def model() -> None:
    ensure_model()


@pytest.fixture(scope="session")
def start_rasa(model: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str | None], Server]]:
    """Starts a server, with Redis at the address given; all are stopped at the end."""
    servers: list[Server] = []

    def start(redis_url: str | None) -> Server:
        port, token = free_port(), new_token()
        output = tmp_path_factory.mktemp("rasa") / "output.txt"
        child = rasa_child(port, token, redis_url)
        with output.open("wb") as sink:
            process = subprocess.Popen(
                list(child.command), env=os.environ | child.environment, stdout=sink, stderr=subprocess.STDOUT
            )
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
            trust_env=False,
        )
        servers.append(Server(process, client, output))
        assert asyncio.run(until_it_answers(port, token))
        return servers[-1]

    yield start
    for server in servers:
        server.client.close()
        server.process.kill()
        server.process.wait()


@pytest.fixture(scope="session")
def rasa(start_rasa: Callable[[str | None], Server]) -> Server:
    """A server that keeps conversations in its memory."""
    return start_rasa(None)


@pytest.fixture(scope="session")
def intents() -> list[str]:
    """The contract: names of intents in the order of the file."""
    return list(yaml.safe_load((ROOT / "thangdee" / "flows" / "intents.yml").read_text(encoding="utf-8"))["intents"])
