"""The console process: health and readiness; staff pages follow with sign-in."""

import uvicorn

from thangdee.console.health import health_app
from thangdee.core.settings import Settings
from thangdee.processes.wiring import open_installation


async def run_console(settings: Settings) -> None:
    """Serve on loopback until cancelled."""
    installation = open_installation(settings)
    app = health_app(installation.database, installation.clock)
    config = uvicorn.Config(app, host="127.0.0.1", port=settings.console_port, log_config=None, access_log=False)
    await uvicorn.Server(config).serve()
