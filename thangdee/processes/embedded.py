"""The embedded installation: every process as a child of one, SQLite files, no Redis."""

import asyncio
from dataclasses import dataclass

from thangdee.core.settings import Settings
from thangdee.processes.children import Child, ours
from thangdee.processes.rasa import ensure_model, free_port, new_token, rasa_child, until_it_answers
from thangdee.processes.wiring import prepare


@dataclass
class Embedded:
    """The children of an installation by name: rasa, chat, worker."""

    settings: Settings
    children: dict[str, Child]
    rasa_port: int
    rasa_token: str

    async def start(self) -> None:
        """Start all; the chat does not wait for Rasa, it can do without."""
        for child in self.children.values():
            await child.start()
            child.keep_alive()

    async def stop(self) -> None:
        """End all."""
        await asyncio.gather(*(child.stop() for child in self.children.values()))

    async def until_it_understands(self) -> bool:
        """Wait for Rasa; False if it did not come up."""
        return await until_it_answers(self.rasa_port, self.rasa_token)


async def embed(settings: Settings, *, with_console: bool = False) -> Embedded:
    """Prepare an installation and name its processes; nothing is started yet."""
    await prepare(settings)
    await asyncio.to_thread(ensure_model)
    port, token = free_port(), new_token()
    rasa = {"THANGDEE_RASA_URL": f"http://127.0.0.1:{port}", "THANGDEE_RASA_TOKEN": token}
    environment = _environment(settings) | rasa
    # Chat and worker are not even given the way to what came of enquiries (R12).
    apart = {"database_url": settings.chat_database_url or settings.database_url, "chat_database_url": None}
    without_outcomes = _environment(settings.model_copy(update=apart)) | rasa
    children = {
        "rasa": rasa_child(port, token, settings.redis_url),
        "chat": Child("chat", ours("chat"), without_outcomes),
        "worker": Child("worker", ours("worker"), without_outcomes),
    }
    if with_console:
        children["console"] = Child("console", ours("console"), environment)
    return Embedded(settings, children, port, token)


def _environment(settings: Settings) -> dict[str, str]:
    """Return the settings as the children read them."""
    values: dict[str, object] = {
        "DATA_DIR": settings.data_dir,
        "DATABASE_URL": settings.database_url,
        "CHAT_DATABASE_URL": settings.chat_database_url,
        "REDIS_URL": settings.redis_url,
        "TELEGRAM_TOKEN": settings.telegram_token.get_secret_value() if settings.telegram_token else None,
        "TELEGRAM_API": settings.telegram_api,
        "WEBHOOK_URL": settings.webhook_url,
        "WEBHOOK_PORT": settings.webhook_port,
        "ON_CALL_CHATS": list(settings.on_call_chats),
        "CONSOLE_PORT": settings.console_port,
        "CONSOLE_ORIGIN": settings.console_origin,
        "METRICS_TOKEN": settings.metrics_token.get_secret_value() if settings.metrics_token else None,
        "DEMO": settings.demo,
        "CLOCK_FILE": settings.clock_file,
        "PACE_SENDING": settings.pace_sending,
    }
    # None is said too: else a child would read another value from a .env file.
    return {f"THANGDEE_{name}": str(value) for name, value in values.items()}
