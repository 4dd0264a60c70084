"""`thangdee demo`: the hotline in the browser, on the real path, with made-up people."""

import shutil

from pydantic import SecretStr

from thangdee.bot.simulator import FakeTelegram, create_app, serve
from thangdee.core.clock import Clock
from thangdee.core.settings import Settings
from thangdee.processes.embedded import embed
from thangdee.processes.run import until_told_to_stop

_TOKEN = "100200300:made-up-for-the-demo"  # noqa: S105 - the simulator takes any


async def run_demo(settings: Settings, *, port: int) -> None:
    """Serve the phone page and everything behind it until Ctrl-C."""
    folder = settings.data_dir / "demo"
    shutil.rmtree(folder, ignore_errors=True)  # made-up people have no past
    clock = Clock()
    fake = FakeTelegram(now=clock.now, limits=True)
    trial = Settings(
        data_dir=folder,
        database_url=None,
        redis_url=None,
        telegram_token=SecretStr(_TOKEN),
        telegram_api=f"http://127.0.0.1:{port}",
        webhook_url=None,
        on_call_chats=(),
        demo=True,
    )
    print("Setting up; the language model is trained first if its inputs changed.", flush=True)
    embedded = await embed(trial)
    app = create_app(fake, staff_url="/staff/")
    async with serve(app, port=port):
        await embedded.start()
        try:
            ready = await embedded.until_it_understands()
            state = "" if ready else " (the language model did not start: menus only)"
            print(f"The hotline is open at http://localhost:{port}{state}. Stop with Ctrl-C.", flush=True)
            await until_told_to_stop()
        finally:
            await embedded.stop()


