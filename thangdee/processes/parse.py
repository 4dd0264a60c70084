"""`thangdee parse`: what the running bot would understand, as JSON Lines."""

import argparse
import asyncio
import json
import sys
from typing import Any

from thangdee.core.settings import Settings
from thangdee.flows.crisis import crisis_kind
from thangdee.flows.understanding import RasaParser, understand
from thangdee.processes.rasa import ensure_model, free_port, new_token, rasa_child, until_it_answers
from thangdee.processes.wiring import rasa_client


async def run_parse(*, without_rasa: bool) -> int:
    """Read {"id", "text"} lines, write one result a line, in order. Returns the exit status."""
    if without_rasa:
        await _parse_all(None)
        return 0
    await asyncio.to_thread(ensure_model)
    port, token = free_port(), new_token()
    child = rasa_child(port, token, None)
    await child.start()
    try:
        if not await until_it_answers(port, token):
            print("Rasa did not start; try 'make train', or --without-rasa", file=sys.stderr)
            return 1
        async with rasa_client() as client:
            await _parse_all(RasaParser(client, f"http://127.0.0.1:{port}", token))
    finally:
        await child.stop()
    return 0


async def _parse_all(parser: RasaParser | None) -> None:
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(await _parse(line, parser), ensure_ascii=False), flush=True)


async def _parse(line: str, parser: RasaParser | None) -> dict[str, Any]:
    try:
        wanted = json.loads(line)
        text = str(wanted["text"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return {"id": None, "error": 'each line must be a JSON object with "id" and "text"'}
    found = await understand(text, parser, crisis_kind)
    return {
        "id": wanted.get("id"),
        "intent": found.intent,
        "confidence": round(found.confidence, 4),
        "risk": found.risk,
        "language": found.language,
        "script": found.script,
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--without-rasa", action="store_true", help="word lists only, as when Rasa is away")


async def command(chosen: argparse.Namespace, _settings: Settings) -> int:
    """Run `thangdee parse`."""
    return await run_parse(without_rasa=chosen.without_rasa)
