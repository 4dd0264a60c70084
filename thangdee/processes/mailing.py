"""E-mail to organisations: plain text, over TLS wherever the server offers it, its certificate checked."""

import asyncio
import contextlib
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTP

from thangdee.casework.providers.addresses import Kind, UnfitAddressError, tidy
from thangdee.core.errors import NotReadyError
from thangdee.core.settings import Settings
from thangdee.processes.outcomes import AWAY, TAKEN, Outcome

# Of one command, and of the whole letter: less than a job is leased for.
_A_COMMAND_SECONDS, _IN_ALL_SECONDS = 10, 25
_SMTP, _SMTPS = 25, 465
_FINAL = 500
_OURSELVES = ("localhost", "127.0.0.1", "::1")
_HINT = "smtp://user:password@mail.example.org:587 or smtps://user:password@mail.example.org"
# The server does not want us; the letter itself may be fine, and so may the address.
_NOT_US = (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPHeloError, aiosmtplib.SMTPSenderRefused)


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed in, and in whose name."""

    host: str
    port: int
    mail_from: str
    is_tls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def must_upgrade(self) -> bool | None:
        """Whether only TLS will do: no password goes in the clear. None: wherever the server offers it."""
        if self.is_tls:
            return False
        return True if self.user and self.host not in _OURSELVES else None


@dataclass(frozen=True)
class Letter:
    """One e-mail. `notice_id` is the same at each try, and so is the Message-ID."""

    notice_id: str
    to: str
    subject: str
    words: str
    language: str
    written_at: datetime


def mail_server(settings: Settings) -> MailServer | None:
    """Return the server of the settings, None where no e-mail is sent. Raises NotReadyError."""
    if settings.smtp_url is None and not settings.mail_from:
        return None
    if settings.smtp_url is None or not settings.mail_from:
        raise NotReadyError("set THANGDEE_SMTP_URL and THANGDEE_MAIL_FROM, or neither")
    try:
        sender = tidy(Kind.MAIL, settings.mail_from)
    except UnfitAddressError as error:
        raise NotReadyError("THANGDEE_MAIL_FROM is no e-mail address, such as hotline@example.org") from error
    # The address may hold a password: no error tells it.
    parts, port = _parts(settings.smtp_url.get_secret_value())
    is_tls = parts.scheme == "smtps"
    return MailServer(
        host=parts.hostname or "", port=port or (_SMTPS if is_tls else _SMTP), mail_from=sender, is_tls=is_tls,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or "") if parts.username else None,
    )  # fmt: skip


def _parts(url: str) -> tuple[SplitResult, int | None]:
    wrong = f"THANGDEE_SMTP_URL must look like {_HINT}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotReadyError(wrong) from None
    is_bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    is_whole = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and port != 0
    if not (is_bare and is_whole) or bool(parts.password) > bool(parts.username):
        raise NotReadyError(wrong)
    return parts, port


def as_message(letter: Letter, mail_from: str) -> EmailMessage:
    """Return the letter as it goes over the wire."""
    message = EmailMessage()
    message["From"] = mail_from
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = f"<{letter.notice_id}@{mail_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    # Base64: no server on the way breaks a line, and with it the link.
    message.set_content(letter.words, charset="utf-8", cte="base64")
    return message


class Mailer:
    """Hands letters in. `trusted`: certificates that count, the system's unless said otherwise."""

    def __init__(self, server: MailServer, trusted: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._trusted = trusted or ssl.create_default_context()

    async def send(self, letter: Letter) -> Outcome:
        """Hand a letter in; tell what the server said."""
        try:
            async with asyncio.timeout(_IN_ALL_SECONDS):
                await self._hand_in(letter)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return _outcome(error)
        return TAKEN

    async def _hand_in(self, letter: Letter) -> None:
        server = self._server
        client = SMTP(
            hostname=server.host, port=server.port, username=server.user, password=server.password,
            use_tls=server.is_tls, start_tls=server.must_upgrade, tls_context=self._trusted,
            local_hostname=server.mail_from.rpartition("@")[2], timeout=_A_COMMAND_SECONDS,
        )  # fmt: skip
        try:
            await client.connect()
            await client.send_message(as_message(letter, server.mail_from))
            # It is handed in: whatever happens to the good-bye changes nothing.
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await client.quit()
        finally:
            client.close()


def _outcome(error: Exception) -> Outcome:
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return Outcome("unsafe")
    if type(error) in (aiosmtplib.SMTPException, aiosmtplib.SMTPNotSupported):  # no TLS where there must be
        return Outcome("unsafe")
    if isinstance(error, _NOT_US):
        return Outcome("our_login")
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return _refusal(min(one.code for one in error.recipients))
    if isinstance(error, (aiosmtplib.SMTPDataError, aiosmtplib.SMTPRecipientRefused)):
        return _refusal(error.code)
    return Outcome("later") if isinstance(error, aiosmtplib.SMTPResponseException) else AWAY


def _refusal(code: int) -> Outcome:
    return Outcome("refused", is_final=True) if code >= _FINAL else Outcome("later")
