"""Webhook: Telegram calls us; the answer is 2xx only after the inbox commit (R45, R49)."""

import hmac
import json
from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from telegram import Bot

from thangdee.bot.polling import ALLOWED_UPDATES
from thangdee.bot.receive import Receiver
from thangdee.core.errors import StoreAwayError

PATH = "/telegram"
_LONGEST_BODY = 1_000_000
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name


def webhook_app(receiver: Receiver, secret: str, arrived: Callable[[], None]) -> FastAPI:
    """Return the app with the one route that Telegram calls."""
    app = FastAPI(openapi_url=None)

    @app.post(PATH)
    async def receive(request: Request) -> Response:
        given = request.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=403)
        body = await _limited(request)
        if body is None:
            return Response(status_code=413)
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            return Response(status_code=400)
        try:
            await receiver.take(raw)
        except StoreAwayError:
            return Response(status_code=503)
        arrived()
        return Response(status_code=200)

    return app


async def watch_webhook(bot: Bot, url: str, secret: str) -> None:
    """Set the webhook if it is not ours (drift: somebody else set another, or removed it)."""
    wanted = url.rstrip("/") + PATH
    info = await bot.get_webhook_info()
    if info.url != wanted:
        await bot.set_webhook(wanted, secret_token=secret, allowed_updates=ALLOWED_UPDATES, max_connections=40)


async def _limited(request: Request) -> bytes | None:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _LONGEST_BODY:
            return None
    return bytes(body)
