"""Health and readiness of an installation, for whoever watches the machine."""

from fastapi import FastAPI, Response

from thangdee.core import jobs
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.errors import StoreAwayError
from thangdee.core.jobs import Queue


def health_app(database: Database, clock: Clock) -> FastAPI:
    """Return `/health` (the process lives) and `/ready` (the database answers; how much waits)."""
    app = FastAPI(openapi_url=None)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "up"}

    @app.get("/ready")
    async def ready(response: Response) -> dict[str, object]:
        try:
            async with database.read() as connection:
                waits = {queue.value: await jobs.waiting(connection, queue, clock.now()) for queue in Queue}
        except StoreAwayError:
            response.status_code = 503
            return {"status": "database away"}
        return {"status": "ready", "waiting": waits}

    return app
