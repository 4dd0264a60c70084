"""The HTTP side of the fake Bot API: /bot<token>/<method> and /file/bot<token>/<path>."""

import asyncio
import re
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from thangdee.bot.simulator.faults import ApiError, Fault
from thangdee.bot.simulator.methods import perform
from thangdee.bot.simulator.params import Params, read_params
from thangdee.bot.simulator.records import Call
from thangdee.bot.simulator.telegram import FakeTelegram
from thangdee.bot.simulator.world import Bot

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")


class CutResponse(Response):
    """Promises a body and ends before it: the server closes the connection, the caller knows nothing."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Send the head only."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"64")]})


def bot_api(fake: FakeTelegram) -> APIRouter:
    """Routes of the Bot API over this fake."""
    router = APIRouter()

    @router.api_route("/bot{token}/{method}", methods=["GET", "POST"], include_in_schema=False)
    async def call(token: str, method: str, request: Request) -> Response:
        if fake.outage:
            return _outage(fake)
        try:
            bot = fake.authorise(_checked(token))
            params = await read_params(request)
        except ApiError as error:
            return _refused(error)
        return await _answer(fake, bot, method, params)

    @router.get("/file/bot{token}/{path:path}", include_in_schema=False)
    async def download(token: str, path: str) -> Response:
        if fake.outage:
            return _outage(fake)
        file_id = path.rpartition("/")[2].partition(".")[0]
        media = fake.files.get(file_id)
        if token not in fake.bots or media is None or media.path != path:
            return _refused(ApiError(404, "Not Found"))
        fault = fake.faults.take("download", None)
        if fault is not None and (refusal := fault.refusal()):
            return _refused(refusal)
        return Response(media.content, media_type="application/octet-stream")

    return router


async def _answer(fake: FakeTelegram, bot: Bot, method: str, params: Params) -> Response:
    fault = fake.faults.take(method, params.chat_id)
    error: int | str | None = None
    try:
        result = await _result(fake, bot, method, params, fault)
        response: Response = JSONResponse({"ok": True, "result": result})
    except ApiError as refusal:
        error, response = refusal.code, _refused(refusal)
    if fault is not None and fault.drop:
        error, response = "cut", CutResponse()
    fake.calls.append(Call(fake.now(), bot.bot_id, method, params.chat_id, params.values, error))
    fake.bell.ring()
    if fault is not None and fault.delay:
        await asyncio.sleep(fault.delay)
    return response


async def _result(fake: FakeTelegram, bot: Bot, method: str, params: Params, fault: Fault | None) -> Any:  # noqa: ANN401
    if fault is not None and (refusal := fault.refusal()):
        raise refusal
    return await perform(fake, bot, method, params)


def _checked(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise ApiError(404, "Not Found")
    return token


def _refused(error: ApiError) -> Response:
    return JSONResponse(error.envelope(), status_code=error.code)


def _outage(fake: FakeTelegram) -> Response:
    return _refused(ApiError(502, "Bad Gateway")) if fake.outage == "refuse" else CutResponse()
