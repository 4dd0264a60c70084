"""Rasa as a child process: trained when its inputs changed, served on loopback."""

import argparse
import asyncio
import secrets
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from thangdee.core.errors import NotReadyError
from thangdee.core.settings import Settings
from thangdee.processes.children import Child

ROOT = Path(__file__).parent.parent.parent
NLU = ROOT / "nlu"
_PYTHON = NLU / ".venv" / "bin" / "python"
_START_SECONDS = 90.0


def ensure_model() -> None:
    """Train unless a model of the present inputs is there; progress goes to the terminal.

    Raises NotReadyError without Rasa's environment or when training fails.
    """
    _need_environment()
    if subprocess.run([str(_PYTHON), str(NLU / "train.py")], check=False, stdout=sys.stderr).returncode:
        raise NotReadyError("the language model could not be trained: run 'make train' and read what it says")


def rasa_child(port: int, token: str, redis_url: str | None) -> Child:
    """Return the process that serves the model."""
    environment = {"THANGDEE_RASA_TOKEN": token} | ({"REDIS_URL": redis_url} if redis_url else {})
    return Child("rasa", [str(_PYTHON), str(NLU / "serve.py"), "--port", str(port)], environment)


async def until_it_answers(port: int, token: str) -> bool:
    """Wait for the server; False if it did not come up in time."""
    async with httpx.AsyncClient(trust_env=False, headers={"Authorization": f"Bearer {token}"}) as client:
        for _ in range(int(_START_SECONDS / 0.2)):
            try:
                if (await client.get(f"http://127.0.0.1:{port}/")).status_code == httpx.codes.OK:
                    return True
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.2)
    return False


def free_port() -> int:
    """Return a port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def new_token() -> str:
    """Return a fresh secret between us and Rasa."""
    return secrets.token_urlsafe(32)


def _need_environment() -> None:
    if not _PYTHON.exists():
        raise NotReadyError("Rasa's environment is missing: run 'make setup' first")


async def command(_chosen: argparse.Namespace, _settings: Settings) -> None:
    """Run `thangdee train`."""
    await asyncio.to_thread(ensure_model)
