"""Settings of one installation, read from THANGDEE_* variables or a .env file."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator may decide; everything else is decided in the code.

    `data_dir` holds the SQLite file and the keyring. With `webhook_url` (https) Telegram calls us,
    without it we poll. `on_call_chats` are Telegram chat ids, first on call first (R52).
    `console_origin` is the console's address as browsers see it, https outside of this machine; passkeys are
    bound to it.
    `smtp_url` (smtp:// or smtps://, with user:password@ where the server asks for it) and `mail_from` send notices to
    organisations by e-mail; without both no e-mail is sent, and staff call instead.
    With `metrics_token` the console tells its figures at /metrics to who shows it; without, it tells them to nobody.
    `chat_database_url`: on PostgreSQL, the same database with the role of chat and worker, which may not read what came
    of enquiries (R12); on SQLite that is another file, which they do not open.
    `demo` shows sample figures and pages that only made-up people may see.
    `clock_file` holds seconds to add to the time; `pace_sending` off lifts our own sending limits:
    both only serve trials against the simulator.
    """

    model_config = SettingsConfigDict(
        env_prefix="THANGDEE_", env_file=".env", env_parse_none_str="None", extra="ignore", frozen=True
    )

    data_dir: Path = Path("var")
    database_url: str | None = None
    chat_database_url: str | None = None
    redis_url: str | None = None
    telegram_token: SecretStr | None = None
    telegram_api: str = "https://api.telegram.org"
    webhook_url: str | None = None
    webhook_port: int = 8443
    on_call_chats: tuple[int, ...] = ()
    rasa_url: str = "http://127.0.0.1:5005"
    rasa_token: SecretStr = SecretStr("")
    console_port: int = 8001
    console_origin: str = Field(default_factory=lambda known: f"http://localhost:{known['console_port']}")
    smtp_url: SecretStr | None = None
    mail_from: str | None = None
    metrics_token: SecretStr | None = None
    demo: bool = False
    clock_file: Path | None = None
    pace_sending: bool = True

    @property
    def database(self) -> str:
        """SQLAlchemy address of the database; a SQLite file in `data_dir` unless said otherwise."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'thangdee.db'}"

    @property
    def chat_database(self) -> str:
        """The database as chat and worker reach it."""
        return self.chat_database_url or self.database

    @property
    def keyring_path(self) -> Path:
        """Where the keys lie; back it up apart from the database."""
        return self.data_dir / "keyring.json"
