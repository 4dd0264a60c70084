"""Webhook: Telegram calls us; the answer is 2xx only after the inbox commit (R45, R49)."""

import asyncio
import hmac
import json
from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from telegram import Bot
from telegram.error import TelegramError

from thangdee.bot.polling import ALLOWED_UPDATES
from thangdee.bot.receive import Receiver
from thangdee.core.errors import StoreAwayError
from thangdee.core.logs import report

PATH = "/telegram"
_LONGEST_BODY = 1_000_000
_PAUSE_SECONDS = 5
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


async def keep_webhook(bot: Bot, url: str, secret: str, every_seconds: float) -> None:
    """Set the webhook, and again whenever somebody else set another or removed it (R45)."""
    wanted, found = url.rstrip("/") + PATH, ""
    while True:
        try:
            if found != wanted:
                await bot.set_webhook(wanted, secret_token=secret, allowed_updates=ALLOWED_UPDATES, max_connections=40)
                found = wanted
                await asyncio.sleep(every_seconds)
            found = (await bot.get_webhook_info()).url
        except TelegramError as error:
            report("webhook_not_set", error)
            await asyncio.sleep(_PAUSE_SECONDS)
            continue
        if found == wanted:
            await asyncio.sleep(every_seconds)


async def _limited(request: Request) -> bytes | None:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _LONGEST_BODY:
            return None
    return bytes(body)
