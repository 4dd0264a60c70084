"""The console process: health, readiness and the directory's public API; staff pages follow with sign-in."""

import uvicorn

from thangdee.console.directory_api import directory_api
from thangdee.console.health import health_app
from thangdee.processes.wiring import Installation


async def run_console(installation: Installation) -> None:
    """Serve on loopback until cancelled."""
    app = health_app(installation.database, installation.clock)
    app.mount("/hsds", directory_api(installation.database, installation.clock))
    config = uvicorn.Config(
        app, host="127.0.0.1", port=installation.settings.console_port, log_config=None, access_log=False
    )
    await uvicorn.Server(config).serve()
