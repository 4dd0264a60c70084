"""Serve the model on the loopback interface: POST /model/parse and POST /webhooks/rest/webhook.

    nlu/.venv/bin/python nlu/serve.py --port 5005 [--model nlu/models/….tar.gz]

Environment: THANGDEE_RASA_TOKEN, if set, must come with every request, as ``Authorization: Bearer …`` or ``?token=…``;
REDIS_URL, if set, is where conversations are kept. The port answers once the model is loaded and warm.
The server ends when the process that started it is gone.
"""
# ruff: noqa: E402

import argparse
import hmac
import os
import sys
import threading
import time
from asyncio import AbstractEventLoop
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from nlu.settings import NLU, prepare

prepare()
# Read before Rasa is loaded, which takes seconds: whoever started us may be gone by then.
_PARENT = os.getppid()

# isort: split
from rasa.core.agent import load_agent
from rasa.core.run import close_resources, configure_app, create_http_input_channels
from rasa.core.utils import AvailableEndpoints
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from nlu import logs
from nlu.fingerprint import serving_path

_WATCH_SECONDS = 1.0
_LARGEST_BODY = 256 * 1024


def build(model: Path, token: str) -> Sanic:
    """The application, its model to be loaded before the port opens."""
    endpoints = AvailableEndpoints.read_endpoints(str(NLU / "endpoints.yml"))
    channels = create_http_input_channels(None, str(NLU / "credentials.yml"))
    app = configure_app(channels, enable_api=True, endpoints=endpoints)
    app.config.REQUEST_MAX_SIZE = _LARGEST_BODY

    async def load(app: Sanic, loop: AbstractEventLoop) -> None:
        agent = await load_agent(model_path=str(model), endpoints=endpoints, loop=loop)
        if not agent.is_ready():
            sys.stderr.write("The language model could not be loaded.\n")
            os._exit(1)  # Sanic would serve on without a model
        app.ctx.agent = agent

    app.register_listener(load, "before_server_start")
    app.register_listener(close_resources, "after_server_stop")
    if token:
        app.register_middleware(_guard(token), "request")
    return app


def end_with_parent() -> None:
    """End this process soon after the one that started it is gone."""

    def watch() -> None:
        while os.getppid() == _PARENT:
            time.sleep(_WATCH_SECONDS)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def _guard(token: str) -> object:
    """Rasa's own token check leaves /webhooks open; this one stands before everything."""
    expected = token.encode()

    async def check(request: Request) -> HTTPResponse | None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ") or request.args.get("token", "")
        return None if hmac.compare_digest(given.encode(), expected) else json({"error": "token"}, status=401)

    return check


def main() -> None:
    """Read the command line and serve until stopped."""
    parser = argparse.ArgumentParser(description="Serve the language model on the loopback interface.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--model", type=Path, help="default: the one promoted last")
    options = parser.parse_args()
    end_with_parent()
    logs.configure()
    app = build(options.model or serving_path(), os.environ.get("THANGDEE_RASA_TOKEN", ""))
    logs.configure()  # again: Sanic gave its loggers handlers of their own
    app.run(host="127.0.0.1", port=options.port, workers=1, access_log=False, motd=False)


if __name__ == "__main__":
    main()
