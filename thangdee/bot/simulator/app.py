"""The simulator as one web app: fake Bot API, phones, page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI

from thangdee.bot.simulator import page
from thangdee.bot.simulator.api import bot_api
from thangdee.bot.simulator.phone_api import router as phone_router
from thangdee.bot.simulator.telegram import FakeTelegram
from thangdee.bot.simulator.webhooks import Courier


def create_app(fake: FakeTelegram, staff_url: str | None = None) -> FastAPI:
    """The app over this fake; `staff_url` is shown beside the phone."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        fake.closed = False  # an app may be served again over the same fake
        courier = asyncio.create_task(Courier(fake).run())
        try:
            yield
        finally:
            courier.cancel()
            with suppress(asyncio.CancelledError):
                await courier

    app = FastAPI(title="Thangdee phone simulator", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.telegram = fake
    app.state.staff_url = staff_url
    app.state.before_shutdown = [fake.close]
    app.include_router(bot_api(fake))
    app.include_router(phone_router)
    app.include_router(page.router)
    app.mount("/static/fonts", page.font_files, name="fonts")
    app.mount("/static", page.static_files, name="static")
    app.add_middleware(page.SafeHeaders, policy=page.content_policy(staff_url))
    return app
